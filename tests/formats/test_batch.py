"""Many transcripts: ids, order, and that a bad one is set aside without ending the batch."""

import json
import shutil
from pathlib import Path

import pytest

from rupture.errors import UnreadableTranscript
from rupture.formats import Source, read_file, read_many

from .shapes import FIXTURES, short


def outcome(source: Source) -> str:
    """Turns of a source, or what its error says first."""
    try:
        return str(len(source.read().transcript.turns))
    except UnreadableTranscript as error:
        return str(error).partition(":")[0]


def test_a_session_a_line() -> None:
    found = [(source.id, outcome(source)) for source in read_many(FIXTURES / "sessions.jsonl")]
    assert found == [("one", "2"), ("sessions:2", "line 2, character 84"), ("sessions:3", "2")]


def test_a_table_of_sessions() -> None:
    sources = list(read_many(FIXTURES / "sessions.csv"))
    assert [source.id for source in sources] == ["7", "8"]
    first, second = (source.read() for source in sources)
    assert short(first) == [("therapist", 'So, how is it "going"?'), ("client", "Fine.\nReally.")]
    assert [(turn.line, turn.start) for turn in first.transcript.turns] == [(2, 13.0), (3, 20.0)]
    assert [(turn.text, turn.line) for turn in second.transcript.turns] == [("=cmd()|no", 5), ("Hm.", 6)]
    assert second.transcript.id == "8"


