"""Lines as printed on pages: running headers, line numbers, and words broken at the end of a line. Plain text in, blocks out."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from rupture.formats.blocks import Aside, Block, Document, Paragraph
from rupture.formats.labels import find_start
from rupture.formats.parsed import counted

_EDGE = 2
"""Lines at the top and at the bottom of a page where running headers stand."""
_PAGES = 3
"""Pages from which what comes back is a header: two may end alike by chance."""
_SHARE = 0.6
"""Share of the pages on which a header comes back."""
_NUMBERED = 0.8
"""Share of the lines that are numbered where lines are."""
_FEWEST = 5
_NUMBER = re.compile(r"(\d{1,4})[.:]?(?=\s|$)\s*")
_BROKEN = re.compile(r"(?<![\w-])([^\W\d_]{2,30})-$")
_TAIL = re.compile(r"([a-zà-ÿ]{2,30}(?:['’][a-z]{1,3})?[.,;:!?…]{0,3})(?:\s+|$)")
_HYPHENATED = re.compile(r"(?<![^\W\d_])[^\W\d_]+-[^\W\d_]+")
_DIGITS = re.compile(r"\d+")


def arranged(pages: Sequence[Sequence[str]]) -> Document:
    """The lines of `pages`, each stripped and none empty, as one text with what is printed on every page set aside."""
    headers = _headers(pages)
    lines = [(line, _reason(line, place, headers)) for page in pages for place, line in _from_edges(page)]
    spoken = [line for line, reason in lines if reason is None]
    numbered = _are_numbered(spoken)
    if numbered:
        spoken = [_NUMBER.sub("", line, count=1) for line in spoken]
    spoken, joined = _rejoined(spoken)
    following = iter(spoken)
    blocks: list[Block] = [Aside(line, reason) if reason else Paragraph(next(following)) for line, reason in lines]
    notes = ["The lines were numbered; the numbers were left out."] if numbered else []
    if joined:
        notes.append(f"{counted(joined, 'word')} broken over two lines put together.")
    return Document(tuple(blocks), tuple(notes))


def _from_edges(page: Sequence[str]) -> Iterator[tuple[int | None, str]]:
    """Each line with its place from the top (0, 1) or the bottom (-1, -2) of the page; None in between."""
    for i, line in enumerate(page):
        last = len(page) - i
        yield (i if i < _EDGE else -last if last <= _EDGE else None), line


def _headers(pages: Sequence[Sequence[str]]) -> frozenset[str]:
    """What stands at the edges of most pages, with any number in it. What names a speaker is speech, however often."""
    edges = [[line for place, line in _from_edges(page) if place is not None and find_start(line) is None] for page in pages]
    seen = Counter(found for lines in edges for found in set(map(_plain, lines)))
    return frozenset(line for line, count in seen.items() if count >= max(_PAGES, _SHARE * len(pages)))


def _reason(line: str, place: int | None, headers: frozenset[str]) -> str | None:
    return "a page header or footer" if place is not None and (_plain(line) in headers or line.isdigit()) else None


def _plain(line: str) -> str:
    return _DIGITS.sub("#", line)


def _are_numbered(lines: Sequence[str]) -> bool:
    """Whether nearly every line starts with a number one above that of the line before, or starts again on a page."""
    numbers = [int(match[1]) if (match := _NUMBER.match(line)) else None for line in lines]
    up = sum(1 for a, b in pairwise(numbers) if a is not None and b is not None and b in (a + 1, 1))
    return len(lines) >= _FEWEST and up >= _NUMBERED * (len(lines) - 1)


def _rejoined(lines: Sequence[str]) -> tuple[list[str], int]:
    """The lines with the second half of a broken word moved up, and how many were. The hyphen stays where the same text has the
    word with one inside a line."""
    known = {word.lower() for line in lines for word in _HYPHENATED.findall(line)}
    found = list(lines)
    joined = 0
    for i in range(len(found) - 1):
        head, tail = _BROKEN.search(found[i]), _TAIL.match(found[i + 1])
        if head and tail:
            hyphen = "-" if f"{head[1]}-{tail[1]}".lower().rstrip(".,;:!?…") in known else ""
            found[i] = f"{found[i][:-1]}{hyphen}{tail[1]}"
            found[i + 1] = found[i + 1][tail.end() :]
            joined += 1
    return found, joined
