"""Reads the coded practice sessions of `corpus/sessions/*.txt` (format: `corpus/sessions/GUIDE.md`); names file, line and
problem."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from rupture.analysis import SessionRating
from rupture.codebook import BY_CODE, STRATEGIES
from rupture.coding.values import CodedSession, Rating, votes_of
from rupture.errors import CorpusError
from rupture.transcript import Role, Transcript, Turn

_HEADER = re.compile(r"=== (\w+: .*)")
_TURN = re.compile(r"(T|C\d?): ([^{}]*?)(?: ?\{([^{}]*)\})?")
_SPEAKERS = {"T": "Therapist", "C": "Client", "C1": "Client A", "C2": "Client B", "C3": "Client C"}
_RATING_KEYS = ("withdrawal", "confrontation", "resolution", "therapist_contribution")


def read_sessions(paths: Iterable[Path]) -> list[CodedSession]:
    """All sessions of the files, in order; CorpusError at the first problem."""
    sessions: list[CodedSession] = []
    seen: dict[str, Path] = {}
    for path in paths:
        for session in _file_sessions(path):
            if session.transcript.id in seen:
                raise CorpusError(
                    f"{path}: session id {session.transcript.id!r} is already used in {seen[session.transcript.id]}"
                )
            seen[session.transcript.id] = path
            sessions.append(session)
    return sessions


def split_sessions(folder: Path) -> tuple[list[CodedSession], list[CodedSession]]:
    """(train, test): the sessions of `folder`, by its `split.yaml`; CorpusError when that names a session there is not."""
    import yaml

    sessions = read_sessions(sorted(folder.glob("*.txt")))
    split = folder / "split.yaml"
    try:
        test = set(yaml.safe_load(split.read_text(encoding="utf-8"))["test"])
    except (OSError, yaml.YAMLError, KeyError, TypeError):
        raise CorpusError(f"{split}: expected a list of session ids under 'test:'") from None
    if unknown := test - {session.transcript.id for session in sessions}:
        raise CorpusError(f"{split}: no session has the id {min(unknown)!r}")
    return (
        [session for session in sessions if session.transcript.id not in test],
        [session for session in sessions if session.transcript.id in test],
    )


def _file_sessions(path: Path) -> Iterator[CodedSession]:
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


def _session(path: Path, block: list[tuple[int, str]]) -> CodedSession:
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
        turns.append(Turn(len(turns), _SPEAKERS[speaker], role, text, line=number))
    transcript = Transcript(fields["id"], tuple(turns))
    return CodedSession(
        transcript,
        votes_of([codes], transcript),
        Rating.of(_rating(path, rating_line, rating)),
        source="own",
        setting=fields.get("setting", ""),
        modality=fields.get("modality", ""),
    )


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
    if not match or match[1] not in _SPEAKERS or not match[2].strip():
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
