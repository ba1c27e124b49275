"""Every metric against a value worked by hand, all of them against scikit-learn, krippendorff and irrCAC over weighted sessions,
and the worked examples of the papers."""

import numpy as np
import pytest

from rupture.evaluation.intervals import resampled
from rupture.evaluation.metrics import (
    auroc,
    auroc_within,
    average_precision,
    calibration_error,
    confusion,
    reliability,
    sessions_with_both,
)
from rupture.evaluation.samples import Sample

from .helpers import random_rows, rows

ONE = np.ones((1, 1))


def test_confusion_metrics_by_hand():
    # coded from .5: tp 2, fp 1, fn 1, tn 6, n 10
    sample = rows((0, 1, 0.9), (0, 1, 0.8), (0, 0, 0.7), (0, 1, 0.2), *[(0, 0, 0.1)] * 6)
    counts = confusion(sample, ONE)
    assert [x[0] for x in (counts.tp, counts.fp, counts.fn, counts.tn)] == [2, 1, 1, 6]
    assert counts.precision()[0] == pytest.approx(2 / 3)
    assert counts.recall()[0] == pytest.approx(2 / 3)
    assert counts.f1()[0] == pytest.approx(2 / 3)
    # agreement .8; by chance 3/10 × 3/10 + 7/10 × 7/10 = .58; (.8 − .58) / .42
    assert counts.kappa()[0] == pytest.approx(0.22 / 0.42)
    # prevalence (3/10 + 3/10) / 2 = .3; by chance 2 × .3 × .7 = .42; (.8 − .42) / .58
    assert counts.ac1()[0] == pytest.approx(0.38 / 0.58)
    # of 20 codes 6 are given: 1 − 19 × 2 × 2 / (2 × 6 × 14)
    assert counts.alpha()[0] == pytest.approx(1 - 19 * 2 / (6 * 14))


def test_kappa_is_low_and_ac1_high_for_a_rare_label():
    # tp 0, fp 1, fn 1, tn 98: kappa (.98 − .9802) / .0198 = −.0101; AC1: prevalence .01, chance .0198, (.98 − .0198) / .9802
    sample = rows((0, 0, 0.9), (0, 1, 0.1), *[(0, 0, 0.1)] * 98)
    assert confusion(sample, ONE).kappa()[0] == pytest.approx(-0.0101, abs=1e-4)
    assert confusion(sample, ONE).ac1()[0] == pytest.approx(0.9602 / 0.9802)


def table(tp, fp, fn, tn):
    return rows(*[(0, 1, 0.9)] * tp, *[(0, 0, 0.9)] * fp, *[(0, 1, 0.1)] * fn, *[(0, 0, 0.1)] * tn)


def test_kappa_of_cohen_1960_by_category():
    # his second table, three categories and 200 cases, each category against the other two
    for (tp, fp, fn), kappa in (((88, 32, 12), 0.56), ((40, 20, 20), 0.5238), ((12, 8, 28), 0.3077)):
        found = confusion(table(tp, fp, fn, 200 - tp - fp - fn), ONE).kappa()[0]
        given, sought = (tp + fp) / 200, (tp + fn) / 200
        chance = given * sought + (1 - given) * (1 - sought)
        assert found == pytest.approx(((200 - fp - fn) / 200 - chance) / (1 - chance))
        assert round(found, 4) == kappa


def test_ac1_of_gwet_2008():
    # two raters, 125 subjects: 118 both, 5 and 2 one alone, none neither. Prevalence (123 + 120) / 250 = .972, by chance
    # 2 × .972 × .028 = .0544; (.944 − .0544) / .9456. Kappa is below 0 though they agree on 94 %.
    counts = confusion(table(118, 5, 2, 0), ONE)
    assert round(counts.ac1()[0], 4) == 0.9408
    assert round(counts.kappa()[0], 4) == -0.0234


def test_binary_alpha_of_krippendorff_2011():
    # ten units, two observers: 1 both, 4 one alone, 5 neither; 6 ones and 14 zeros, 1 − 19 × 4 / 84 = .095
    assert round(confusion(table(1, 1, 3, 5), ONE).alpha()[0], 3) == 0.095


def test_nothing_given_and_nothing_sought_leaves_agreement_undefined_or_perfect():
    counts = confusion(table(0, 0, 0, 9), ONE)
    assert np.isnan([counts.kappa()[0], counts.alpha()[0], counts.f1()[0]]).all()
    assert counts.ac1()[0] == 1


def test_threshold_replaces_codes_and_includes_its_own_value():
    sample = rows((0, 1, 0.5), (0, 0, 0.4), threshold=0.9)
    assert confusion(sample, ONE).recall()[0] == 0
    assert confusion(sample, ONE, threshold=0.5).recall()[0] == 1


def test_auroc_counts_a_tie_as_half():
    # pairs: .8 beats .5 and .2; .5 ties with .5 (half) and beats .2: 3.5 of 4
    sample = rows((0, 1, 0.8), (0, 1, 0.5), (0, 0, 0.5), (0, 0, 0.2))
    assert auroc(sample, ONE)[0] == pytest.approx(3.5 / 4)


def test_auroc_within_ignores_differences_between_sessions():
    # session 0: .9 beats .8, AUROC 1; session 1: .1 loses to .2, AUROC 0; session 2 has no positive turn and does not count
    sample = rows((0, 1, 0.9), (0, 0, 0.8), (1, 1, 0.1), (1, 0, 0.2), (2, 0, 0.0))
    assert auroc_within(sample, np.ones((1, 3)))[0] == pytest.approx(0.5)
    assert sessions_with_both(sample) == 2
    # session 0 twice: (1 + 1 + 0) / 3
    assert auroc_within(sample, np.array([[2.0, 1.0, 5.0]]))[0] == pytest.approx(2 / 3)


