import base64
import hashlib
import io
import re
from dataclasses import replace
from html import unescape
from zipfile import ZipFile

import docx
import pypdf
import pytest
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from rupture import formats
from rupture.exports.document import Bullets, Heading, Item, Notice, Paragraph, Quote, Rule
from rupture.exports.pdf import LOST
from rupture.exports.reports import FORMATS, render
from rupture.exports.session_report import report_blocks
from rupture.exports.supervision import supervision_blocks
from rupture.transcript import Role, Transcript, Turn
from tests.ui.standins import SESSION, assistant
from tests.ui.test_escape import PAYLOADS

FOREIGN = "Ωμέγα, Привет, naïve, 🙂 and مرحبا: whatever you think."
TITLE = "Sleep diary"
BLOCKS = (
    Heading(1, "A name"),
    Notice("Please read first."),
    Paragraph("Words.", lead="A lead."),
    Heading(2, "A part"),
    Quote("I do not know, really.\nReally?", ((0, 13), (23, 30))),
    Bullets((Item("one", (Item("one a", (Item("one a i"),)), Item("one b"))), Item("two"))),
    Rule(),
    Paragraph("The end."),
)
# What Roboto cannot draw among the characters below, and what can mean something to Markdown, HTML or XML.
UNDRAWN = "🙂مرحباאב漢"
WORDS = st.text("abcxyzäéßΩμώЖйя019.,;:!?'\"“”’…–-*_`~#+=|<>&[](){}$@/\\" + UNDRAWN, min_size=1, max_size=12)
TEXTS = st.lists(st.tuples(WORDS, st.sampled_from([" ", "  ", "\n", "\n\n"])), min_size=1, max_size=12).map(
    lambda parts: "".join(word + gap for word, gap in parts).rstrip()
)


@pytest.fixture(scope="module")
def analysis():
    return assistant().suggest(assistant().analyse(formats.read(f"{SESSION}Client: {FOREIGN}\n").transcript))


@pytest.fixture(scope="module")
def report(analysis):
    return report_blocks(analysis, assistant().guidance, 0.4)


@pytest.fixture(scope="module")
def hostile():
    """Two documents in which every word that can come from outside is hostile, and quotations that are marked through."""
    turns = [
        Turn(2 * i + offset, f"{role} <b>", role, f"I do not know, whatever you think is best for us {payload}")
        for i, payload in enumerate(PAYLOADS)
        for offset, role in enumerate((Role.THERAPIST, Role.CLIENT))
    ]
    found = replace(assistant().analyse(Transcript(PAYLOADS[1], tuple(turns))), notes=tuple(PAYLOADS))
    assert sum(bool(finding.codes) for finding in found.findings) >= len(PAYLOADS)
    return [
        *report_blocks(assistant().suggest(found), assistant().guidance, None),
        *supervision_blocks(found, assistant().guidance),
        *(Heading(2, payload) for payload in PAYLOADS),
        *(Quote(f"so {payload}", ((1, 3 + len(payload)), (0, 1))) for payload in PAYLOADS),
    ]


def pdf_of(data):
    return pypdf.PdfReader(io.BytesIO(data))


def docx_of(data):
    return docx.Document(io.BytesIO(data))


def html_of(markdown):
    return MarkdownIt("commonmark").enable("table").render(markdown)


def words_in(suffix, data):
    """The words a reader of the file sees, between single spaces, without numbers of pages."""
    if suffix == "docx":
        text = "\n".join(paragraph.text for paragraph in docx_of(data).paragraphs)
    elif suffix == "pdf":
        text = "\n".join(re.sub(r"\n\d+$", "", page.extract_text()) for page in pdf_of(data).pages)
    else:
        page = html_of(data.decode()) if suffix == "md" else data.decode().split("<main>")[1]
        text = unescape(re.sub(r"<[^>]*>", " ", re.sub(r"</?(?:mark|strong|b)\b[^>]*>", "", page)))
    return " ".join(text.split())


def expected(suffix, text):
    if suffix == "pdf":
        text = re.sub(f"[{UNDRAWN}]", "\N{REPLACEMENT CHARACTER}", text)
    return " ".join(text.split())


