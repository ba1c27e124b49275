"""What a format hands over: utterances as found, before roles are guessed. Knows no file and no format."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from rupture.formats.blocks import Document


class Unread(NamedTuple):
    """A line that is in no turn, and why. `line` is None where the input has no lines (JSON). `text` is for what must be noticed
    wherever it stands; it is never shown or told."""

    line: int | None
    reason: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Utterance:
    """Someone's words as written; `role` is what the input itself says about the speaker, if it does."""

    speaker: str
    text: str
    line: int | None = None
    start: float | None = None
    role: str | None = None


@dataclass(frozen=True, slots=True)
class Parsed:
    """The utterances of one session in order, the lines in none of them, and notes for the reader."""

    utterances: tuple[Utterance, ...]
    unread: tuple[Unread, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Format:
    """A way to write a transcript. `recognises` sees the cleaned text and must be cheap; `suffixes` settle it for files."""

    name: str
    suffixes: tuple[str, ...]
    recognises: Callable[[str], bool]
    parse: Callable[[str], Parsed]


@dataclass(frozen=True, slots=True)
class DocumentFormat:
    """A file that is no plain text. `recognises` sees its bytes, `suffixes` settle it where no other format knows the bytes;
    `extract` runs in a process of its own (`confined.py`) and stands at the top of its module."""

    name: str
    suffixes: tuple[str, ...]
    recognises: Callable[[bytes], bool]
    extract: Callable[[bytes], Document]


def counted(number: int, noun: str) -> str:
    """`1 turn`, `2 turns`, `10,000 turns`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def listed(numbers: list[int], shown: int = 5) -> str:
    """`line 3`, `lines 3, 8 and 14`, `lines 3, 8, 14, 20, 31 and 12 more`."""
    if len(numbers) == 1:
        return f"line {numbers[0]}"
    last = f"{len(numbers) - shown} more" if len(numbers) > shown else str(numbers[-1])
    head = numbers[:shown] if len(numbers) > shown else numbers[:-1]
    return f"lines {', '.join(map(str, head))} and {last}"