def test_average_precision_takes_tied_scores_as_one_step():
    # .9 (positive): recall 1/3 at precision 1; the three at .5 (one positive): recall 2/3 at 2/4; .1 (positive): recall 1 at 3/5
    sample = rows((0, 1, 0.9), (0, 1, 0.5), (0, 0, 0.5), (0, 0, 0.5), (0, 1, 0.1))
    assert average_precision(sample, ONE)[0] == pytest.approx((1 + 2 / 4 + 3 / 5) / 3)


def test_calibration_error_by_hand():
    # two scores, so two bins: ten turns at .1 with 2 positive (gap .1), ten at .8 with 5 positive (gap .3); mean .2
    turns = [(0, int(n < 2), 0.1) for n in range(10)] + [(0, int(n < 5), 0.8) for n in range(10)]
    assert calibration_error(rows(*turns), ONE)[0] == pytest.approx(0.2)
    low, high = reliability(rows(*turns))
    assert low == pytest.approx({"score": 0.1, "rate": 0.2, "n": 10})
    assert high == pytest.approx({"score": 0.8, "rate": 0.5, "n": 10})


def test_bins_have_equal_mass():
    assert [point["n"] for point in reliability(rows(*[(0, 0, n / 100) for n in range(100)]))] == [10] * 10


@pytest.mark.parametrize("metric", [auroc, auroc_within, average_precision, lambda s, w: confusion(s, w).recall()])
def test_without_a_positive_turn_a_metric_is_undefined(metric):
    assert np.isnan(metric(rows((0, 0, 0.3), (0, 0, 0.6)), ONE)[0])


@pytest.mark.parametrize("seed", range(5))
def test_all_agree_with_scikit_learn_for_the_data_and_for_draws(seed):
    reference = pytest.importorskip("sklearn.metrics", reason="scikit-learn comes with the extra 'models'")
    sample = random_rows(seed)
    weights = resampled(sample.sessions, draws=20)
    counts = confusion(sample, weights)
    ours = np.stack(
        [
            auroc(sample, weights),
            average_precision(sample, weights),
            counts.kappa(),
            counts.precision(),
            counts.recall(),
            counts.f1(),
        ]
    )
    for row, each in enumerate(weights):
        drawn = np.repeat(np.arange(len(sample)), each[sample.session].astype(int))
        truth, score, codes = sample.truth[drawn], sample.score[drawn], sample.coded[drawn]
        expected = [
            reference.roc_auc_score(truth, score),
            reference.average_precision_score(truth, score),
            reference.cohen_kappa_score(truth, codes),
            reference.precision_score(truth, codes),
            reference.recall_score(truth, codes),
            reference.f1_score(truth, codes),
        ]
        assert ours[:, row] == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_agreement_beyond_chance_agrees_with_the_packages_for_the_data_and_for_draws(seed):
    krippendorff = pytest.importorskip("krippendorff", reason="krippendorff comes with the extra 'agreement'")
    irr = pytest.importorskip("irrCAC.raw", reason="irrCAC comes with the extra 'agreement'")
    frames = pytest.importorskip("pandas")
    sample = random_rows(seed)
    weights = resampled(sample.sessions, draws=10)
    counts = confusion(sample, weights)
    for row, each in enumerate(weights):
        drawn = np.repeat(np.arange(len(sample)), each[sample.session].astype(int))
        both = np.stack([sample.truth[drawn], sample.coded[drawn]]).astype(float)
        expected = krippendorff.alpha(reliability_data=both, level_of_measurement="nominal")
        assert counts.alpha()[row] == pytest.approx(expected, abs=1e-12)
        # irrCAC rounds to five digits
        found = irr.CAC(frames.DataFrame(both.T), categories=[0, 1]).gwet()["est"]["coefficient_value"]
        assert counts.ac1()[row] == pytest.approx(found, abs=1e-5)


def test_scores_that_all_differ_agree_with_scikit_learn_however_many_steps_there_are():
    reference = pytest.importorskip("sklearn.metrics", reason="scikit-learn comes with the extra 'models'")
    rng = np.random.default_rng(5)
    truth = rng.random(4000) < 0.4
    score = np.clip(rng.normal(0.3 + 0.2 * truth, 0.2), 0, 1)
    sample = Sample("rupture", 20, rng.integers(0, 20, 4000), truth, score, score > 0.5)
    assert len(np.unique(score[truth])) > 1024
    weights = resampled(20, draws=3)
    for row, area, precision in zip(weights, auroc(sample, weights), average_precision(sample, weights), strict=True):
        drawn = np.repeat(np.arange(4000), row[sample.session].astype(int))
        assert area == pytest.approx(reference.roc_auc_score(truth[drawn], score[drawn]), abs=1e-12)
        assert precision == pytest.approx(reference.average_precision_score(truth[drawn], score[drawn]), abs=1e-12)


def test_auroc_within_agrees_with_scikit_learn():
    reference = pytest.importorskip("sklearn.metrics", reason="scikit-learn comes with the extra 'models'")
    sample = random_rows(9)
    inside = [sample.session == number for number in range(sample.sessions)]
    both = [part for part in inside if 0 < sample.truth[part].sum() < part.sum()]
    expected = np.mean([reference.roc_auc_score(sample.truth[part], sample.score[part]) for part in both])
    assert auroc_within(sample, np.ones((1, sample.sessions)))[0] == pytest.approx(expected, abs=1e-12)
    assert sessions_with_both(sample) == len(both)
