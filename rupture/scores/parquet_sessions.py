"""Sessions in a Parquet file: one a row with a list of turns, or one turn a row with a column that names the session. Columns go
by the names of `rupture.formats.fields`."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO

from rupture.errors import MissingPackage, UnreadableTranscript
from rupture.formats import Reading, Source
from rupture.formats.fields import EXPECTED, field_names, is_transcript
from rupture.formats.objects import TURN_LISTS, parsed_turns, turns_of
from rupture.formats.reading import MAX_TURNS, reading
from rupture.formats.tables import TABLE

if TYPE_CHECKING:
    import pyarrow as pa

_ROWS = 256
"""Rows in memory at a time."""


def parquet_sessions(id: str, prefix: str, stream: BinaryIO) -> Iterator[Source]:
    """Each session of the file in `stream`, with `prefix` before its own id, or `ID:ROW` where it has none. A file that is no
    Parquet, or has other columns, gives one session that says so."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise MissingPackage("Parquet", "ray") from None
    try:
        file = pq.ParquetFile(stream)
        columns = {field.name: field.type for field in file.schema_arrow}
        session = field_names(columns).get("session")
        rows = (row for batch in file.iter_batches(batch_size=_ROWS) for row in batch.to_pylist())
        if any(name in TURN_LISTS and _is_list(kind) for name, kind in columns.items()):
            yield from _by_row(id, prefix, rows)
        elif not is_transcript(field_names(columns)):
            yield unreadable(id, f"{id}: expected a column with lists of turns, or columns with {EXPECTED}.")
        elif session and pa.types.is_nested(columns[session]):
            yield unreadable(id, f"{id}: the column that names the session holds lists or objects, expected text or numbers.")
        else:
            yield from _by_group(id, prefix, rows, session)
    # What is damaged shows as an OSError too; text that is no UTF-8, and times beyond the calendar, as the last two.
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        yield unreadable(f"{id}:unread", f"{id}: cannot be read as Parquet ({type(error).__name__}). Write it again.")


def _is_list(kind: "pa.DataType") -> bool:
    import pyarrow as pa

    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind))


def _by_row(id: str, prefix: str, rows: Iterator[Mapping[str, Any]]) -> Iterator[Source]:
    for number, row in enumerate(rows, start=1):
        own = next(
            (row[name] for name in ("id", field_names(row).get("session")) if name and row.get(name) not in (None, "")), None
        )
        name = f"{id}:{number}" if own is None else f"{prefix}{own}"
        turns = turns_of(row)
        if turns is None:
            yield unreadable(name, f"row {number}: expected a list of turns.")
        else:
            yield Source(name, partial(_reading, name, turns))


def _by_group(id: str, prefix: str, rows: Iterator[Mapping[str, Any]], session: str | None) -> Iterator[Source]:
    seen: set[object] = set()
    numbered = enumerate(rows, start=1)
    for own, group in itertools.groupby(numbered, key=lambda item: item[1][session] if session else None):
        found = list(itertools.islice(group, MAX_TURNS + 1))
        first = found[0][0]
        name = f"{prefix}{own}" if own not in (None, "") else id if session is None else f"{id}:{first}"
        if own in seen:
            yield unreadable(f"{name}:{first}", f"row {first}: more rows of an earlier session. Sort the table by session.")
        else:
            yield Source(name, partial(_reading, name, [row for _, row in found]))
        seen.add(own)


def _reading(id: str, turns: Sequence[Any]) -> Reading:
    return reading(id, TABLE, parsed_turns((None, turn) for turn in turns))


def unreadable(id: str, message: str) -> Source:
    """A session that is set aside with `message`."""

    def fail() -> Reading:
        raise UnreadableTranscript(message)

    return Source(id, fail)
