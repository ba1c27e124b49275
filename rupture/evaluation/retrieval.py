"""The suite `guidance`: what searches find for moments and questions, scored against passages that two judges graded 0 to 3.

A case is a coded moment of one of our sessions or a question; the sessions' words stay where they are. Scoring needs no model and
no corpus. nDCG is as in trec_eval: gain is the grade (mean of two judges), discount log2(rank + 1), and the ideal order is that
of all graded passages of the case; passages nobody graded count as 0 and are counted.
"""

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from rupture.digests import digest
from rupture.errors import RunError
from rupture.evaluation import runs
from rupture.evaluation.intervals import DRAWS, SEED, estimate, resampled
from rupture.evaluation.metrics import ratio
from rupture.evaluation.samples import Floats

DEPTH = 5
"""How many passages count for nDCG."""
TOP = 3
BEST = 2.5
"""Mean grade from which a passage answers the case: one judge gave 3, the other at least 2."""
PARTS = ("dev", "test")
OURS = "rupture"
"""The search of the guidance, with the reference codes of a moment; the others are there to be compared with."""
DETECTED = "rupture, detected codes"
"""The same with the codes our detector gives the moment."""
REPLY = "ways in a reply"
"""What the chat makes of what was found for a moment with its reference codes: up to three ways to respond."""

Grades = Mapping[str, Mapping[str, tuple[int, int]]]
"""Grades of two judges by case and passage."""
Scores = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """A moment (`session`, `turn`, its reference `codes`, and `fitting`: the strategies each judge would begin with) or a
    `question`, which the corpus covers or not."""

    id: str
    part: str
    session: str = ""
    turn: int = -1
    codes: tuple[str, ...] = ()
    fitting: tuple[tuple[str, ...], ...] = ()
    question: str = ""
    covered: bool = True

    @property
    def group(self) -> str:
        """What the case shares its luck with: moments of one session are drawn together."""
        return self.session or self.id

    @property
    def kind(self) -> str:
        """`moment`, `question` or `not covered`."""
        return "moment" if self.session else "question" if self.covered else "not covered"


def read_cases(folder: Path) -> list[Case]:
    """`moments.jsonl` and `questions.jsonl` of `folder`, in order; RunError names file and line."""
    cases = []
    for name in ("moments.jsonl", "questions.jsonl"):
        for number, line in enumerate((folder / name).read_text(encoding="utf-8").splitlines(), start=1):
            try:
                row = json.loads(line)
                codes, fitting = tuple(row.pop("codes", ())), tuple(map(tuple, row.pop("fitting", ())))
                cases.append(Case(**row, codes=codes, fitting=fitting))
            except (ValueError, TypeError) as error:
                raise RunError(
                    f"{name}, line {number}: expected a case: see rupture/evaluation/retrieval.py ({type(error).__name__})"
                ) from None
    return cases


