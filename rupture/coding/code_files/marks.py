"""What a coder's file says, as it stands there: nothing is checked yet but that the file can be read at all.

The readers of this package give these values; `rupture.coding.codings` checks them against the sessions. Plain frozen values;
knows no format.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rupture.transcript import Transcript

OWN = ""
"""Stands for the coder whom the file belongs to, or the session it holds, where the file names none."""
RATINGS = ("withdrawal", "confrontation", "resolution", "therapist_contribution")
"""Columns of session ratings, in the order of `Rating`."""

_BETWEEN = re.compile(r"[\s,;/+|]+")
_LIKE_A_CODE = re.compile(r"[A-Za-z]{1,2}\d{1,3}")


@dataclass(frozen=True, slots=True)
class Mark:
    """The codes one coder gave one turn, clearest first; none says that the turn was read and left uncoded.

    `where` is what an error message points to: a file and a line, or what the file has instead of lines. `confidence` is as
    typed: `1` leaning, `2` clear, or empty.
    """

    where: str
    coder: str
    session: str
    turn: int
    codes: tuple[str, ...] = ()
    confidence: str = ""


@dataclass(frozen=True, slots=True)
class Rated:
    """The session ratings of one coder as typed, in the order of RATINGS; who rated a session has read it."""

    where: str
    coder: str
    session: str
    values: tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class CodeFile:
    """Everything one file says. `transcripts` are the sessions it holds in full, by id; `problems` are lines that say nothing
    clear, each with its place."""

    marks: tuple[Mark, ...] = ()
    ratings: tuple[Rated, ...] = ()
    transcripts: Mapping[str, Transcript] = field(default_factory=dict)
    problems: tuple[str, ...] = ()

    @property
    def entries(self) -> tuple[Mark | Rated, ...]:
        """Marks and ratings, for what both have."""
        return (*self.marks, *self.ratings)


def codes_in(text: str) -> tuple[str, ...]:
    """The codes in a cell or label, in order: `w5, C2` → `("W5", "C2")`. What is no code stays as it is."""
    return tuple(dict.fromkeys(code.upper() if _LIKE_A_CODE.fullmatch(code) else code for code in _BETWEEN.split(text) if code))


def shown(code: str) -> str:
    """`code` for an error message; what does not look like a code may be a session's words and is not repeated."""
    return repr(code) if _LIKE_A_CODE.fullmatch(code) else f"something of {len(code)} characters"


def place(path: Path, line: int | None) -> str:
    """`codes.csv:12`."""
    return f"{path}:{line}" if line else str(path)
