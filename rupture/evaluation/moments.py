"""What a clinician meets of a session as a whole: the moments it opens with, its coded moments give or take a turn, its episodes.

Functions take sessions with their predictions and weights of the sessions (see `metrics`), and give a value a row of weights.
"""

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from rupture.analysis import Episode
from rupture.codebook import RUPTURE
from rupture.coding.values import CodedSession
from rupture.episodes import find_episodes
from rupture.evaluation.metrics import ratio
from rupture.evaluation.samples import Floats, shows
from rupture.evaluation.values import Prediction, reference_codes
from rupture.transcript import Role

TOLERANCE = 2
"""Turns by which the onsets of two episodes may differ and still be the same one."""
REACHES = (1, 2)
"""Turns by which a coded turn may miss the reference's and still be taken for the same moment."""

Close = Callable[[Episode, Episode], bool]
Matches = tuple[dict[str, Floats], dict[str, int]]
"""`precision`, `recall` and `f1` of pairs, a value a row of weights; and how many were `matched`, `found`, in the `reference`."""


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


def turn_matches(
    sessions: Sequence[CodedSession],
    predictions: Sequence[Prediction],
    weights: Floats,
    name: str,
    reach: int,
) -> Matches:
    """Client turns coded as `name`, paired one to one with the reference's at most `reach` turns away, the nearest first.

    Both are turns of one speaker, since a code given to the partner is not a near miss. Turns that are disputed or without a
    score are left out of both, as in a `Sample`; with a reach of 0 precision and recall are those of turns.
    """
    counts = np.zeros((3, len(sessions)))
    for number, (session, prediction) in enumerate(zip(sessions, predictions, strict=True)):
        scored = [
            turn
            for turn in session.transcript.turns
            if turn.role is Role.CLIENT
            and name in prediction.scores[turn.index]
            and session.reference(turn.index, name) is not None
        ]
        found = [turn for turn in scored if shows(name, prediction.codes[turn.index])]
        reference = [turn for turn in scored if session.reference(turn.index, name)]
        matched = nearest(
            (abs(f.index - r.index), f.index, r.index)
            for f in found
            for r in reference
            if f.speaker == r.speaker and abs(f.index - r.index) <= reach
        )
        counts[:, number] = matched, len(found), len(reference)
    return _matches(counts, weights)


def episodes(
    sessions: Sequence[CodedSession],
    predictions: Sequence[Prediction],
    weights: Floats,
    closeness: Iterable[Close],
) -> list[Matches]:
    """Episodes of one speaker, paired one to one where they are close in the one sense or the other, nearest onsets first.

    Both sides come from the same rule over codes; disputed turns are taken out of both first.
    """
    both = [
        (_episodes(session, dict(enumerate(prediction.codes))), _episodes(session, reference_codes(session)))
        for session, prediction in zip(sessions, predictions, strict=True)
    ]
    results = []
    for close in closeness:
        counts = [(matched(found, reference, close), len(found), len(reference)) for found, reference in both]
        results.append(_matches(np.array(counts, np.float64).reshape(-1, 3).T, weights))
    return results


def matched(found: Sequence[Episode], reference: Sequence[Episode], close: Close) -> int:
    """Pairs of one speaker's episodes that are `close`, each episode in at most one pair, nearest onsets first."""
    return nearest(
        (abs(f.onset - r.onset), i, j)
        for i, f in enumerate(found)
        for j, r in enumerate(reference)
        if f.speakers == r.speakers and close(f, r)
    )


def nearest(pairs: Iterable[tuple[int, int, int]]) -> int:
    """How many of the pairs (distance, one, other) remain when the nearest are taken first and none is in two of them."""
    ones: set[int] = set()
    others: set[int] = set()
    for _, one, other in sorted(pairs):
        if one not in ones and other not in others:
            ones.add(one)
            others.add(other)
    return len(ones)


def _matches(counts: Floats, weights: Floats) -> Matches:
    """From the numbers matched, found and in the reference (rows) of each session (columns)."""
    hits, found, reference = (weights @ row for row in counts)
    values = {"precision": ratio(hits, found), "recall": ratio(hits, reference), "f1": ratio(2 * hits, found + reference)}
    matched, given, sought = (int(row.sum()) for row in counts)
    return values, {"matched": matched, "found": given, "reference": sought}


def _episodes(session: CodedSession, codes: dict[int, tuple[str, ...]]) -> tuple[Episode, ...]:
    turns = session.transcript.turns
    kept = {t: c for t, c in codes.items() if turns[t].role is not Role.CLIENT or session.reference(t, RUPTURE) is not None}
    return find_episodes(session.transcript, kept)
