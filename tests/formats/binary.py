"""Documents made while the tests run, each with the turns a reader would see in it, and hostile files of the same kinds."""

import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import docx
import fpdf
import openpyxl
from docx.oxml import parse_xml

from .shapes import Short

TALK: Short = [
    ("T", "How was it, coming back today?"),
    ("C", "A bit strange. I nearly turned round at the door."),
    ("T", "What nearly turned you round?"),
    ("C", "I didn't know if you would be annoyed with me."),
    ("T", "Annoyed about last week?"),
    ("C", "Yes, because I walked out before the end."),
]
_NAMESPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


@dataclass(frozen=True)
class Made:
    """A file, what is said in it, how many lines are in no turn, and the beginnings of the notes."""

    data: bytes
    said: Short
    unread: int = 0
    notes: tuple[str, ...] = ()


def _saved(document: "docx.document.Document") -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _paragraphs(lines: Sequence[str], document: "docx.document.Document | None" = None) -> "docx.document.Document":
    document = document or docx.Document()
    for line in lines:
        document.add_paragraph(line)
    return document


def _labelled(said: Short = TALK) -> list[str]:
    return [f"{speaker}: {text}" for speaker, text in said]


def _add_table(document: "docx.document.Document", rows: Sequence[Sequence[str]]) -> None:
    table = document.add_table(rows=0, cols=len(rows[0]))
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text


def _word_table(rows: Sequence[Sequence[str]], above: Sequence[str] = ()) -> bytes:
    document = _paragraphs(above)
    _add_table(document, rows)
    return _saved(document)


def _word_xml(*paragraphs: str) -> bytes:
    """A document of paragraphs given by what is inside `w:p`."""
    document = docx.Document()
    for inside in paragraphs:
        document.element.body.insert(
            0 if not len(document.paragraphs) else len(document.paragraphs), parse_xml(f"<w:p {_NAMESPACE}>{inside}</w:p>")
        )
    return _saved(document)


def _run(text: str) -> str:
    return f"<w:r><w:t xml:space='preserve'>{text}</w:t></w:r>"


_BY = 'w:id="1" w:author="x" w:date="2024-05-12T10:00:00Z"'
_TRACKED = (
    _run("T: How was ") + f"<w:ins {_BY}>{_run('it, ')}</w:ins>" + _run("coming back today?"),
    _run("C: A bit ")
    + f"<w:del {_BY}><w:r><w:delText>frightening</w:delText></w:r></w:del><w:ins {_BY}>{_run('strange')}</w:ins>"
    + _run("."),
    f"<w:moveFrom {_BY}>{_run('T: gone')}</w:moveFrom><w:moveTo {_BY}>{_run('T: here')}</w:moveTo>",
)


def _word_parts() -> bytes:
    document = _paragraphs(_labelled())
    document.sections[0].header.paragraphs[0].text = "Hill Clinic"
    document.sections[0].footer.paragraphs[0].text = "in confidence"
    document.add_comment(document.paragraphs[0].runs, text="look again", author="x", initials="x")
    return _saved(document)


def _word_runs() -> bytes:
    document = docx.Document()
    for speaker, text in TALK:
        paragraph = document.add_paragraph()
        paragraph.add_run(f"{speaker}:").bold = True
        for word in text.split():
            paragraph.add_run(f" {word}")
    return _saved(document)


def _sheet(rows: Sequence[Sequence[object]], more: Sequence[Sequence[object]] = ()) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    if more:
        second = book.create_sheet("More")
        for row in more:
            second.append(list(row))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _pdf(pages: Sequence[Sequence[str]], password: str = "") -> bytes:
    document = fpdf.FPDF()
    document.set_font("Helvetica", size=11)
    if password:
        document.set_encryption(owner_password=password, user_password=password)
    for page in pages:
        document.add_page()
        for line in page:
            document.cell(0, 6, line, new_x="LMARGIN", new_y="NEXT")
    return bytes(document.output())


def _vtt() -> list[str]:
    return [
        "WEBVTT",
        *(f"\n00:00:{5 * i:02}.000 --> 00:00:{5 * i + 3:02}.000\n<v {who}>{text}</v>" for i, (who, text) in enumerate(TALK)),
    ]


def _teams() -> list[str]:
    return [f"0:0:{5 * i}.0 --> 0:0:{5 * i + 3}.250\n{who}\n{text}" for i, (who, text) in enumerate(TALK)]


_HEADED = [("Speaker", "Text"), *TALK]
_TIMED = [(f"00:00:{5 * i:02}", *turn) for i, turn in enumerate(TALK)]
_HALF = TALK[:4]
_WRAPPED = [
    "T: How was it, coming back to-",
    "day?",
    "C: A bit strange. I have no self-",
    "esteem left, and self-esteem is",
    "what I came for.",
]
_MENDED = [
    ("T", "How was it, coming back today?"),
    ("C", "A bit strange. I have no self-esteem left, and self-esteem is what I came for."),
]

