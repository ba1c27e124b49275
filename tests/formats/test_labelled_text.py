"""Plain text: each everyday shape with the turns a reader would see in it."""

import pytest

from rupture.analyse import notices
from rupture.errors import UnreadableTranscript
from rupture.formats import read, read_file
from rupture.privacy.care import by_patterns

from .shapes import FIXTURES, said

TWO = [("T", "How are you?"), ("C", "Fine.")]

SHAPES = {
    "letters": ("T: How are you?\nC: Fine.", TWO),
    "no space after the colon": ("T:How are you?\nC:Fine.", TWO),
    "blank lines": ("\n\nT: How are you?\n\n\nC: Fine.\n", TWO),
    "full-width colon": ("T：How are you?\nC：Fine.", TWO),
    "bold, colon inside": ("**T:** How are you?\n\n**C:** Fine.", TWO),
    "bold, colon outside": ("**T**: How are you?\n**C**: Fine.", TWO),
    "brackets": ("[T] How are you?\n[C] Fine.", TWO),
    "brackets and colon": ("[T]: How are you?\n[C]: Fine.", TWO),
    "label alone": ("T:\nHow are you?\n\nC:\n\nFine.", TWO),
    "numbered with a dot": ("1. T: How are you?\n2. C: Fine.", TWO),
    "numbered with a bracket": ("1) T: How are you?\n2) C: Fine.", TWO),
    "line numbers": ("1 T: How are you?\n2 C: Fine.", TWO),
    "time before": ("[00:01:02] T: How are you?\n(12:05 PM) C: Fine.", TWO),
    "bare time before": ("00:12 T: How are you?\n00:15 C: Fine.", TWO),
    "time after the label": ("T [00:12]: How are you?\nC (0:15): Fine.", TWO),
    "time after the words": ("T: How are you? [00:12]\nC: Fine. (00:15)", TWO),
    "time range": ("[00:01 - 00:04] T: How are you?\n[00:05 --> 00:06] C: Fine.", TWO),
    "quoted": ("> T: How are you?\n> C: Fine.", TWO),
    "one line": ("T: How are you? C: Fine. T: Fine? C: Yes.", [*TWO, ("T", "Fine?"), ("C", "Yes.")]),
    "table cells": ("Therapist\tHow are you?\nClient\tFine.", [("Therapist", "How are you?"), ("Client", "Fine.")]),
    "capitals, no colon": ("THERAPIST How are you?\nCLIENT Fine.", [("THERAPIST", "How are you?"), ("CLIENT", "Fine.")]),
    "dash": ("Therapist - How are you?\nClient - Fine.", [("Therapist", "How are you?"), ("Client", "Fine.")]),
    "words alone": ("Therapist\nHow are you?\n\nClient\nFine.", [("Therapist", "How are you?"), ("Client", "Fine.")]),
    "pronouns": (
        "Dr. Smith (she/her): How are you?\nAnna (they/them): Fine.",
        [("Dr. Smith", "How are you?"), ("Anna", "Fine.")],
    ),
    "couple": ("T: So?\nC1: No.\nC2: Yes.", [("T", "So?"), ("C1", "No."), ("C2", "Yes.")]),
    "clients in brackets": (
        "T: So?\nClient (C1): No.\nClient (C2): Yes.",
        [("T", "So?"), ("Client (C1)", "No."), ("Client (C2)", "Yes.")],
    ),
    "one speaker, two spellings": (
        "THERAPIST: A?\nClient: B.\nTherapist: C?",
        [("THERAPIST", "A?"), ("Client", "B."), ("THERAPIST", "C?")],
    ),
    "names": ("Anna Lee: So?\nBen: No.\nAnna Lee: And?", [("Anna Lee", "So?"), ("Ben", "No."), ("Anna Lee", "And?")]),
    "names in lower case": (
        "anna: so?\nben: no.\nanna: and?\nben: no.",
        [("anna", "so?"), ("ben", "no."), ("anna", "and?"), ("ben", "no.")],
    ),
    "machine labels": ("SPEAKER_00: So?\nSPEAKER_01: No.", [("SPEAKER_00", "So?"), ("SPEAKER_01", "No.")]),
    "question marks": ("T: So?\nC: No.\n???: Sorry!", [("T", "So?"), ("C", "No."), ("???", "Sorry!")]),
    "same speaker twice": ("T: How are you?\nT: Well?\nC: Fine.", [TWO[0], ("T", "Well?"), TWO[1]]),
    "wrapped": ("T: How\n   are you?\nC: Fine.", TWO),
    "paragraphs": ("T: How are you?\n\nTell me.\nAll.\n\nC: Fine.", [("T", "How are you?\nTell me. All."), TWO[1]]),
    "colons in speech": ("T: so: this: no\nAnd then: yes\nC: Fine.", [("T", "so: this: no And then: yes"), TWO[1]]),
    "address": ("T: see\nhttps://example.org/a:b\nC: Fine.", [("T", "see https://example.org/a:b"), TWO[1]]),
    "clock in speech": ("T: when?\n10:30 was the bus\nC: Fine.", [("T", "when? 10:30 was the bus"), TWO[1]]),
    "path": ("T: where?\nC:\\Users\\me\nC: Fine.", [("T", "where? C:\\Users\\me"), TWO[1]]),
    "heading after a time": ("T: when?\n10:30 Meeting: with him\nC: Fine.", [("T", "when? 10:30 Meeting: with him"), TWO[1]]),
    "stage directions": ("T: How are you?\nC: Fine.\n[laughs]", [TWO[0], ("C", "Fine. [laughs]")]),
    "a turn without words": ("T: How are you?\nC:\nT: Hm?", [TWO[0], ("C", ""), ("T", "Hm?")]),
    "markup stays text": (
        "T: <b>How</b> &#60; ${x} {{y}}\nC: ![a](javascript:b)",
        [("T", "<b>How</b> &#60; ${x} {{y}}"), ("C", "![a](javascript:b)")],
    ),
    "five words": (
        "T: How are you?\nSt Mary Le Bow Church: so\nC: Fine.\nSt Mary Le Bow Church: so",
        [("T", "How are you? St Mary Le Bow Church: so"), ("C", "Fine. St Mary Le Bow Church: so")],
    ),
    "a name called out": (
        "T: How are you?\nC: Fine.\nMartha: that was her name",
        [TWO[0], ("C", "Fine. Martha: that was her name")],
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_shape(shape: str) -> None:
    text, turns = SHAPES[shape]
    assert said(text) == turns


@pytest.mark.parametrize(
    ("text", "starts"),
    [
        ("[00:01:02] T: a\n[00:01:04.500] C: b", [62.0, 64.5]),
        ("00:12 T: a\nC: b [1:00:15]", [12.0, 3615.0]),
        ("(11:59 PM) T: a\n(12:05 AM) C: b", [0.0, 360.0]),  # six minutes over midnight
        ("T: a\n00:20\nC: b", [None, 20.0]),
        ("12/05/2024, 23:59 - T: a\n13/05/2024, 00:05 - C: b", [0.0, 360.0]),  # beside a date it is a time of the day
        ("10:02:03 From T : a\n10:02:09 From C : b", [36_123.0, 36_129.0]),
    ],
)
def test_time_stamps(text: str, starts: list[float | None]) -> None:
    assert [turn.start for turn in read(text).transcript.turns] == starts


def test_otter_lines() -> None:
    found = read_file(FIXTURES / "otter.txt")
    turns = found.transcript.turns
    assert [(t.speaker, t.text, t.line, t.start) for t in turns] == [
        ("Dana Whitfield", "How was it, coming back today?", 1, 3.0),
        ("Jo", "Bit weird. I nearly didn't.", 4, 9.0),
        ("Dana Whitfield", "What nearly stopped you?", 8, 15.0),
        ("Jo", "The bus.", 11, 3740.0),
    ]
    assert found.reasons["Dana Whitfield"].startswith("label unknown: taken as therapist because")


def test_a_printed_page_keeps_every_line_somewhere() -> None:
    found = read_file(FIXTURES / "pages.txt")
    assert [(t.speaker, t.line, t.text) for t in found.transcript.turns] == [
        ("T", 5, "You said there was one thing you wanted to keep for today."),
        ("C", 7, "Did I? Well, it's this: I don't think it helps.\nIt's not you."),
        ("T", 13, "Thank you for saying it. Monday: that was when I first wondered."),
        ("C", 15, "See https://example.org at 10:30, like you said."),
    ]
    assert [line[:2] for line in found.unread] == [
        (1, "before the first line with a speaker"),
        (2, "session details above the conversation"),
        (3, "session details above the conversation"),
        (4, "a dividing line"),
        (10, "a page header or footer"),
        (11, "a note, not speech"),
        (12, "part of the note above it"),
    ]
    assert found.summary == "4 turns, 2 speakers, 7 lines in no turn"


def test_running_headers_are_set_aside() -> None:
    page = "Clinic of the Hill - confidential\n"
    found = read(f"{page}T: One?\nC: Two.\n{page}T: Three?\n{page}C: Four.")
    assert [turn.text for turn in found.transcript.turns] == ["One?", "Two.", "Three?", "Four."]
    assert [line.line for line in found.unread] == [1, 4, 6]


def test_a_line_said_three_times_is_speech_unless_it_stands_beside_page_numbers() -> None:
    again = "It is too much.\n"
    text = f"T: How?\nC: Bad.\n{again}T: And?\nC: Well.\n{again}T: And?\nC: Well.\n{again}"
    assert [turn.text for turn in read(text).transcript.turns if turn.speaker == "C"] == [
        "Bad. It is too much.",
        *["Well. It is too much."] * 2,
    ]
    paged = read(
        "T: One?\nHill Clinic, Leeds\nPage 1\nC: Two.\nHill Clinic, Leeds\nPage 2\nT: Three?\nHill Clinic, Leeds\nPage 3\nC: x."
    )
    assert [turn.text for turn in paged.transcript.turns] == ["One?", "Two.", "Three?", "x."]


@pytest.mark.parametrize(
    ("note", "said"),
    [
        ("[Note: client looks away]\nI want to go.", "It is too much. I want to go."),
        ("[Note: client looks away] I want to go.", "It is too much. [Note: client looks away] I want to go."),
        ("[Note: client\nlooks away]\nI want to go.", "It is too much. I want to go."),
        ("Note: client looks away\nand stands up", "It is too much."),
    ],
)
def test_a_note_ends_where_its_bracket_does(note: str, said: str) -> None:
    assert read(f"T: How?\nC: It is too much.\n{note}\nT: And?").transcript.turns[1].text == said


def test_risk_language_in_a_line_that_is_in_no_turn_raises_the_notice_and_is_said_without_its_words() -> None:
    found = read(
        "Session of 4 June\nT: How?\nC: It is too much.\nNote: looks away\nI want to kill myself.\nT: And?\nC: Well."
    ).transcript
    assert found.harm == ((1, "self_harm"),)
    assert [notice.turn for notice in notices(found, by_patterns([turn.text for turn in found.turns]))] == [1]
    assert found.notes == (
        "3 lines are in no turn: lines 1, 4 and 5.",
        "Language about harm may stand in line 5, which is in no turn. Read the transcript itself there.",
    )
    assert read("I want to kill myself.").transcript.notes[-1].startswith("Language about harm may stand in line 1")


def test_words_before_a_colon_that_are_taken_as_speech_are_noted() -> None:
    notes = read("T: Well?\nC: Fine.\nMartha: that was her name\nT: Oh?").transcript.notes
    assert notes == ("Line 3 starts with words and a colon, which were taken as speech, not as a speaker.",)


def test_prose_has_no_turns_and_every_line_unread() -> None:
    found = read("It was a long day.\n\nNobody spoke.")
    assert found.transcript.turns == ()
    assert [line.line for line in found.unread] == [1, 3]
    assert found.transcript.notes == ("No speaker label was found in 2 lines.",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("T: ok\n" + "a" * 10_001, "line 2: longer than 10,000 characters"),
        ("T: a\nC: b\n" * 5_001, "found 10,002 turns; at most 10,000"),
        ("".join(f"Speaker {i}: a\n" for i in range(13)), "found 13 different speakers; at most 12"),
        ("T: a\n" * 400_001, "the text has 2,000,005 characters; at most 2,000,000"),
        ("%PDF-1.4 T: a", "found a file that is no sound PDF"),
        ("<?xml version='1.0'?><a>T: a</a>", "found XML data, expected plain text"),
    ],
)
def test_limits_say_what_was_found(text: str, message: str) -> None:
    with pytest.raises(UnreadableTranscript) as error:
        read(text)
    assert message in str(error.value)


def test_the_limits_themselves_are_allowed() -> None:
    assert len(read("T: a\nC: b\n" * 5_000).transcript.turns) == 10_000
    assert len(read("".join(f"Speaker {i}: a\n" for i in range(12))).transcript.speakers) == 12
    assert said("T: " + "a" * 9_997 + "\nC: b")[0] == ("T", "a" * 9_997)
    name = "Maximiliana " + "B" * 28
    assert said(f"{name}: a\nT: b\n{name}: c")[0] == (name, "a")
    assert said(f"{name}B: a\nT: b\nC: c\n") == [("T", "b"), ("C", "c")]
