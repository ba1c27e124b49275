"""One coded session from a line of JSON or from the rows of a table, and where in a file the sessions begin.

JSON is what a batch takes, `{"id": …, "turns": [{"role": …, "speaker": …, "text": …}]}`, with `codes` on turns and perhaps a
`rating`; a table has `session`, `speaker`, `role`, `text` and `codes`, a row a turn in order, and perhaps a `rater`. Text is
cleaned as that of any transcript. Errors name file, line and what was expected, and repeat no words.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from rupture.coding.code_files.cells import original
from rupture.coding.code_files.checks import mark_problems
from rupture.coding.code_files.marks import OWN, RATINGS, Mark, codes_in
from rupture.coding.codings import SessionCodes
from rupture.coding.values import CodedSession, Rating, votes_of
from rupture.errors import CorpusError, UnreadableTranscript
from rupture.formats.cleaning import plain
from rupture.formats.json_turns import load
from rupture.formats.objects import is_session, parsed_turns, turns_of
from rupture.formats.parsed import Utterance
from rupture.formats.roles import known_role
from rupture.formats.tables import Header, find_header
from rupture.transcript import Role, Transcript, Turn

SOURCE = "cases"
"""The source of sessions from a user's own case set."""
JSONL, TABLE = (".jsonl", ".ndjson"), (".csv", ".tsv")
"""What files of either kind end in."""

_OBJECT = 'expected a session, {"id": …, "turns": [{"role": …, "text": …, "codes": […]}, …]}'
_COLUMNS = "session, speaker, role, text, codes and, where several people coded, rater"
_LONGEST_ID = 100


@dataclass(frozen=True, slots=True)
class Case:
    """A coded session and, where a table has several raters, what each of them gave it."""

    session: CodedSession
    raters: Mapping[str, SessionCodes]


Row = Mapping[str, str]
"""A row's cells by the name of their column."""
Rows = Sequence[tuple[str, Row]]
"""Rows with their places, as errors tell them."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes of a file that hold one session: the line they begin in, from 1, and where."""

    line: int
    start: int
    data: bytes


def lines(file: Path) -> Iterator[Piece]:
    """The lines that are not blank."""
    start = 0
    with _opened(file) as stream:
        for line, data in enumerate(stream, start=1):
            if data.strip(b"\xef\xbb\xbf \t\r\n"):
                yield Piece(line, start, data)
            start += len(data)


def read_header(file: Path) -> Header:
    """The columns of a table; CorpusError when one is missing."""
    with _opened(file) as stream:
        line = _text(file, 1, stream.readline())
    header = find_header(line)
    if header is None:
        raise CorpusError(f"{file}:1: expected a header row with the columns {_COLUMNS}")
    names = [name.strip().casefold() for name in next(csv.reader([line], delimiter=header.delimiter))]
    columns = dict(header.columns) | {name: names.index(name) for name in ("codes", "rater") if name in names}
    if missing := {"session", "codes"} - columns.keys():
        raise CorpusError(f"{file}:1: there is no column {' and no column '.join(sorted(missing))}; expected {_COLUMNS}")
    return Header(header.delimiter, columns, header.width)


def row_blocks(file: Path, header: Header) -> Iterator[Piece]:
    """The rows below the header, those of one session that stand together as one piece."""
    with _opened(file) as stream:
        block = Piece(2, len(stream.readline()), b"")
        current: str | None = None
        for row, cells in _records(file, stream, header, block.line, block.start):
            session = _cells(cells, header)["session"]
            if current is not None and session != current and any(cells):
                yield block
                block = Piece(row.line, row.start, b"")
            current = session if any(cells) else current
            block = Piece(block.line, block.start, block.data + row.data)
        if current is not None:
            yield block


def case_of_line(file: Path, piece: Piece) -> Case:
    """The session in one line of JSON; its codes are those of one rater."""
    where = f"{file}:{piece.line}"
    try:
        data = load(_text(file, piece.line, piece.data), piece.line)
        items = turns_of(data)
        if not is_session(data) or not items:
            raise CorpusError(f"{where}: {_OBJECT}")
        utterances = parsed_turns((None, item) for item in items).utterances
    except UnreadableTranscript as error:
        raise CorpusError(f"{where}: {error}") from None
    places = [f"{where}, turn {turn}" for turn in range(len(items))]
    transcript = Transcript(_id(where, data.get("id")), _turns(utterances, places))
    codes = [_listed(place, item.get("codes")) for place, item in zip(places, items, strict=True)]
    votes = votes_of([_checked(transcript, codes, places)], transcript)
    setting, modality = _word(data.get("setting")), _word(data.get("modality"))
    return Case(CodedSession(transcript, votes, _rating(where, data.get("rating")), SOURCE, setting, modality), {})


def case_of_rows(file: Path, piece: Piece, header: Header) -> Case:
    """The session in the rows of a table; each rater has a row a turn, and all of them count alike."""
    raters: dict[str, list[tuple[str, Row]]] = {}
    for row, cells in _records(file, BytesIO(piece.data), header, piece.line, piece.start):
        if any(cells):
            where = f"{file}:{row.line}"
            _check_width(where, cells, header)
            found = _cells(cells, header)
            raters.setdefault(found.get("rater", ""), []).append((where, found))
    first, *others = raters.values()
    for rows in others:
        _check_same(first, rows)
    utterances = [
        Utterance(original(row.get("speaker", "")) or row.get("role", ""), original(row["text"]), role=row.get("role") or None)
        for _, row in first
    ]
    places = [where for where, _ in first]
    transcript = Transcript(_id(places[0], first[0][1]["session"]), _turns(utterances, places))
    codes = {
        rater: _checked(transcript, [codes_in(row["codes"]) for _, row in rows], [where for where, _ in rows])
        for rater, rows in raters.items()
    }
    session = CodedSession(transcript, votes_of(list(codes.values()), transcript), None, SOURCE)
    return Case(session, {rater: SessionCodes(given) for rater, given in codes.items()} if others else {})