def test_rows_of_a_session_that_are_apart(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("session,speaker,text\n1,T,a\n1,C,b\n2,T,a\n1,C,b\n")
    assert [(s.id, outcome(s)) for s in read_many(path)] == [("1", "2"), ("2", "1"), ("1", "line 5")]


def test_broken_quoting_ends_a_table_with_an_item_that_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('session,speaker,text\n1,T,a\n2,T,"a\n2,C,b\n')
    assert [(s.id, outcome(s)) for s in read_many(path)] == [("1", "1"), ("a", "line 3")]


def test_a_folder(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    for name, text in {
        "b.txt": "T: a\nC: b",
        "a.txt": "%PDF-1.4 x",
        "a.srt": "x",
        "sub/c.txt": "T: a",
        ".hidden": "T: a",
    }.items():
        (tmp_path / name).write_text(text)
    shutil.copy(FIXTURES / "sessions.csv", tmp_path / "s.csv")
    found = [(source.id, outcome(source)) for source in read_many(tmp_path)]
    assert found == [
        ("a.srt", "0"),
        ("a.txt", "found a file that is no sound PDF. Save it again, or copy the conversation and paste it."),
        ("b", "2"),
        ("s/7", "2"),
        ("s/8", "2"),
        ("sub/c", "1"),
    ]


def test_a_pattern_and_one_file(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt", "c.md"):
        (tmp_path / name).write_text("T: a\nC: b")
    assert [source.id for source in read_many(tmp_path / "*.txt")] == ["a", "b"]
    assert [source.id for source in read_many(tmp_path / "c.md")] == ["c"]
    assert [source.id for source in read_many(FIXTURES / "turns.jsonl")] == ["turns"]
    with pytest.raises(UnreadableTranscript, match="found no file"):
        list(read_many(tmp_path / "*.vtt"))


def test_a_line_too_long_is_one_bad_item(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rupture.formats.batch._LONGEST_LINE", 200)
    good = json.dumps({"id": "good", "turns": [{"speaker": "T", "text": "a"}]})
    (tmp_path / "a.jsonl").write_text(f'{good}\n{{"turns": "{"x" * 900}"}}\n{good}\n')
    assert [(s.id, outcome(s)) for s in read_many(tmp_path / "a.jsonl")] == [("good", "1"), ("a:2", "line 2"), ("good", "1")]


def test_reading_is_lazy(tmp_path: Path) -> None:
    path = tmp_path / "many.jsonl"
    good = json.dumps({"turns": [{"speaker": "T", "text": "a"}]})
    path.write_text(f"{good}\n" * 3 + "\xff")
    assert next(iter(read_many(path))).read().transcript.id == "many:1"


def test_a_corpus_of_conversations(tmp_path: Path) -> None:
    rows = [("a", "T", "One?"), ("b", "T", "Three?"), ("a", "C", "Two."), ("b", "C", "Four.")]
    lines = [json.dumps({"conversation_id": c, "speaker": who, "text": text, "timestamp": None}) for c, who, text in rows]
    (tmp_path / "utterances.jsonl").write_text("\n".join([*lines, "not json", ""]))
    for name in ("speakers.json", "conversations.json", "corpus.json", "index.json"):
        (tmp_path / name).write_text("{}")
    sources = list(read_many(tmp_path))
    assert [source.id for source in sources] == ["utterances/a", "utterances/b", "utterances:5"]
    assert short(sources[0].read()) == [("T", "One?"), ("C", "Two.")]
    assert [turn.line for turn in sources[1].read().transcript.turns] == [2, 4]
    assert outcome(sources[2]) == "line 5"


def test_a_corpus_of_one_conversation_is_read_as_a_folder() -> None:
    found = read_file(FIXTURES / "convokit-corpus")
    assert (found.transcript.id, len(found.transcript.turns)) == ("convokit-corpus", 6)
    assert [turn.start for turn in found.transcript.turns] == [0, 5, 10, 15, 20, 25]


def test_what_the_batch_writes_is_no_input(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("T: a\nC: b")
    out = tmp_path / "out.jsonl"
    out.write_text(json.dumps({"id": "a", "turns": [{"speaker": "T", "text": "a"}]}) + "\n")
    assert [source.id for source in read_many(tmp_path, leave_out=[tmp_path / "x" / ".." / "out.jsonl"])] == ["a"]
    assert [source.id for source in read_many(tmp_path / "*", leave_out=[out])] == ["a"]


@pytest.mark.parametrize(
    ("encoding", "said"),
    [("cp1252", "read as cp1252"), ("utf-8", ""), ("utf-8-sig", ""), ("utf-16", ""), ("utf-16-le", "")],
)
def test_a_table_of_sessions_in_another_encoding(tmp_path: Path, encoding: str, said: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("session,speaker,text\n1,T,“Café”?\n1,C,Naïve…\n2,T,b\n2,C,c\n".encode(encoding))
    first, second = [source.read() for source in read_many(path)]
    assert short(first) == [("T", "“Café”?"), ("C", "Naïve…")]
    assert [turn.text for turn in second.transcript.turns] == ["b", "c"]
    assert said in " ".join(first.transcript.notes)
    assert bool(said) == bool(first.transcript.notes)


def test_one_broken_byte_in_a_table_leaves_the_rest_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("session,speaker,text\n1,T,Café, é, ü\n2,C,Ça ".encode() + b"\xff\n")
    first, second = [source.read().transcript for source in read_many(path)]
    assert (first.turns[0].text, second.turns[0].text) == ("Café, é, ü", "Ça \ufffd")
    assert first.notes == ("Broken characters were replaced by \ufffd.",)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "a.json",
            json.dumps([{"id": "1", "turns": [{"speaker": "T", "text": "x"}]}, {"turns": [{"speaker": "C", "text": "y"}]}]),
        ),
        ("a.json", json.dumps({"results": [[{"speaker": "T", "text": "x"}], [{"speaker": "C", "text": "y"}]]})),
        ("a.txt", "session,speaker,text\n1,T,x\na:2,C,y"),
        ("a.md", "| session | speaker | text |\n|---|---|---|\n| 1 | T | x |\n| a:2 | C | y |"),
    ],
)
def test_what_is_told_to_be_read_as_a_batch_is(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(UnreadableTranscript, match="as a batch"):
        read_file(path)
    found = [(source.id[-1], short(source.read())) for source in read_many(path)]
    assert found == [("1", [("T", "x")]), ("2", [("C", "y")])]
