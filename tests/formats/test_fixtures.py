"""Every file under tests/data/transcripts and every document of `binary.py`: who speaks how often, whether it can be analysed,
and that each word is somewhere.

The table `transcripts.csv` says of each file how many turns it has, the speakers and the first letters of their roles (therapist,
client, other), the state (analysed, partly, not; E for a file that is refused) and how many lines are in no turn.
"""

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from rupture.errors import UnreadableTranscript
from rupture.formats import read, read_file
from rupture.formats.cleaning import clean, decode
from rupture.formats.reading import FORMATS
from rupture.gates import gate

from .binary import MADE
from .shapes import FIXTURES, short

with (FIXTURES.parent / "transcripts.csv").open(encoding="utf-8", newline="") as _file:
    ROWS = {row["file"]: row for row in csv.DictReader(_file)}
SUFFIXES = {".txt", ".md", ".vtt", ".srt", ".cha"}
LINES = sorted(
    name for name in ROWS if Path(name).suffix in {".txt", ".md", ".vtt", ".srt", ".cha"} and not name.startswith(("rtf", "xml"))
)


def outcome(path: Path) -> dict[str, str]:
    """What the table says of a file, from reading it."""
    try:
        found = read_file(path)
    except UnreadableTranscript:
        return {"turns": "0", "speakers": "", "roles": "", "state": "E", "unread": "0"}
    transcript = found.transcript
    return {
        "turns": str(len(transcript.turns)),
        "speakers": "|".join(transcript.speakers),
        "roles": "".join(transcript.role_of(speaker)[0] for speaker in transcript.speakers),
        "state": gate(transcript)[0][0].upper(),
        "unread": str(len(found.unread)),
    }


def test_the_table_names_every_file() -> None:
    beside = {"speakers.json", "conversations.json", "corpus.json", "index.json"}
    files = {
        path.relative_to(FIXTURES).as_posix() for path in FIXTURES.rglob("[!.]*") if path.is_file() and path.name not in beside
    }
    assert files == set(ROWS)
    assert len(ROWS) + len(MADE) >= 200


@pytest.mark.parametrize("name", ROWS)
def test_fixture(name: str) -> None:
    assert outcome(FIXTURES / name) == {key: value for key, value in ROWS[name].items() if key != "file"}


@pytest.mark.parametrize("name", MADE)
def test_document(name: str, tmp_path: Path) -> None:
    made = MADE[name]()
    (tmp_path / name).write_bytes(made.data)
    found = read_file(tmp_path / name)
    assert short(found) == made.said
    assert len(found.unread) == made.unread
    notes = found.transcript.notes
    expected = (*made.notes, *([f"{made.unread} line"] if made.unread and made.said else []))
    assert len(notes) == len(expected)
    assert all(note.startswith(start) for note, start in zip(notes, expected, strict=True))


@pytest.mark.parametrize("name", LINES)
def test_every_word_of_a_file_is_in_a_turn_a_label_a_time_or_an_unread_line(name: str) -> None:
    text = clean(decode((FIXTURES / name).read_bytes())[0])[0]
    found = read(text, name=name)
    unread = {line.line for line in found.unread}
    lines = [line for number, line in enumerate(text.split("\n"), start=1) if number not in unread]
    kept = Counter(_words(" ".join(f"{turn.speaker} {turn.text}" for turn in found.transcript.turns)))
    labels = {word for turn in found.transcript.turns for word in _words(turn.speaker)}
    missing = Counter(_words(_plain("\n".join(lines)))) - kept
    assert {word for word in missing if not re.fullmatch(r"\d+|am|pm|a|m", word)} <= labels | MARKUP


_MARKUP = "webvtt v first loud i c b align start position time from she her they them speaker text"
MARKUP = set(_MARKUP.split())
"""What captions, tables and chats have beside words."""


def _plain(text: str) -> str:
    """`text` without what captions and tables have around words."""
    return re.sub(r"\S*\d\S*-->.*|^3f2a91de.*$|&amp;|&nbsp;", " ", text, flags=re.MULTILINE)


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())


def test_the_screen_is_told_every_suffix() -> None:
    suffixes = [suffix for chosen in FORMATS for suffix in chosen.suffixes]
    assert len(suffixes) == len(set(suffixes))
    assert {Path(name).suffix for name in [*ROWS, *MADE]} <= set(suffixes)
