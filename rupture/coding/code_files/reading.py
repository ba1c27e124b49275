"""From what a user names on the command line to what the files say: the one table of formats, and whose codes they are.

An argument is a file, a folder of one coder's files, a folder of ours with `turn_codes.csv`, or either with a name in front:
`anna=codes.csv`. A file that names no coder belongs to whoever its name, or the folder's, says.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from rupture.coding.code_files.coded_sessions import HEADER, read_coded_sessions
from rupture.coding.code_files.elan import read_elan
from rupture.coding.code_files.inception import read_inception
from rupture.coding.code_files.label_studio import read_label_studio
from rupture.coding.code_files.marks import OWN, CodeFile
from rupture.coding.code_files.table import read_table
from rupture.errors import CorpusError

FORMATS: Mapping[str, Callable[[Path], CodeFile]] = {
    HEADER: read_coded_sessions,
    "#FORMAT=WebAnno": read_inception,
    "<": read_elan,
    "[": read_label_studio,
    "{": read_label_studio,
}
"""What a file begins with, and who reads it; everything else is a table."""
TURN_CODES, SESSION_RATINGS = "turn_codes.csv", "session_ratings.csv"
NOT_CODES = ("manifest.json", "tasks.json")
"""What else lies in the folder of a coding kit."""

_SUFFIXES = (".csv", ".tsv", ".txt", ".json", ".eaf")


def read_argument(argument: str, split: str | None = None) -> Iterator[tuple[Path, CodeFile]]:
    """Each file the argument stands for, with every coder named. `split` keeps the rows of tables that say so."""
    name, path = _name_and_path(argument)
    folder = path.is_dir() and not (path / TURN_CODES).is_file()
    files = files_in(path) if folder else [path / TURN_CODES if path.is_dir() else path]
    for file in files:
        found = _read(file, split)
        yield file, owned(file, found, name, path.resolve().name if folder else "")
        beside = file.with_name(SESSION_RATINGS)
        several = not name and any(mark.coder != OWN for mark in found.marks)
        if several and beside not in files and beside.is_file() and not _beginning(file):
            yield beside, owned(beside, read_table(beside, split), name)


def files_in(folder: Path) -> list[Path]:
    """The files of codes in the folder and those below it, in order; CorpusError when there is none."""
    files = [file for file in sorted(folder.rglob("*")) if file.suffix.lower() in _SUFFIXES and file.name not in NOT_CODES]
    if not files:
        raise CorpusError(f"{folder}: found no file of codes there; expected {', '.join(_SUFFIXES)}")
    return files


def read_codes(path: Path) -> CodeFile:
    """What the file says, in whichever of the formats, and as it says it; CorpusError when it can be read in none."""
    return _read(path, None)


def owned(path: Path, file: CodeFile, name: str = "", fallback: str = "") -> CodeFile:
    """The same file with its coders named: all `name` if one is given, else as they are. Whoever is not named is the `fallback`,
    or without one what the file is called. CorpusError when `name` is given to several."""
    coders = {entry.coder for entry in file.entries}
    if name and len(coders) > 1:
        raise CorpusError(f"{path}: holds the codes of {len(coders)} coders, so it cannot be named {name!r}; leave the name out")

    def named(coder: str) -> str:
        return name or coder or fallback or path.stem.partition(".")[0]

    return replace(
        file,
        marks=tuple(replace(mark, coder=named(mark.coder)) for mark in file.marks),
        ratings=tuple(replace(rated, coder=named(rated.coder)) for rated in file.ratings),
    )


def _name_and_path(argument: str) -> tuple[str, Path]:
    name, sign, path = argument.partition("=")
    if sign and name and not Path(argument).exists():
        return name.strip(), Path(path).expanduser()
    return OWN, Path(argument)


def _read(path: Path, split: str | None) -> CodeFile:
    reader = FORMATS.get(_beginning(path))
    return reader(path) if reader else read_table(path, split)


def _beginning(path: Path) -> str:
    """The row of FORMATS that the file's first words match; empty for a table."""
    try:
        with path.open("rb") as file:
            head = file.read(200).removeprefix(b"\xef\xbb\xbf").lstrip().decode(errors="replace")
    except OSError as error:
        raise CorpusError(f"{path}: cannot be read ({error.strerror}); expected a file of codes") from None
    return next((beginning for beginning in FORMATS if head.startswith(beginning)), "")
