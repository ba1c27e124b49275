"""What was missed and what was coded too much: the turns on which given codes and the reference differ, and counts by code.

Takes coded sessions with anybody's predictions of them (a detector's, a trainee's) and gives ids, turn indices and codes, never a
word. Counts of a code are those behind its precision and recall. Knows nothing of weights, files or reports.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from rupture.codebook import BY_CODE, RUPTURE, Family
from rupture.coding.values import CodedSession, names_for
from rupture.evaluation.values import Prediction
from rupture.transcript import Role

LISTED = 20
"""Turns of each kind that a report lists."""
_COUNTED = ("reference", "given", "both", "missed", "missed_for_another", "too_much", "too_much_for_another")


class Kind(StrEnum):
    """How the codes of a turn differ from the reference's: too few, too many, or both."""

    MISSED = "missed"
    OVER_CODED = "over-coded"
    OTHER_CODE = "other code"


@dataclass(frozen=True, slots=True)
class Difference:
    """A turn on which the codes differ.

    `reference` are the codes a majority gave; where a majority saw a rupture (or a strategy) and split over which, those with
    most votes. `score` is the given score of any rupture, on a therapist's turn of any strategy.
    """

    session: str
    turn: int
    kind: Kind
    reference: tuple[str, ...]
    given: tuple[str, ...]
    score: float

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready; the score rounded to six decimals."""
        return asdict(self) | {
            "kind": self.kind.value,
            "reference": list(self.reference),
            "given": list(self.given),
            "score": round(self.score, 6),
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Difference":
        """The value `to_dict` wrote."""
        codes = {key: tuple(data[key]) for key in ("reference", "given")}
        return cls(data["session"], data["turn"], Kind(data["kind"]), codes["reference"], codes["given"], data["score"])


def differences(sessions: Sequence[CodedSession], predictions: Sequence[Prediction]) -> list[Difference]:
    """Every turn on which the codes differ, in order; `predictions[i]` belongs to `sessions[i]`.

    A code on which the raters split evenly counts for neither side. Turns without a score are left out: not read is not missed.
    """
    return [
        found
        for session, prediction in zip(sessions, predictions, strict=True)
        for turn in session.transcript.turns
        if (found := _difference(session, prediction, turn.index)) is not None
    ]


def clearest(found: Iterable[Difference]) -> list[Difference]:
    """Of each kind `LISTED`, in the order they came in: those missed with the lowest score, the others with the highest."""
    chosen: list[Difference] = []
    everything = list(found)
    for kind in Kind:
        of_kind = [(number, each) for number, each in enumerate(everything) if each.kind is kind]
        sign = 1 if kind is Kind.MISSED else -1
        first = sorted(of_kind, key=lambda row: (sign * row[1].score, row[0]))[:LISTED]
        chosen += [each for _, each in sorted(first, key=lambda row: row[0])]
    return chosen


def counts(sessions: Sequence[CodedSession], predictions: Sequence[Prediction]) -> dict[str, dict[str, int]]:
    """For each code, turns on which the reference has it, on which it was given, and both; those on which it was missed, and of
    these with another code given instead; those on which it was given too much, and of these with another code in the reference.

    Over the turns that count for the code: not disputed, and scored.
    """
    rows = {code: dict.fromkeys(_COUNTED, 0) for code in BY_CODE}
    for session, prediction in zip(sessions, predictions, strict=True):
        for turn in session.transcript.turns:
            given, scores = prediction.codes[turn.index], prediction.scores[turn.index]
            if not given and not session.votes[turn.index]:
                continue
            wanted = session.codes(turn.index)
            for code in BY_CODE:
                if code not in scores or (truth := session.reference(turn.index, code)) is None:
                    continue
                row, coded = rows[code], code in given
                row["reference"] += truth
                row["given"] += coded
                row["both"] += truth and coded
                row["missed"] += truth and not coded
                row["missed_for_another"] += truth and not coded and bool(given)
                row["too_much"] += coded and not truth
                row["too_much_for_another"] += coded and not truth and bool(wanted)
    return rows


def summary(sessions: Sequence[CodedSession], predictions: Sequence[Prediction]) -> dict[str, Any]:
    """What `scores.json` keeps: `codes` (see `counts`), `turns` by kind, and the `clearest` ones as `listed`; JSON-ready."""
    found = differences(sessions, predictions)
    return {
        "codes": counts(sessions, predictions),
        "turns": {kind.value: sum(each.kind is kind for each in found) for kind in Kind},
        "listed": [each.to_dict() for each in clearest(found)],
    }


def _difference(session: CodedSession, prediction: Prediction, turn: int) -> Difference | None:
    role = session.transcript.turns[turn].role
    name = RUPTURE if role is Role.CLIENT else Family.STRATEGY.value
    score = prediction.scores[turn].get(name)
    if role is Role.OTHER or score is None:
        return None
    given = prediction.codes[turn]
    if not given and not session.votes[turn]:
        return None
    wanted = session.codes(turn)
    missed = [code for code in wanted if code not in given]
    if not wanted and session.reference(turn, name):
        wanted = _most_voted(session, turn)
        missed = [] if set(wanted) & set(given) else list(wanted)
    too_much = [code for code in given if session.reference(turn, code) is False and code not in wanted]
    if not missed and not too_much:
        return None
    kind = Kind.OTHER_CODE if missed and too_much else Kind.MISSED if missed else Kind.OVER_CODED
    return Difference(session.transcript.id, turn, kind, wanted, given, score)


def _most_voted(session: CodedSession, turn: int) -> tuple[str, ...]:
    role = session.transcript.turns[turn].role
    votes = {code: session.votes[turn].get(code, 0.0) for code in names_for(role) if code in BY_CODE}
    return tuple(code for code, share in votes.items() if share == max(votes.values()))
