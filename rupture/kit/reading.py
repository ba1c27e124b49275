"""Reads the coding kits that came back and writes what people coded in the form of `corpus/annotations`.

Each kit is held against its manifest first. Every problem is named, with file and line; nothing is written while there is one.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rupture.coding.code_files.cells import inert
from rupture.coding.code_files.marks import RATINGS, CodeFile, place
from rupture.coding.code_files.reading import SESSION_RATINGS, TURN_CODES, files_in, owned, read_codes
from rupture.coding.codings import Codings, SessionCodes, gathered
from rupture.coding.values import Rating
from rupture.errors import CorpusError
from rupture.files import write_whole
from rupture.formats.parsed import counted
from rupture.kit.manifest import NAME, Manifest, digest_of, read_manifest
from rupture.transcript import Transcript

_CODE_COLUMNS = ("transcript_id", "utterance_id", "rater", "codes", "confidence")
_RATING_COLUMNS = ("transcript_id", "rater", *RATINGS)

Returned = list[tuple[Path, CodeFile]]


@dataclass(frozen=True, slots=True)
class _Kit:
    """A kit that came back: whose it is, and where it lies."""

    rater: str
    folder: Path
    manifest: Manifest


def read_kits(folder: Path, out: Path) -> list[str]:
    """Reads every kit in `folder` (itself one, or one a subfolder), writes `turn_codes.csv` and `session_ratings.csv` into `out`,
    and gives a line on what each coder finished.

    A kit is its rater's by its manifest, else by the name of its folder. CorpusError with every problem, or when `out` has such
    files already.
    """
    if present := [name for name in (TURN_CODES, SESSION_RATINGS) if (out / name).exists()]:
        raise CorpusError(f"{out / present[0]}: is there already; name another folder with --out")
    manifests = sorted(folder.glob(NAME)) or sorted(folder.glob(f"*/{NAME}"))
    kits = [_kit(file.parent) for file in manifests]
    if not kits:
        raise CorpusError(f"{folder}: found no coding kit there, which would have a {NAME}; expected the folders that came back")
    problems = _clashes(kits)
    files: Returned = []
    for kit in kits:
        found, wrong = _returned(kit)
        files += found
        problems += wrong
    codings = Codings({}, {})
    try:
        codings = gathered(files, {id: transcript for kit in kits for id, transcript in kit.manifest.transcripts().items()})
    except CorpusError as error:
        problems += str(error).splitlines()
    if problems:
        raise CorpusError("\n".join(dict.fromkeys(problems)))
    finished = {kit.rater: _finished(kit, codings) for kit in kits}
    _write(out, {id: {r: given for r, given in by.items() if id in finished[r]} for id, by in codings.coders.items()})
    return [f"{kit.rater}: {len(finished[kit.rater])} of {counted(len(kit.manifest.sessions), 'session')} done" for kit in kits]


def _kit(folder: Path) -> _Kit:
    manifest = read_manifest(folder)
    return _Kit(manifest.rater or folder.resolve().name, folder, manifest)


def _clashes(kits: Sequence[_Kit]) -> list[str]:
    """Two kits of one coder; a session that is not the same in two of them."""
    problems = []
    seen: dict[str, _Kit] = {}
    sessions: dict[str, tuple[_Kit, object]] = {}
    for kit in kits:
        if kit.rater in seen:
            problems.append(f"{kit.folder}: is by {kit.rater!r} like {seen[kit.rater].folder}; keep one of the two")
        seen[kit.rater] = kit
        for id, turns in kit.manifest.sessions.items():
            other, others = sessions.setdefault(id, (kit, turns))
            if others != turns:
                problems.append(f"{kit.folder / NAME}: session {id} has other words there than in {other.folder / NAME}")
    return problems


def _returned(kit: _Kit) -> tuple[Returned, list[str]]:
    """The files of a kit, with its coder named, and what does not fit its manifest."""
    files: Returned = []
    problems: list[str] = []
    for path in files_in(kit.folder):
        try:
            file = owned(path, read_codes(path), kit.rater)
        except CorpusError as error:
            problems += str(error).splitlines()
            continue
        strangers = {entry.session: entry.where for entry in file.entries if entry.session not in kit.manifest.sessions}
        problems += [f"{where}: session {id} is not in this kit" for id, where in strangers.items()]
        problems += _gaps(kit, path, file)
        for id, transcript in file.transcripts.items():
            problems += _changed(kit, path, transcript) if id in kit.manifest.sessions else []
        files.append((path, file))
    return files, [*problems, *_unfinished([file for _, file in files])]


def _unfinished(files: Sequence[CodeFile]) -> Iterator[str]:
    """Sessions that have codes and no ratings, or ratings and no turns."""
    rated = {entry.session: entry.where for file in files for entry in file.ratings}
    coded = {mark.session: mark.where for file in files for mark in reversed(file.marks) if mark.codes}
    seen = {mark.session for file in files for mark in file.marks}
    for id, where in coded.items():
        if id not in rated:
            yield f"{where}: session {id} has codes and no ratings; rate it, or take its codes out"
    for id, where in rated.items():
        if id not in seen:
            yield f"{where}: session {id} is rated, but its turns are in no file"


def _gaps(kit: _Kit, path: Path, file: CodeFile) -> Iterator[str]:
    """Turns that have no row any more, in sessions of which the file has some."""
    rows: dict[str, set[int]] = {}
    for mark in file.marks:
        rows.setdefault(mark.session, set()).add(mark.turn)
    for id, turns in rows.items():
        if missing := sorted(set(range(len(kit.manifest.sessions.get(id, ())))) - turns):
            lost = f"{counted(len(missing), 'turn')}, the first is turn {missing[0]}"
            yield f"{path}: session {id} lacks {lost}; copy the rows back from the kit"


def _changed(kit: _Kit, path: Path, transcript: Transcript) -> Iterator[str]:
    """Turns whose words are not those that went out, which is how a sheet looks when it was sorted by one column."""
    if any(turn.text for turn in transcript.turns):
        for turn, (_, digest) in zip(transcript.turns, kit.manifest.sessions[transcript.id], strict=False):
            if digest_of(turn.text) != digest:
                yield (
                    f"{place(path, turn.line)}: turn {turn.index} of session {transcript.id} has other words than the kit; "
                    f"check that its codes stand where they belong"
                )


def _finished(kit: _Kit, codings: Codings) -> list[str]:
    """The sessions the coder rated."""
    return [id for id, by in codings.coders.items() if kit.rater in by and by[kit.rater].rating]


def _write(out: Path, coders: Mapping[str, Mapping[str, SessionCodes]]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    given = [(id, rater, codes) for id, by in coders.items() for rater, codes in sorted(by.items())]
    codes_of = (row for id, rater, codes in given for row in _code_rows(id, rater, codes))
    ratings = ([inert(id), inert(rater), *_numbers(codes.rating)] for id, rater, codes in given if codes.rating)
    # Both or none: one alone would keep the kits from being read again.
    write_whole({out / TURN_CODES: [_table(_CODE_COLUMNS, codes_of)], out / SESSION_RATINGS: [_table(_RATING_COLUMNS, ratings)]})


def _code_rows(id: str, rater: str, given: SessionCodes) -> Iterator[list[object]]:
    for turn, codes in sorted(given.codes.items()):
        yield [inert(id), turn, inert(rater), " ".join(codes), given.confidence.get(turn, "")]


def _numbers(rating: Rating) -> list[str]:
    values = (rating.withdrawal, rating.confrontation, rating.resolution, rating.therapist_contribution)
    return ["" if value is None else f"{value:g}" for value in values]


def _table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    page = io.StringIO(newline="")
    csv.writer(page, lineterminator="\n").writerows([columns, *rows])
    return page.getvalue().encode()
