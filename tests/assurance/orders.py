"""Gives orders to `writers.py`, and says whether what it left is sound: all that it said was kept is there and whole, at most one
entry more, nothing half, and the next start needs no hand work.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from rupture.guidance.index import open_index
from rupture.guidance.vectors import VectorIndex, exact_index
from rupture.practice.store import FILE, kept
from rupture.ui.login import add_user, read_users
from rupture.workspace import Workspace
from tests.assurance import writers
from tests.assurance.watched import ROOT
from tests.guidance.small_corpus import HashingEncoder


@dataclass(frozen=True, slots=True)
class Ended:
    """How an order ended: exit code (negative: the signal), numbers of the entries that were kept, other lines by first word."""

    code: int
    kept: tuple[int, ...]
    said: dict[str, str]


class Writer:
    """A process of `writers.py`, on a failing disk where `disk` is the library made of `failing.c`."""

    def __init__(self, disk: Path | None = None) -> None:
        variables = {**os.environ, **({"LD_PRELOAD": str(disk)} if disk else {})}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.assurance.writers"],
            env=variables,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout.readline() == "ready\n"

    def begin(self, what: str, folder: Path, count: int, n: int = 0, error: str = "EIO") -> int:
        """The id of the process that does it."""
        self._process.stdin.write(json.dumps([what, str(folder), count, n, error]) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline().removeprefix("began "))

    def end(self) -> Ended:
        """Waits until it is over."""
        numbers, said = [], {}
        while True:
            first, _, rest = self._process.stdout.readline().rstrip("\n").partition(" ")
            assert first, "the writer is gone"
            if first == "ended":
                return Ended(int(rest), tuple(numbers), said)
            if rest:
                said[first] = rest
            else:
                numbers.append(int(first))

    def order(self, what: str, folder: Path, count: int, n: int = 0, error: str = "EIO") -> Ended:
        """Has it done and waits."""
        self.begin(what, folder, count, n, error)
        return self.end()

    def close(self) -> None:
        """Ends the process."""
        self._process.communicate()


@cache
def _made() -> VectorIndex:
    return exact_index(writers.guidance(), HashingEncoder())


def check_index(folder: Path, done: Ended) -> None:
    """Opened by a new process' means, it is kept and holds every vector as it was made."""
    found, made = open_index(writers.guidance(), HashingEncoder(), folder / "cache"), _made()
    assert not found.note
    assert found.ids == made.ids
    assert np.abs(found.vectors - made.vectors).max() < 1e-6
    assert len([path for path in (folder / "cache").iterdir() if not path.suffix]) == 1


def check_workspace(folder: Path, done: Ended) -> None:
    """Every session comes back as it was saved, and another one can be saved."""
    workspace = Workspace.open(folder / "data" / "workspace.sqlite")
    sessions = workspace.sessions_of("C07")
    assert [session.analysis for session in sessions] == [writers.session(n) for n in range(len(sessions))]
    assert len(done.kept) <= len(sessions) <= len(done.kept) + 1
    workspace.save_session("C07", writers.session(0))
    assert [file.name for file in (folder / "data").iterdir()] == ["workspace.sqlite"]


def check_practice(folder: Path, done: Ended) -> None:
    """At most the last line is cut off, and it spoils no other."""
    found = kept(folder / "data" / FILE)
    sessions = [answer.session for answer in found.answers]
    assert sessions == [f"x9-{n}" for n in range(len(sessions))]
    assert len(done.kept) <= len(sessions) + len(found.damaged) <= len(done.kept) + 1
    assert len(sessions) >= len(done.kept)
    assert list(writers.practice(folder, 1)) == [0]
    assert len(kept(folder / "data" / FILE).answers) == len(sessions) + 1


def check_batch(folder: Path, done: Ended) -> None:
    """Run again to its end, it holds what an undisturbed run holds; what was done is not done again."""
    count = max(done.kept, default=0) + 3
    file = folder / "out" / "analyses.jsonl"
    before = file.read_bytes() if file.exists() else b""
    assert before.count(b"\n") >= len(done.kept)
    assert list(writers.batch(folder, count)) == list(range(count))
    whole = folder / "whole"
    list(writers.batch(whole, count))
    after = file.read_bytes()
    assert after == (whole / "out" / "analyses.jsonl").read_bytes()
    assert after.startswith(before[: before.rfind(b"\n") + 1])


def check_users(folder: Path, done: Ended) -> None:
    """The file of users is the old one or the new one."""
    file = folder / "data" / "users"
    found = read_users(file) if file.exists() else {}
    assert list(found) == [f"user{n}" for n in range(len(found))]
    assert len(done.kept) <= len(found) <= len(done.kept) + 1
    add_user(file, "another", "a long enough password")
    assert [path.name for path in file.parent.iterdir()] == ["users"]


CHECKS = {
    "index": check_index,
    "workspace": check_workspace,
    "practice": check_practice,
    "batch": check_batch,
    "users": check_users,
}
