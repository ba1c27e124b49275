"""Many transcripts, one at a time: a folder, a glob, or one file that may hold several sessions. Memory stays constant."""

import glob
import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

from rupture.errors import UnreadableTranscript
from rupture.formats.cleaning import MAX_TEXT, clean, decode
from rupture.formats.json_turns import load
from rupture.formats.jsonl import JSONL
from rupture.formats.objects import is_session, parsed_turns, turns_of
from rupture.formats.reading import MAX_TURNS, Reading, read_file, reading
from rupture.formats.tables import TABLE, Header, Row, find_header, parsed_rows, rows

_HEAD = 64_000
_LONGEST_LINE = 4 * MAX_TEXT
_BROKEN = "\0"


@dataclass(frozen=True, slots=True)
class Source:
    """One transcript of a batch. It is read when asked for, so that a bad one can be set aside and the batch goes on."""

    id: str
    read: Callable[[], Reading]
    """The reading; UnreadableTranscript when this one cannot be read."""


def read_many(path: Path | str) -> Iterator[Source]:
    """Each transcript at `path`: a folder (with its subfolders), a glob, or one file.

    A JSONL file may hold a session a line and a table a session column. Ids are the sessions' own, else the file's name;
    with several files, sessions are named `file/session`.
    """
    path = Path(path)
    if path.is_file():
        yield from _sources(path.stem, path, "")
        return
    for id, file in _files(path):
        yield from _sources(id, file, f"{id}/")


def _files(path: Path) -> list[tuple[str, Path]]:
    """Files and their ids: the path below the folder, without the suffix unless two files differ in nothing else."""
    root = path if path.is_dir() else Path(*itertools.takewhile(lambda part: not glob.has_magic(part), path.parts))
    found = root.rglob("*") if path.is_dir() else map(Path, glob.iglob(str(path), recursive=True))
    files = sorted(file for file in found if file.is_file() and not file.name.startswith("."))
    if not files:
        raise UnreadableTranscript(f"{path}: found no file, expected a transcript, a folder or a pattern. Check the path.")
    names = [file.relative_to(root) for file in files]
    short = [name.with_suffix("").as_posix() for name in names]
    shared = {name for name, again in itertools.pairwise(sorted(short)) if name == again}
    return [(name.as_posix() if plain in shared else plain, file) for name, plain, file in zip(names, short, files, strict=True)]


def _sources(id: str, file: Path, prefix: str) -> Iterator[Source]:
    try:
        with file.open("rb") as stream:
            head = stream.read(_HEAD)
            if file.suffix.lower() in JSONL.suffixes and _holds_sessions(head):
                stream.seek(0)
                yield from _sessions_by_line(id, prefix, stream)
                return
    except OSError as error:
        yield _unreadable(id, f"{file}: cannot be opened ({error.strerror}). Check that you may read it.")
        return
    header = _session_header(file, head)
    if header is None:
        yield Source(id, lambda: read_file(file))
    else:
        yield from _sessions_by_row(id, prefix, file, header)


def _unreadable(id: str, message: str) -> Source:
    def fail() -> Reading:
        raise UnreadableTranscript(message)

    return Source(id, fail)


def _holds_sessions(head: bytes) -> bool:
    """Whether the first filled line is, or seems to be, an object with a list of turns."""
    line = head.lstrip(b"\xef\xbb\xbf \t\r\n").partition(b"\n")[0]
    try:
        return is_session(load(decode(line)[0], 1))
    except UnreadableTranscript:
        return b'"turns"' in line or b'"utterances"' in line or len(line) > _HEAD // 2


def _sessions_by_line(id: str, prefix: str, stream: BinaryIO) -> Iterator[Source]:
    for number in itertools.count(1):
        line = stream.readline(_LONGEST_LINE)
        if not line:
            return
        if len(line) == _LONGEST_LINE and not line.endswith(b"\n"):
            while line and not line.endswith(b"\n"):
                line = stream.readline(_LONGEST_LINE)
            yield _unreadable(f"{id}:{number}", f"line {number}: longer than {_LONGEST_LINE:,} bytes. Split the session.")
        elif line.strip():
            yield _session_in(f"{id}:{number}", prefix, number, line)


def _session_in(fallback: str, prefix: str, number: int, line: bytes) -> Source:
    """The session in one line, with its own id where it has one."""
    try:
        text, notes = decode(line)
        data = load(clean(text.strip())[0], number)
        turns = turns_of(data)
        if not is_session(data) or turns is None:
            raise UnreadableTranscript(f"line {number}: expected an object with a list of turns.")
    except UnreadableTranscript as error:
        return _unreadable(fallback, str(error))
    id = prefix + str(data["id"]) if data.get("id") not in (None, "") else fallback
    return Source(id, lambda: reading(id, JSONL, parsed_turns((None, turn) for turn in turns), notes))


def _session_header(file: Path, head: bytes) -> Header | None:
    """The header of a table with a session column."""
    if file.suffix.lower() not in TABLE.suffixes:
        return None
    header = find_header(head.decode("utf-8-sig", errors="replace").splitlines()[0]) if head.strip() else None
    return header if header and "session" in header.columns else None


def _sessions_by_row(id: str, prefix: str, file: Path, header: Header) -> Iterator[Source]:
    seen: set[str | None] = set()
    with file.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
        stream.readline()
        for session, group in itertools.groupby(_rows_to_the_break(stream, header), key=lambda row: row.session):
            found = list(itertools.islice(group, MAX_TURNS + 1))
            name = f"{prefix}{session}" if session else f"{id}:{found[0].line}"
            if session == _BROKEN:
                yield _unreadable(id, found[0].reason)
            elif session in seen:
                yield _unreadable(name, f"line {found[0].line}: more rows of an earlier session. Sort the table by session.")
            else:
                yield Source(name, partial(_reading_of_rows, name, found))
            seen.add(session)


def _rows_to_the_break(lines: Iterable[str], header: Header) -> Iterator[Row]:
    """The rows, and where the quoting breaks a last one that says so: the sessions above it are sound."""
    try:
        yield from rows(lines, header)
    except UnreadableTranscript as error:
        yield Row(0, _BROKEN, None, str(error))


def _reading_of_rows(id: str, found: list[Row]) -> Reading:
    return reading(id, TABLE, parsed_rows(found))
