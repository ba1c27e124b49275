"""Reads the coded practice sessions of `corpus/sessions/*.txt` (format: `corpus/sessions/GUIDE.md`); names file, line and
problem."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from rupture.analysis import SessionRating
from rupture.codebook import BY_CODE, STRATEGIES
from rupture.coding.likeness import alike
from rupture.coding.standoff import Coding, Raters, coded_by, read_raters
from rupture.coding.values import CodedSession, Rating, votes_of
from rupture.errors import CorpusError
from rupture.transcript import Role, Transcript, Turn

_HEADER = re.compile(r"=== (\w+: .*)")
_TURN = re.compile(r"(T|C\d?): ([^{}]*?)(?: ?\{([^{}]*)\})?")
SPEAKERS = {"T": "Therapist", "C": "Client", "C1": "Client A", "C2": "Client B", "C3": "Client C"}
"""What a turn's line begins with, and whom that is."""
NOT_RATED = "S: -"
"""The last line of a session that nobody gave session ratings."""
HELD_OUT = ("test", "practice", "cases")
"""The parts of our own sessions that no model is trained on: for reports, for trainees, and for single moments."""
ADDED = "added"
"""The source of sessions from a folder of the user's own."""
WRITER = "writer"
"""The rater who wrote a session; the others coded it blind."""
_RATING_KEYS = ("withdrawal", "confrontation", "resolution", "therapist_contribution")
Given = Mapping[int, Sequence[str]]
"""Codes by turn, for turns that have any."""


def read_sessions(paths: Iterable[Path], taken: Iterable[str] = ()) -> list[CodedSession]:
    """All sessions of the files, in order; CorpusError at the first problem. `taken` are ids that none of them may have."""
    return [session for session, _ in read_as_coded(paths, taken)]


def read_as_coded(paths: Iterable[Path], taken: Iterable[str] = ()) -> list[tuple[CodedSession, Given]]:
    """The same, each with its codes by turn in the order they stand there, which for people is the clearest first."""
    sessions: list[tuple[CodedSession, Given]] = []
    seen: dict[str, Path | str] = dict.fromkeys(taken, "the sessions of this project")
    for path in paths:
        for session, given in _file_sessions(path):
            if session.transcript.id in seen:
                raise CorpusError(
                    f"{path}: session id {session.transcript.id!r} is already used in {seen[session.transcript.id]}"
                )
            seen[session.transcript.id] = path
            sessions.append((session, given))
    return sessions


def split_sessions(folder: Path, annotations: Path) -> dict[str, list[CodedSession]]:
    """The sessions of `folder` by part, `train` and HELD_OUT, as its `split.yaml` says, with the votes of their writers and of
    the blind coders in `annotations`. CorpusError when the split names a session twice or one there is not, or when nobody has
    coded a session blind.
    """
    sessions = read_sessions(sorted(folder.glob("*.txt")))
    raters = raters_of(sessions, annotations)
    part_of = _parts(folder / "split.yaml", {session.transcript.id for session in sessions})
    parts: dict[str, list[CodedSession]] = {part: [] for part in ("train", *HELD_OUT)}
    for session in sessions:
        codings = raters[session.transcript.id].values()
        if len(codings) < 2:
            raise CorpusError(
                f"{annotations}: nobody has coded session {session.transcript.id} blind; no session is used coded once"
            )
        parts[part_of.get(session.transcript.id, "train")].append(coded_by(session, codings))
    return parts


def added_sessions(folder: Path, ours: Sequence[CodedSession]) -> list[CodedSession]:
    """The coded sessions in the files `*.txt` of a user's own `folder`, for training; `ours` are all of ours, also held-out ones.

    They are coded once, by one reader who went through some of the tool's own codes, so no threshold or reported number may
    rest on them: their codes count as those of their only rater, in training alone, outside all folds. CorpusError when there
    are none, a file breaks the format (with its line), an id is one of ours, or a session shares wording with one of ours: what
    the model is measured on must not be learned from.
    """
    paths = sorted(folder.glob("*.txt"))
    if not paths:
        raise CorpusError(f"{folder}: found no files *.txt there; expected coded sessions, as corpus/sessions/GUIDE.md describes")
    transcripts = [session.transcript for session in ours]
    sessions = read_sessions(paths, (transcript.id for transcript in transcripts))
    if found := alike({"ours": transcripts, ADDED: [session.transcript for session in sessions]}):
        pairs = "; ".join(f"{first} and {second}" for first, second in found)
        raise CorpusError(f"{folder}: sessions share wording with ours ({pairs}), which the model is measured on; leave them out")
    return [replace(session, source=ADDED) for session in sessions]


def raters_of(sessions: Sequence[CodedSession], annotations: Path) -> Raters:
    """Who coded our own sessions: each one's writer, from `sessions` as they are read, and the blind coders."""
    blind = read_raters(annotations)
    return {s.transcript.id: {WRITER: _writer(s)} | blind.get(s.transcript.id, {}) for s in sessions}


def _writer(session: CodedSession) -> Coding:
    if session.rating is None:
        raise CorpusError(f"session {session.transcript.id} has no ratings")
    return Coding({i: session.codes(i) for i in range(len(session.votes)) if session.votes[i]}, session.rating)


