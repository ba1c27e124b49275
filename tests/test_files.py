"""Files are written whole or not at all, together where they belong together; one program at a time holds a file."""

import subprocess
import sys

import pytest

from rupture.files import hold, write_whole


def broken():
    yield b"half"
    raise RuntimeError("out of paper")


def test_files_are_written_together_or_left_as_they_were(tmp_path):
    first, second = tmp_path / "first.md", tmp_path / "second.md"
    write_whole({first: [b"one ", b"line"], second: [b"two"]})
    assert (first.read_bytes(), second.read_bytes()) == (b"one line", b"two")
    with pytest.raises(RuntimeError):
        write_whole({first: [b"new"], second: broken()})
    assert (first.read_bytes(), second.read_bytes()) == (b"one line", b"two")
    with pytest.raises(FileNotFoundError):
        write_whole({first: [b"new"], tmp_path / "nowhere" / "third.md": [b"new"]})
    assert first.read_bytes() == b"one line"
    assert {path.name for path in tmp_path.iterdir()} == {"first.md", "second.md"}


def test_a_file_may_be_written_from_what_it_holds(tmp_path):
    path = tmp_path / "lines"
    path.write_bytes(b"b\na\n")
    with path.open("rb") as file:
        write_whole({path: reversed(list(file))})
    assert path.read_bytes() == b"a\nb\n"


def test_a_held_file_is_let_go_by_whoever_closes_it_or_dies(tmp_path):
    path = tmp_path / "run.lock"
    lock = hold(path)
    with pytest.raises(BlockingIOError):
        hold(path)
    child = [
        *(sys.executable, "-c"),
        "import os, sys; from pathlib import Path; from rupture.files import hold\nlock = hold(Path(sys.argv[1])); os._exit(1)",
        str(path),
    ]
    refused = subprocess.run(child, capture_output=True, text=True, check=False)
    assert "BlockingIOError" in refused.stderr
    lock.close()
    assert subprocess.run(child, capture_output=True, text=True, check=False).returncode == 1
    hold(path).close()
    assert [file.name for file in tmp_path.iterdir()] == ["run.lock"]


def test_what_cannot_be_held_is_no_file_in_use(tmp_path):
    with pytest.raises(OSError, match="cannot be opened or locked") as error:
        hold(tmp_path)
    assert not isinstance(error.value, BlockingIOError)
