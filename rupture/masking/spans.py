"""Stretches of a text that are hidden, what stands for them, and how places move when they are. Pure."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate

Mask = tuple[int, int, str]
"""Start and end of a stretch in a text, and the mark that stands for it."""


class Kind(StrEnum):
    """What a stretch tells; the word in its mark."""

    NAME = "NAME"
    PLACE = "PLACE"
    ORGANISATION = "ORGANISATION"
    DATE = "DATE"
    AGE = "AGE"
    ADDRESS = "ADDRESS"
    POSTCODE = "POSTCODE"
    PHONE = "PHONE"
    EMAIL = "EMAIL"
    LINK = "LINK"
    HANDLE = "HANDLE"
    NUMBER = "NUMBER"


MARK = re.compile(rf"\[({'|'.join(Kind)})_(\d{{1,6}})\]")
"""What stands for a hidden stretch: `[NAME_1]`. The same number of the same kind is the same name, place or number."""


@dataclass(frozen=True, slots=True)
class Found:
    """A stretch of a text from `start` to before `end`. `key` says whom or what it tells, where its own words do not: every
    stretch with one key has one mark."""

    start: int
    end: int
    kind: Kind
    key: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """A text made from another, and the stretch of the other (`starts`, `ends`) that each of its characters comes from."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """The stretch that the characters from `start` to before `end`, one at least, come from."""
        return self.starts[start], self.ends[end - 1]


def shown(text: str, masks: Sequence[Mask]) -> View:
    """`text` with its `masks` in place of what they hide. A character of a mark comes from all that it hides."""
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    done = 0
    for start, end, mark in (*masks, (len(text), len(text), "")):
        parts += [text[done:start], mark]
        starts += [*range(done, start), *[start] * len(mark)]
        ends += [*range(done + 1, start + 1), *[end] * len(mark)]
        done = end
    return View("".join(parts), starts, ends)


def with_masks(text: str, masks: Iterable[Mask]) -> str:
    """`text` with its `masks`, which are in reading order, in place of what they hide."""
    parts, done = [], 0
    for start, end, mark in masks:
        parts += [text[done:start], mark]
        done = end
    return "".join([*parts, text[done:]])


def marks_in(text: str) -> list[tuple[int, int]]:
    """Where marks stand in `text`."""
    return [match.span() for match in MARK.finditer(text)]


def joined(found: Iterable[Found]) -> list[Found]:
    """`found` in reading order; stretches that overlap become one, which tells what the longest of them tells."""
    kept: list[Found] = []
    longest = 0
    for one in sorted(found, key=lambda f: (f.start, -f.end)):
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
            longest = one.end - one.start
            continue
        last, length = kept[-1], one.end - one.start
        # Of two that are equally long, the one that was found for a reason of its own says whose it is.
        teller = one if length > longest or (length == longest and one.key and not last.key) else last
        kept[-1] = Found(last.start, max(last.end, one.end), teller.kind, teller.key)
        longest = max(longest, length)
    return kept


def outside(found: Found, marks: Sequence[tuple[int, int]]) -> list[Found]:
    """What of `found` is outside `marks`, which are in reading order: marks are no words of the session."""
    pieces, at = [], found.start
    for start, end in marks:
        if end <= at or start >= found.end:
            continue
        pieces.append((at, start))
        at = end
    pieces.append((at, found.end))
    # What was cut is another name than the whole was.
    key = found.key if len(pieces) == 1 else ""
    return [Found(start, end, found.kind, key) for start, end in pieces if start < end]


class Places:
    """Where places of a text are in the text with its `masks`, which are in reading order, and the other way round."""

    def __init__(self, masks: Sequence[Mask]) -> None:
        self._masks = masks
        grown = [0, *accumulate(len(mark) - (end - start) for start, end, mark in masks)]
        self._grown = grown
        self._starts = [start for start, _, _ in masks]
        self._shown = [start + grown[number] for number, (start, _, _) in enumerate(masks)]

    def masked(self, place: int, *, ends: bool) -> int:
        """The place of the offset `place`: inside a mask it is where the mark starts, or ends for the place where something
        `ends`."""
        number = bisect_right(self._starts, place - ends) - 1
        if number < 0:
            return place
        _, end, mark = self._masks[number]
        if place < end or (ends and place == end):
            return self._shown[number] + (len(mark) if ends else 0)
        return place + self._grown[number + 1]

    def original(self, place: int, *, ends: bool) -> int:
        """The offset that `place` in the masked text comes from: inside a mark it is where what it hides starts, or ends."""
        number = bisect_right(self._shown, place - ends) - 1
        if number < 0:
            return place
        start, end, mark = self._masks[number]
        if place < self._shown[number] + len(mark) + ends:
            return end if ends else start
        return place - self._grown[number + 1]
