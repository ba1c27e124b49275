"""How far raters agree with each other, which is the most a detector can be asked for.

Cohen's kappa of each pair of raters over the turns of the transcripts both read.
"""

import csv
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from rupture.codebook import Family
from rupture.errors import CorpusError
from rupture.evaluation.intervals import Estimate, estimate, resampled
from rupture.evaluation.metrics import confusion
from rupture.evaluation.samples import FAMILIES, Sample, shows
from rupture.transcript import Role, Transcript

NAMES: tuple[str, ...] = (*FAMILIES, Family.STRATEGY.value)

Coding = Mapping[str, Mapping[int, Sequence[str]]]
"""One rater's codes: transcript id, then turn. A transcript in which the rater coded nothing has an empty mapping."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Kappa of two raters by name, over the transcripts both read."""

    raters: tuple[str, str]
    sessions: int
    kappa: Mapping[str, Estimate]

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        kappa = {name: value.to_dict() for name, value in self.kappa.items()}
        return {"raters": list(self.raters), "sessions": self.sessions, "kappa": kappa}


def agreement(transcripts: Sequence[Transcript], coders: Mapping[str, Coding]) -> list[Agreement]:
    """Every pair of raters that read a transcript in common, in order of the raters' names."""
    results = []
    for first, second in combinations(sorted(coders), 2):
        shared = [t for t in transcripts if t.id in coders[first] and t.id in coders[second]]
        if shared:
            weights = resampled(len(shared))
            kappa = {
                name: estimate(confusion(_pair(name, shared, coders[first], coders[second]), weights).kappa(), len(shared))
                for name in NAMES
            }
            results.append(Agreement((first, second), len(shared), kappa))
    return results


def read_raters(annotations: Path) -> dict[str, Coding]:
    """The raters of AnnoMI from `turn_codes.csv` and `session_ratings.csv` (who read what, codes or none)."""
    coders: dict[str, dict[str, dict[int, list[str]]]] = defaultdict(dict)
    for row in _rows(annotations / "session_ratings.csv"):
        coders[row["rater"]][f"annomi-{row['transcript_id']}"] = {}
    for row in _rows(annotations / "turn_codes.csv"):
        coded = coders[row["rater"]].setdefault(f"annomi-{row['transcript_id']}", {})
        coded[int(row["utterance_id"])] = row["codes"].replace(",", " ").replace(";", " ").split()
    return dict(coders)


def _pair(name: str, transcripts: Sequence[Transcript], first: Coding, second: Coding) -> Sample:
    role = Role.THERAPIST if name == Family.STRATEGY else Role.CLIENT
    turns = [(i, t.id, turn.index) for i, t in enumerate(transcripts) for turn in t.turns if turn.role is role]
    given = [np.array([shows(name, rater[key].get(turn, ())) for _, key, turn in turns], np.bool_) for rater in (first, second)]
    number = np.array([i for i, _, _ in turns], np.int64)
    return Sample(name, len(transcripts), number, given[1], given[0].astype(np.float64), given[0])


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))
    except FileNotFoundError:
        raise CorpusError(f"{path}: no such file; expected AnnoMI's codes, for example in corpus/annotations/annomi") from None
