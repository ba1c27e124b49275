"""Bootstrap over whole sessions: turns of one session resemble each other, so resampling turns would promise too much."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import sqrt
from typing import Any

import numpy as np

from rupture.evaluation.samples import Floats

DRAWS = 1000
SEED = 20240229
_Z = 1.959964
"""The 97.5th percentile of the normal distribution."""
LEAST_SESSIONS = 10
"""With fewer sessions a percentile interval says more about the method than about the data: none is given."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its 95 % percentile interval; None where it is undefined."""

    value: float | None
    low: float | None = None
    high: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready; rounded to six decimals."""
        return {key: None if value is None else round(value, 6) for key, value in asdict(self).items()}


def resampled(sessions: int, draws: int = DRAWS) -> Floats:
    """How often each session counts: a row of ones (the data), then `draws` samples of as many sessions with replacement."""
    rng = np.random.default_rng(SEED)
    counts = rng.multinomial(sessions, np.full(sessions, 1 / sessions), size=draws)
    return np.vstack([np.ones(sessions), counts]).astype(np.float64)


def estimate(values: Floats, sessions: int) -> Estimate:
    """The first value with the interval of the others; draws that leave the metric undefined are passed over."""
    value, draws = float(values[0]), values[1:][~np.isnan(values[1:])]
    if np.isnan(value):
        return Estimate(None)
    if sessions < LEAST_SESSIONS or not len(draws):
        return Estimate(value)
    low, high = np.percentile(draws, [2.5, 97.5])
    return Estimate(value, float(low), float(high))


def share(hits: Sequence[bool]) -> dict[str, Any]:
    """The share of hits with Wilson's 95 % interval (1927), and `n`; JSON-ready."""
    n = len(hits)
    if not n:
        return {"n": 0, **Estimate(None).to_dict()}
    p = sum(hits) / n
    centre, half = p + _Z**2 / (2 * n), _Z * sqrt(p * (1 - p) / n + _Z**2 / (4 * n**2))
    low, high = ((centre + side * half) / (1 + _Z**2 / n) for side in (-1, 1))
    return {"n": n, **Estimate(p, max(0.0, low), min(1.0, high)).to_dict()}
