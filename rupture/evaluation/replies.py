"""The suite `replies`: what the chat says about a coded moment of a session, checked by code and preferred or not by two
blind judges.

A saved answer holds checks and numbers, no words. Preferences are kept with the digest of the reply they were given for:
those for another wording of it are counted as out of date and leave the shares alone.
"""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from rupture.digests import digest
from rupture.evaluation import runs
from rupture.evaluation.intervals import share

OPPONENTS = ("passage", "tips")
"""The first passage that plain search gives for the moment, and a general list of tips."""
CHECKS = ("answered", "grounded", "verbatim", "right_turn", "family", "allowed", "length")
FAMILIES = {
    **dict.fromkeys(("R1", "R2", "R3", "R10"), "immediate"),
    **dict.fromkeys(("R5", "R9"), "acknowledging"),
    **dict.fromkeys(("R4", "R6", "R7", "R8"), "exploring"),
}
"""Strategies by the way they take: straight at the task or the misunderstanding, acknowledging, or exploring what is
between the two (after the split into immediate and exploratory strategies that alliance-focused training uses)."""
Scores = dict[str, Any]


def read_preferences(path: Path) -> list[dict[str, str]]:
    """`case,opponent,judge,reply,preferred` a line; `preferred` is `ours`, `theirs` or `same`, `reply` the digest of ours."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def score(folder: Path, preferences: Sequence[Mapping[str, str]]) -> Scores:
    """Computes everything again from the answers saved in `folder`, writes `scores.json` and returns it."""
    answers = runs.read_answers(folder)
    wordings = {answer["id"]: answer["reply"] for answer in answers}
    current = [row for row in preferences if wordings.get(row["case"]) == row["reply"]]
    seconds, words, grades = (np.array([answer[name] for answer in answers]) for name in ("seconds", "words", "grade"))
    found: Scores = {
        "cases": len(answers),
        "checks": {name: share([answer[name] for answer in answers]) for name in CHECKS},
        "seconds": {"median": _rounded(np.median(seconds)), "p95": _rounded(np.percentile(seconds, 95))},
        "words": {"median": _rounded(np.median(words)), "most": int(words.max())},
        "grade": {"median": _rounded(np.median(grades)), "most": _rounded(grades.max())},
        "preferred": {opponent: _preferred([row for row in current if row["opponent"] == opponent]) for opponent in OPPONENTS},
        "out_of_date": len(preferences) - len(current),
    }
    scores = {
        **runs.tally(folder, len(answers)),
        "cases": digest([sorted(row.items()) for row in preferences]),
        "sets": {"moments": found},
    }
    runs.write_json(folder / runs.SCORES, scores)
    return scores


def _preferred(rows: Sequence[Mapping[str, str]]) -> Scores:
    """How often ours was preferred, a tie counting as not; by judge too, and how often two judges of a pair agree."""
    judges = sorted({row["judge"] for row in rows})
    by_case: dict[str, dict[str, str]] = {}
    for row in rows:
        by_case.setdefault(row["case"], {})[row["judge"]] = row["preferred"]
    pairs = [tuple(said.values()) for said in by_case.values() if len(said) == len(judges) > 1]
    return {
        "all": share([row["preferred"] == "ours" for row in rows]),
        "by_judge": {judge: share([row["preferred"] == "ours" for row in rows if row["judge"] == judge]) for judge in judges},
        "agreement": share([len(set(pair)) == 1 for pair in pairs]),
    }


def _rounded(value: Any) -> float:
    return round(float(value), 4)
