"""Many transcripts, one at a time: a folder, a glob, or one file that may hold several sessions. Memory stays constant."""

import glob
import itertools
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from rupture.errors import UnreadableTranscript
from rupture.formats.cleaning import MAX_TEXT, clean, decode, encoding_of, marked_encoding
from rupture.formats.convokit import conversation, conversation_of, conversations, is_beside
from rupture.formats.json_turns import JSON, load, parsed_session, sessions_of
from rupture.formats.jsonl import JSONL
from rupture.formats.labelled import LABELLED
from rupture.formats.objects import is_session, parsed_turns, turns_of
from rupture.formats.reading import MAX_TURNS, Reading, bytes_of, read_file, reading
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


def read_many(path: Path | str, leave_out: Iterable[Path] = ()) -> Iterator[Source]:
    """Each transcript at `path`: a folder (with its subfolders), a glob, or one file. Of several files those to `leave_out`, such
    as the batch's own results, are none.

    A JSONL file may hold a session a line, JSON a list of sessions, and a table a session column. Ids are the sessions' own, else
    the file's name; with several files, sessions are named `file/session`.
    """
    path = Path(path)
    if path.is_file():
        yield from _sources(path.stem, path, "")
        return
    for id, file in _files(path, {file.resolve() for file in leave_out}):
        yield from _sources(id, file, f"{id}/")


def _files(path: Path, leave_out: Container[Path]) -> list[tuple[str, Path]]:
    """Files and their ids: the path below the folder, without the suffix unless two files differ in nothing else."""
    root = path if path.is_dir() else Path(*itertools.takewhile(lambda part: not glob.has_magic(part), path.parts))
    found = root.rglob("*") if path.is_dir() else map(Path, glob.iglob(str(path), recursive=True))
    filled = (file for file in found if file.is_file() and not file.name.startswith(".") and not is_beside(file))
    files = sorted(file for file in filled if file.resolve() not in leave_out)
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
        if file.suffix.lower() in JSONL.suffixes and _names_conversations(head):
            yield from _conversations(id, prefix, file)
            return
    except OSError as error:
        yield _unreadable(id, f"{file}: cannot be opened ({error.strerror}). Check that you may read it.")
        return
    if header := _session_header(file, head):
        yield from _sessions_by_row(id, prefix, file, header)
    elif len(sessions := _sessions_in_json(file)) > 1:
        yield from (_session_at(f"{id}:{number}", prefix, data) for number, data in enumerate(sessions, start=1))
    else:
        yield Source(id, lambda: read_file(file))


def _sessions_in_json(file: Path) -> Sequence[Any]:
    """The sessions in a JSON file of several; none where it cannot be read, which reading it says."""
    if file.suffix.lower() not in JSON.suffixes:
        return ()
    try:
        return sessions_of(load(clean(decode(bytes_of(file))[0])[0], None))
    except UnreadableTranscript:
        return ()


def _session_at(fallback: str, prefix: str, data: Any) -> Source:
    id = _own_id(fallback, prefix, data)
    return Source(id, lambda: reading(id, JSON, parsed_session(data)))


def _own_id(fallback: str, prefix: str, data: Any) -> str:
    """The id of a session that has one, else the `fallback`."""
    return prefix + str(data["id"]) if isinstance(data, Mapping) and data.get("id") not in (None, "") else fallback


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


def _names_conversations(head: bytes) -> bool:
    """Whether the first filled line is a turn that says which conversation it belongs to."""
    line = head.lstrip(b"\xef\xbb\xbf \t\r\n").partition(b"\n")[0]
    try:
        return conversation_of(load(decode(line)[0], 1)) is not None
    except UnreadableTranscript:
        return False


def _conversations(id: str, prefix: str, file: Path) -> Iterator[Source]:
    for name, places in conversations(file).items():
        if name:
            yield Source(prefix + name, partial(_conversation, prefix + name, file, places))
        else:
            first = f"{places[0][0]}"
            yield _unreadable(
                f"{id}:{first}", f"line {first}: no turn that names its conversation; {len(places)} such lines in all."
            )


def _conversation(id: str, file: Path, places: list[tuple[int, int]]) -> Reading:
    return reading(id, JSONL, conversation(file, places))


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
    id = _own_id(fallback, prefix, data)
    return Source(id, lambda: reading(id, JSONL, parsed_turns((None, turn) for turn in turns), notes))


def _session_header(file: Path, head: bytes) -> Header | None:
    """The header of a table with a session column, which may be in a file of plain text too."""
    if file.suffix.lower() not in (*TABLE.suffixes, *LABELLED.suffixes):
        return None
    lines = head.decode(marked_encoding(head) or "utf-8", errors="replace").splitlines()
    header = find_header(lines[0]) if lines else None
    return header if header and "session" in header.columns else None


def _sessions_by_row(id: str, prefix: str, file: Path, header: Header) -> Iterator[Source]:
    seen: set[str | None] = set()
    encoding, notes = encoding_of(file)
    with file.open(encoding=encoding, errors="replace", newline="") as stream:
        stream.readline()
        for session, group in itertools.groupby(_rows_to_the_break(stream, header), key=lambda row: row.session):
            found = list(itertools.islice(group, MAX_TURNS + 1))
            name = f"{prefix}{session}" if session else f"{id}:{found[0].line}"
            if session == _BROKEN:
                yield _unreadable(id, found[0].reason)
            elif session in seen:
                yield _unreadable(name, f"line {found[0].line}: more rows of an earlier session. Sort the table by session.")
            else:
                yield Source(name, partial(_reading_of_rows, name, found, notes))
            seen.add(session)


def _rows_to_the_break(lines: Iterable[str], header: Header) -> Iterator[Row]:
    """The rows, and where the quoting breaks a last one that says so: the sessions above it are sound."""
    try:
        yield from rows(lines, header)
    except UnreadableTranscript as error:
        yield Row(0, _BROKEN, None, str(error))


def _reading_of_rows(id: str, found: list[Row], notes: tuple[str, ...]) -> Reading:
    return reading(id, TABLE, parsed_rows(found), notes)
