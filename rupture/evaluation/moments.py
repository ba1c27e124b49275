"""What a clinician meets of a session as a whole: the moments it opens with, its episodes, its ratings.

Functions take sessions with their predictions and weights of the sessions (see `metrics`), and give a value a row of weights.
"""

from collections.abc import Callable, Sequence

import numpy as np

from rupture.analysis import Episode
from rupture.codebook import RUPTURE
from rupture.coding.values import CodedSession, Rating
from rupture.episodes import find_episodes
from rupture.evaluation.metrics import ratio
from rupture.evaluation.samples import Floats
from rupture.evaluation.values import Prediction, reference_codes
from rupture.transcript import Role

TOLERANCE = 2
"""Turns by which the onsets of two episodes may differ and still be the same one."""

Close = Callable[[Episode, Episode], bool]


def onsets_meet(found: Episode, reference: Episode) -> bool:
    """Whether both start within `TOLERANCE` turns of each other."""
    return abs(found.onset - reference.onset) <= TOLERANCE


def spans_meet(found: Episode, reference: Episode) -> bool:
    """Whether both cover a turn in common."""
    return found.onset <= reference.end and reference.onset <= found.end


def top_moments(sessions: Sequence[CodedSession], predictions: Sequence[Prediction], weights: Floats) -> dict[str, Floats]:
    """`precision` of the moments shown (disputed turns left out), `hit_rate` (of sessions with a rupture, those where one shown
    is right) and `shown_without_rupture` (mean number shown in sessions without any)."""
    right, wrong, shown = np.zeros(len(sessions)), np.zeros(len(sessions)), np.zeros(len(sessions))
    ruptured = np.array([has_rupture(session) for session in sessions], np.float64)
    for number, (session, prediction) in enumerate(zip(sessions, predictions, strict=True)):
        truths = [session.reference(turn, RUPTURE) for turn in prediction.top_moments]
        right[number], wrong[number], shown[number] = truths.count(True), truths.count(False), len(truths)
    quiet = 1 - ruptured
    return {
        "precision": ratio(weights @ right, weights @ (right + wrong)),
        "hit_rate": ratio(weights @ (ruptured * (right > 0)), weights @ ruptured),
        "shown_without_rupture": ratio(weights @ (quiet * shown), weights @ quiet),
    }


def has_rupture(session: CodedSession) -> bool:
    """Whether a majority saw a rupture in any turn."""
    return any(session.reference(turn.index, RUPTURE) for turn in session.transcript.turns)


def episodes(
    sessions: Sequence[CodedSession],
    predictions: Sequence[Prediction],
    weights: Floats,
    close: Close,
) -> tuple[dict[str, Floats], dict[str, int]]:
    """Precision, recall and F1 of episodes paired one to one where they are `close`; and how many there are.

    Both sides come from the same rule over codes; disputed turns are taken out of both first.
    """
    counts = np.zeros((3, len(sessions)))
    for number, (session, prediction) in enumerate(zip(sessions, predictions, strict=True)):
        found = _episodes(session, dict(enumerate(prediction.codes)))
        reference = _episodes(session, reference_codes(session))
        counts[:, number] = matched(found, reference, close), len(found), len(reference)
    hits, found_n, reference_n = (weights @ row for row in counts)
    values = {
        "precision": ratio(hits, found_n),
        "recall": ratio(hits, reference_n),
        "f1": ratio(2 * hits, found_n + reference_n),
    }
    return values, {"matched": int(hits[0]), "found": int(found_n[0]), "reference": int(reference_n[0])}


def matched(found: Sequence[Episode], reference: Sequence[Episode], close: Close) -> int:
    """Pairs of one speaker's episodes that are `close`, each episode in at most one pair, nearest onsets first."""
    pairs = sorted(
        (abs(f.onset - r.onset), i, j)
        for i, f in enumerate(found)
        for j, r in enumerate(reference)
        if f.speakers == r.speakers and close(f, r)
    )
    taken_found: set[int] = set()
    taken_reference: set[int] = set()
    for _, i, j in pairs:
        if i not in taken_found and j not in taken_reference:
            taken_found.add(i)
            taken_reference.add(j)
    return len(taken_found)


def rating_pairs(
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


def _ranks(values: Floats, weights: Floats) -> Floats:
    """For each row of weights the mean rank of each value when it counts as often as the row says."""
    _, level = np.unique(values, return_inverse=True)
    mass = np.zeros((len(weights), int(level.max(initial=-1)) + 1))
    for column, group in enumerate(level):
        mass[:, group] += weights[:, column]
    ranks: Floats = (np.cumsum(mass, axis=1) - mass + (mass + 1) / 2)[:, level]
    return ranks


def _episodes(session: CodedSession, codes: dict[int, tuple[str, ...]]) -> tuple[Episode, ...]:
    turns = session.transcript.turns
    kept = {t: c for t, c in codes.items() if turns[t].role is not Role.CLIENT or session.reference(t, RUPTURE) is not None}
    return find_episodes(session.transcript, kept)


def _rated(rating: Rating | None, name: str) -> float | None:
    return getattr(rating, name) if rating else None
