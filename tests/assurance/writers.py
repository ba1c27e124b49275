"""Programs that write what is kept, to be killed, starved or raced: `python -m tests.assurance.writers`, once for each process.

Takes orders as JSON lines, `[what, folder, how many, n, error]`, and forks for each, since its imports take longer than the work;
with `failing.c` loaded, the n-th call on a file below the folder fails. Says `began PID`, then the number of each entry once it
is kept, then `refused TEXT` where an error of ours ended it, `noted TEXT`, `hit N` and `ended CODE`.
"""

import ctypes
import errno
import json
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache, partial
from itertools import islice
from pathlib import Path

import chromadb  # noqa: F401 - before the fork

from rupture.analyse import Decisions, analyse
from rupture.analysis import Analysis, ModelCard, State
from rupture.batch import run_batch
from rupture.errors import RuptureError
from rupture.fakes import ScriptedDetector
from rupture.formats import Source, read
from rupture.guidance import documents
from rupture.guidance.index import open_index
from rupture.guidance.values import Guidance
from rupture.practice.returning import Answer
from rupture.practice.store import FILE, keep
from rupture.resources import CORPUS
from rupture.transcript import Role, Transcript, Turn
from rupture.ui.login import add_user
from rupture.workspace import Workspace
from tests.guidance.small_corpus import HashingEncoder

DIGEST = "a" * 64
TALK = "T: How was the week?\nC: Fine, I suppose.\nT: You suppose?\nC: I will do whatever you think is best.\n" * 20


@cache
def guidance() -> Guidance:
    """Enough of the corpus for an index of several files, and little enough to build it hundreds of times."""
    whole = documents.load(CORPUS)
    return replace(whole, passages=dict(islice(whole.passages.items(), 200)), digest="some")


def session(number: int) -> Analysis:
    """An analysis that fills a few pages of the file."""
    turns = tuple(Turn(i, "C", Role.CLIENT, f"turn {i} of {number} " + "and so on " * 20) for i in range(20))
    return Analysis(Transcript(f"s{number}", turns), State.ANALYSED, scores=({},) * len(turns))


def index(folder: Path, _: int) -> Iterator[int]:
    """The index of the guidance, under an encoder that takes no time."""
    found = open_index(guidance(), HashingEncoder(), folder / "cache")
    if found.note:
        say(f"noted {found.note}")
    yield len(found.ids)


def workspace(folder: Path, count: int) -> Iterator[int]:
    """Sessions of one client; the number said is that of the session."""
    kept = Workspace.open(folder / "data" / "workspace.sqlite")
    for number in range(count):
        kept.save_session("C07", session(number))
        yield number


def practice(folder: Path, count: int) -> Iterator[int]:
    """Answers of a trainee."""
    for number in range(count):
        keep(folder / "data" / FILE, Answer(("W5", None), f"x9-{number}", 1, ("W5",), True, "2026-03-01T10:00:00+00:00"))
        yield number


def batch(folder: Path, count: int) -> Iterator[int]:
    """Analyses, one line each."""

    def analysed(transcript: Transcript) -> Analysis:
        return analyse(transcript, ScriptedDetector({}), Decisions(model=ModelCard("fake", DIGEST, ())))

    sources = (Source(str(number), partial(read, TALK, id=str(number))) for number in range(count))
    for outcome in run_batch(sources, analysed, folder / "out" / "analyses.jsonl", digest=DIGEST):
        yield int(outcome.id)


def users(folder: Path, count: int) -> Iterator[int]:
    """Users with passwords."""
    for number in range(count):
        add_user(folder / "data" / "users", f"user{number}", "a long enough password")
        yield number


WRITERS: dict[str, Callable[[Path, int], Iterator[int]]] = {
    "index": index,
    "workspace": workspace,
    "practice": practice,
    "batch": batch,
    "users": users,
}


def say(words: str) -> None:
    """One line, at once."""
    os.write(1, f"{words}\n".encode())


def _work(what: str, folder: Path, count: int, n: int, error: str) -> int:
    """Exit code: 0 done, 3 refused with an error of ours."""
    failing = ctypes.CDLL(None) if n else None
    if failing:
        failing.fail_below(str(folder).encode(), n, getattr(errno, error))
    try:
        for number in WRITERS[what](folder, count):
            say(str(number))
        code = 0
    except RuptureError as refusal:
        say(f"refused {refusal}")
        code = 3
    if failing:
        say(f"hit {failing.failed()}")
    return code


def main() -> None:
    """Works until there are no more orders."""
    guidance()
    say("ready")
    for line in sys.stdin:
        what, folder, count, n, error = json.loads(line)
        child = os.fork()
        if child == 0:
            say(f"began {os.getpid()}")
            code = 1
            try:
                code = _work(what, Path(folder), count, n, error)
            except BaseException as mishap:  # also the panics of native code
                say(f"raised {type(mishap).__name__}: {mishap}")
            finally:
                os._exit(code)
        say(f"ended {os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}")


if __name__ == "__main__":
    main()
