"""What data exports ask of a turn: the stretches its codes stand for, places as other programs count them, and characters that
XML can hold. Pure; knows no format."""

import re
from itertools import accumulate

from rupture.analysis import Finding
from rupture.transcript import whole_of

Span = tuple[int, int]

_NOT_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def stretches(text: str, finding: Finding) -> tuple[Span, ...]:
    """(start, end) of the words that `finding` rests on: its evidence, or the whole of `text` but for white space around it
    where none was located. None in a text without words."""
    return finding.evidence or whole_of(text)


def utf16_places(text: str) -> list[int]:
    """For each offset into `text`, its end included, the same place in UTF-16 code units, as Java and JavaScript count: a
    character beyond U+FFFF takes two."""
    return list(accumulate((1 + (character > "\uffff") for character in text), initial=0))


def without_controls(text: str) -> str:
    """`text`, as long as before, with U+FFFD for what XML 1.0 cannot hold, and for the carriage returns it would turn into line
    feeds (W3C 2008, sections 2.2 and 2.11)."""
    return _NOT_XML.sub("\ufffd", text)