MADE: dict[str, Callable[[], Made]] = {
    "paragraphs.docx": lambda: Made(_saved(_paragraphs(_labelled())), TALK),
    "bold-labels-in-runs.docx": lambda: Made(_word_runs(), TALK),
    "empty-paragraphs.docx": lambda: Made(_saved(_paragraphs([line for row in _labelled() for line in (row, "")])), TALK),
    "line-breaks.docx": lambda: Made(_saved(_paragraphs(["\n".join(_labelled())])), TALK),
    "heading.docx": lambda: Made(_saved(_paragraphs(["Second meeting", *_labelled()])), TALK, 1),
    "tabs.docx": lambda: Made(_saved(_paragraphs([line.replace(": ", ":\t") for line in _labelled()])), TALK),
    "table-header.docx": lambda: Made(_word_table(_HEADED), TALK),
    "table-bare.docx": lambda: Made(_word_table(TALK), TALK),
    "table-colons.docx": lambda: Made(_word_table([(f"{who}:", text) for who, text in TALK]), TALK),
    "table-times.docx": lambda: Made(_word_table(_TIMED), TALK),
    "table-numbers.docx": lambda: Made(_word_table([(str(i), *turn) for i, turn in enumerate(TALK, 1)]), TALK),
    "table-names.docx": lambda: Made(
        _word_table([("Dana" if who == "T" else "Jo", text) for who, text in TALK]),
        [("Dana" if who == "T" else "Jo", text) for who, text in TALK],
    ),
    "table-blank-speaker.docx": lambda: Made(
        _word_table([("Speaker", "Text"), TALK[0], ("", "Well?"), *TALK[1:]]),
        [TALK[0], ("T", "Well?"), *TALK[1:]],
        0,
        ("1 row without",),
    ),
    "table-below-heading.docx": lambda: Made(_word_table(_HEADED, ["Second meeting"]), TALK, 1),
    "details-table-above.docx": lambda: Made(_details_above(), TALK, 3),
    "tracked-changes.docx": lambda: Made(
        _word_xml(*_TRACKED),
        [("T", "How was it, coming back today?"), ("C", "A bit strange."), ("T", "here")],
        0,
        ("Tracked changes: 2 deleted passages",),
    ),
    "hyperlink.docx": lambda: Made(
        _word_xml(_run("T: See ") + f"<w:hyperlink>{_run('this page')}</w:hyperlink>", _run("C: No.")),
        [("T", "See this page"), ("C", "No.")],
    ),
    "content-control.docx": lambda: Made(
        _word_xml(f"<w:sdt><w:sdtContent>{_run('T: Hm?')}</w:sdtContent></w:sdt>", _run("C: No.")), [("T", "Hm?"), ("C", "No.")]
    ),
    "beside-the-text.docx": lambda: Made(_word_parts(), TALK, 0, ("Not read: the document's comments, headers, footers.",)),
    "otter.docx": lambda: Made(
        _saved(_paragraphs([line for i, (who, text) in enumerate(TALK) for line in (f"Speaker {who}  0:{5 * i:02}", text)])),
        [(f"Speaker {who}", text) for who, text in TALK],
    ),
    "webvtt-inside.docx": lambda: Made(_saved(_paragraphs("\n".join(_vtt()).split("\n"))), TALK),
    "teams.docx": lambda: Made(_saved(_paragraphs(_teams())), TALK),
    "prose.docx": lambda: Made(_saved(_paragraphs(["The council met.", "Nothing was decided."])), [], 2, ("No speaker label",)),
    "empty.docx": lambda: Made(_saved(docx.Document()), []),
    "repeated.docx": lambda: Made(_saved(_paragraphs(_labelled(_HALF) * 300)), _HALF * 300),
    "header.xlsx": lambda: Made(_sheet(_HEADED), TALK),
    "bare.xlsx": lambda: Made(_sheet(TALK), TALK),
    "times.xlsx": lambda: Made(_sheet([("Start", "Speaker", "Text"), *_TIMED]), TALK),
    "seconds.xlsx": lambda: Made(
        _sheet([("start", "speaker", "text"), *((4.5 * i, *turn) for i, turn in enumerate(TALK))]), TALK
    ),
    "formulas.xlsx": lambda: Made(
        _sheet([*_HEADED, ("C", '=HYPERLINK("https://example.org")')]), [*TALK, ("C", '=HYPERLINK("https://example.org")')]
    ),
    "title-above.xlsx": lambda: Made(_sheet([("speaker", "text", ""), *TALK]), TALK),
    "second-sheet.xlsx": lambda: Made(_sheet(_HEADED, [("Codes",), ("W1",)]), TALK, 2),
    "first-sheet-empty.xlsx": lambda: Made(_sheet([], _HEADED), TALK),
    "extra-columns.xlsx": lambda: Made(
        _sheet([("id", "speaker", "text", "note"), *((i, *turn, "x") for i, turn in enumerate(TALK))]), TALK
    ),
    "lines.pdf": lambda: Made(_pdf([_labelled()]), TALK),
    "two-pages.pdf": lambda: Made(_pdf([_labelled()[:3], _labelled()[3:]]), TALK),
    "running-header.pdf": lambda: Made(
        _pdf([["Hill Clinic, in confidence", *_labelled()[2 * i : 2 * i + 2], f"Page {i + 1} of 3"] for i in range(3)]), TALK, 6
    ),
    "page-numbers.pdf": lambda: Made(_pdf([[*_labelled()[2 * i : 2 * i + 2], str(i + 1)] for i in range(3)]), TALK, 3),
    "line-numbers.pdf": lambda: Made(
        _pdf([[f"{i} {line}" for i, line in enumerate(_labelled(), 1)]]), TALK, 0, ("The lines were numbered",)
    ),
    "numbers-wrapped.pdf": lambda: Made(
        _pdf(
            [
                [
                    f"{2 * i + j} {half}"
                    for i, line in enumerate(_labelled())
                    for j, half in enumerate((line, f"and then {i} more."), 1)
                ]
            ]
        ),
        [(who, f"{text} and then {i} more.") for i, (who, text) in enumerate(TALK)],
        0,
        ("The lines were numbered",),
    ),
    "broken-words.pdf": lambda: Made(_pdf([_WRAPPED]), _MENDED, 0, ("2 words broken over two lines",)),
    "labels-alone.pdf": lambda: Made(_pdf([[part for who, text in TALK for part in (f"{who}:", text)]]), TALK),
}


