"""PracticeDesk: what one browser tab practises, and every change to it as a pure function. Knows no Gradio, file or clock."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from rupture.practice.attempt import Attempt, Mode, decided, read_to
from rupture.practice.page import before_lines
from rupture.practice.reading import reply_turns
from rupture.practice.returning import Answer, Item, Moment, answered, due, items, moment_for
from rupture.practice.sets import PracticeSession, Wish, in_turn
from rupture.practice.wording import said
from rupture.ui.coding_view import coding_html
from rupture.ui.lane import Lane

Sessions = Mapping[str, PracticeSession]
"""The practice sessions by id."""


@dataclass(frozen=True, slots=True)
class PracticeDesk:
    """One tab. `attempt` is the session being read, `moment` the one being looked at again; `attempts` and `answers` are what
    was done, here or as it was kept. `opened` says that the trainee has seen the tab, so that the box for keeping is theirs."""

    attempt: Attempt | None = None
    moment: Moment | None = None
    attempts: tuple[Attempt, ...] = ()
    answers: tuple[Answer, ...] = ()
    opened: bool = False
    lane: Lane = field(default_factory=Lane, compare=False)


@dataclass(frozen=True, slots=True)
class Told:
    """What the page says was done: `read` turns, and by turn the codes, how sure, and the replies."""

    read: int
    codes: Mapping[int, tuple[str, ...]]
    sure: Mapping[int, int]
    replies: Mapping[int, str]

    @classmethod
    def of(cls, event: Any) -> "Told":
        """From the page's own words, whose keys are text; ValueError or TypeError where they are something else."""
        return cls(
            int(event.read),
            {int(turn): tuple(map(str, codes)) for turn, codes in dict(event.codes).items()},
            {int(turn): int(sure) for turn, sure in dict(event.sure).items()},
            {int(turn): str(text).strip() for turn, text in dict(event.replies).items()},
        )


def next_session(desk: PracticeDesk, sessions: Sessions, wish: Wish, seed: int) -> PracticeSession | None:
    """The session to read next, those not read yet before others; None where none meets `wish`."""
    done = [attempt.session for attempt in desk.attempts]
    return next(iter(in_turn(list(sessions.values()), wish, seed=seed, done=done)), None)


def undecided(desk: PracticeDesk, told: Told, sessions: Sessions) -> bool:
    """Whether the trainee stopped before the first turn that was asked about."""
    if desk.attempt is None:
        return told.read <= (desk.moment.turn if desk.moment else 0)
    return not decided(read_to(desk.attempt, told.read), sessions[desk.attempt.session].transcript)


def cleared(desk: PracticeDesk) -> PracticeDesk:
    """The desk of the same tab with nothing on it."""
    return PracticeDesk(opened=desk.opened, lane=desk.lane)


def finished(desk: PracticeDesk, told: Told, at: str) -> PracticeDesk:
    """The desk after the attempt was told; AttemptError where it contradicts itself."""
    if desk.attempt is None:
        return desk
    done = replace(desk.attempt, ended=at, read=told.read, codes=told.codes, sure=told.sure, replies=told.replies)
    return replace(desk, attempt=None, attempts=(*desk.attempts, done))


def waiting(desk: PracticeDesk, sessions: Sessions, today: date) -> tuple[Item, ...]:
    """What is due to be looked at again."""
    return due(items(desk.attempts, desk.answers, list(sessions.values())), today)


def returned(desk: PracticeDesk, sessions: Sessions, today: date) -> PracticeDesk:
    """The desk with the first moment that is due; with None where nothing is."""
    found = (moment_for(item, list(sessions.values()), today) for item in waiting(desk, sessions, today))
    return replace(desk, attempt=None, moment=next((moment for moment in found if moment), None))


def looked_again(desk: PracticeDesk, told: Told, sessions: Sessions, at: str) -> PracticeDesk:
    """The desk after the moment was answered; AttemptError where a code cannot stand there."""
    if desk.moment is None:
        return desk
    answer = answered(desk.moment, sessions[desk.moment.session], told.codes.get(desk.moment.turn, ()), at)
    return replace(desk, moment=None, answers=(*desk.answers, answer))


def shown(desk: PracticeDesk, sessions: Sessions) -> str:
    """The session or moment to be coded, as HTML; empty without one."""
    if desk.moment:
        practice, moment = sessions[desk.moment.session], desk.moment
        seen = range(moment.start, moment.turn + 1)
        return coding_html(practice.transcript, seen, (moment.turn,), (), lead=[said("screen.moment")], whole=False)
    if desk.attempt is None:
        return ""
    practice = sessions[desk.attempt.session]
    turns = practice.transcript.turns
    asked = [turn.index for turn in turns if turn.role in desk.attempt.roles]
    replies = [reply.turn for reply in reply_turns(practice)]
    whole = desk.attempt.mode is Mode.WHOLE
    return coding_html(practice.transcript, range(len(turns)), asked, replies, lead=before_lines(practice), whole=whole)
