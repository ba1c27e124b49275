"""What a trainee chose to keep: attempts and answers, one JSON line each, in a file of their own for their owner alone.

Opt-in: nothing is written until something is handed in here. Lines are only added; a damaged one is left out and its number
said. The file holds the replies in the trainee's own words and no words of a session.
"""

import errno
import json
import os
from contextlib import suppress
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import Any

from rupture.errors import RuptureError
from rupture.practice.attempt import Attempt, AttemptError
from rupture.practice.returning import Answer

FILE = "practice.jsonl"
_ATTEMPT, _ANSWER = "attempt", "answer"


class PracticeStoreError(RuptureError):
    """The file cannot be written, read or removed; never quotes what is kept."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept, in order of keeping; `damaged` are the numbers, from 1, of lines that could not be read."""

    attempts: tuple[Attempt, ...] = ()
    answers: tuple[Answer, ...] = ()
    damaged: tuple[int, ...] = ()


def keep(path: Path, entry: Attempt | Answer) -> None:
    """Adds one line, in a single write and as far as the disk; the file and its folder are made for their owner alone where the
    system knows owners. PracticeStoreError when that fails."""
    kind = _ATTEMPT if isinstance(entry, Attempt) else _ANSWER
    line = json.dumps({"kind": kind, **entry.to_dict()}) + "\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _check_kind(path)
        with os.fdopen(os.open(path, os.O_CREAT | os.O_RDWR | os.O_APPEND, 0o600), "a+b", buffering=0) as file:
            path.chmod(0o600)
            # A line cut off by a crash ends here, so that it spoils no other.
            data = (b"\n" if _cut_off(file) else b"") + line.encode()
            # A disk that fills up takes a part without an error.
            if file.write(data) != len(data):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(file.fileno())
    except OSError as error:
        raise _not_usable(path, error) from error


def kept(path: Path) -> Kept:
    """Everything in the file; empty when there is none. PracticeStoreError when it cannot be read."""
    try:
        _check_kind(path)
        lines = path.read_bytes().splitlines()
    except FileNotFoundError:
        return Kept()
    except OSError as error:
        raise _not_usable(path, error) from error
    attempts: list[Attempt] = []
    answers: list[Answer] = []
    damaged: list[int] = []
    for number, line in enumerate(lines, start=1):
        try:
            entry = _entry(line)
        except (KeyError, TypeError, ValueError, AttributeError, AttemptError):
            damaged.append(number)
            continue
        if isinstance(entry, Attempt):
            attempts.append(entry)
        else:
            answers.append(entry)
    return Kept(tuple(attempts), tuple(answers), tuple(damaged))


def forget(path: Path) -> bool:
    """Overwrites the file with zeros, then deletes it; whether there was one. PracticeStoreError when that fails."""
    try:
        _check_kind(path)
        with suppress(FileNotFoundError):
            with path.open("r+b") as file:
                file.write(bytes(os.fstat(file.fileno()).st_size))
                file.flush()
                os.fsync(file.fileno())
            path.unlink()
            return True
    except OSError as error:
        raise _not_usable(path, error) from error
    return False


def _check_kind(path: Path) -> None:
    """A pipe would be waited for and a device read for ever."""
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "it is no file")


def _cut_off(file: FileIO) -> bool:
    """Whether the file ends within a line."""
    if not file.seek(0, os.SEEK_END):
        return False
    file.seek(-1, os.SEEK_END)
    return file.read(1) != b"\n"


def _entry(line: bytes) -> Attempt | Answer:
    data: dict[str, Any] = json.loads(line)
    kind = data.pop("kind")
    if kind not in (_ATTEMPT, _ANSWER):
        raise ValueError(kind)
    return Attempt.from_dict(data) if kind == _ATTEMPT else Answer.from_dict(data)


def _not_usable(path: Path, error: OSError) -> PracticeStoreError:
    return PracticeStoreError(
        f"{path}: cannot be written, read or removed ({error.strerror}); close other programs or choose another place"
    )
