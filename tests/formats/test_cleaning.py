"""Bytes and invisible characters: what is read, what is removed, and that it is said."""

from pathlib import Path

import pytest

from rupture.errors import UnreadableTranscript
from rupture.formats import read, read_file

from .shapes import said, short

WORDS = "T: So you’re late — it’s fine?\nC: At the café."


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(WORDS.encode(encoding))
    found = read_file(path)
    assert short(found) == [("T", "So you’re late — it’s fine?"), ("C", "At the café.")]
    noted = any("not UTF-8; it was read as cp1252" in note for note in found.transcript.notes)
    assert noted == (encoding == "cp1252")
    assert found.transcript.id == "a"


def test_old_macintosh_quotation_marks(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(WORDS.encode("mac_roman"))
    assert short(read_file(path))[0] == ("T", "So you’re late — it’s fine?")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028", "\x85", "\x0c"])
def test_line_ends_and_line_numbers(end: str) -> None:
    turns = read(f"T: a{end}{end}C: b").transcript.turns
    assert [(turn.text, turn.line) for turn in turns] == [("a", 1), ("b", 3)]


@pytest.mark.parametrize(
    ("dirt", "note"),
    [
        ("\x00\x00", "2 NUL characters removed."),
        ("\x07", "1 control character removed."),
        ("\u200b", "1 invisible character removed."),
        ("\ufeff", "1 invisible character removed."),
        ("\u202e", "1 text direction character removed."),
        ("\x1b[31m", "1 terminal colour code removed."),
        ("\U000e0041", "1 hidden tag character removed."),
    ],
)
def test_what_cannot_be_seen_is_removed_and_counted(dirt: str, note: str) -> None:
    found = read(f"T: how {dirt}are you?\nC: fine, thank you")
    assert short(found) == [("T", "how are you?"), ("C", "fine, thank you")]
    assert found.transcript.notes == (note,)


def test_zero_width_characters_in_a_label_do_not_make_another_speaker() -> None:
    assert said("T\u200b: a\nC: b\nT: c\n") == [("T", "a"), ("C", "b"), ("T", "c")]


def test_broken_and_garbled_characters_are_noted() -> None:
    assert "1 broken character replaced" in read("T: a\ud800b\nC: c").transcript.notes[0]
    assert "look garbled" in read("T: it‚ itâ€™s\nC: c").transcript.notes[0]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"PK\x03\x04" + bytes(range(256)), "found Word, Excel or zip data"),
        (b"%PDF-1.7 \xff\xfe\x00", "found PDF data"),
        (bytes(range(1, 32)) * 40 + b"\xff", "found binary data"),
        (b"T: a\n" * 1_600_001, "the file has 8,000,001 bytes; at most 8,000,000"),
    ],
)
def test_what_is_not_text_is_named(tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    with pytest.raises(UnreadableTranscript) as error:
        read_file(path)
    assert message in str(error.value)


def test_paths_that_are_no_file(tmp_path: Path) -> None:
    with pytest.raises(UnreadableTranscript, match="found a folder there"):
        read_file(tmp_path)
    with pytest.raises(UnreadableTranscript, match="found nothing there"):
        read_file(tmp_path / "none.txt")
