"""What holds for every format: one family of errors for any bytes, words that come back as they were written, and the same
reading however letters are composed and lines end."""

import csv
import html
import io
import json
import unicodedata
from collections.abc import Callable
from contextlib import suppress

import docx
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rupture.errors import RuptureError, UnreadableTranscript
from rupture.formats import read
from rupture.formats.blocks import Document
from rupture.formats.documents import parsed_document
from rupture.formats.docx import extract as extract_docx
from rupture.formats.eaf import extract as extract_eaf
from rupture.formats.html_pages import extract as extract_html
from rupture.formats.printed import arranged
from rupture.formats.reading import FORMATS, TEXTS, read_bytes
from rupture.formats.rtf import extract as extract_rtf
from rupture.formats.speech_services import parsed_speech
from rupture.formats.xlsx import extract as extract_xlsx

from .shapes import EXAMPLES, FEWER, Short, short

words = st.text(st.sampled_from("abcdefghij klmnopqrst é'’-"), min_size=1, max_size=30).map(lambda text: " ".join(text.split()))
speech = words.filter(lambda text: bool(text) and text[0].isalpha() and any(ch.isalpha() for ch in text))
turns = st.lists(st.tuples(st.sampled_from(["T", "C1", "Dr. Vale", "Speaker 3"]), speech), min_size=2, max_size=8)


def alternating(said: Short) -> Short:
    """Neighbours of one speaker put together, as formats with times do."""
    joined: Short = []
    for speaker, text in said:
        if joined and joined[-1][0] == speaker:
            joined[-1] = (speaker, f"{joined[-1][1]} {text}")
        else:
            joined.append((speaker, text))
    return joined


def table(said: Short, delimiter: str) -> str:
    file = io.StringIO()
    csv.writer(file, delimiter=delimiter, lineterminator="\n").writerows([("speaker", "text"), *said])
    return file.getvalue()


def cues(said: Short) -> str:
    return "".join(
        f"00:00:{i:02}.000 --> 00:00:{i:02}.900\n<v {who}>{html.escape(text)}</v>\n\n" for i, (who, text) in enumerate(said)
    )


RENDERED: dict[str, Callable[[Short], str]] = {
    "a.txt": lambda said: "".join(f"{who}: {text}\n" for who, text in said),
    "a.csv": lambda said: table(said, ","),
    "a.tsv": lambda said: table(said, "\t"),
    "a.json": lambda said: json.dumps({"turns": [{"speaker": who, "text": text} for who, text in said]}),
    "a.jsonl": lambda said: "".join(json.dumps({"speaker": who, "text": text}) + "\n" for who, text in said),
    "a.cha": lambda said: (
        "@UTF8\n@Begin\n" + "".join(f"*{who.replace('. ', '').replace(' ', '')}:\t{text}\n" for who, text in said)
    ),
}
CHAT_NAMES = {"Dr. Vale": "DrVale", "Speaker 3": "Speaker3"}


@settings(max_examples=EXAMPLES)
@given(turns, st.sampled_from(sorted(RENDERED)))
def test_words_come_back_from_every_format_of_text(said: Short, name: str) -> None:
    names = CHAT_NAMES if name == "a.cha" else {}
    assert short(read(RENDERED[name](said), name=name)) == [(names.get(who, who), text) for who, text in said]


@settings(max_examples=EXAMPLES)
@given(turns)
def test_words_come_back_from_captions(said: Short) -> None:
    assert short(read("WEBVTT\n\n" + cues(said), name="a.vtt")) == alternating(said)


def word_file(said: Short) -> bytes:
    document = docx.Document()
    for who, text in said:
        document.add_paragraph(f"{who}: {text}")
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def sheet(said: Short) -> bytes:
    book = openpyxl.Workbook()
    for row in [("speaker", "text"), *said]:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def elan(said: Short) -> bytes:
    slots = "".join(f'<TIME_SLOT TIME_SLOT_ID="s{i}" TIME_VALUE="{i}000"/>' for i in range(len(said)))
    tiers = "".join(
        f'<TIER TIER_ID="{who}"><ANNOTATION><ALIGNABLE_ANNOTATION TIME_SLOT_REF1="s{i}">'
        f"<ANNOTATION_VALUE>{html.escape(text)}</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION></TIER>"
        for i, (who, text) in enumerate(said)
    )
    return f"<ANNOTATION_DOCUMENT><TIME_ORDER>{slots}</TIME_ORDER>{tiers}</ANNOTATION_DOCUMENT>".encode()


