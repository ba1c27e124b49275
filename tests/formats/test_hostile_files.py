"""Files made to do harm: each is refused in words, the reading process stays alive and small, and the next good file is read."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from rupture.errors import MissingPackage, UnreadableTranscript
from rupture.formats import confined, read_file
from rupture.formats.blocks import Aside, Document, Paragraph, Table, from_json, to_json, words

from .binary import HOSTILE, MADE

resource = pytest.importorskip("resource", reason="limits need a platform that has them")

_GROWTH = 200_000
"""Kilobytes by which reading a hostile file may grow this process."""


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_and_the_next_one_read(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(HOSTILE[name]())
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(UnreadableTranscript) as error:
        read_file(path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < _GROWTH
    assert len(str(error.value)) < 250
    assert "Traceback" not in str(error.value)
    good = tmp_path / "good.rtf"
    good.write_text("{\\rtf1 T: How was it?\\par C: Fine.}")
    assert len(read_file(good).transcript.turns) == 2


def loops(data: bytes) -> Document:
    while True:
        pass


def sleeps(data: bytes) -> Document:
    import time

    time.sleep(600)
    return Document(())


def takes_memory(data: bytes) -> Document:
    return Document((Paragraph("x" * len([bytes(100_000_000) for _ in range(100)])),))


def writes_much(data: bytes) -> Document:
    return Document((Paragraph("x" * 3_000_000),))


def ends_itself(data: bytes) -> Document:
    os._exit(3)


def connects(data: bytes) -> Document:
    socket.create_connection(("127.0.0.1", 9), timeout=1)
    return Document(())


def looks_up(data: bytes) -> Document:
    socket.getaddrinfo("example.org", 80)
    return Document(())


def starts_another(data: bytes) -> Document:
    subprocess.run([sys.executable, "-c", ""], check=False)
    return Document(())


def lacks_a_package(data: bytes) -> Document:
    import no_such_package_anywhere  # noqa: F401

    return Document(())


def prints(data: bytes) -> Document:
    sys.stdout.write("document\n{}")
    return Document((Paragraph("T: a"),))


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (loops, "more time or memory than a transcript needs"),
        (sleeps, "more time or memory than a transcript needs"),
        (takes_memory, "more time or memory than a transcript needs"),
        (writes_much, "the text has 3,000,000 characters"),
        (ends_itself, "more time or memory than a transcript needs"),
        (connects, "no sound test"),
        (looks_up, "no sound test"),
        (starts_another, "no sound test"),
    ],
)
def test_limits_of_the_child(function: confined.Extract, message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if function in (loops, sleeps):
        monkeypatch.setattr(confined, "WALL_SECONDS", 4.0)
    with pytest.raises(UnreadableTranscript, match=message):
        confined.extract(function, b"", "test")


CHANGES: dict[str, Callable[[Path], object]] = {
    "write": lambda file: (file.parent / "b").write_text("x"),
    "open": lambda file: os.open(file.parent / "b", os.O_CREAT | os.O_TRUNC | os.O_WRONLY),
    "empty": lambda file: os.open(file, os.O_TRUNC),
    "remove": lambda file: file.unlink(),
    "rename": lambda file: file.rename(file.parent / "b"),
    "link": lambda file: os.link(file, file.parent / "b"),
    "symlink": lambda file: (file.parent / "b").symlink_to(file),
    "mkdir": lambda file: (file.parent / "b").mkdir(),
    "rmdir": lambda file: (file.parent / "folder").rmdir(),
    "truncate": lambda file: os.truncate(file, 0),
}


def changes(data: bytes) -> Document:
    what, _, file = data.decode().partition(" ")
    CHANGES[what](Path(file))
    return Document(())


@pytest.mark.parametrize("what", CHANGES)
def test_the_child_changes_nothing_on_the_disk(what: str, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    (tmp_path / "folder").mkdir()
    with pytest.raises(UnreadableTranscript, match="no sound test"):
        confined.extract(changes, f"{what} {tmp_path / 'a'}".encode(), "test")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "folder"]
    assert (tmp_path / "a").read_text() == "x"


def test_a_package_that_is_missing_is_named_with_what_to_install() -> None:
    with pytest.raises(MissingPackage, match=r"reading test needs optional packages.*pip install 'rupture\[files\]'"):
        confined.extract(lacks_a_package, b"", "test")


def test_what_a_parser_prints_is_no_answer() -> None:
    assert words(confined.extract(prints, b"", "test")) == "T: a"


def test_blocks_pass_as_json() -> None:
    document = Document((Paragraph("a\ud800\n"), Table([["b", ""], ["c"]]), Aside("d", "e")), ("f",))
    assert from_json(to_json(document)) == document
    assert words(document) == "a\ud800\n\nb\t\nc\nd"


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"blocks": [["other", "a"]], "notes": []}', '{"blocks": [["table", 1]], "notes": []}']
)
def test_any_other_json_is_refused(text: str) -> None:
    with pytest.raises(UnreadableTranscript):
        from_json(text)


def test_a_word_file_called_something_else_is_still_one(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(MADE["paragraphs.docx"]().data)
    assert read_file(tmp_path / "a.txt").format == "Word (DOCX)"
