"""A document as plain blocks: what it says and in which order. Pure; knows no analysis, and no file format that shows it."""

from dataclasses import dataclass

Span = tuple[int, int]
"""(start, end) character offsets into a text."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of a quotation that stand together, and whether they are marked."""

    text: str
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """`level` 1 is the document's own name, 2 its parts."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Words about safety, which stand out from all others."""

    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running words, after a short `lead` in bold if there is one."""

    text: str
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Quote:
    """Words somebody said, with the stretches of them that are `marks`."""

    text: str
    marks: tuple[Span, ...] = ()

    @property
    def lines(self) -> tuple[tuple[Piece, ...], ...]:
        """The text line by line, cut where marks begin and end; an empty line has no pieces. Marks that touch are one; those that
        overlap an earlier one or lie outside the text are left out rather than guessed at."""
        spans = _sound(self.marks, len(self.text))
        lines, start = [], 0
        for line, whole in zip(self.text.splitlines(), self.text.splitlines(keepends=True), strict=True):
            lines.append(_pieces(self.text, start, start + len(line), spans))
            start += len(whole)
        return tuple(lines)


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a list, with the entries `under` it; two levels under the first at most."""

    text: str
    under: tuple["Item", ...] = ()


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list without numbers."""

    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across, before what is about the document itself."""


Block = Heading | Notice | Paragraph | Quote | Bullets | Rule


def _sound(marks: tuple[Span, ...], length: int) -> list[Span]:
    sound: list[Span] = []
    for start, end in sorted(marks):
        before = sound[-1] if sound else (0, 0)
        if sound and before[1] == start < end <= length:
            sound[-1] = (before[0], end)
        elif before[1] <= start < end <= length:
            sound.append((start, end))
    return sound


def _pieces(text: str, start: int, end: int, spans: list[Span]) -> tuple[Piece, ...]:
    """`text[start:end]` in pieces, without empty ones."""
    pieces, at = [], start
    for first, last in spans:
        first, last = max(first, start), min(last, end)
        if first < last:
            pieces += [Piece(text[at:first]), Piece(text[first:last], marked=True)]
            at = last
    return tuple(piece for piece in (*pieces, Piece(text[at:end])) if piece.text)