def rich_text(said: Short) -> bytes:
    lines = "".join(f"{who}: {text}\\par\n" for who, text in said)
    return b"{\\rtf1 " + "".join(ch if ch.isascii() else f"\\u{ord(ch)}?" for ch in lines).encode() + b"}"


DOCUMENTS: dict[str, tuple[Callable[[Short], bytes], Callable[[bytes], Document]]] = {
    "docx": (word_file, extract_docx),
    "xlsx": (sheet, extract_xlsx),
    "eaf": (elan, extract_eaf),
    "rtf": (rich_text, extract_rtf),
    "html": (lambda said: "".join(f"<p>{who}: {html.escape(text)}</p>" for who, text in said).encode(), extract_html),
    "printed": (
        lambda said: "\n".join(f"{who}: {text}" for who, text in said).encode(),
        lambda data: arranged([data.decode().split("\n")]),
    ),
}


@settings(max_examples=FEWER)
@given(turns, st.sampled_from(sorted(DOCUMENTS)))
def test_words_come_back_from_every_document(said: Short, kind: str) -> None:
    write, extract = DOCUMENTS[kind]
    parsed = parsed_document(extract(write(said)), TEXTS[-1].parse)
    assert [(u.speaker, " ".join(u.text.split())) for u in parsed.utterances] == said


@settings(max_examples=EXAMPLES)
@given(turns, st.sampled_from(["\r\n", "\r", "\u2028", "\x0c"]), st.sampled_from(["a.txt", "a.csv", "a.vtt", "a.cha"]))
def test_line_ends_make_no_difference(said: Short, end: str, name: str) -> None:
    text = "WEBVTT\n\n" + cues(said) if name == "a.vtt" else RENDERED[name](said)
    assert read(text.replace("\n", end), name=name) == read(text, name=name)


@settings(max_examples=EXAMPLES)
@given(st.lists(st.tuples(st.sampled_from(["T", "José", "Zoë"]), st.text(max_size=40)), max_size=8))
def test_twins_in_unicode_are_one_text(said: Short) -> None:
    text = "\n".join(f"{who}: {text}" for who, text in said)
    composed, decomposed = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))
    with suppress(UnreadableTranscript):
        assert read(decomposed) == read(composed)


NAMES = sorted({f"a{suffix}" for chosen in TEXTS for suffix in chosen.suffixes} | {"a", "a.unknown"})
HEADS = [
    b"",
    b"WEBVTT\n\n",
    b"@UTF8\n@Begin\n*T:\t",
    b"{",
    b"[",
    b"speaker,text\n",
    b"1\n00:00:01,000 --> 00:00:02,000\n",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
]


@settings(max_examples=EXAMPLES)
@given(st.sampled_from(HEADS), st.binary(max_size=200), st.sampled_from(NAMES))
def test_any_bytes_fail_in_one_way_only(head: bytes, data: bytes, name: str) -> None:
    with suppress(RuptureError):
        found = read_bytes(head + data, id="x", name=name)
        assert set(found.reasons) == set(found.transcript.speakers)


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["1.5s", "PT1M2S", "spk_0", "word"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    *(
                        "segments",
                        "results",
                        "utterances",
                        "items",
                        "alternatives",
                        "words",
                        "text",
                        "start",
                        "end",
                        "speaker",
                        "type",
                    ),
                    *(
                        "content",
                        "channels",
                        "paragraphs",
                        "sentences",
                        "recognizedPhrases",
                        "phrases",
                        "nBest",
                        "display",
                        "offset",
                    ),
                    *(
                        "monologues",
                        "elements",
                        "value",
                        "ts",
                        "Transcript",
                        "Conversation",
                        "TranscriptSegments",
                        "transcription",
                    ),
                    *(
                        "audio_segments",
                        "speaker_labels",
                        "speaker_label",
                        "start_time",
                        "end_time",
                        "transcript",
                        "speakerTag",
                        "response",
                    ),
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=30,
)


@settings(max_examples=EXAMPLES)
@given(anything)
def test_no_json_breaks_the_shapes_of_speech_services(data: object) -> None:
    parsed = parsed_speech(data)
    if parsed:
        assert all(u.text.strip() and u.speaker for u in parsed.utterances)
    with suppress(RuptureError):
        read(json.dumps(data), name="a.json")


@pytest.mark.parametrize("chosen", FORMATS, ids=lambda chosen: chosen.name)
def test_a_format_knows_its_suffixes_in_lower_case(chosen: object) -> None:
    assert all(suffix == suffix.lower() and suffix.startswith(".") for suffix in chosen.suffixes)  # type: ignore[attr-defined]
