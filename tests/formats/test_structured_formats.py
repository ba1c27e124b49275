"""Captions, JSON and tables: the turns, lines and times of small files written by hand."""

import json

import pytest

from rupture.analysis import Analysis, State
from rupture.errors import UnreadableTranscript
from rupture.exports.elan import elan
from rupture.formats import read, read_file
from rupture.formats.blocks import Paragraph
from rupture.formats.printed import arranged
from rupture.formats.reading import read_bytes
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
    assert [line[:2] for line in found.unread] == [(3, "a note or style block")]


def test_srt_without_a_name_goes_on_with_the_same_speaker() -> None:
    found = read_file(FIXTURES / "session.srt")
    assert short(found) == [("Therapist", "Where shall we start?"), ("Client", "Dunno. Wherever you like.")]


def test_captions_without_names_have_no_turns() -> None:
    found = read("WEBVTT\n\n00:01.000 --> 00:02.000\nHello there.\n")
    assert found.transcript.turns == ()
    assert found.unread == ((4, "before the first cue with a speaker", "Hello there."),)
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
    assert found.unread == ((2, "more cells than the header has columns", "T well  so 1"),)


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


@pytest.mark.parametrize(
    "name",
    [
        *("aws-items", "aws-items-mapped", "aws-audio-segments", "aws-call-analytics", "aws-healthscribe", "google-v1-diarised"),
        *("google-v2-diarised", "azure-batch", "azure-fast", "azure-channels", "deepgram-utterances", "deepgram-paragraphs"),
        *("deepgram-words", "assemblyai", "rev-ai", "speechmatics", "whisperx", "whisper-cpp"),
    ],
)
def test_services_give_whole_sentences_and_seconds(name: str) -> None:
    turns = read_file(FIXTURES / f"{name}.json").transcript.turns
    starts = [turn.start for turn in turns if turn.start is not None]
    assert len(starts) == 6
    assert starts == sorted(starts)
    assert 0 <= starts[0] < 1
    assert 15 < starts[-1] < 40
    assert all(turn.text[-1] in ".?" and " ." not in turn.text and "  " not in turn.text for turn in turns)


def test_words_of_one_speaker_after_a_long_silence_are_another_turn() -> None:
    segments = [(0, 1, "One."), (2.5, 3, "Two."), (5.5, 6, "Three.")]
    data = [{"start": start, "end": end, "text": text, "speaker": "SPEAKER_00"} for start, end, text in segments]
    assert short(read(json.dumps({"segments": data}))) == [("SPEAKER_00", "One. Two."), ("SPEAKER_00", "Three.")]


def test_roles_of_a_chat_file_and_its_times() -> None:
    found = read_file(FIXTURES / "chat-interview.cha")
    assert found.reasons == {"INV": "the input gives the role therapist", "PAR": "the input gives the role client"}
    assert [turn.start for turn in found.transcript.turns] == [0, 5, 10, 15, 20, 25]
    assert not any("_" in turn.text for turn in found.transcript.turns)


def test_the_words_in_angle_brackets_of_a_caption_stay() -> None:
    assert short(read("WEBVTT\n\n00:01.000 --> 00:02.000\n<v T>I <think so> and 3 <i>left</i></v>")) == [
        ("T", "I <think so> and 3 left")
    ]


def test_an_export_for_elan_is_read_back() -> None:
    analysis = Analysis(read("T: How was it?\nC: Fine, I suppose.").transcript, State.PARTLY, ())
    found = read_bytes(elan(analysis), id="x", name="x.eaf")
    assert short(found) == [("Therapist", "How was it?"), ("Client", "Fine, I suppose.")]


