"""What several coders gave the same sessions: their files, read, checked against the sessions and put side by side.

Takes files of any format of `code_files` and the transcripts they belong to; gives plain values for `rupture.evaluation.coders`
and `rupture.kit`. Every problem of every file is named at once, with its place, and never with a word of a session.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from rupture.coding.code_files.checks import mark_problems, rating_of
from rupture.coding.code_files.marks import OWN, CodeFile, Mark, Rated
from rupture.coding.code_files.reading import read_argument
from rupture.coding.texts import our_transcripts, transcripts_at
from rupture.coding.values import Rating
from rupture.errors import CorpusError
from rupture.transcript import Transcript

Files = Sequence[tuple[Path, CodeFile]]


@dataclass(frozen=True, slots=True)
class SessionCodes:
    """What one coder gave one session that was read to its end: codes by turn, clearest first, for turns that have any;
    confidence, 1 leaning or 2 clear, where it was said; the ratings, if there are any."""

    codes: Mapping[int, tuple[str, ...]]
    rating: Rating | None = None
    confidence: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Codings:
    """Coders side by side: the sessions by id, in order, and for each of them its coders by name. `reference` is the coder whom
    the others are held against, if there is one; `apart` says that it came as a file of its own, and is no coder among others."""

    transcripts: Mapping[str, Transcript]
    coders: Mapping[str, Mapping[str, SessionCodes]]
    notes: tuple[str, ...] = ()
    reference: str | None = None
    apart: bool = False


def read_codings(
    arguments: Sequence[str], text: Path | None = None, split: str | None = None, reference: str | None = None
) -> Codings:
    """The codings in the files that `arguments` stand for (see `code_files.reading`).

    Turns and roles come from `text`, else from our own sessions of the same id, else from the files. `reference` is a coder's
    name or one more file. Sessions of one coder alone are left out, with a note. CorpusError with all problems found.
    """
    files = [entry for argument in arguments for entry in read_argument(argument, split)]
    apart = bool(reference) and reference not in _coders(files)
    if reference and apart:
        files_of_reference = list(read_argument(reference, split))
        names = _coders(files_of_reference)
        if len(names) != 1:
            raise CorpusError(f"{reference}: holds the codes of {len(names)} coders; name the one to use as the reference")
        if shared := names & _coders(files):
            raise CorpusError(f"the reference is named {min(shared)!r} like one of the coders; write another-name={reference}")
        files, reference = [*files, *files_of_reference], min(names)
    found = gathered(files, transcripts_at(text) if text else {})
    return _compared(replace(found, reference=reference, apart=apart))


def gathered(files: Files, known: Mapping[str, Transcript]) -> Codings:
    """Every session of the files with its coders; `known` are transcripts that go before those of the files. CorpusError with
    all problems found."""
    files = _sessions_named(files, known)
    transcripts, problems = _transcripts(files, known)
    for _, file in files:
        problems += file.problems
    coders: dict[str, dict[str, SessionCodes]] = defaultdict(dict)
    marks, ratings = _by_coder(files)
    for coder, session in sorted({*marks, *ratings}):
        if session in transcripts:
            given, wrong = _session_codes(
                transcripts[session], marks.get((coder, session), ()), ratings.get((coder, session), ())
            )
            problems += wrong
            coders[session][coder] = given
    if problems:
        raise CorpusError("\n".join(problems))
    ids = sorted(coders, key=_in_order)
    notes = dict.fromkeys(note for path, file in files for note in _sparse(path, file, ratings))
    return Codings({id: transcripts[id] for id in ids}, {id: coders[id] for id in ids}, tuple(notes))


def _coders(files: Files) -> set[str]:
    return {entry.coder for _, file in files for entry in file.entries}


def _compared(found: Codings) -> Codings:
    """The sessions that at least two coders read, the reference counted as one; it need not have read all that others did."""
    kept = [id for id, by in found.coders.items() if len(by) > 1]
    if not any(found.reference in (None, *found.coders[id]) for id in kept):
        counts = Counter(coder for by in found.coders.values() for coder in by)
        read = ", ".join(f"{coder} ({count})" for coder, count in sorted(counts.items())) or "none"
        whom = "the reference and another coder" if kept else "two coders"
        raise CorpusError(f"no session was read by {whom}; found these coders (and how many sessions each read): {read}")
    left = len(found.coders) - len(kept)
    note = (f"Left out, since nobody else read them: {left} of {len(found.coders)} sessions.",) if left else ()
    return replace(
        found,
        transcripts={id: found.transcripts[id] for id in kept},
        coders={id: found.coders[id] for id in kept},
        notes=(*found.notes, *note),
    )


def _sessions_named(files: Files, known: Mapping[str, Transcript]) -> Files:
    """The same files, in which a session without an id has that of the session with the same words, else its file's name."""
    ids = {_words(transcript): id for id, transcript in known.items()}
    for _, file in files:
        ids |= {
            _words(transcript): id for id, transcript in file.transcripts.items() if id != OWN and _words(transcript) not in ids
        }
    named = []
    for path, file in files:
        if OWN in file.transcripts:
            id = ids.setdefault(_words(file.transcripts[OWN]), path.stem.partition(".")[0])
            file = replace(
                file,
                marks=tuple(replace(mark, session=mark.session or id) for mark in file.marks),
                transcripts={key or id: replace(transcript, id=key or id) for key, transcript in file.transcripts.items()},
            )
        named.append((path, file))
    return named


