"""One box for questions and transcripts: neither may be taken for the other."""

import pytest

from rupture.formats import looks_like_transcript, split_question

from .shapes import FIXTURES

TALK = "T: How was it?\nC: Fine.\nT: Fine?\nC: I said so."
NAMES = "Sarah: How was it?\nTom: Fine.\nSarah: Fine?\nTom: I said so."

QUESTIONS = [
    "",
    "hello",
    "What is a withdrawal rupture?",
    "Question: how do I repair? Context: the client was late.",
    "My client said: I'm fine. I said: ok. What now?",
    "Patient: 34, she withdraws\nProblem: silence. What should I do?",
    "Two things:\n1. How do I name it?\n2. When: now or later?",
    "Context: CBT, session 4\nGoal: repair\nQuestion: how?",
    "Client says: 'whatever'.\nTherapist says nothing.\nWhich is it: W2 or W5?",
    "He said: no\nI said: why\nHe said: no\nI said: why",
    "Marker: W5\nMarker: W2\nStrategy: R1\nStrategy: R3",
    "At 10:30 she wrote: not coming. See https://example.org",
    "Summary: x\nPlan: y\nSummary: z\nPlan: w",
    "T: what does that stand for?",
    "[what does W5 mean?]",
    "{braces} are fine: yes",
    "Thanks, that helps.\n\nOne more: how do I say it?",
    "speaker, text: which columns do you need?",
]


@pytest.mark.parametrize("question", QUESTIONS)
def test_questions(question: str) -> None:
    assert not looks_like_transcript(question)
    assert split_question(question) == (question, "")


@pytest.mark.parametrize("talk", [TALK, NAMES, f"{TALK}\n\nIt was a long way.", "T: Hm?\nC: No.", TALK.replace("\n", " ")])
def test_conversations(talk: str) -> None:
    assert looks_like_transcript(talk)
    assert split_question(talk)[0] == ""


@pytest.mark.parametrize("talk", [TALK, NAMES])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("what happened here?\n\n", ""),
        ("what happened here?\n", ""),
        ("", "\n\nWhat happened here?"),
        ("", "\nWhat happened here?"),
        ("Please look at the end:\n\n", ""),
        ("Here is a session.\n\n", "\n\nWas that a rupture?"),
        ("Question: was that W5?\n\n", ""),
    ],
)
def test_a_question_beside_a_conversation(talk: str, before: str, after: str) -> None:
    question, transcript = split_question(before + talk + after)
    assert transcript == talk
    assert question.split() == (before + after).split()


def test_lines_of_one_known_speaker_are_a_transcript_from_three_on() -> None:
    assert not looks_like_transcript("C: No.\nC: No.")
    assert looks_like_transcript("C: No.\nC: No.\nC: No.")


def test_a_heading_is_no_question() -> None:
    assert split_question(f"Session 4, 12 May\n\n{TALK}") == ("", f"Session 4, 12 May\n\n{TALK}")


def test_a_last_paragraph_is_part_of_a_turn_where_turns_have_paragraphs() -> None:
    talk = "T: How was it?\nC: Fine.\n\nReally.\nT: Hm.\nC: Well.\n\nWhat do you think?"
    assert split_question(talk) == ("", talk)


def test_a_question_before_a_conversation_on_one_line() -> None:
    line = TALK.replace("\n", " ")
    question, transcript = split_question(f"What happened here?\n\n{line}")
    assert (question, transcript.split()) == ("What happened here?", line.split())


@pytest.mark.parametrize("name", ["rtf-plain.rtf", "html-paragraphs.html", "elan-tier-names.eaf"])
def test_the_source_of_a_document_is_a_transcript(name: str) -> None:
    contents = (FIXTURES / name).read_text().strip()
    assert split_question(contents) == ("", contents)


@pytest.mark.parametrize("name", ["zoom.vtt", "session.srt", "session.json", "turns.jsonl", "table.tsv"])
def test_a_question_beside_the_contents_of_a_file(name: str) -> None:
    contents = (FIXTURES / name).read_text().strip()
    assert split_question(contents) == ("", contents)
    assert split_question(f"What happened here?\n\n{contents}") == ("What happened here?", contents)
    assert split_question(f"{contents}\n\nWhat happened here?") == ("What happened here?", contents)
