"""HTML by the standard library's parser: a page saved or its source pasted. Paragraphs and tables; nothing is ever fetched."""

import re
from collections.abc import Sequence
from html.parser import HTMLParser

from rupture.formats.blocks import Block, Document, Paragraph, Table
from rupture.formats.cleaning import decode
from rupture.formats.parsed import DocumentFormat

_CODE = frozenset(("script", "style"))
_SKIPPED = _CODE | {"template", "noscript", "svg", "math", "select", "iframe", "object"}
_NO_TAG = re.compile(r'<(?=[a-zA-Z][^<>="]*<)')
"""A `<` said or typed, as in `a<b here</p>`: another comes before any `>`."""
_LINES = {
    *("p", "div", "br", "li", "ul", "ol", "dl", "dt", "dd", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "section", "article"),
    *("header", "footer", "main", "nav", "aside", "blockquote", "pre", "hr", "title", "body", "form", "figure", "address"),
}
_PARAGRAPHS = {"p", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6"}
_SPACE = re.compile(r"[ \t\n\r\f]+")
_START = re.compile(
    rb"(?:\xef\xbb\xbf)?\s{0,200}(?:<\?xml[^>]{0,200}>\s{0,20})?(?:<!--[^>]{0,300}-->\s{0,20})?"
    rb"<(?:!doctype html|(?:html|head|body|div|table|meta|p|ul|ol|dl|article|section)[\s>])",
    re.IGNORECASE,
)


def extract(data: bytes) -> Document:
    """The words a reader of the page would see; those of scripts, styles and forms' choices are none."""
    text, notes = decode(data)
    text = _NO_TAG.sub("&lt;", text)
    reader = _read(text, _SKIPPED)
    while unclosed := reader.unclosed - _CODE:
        said = ", ".join(f"<{tag}>" for tag in sorted(unclosed))
        notes = (*notes, f"Found {said} without an end; what stands after it was read too.")
        reader = _read(text, reader.skips - unclosed)
    return Document(tuple(reader.blocks), notes)


def _read(text: str, skips: frozenset[str]) -> "_Page":
    reader = _Page(skips)
    reader.feed(text)
    reader.close()
    reader.end()
    return reader


class _Page(HTMLParser):
    """Gathers text into lines, lines into paragraphs or the cells of the innermost table."""

    def __init__(self, skips: frozenset[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self.skips = skips
        self._line: list[str] = []
        self._lines: list[str] = []
        self._tables: list[list[list[str]]] = []
        self._skipped: list[str] = []
        self._exact = 0

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        if tag in self.skips:
            self._skipped.append(tag)
        elif tag == "table":
            self._end_block()
            self._tables.append([])
        elif tag == "tr" and self._tables:
            self._end_cell()
            self._tables[-1].append([])
        elif tag in ("td", "th") and self._tables:
            self._end_cell()
            if not self._tables[-1]:
                self._tables[-1].append([])
            self._tables[-1][-1].append("")
        else:
            self._break(tag)
            self._exact += tag == "pre"

    def handle_endtag(self, tag: str) -> None:
        if tag in self.skips:
            if tag in self._skipped:
                del self._skipped[-1 - self._skipped[::-1].index(tag)]
        elif tag == "table" and self._tables:
            self._end_cell()
            self.blocks.append(Table(self._tables.pop()))
        elif tag in ("td", "th", "tr") and self._tables:
            self._end_cell()
        else:
            self._break(tag)
            self._exact -= tag == "pre" and self._exact > 0

    def handle_data(self, data: str) -> None:
        if self._skipped:
            return
        if self._exact:
            *whole, data = data.split("\n")
            for line in whole:
                self._line.append(line)
                self._end_line()
        self._line.append(data if self._exact else _SPACE.sub(" ", data))

    @property
    def unclosed(self) -> frozenset[str]:
        """Elements that are skipped and have no end."""
        return frozenset(self._skipped)

    def end(self) -> None:
        """What is still open at the end of the page."""
        self._end_cell()
        self._end_block()
        self.blocks += [Table(rows) for rows in self._tables]

    def _break(self, tag: str) -> None:
        if tag in _LINES:
            self._end_line()
        if tag in _PARAGRAPHS and self._lines and self._lines[-1]:
            self._lines.append("")

    def _end_line(self) -> None:
        line = "".join(self._line)
        self._line.clear()
        if line.strip() or self._exact:
            self._lines.append(line if self._exact else line.strip())

    def _end_cell(self) -> None:
        """Puts the lines into the open cell, or apart where the table has none yet."""
        self._end_line()
        if not self._tables or not self._tables[-1] or not self._tables[-1][-1]:
            self._end_block()
            return
        row = self._tables[-1][-1]
        row[-1] = "\n".join(filter(None, [row[-1], "\n".join(self._lines).strip()]))
        self._lines.clear()

    def _end_block(self) -> None:
        self._end_line()
        if any(line.strip() for line in self._lines):
            self.blocks.append(Paragraph("\n".join(self._lines)))
        self._lines.clear()


HTML = DocumentFormat("HTML", (".html", ".htm", ".xhtml"), lambda data: _START.match(data[:4_000]) is not None, extract)