@pytest.mark.parametrize("suffix", FORMATS)
def test_every_quoted_turn_and_every_other_word_is_in_every_format(report, suffix):
    words = words_in(suffix, render(report, suffix, TITLE))
    quotes = [block.text for block in report if isinstance(block, Quote)]
    assert FOREIGN in quotes
    assert len(quotes) == 3
    for text in (*quotes, *(block.text for block in report if isinstance(block, (Heading, Paragraph)))):
        assert expected(suffix, text) in words


@given(TEXTS)
@settings(max_examples=15)
def test_whatever_was_said_its_words_are_in_every_format(text):
    for suffix in FORMATS:
        # Set close together, a PDF does not say which gap is a space.
        words, wanted = words_in(suffix, render((Quote(text),), suffix, TITLE)), expected(suffix, text)
        assert words.replace(" ", "").removesuffix(LOST.replace(" ", "")) == wanted.replace(" ", "")
        assert suffix == "pdf" or words == wanted


@given(TEXTS, st.data())
def test_marks_are_exact_slices_and_change_no_word(text, data):
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    blocks = (Quote(text, ((start, end),)),)
    page = render(blocks, "html", TITLE).decode()
    assert "".join(map(unescape, re.findall(r"<mark>(.*?)</mark>", page))) == text[start:end].replace("\n", "")
    runs = [run for paragraph in docx_of(render(blocks, "docx", TITLE)).paragraphs for run in paragraph.runs]
    assert "".join(run.text for run in runs if run.bold) == text[start:end].replace("\n", "")
    # In Markdown bold runs from letter to letter.
    markdown = render(blocks, "md", TITLE)
    bold = [unescape(words) for words in re.findall(r"(?s)<strong>(.*?)</strong>", html_of(markdown.decode()))]
    inside = [re.sub(r"^[\W_]+|[\W_]+$", "", line) for line in text[start:end].split("\n")]
    assert [re.sub(r"^[\W_]+|[\W_]+$", "", words) for words in bold] == [line for line in inside if line]
    assert words_in("md", markdown) == expected("md", text)


def test_a_page_of_html_and_its_markdown_have_the_same_shape():
    page = render(BLOCKS, "html", TITLE).decode().split("<main>")[1].split("</main>")[0]
    shape = re.findall(r"</?(?:h\d|ul|li|blockquote|hr)\b", page)
    assert shape == re.findall(r"</?(?:h\d|ul|li|blockquote|hr)\b", html_of(render(BLOCKS, "md", TITLE).decode()))
    assert shape.count("<ul") == 3


def test_hostile_words_are_inert_in_markdown(hostile):
    shown = html_of(render(hostile, "md", TITLE).decode())
    tags = set(re.findall(r"<(\w+)", shown))
    assert tags <= {"h1", "h2", "p", "ul", "li", "blockquote", "strong", "hr"}
    assert not re.search(r"<\w+\s+\w", shown)
    # Nor do readers that make links of bare addresses find one.
    assert not re.search(r"https?:/|www\.|\w@\w|\$\$|\{\{|<\w|!\[", render(hostile, "md", TITLE).decode())


def test_hostile_words_are_inert_in_html_and_nothing_could_run_or_be_fetched(hostile):
    page = render(hostile, "html", PAYLOADS[0]).decode()
    head, body = page.split("</head>")
    assert set(re.findall(r"<(\w+)", body)) <= {
        "body",
        "main",
        "h1",
        "h2",
        "p",
        "b",
        "ul",
        "li",
        "blockquote",
        "mark",
        "br",
        "hr",
    }
    assert set(re.findall(r"<\w+ ([^>]*)>", body)) <= {'class="notice"', 'dir="auto"'}
    assert set(re.findall(r"<(\w+)", head)) == {"html", "head", "meta", "title", "style"}
    assert not re.search(r"url\(|@import|href|src=", head)
    style = re.search(r"(?s)<style>(.*)</style>", head)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'" in head


def test_word_has_real_headings_lists_and_properties():
    document = docx_of(render(BLOCKS, "docx", TITLE))
    styles = [paragraph.style.name for paragraph in document.paragraphs]
    lists = ["List Bullet", "List Bullet 2", "List Bullet 3", "List Bullet 2", "List Bullet"]
    assert styles == ["Heading 1", "Normal", "Normal", "Heading 2", "Quote", *lists, "Normal", "Normal"]
    about = document.core_properties
    assert (about.title, about.author, about.comments, about.language) == (TITLE, "rupture", "", "en-GB")
    assert {e.get(qn("w:val")) for e in document.styles.element.iter(qn("w:lang"))} == {"en-GB"}
    marked = [run for run in document.paragraphs[4].runs if run.bold]
    assert [run.text for run in marked] == ["I do not know", "Really?"]
    assert all(run.underline and run.font.highlight_color for run in marked)


