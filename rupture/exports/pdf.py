"""A document as a PDF on A4 (fpdf2), set in Roboto, with an outline and numbered pages. The same blocks give the same bytes.

Roboto draws Latin, Greek and Cyrillic. What it lacks stands as a mark, and the last page says so.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from typing import TYPE_CHECKING

from rupture.escape import visible
from rupture.exports.document import Block, Bullets, Heading, Item, Notice, Paragraph, Quote, Rule

if TYPE_CHECKING:
    from fpdf import FPDF

LOST = (
    "Some characters could not be drawn in this file and stand as \N{REPLACEMENT CHARACTER}. The other kinds of file keep them."
)
_NO_DATE = datetime(2000, 1, 1, tzinfo=UTC)
"""Stands where the format wants a date; a report has none."""
_FONT = "Roboto"
_MARGIN, _INDENT, _FOOT = 16, 5, 13
"""Millimetres."""
_SIZES = {1: 16, 2: 11.5, 3: 10.5}
_SIZE = 10
"""Points, of headings by level and of all else."""
_LINE = 4.5
"""Millimetres from one line to the next."""
_GAP = 1.2
_ROOM = 35
"""Millimetres below which a heading begins the next page, so that it does not stand alone at the foot of one."""


def write(blocks: Sequence[Block], title: str) -> bytes:
    """The whole file; `title` goes into its properties."""
    pen = _Pen(*_paper(visible(title)))
    for block in blocks:
        pen.add(block)
    if pen.lost:
        pen.add(Paragraph(LOST))
    return bytes(pen.paper.output())


def _paper(title: str) -> tuple["FPDF", frozenset[int]]:
    """An empty first page with fonts, properties and a page number at its foot; and the characters that all fonts have."""
    from fpdf import FPDF
    from fpdf.fonts import TTFFont

    fonts = files("font_roboto") / "files"

    class Paper(FPDF):
        def footer(self) -> None:
            """The page's number."""
            self.set_y(-_FOOT + _LINE)
            self.set_font(_FONT, "", _SIZE - 2)
            self.cell(0, _LINE, str(self.page_no()), align="C")

    paper = Paper(format="A4")
    for style, name in (("", "Regular"), ("B", "Bold")):
        paper.add_font(_FONT, style, str(fonts / f"Roboto-{name}.ttf"))
    paper.set_title(title)
    paper.set_lang("en-GB")
    paper.set_creator("rupture")
    paper.set_creation_date(_NO_DATE)
    paper.set_margin(_MARGIN)
    paper.c_margin = 0
    paper.set_auto_page_break(True, margin=_FOOT + _GAP)
    paper.add_page()
    drawn = [frozenset(font.cmap) for font in paper.fonts.values() if isinstance(font, TTFFont)]
    return paper, frozenset.intersection(*drawn)


@dataclass(slots=True)
class _Pen:
    """Writes blocks one below the other; `known` are the characters that can be drawn, `lost` whether another one was met."""

    paper: "FPDF"
    known: frozenset[int]
    lost: bool = False

    def add(self, block: Block) -> None:
        """One block and the gap below it."""
        match block:
            case Heading():
                self._heading(block)
            case Notice():
                self._box(block.text)
            case Paragraph():
                if block.lead:
                    self._words(f"{block.lead} ", "B")
                self._words(block.text)
                self._end()
            case Quote():
                self._quote(block)
            case Bullets():
                self._entries(block.items, depth=1)
                self.paper.ln(_GAP)
            case Rule():
                self._rule()

    def _heading(self, heading: Heading) -> None:
        paper, shown = self.paper, self._shown(heading.text)
        if paper.will_page_break(_ROOM):
            paper.add_page()
        elif paper.get_y() > _MARGIN:
            paper.ln(2 * _GAP)
        paper.start_section(" ".join(shown.split()), level=heading.level - 1, strict=False)
        size = _SIZES[heading.level]
        paper.set_font(_FONT, "B", size)
        paper.multi_cell(0, size / 2, shown, align="L", new_x="LMARGIN", new_y="NEXT")
        paper.ln(_GAP)

    def _box(self, text: str) -> None:
        self.paper.set_font(_FONT, "B", _SIZE)
        self.paper.multi_cell(0, _LINE, self._shown(text), border=1, align="L", padding=2, new_x="LMARGIN", new_y="NEXT")
        self.paper.ln(2 * _GAP)

    def _quote(self, quote: Quote) -> None:
        """Marked words are bold and underlined."""
        self._indent(1)
        for number, line in enumerate(quote.lines):
            if number:
                self.paper.ln(_LINE)
            for piece in line:
                self._words(piece.text, "BU" if piece.marked else "")
        self._indent(0)
        self._end()

    def _entries(self, items: Iterable[Item], depth: int) -> None:
        for item in items:
            self._indent(depth - 1)
            self._words("• ")
            self._indent(depth)
            self._words(item.text)
            self._indent(0)
            self.paper.ln(_LINE + _GAP / 2)
            self._entries(item.under, depth + 1)

    def _rule(self) -> None:
        paper = self.paper
        paper.ln(_GAP)
        paper.line(_MARGIN, paper.get_y(), paper.w - _MARGIN, paper.get_y())
        paper.ln(2 * _GAP)

    def _indent(self, depth: int) -> None:
        """Lines begin further right from here on, the one under way too if it has not come so far."""
        self.paper.set_left_margin(_MARGIN + depth * _INDENT)
        self.paper.set_x(max(self.paper.get_x(), self.paper.l_margin))

    def _words(self, text: str, style: str = "") -> None:
        self.paper.set_font(_FONT, style, _SIZE)
        self.paper.write(_LINE, self._shown(text))

    def _end(self) -> None:
        self.paper.ln(_LINE + _GAP)

    def _shown(self, text: str) -> str:
        """The characters that can be drawn, with a mark for each of the others; white space of any kind is a space."""
        told = ["\n" if c == "\n" else " " if c.isspace() else c for c in visible(text)]
        missing = {c for c in told if ord(c) not in self.known} - {"\n"}
        self.lost |= bool(missing)
        return "".join("\N{REPLACEMENT CHARACTER}" if c in missing else c for c in told)
