"""Session ratings from 1 to 5 held against the reference's: rank correlation, distance, and agreement beyond chance.

Functions take the two sides' ratings, one a session, and weights of these sessions (see `metrics`), and give a value a row of
weights. Agreement is counted on the five points: a mean of raters goes to the nearest, a half to the upper one. Knows no codes.
"""

from collections.abc import Sequence

import numpy as np

from rupture.coding.values import CodedSession, Rating
from rupture.evaluation.metrics import krippendorff, ratio
from rupture.evaluation.samples import Floats, Ints
from rupture.evaluation.values import Prediction

POINTS = 5
"""The scale runs from 1 to this."""


def paired(
    sessions: Sequence[CodedSession],
    predictions: Sequence[Prediction],
    name: str,
) -> tuple[Floats, Floats, list[int]]:
    """Predicted and reference values of one rating, with the sessions (by number) that have both."""
    rows = [
        (predicted, reference, number)
        for number, (session, prediction) in enumerate(zip(sessions, predictions, strict=True))
        if (predicted := _rated(prediction.rating, name)) is not None and (reference := _rated(session.rating, name)) is not None
    ]
    return np.array([row[0] for row in rows]), np.array([row[1] for row in rows]), [row[2] for row in rows]


def mean_absolute_error(predicted: Floats, reference: Floats, weights: Floats) -> Floats:
    """Mean distance in points of the scale."""
    return ratio(weights @ np.abs(predicted - reference), weights.sum(axis=1))


def spearman(predicted: Floats, reference: Floats, weights: Floats) -> Floats:
    """Correlation of ranks, ties at their mean rank; NaN where either side is constant."""
    x, y = _ranks(predicted, weights), _ranks(reference, weights)
    total = weights.sum(axis=1, keepdims=True)
    x, y = (r - ratio((weights * r).sum(axis=1, keepdims=True), total) for r in (x, y))
    spread = np.sqrt((weights * x * x).sum(axis=1) * (weights * y * y).sum(axis=1))
    return ratio((weights * x * y).sum(axis=1), np.where(spread > 1e-9, spread, 0.0))


def quadratic_kappa(predicted: Floats, reference: Floats, weights: Floats) -> Floats:
    """Cohen's weighted kappa (1968) with squared distances; NaN where both sides are one and the same constant."""
    points = np.arange(POINTS, dtype=np.float64)
    return weighted_kappa(_tables(predicted, reference, weights), (points[:, None] - points) ** 2)


def ordinal_alpha(predicted: Floats, reference: Floats, weights: Floats) -> Floats:
    """Krippendorff's alpha (2011) for ordered values; NaN where no two values differ."""
    tables = _tables(predicted, reference, weights)
    coincidences = tables + tables.transpose(0, 2, 1)
    return krippendorff(coincidences, ordinal_distances(coincidences.sum(axis=2)))


def weighted_kappa(tables: Floats, distances: Floats) -> Floats:
    """1 minus observed over chance disagreement. `tables` (n, k, k) count units by one rater's value and the other's; `distances`
    (k, k) say how far two values are apart: 1 for any two that differ is Cohen's kappa (1960)."""
    observed = (tables * distances).sum(axis=(1, 2)) * tables.sum(axis=(1, 2))
    chance = tables.sum(axis=2)[:, :, None] * tables.sum(axis=1)[:, None, :] * distances
    return 1 - ratio(observed, chance.sum(axis=(1, 2)))


def ordinal_distances(totals: Floats) -> Floats:
    """Squared difference of two ordered values (n, k, k): how many values lie between them, each of the two counting half.
    `totals` (n, k) is how often each value was given."""
    middles = np.cumsum(totals, axis=1) - totals / 2
    squared: Floats = (middles[:, :, None] - middles[:, None, :]) ** 2
    return squared


def _tables(predicted: Floats, reference: Floats, weights: Floats) -> Floats:
    """For each row of weights how many sessions have each pair of points (predicted, reference)."""
    cells = (_point(predicted) - 1) * POINTS + _point(reference) - 1
    chosen = np.zeros((len(cells), POINTS * POINTS))
    chosen[np.arange(len(cells)), cells] = 1
    tables: Floats = (weights @ chosen).reshape(-1, POINTS, POINTS)
    return tables


def _point(values: Floats) -> Ints:
    return np.clip(np.floor(np.asarray(values, np.float64) + 0.5), 1, POINTS).astype(np.int64)


def _ranks(values: Floats, weights: Floats) -> Floats:
    """For each row of weights the mean rank of each value when it counts as often as the row says."""
    _, level = np.unique(values, return_inverse=True)
    mass = np.zeros((len(weights), int(level.max(initial=-1)) + 1))
    for column, group in enumerate(level):
        mass[:, group] += weights[:, column]
    ranks: Floats = (np.cumsum(mass, axis=1) - mass + (mass + 1) / 2)[:, level]
    return ranks


def _rated(rating: Rating | None, name: str) -> float | None:
    return getattr(rating, name) if rating else None