def _parts(path: Path, known: set[str]) -> dict[str, str]:
    """Session id to its held-out part."""
    import yaml

    try:
        lists = yaml.safe_load(path.read_text(encoding="utf-8"))
        named = [(id, part) for part in HELD_OUT for id in lists[part]]
    except (OSError, yaml.YAMLError, KeyError, TypeError):
        raise CorpusError(f"{path}: expected lists of session ids under {', '.join(HELD_OUT)}") from None
    part_of = dict(named)
    if unknown := part_of.keys() - known:
        raise CorpusError(f"{path}: no session has the id {min(unknown)!r}")
    if len(part_of) < len(named):
        raise CorpusError(f"{path}: a session is listed twice")
    return part_of


def _file_sessions(path: Path) -> Iterator[tuple[CodedSession, Given]]:
    block: list[tuple[int, str]] = []
    for number, line in enumerate(_text(path).splitlines(), start=1):
        if line.startswith("=== ") and block:
            yield _session(path, block)
            block = []
        if line.strip():
            block.append((number, line))
    if block:
        yield _session(path, block)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise CorpusError(f"{path}:{line}: is not UTF-8; save it as UTF-8") from None
    except OSError as error:
        raise CorpusError(f"{path}: cannot be read ({error.strerror}); expected a file of coded sessions") from None


def _session(path: Path, block: list[tuple[int, str]]) -> tuple[CodedSession, Given]:
    (header_line, header), *lines = block
    fields = _header(path, header_line, header)
    if not lines or not lines[-1][1].startswith("S: "):
        raise CorpusError(
            f"{path}:{block[-1][0]}: session {fields['id']} does not end with its ratings, a line 'S: withdrawal=…'"
        )
    *turn_lines, (rating_line, rating) = lines
    if not turn_lines:
        raise CorpusError(f"{path}:{header_line}: session {fields['id']} has no turns")
    turns: list[Turn] = []
    codes: dict[int, list[str]] = {}
    for number, line in turn_lines:
        speaker, text, turn_codes = _turn(path, number, line)
        role = Role.THERAPIST if speaker == "T" else Role.CLIENT
        _check_codes(path, number, role, turn_codes)
        if turn_codes:
            codes[len(turns)] = turn_codes
        turns.append(Turn(len(turns), SPEAKERS[speaker], role, text, line=number))
    transcript = Transcript(fields["id"], tuple(turns))
    given = None if rating.rstrip() == NOT_RATED else Rating.of(_rating(path, rating_line, rating))
    session = CodedSession(
        transcript,
        votes_of([codes], transcript),
        given,
        source="own",
        setting=fields.get("setting", ""),
        modality=fields.get("modality", ""),
    )
    return session, codes


def _header(path: Path, number: int, line: str) -> dict[str, str]:
    match = _HEADER.fullmatch(line)
    if not match:
        raise CorpusError(f"{path}:{number}: expected a session header '=== id: … | setting: … | modality: … | note: …'")
    fields = {}
    for part in match[1].split(" | "):
        key, separator, value = part.partition(": ")
        if not separator:
            raise CorpusError(f"{path}:{number}: header field {part[:20]!r} is not 'key: value'")
        fields[key.strip()] = value.strip()
    if "id" not in fields:
        raise CorpusError(f"{path}:{number}: header has no id")
    return fields


def _turn(path: Path, number: int, line: str) -> tuple[str, str, list[str]]:
    match = _TURN.fullmatch(line.rstrip())
    if not match or match[1] not in SPEAKERS or not match[2].strip():
        raise CorpusError(
            f"{path}:{number}: expected 'T: words' or 'C: words {{CODES}}' (couples C1:, C2:, C3:), no other braces"
        )
    return match[1], match[2].strip(), [code.strip() for code in (match[3] or "").split(",") if code.strip()]


def _check_codes(path: Path, number: int, role: Role, codes: list[str]) -> None:
    for code in codes:
        if code not in BY_CODE:
            raise CorpusError(f"{path}:{number}: unknown code {code!r}; known are {', '.join(BY_CODE)}")
        if (code in STRATEGIES) != (role is Role.THERAPIST):
            raise CorpusError(f"{path}:{number}: {code} cannot stand on a {role.value} turn")


def _rating(path: Path, number: int, line: str) -> SessionRating:
    items = [item.partition("=") for item in line[3:].split()]
    found = {key: value for key, _, value in items}
    if set(found) != set(_RATING_KEYS) or len(items) != len(found):
        given = ", ".join(key for key, _, _ in items) or "none"
        raise CorpusError(f"{path}:{number}: ratings must be {', '.join(_RATING_KEYS)}, once each; found {given}")
    values: dict[str, int | None] = {}
    for key, value in found.items():
        if value == "-" and key == "resolution":
            values[key] = None
        elif value in {"1", "2", "3", "4", "5"}:
            values[key] = int(value)
        else:
            raise CorpusError(
                f"{path}:{number}: {key}={value} is not a rating from 1 to 5" + (" or -" if key == "resolution" else "")
            )
    return SessionRating(**values)  # type: ignore[arg-type]  # keys and None-ness were checked just above
