"""What holds for any input: one kind of error, nothing lost, and time that grows with the length and no faster."""

import re
import time
from collections import Counter
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rupture.errors import UnreadableTranscript
from rupture.formats import looks_like_transcript, read, split_question
from rupture.formats.cleaning import clean

from .shapes import EXAMPLES, short

SPEAKERS = ("T", "C1", "C2", "Dr. Vale", "Interpreter", "Speaker 3")
PIECES = [
    "T:",
    "C:",
    "Anna:",
    "[00:12]",
    "WEBVTT",
    "1",
    "00:01.000 --> 00:02.000",
    "<v A>",
    "{",
    "}",
    '"text":',
    "speaker,text",
    "|",
    "\n",
    "\n\n",
    "\r",
    "\t",
    " ",
    "12.",
    "Note:",
    "---",
    "Page 2",
    "**",
    "[T]",
    ",",
    '"',
    "\ud800",
    "\x00",
    "words",
    "é",
    "：",
    "?",
]

speech = (
    st.text(st.characters(categories=("L", "N", "P", "Zs"), exclude_characters="[]()"), min_size=1, max_size=40)
    .map(lambda text: " ".join(clean(f"T: {text}")[0][3:].split()))
    .filter(lambda text: text and text[0].isalpha())
)
turns = st.lists(st.tuples(st.sampled_from(SPEAKERS), speech), min_size=1, max_size=12)
soup = (
    st.lists(st.sampled_from(PIECES), max_size=40).map("".join)
    | st.lists(st.sampled_from(PIECES), max_size=40).map(" ".join)
    | st.text()
)


@settings(max_examples=EXAMPLES)
@given(soup, st.sampled_from([None, "a.txt", "a.vtt", "a.srt", "a.json", "a.jsonl", "a.csv"]))
def test_reading_fails_in_one_way_only(text: str, name: str | None) -> None:
    with suppress(UnreadableTranscript):
        found = read(text, name=name)
        assert [turn.index for turn in found.transcript.turns] == list(range(len(found.transcript.turns)))
        assert set(found.reasons) == set(found.transcript.speakers)


@settings(max_examples=EXAMPLES)
@given(soup)
def test_the_chat_box_takes_anything_and_loses_no_word(text: str) -> None:
    question, transcript = split_question(text)
    assert looks_like_transcript(text) == bool(transcript)
    with suppress(UnreadableTranscript):  # what is not text at all is left as it is
        text = clean(text)[0]
    assert Counter((question + " " + transcript).split()) == Counter(text.split())


@settings(max_examples=EXAMPLES)
@given(turns, st.sampled_from(["\n", "\n\n", "\r\n"]))
def test_what_is_rendered_is_read_back(said: list[tuple[str, str]], end: str) -> None:
    found = read(end.join(f"{speaker}: {text}" for speaker, text in said))
    assert [(speaker, text.split()) for speaker, text in short(found)] == [(speaker, text.split()) for speaker, text in said]


@settings(max_examples=EXAMPLES)
@given(
    st.lists(
        st.tuples(st.sampled_from([f"{s}: " for s in SPEAKERS] + ["", "Note: ", "Martha: ", "3. ", "[00:12] "]), speech),
        max_size=12,
    )
)
def test_every_word_is_in_a_turn_a_label_or_an_unread_line(rows: list[tuple[str, str]]) -> None:
    lines = [prefix + text for prefix, text in rows]
    found = read("\n".join(lines))
    unread = {line.line for line in found.unread}
    kept = Counter(word for turn in found.transcript.turns for word in f"{turn.speaker} {turn.speaker}: {turn.text}".split())
    for number, (line, (prefix, text)) in enumerate(zip(lines, rows, strict=True), start=1):
        if number not in unread:
            kept.subtract((text if prefix in ("3. ", "[00:12] ") else line).split())
    missing = {word for word, count in kept.items() if count < 0}
    assert missing <= {word for line in lines for word in line.split() if re.fullmatch(r"\d{1,5}[.)]|\[?[\d:]+\]?", word)}


ATTACKS = {
    "letters": "a",
    "spaces": " ",
    "colons": ":",
    "stars": "*",
    "brackets": "[",
    "round": "(",
    "times": "00:12 ",
    "digits": "1",
    "tags": "<v ",
    "dashes": "- ",
    "names": "Ann ",
    "labels": "T: ",
    "quotes": '"',
    "pipes": "|",
    "pairs": "(00:12",
    "full": "：",
    "distinct": "distinct",
}


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("name", ["a.txt", "a.vtt", "a.csv"])
def test_time_grows_with_the_length_and_no_faster(attack: str, name: str) -> None:
    """Ten times the text may take thirty times as long (a square would take a hundred); as one line and as many."""
    for line_length in (9_000, 30_000):
        small, large = (_seconds(_filled(ATTACKS[attack], size, line_length), name) for size in (3_000, 30_000))
        assert large <= 30 * max(small, 0.005), (small, large)


def _filled(unit: str, size: int, line_length: int) -> str:
    line = unit * (min(line_length, size) // len(unit))
    if unit == "distinct":
        return "T: a\nC: b\n" + "".join(f"Ann {chr(0x4E00 + i)}: a\n" for i in range(size // 10))
    return "T: a\nC: b\n" + "\n".join([line] * max(1, size // len(line)))


def _seconds(text: str, name: str) -> float:
    best = 1e9
    for _ in range(2):
        start = time.process_time()
        with suppress(UnreadableTranscript):
            read(text, name=name)
        split_question(text)
        best = min(best, time.process_time() - start)
    return best