@pytest.mark.parametrize(
    "data",
    [
        {
            "segments": [
                {"role": "therapist", "text": "Hi", "start": 0, "end": 1},
                {"role": "client", "text": "Lo", "start": 60, "end": 61},
            ]
        },
        {
            "segments": [
                {"name": "therapist", "text": "Hi", "start": 0, "end": 1},
                {"name": "client", "text": "Lo", "start": 60, "end": 61},
            ]
        },
        {
            "utterances": [
                {"speaker": "therapist", "utterance": "Hi", "start": 0, "end": 1},
                {"speaker": "client", "utterance": "Lo", "start": 60, "end": 61},
            ]
        },
        {
            "utterances": [
                {"speaker": "therapist", "text": "Hi", "start": 0, "end": 1},
                {"speaker": "client", "text": "Lo", "start": 60, "end": 61},
            ]
        },
    ],
)
def test_turns_of_our_own_shape_are_not_taken_for_those_of_a_service(data: object) -> None:
    turns = read(json.dumps(data)).transcript.turns
    assert [(turn.speaker, turn.text, turn.start) for turn in turns] == [("therapist", "Hi", 0.0), ("client", "Lo", 60.0)]


def test_channels_are_speakers_in_the_order_of_time() -> None:
    def channel(*said: tuple[str, int]) -> object:
        return {"alternatives": [{"words": [{"word": word, "start": start, "end": start + 1} for word, start in said]}]}

    data = {"results": {"channels": [channel(("a", 0), ("c", 20)), channel(("b", 10), ("d", 30))]}}
    assert short(read(json.dumps(data))) == [("Channel 0", "a"), ("Channel 1", "b"), ("Channel 0", "c"), ("Channel 1", "d")]


@pytest.mark.parametrize(
    "text",
    [
        "WEBVTT\n\n00:01.000 --> 00:02.000\nTherapist: So?\n\n00:03.000 --> 00:04.000\nCLIENT: Hm.\n\n"
        "00:09.000 --> 00:10.000\nTherapist: And?\n\n00:12.000 --> 00:13.000\nClient: No.\n",
        "speaker,text\nTherapist,So?\nCLIENT,Hm.\ntherapist,And?\nClient,No.\n",
        json.dumps([{"speaker": who, "text": "x"} for who in ("Therapist", "CLIENT", "therapist", "Client")]),
    ],
)
def test_spellings_of_one_label_are_one_speaker(text: str) -> None:
    assert read(text).transcript.speakers == ("Therapist", "CLIENT")


def test_bars_in_the_cells_of_a_markdown_table_stay_words() -> None:
    assert short(read("| speaker | text |\n|---|---|\n| T | So? |\n| C | a | b |\n")) == [("T", "So?"), ("C", "a | b")]


@pytest.mark.parametrize("tag", ["select", "object"])
def test_an_element_without_an_end_swallows_no_speech_and_is_said(tag: str) -> None:
    found = read(f"<html><body><p>T: One?</p><{tag}><p>C: Two.</p><{tag}>x</{tag}><p>T: Three?</p></body></html>")
    assert [turn.text.split()[0] for turn in found.transcript.turns] == ["One?", "Two.", "Three?"]
    assert f"<{tag}>" in found.transcript.notes[0]


def test_a_less_than_sign_ends_no_turn() -> None:
    found = read("<html><body><p>T: One?</p><p>C: Is a<b here, I don't know.</p><p>T: Three?</p></body></html>")
    assert found.transcript.turns[1].text == "Is a<b here, I don't know."


def test_counters_are_no_speech_where_no_blank_lines_part_the_cues() -> None:
    cues = [("Therapist: How old is she?", 1), ("Client: She is\n7", 4), ("Therapist: Seven?", 9)]
    text = "".join(f"{i}\n00:00:0{at},000 --> 00:00:0{at},500\n{words}\n" for i, (words, at) in enumerate(cues, start=1))
    assert short(read(text, name="a.srt")) == [("Therapist", "How old is she?"), ("Client", "She is 7"), ("Therapist", "Seven?")]


def test_two_pages_that_end_alike_lose_no_turn() -> None:
    pages = [["T: One?", "C: Two, I think.", "T: And?", "C: Yeah."], ["T: Three?", "C: Four, I think.", "T: So?", "C: Yeah."]]
    said = [block for block in arranged(pages).blocks if isinstance(block, Paragraph)]
    assert [block.text for block in said] == [line for page in pages for line in page]
    assert all(isinstance(block, Paragraph) for block in arranged([*pages, pages[0]]).blocks)
