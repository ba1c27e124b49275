"""Transcript, Turn and Role: what everything else reads. Plain frozen values; knows no file format and no model."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum


class Role(StrEnum):
    """Who is speaking, as far as the work of therapy goes."""

    THERAPIST = "therapist"
    CLIENT = "client"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Turn:
    """One speaker's uninterrupted stretch of talk.

    `index` counts turns from 0 in input order; `line` is the 1-based line of the input where the turn starts (None for
    inputs without lines); `start` is seconds from the beginning of the session, or None.
    """

    index: int
    speaker: str
    role: Role
    text: str
    line: int | None = None
    start: float | None = None


@dataclass(frozen=True, slots=True)
class Transcript:
    """The turns of one session in order, with notes for the reader about how they were read. `harm` are kinds of risk language in
    lines that are in no turn, each with the index of the turn it stands after."""

    id: str
    turns: tuple[Turn, ...]
    notes: tuple[str, ...] = ()
    harm: tuple[tuple[int, str], ...] = ()

    @property
    def speakers(self) -> tuple[str, ...]:
        """Speaker labels in order of first appearance."""
        return tuple(dict.fromkeys(turn.speaker for turn in self.turns))

    def role_of(self, speaker: str) -> Role:
        """The role of `speaker`'s first turn; KeyError when nobody has that label."""
        for turn in self.turns:
            if turn.speaker == speaker:
                return turn.role
        raise KeyError(speaker)

    def speakers_in(self, role: Role) -> tuple[str, ...]:
        """Labels of the speakers who have `role`, in order of first appearance."""
        return tuple(dict.fromkeys(turn.speaker for turn in self.turns if turn.role is role))

    def therapist_before(self, turn: int) -> Turn | None:
        """The therapist's last turn before `turn`, if there is one."""
        return next((t for t in reversed(self.turns[:turn]) if t.role is Role.THERAPIST), None)

    def therapist_after(self, turn: int) -> Turn | None:
        """The therapist's first turn after `turn`, if there is one."""
        return next((t for t in self.turns[turn + 1 :] if t.role is Role.THERAPIST), None)

    def with_roles(self, roles: Mapping[str, Role]) -> "Transcript":
        """The same turns with the role of each speaker in `roles` replaced."""
        return replace(self, turns=tuple(replace(t, role=roles.get(t.speaker, t.role)) for t in self.turns))


def clean_speaker_names(transcript: Transcript) -> dict[str, str]:
    """What each speaker is called on screen and in exports.

    Several clients become "Client A", "Client B" … so that no label can be taken for a marker code such as C1; those who
    are called so already keep their letters, whoever speaks first.
    """
    names: dict[str, str] = {}
    for role, word in ((Role.THERAPIST, "Therapist"), (Role.CLIENT, "Client"), (Role.OTHER, "Other")):
        labels = transcript.speakers_in(role)
        lettered = all(re.fullmatch(rf"{word} [A-Z]{{1,2}}", label) for label in labels)
        for position, label in enumerate(labels):
            names[label] = word if len(labels) < 2 else label if lettered else f"{word} {_letters(position)}"
    return names


def whole_of(text: str) -> tuple[tuple[int, int], ...]:
    """All of `text` but for white space around it, as one span; none where it has no words."""
    start, end = len(text) - len(text.lstrip()), len(text.rstrip())
    return ((start, end),) if start < end else ()


def word_count(turns: Iterable[Turn]) -> int:
    """Number of whitespace-separated words in `turns`."""
    return sum(len(turn.text.split()) for turn in turns)


def _letters(position: int) -> str:
    """0 → A, 25 → Z, 26 → AA."""
    letters = ""
    position += 1
    while position:
        position, remainder = divmod(position - 1, 26)
        letters = chr(ord("A") + remainder) + letters
    return letters
