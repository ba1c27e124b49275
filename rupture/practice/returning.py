"""What was taken for what comes back for another look, each time after longer, as in Leitner's boxes (1972). Pure: the state
follows from the attempts and answers so far, and the day is handed in.

A pair is returned to as single moments that lie on its border, from either side, so that being asked does not give the answer.
"""

import random
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from rupture.codebook import BY_CODE, Family, family_of
from rupture.corrections import codes_for
from rupture.practice.attempt import Attempt, AttemptError, is_utc
from rupture.practice.comparison import HELD, Pair, outcome, seen, taken_for
from rupture.practice.sets import PracticeSession
from rupture.transcript import Role, Turn

DAYS = (1, 3, 7, 21)
"""Days until a pair returns, by box. From the last box it goes on returning."""
Place = tuple[str, int]
"""A session's id and a turn of it."""
BEFORE = 4
"""Turns shown before the one that is asked about."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered at a moment that came back: the codes, and whether they are a reading of the raters. `at` is a UTC time
    in ISO form. AttemptError when it is none, or the pair or a code is not of the codebook."""

    pair: Pair
    session: str
    turn: int
    codes: tuple[str, ...]
    right: bool
    at: str

    def __post_init__(self) -> None:
        known = all(code is None or code in BY_CODE for code in (*self.pair, *self.codes))
        if not (known and is_utc(self.at)) or self.pair == (None, None):
            raise AttemptError(f"the answer at turn {self.turn} has no UTC time, no pair, or a code that is not of the codebook")

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "pair": list(self.pair),
            "session": self.session,
            "turn": self.turn,
            "codes": list(self.codes),
            "right": self.right,
            "at": self.at,
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Answer":
        """The value `to_dict` wrote; KeyError, TypeError, ValueError or AttemptError when `data` is something else."""
        theirs, yours = data["pair"]
        codes = tuple(data["codes"])
        return cls((theirs, yours), str(data["session"]), int(data["turn"]), codes, bool(data["right"]), str(data["at"]))


@dataclass(frozen=True, slots=True)
class Item:
    """A pair on its way: its `box` (0 to 3), the day it is `due`, and where it was last seen."""

    pair: Pair
    box: int
    due: date
    session: str
    turn: int


@dataclass(frozen=True, slots=True)
class Moment:
    """Where to look again: a turn of a session, shown with those from `start` on."""

    pair: Pair
    session: str
    turn: int
    start: int


def items(attempts: Sequence[Attempt], answers: Sequence[Answer], sessions: Sequence[PracticeSession]) -> tuple[Item, ...]:
    """Every pair that was ever missed, soonest due first. Missing it, in an attempt or an answer, brings it back to the first
    box; a right answer moves it on by one. Attempts at sessions that are not there, or unfinished, tell nothing."""
    by_id = {session.id: session for session in sessions}
    events: list[tuple[datetime, Pair, bool, str, int]] = []
    for attempt in attempts:
        if attempt.ended and attempt.session in by_id:
            at = datetime.fromisoformat(attempt.ended)
            events += [(at, pair, False, attempt.session, turn) for turn, pair in _missed(by_id[attempt.session], attempt)]
    events += [(datetime.fromisoformat(a.at), a.pair, a.right, a.session, a.turn) for a in answers]
    found: dict[Pair, Item] = {}
    for at, pair, right, session, turn in sorted(events, key=lambda event: event[0]):
        if right and pair not in found:
            continue
        box = min(found[pair].box + 1, len(DAYS) - 1) if right else 0
        found[pair] = Item(pair, box, at.date() + timedelta(DAYS[box]), session, turn)
    return tuple(sorted(found.values(), key=lambda item: (item.due, item.box, str(item.pair))))


def due(found: Sequence[Item], today: date) -> tuple[Item, ...]:
    """Those to look at again on `today` or before."""
    return tuple(item for item in found if item.due <= today)


def moment_for(item: Item, sessions: Sequence[PracticeSession], today: date, shown: Collection[Place] = ()) -> Moment | None:
    """A moment on the border of the pair, another than the one last seen and than those `shown` today where there is one; None
    when no session has any.

    Moments on which the raters agree, and that an explanation sets against the other side, come first; then others that have a
    code of the pair. The same day gives the same moment.
    """
    last: list[Place] = []
    by_nearness: dict[int, list[Place]] = {}
    for practice in sessions:
        for turn in practice.transcript.turns:
            place, nearness = (practice.id, turn.index), _nearness(practice, turn, item.pair)
            if place == (item.session, item.turn):
                last.append(place)
            elif nearness is not None and place not in shown:
                by_nearness.setdefault(nearness, []).append(place)
    places = by_nearness[min(by_nearness)] if by_nearness else last
    if not places:
        return None
    session, index = random.Random(f"{today} {item.pair}").choice(places)  # noqa: S311 - which moment comes is no secret
    return Moment(item.pair, session, index, max(0, index - BEFORE))


def answered(moment: Moment, practice: PracticeSession, codes: Sequence[str], at: str) -> Answer:
    """The answer `codes` at `moment`, given at the UTC time `at`. AttemptError when a code cannot stand on that turn."""
    role = practice.transcript.turns[moment.turn].role
    if strangers := [code for code in codes if code not in codes_for(role)]:
        raise AttemptError(f"turn {moment.turn}: {', '.join(strangers)} cannot stand on a turn of role {role.value}")
    right = outcome(seen(practice, moment.turn), codes) in HELD
    return Answer(moment.pair, moment.session, moment.turn, tuple(codes), right, at)


def _missed(practice: PracticeSession, attempt: Attempt) -> Iterator[tuple[int, Pair]]:
    for turn in practice.transcript.turns[: attempt.read]:
        if turn.role is Role.CLIENT or (turn.role is Role.THERAPIST and attempt.strategies):
            for pair in taken_for(seen(practice, turn.index), attempt.codes.get(turn.index, ())):
                yield turn.index, pair


def _nearness(practice: PracticeSession, turn: Turn, pair: Pair) -> int | None:
    """0 for a moment on the border of the pair on which the raters agree, 1 where they differ; 2 and 3 likewise for others that
    have a code of the pair; None for those that have nothing to do with it."""
    strategy = any(code and family_of(code) is Family.STRATEGY for code in pair)
    if turn.role is not (Role.THERAPIST if strategy else Role.CLIENT):
        return None
    there, explained = seen(practice, turn.index), practice.explained.at(turn.index) if practice.explained else None
    sides: tuple[str | None, ...] = there.sought or (None,)
    if explained and any({side, explained.contrast.code} == set(pair) for side in sides):
        return int(there.split)
    return 2 + there.split if set(there.sought) & set(pair) else None
