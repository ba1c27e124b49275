"""Progress of long commands: a bar on a terminal; elsewhere plain lines, a few seconds apart."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TextIO, TypeVar

from rupture.evaluation.runs import Telling

Item = TypeVar("Item")

APART = 5.0
"""Seconds between two plain lines of one step."""


def counted(items: Iterable[Item], noun: str, line: Callable[[Item], str], total: int | None = None) -> Iterator[Item]:
    """Passes `items` on, showing how many are done; away from a terminal one `line` an item goes to standard error."""
    if not sys.stderr.isatty():
        for item in items:
            sys.stderr.write(line(item) + "\n")
            yield item
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        yield from progress.track(items, total=total, description=noun)


@contextmanager
def bar(*, quiet: bool = False) -> Iterator[Telling]:
    """A function to tell of steps done: a bar a step on a terminal, plain lines elsewhere, nothing when `quiet`."""
    if quiet:
        yield lambda step, done, total, failed=0: None
        return
    if not sys.stderr.isatty():
        yield plain_lines(sys.stderr)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[failed]}"))
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True)) as progress:
        tasks: dict[str, TaskID] = {}

        def tell(step: str, done: int, total: int, failed: int = 0) -> None:
            if step not in tasks:
                tasks[step] = progress.add_task(step, total=total, failed="")
            progress.update(tasks[step], completed=done, total=total, failed=_failed(failed))

        yield tell


def plain_lines(stream: TextIO, now: Callable[[], float] = monotonic) -> Telling:
    """Tells of a step when it ends, and before that once in APART seconds, with the time it may still take."""
    begun: dict[str, tuple[float, int]] = {}
    told: dict[str, float] = {}

    def tell(step: str, done: int, total: int, failed: int = 0) -> None:
        time = now()
        start, before = begun.setdefault(step, (time, done))
        if done < total and time - told.setdefault(step, start) < APART:
            return
        told[step] = time
        left = (time - start) / (done - before) * (total - done) if before < done < total else 0.0
        parts = [f"{done:,} of {total:,}", _failed(failed), f"about {_duration(left)} left" if left else ""]
        stream.write(f"{step}: {', '.join(filter(None, parts))}\n")

    return tell


def _failed(number: int) -> str:
    return f"{number:,} failed" if number else ""


def _duration(seconds: float) -> str:
    """`40 s`, `12 min`, `3 h 5 min`."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
