"""Session ratings: by hand, against scipy, scikit-learn and krippendorff, and the worked examples of the papers."""

import numpy as np
import pytest

from rupture.coding.values import Rating
from rupture.evaluation import metrics, ratings
from rupture.evaluation.intervals import resampled
from rupture.evaluation.values import Prediction

from .helpers import coded


def answer(session, rating):
    return Prediction(session.transcript.id, ({},), ((),), (), rating)


def table(*pairs):
    """How many units have each pair of values 1 to 5."""
    counts = np.zeros((1, 5, 5))
    for one, other in pairs:
        counts[0, one - 1, other - 1] += 1
    return counts


def test_spearman_and_error_by_hand():
    # ranks of 1 2 2 5 are 1 2.5 2.5 4, of 1 2 3 4 themselves: covariance 4.5, spreads √4.5 and √5
    x, y = np.array([1.0, 2, 2, 5]), np.array([1.0, 2, 3, 4])
    assert ratings.spearman(x, y, np.ones((1, 4)))[0] == pytest.approx(4.5 / np.sqrt(4.5 * 5))
    assert ratings.mean_absolute_error(x, y, np.ones((1, 4)))[0] == pytest.approx(0.5)
    assert np.isnan(ratings.spearman(np.ones(4), y, np.ones((1, 4)))[0])


def test_weighted_spearman_is_that_of_the_repeated_sessions():
    stats = pytest.importorskip("scipy.stats", reason="scipy comes with the extra 'models'")
    rng = np.random.default_rng(3)
    x, y, weights = rng.integers(1, 6, 20).astype(float), rng.integers(1, 6, 20).astype(float), rng.integers(0, 3, (5, 20))
    for row in weights:
        expected = stats.spearmanr(np.repeat(x, row), np.repeat(y, row)).statistic
        assert ratings.spearman(x, y, row[None].astype(float))[0] == pytest.approx(expected)


def test_ratings_are_paired_where_both_exist():
    rated, unresolved = coded("a", "C: a", rating=Rating(1, 2, 3, 4)), coded("b", "C: a", rating=Rating(1, 1, None, 1))
    answers = [answer(rated, rating=Rating(2, 2, 2, 2)), answer(unresolved, rating=Rating(3, 3, 3, 3))]
    predicted, reference, numbers = ratings.paired([rated, unresolved], answers, "resolution")
    assert (list(predicted), list(reference), numbers) == ([2], [3], [0])


def test_kappa_of_cohen_1960():
    # diagonal 88 + 40 + 12 of 200; by chance (100 × 120 + 60 × 60 + 40 × 20) / 200 = 82; (140 − 82) / (200 − 82)
    counts = np.array([[[88.0, 14, 18], [10, 40, 10], [2, 6, 12]]])
    found = ratings.weighted_kappa(counts, 1.0 - np.eye(3))[0]
    assert found == pytest.approx(58 / 118)
    assert round(found, 3) == 0.492


def test_weighted_kappa_of_cohen_1968():
    # observed disagreement 1 × .07 + 3 × .09 + 1 × .05 + 6 × .05 + 3 × .01 + 6 × .03 = .90, by chance 1.38
    shares = np.array([[[0.44, 0.07, 0.09], [0.05, 0.20, 0.05], [0.01, 0.03, 0.06]]])
    distances = np.array([[0.0, 1, 3], [1, 0, 6], [3, 6, 0]])
    assert ratings.weighted_kappa(shares, distances)[0] == pytest.approx(1 - 0.90 / 1.38)


def test_quadratic_kappa_by_hand():
    # ratings 1 2 4 against 1 3 2: squared distances 0 + 1 + 4 = 5; each with each: (0+4+1) + (1+1+0) + (9+1+4) = 21, a third is 7
    one, other = np.array([1.0, 2, 4]), np.array([1.0, 3, 2])
    assert ratings.quadratic_kappa(one, other, np.ones((1, 3)))[0] == pytest.approx(1 - 5 / 7)


