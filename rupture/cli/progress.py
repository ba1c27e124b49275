"""Progress of long commands: a bar on a terminal, plain lines for what went wrong elsewhere."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

Item = TypeVar("Item")


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
def bar() -> Iterator[Callable[[str, int, int], None]]:
    """A function to tell of steps done: a bar a step on a terminal, a line a step elsewhere."""
    if not sys.stderr.isatty():
        yield _line
        return
    from rich.console import Console
    from rich.progress import Progress, TaskID

    with Progress(console=Console(stderr=True)) as progress:
        tasks: dict[str, TaskID] = {}

        def tell(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = progress.add_task(step)
            progress.update(tasks[step], completed=done, total=total)

        yield tell


def _line(step: str, done: int, total: int) -> None:
    sys.stderr.write(f"{step}: {done} of {total}\n")
