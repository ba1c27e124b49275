"""Session ratings from turn probabilities: a linear map with weights from the detector's card, so that a saved analysis can
be rated again."""

from collections.abc import Mapping, Sequence

from rupture.analysis import Scores, SessionRating
from rupture.codebook import RUPTURE, Family
from rupture.transcript import Role, Transcript

SUMMARISED = (RUPTURE, Family.WITHDRAWAL.value, Family.CONFRONTATION.value, Family.STRATEGY.value)
RATINGS = ("withdrawal", "confrontation", "resolution", "therapist_contribution")

Weights = Mapping[str, Mapping[str, float]]
"""For each rating: the weight of each summary, and `intercept`."""


def summarise(transcript: Transcript, scores: Sequence[Scores]) -> dict[str, float]:
    """Mean, maximum, mean of the three highest, and share above .5 of each summarised probability over the turns that carry
    it."""
    summary: dict[str, float] = {}
    for name in SUMMARISED:
        role = Role.THERAPIST if name == Family.STRATEGY.value else Role.CLIENT
        values = sorted(
            (s.get(name, 0.0) for t, s in zip(transcript.turns, scores, strict=True) if t.role is role), reverse=True
        ) or [0.0]
        summary[f"{name}_mean"] = sum(values) / len(values)
        summary[f"{name}_max"] = values[0]
        summary[f"{name}_top3"] = sum(values[:3]) / len(values[:3])
        summary[f"{name}_share"] = sum(value > 0.5 for value in values) / len(values)
    return summary


def estimate(summary: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """One rating before rounding, on the 1 to 5 scale but not yet held inside it."""
    return weights["intercept"] + sum(value * weights.get(name, 0.0) for name, value in summary.items())


def rate(transcript: Transcript, scores: Sequence[Scores], weights: Weights, any_codes: bool) -> SessionRating | None:
    """The four ratings as whole numbers from 1 to 5; None when the card has no weights. Resolution is None without any code."""
    if not weights:
        return None
    summary = summarise(transcript, scores)
    withdrawal, confrontation, resolution, contribution = (
        min(5, max(1, round(estimate(summary, weights[name])))) for name in RATINGS
    )
    return SessionRating(withdrawal, confrontation, resolution if any_codes else None, contribution)
