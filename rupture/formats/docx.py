"""DOCX by python-docx: paragraphs and tables in order. Of tracked changes what was put in counts, what was taken out does not."""

import re
from collections.abc import Iterator
from typing import Any

from rupture.formats import archives
from rupture.formats.blocks import Block, Document, Paragraph, Table
from rupture.formats.parsed import DocumentFormat, counted

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_GONE = {f"{_WORD}del", f"{_WORD}moveFrom", f"{_WORD}rPr", f"{_WORD}pPr", _FALLBACK}
"""What stands in a paragraph and is no part of its words; a fallback repeats them."""
_SIGNS = {
    f"{_WORD}tab": "\t",
    f"{_WORD}br": "\n",
    f"{_WORD}cr": "\n",
    f"{_WORD}noBreakHyphen": "-",
}
_BESIDE = {name: re.compile(rf".*/{name}s?\d*\.xml") for name in ("comment", "footnote", "endnote", "header", "footer")}
_FILLED = re.compile(rb"<w:t(?: [^>]{0,80})?>[^<]*[^\s<]")


def extract(data: bytes) -> Document:
    """The paragraphs and tables of a document, and notes on what stands beside them."""
    import docx

    opened = docx.Document(archives.checked(data))
    body: Any = opened.element.body
    beside = [str(part.partname) for part in opened.part.package.iter_parts() if _FILLED.search(part.blob)]
    return Document(tuple(_blocks(body)), (*_changes(body), *_unread(beside)))


def _blocks(container: Any) -> Iterator[Block]:
    """The blocks of a body, looking into content controls and the like but not into paragraphs and tables."""
    for element in container.iterchildren():
        if element.tag == f"{_WORD}p":
            yield Paragraph(_text(element))
        elif element.tag == f"{_WORD}tbl":
            yield Table([[_cell(cell) for cell in _within(row, f"{_WORD}tc")] for row in _within(element, f"{_WORD}tr")])
        elif element.tag not in _GONE:
            yield from _blocks(element)


def _within(element: Any, tag: str) -> Iterator[Any]:
    """The rows of a table or cells of a row that are its own, not those of a table inside it."""
    for child in element.iterchildren():
        if child.tag == tag:
            if not _is_deleted_row(child):
                yield child
        elif child.tag != f"{_WORD}tbl" and child.tag not in _GONE:
            yield from _within(child, tag)


def _is_deleted_row(row: Any) -> bool:
    return row.find(f"{_WORD}trPr/{_WORD}del") is not None


def _cell(cell: Any) -> str:
    return "\n".join(_flat(_blocks(cell))).strip()


def _flat(blocks: Iterator[Block]) -> Iterator[str]:
    """The lines of what a cell holds, tables inside it too."""
    for block in blocks:
        if isinstance(block, Table):
            yield from (" ".join(row) for row in block.rows)
        else:
            yield block.text


def _text(element: Any) -> str:
    """The words of a paragraph: of its runs, those in links and fields, and those put in by a tracked change."""
    parts: list[str] = []
    for child in element.iterchildren():
        if child.tag == f"{_WORD}t":
            parts.append(child.text or "")
        elif child.tag == f"{_WORD}p":  # of a text box
            parts.append(f"\n{_text(child)}")
        elif child.tag in _SIGNS:
            parts.append(_SIGNS[child.tag])
        elif child.tag not in _GONE:
            parts.append(_text(child))
    return "".join(parts)


def _changes(body: Any) -> Iterator[str]:
    passages = [element for tag in ("del", "moveFrom") for element in body.iter(f"{_WORD}{tag}")]
    deleted = sum(1 for element in passages if next(element.iter(f"{_WORD}r"), None) is not None)
    if deleted:
        yield f"Tracked changes: {counted(deleted, 'deleted passage')} left out; what was put in is read."


def _unread(beside: list[str]) -> Iterator[str]:
    """Says which parts beside the text hold words."""
    nouns = [f"{name}s" for name, pattern in _BESIDE.items() if any(pattern.fullmatch(part) for part in beside)]
    if nouns:
        yield f"Not read: the document's {', '.join(nouns)}."


DOCX = DocumentFormat("Word (DOCX)", (".docx",), lambda data: archives.holds(data, "word/document.xml"), extract)