def read_grades(path: Path) -> Grades:
    """`case,passage,judge_1,judge_2` a line, grades 0 to 3."""
    grades: dict[str, dict[str, tuple[int, int]]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            grades.setdefault(row["case"], {})[row["passage"]] = (int(row["judge_1"]), int(row["judge_2"]))
    return grades


def score(folder: Path, cases: Sequence[Case], grades: Grades) -> Scores:
    """Computes everything again from the answers saved in `folder`, writes `scores.json` and returns it. An answer has
    `covered`, and by search `found`: `passages` (ids, best first), `strategies` of the first passage that has any, and `markers`
    of the first three."""
    answers = {answer["id"]: answer for answer in runs.read_answers(folder)}
    answered = [case for case in cases if case.id in answers]
    scores = {
        **runs.tally(folder, len(answered)),
        "cases": digest([[asdict(case) for case in cases], grades]),
        "bootstrap": {"draws": DRAWS, "seed": SEED, "unit": "group", "level": 0.95},
        "judges": _judges([pair for graded in grades.values() for pair in graded.values()]),
        "sets": {
            part: _part([c for c in answered if c.part == part], answers, grades)
            for part in PARTS
            if any(c.part == part and c.id in grades for c in answered)
        },
    }
    runs.write_json(folder / runs.SCORES, scores)
    return scores


def ndcg(found: Sequence[str], grades: Mapping[str, float], depth: int = DEPTH) -> float:
    """Discounted gain of the first `depth` passages over that of the best order; NaN when nothing was graded above 0."""
    ideal = _gain(sorted(grades.values(), reverse=True)[:depth])
    return _gain([grades.get(name, 0.0) for name in found[:depth]]) / ideal if ideal else float("nan")


def _gain(grades: Sequence[float]) -> float:
    return float(sum(grade / np.log2(rank + 1) for rank, grade in enumerate(grades, start=1)))


def _part(cases: Sequence[Case], answers: Mapping[str, runs.Answer], grades: Grades) -> Scores:
    groups = {name: number for number, name in enumerate(dict.fromkeys(case.group for case in cases))}
    drawn = resampled(len(groups))

    def mean(values: Mapping[str, float]) -> Scores:
        """The mean over cases, by id, with its interval; undefined values are left out."""
        known = [(groups[case.group], values[case.id]) for case in cases if not np.isnan(values.get(case.id, np.nan))]
        weights = drawn[:, [group for group, _ in known]]
        return {
            "n": len(known),
            **estimate(ratio(weights @ np.array([v for _, v in known]), weights.sum(axis=1)), len(groups)).to_dict(),
        }

    graded = [case for case in cases if case.id in grades]
    moments = [case for case in graded if case.kind == "moment"]
    names = dict.fromkeys(name for case in graded for name in answers[case.id]["found"])
    values = {name: _by_case(name, graded, answers, grades) for name in names}
    ours = values[OURS]["ndcg"]
    return {
        "cases": {kind: sum(case.kind == kind for case in cases) for kind in ("moment", "question", "not covered")},
        "searches": {
            name: {
                metric: {
                    "all": mean(by_case),
                    **{kind: mean(_of_kind(kind, by_case, graded)) for kind in ("moment", "question")},
                }
                for metric, by_case in found.items()
            }
            for name, found in values.items()
        },
        "better_than": {
            name: mean({key: ours[key] - value for key, value in found["ndcg"].items()})
            for name, found in values.items()
            if name not in (OURS, REPLY)
        },
        "unjudged": mean({c.id: _unjudged(answers[c.id]["found"][OURS]["passages"], grades[c.id]) for c in graded}),
        "moments": {
            name: {
                "strategy_first": mean({c.id: float(bool(_fitting(c) & set(found["strategies"]))) for c, found in shown}),
                "marker_in_three": mean({c.id: float(bool(set(c.codes) & set(found["markers"]))) for c, found in shown}),
            }
            for name in (OURS, DETECTED, REPLY)
            for shown in [[(c, answers[c.id]["found"][name]) for c in moments if name in answers[c.id]["found"]]]
        },
        "constants": {
            "strategy_first": _constant([_fitting(c) for c in moments], 1),
            "marker_in_three": _constant([set(c.codes) for c in moments], TOP),
        },
        "abstention": _abstention(cases, answers, drawn[:, [groups[case.group] for case in cases]], len(groups)),
    }


def _by_case(name: str, cases: Sequence[Case], answers: Mapping[str, runs.Answer], grades: Grades) -> dict[str, dict[str, float]]:
    ndcgs, successes = {}, {}
    for case in cases:
        if name not in answers[case.id]["found"]:
            continue
        found = answers[case.id]["found"][name]["passages"]
        mean = {passage: sum(pair) / 2 for passage, pair in grades[case.id].items()}
        ndcgs[case.id] = ndcg(found, mean)
        successes[case.id] = float(any(mean.get(passage, 0.0) >= BEST for passage in found[:TOP]))
    return {"ndcg": ndcgs, "success": successes}


def _of_kind(kind: str, values: Mapping[str, float], cases: Sequence[Case]) -> dict[str, float]:
    return {case.id: values[case.id] for case in cases if case.kind == kind and case.id in values}


def _unjudged(found: Sequence[str], graded: Mapping[str, Any]) -> float:
    return sum(name not in graded for name in found[:DEPTH]) / max(1, len(found[:DEPTH]))


def _fitting(case: Case) -> set[str]:
    return {code for codes in case.fitting for code in codes}


def _constant(wanted: Sequence[set[str]], size: int) -> Scores:
    """The `size` answers that meet most cases when always given, greedily chosen, and how many they meet."""
    chosen: list[str] = []
    for _ in range(size):
        left = [codes for codes in wanted if not codes & set(chosen)]
        names = sorted({name for codes in left for name in codes})
        chosen += [max(names, key=lambda name: sum(name in codes for codes in left))] if names else []
    met = sum(bool(codes & set(chosen)) for codes in wanted)
    return {"answer": chosen, "value": round(met / len(wanted), 6) if wanted else None}


def _abstention(cases: Sequence[Case], answers: Mapping[str, runs.Answer], weights: Floats, groups: int) -> Scores:
    """Precision, recall and F1 of saying that the corpus does not cover a case."""
    outside = np.array([not case.covered for case in cases], np.float64)
    said = np.array([not answers[case.id]["covered"] for case in cases], np.float64)
    hits, all_said, all_outside = weights @ (outside * said), weights @ said, weights @ outside
    found = {
        "precision": ratio(hits, all_said),
        "recall": ratio(hits, all_outside),
        "f1": ratio(2 * hits, all_said + all_outside),
    }
    return {name: estimate(values, groups).to_dict() for name, values in found.items()}


def _judges(pairs: Sequence[tuple[int, int]]) -> Scores:
    """How far two judges agree: the same grade, at most one apart, and Cohen's kappa with quadratic weights."""
    one, other = (np.array([pair[k] for pair in pairs], np.float64) for k in (0, 1))
    by_chance = ((one[:, None] - np.arange(4)) ** 2).mean(axis=0) @ np.array([(other == grade).mean() for grade in range(4)])
    return {
        "grades": len(pairs),
        "same": round(float((one == other).mean()), 6),
        "within_one": round(float((abs(one - other) <= 1).mean()), 6),
        "kappa_quadratic": round(1 - float(((one - other) ** 2).mean() / by_chance), 6) if by_chance else None,
    }
