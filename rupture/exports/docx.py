"""A document as a Word file (python-docx) with Word's own heading, quotation and list styles, so that its outline and screen
readers work. The same blocks give the same bytes.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from rupture.escape import visible
from rupture.exports.document import Block, Bullets, Heading, Item, Notice, Paragraph, Quote, Rule

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph as DocxParagraph

_NO_DATE = datetime(2000, 1, 1)
"""Stands where Word wants a date; a report has none."""
_LISTS = ("ListBullet", "ListBullet2", "ListBullet3")


def write(blocks: Sequence[Block], title: str) -> bytes:
    """The whole file; `title` goes into its properties."""
    import docx

    document = docx.Document()
    _describe(document, title)
    for block in blocks:
        _add(document, block)
    file = BytesIO()
    document.save(file)
    return _undated(file.getvalue())


def _describe(document: "Document", title: str) -> None:
    from docx.oxml.ns import qn

    about = document.core_properties
    # Word takes at most 255 characters here.
    about.title = visible(title)[:255]
    about.author, about.comments, about.language = "rupture", "", "en-GB"
    about.created = about.modified = _NO_DATE
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "en-GB")


def _add(document: "Document", block: Block) -> None:
    match block:
        case Heading():
            _paragraph(document, f"Heading{block.level}").add_run(visible(block.text))
        case Notice():
            document.add_paragraph().add_run(visible(block.text)).bold = True
        case Paragraph():
            paragraph = document.add_paragraph()
            if block.lead:
                paragraph.add_run(f"{visible(block.lead)} ").bold = True
            paragraph.add_run(visible(block.text))
        case Quote():
            _quote(document, block)
        case Bullets():
            _entries(document, block.items, depth=0)
        case Rule():
            _rule(document)


def _paragraph(document: "Document", style: str) -> "DocxParagraph":
    """An empty paragraph with the style of this id: to look styles up by name would take most of the time of a long document."""
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.element.style = style
    return paragraph


def _quote(document: "Document", quote: Quote) -> None:
    """Marked words are bold and underlined as well as highlighted, which stays on paper."""
    from docx.enum.text import WD_COLOR_INDEX

    paragraph = _paragraph(document, "Quote")
    for number, line in enumerate(quote.lines):
        if number:
            paragraph.add_run().add_break()
        for piece in line:
            run = paragraph.add_run(visible(piece.text))
            if piece.marked:
                run.bold = run.underline = True
                run.font.highlight_color = WD_COLOR_INDEX.YELLOW


def _entries(document: "Document", items: Iterable[Item], depth: int) -> None:
    for item in items:
        _paragraph(document, _LISTS[depth]).add_run(visible(item.text))
        _entries(document, item.under, depth + 1)


def _rule(document: "Document") -> None:
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    line = parse_xml(f'<w:pBdr {nsdecls("w")}><w:bottom w:val="single" w:sz="6" w:space="1" w:color="auto"/></w:pBdr>')
    document.add_paragraph().paragraph_format.element.get_or_add_pPr().append(line)


def _undated(file: bytes) -> bytes:
    """The same parts without the time at which they were packed."""
    packed = BytesIO()
    with ZipFile(BytesIO(file)) as parts, ZipFile(packed, "w", ZIP_DEFLATED) as undated:
        for part in parts.infolist():
            undated.writestr(ZipInfo(part.filename), parts.read(part), ZIP_DEFLATED)
    return packed.getvalue()