def test_ratings_go_to_the_nearest_point_and_a_half_up():
    # 2.5 is 3, 2.4 is 2, 0.2 is 1 and 5.7 is 5: the same points on both sides
    one, other = np.array([2.5, 2.4, 0.2, 5.7]), np.array([3.0, 2, 1, 5])
    assert ratings.quadratic_kappa(one, other, np.ones((1, 4)))[0] == 1
    assert ratings.ordinal_alpha(one, other, np.ones((1, 4)))[0] == 1


def test_constant_ratings_say_nothing_about_agreement():
    same = np.full(4, 3.0)
    assert np.isnan(ratings.quadratic_kappa(same, same, np.ones((1, 4)))[0])
    assert np.isnan(ratings.ordinal_alpha(same, same, np.ones((1, 4)))[0])
    assert ratings.quadratic_kappa(same, np.array([1.0, 2, 3, 4]), np.ones((1, 4)))[0] == 0


# Krippendorff 2011, the data of sections A, B and C to E; a dot is a missing value.
TWO_BINARY = ("0100000010", "1110010000")
TWO_NOMINAL = ("112243335441", "212223335444")
FOUR = ("123321412...", "1233224125.3", ".3332342251.", "12332441251.")


def coincidences(raters):
    """Within each unit every ordered pair of values of different raters, divided by one less than its number of values."""
    counts = np.zeros((1, 5, 5))
    for unit in zip(*raters, strict=True):
        values = [int(value) - 1 for value in unit if value != "."]
        for i, one in enumerate(values):
            for j, other in enumerate(values):
                if i != j:
                    counts[0, one, other] += 1 / (len(values) - 1)
    return counts


def by_package(raters, level):
    krippendorff = pytest.importorskip("krippendorff", reason="krippendorff comes with the extra 'agreement'")
    data = [[np.nan if value == "." else float(value) for value in rater] for rater in raters]
    return krippendorff.alpha(reliability_data=data, level_of_measurement=level)


@pytest.mark.parametrize(("raters", "expected"), [(TWO_NOMINAL, 0.692), (FOUR, 0.743)])
def test_nominal_alpha_of_krippendorff_2011(raters, expected):
    found = metrics.krippendorff(coincidences(raters), metrics.nominal_distances(5))[0]
    assert round(found, 3) == expected
    assert found == pytest.approx(by_package(raters, "nominal"))


def test_ordinal_alpha_of_krippendorff_2011():
    counts = coincidences(FOUR)
    found = metrics.krippendorff(counts, ratings.ordinal_distances(counts.sum(axis=2)))[0]
    assert round(found, 3) == 0.815
    assert found == pytest.approx(by_package(FOUR, "ordinal"))


def test_binary_alpha_of_krippendorff_2011():
    raters = tuple("".join(str(int(value) + 1) for value in rater) for rater in TWO_BINARY)
    found = metrics.krippendorff(coincidences(raters), metrics.nominal_distances(5))[0]
    # 4 of 10 units differ, 6 ones and 14 zeros: 1 − 19 × 8 / (2 × 84)
    assert found == pytest.approx(1 - 19 * 4 / 84)
    assert round(found, 3) == 0.095


@pytest.mark.parametrize("seed", range(4))
def test_agreement_of_draws_is_that_of_the_repeated_sessions_by_the_packages(seed):
    sklearn = pytest.importorskip("sklearn.metrics", reason="scikit-learn comes with the extra 'models'")
    rng = np.random.default_rng(seed)
    reference = rng.integers(1, 6, 25).astype(float)
    predicted = np.clip(reference + rng.integers(-2, 3, 25), 1, 5)
    weights = resampled(25, draws=15)
    kappas, alphas = (f(predicted, reference, weights) for f in (ratings.quadratic_kappa, ratings.ordinal_alpha))
    for row, kappa, alpha in zip(weights, kappas, alphas, strict=True):
        one, other = (np.repeat(side, row.astype(int)).astype(int) for side in (predicted, reference))
        assert kappa == pytest.approx(sklearn.cohen_kappa_score(one, other, weights="quadratic"), abs=1e-12)
        assert alpha == pytest.approx(by_package((one, other), "ordinal"), abs=1e-12)
