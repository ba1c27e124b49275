"""Users' own coded sessions as a set to measure on: text in the corpus format, JSONL with a session a line, or a table of turns.

Takes a path and gives a mapping from session id to coded session. It holds places in the files, not sessions: each session is
read again when it is asked for, so that a large set takes no more memory than a small one. Knows no detector and no suite.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path

from rupture.codebook import Family
from rupture.coding.case_formats import (
    JSONL,
    SOURCE,
    TABLE,
    Case,
    Piece,
    case_of_line,
    case_of_rows,
    lines,
    read_header,
    row_blocks,
)
from rupture.coding.codings import SessionCodes
from rupture.coding.sessions import read_sessions
from rupture.coding.values import CodedSession
from rupture.digests import digest_sessions
from rupture.errors import CorpusError
from rupture.formats.tables import Header

_TEXT = ".txt"
_EXPECTED = "expected a folder of *.txt in the corpus format, one such file, JSONL (.jsonl) or a table (.csv)"


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a session stands: `length` bytes from `start` on, beginning in line `line`; in text, the session number `start`."""

    file: Path
    line: int
    start: int
    length: int = 0


_Read = Callable[[_Place], Case]


@dataclass(frozen=True, slots=True, eq=False)
class CaseSet(Mapping[str, CodedSession]):
    """The sessions of a case set by id, in the order of their files. `digest` is that of all of them (`digest_sessions`); `tally`
    counts sessions, turns, and the turns that a majority of raters gave each family."""

    digest: str
    tally: Mapping[str, int]
    _places: Mapping[str, _Place]
    _read: _Read

    def __getitem__(self, id: str) -> CodedSession:
        """Reads the session; CorpusError when its file has changed since the set was opened."""
        return self._case(id).session

    def raters(self, id: str) -> Mapping[str, SessionCodes]:
        """What each rater of the session gave it, by name; empty where the set does not say who gave what."""
        return self._case(id).raters

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def _case(self, id: str) -> Case:
        place = self._places[id]
        case = self._read(place)
        if case.session.transcript.id != id:
            raise CorpusError(f"{place.file}: has changed while it was in use; run again")
        return case


def read_cases(path: Path) -> CaseSet:
    """The case set at `path`, all of it read once to check it. CorpusError with file, line and what was expected when a session
    breaks the format, two have the same id, or there is none."""
    places: dict[str, _Place] = {}
    tally: Counter[str] = Counter()
    found, read = _places(path)

    def checked() -> Iterator[CodedSession]:
        for place in found:
            session = read(place).session
            id = session.transcript.id
            if id in places:
                raise CorpusError(
                    f"{place.file}:{place.line}: this session id was used before ({places[id].file}:{places[id].line}); "
                    "give each session its own id, and keep the rows of a session together"
                )
            places[id] = place
            tally.update(tally_of(session))
            yield session

    digest = digest_sessions(checked())
    if not places:
        raise CorpusError(f"{path}: holds no session; {_EXPECTED}")
    return CaseSet(digest, tally, places, read)


def tally_of(session: CodedSession) -> Counter[str]:
    """What `CaseSet.tally` counts, of one session."""
    turns = range(len(session.transcript.turns))
    coded = {family.value: sum(session.reference(turn, family.value) is True for turn in turns) for family in Family}
    return Counter({"sessions": 1, "turns": len(turns)} | coded)


def _places(path: Path) -> tuple[Iterator[_Place], _Read]:
    """Where the sessions are, and what reads one."""
    suffix = path.suffix.lower()
    if path.is_dir():
        return _in_text(sorted(file for file in path.iterdir() if file.suffix == _TEXT and not file.name.startswith(".")))
    if not path.is_file():
        raise CorpusError(f"{path}: there is no such file or folder; {_EXPECTED}")
    if suffix == _TEXT:
        return _in_text([path])
    if suffix in JSONL:
        return _placed(path, lines(path)), _of_line
    if suffix in TABLE:
        header = read_header(path)
        return _placed(path, row_blocks(path, header)), partial(_of_rows, header)
    raise CorpusError(f"{path}: is a file of another kind; {_EXPECTED}")


def _in_text(files: Sequence[Path]) -> tuple[Iterator[_Place], _Read]:
    """One file at a time is held, since a session of it is read with all others of the file."""

    @lru_cache(maxsize=1)
    def cases_of(file: Path) -> list[Case]:
        return [Case(replace(session, source=SOURCE), {}) for session in read_sessions([file])]

    places = (
        _Place(file, (case.session.transcript.turns[0].line or 2) - 1, number)
        for file in files
        for number, case in enumerate(cases_of(file))
    )
    return places, lambda place: cases_of(place.file)[place.start]


def _placed(file: Path, pieces: Iterator[Piece]) -> Iterator[_Place]:
    return (_Place(file, piece.line, piece.start, len(piece.data)) for piece in pieces)


def _of_line(place: _Place) -> Case:
    return case_of_line(place.file, _piece(place))


def _of_rows(header: Header, place: _Place) -> Case:
    return case_of_rows(place.file, _piece(place), header)


def _piece(place: _Place) -> Piece:
    with place.file.open("rb") as file:
        file.seek(place.start)
        return Piece(place.line, place.start, file.read(place.length))
