"""How far raters agree with each other, which is the most a detector can be asked for.

Of each pair of raters, over the turns of the transcripts both read: Cohen's kappa (1960), Gwet's AC1 (2008) and how many turns
each gave what. Markers are asked of client turns, strategies of therapist turns; a turn that was read and not coded counts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Protocol

import numpy as np

from rupture.coding.values import names_for
from rupture.evaluation.intervals import Estimate, estimate, resampled
from rupture.evaluation.metrics import confusion
from rupture.evaluation.samples import Bools, Ints, Sample, shows
from rupture.transcript import Role, Transcript

ROLES = (Role.CLIENT, Role.THERAPIST)
NAMES: tuple[str, ...] = tuple(name for role in ROLES for name in names_for(role))

Counts = tuple[int, int, int, int]
"""Turns to which both, the first alone, the second alone and neither gave a name."""


class Coded(Protocol):
    """What one rater gave one session."""

    @property
    def codes(self) -> Mapping[int, Sequence[str]]:
        """Codes by turn index; turns without any may be left out."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two raters by name of a code or family, over the transcripts both read."""

    raters: tuple[str, str]
    sessions: int
    kappa: Mapping[str, Estimate]
    ac1: Mapping[str, Estimate]
    counts: Mapping[str, Counts]

    @property
    def given(self) -> Mapping[str, tuple[int, int]]:
        """How many turns the first and the second rater gave each name."""
        return {name: (both + first, both + second) for name, (both, first, second, _) in self.counts.items()}

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        kappa, ac1 = ({name: value.to_dict() for name, value in values.items()} for values in (self.kappa, self.ac1))
        given = {name: list(pair) for name, pair in self.given.items()}
        return {"raters": list(self.raters), "sessions": self.sessions, "kappa": kappa, "ac1": ac1, "given": given}


def agreement(transcripts: Sequence[Transcript], raters: Mapping[str, Mapping[str, Coded]]) -> list[Agreement]:
    """Every pair of raters that read a transcript in common, in order of the raters' names. `raters` has for the id of each
    transcript its raters by name."""
    results = []
    everybody = sorted({rater for transcript in transcripts for rater in raters[transcript.id]})
    for first, second in combinations(everybody, 2):
        shared = [transcript for transcript in transcripts if {first, second} <= raters[transcript.id].keys()]
        if shared:
            results.append(pair(first, second, shared, raters))
    return results


def pair(first: str, second: str, transcripts: Sequence[Transcript], raters: Mapping[str, Mapping[str, Coded]]) -> Agreement:
    """Two raters over transcripts that both read."""
    found = samples([(t, raters[t.id][first], raters[t.id][second]) for t in transcripts])
    weights = resampled(len(transcripts))
    tables = {name: confusion(sample, weights) for name, sample in found.items()}
    return Agreement(
        (first, second),
        len(transcripts),
        {name: estimate(table.kappa(), len(transcripts)) for name, table in tables.items()},
        {name: estimate(table.ac1(), len(transcripts)) for name, table in tables.items()},
        {name: tuple(int(cell[0]) for cell in (t.tp, t.fn, t.fp, t.tn)) for name, t in tables.items()},  # type: ignore[misc]
    )


def samples(shared: Sequence[tuple[Transcript, Coded, Coded]]) -> dict[str, Sample]:
    """For each name the turns it can be asked of: `truth` is what the first coder says, `coded` the second."""
    found = {}
    for role in ROLES:
        numbers, ones = given([transcript for transcript, _, _ in shared], [one for _, one, _ in shared], role)
        _, others = given([transcript for transcript, _, _ in shared], [other for _, _, other in shared], role)
        for column, name in enumerate(names_for(role)):
            one, other = ones[:, column], others[:, column]
            found[name] = Sample(name, len(shared), numbers, one, one.astype(np.float64), other)
    return found


def given(transcripts: Sequence[Transcript], codings: Sequence[Coded], role: Role) -> tuple[Ints, Bools]:
    """For every turn of `role`, in order, the number of its transcript; and, a row a turn and a column for each of
    `names_for(role)`, whether the rater gave it. `codings[i]` belongs to `transcripts[i]`."""
    names = names_for(role)
    turns = [
        (number, coding.codes.get(turn.index, ()))
        for number, (transcript, coding) in enumerate(zip(transcripts, codings, strict=True))
        for turn in transcript.turns
        if turn.role is role
    ]
    table = np.zeros((len(turns), len(names)), np.bool_)
    for row, (_, codes) in enumerate(turns):
        if codes:
            table[row] = [shows(name, codes) for name in names]
    return np.array([number for number, _ in turns], np.int64), table
