"""How far raters agree with each other, which is the most a detector can be asked for.

Cohen's kappa of each pair of raters over the turns of the transcripts both read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from rupture.codebook import STRATEGIES, Family
from rupture.coding.standoff import Coding, Raters
from rupture.coding.values import names_for
from rupture.evaluation.intervals import Estimate, estimate, resampled
from rupture.evaluation.metrics import confusion
from rupture.evaluation.samples import Sample, shows
from rupture.transcript import Role, Transcript

NAMES: tuple[str, ...] = (*names_for(Role.CLIENT), *names_for(Role.THERAPIST))


@dataclass(frozen=True, slots=True)
class Agreement:
    """Kappa of two raters by name, over the transcripts both read."""

    raters: tuple[str, str]
    sessions: int
    kappa: Mapping[str, Estimate]
    given: Mapping[str, tuple[int, int]]
    """How many turns the first and the second rater gave each name."""

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        kappa = {name: value.to_dict() for name, value in self.kappa.items()}
        given = {name: list(pair) for name, pair in self.given.items()}
        return {"raters": list(self.raters), "sessions": self.sessions, "kappa": kappa, "given": given}


def agreement(transcripts: Sequence[Transcript], raters: Raters) -> list[Agreement]:
    """Every pair of raters that read a transcript in common, in order of the raters' names."""
    results = []
    everybody = sorted({rater for transcript in transcripts for rater in raters[transcript.id]})
    for first, second in combinations(everybody, 2):
        shared = [(t, raters[t.id][first], raters[t.id][second]) for t in transcripts if {first, second} <= raters[t.id].keys()]
        if shared:
            weights = resampled(len(shared))
            samples = {name: _pair(name, shared) for name in NAMES}
            kappa = {name: estimate(confusion(found, weights).kappa(), len(shared)) for name, found in samples.items()}
            given = {name: (found.positives, int(found.coded.sum())) for name, found in samples.items()}
            results.append(Agreement((first, second), len(shared), kappa, given))
    return results


def _pair(name: str, shared: Sequence[tuple[Transcript, Coding, Coding]]) -> Sample:
    role = Role.THERAPIST if name == Family.STRATEGY or name in STRATEGIES else Role.CLIENT
    turns = [
        (i, shows(name, first.codes.get(turn.index, ())), shows(name, second.codes.get(turn.index, ())))
        for i, (transcript, first, second) in enumerate(shared)
        for turn in transcript.turns
        if turn.role is role
    ]
    number = np.array([i for i, _, _ in turns], np.int64)
    one, other = (np.array([turn[k] for turn in turns], np.bool_) for k in (1, 2))
    return Sample(name, len(shared), number, one, one.astype(np.float64), other)
