"""Progress of long commands: a bar on a terminal, plain lines for what went wrong elsewhere."""

import sys
from collections.abc import Callable, Iterable, Iterator
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