def _opened(file: Path) -> BinaryIO:
    try:
        return file.open("rb")
    except OSError as error:
        raise CorpusError(f"{file}: cannot be read ({error.strerror}); expected a file of coded sessions") from None


def _text(file: Path, line: int, data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CorpusError(f"{file}:{line}: is not UTF-8; save the file as UTF-8 (in Excel: CSV UTF-8)") from None


def _records(file: Path, stream: Iterable[bytes], header: Header, line: int, start: int) -> Iterator[tuple[Piece, list[str]]]:
    """Each row with its cells; a row has several lines where words in quotation marks have."""
    taken: list[bytes] = []

    def texts() -> Iterator[str]:
        for number, data in enumerate(stream, start=first):
            taken.append(data)
            yield _text(file, number, data)

    first = line
    reader = csv.reader(texts(), delimiter=header.delimiter, strict=True)
    try:
        for cells in reader:
            row = Piece(line, start, b"".join(taken))
            taken.clear()
            line, start = first + reader.line_num, start + len(row.data)
            yield row, [cell.strip() for cell in cells]
    except csv.Error:
        raise CorpusError(f"{file}:{line}: is not a readable table row; check the quotation marks in it") from None


def _cells(cells: Sequence[str], header: Header) -> dict[str, str]:
    return {name: cells[column] if column < len(cells) else "" for name, column in header.columns.items()}


def _check_width(where: str, cells: Sequence[str], header: Header) -> None:
    if any(cells[header.width :]):
        sign = header.delimiter
        raise CorpusError(f"{where}: has more cells than the header; put quotation marks around words that hold {sign!r}")
    if len(cells) <= header.columns["text"]:
        raise CorpusError(f"{where}: has fewer cells than the header; expected {_COLUMNS}")


def _check_same(first: Rows, rows: Rows) -> None:
    if len(rows) != len(first):
        where, found = rows[0][0], f"{len(rows)} rows of the session, the first one {len(first)}"
        raise CorpusError(f"{where}: this rater has {found}; expected a row a turn of each")
    for (where, row), (_, same) in zip(rows, first, strict=True):
        if any(row.get(name) != same.get(name) for name in ("speaker", "role", "text")):
            raise CorpusError(f"{where}: has other words or another speaker than the first rater's row of this turn")


def _turns(utterances: Sequence[Utterance], places: Sequence[str]) -> tuple[Turn, ...]:
    turns: list[Turn] = []
    roles: dict[str, Role] = {}
    for index, (utterance, where) in enumerate(zip(utterances, places, strict=True)):
        speaker, role = plain(utterance.speaker)[0].strip(), _role(utterance)
        if role is None:
            raise CorpusError(f"{where}: does not say who speaks; expected the role therapist, client or other")
        if roles.setdefault(speaker, role) is not role:
            raise CorpusError(f"{where}: this speaker has another role further up; expected one role a speaker")
        turns.append(Turn(index, speaker, role, plain(utterance.text)[0].strip()))
    return tuple(turns)


def _role(utterance: Utterance) -> Role | None:
    """What the role says, or where none is given what the speaker's label says."""
    word = (utterance.role or utterance.speaker).strip().casefold()
    return Role(word) if word in set(Role) else known_role(word)


def _checked(transcript: Transcript, codes: Sequence[tuple[str, ...]], places: Sequence[str]) -> dict[int, tuple[str, ...]]:
    """One rater's codes by turn, for turns that have any."""
    for turn, (given, where) in enumerate(zip(codes, places, strict=True)):
        for problem in mark_problems(transcript, Mark(where, OWN, transcript.id, turn, given)):
            raise CorpusError(problem)
    return {turn: given for turn, given in enumerate(codes) if given}


def _listed(where: str, given: Any) -> tuple[str, ...]:
    """Codes as JSON has them: a list, or one text."""
    if given is None:
        return ()
    found = [given] if isinstance(given, str) else given
    if not isinstance(found, list) or not all(isinstance(code, str) for code in found):
        raise CorpusError(f'{where}: found codes that are not a list of texts; expected such as ["W2", "W5"]')
    return codes_in(" ".join(found))


def _rating(where: str, given: Any) -> Rating | None:
    if given is None:
        return None
    if isinstance(given, Mapping) and {"resolution", *given} == set(RATINGS):
        numbers: list[Any] = [given.get(name) for name in RATINGS]
        fitting = [isinstance(n, int | float) and not isinstance(n, bool) and 1 <= n <= 5 for n in numbers]
        if all(fits or (name == "resolution" and n is None) for name, n, fits in zip(RATINGS, numbers, fitting, strict=True)):
            return Rating(*numbers)
    raise CorpusError(
        f"{where}: found a rating of another form; expected {', '.join(RATINGS)}, each from 1 to 5, and null for the "
        "resolution where there was no rupture"
    )


def _id(where: str, given: Any) -> str:
    id = str(given).strip() if isinstance(given, str | int) else ""
    if not id or not id.isprintable() or len(id) > _LONGEST_ID:
        raise CorpusError(f"{where}: expected a session id of 1 to {_LONGEST_ID} visible characters")
    return id


def _word(given: Any) -> str:
    return given.strip() if isinstance(given, str) else ""