def _details_above() -> bytes:
    document = docx.Document()
    _add_table(document, [("Client", "J. B."), ("Date", "12 May"), ("Room", "Four")])
    return _saved(_paragraphs(_labelled(), document))


def archive(**parts: bytes) -> bytes:
    """A zip file of parts; `__` in a name stands for a slash, and the ending is `.xml`."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, data in parts.items():
            opened.writestr(name.replace("__", "/") + ".xml", data)
    return file.getvalue()


_DOCTYPE = (
    b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + i, b"&%c;" % (97 + i) * 10) for i in range(9))
    + b"]>"
)
_ROOT = b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>&j;</w:t></w:r></w:p></w:body></w:document>'


def _with_part(data: bytes, name: str, content: bytes) -> bytes:
    """`data`, a zip file, with the part `name` replaced or added."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as after:
        for part in before.namelist():
            if part != name:
                after.writestr(part, before.read(part))
        after.writestr(name, content)
    return file.getvalue()


def _word() -> bytes:
    return _saved(_paragraphs(_labelled()))


HOSTILE: dict[str, Callable[[], bytes]] = {
    "zip-of-zeros.docx": lambda: _with_part(_word(), "word/media/a.png", bytes(50_000_000)),
    "tightly-packed.docx": lambda: _with_part(
        _word(), "word/document.xml", b"<w:document>" + b" " * 15_000_000 + b"</w:document>"
    ),
    "many-parts.docx": lambda: archive(word__document=b"<a/>", **{f"p{i}": b"" for i in range(3_000)}),
    "entities.docx": lambda: _with_part(_word(), "word/document.xml", _DOCTYPE + _ROOT),
    "entities-utf-16.docx": lambda: _with_part(
        _word(), "word/document.xml", (_DOCTYPE.replace(b"?>", b' encoding="utf-16"?>', 1) + _ROOT).decode().encode("utf-16")
    ),
    "no-zip.docx": lambda: b"PK\x03\x04word/document.xml" + bytes(range(256)),
    "cut-off.docx": lambda: _word()[:-400],
    "deep.docx": lambda: _with_part(
        _word(),
        "word/document.xml",
        _ROOT.replace(b"<w:p>", b"<w:p>" + b"<w:r>" * 30_000).replace(b"</w:p>", b"</w:r>" * 30_000 + b"</w:p>"),
    ),
    "entities.xlsx": lambda: _with_part(_sheet(_HEADED), "xl/workbook.xml", _DOCTYPE + b"<workbook>&j;</workbook>"),
    "zip-of-zeros.xlsx": lambda: _with_part(_sheet(_HEADED), "xl/worksheets/sheet1.xml", bytes(60_000_000)),
    "text-called.xlsx": lambda: b"T: How was it?\nC: Fine.\n",
    "no-text.pdf": lambda: _pdf([[], []]),
    "password.pdf": lambda: _pdf([_labelled()], password="x"),
    "cut-off.pdf": lambda: _pdf([_labelled()])[:300],
    "pages-in-a-circle.pdf": lambda: (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[2 0 R]/Count 9999999>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
    ),
    "entities.eaf": lambda: _DOCTYPE + b"<ANNOTATION_DOCUMENT>&j;</ANNOTATION_DOCUMENT>",
    "outside.eaf": lambda: (
        b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
        + b'<ANNOTATION_DOCUMENT><TIER TIER_ID="T">&x;</TIER></ANNOTATION_DOCUMENT>'
    ),
    "deep.eaf": lambda: b"<ANNOTATION_DOCUMENT>" + b"<a>" * 300_000,
    "numbers.rtf": lambda: b"{\\rtf1 \\u99999999999? x}",
    "old.doc": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4_000),
}
