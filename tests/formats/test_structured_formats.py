"""Captions, JSON and tables: the turns, lines and times of small files written by hand."""

import pytest

from rupture.errors import UnreadableTranscript
from rupture.formats import read, read_file
from rupture.transcript import Role

from .shapes import FIXTURES, short


def test_zoom_cues_of_one_breath_are_one_turn() -> None:
    found = read_file(FIXTURES / "zoom.vtt")
    assert [(t.speaker, t.text, t.line, t.start) for t in found.transcript.turns] == [
        ("Dr. Lee", "So, last week you said the sessions feel far apart?", 5, 1.0),
        ("Mo", "Yeah. One thing though: it's fine & I'm used to it.", 13, 7.0),
        ("Mo", "Really.", 21, 15.0),  # four seconds of silence: a new turn
    ]
    assert (found.format, found.unread) == ("WebVTT", ())


def test_teams_voice_tags() -> None:
    found = read_file(FIXTURES / "teams.vtt")
    assert short(found) == [("Priya Nair", "How did the week go?"), ("Sam", "Okay, I guess.")]
    assert [tuple(line) for line in found.unread] == [(3, "a note or style block")]


def test_srt_without_a_name_goes_on_with_the_same_speaker() -> None:
    found = read_file(FIXTURES / "session.srt")
    assert short(found) == [("Therapist", "Where shall we start?"), ("Client", "Dunno. Wherever you like.")]


def test_captions_without_names_have_no_turns() -> None:
    found = read("WEBVTT\n\n00:01.000 --> 00:02.000\nHello there.\n")
    assert found.transcript.turns == ()
    assert found.unread == ((4, "before the first cue with a speaker"),)
    assert found.transcript.notes[0].startswith("No cue names its speaker.")


def test_json_keeps_indices_roles_and_milliseconds() -> None:
    found = read_file(FIXTURES / "session.json")
    assert [(t.index, t.role, t.text, t.line, t.start) for t in found.transcript.turns] == [
        (0, Role.THERAPIST, "What comes up?", None, 1.5),
        (1, Role.CLIENT, "", None, 4.0),
        (2, Role.CLIENT, "Nothing much.", None, 50_000.0),
    ]
    assert found.reasons == {"A": "the input gives the role therapist", "B": "the input gives the role client"}
    assert "1 turn without words, the first is turn 1." in found.transcript.notes


@pytest.mark.parametrize(
    "text",
    [
        '[{"speaker": "T", "text": "a"}, {"speaker": "C", "text": "b"}]',
        '[{"Speaker Name": "T", "utterance": "a"}, {"Speaker Name": "C", "utterance": "b"}]',
        '{"segments": [{"speaker": "T", "text": "a"}, {"speaker": "C", "text": "b"}]}',
        '{"messages": [{"role": "T", "content": "a"}, {"role": "C", "content": "b"}]}',
        '[{"turns": [{"who": "T", "text": "a"}, {"who": "C", "text": "b"}]}]',
        '{"speaker": "T", "text": "a"}\n{"speaker": "C", "text": "b"}',
        "speaker,text\nT,a\nC,b",
        "Text;Speaker\na;T\nb;C",
        "role\tcontent\nT\ta\nC\tb",
        "| Speaker | Text |\n| --- | --- |\n| T | a |\n| C | b |",
    ],
)
def test_names_of_fields(text: str) -> None:
    assert short(read(text)) == [("T", "a"), ("C", "b")]


def test_jsonl_lines_are_those_of_the_file() -> None:
    assert [(t.role, t.line) for t in read_file(FIXTURES / "turns.jsonl").transcript.turns] == [("therapist", 1), ("client", 3)]


def test_table_rows() -> None:
    found = read_file(FIXTURES / "table.tsv")
    assert [(t.speaker, t.text, t.line) for t in found.transcript.turns] == [
        ("Therapist", "How come?", 2),
        ("Client", "", 3),
        ("Client", "It was: late", 4),
    ]
    assert short(read_file(FIXTURES / "table.md")) == [("T", "How come?"), ("C", "It was late.")]


def test_commas_in_words_that_are_not_quoted() -> None:
    assert short(read("speaker,text\nT,well, so\nC,no")) == [("T", "well, so"), ("C", "no")]
    found = read("speaker,text,time\nT,well, so,1\nC,no,2")
    assert short(found) == [("C", "no")]
    assert found.unread == ((2, "more cells than the header has columns"),)


@pytest.mark.parametrize(
    ("text", "name", "message"),
    [
        ('[{"speaker": "T", "text": "a"},\n', "a.json", "line 2, character 1: not valid JSON"),
        ("null", "a.json", "found JSON without turns"),
        ('{"a": 1}', None, "found JSON without turns"),
        ("[1, 2]", "a.json", "turn 0: found a number, expected an object"),
        ('[{"speaker": "T"}]', None, "turn 0: expected a field for the words"),
        ('[{"speaker": "T", "text": ["a"]}]', None, "turn 0: the words are a list, expected text"),
        ("[" * 100_000, "a.json", "nesting or numbers too large"),
        ('[{"speaker": 1' + "0" * 5_000 + ', "text": "a"}]', None, "nesting or numbers too large"),
        ('[{"turns": []}, {"turns": []}]', None, "found 2 sessions, expected one"),
        ("T,a\nC,b", "a.csv", "line 1: expected a header row"),
        ('speaker,text\nT,"a\nC,b', None, "line 2: not a readable table row"),
        ("session,speaker,text\n1,T,a\n2,C,b", None, "found 2 sessions in one table"),
    ],
)
def test_errors_say_where_and_what(text: str, name: str | None, message: str) -> None:
    with pytest.raises(UnreadableTranscript) as error:
        read(text, name=name)
    assert message in str(error.value)


def test_a_role_that_changes_and_time_that_runs_back_are_noted() -> None:
    first, second = (
        '{"speaker": "A", "role": "client", "text": "a", "start": 9}',
        '{"who": "A", "role": "T", "text": "b", "start": 3}',
    )
    notes = read(f"[{first}, {second}]").transcript.notes
    assert notes == (
        "Time stamps go backwards at turn 1; the order of the input was kept.",
        "A speaker changes role at turn 1; the speaker's first role was kept. Check the labels.",
    )
