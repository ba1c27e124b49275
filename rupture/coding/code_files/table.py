"""Codes in a table: CSV with a row a turn, or a row a code, of one coder or of several.

Takes `session, turn, codes` under these or other usual names, and where they are there `rater`, `confidence`, `split`, `role` or
`speaker`, and `text`; or session ratings, one row a session and rater. Reads what spreadsheets save: commas, semicolons or tabs,
with a byte order mark or without. Rows of uncoded turns may be left out; only a table that has every turn says which there are.
"""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rupture.coding.code_files.cells import original
from rupture.coding.code_files.marks import OWN, RATINGS, CodeFile, Mark, Rated, codes_in, place
from rupture.errors import CorpusError
from rupture.formats.roles import known_role
from rupture.transcript import Role, Transcript, Turn

_NAMES: Mapping[str, tuple[str, ...]] = {
    "session": ("session", "transcript_id", "session_id", "transcript"),
    "turn": ("turn", "utterance_id", "index", "turn_id"),
    "codes": ("codes", "code"),
    "rater": ("rater", "coder", "annotator"),
    "confidence": ("confidence",),
    "split": ("split",),
    "role": ("role", "interlocutor"),
    "speaker": ("speaker",),
    "text": ("text", "utterance_text"),
    **{name: (name,) for name in RATINGS},
}
"""Column → names it goes by, the plainest first."""
_DELIMITERS = ",;\t"
_EXPECTED = "the columns session, turn and codes, or session and the four ratings " + ", ".join(RATINGS)

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Table:
    """`rows` have the line they start on."""

    path: Path
    columns: frozenset[str]
    rows: Sequence[tuple[int, Row]]


def read_table(path: Path, split: str | None = None) -> CodeFile:
    """The codes or ratings in the file. `split` keeps the rows whose column `split` says so. CorpusError when the file cannot be
    read or lacks a column."""
    table = _table(path, split)
    if {"session", *RATINGS} <= table.columns:
        filled = [(line, row) for line, row in table.rows if any(row[name] for name in RATINGS)]
        problems = [problem for line, row in filled for problem in _problems(path, line, row)]
        return CodeFile(ratings=tuple(_rated(path, line, row) for line, row in filled), problems=tuple(problems))
    if not {"session", "turn", "codes"} <= table.columns:
        raise CorpusError(f"{path}: found the columns {_listed(table.columns)}; expected {_EXPECTED}")
    marks = [_mark(path, line, row) for line, row in table.rows if row["turn"].isdecimal()]
    problems = [problem for line, row in table.rows for problem in _problems(path, line, row)]
    return CodeFile(tuple(marks), (), _transcripts(table), tuple(problems))


def _listed(columns: frozenset[str]) -> str:
    return ", ".join(sorted(columns)) or "none that are known"


def _table(path: Path, split: str | None) -> _Table:
    text = _text(path)
    first = re.split(r"[\r\n]", text, maxsplit=1)[0]
    columns: dict[str, int] = {}
    delimiter = ","
    for sign in _DELIMITERS:
        found = _columns(next(csv.reader([first], delimiter=sign), []))
        if len(found) > len(columns):
            columns, delimiter = found, sign
    if split is not None and "split" not in columns:
        raise CorpusError(f"{path}: --split {split} was asked for, but the file has no column split")
    rows = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 0
    try:
        for cells in reader:
            start, line = line + 1, reader.line_num
            row = {name: original(cells[column].strip()) if column < len(cells) else "" for name, column in columns.items()}
            if start > 1 and any(row.values()) and split in (None, row.get("split")):
                rows.append((start, row))
    except csv.Error:
        raise CorpusError(f"{path}:{line + 1}: not a readable table row; check the quotation marks in it") from None
    return _Table(path, frozenset(columns), rows)


def _columns(header: Sequence[str]) -> dict[str, int]:
    names = {name.strip().casefold().replace(" ", "_"): column for column, name in reversed(list(enumerate(header)))}
    return {field: names[alias] for field, aliases in _NAMES.items() for alias in reversed(aliases) if alias in names}


def _text(path: Path) -> str:
    """The file's text. Spreadsheets save UTF-8, UTF-16 or Windows-1252; codes and numbers read the same in all of them."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CorpusError(f"{path}: cannot be read ({error.strerror}); expected a table of codes") from None
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    if data.startswith(b"PK\x03\x04"):
        raise CorpusError(f"{path}: is a workbook; save the sheet as CSV (comma separated, UTF-8) and hand in that file")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _problems(path: Path, line: int, row: Row) -> list[str]:
    """What keeps a row from saying anything."""
    where = place(path, line)
    problems = [f"{where}: has no {name}" for name in ("session", "rater") if not row.get(name, "filled")]
    if "turn" in row and not row["turn"].isdecimal():
        problems.append(f"{where}: expected the number of a turn, counted from 0, in the column turn")
    return problems


def _mark(path: Path, line: int, row: Row) -> Mark:
    where, codes = place(path, line), codes_in(row["codes"])
    return Mark(where, row.get("rater", OWN), row["session"], int(row["turn"]), codes, row.get("confidence", ""))


def _rated(path: Path, line: int, row: Row) -> Rated:
    withdrawal, confrontation, resolution, contribution = (row[name] for name in RATINGS)
    values = (withdrawal, confrontation, resolution, contribution)
    return Rated(place(path, line), row.get("rater", OWN), row["session"], values)


def _transcripts(table: _Table) -> dict[str, Transcript]:
    """The sessions of which the table has every turn, with who speaks."""
    sessions: dict[str, dict[int, Turn]] = defaultdict(dict)
    for turn, session in _turns(table):
        sessions[session].setdefault(turn.index, turn)
    return {
        session: Transcript(session, tuple(turns[index] for index in sorted(turns)))
        for session, turns in sessions.items()
        if len(turns) == max(turns) + 1
    }


def _turns(table: _Table) -> Iterator[tuple[Turn, str]]:
    for line, row in table.rows:
        role = known_role(row.get("role", "")) or known_role(row.get("speaker", ""))
        if row["turn"].isdecimal() and (role or row.get("role") or row.get("speaker")):
            name = row.get("speaker") or row["role"].capitalize()
            yield Turn(int(row["turn"]), name, role or Role.OTHER, row.get("text", ""), line), row["session"]
