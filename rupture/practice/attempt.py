"""Attempt: what a trainee made of one session, turn by turn, as plain data. Every step gives a new one.

Knows no reference, no file and no clock: times are handed in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from rupture.codebook import BY_CODE
from rupture.corrections import codes_for
from rupture.errors import RuptureError
from rupture.transcript import Role, Transcript

LEANING, CLEAR = 1, 2
"""How sure a trainee is of a turn's codes, as the raters said it too."""


class AttemptError(RuptureError):
    """An attempt that contradicts itself or does not fit its session; names the turn."""


class Mode(StrEnum):
    """Whether the turns were coded one by one, before the next was seen, or after reading all of them."""

    TURN_BY_TURN = "turn_by_turn"
    WHOLE = "whole"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One reading of the session with id `session`.

    `read` is how many turns were read, from the first; only they count. `codes` are by turn, as is `sure` (LEANING or CLEAR, for
    each coded turn), and `replies` are the trainee's own words after a turn. `strategies` says that the therapist's turns were
    coded too. `begun` and `ended` are UTC times in ISO form, `ended` empty until it is. AttemptError when these contradict each
    other.
    """

    session: str
    mode: Mode
    begun: str
    ended: str = ""
    read: int = 0
    codes: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    sure: Mapping[int, int] = field(default_factory=dict)
    replies: Mapping[int, str] = field(default_factory=dict)
    strategies: bool = False

    def __post_init__(self) -> None:
        for name, at in (("begun", self.begun), ("ended", self.ended)):
            if (at or name == "begun") and not is_utc(at):
                raise AttemptError(f"{name}: expected a UTC time such as 2026-11-22T18:00:00+00:00, found another text")
        for turn, codes in self.codes.items():
            if not codes or len(set(codes) & BY_CODE.keys()) < len(codes):
                raise AttemptError(f"turn {turn}: found the codes {_listed(codes)}; give codes of the codebook, each once")
        if self.sure.keys() != self.codes.keys() or not set(self.sure.values()) <= {LEANING, CLEAR}:
            raise AttemptError(f"each coded turn, and no other, needs a sureness of {LEANING} (leaning) or {CLEAR} (clear)")
        if strays := [turn for turn in (*self.codes, *self.replies) if not 0 <= turn < self.read]:
            raise AttemptError(f"turn {min(strays)} has a code or reply, but turns 0 to {self.read - 1} were read; read on first")

    @property
    def roles(self) -> tuple[Role, ...]:
        """Whose turns are to be coded."""
        return (Role.CLIENT, Role.THERAPIST) if self.strategies else (Role.CLIENT,)

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready; it holds the trainee's own words."""
        turns = sorted({*self.codes, *self.replies})
        return {
            "session": self.session,
            "mode": self.mode.value,
            "begun": self.begun,
            "ended": self.ended,
            "read": self.read,
            "strategies": self.strategies,
            "turns": [
                {
                    "turn": turn,
                    "codes": list(self.codes.get(turn, ())),
                    "sure": self.sure.get(turn),
                    "reply": self.replies.get(turn, ""),
                }
                for turn in turns
            ],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Attempt":
        """The value `to_dict` wrote; KeyError, TypeError, ValueError or AttemptError when `data` is something else."""
        turns = [(int(row["turn"]), row) for row in data["turns"]]
        return cls(
            str(data["session"]),
            Mode(data["mode"]),
            str(data["begun"]),
            str(data["ended"]),
            int(data["read"]),
            {turn: tuple(row["codes"]) for turn, row in turns if row["codes"]},
            {turn: int(row["sure"]) for turn, row in turns if row["codes"]},
            {turn: str(row["reply"]) for turn, row in turns if row["reply"]},
            bool(data["strategies"]),
        )


def begin(session: str, mode: Mode, at: str, *, strategies: bool = False) -> Attempt:
    """An attempt at which nothing was read yet."""
    return Attempt(session, mode, at, strategies=strategies)


def read_to(attempt: Attempt, turns: int) -> Attempt:
    """The attempt after the first `turns` turns were read; what was read stays read."""
    return replace(attempt, read=max(attempt.read, turns))


def with_codes(attempt: Attempt, turn: int, codes: Sequence[str], sure: int = CLEAR) -> Attempt:
    """The attempt with these codes on `turn` in place of any before; without codes, the turn has none."""
    by_turn = {key: value for key, value in attempt.codes.items() if key != turn}
    sureness = {key: value for key, value in attempt.sure.items() if key != turn}
    if codes:
        by_turn[turn], sureness[turn] = tuple(codes), sure
    return replace(attempt, codes=by_turn, sure=sureness)


def with_reply(attempt: Attempt, turn: int, text: str) -> Attempt:
    """The attempt with this reply after `turn` in place of any before; an empty one takes it away."""
    replies = {key: value for key, value in attempt.replies.items() if key != turn}
    return replace(attempt, replies={**replies, turn: text.strip()} if text.strip() else replies)


def decided(attempt: Attempt, transcript: Transcript) -> bool:
    """Whether a turn that is to be coded was read. Whoever stops before the first has decided nothing, though the therapist may
    have spoken by then."""
    return any(turn.index < attempt.read and turn.role in attempt.roles for turn in transcript.turns)


def fitting(attempt: Attempt, transcript: Transcript) -> Attempt:
    """The same attempt, once it fits `transcript`. AttemptError when it is of another session, reads or codes a turn that is not
    there, gives a code that cannot stand on a turn of that role, or codes a therapist's turn where that was not asked for."""
    turns = transcript.turns
    if attempt.session != transcript.id:
        raise AttemptError(f"found an attempt at session {attempt.session!r}, expected one at {transcript.id!r}")
    if attempt.read > len(turns):
        raise AttemptError(f"{attempt.read} turns are said to be read, but the session has {len(turns)}")
    for turn, codes in attempt.codes.items():
        role = turns[turn].role
        allowed = codes_for(role) if role is Role.CLIENT or attempt.strategies else ()
        if strangers := [code for code in codes if code not in allowed]:
            raise AttemptError(
                f"turn {turn}: {_listed(strangers)} cannot stand on a turn of role {role.value}; "
                f"expected {_listed(allowed) if allowed else 'no code there'}"
            )
    for turn in attempt.replies:
        if turns[turn].role is not Role.CLIENT:
            raise AttemptError(f"turn {turn} has a reply, but is not a client's; a reply answers a client")
    return attempt


def is_utc(at: str) -> bool:
    """Whether `at` is a time in ISO form with the offset of UTC."""
    try:
        return datetime.fromisoformat(at).utcoffset() == timedelta(0)
    except ValueError:
        return False


def _listed(codes: Sequence[str]) -> str:
    return ", ".join(codes) or "none"
