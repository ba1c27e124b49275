"""Every metric against a value worked by hand, and all of them against scikit-learn over weighted sessions."""

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


def test_kappa_is_low_and_ac1_high_for_a_rare_label():
    # tp 0, fp 1, fn 1, tn 98: kappa (.98 − .9802) / .0198 = −.0101; AC1: prevalence .01, chance .0198, (.98 − .0198) / .9802
    sample = rows((0, 0, 0.9), (0, 1, 0.1), *[(0, 0, 0.1)] * 98)
    assert confusion(sample, ONE).kappa()[0] == pytest.approx(-0.0101, abs=1e-4)
    assert confusion(sample, ONE).ac1()[0] == pytest.approx(0.9602 / 0.9802)


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


def test_auroc_within_agrees_with_scikit_learn():
    reference = pytest.importorskip("sklearn.metrics", reason="scikit-learn comes with the extra 'models'")
    sample = random_rows(9)
    inside = [sample.session == number for number in range(sample.sessions)]
    both = [part for part in inside if 0 < sample.truth[part].sum() < part.sum()]
    expected = np.mean([reference.roc_auc_score(sample.truth[part], sample.score[part]) for part in both])
    assert auroc_within(sample, np.ones((1, sample.sessions)))[0] == pytest.approx(expected, abs=1e-12)
    assert sessions_with_both(sample) == len(both)
