"""Bytes and invisible characters: what is read, what is removed, and that it is said."""

from pathlib import Path

import pytest

from rupture.errors import UnreadableTranscript
from rupture.formats import read, read_file
from rupture.formats.reading import words_of_file

from .shapes import FIXTURES, said, short

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


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"PK\x03\x04" + bytes(range(256)), "found Word, Excel or zip data"),
        (b"%PDF-1.7 \xff\xfe\x00", "found a file that is no sound PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1" + bytes(500), "found an old Office file, or one with a password"),
        (b"\x89PNG\r\n", "found a picture"),
        (b"ID3\x04", "found a recording"),
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


@pytest.mark.parametrize("name", ["mojibake-windows.txt", "mojibake-latin.txt", "mojibake-mac.txt"])
def test_what_was_saved_in_the_wrong_encoding_is_mended_and_counted(name: str) -> None:
    found = read_file(FIXTURES / name)
    assert all("café." in turn.text and "’" in turn.text for turn in found.transcript.turns)
    assert found.transcript.notes == ("6 lines saved in the wrong encoding were mended. Check accents and quotation marks.",)


def test_what_looks_garbled_and_cannot_be_mended_is_said() -> None:
    found = read("T: well ð” it is\nC: fine")
    assert "look garbled" in found.transcript.notes[-1]


def test_a_few_broken_bytes_leave_the_rest_as_it_is() -> None:
    found = read_file(FIXTURES / "broken-utf-8.txt")
    assert found.transcript.turns[0].text.startswith("Zoë — ")
    assert found.transcript.notes == ("1 broken character replaced by \ufffd.",)


def test_another_alphabet_is_told_from_accents() -> None:
    found = read_file(FIXTURES / "cyrillic-1251.txt")
    assert found.transcript.turns[0].text == "Как прошла ваша неделя после нашей встречи?"
    assert "it was read as cp1251" in found.transcript.notes[0]


def test_words_of_a_file_without_turns_can_be_had(tmp_path: Path) -> None:
    path = tmp_path / "a.rtf"
    path.write_text("{\\rtf1 One evening.\\par Nothing more.}")
    assert read_file(path).transcript.turns == ()
    assert words_of_file(path).split() == ["One", "evening.", "Nothing", "more."]
