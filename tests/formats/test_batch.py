"""Many transcripts: ids, order, and that a bad one is set aside without ending the batch."""

import json
import shutil
from pathlib import Path

import pytest

from rupture.errors import UnreadableTranscript
from rupture.formats import Source, read_many

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
    for name, text in {"b.txt": "T: a\nC: b", "a.txt": "{\\rtf1", "a.srt": "x", "sub/c.txt": "T: a", ".hidden": "T: a"}.items():
        (tmp_path / name).write_text(text)
    shutil.copy(FIXTURES / "sessions.csv", tmp_path / "s.csv")
    found = [(source.id, outcome(source)) for source in read_many(tmp_path)]
    assert found == [
        ("a.srt", "0"),
        ("a.txt", "found rich text (RTF) data, expected plain text. Open it, copy the conversation and paste it."),
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