def test_a_pdf_has_a_title_a_language_an_outline_and_numbered_pages():
    read = pdf_of(render((*BLOCKS, *(Paragraph("Some words. " * 60) for _ in range(12))), "pdf", "Ωμέγα"))
    assert read.metadata.title == "Ωμέγα"
    assert read.trailer["/Root"]["/Lang"] == "en-GB"
    first, under = read.outline
    assert first.title == "A name"
    assert [entry.title for entry in under] == ["A part"]
    assert len(read.pages) > 1
    assert [page.extract_text().splitlines()[-1] for page in read.pages] == [str(i + 1) for i in range(len(read.pages))]


def test_a_pdf_says_once_that_it_could_not_draw_everything(report):
    lost = words_in("pdf", render(report, "pdf", TITLE))
    assert lost.count(LOST) == 1
    assert lost.endswith(LOST)
    assert LOST not in words_in("pdf", render(BLOCKS, "pdf", TITLE))


@pytest.mark.parametrize("suffix", FORMATS)
def test_what_no_file_can_hold_is_shown_as_a_mark_and_overrides_are_not_obeyed(suffix):
    words = words_in(suffix, render((Heading(1, "a\ud800b"), Quote("c\0d e\u202ef")), suffix, "g\ud800\0"))
    heading, quote, override = words.split()[:3]
    assert re.fullmatch("a[?\N{REPLACEMENT CHARACTER}]b", heading)
    assert re.fullmatch("c[\0\N{REPLACEMENT CHARACTER}]d", quote)
    assert re.fullmatch("e[\N{WHITE SQUARE}\N{REPLACEMENT CHARACTER}]f", override)


@pytest.mark.parametrize("suffix", FORMATS)
def test_the_same_document_gives_the_same_bytes_and_holds_no_date(report, suffix):
    data = render(report, suffix, TITLE)
    assert render(report, suffix, TITLE) == data
    if suffix == "docx":
        assert {part.date_time for part in ZipFile(io.BytesIO(data)).infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert docx_of(data).core_properties.created.year == docx_of(data).core_properties.modified.year == 2000
    if suffix == "pdf":
        assert pdf_of(data).metadata.creation_date.year == 2000
        assert pdf_of(data).metadata.modification_date is None


@pytest.fixture(scope="module")
def three_thousand(analysis):
    turns = (analysis.transcript.turns * 250)[:3000]
    transcript = replace(analysis.transcript, turns=tuple(replace(turn, index=i) for i, turn in enumerate(turns)))
    found = assistant().analyse(transcript)
    assert len(found.transcript.turns) == 3000
    return report_blocks(found, assistant().guidance, 0.4)


@pytest.mark.parametrize("suffix", FORMATS)
def test_every_moment_of_three_thousand_turns_is_told(three_thousand, suffix):
    words = words_in(suffix, render(three_thousand, suffix, TITLE))
    told = [int(turn) for turn in re.findall(r"Turn (\d+), Client: ", words)]
    assert len(told) > 600
    assert told == [int(b.text.split()[1][:-1]) for b in three_thousand if isinstance(b, Heading) and b.text.startswith("Turn ")]
    assert len(words) < 3000 * 300


def test_three_long_moments_with_their_answers_make_one_page_for_supervision():
    long = " ".join(["and then I told them all about it again"] * 30)
    turns = [
        f"Client: {long}. So {words}. {long}." for words in ("whatever you think", "this is pointless", "whatever you think")
    ]
    answer = f"Therapist: What was that like without asking you, {long}?"
    found = assistant().analyse(formats.read("\n".join([turn for said in turns for turn in (said, answer)])).transcript)
    blocks = supervision_blocks(found, assistant().guidance)
    assert sum(isinstance(block, Quote) for block in blocks) == 3
    assert len(pdf_of(render(blocks, "pdf", TITLE)).pages) == 1