def _words(transcript: Transcript) -> tuple[str, ...]:
    return tuple(" ".join(re.findall(r"\w+", turn.text)) for turn in transcript.turns)


def _transcripts(files: Files, known: Mapping[str, Transcript]) -> tuple[dict[str, Transcript], list[str]]:
    """The transcript of every session, and problems where there is none or files differ."""
    found: dict[str, Transcript] = {}
    problems = []
    for path, file in files:
        for id in dict.fromkeys(entry.session for entry in file.entries):
            own = file.transcripts.get(id)
            if id not in found and (transcript := known.get(id) or our_transcripts().get(id) or own):
                found[id] = transcript
            if own and [turn.role for turn in own.turns] != [turn.role for turn in found[id].turns]:
                problems.append(
                    f"{path}: session {id} has other turns or speakers there than elsewhere; hand in the same transcript"
                )
    missing = {entry.session: entry.where for _, file in files for entry in file.entries if entry.session not in found}
    problems += (
        f"{where}: which turns session {id} has and who speaks in them is not known; name its transcript with --text, or give "
        f"every turn from 0 a row of its own, with a column role (therapist, client)"
        for id, where in missing.items()
    )
    return found, problems


def _by_coder(
    files: Files,
) -> tuple[dict[tuple[str, str], list[tuple[Path, Mark]]], dict[tuple[str, str], list[Rated]]]:
    """Marks, each with its file, and ratings that are filled in, by coder and session."""
    marks: dict[tuple[str, str], list[tuple[Path, Mark]]] = defaultdict(list)
    ratings: dict[tuple[str, str], list[Rated]] = defaultdict(list)
    for path, file in files:
        for mark in file.marks:
            marks[mark.coder, mark.session].append((path, mark))
        for rated in file.ratings:
            if any(rated.values) and rated not in ratings[rated.coder, rated.session]:
                ratings[rated.coder, rated.session].append(rated)
    return marks, {key: found for key, found in ratings.items() if found}


def _session_codes(
    transcript: Transcript, marks: Iterable[tuple[Path, Mark]], ratings: Sequence[Rated]
) -> tuple[SessionCodes, list[str]]:
    problems: list[str] = []
    codes: dict[int, tuple[str, ...]] = {}
    confidence: dict[int, int] = {}
    files: dict[Path, None] = {}
    for path, mark in marks:
        files[path] = None
        problems += mark_problems(transcript, mark)
        if mark.codes:
            codes[mark.turn] = tuple(dict.fromkeys((*codes.get(mark.turn, ()), *mark.codes)))
        if mark.confidence in ("1", "2"):
            confidence[mark.turn] = int(mark.confidence)
    if len(files) > 1:
        names = " and ".join(map(str, files))
        problems.append(
            f"{names} both hold one coder's codes of session {transcript.id}; leave one out, or name them apart: x=FILE"
        )
    rating = None
    for rated in ratings:
        rating, wrong = rating_of(rated)
        problems += wrong
    if len({rated.values for rated in ratings}) > 1:
        problems.append(
            f"{ratings[-1].where}: session {transcript.id} was rated otherwise by the same coder at {ratings[0].where}"
        )
    return SessionCodes(codes, rating, confidence), problems


def _sparse(path: Path, file: CodeFile, ratings: Mapping[tuple[str, str], Sequence[Rated]]) -> list[str]:
    """A note where a file leaves open whether a coder without codes in a session has read it."""
    keys = {(mark.coder, mark.session) for mark in file.marks}
    if file.marks and all(mark.codes for mark in file.marks) and not keys <= ratings.keys():
        return [
            f"{path.name} lists coded turns alone, and not every session has ratings: a session in which a coder coded nothing "
            f"counts as not read by that coder."
        ]
    return []


def _in_order(id: str) -> str:
    """Sorts numbers within ids as numbers."""
    return re.sub(r"\d+", lambda number: number[0].zfill(12), id)
