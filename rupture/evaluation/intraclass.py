"""How far raters agree on numbers: the intraclass correlation ICC(2,1) of Shrout and Fleiss (1979), two-way random effects,
absolute agreement of single ratings, with its interval by their equation (see also McGraw and Wong 1996).

Takes a table of numbers and gives an estimate; knows no rater and no session.
"""

from importlib.util import find_spec

import numpy as np

from rupture.evaluation.intervals import Estimate
from rupture.evaluation.samples import Floats

LEVEL = 0.95
INSTALL = "pip install 'rupture[agreement]'"


def has_intervals() -> bool:
    """Whether scipy is there (extra `agreement`), without which estimates come without their intervals."""
    return find_spec("scipy") is not None


def icc(table: Floats) -> Estimate:
    """ICC(2,1) of `table`, a row a session and a column a rater, without gaps; None for fewer than two of either, or where
    nothing differs that could agree. The interval is left out where raters never differ but by a constant,
    and without scipy."""
    sessions, raters = table.shape
    if sessions < 2 or raters < 2:
        return Estimate(None)
    between, judges, error = _mean_squares(table)
    bottom = between + (raters - 1) * error + raters * (judges - error) / sessions
    if bottom <= 0:
        return Estimate(None)
    value = (between - error) / bottom
    if error <= 0 or not has_intervals():
        return Estimate(value)
    return Estimate(value, *_interval(value, (between, judges, error), sessions, raters))


def _mean_squares(table: Floats) -> tuple[float, float, float]:
    """Between sessions, between raters, and what is left. Differences below rounding are none."""
    sessions, raters = table.shape
    mean = table.mean()
    rows, columns = table.mean(axis=1, keepdims=True), table.mean(axis=0, keepdims=True)
    between = raters * float(((rows - mean) ** 2).sum()) / (sessions - 1)
    judges = sessions * float(((columns - mean) ** 2).sum()) / (raters - 1)
    error = float(((table - rows - columns + mean) ** 2).sum()) / ((sessions - 1) * (raters - 1))
    least = 1e-12 * max(1.0, float(np.abs(table).max()) ** 2)
    return tuple(0.0 if square < least else square for square in (between, judges, error))  # type: ignore[return-value]


def _interval(value: float, squares: tuple[float, float, float], n: int, k: int) -> tuple[float, float]:
    from scipy.stats import f

    between, judges, error = squares
    ratio, spread = judges / error, n * (1 + (k - 1) * value) - k * value
    top = (k - 1) * (n - 1) * (k * value * ratio + spread) ** 2
    freedom = top / ((n - 1) * (k * value * ratio) ** 2 + spread**2)
    upper_tail = 1 - (1 - LEVEL) / 2
    high_f, low_f = f.ppf(upper_tail, n - 1, freedom), f.ppf(upper_tail, freedom, n - 1)
    rest = k * judges + (k * n - k - n) * error
    low = n * (between - high_f * error) / (high_f * rest + n * between)
    high = n * (low_f * between - error) / (rest + n * low_f * between)
    return float(low), float(high)
