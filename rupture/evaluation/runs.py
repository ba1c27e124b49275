"""A run folder: what was asked (`run.json`), each answer as it came (`predictions.jsonl`), what failed (`errors.jsonl`).

Running and scoring are apart: scores are computed again from the saved answers whenever asked. Starting the same run again takes
up where it stopped, whether it was finished, interrupted or killed; a run whose model, data or settings have changed refuses to
go on, and so does a second one while a folder is in use. Only one item is held in memory. Answers are ids and numbers: no file of
a run holds a word of a transcript, and `run.json` names neither the machine nor a path on it.
"""

import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path, PurePath
from sqlite3 import Connection
from traceback import extract_tb
from typing import Any, Protocol, TypedDict, TypeVar, Unpack

from rupture.digests import versions
from rupture.errors import MissingPackage, RunError, RuptureError
from rupture.files import as_json, hold, write_whole

RUN, PREDICTIONS, ERRORS, SCORES = "run.json", "predictions.jsonl", "errors.jsonl", "scores.json"
REPORT, PAGE, JUNIT = "report.md", "report.html", "junit.xml"
LOCK = "run.lock"
"""Empty, and held while a run writes."""
MEMBERS = "members"
"""A folder for models that a run trains; what starts over goes without those of before."""
_FILES = (RUN, PREDICTIONS, ERRORS, SCORES)
_REMEDY = "start over with fresh=True (--fresh) or name another folder"

T = TypeVar("T")
Answer = dict[str, Any]
Progress = Callable[[int, int, int], None]
"""Called before the first item and after each, with the number done, of how many, and how many of those failed."""
Places = dict[str, tuple[int, int]]
"""Id of an item to where its line begins in a file and how long that is, in bytes."""


class Telling(Protocol):
    """Shows how a step with a name goes on."""

    def __call__(self, step: str, done: int, total: int, failed: int = 0) -> None: ...


class How(TypedDict, total=False):
    """How to go about a run: `fresh` starts over, `retry_errors` tries what failed before again, `limit` does the first items
    only (a later run without it does the rest)."""

    fresh: bool
    retry_errors: bool
    limit: int | None


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run depends on. `digests` of model, corpus and cases, `config` JSON-ready; two runs with equal plans are one run."""

    suite: str
    digests: Mapping[str, str]
    config: Mapping[str, Any] = field(default_factory=dict)
    seed: int = 0
    versions: Mapping[str, str] = field(default_factory=versions)


@dataclass(frozen=True, slots=True)
class Record:
    """`run.json`: the plan, the number of items, start and end (UTC); `ended` is None while items are missing."""

    plan: Plan
    items: int
    started: str
    ended: str | None


def named(step: str, tell: Telling) -> Progress:
    """Progress of a run, told under the name of what is done."""
    return lambda done, total, failed: tell(step, done, total, failed)


def run(
    folder: Path,
    plan: Plan,
    items: Mapping[str, T],
    produce: Callable[[T], Answer],
    *,
    progress: Progress = lambda done, total, failed: None,
    **how: Unpack[How],
) -> Record:
    """Answers every item that has no answer yet, in order, each saved before the next is read.

    An item that raises is recorded and the run goes on; it stays failed until `retry_errors` tries it again. A missing package
    ends the run, since it would fail every item. RunError when the folder holds another run, unless `fresh`, or is in use.
    """
    with _alone(folder):
        wanted = list(islice(items, how.get("limit")))
        record = _open(folder, plan, len(wanted), fresh=how.get("fresh", False))
        answered, failed = _repaired(folder / PREDICTIONS), _repaired(folder / ERRORS)
        if strangers := (answered.keys() | failed.keys()) - items.keys():
            raise RunError(f"{folder.name}: holds an answer to {min(strangers)!r}, which is not an item of this run; {_REMEDY}")
        settled = answered.keys() if how.get("retry_errors") else answered.keys() | failed.keys()
        todo = [key for key in wanted if key not in settled]
        if record.ended and not todo:
            return record
        write_json(folder / RUN, asdict(replace(record, ended=None)))
        done, wrong = len(wanted) - len(todo), len((settled - answered.keys()) & set(wanted))
        progress(done, len(wanted), wrong)
        for key in todo:
            try:
                line = _line({**produce(items[key]), "id": key})
            except MissingPackage:
                raise
            except Exception as error:
                failed[key] = _append(folder / ERRORS, _line({"id": key, **_described(error)}))
                wrong += 1
            else:
                answered[key] = _append(folder / PREDICTIONS, line)
            done += 1
            progress(done, len(wanted), wrong)
        return _close(folder, record, list(items), answered, failed)


def read_record(folder: Path) -> Record:
    """The record of the run in `folder`; RunError when there is none or it cannot be read."""
    try:
        data = json.loads((folder / RUN).read_text(encoding="utf-8"))
        return Record(Plan(**data["plan"]), data["items"], data["started"], data["ended"])
    except (FileNotFoundError, NotADirectoryError):
        raise RunError(f"{folder.name}: no {RUN}; expected the folder of an eval run") from None
    except (ValueError, KeyError, TypeError):
        raise RunError(f"{folder.name}: {RUN} is damaged; {_REMEDY}") from None


def read_answers(folder: Path) -> list[Answer]:
    """The saved answers in order; a last line that a kill cut off is left out."""
    return [answer for answer, _, _ in _lines(folder / PREDICTIONS)]


def read_errors(folder: Path) -> list[Answer]:
    """What failed and has not been answered since: item, kind of error, and where."""
    last = {error["id"]: error for error, _, _ in _lines(folder / ERRORS)}
    answered = {answer["id"] for answer, _, _ in _lines(folder / PREDICTIONS)} if last else set()
    return [error for key, error in last.items() if key not in answered]


def counts(folder: Path) -> dict[str, Any]:
    """How the run in `folder` went: suite, items, answered, failed, missing. RunError when there is none."""
    return _counts(folder, sum(1 for _ in _lines(folder / PREDICTIONS)))


def tally(folder: Path, answered: int) -> dict[str, Any]:
    """What `scores.json` begins with: schema and counts. RunError when nothing was answered."""
    found = _counts(folder, answered)
    if not answered:
        raise RunError(f"{folder.name}: no result: no item answered, {found['failed']} of {found['items']} failed; see {ERRORS}")
    return {"schema": 1, **found}


def write_json(path: Path, data: Mapping[str, Any]) -> None:
    """All of it or nothing."""
    write_whole({path: [as_json(data)]})


def _counts(folder: Path, answered: int) -> dict[str, Any]:
    record, failed = read_record(folder), len(read_errors(folder))
    missing = record.items - answered - failed
    return {"suite": record.plan.suite, "items": record.items, "answered": answered, "failed": failed, "missing": missing}


def _alone(folder: Path) -> closing[Connection]:
    """Keeps other runs out of `folder`, which is made, until closed."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return closing(hold(folder / LOCK))
    except BlockingIOError:
        raise RunError(f"{folder.name}: another run is writing there; wait for its end or name another folder (--out)") from None
    except OSError as error:
        raise RunError(f"{folder.name}: cannot be written or locked ({error.strerror}); name another folder (--out)") from None


def _open(folder: Path, plan: Plan, items: int, *, fresh: bool) -> Record:
    """The record to go on with. A limit leaves a run that was begun without it as long as it was."""
    stale = [f"{name}.part" for name in _FILES]
    for name in [*stale, *((*_FILES, REPORT, PAGE, JUNIT) if fresh else ())]:
        (folder / name).unlink(missing_ok=True)
    if fresh:
        shutil.rmtree(folder / MEMBERS, ignore_errors=True)
    if (folder / RUN).exists():
        before = read_record(folder)
        changes = list(_changes(_flat(asdict(before.plan)), _flat(asdict(plan))))
        if changes:
            raise RunError(f"{folder.name}: cannot go on, since this run was begun with others: {'; '.join(changes)}; {_REMEDY}")
        return replace(before, plan=plan, items=max(items, before.items))
    if any((folder / name).exists() for name in _FILES):
        raise RunError(f"{folder.name}: holds answers but no {RUN} that says what they are; {_REMEDY}")
    return Record(plan, items, _now(), None)


def _close(folder: Path, record: Record, order: list[str], answered: Places, failed: Places) -> Record:
    """Lines in the order of the items (a retried item was appended late), one an item, and the time of the end."""
    failed = {key: place for key, place in failed.items() if key not in answered}
    _tidy(folder / PREDICTIONS, order, answered)
    _tidy(folder / ERRORS, order, failed)
    closed = replace(record, ended=_now() if len(answered) + len(failed) == record.items else None)
    write_json(folder / RUN, asdict(closed))
    return closed


def _tidy(path: Path, order: list[str], places: Places) -> None:
    """Leaves the lines of `places` alone in the file, in `order`; a file that is so already is not touched."""
    path.touch()
    kept = [places[key] for key in order if key in places]
    if kept == sorted(places.values()) and sum(length for _, length in kept) == path.stat().st_size:
        return
    write_whole({path: _pieces(path, kept)})


def _pieces(path: Path, places: Iterable[tuple[int, int]]) -> Iterator[bytes]:
    with path.open("rb") as file:
        for start, length in places:
            file.seek(start)
            yield file.read(length)


def _flat(data: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in data.items():
        flat |= _flat(value, f"{prefix}{key} ") if isinstance(value, Mapping) else {f"{prefix}{key}": value}
    return flat


def _changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    for key in sorted(before.keys() | now.keys()):
        was, new = before.get(key, "absent"), now.get(key, "absent")
        if json.dumps(was) != json.dumps(new):
            yield f"{key} was {_short(was)}, is {_short(new)}"


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 20 else f"{text[:12]}…"


def _repaired(path: Path) -> Places:
    """Where the lines of `path` are, the last one of each item; the file loses a line that a kill cut off."""
    places: Places = {}
    whole = 0
    for answer, start, length in _lines(path):
        places[answer["id"]] = start, length
        whole = start + length
    if path.exists() and path.stat().st_size != whole:
        os.truncate(path, whole)
    return places


def _lines(path: Path) -> Iterator[tuple[Answer, int, int]]:
    """Each whole line of a JSONL file with its start and length in bytes; none when it does not exist."""
    if not path.exists():
        return
    start = 0
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if not line.endswith(b"\n"):
                return
            try:
                answer = json.loads(line)
                if not isinstance(answer, dict) or not isinstance(answer.get("id"), str):
                    raise ValueError
            except (ValueError, RecursionError):
                raise RunError(f"{path.parent.name}: line {number} of {path.name} is no saved answer; {_REMEDY}") from None
            yield answer, start, len(line)
            start += len(line)


def _append(path: Path, line: bytes) -> tuple[int, int]:
    """Where the line stands. It is on the disk when this returns."""
    with path.open("ab") as file:
        start = file.tell()
        file.write(line)
        file.flush()
        os.fsync(file.fileno())
    return start, len(line)


def _line(answer: Answer) -> bytes:
    return (json.dumps(answer, ensure_ascii=False, allow_nan=False) + "\n").encode(errors="backslashreplace")


def _described(error: Exception) -> Answer:
    """Kind and place of an error. Its message only when it is one of ours: those never hold words of a transcript."""
    last = extract_tb(error.__traceback__)[-1]
    message = str(error) if isinstance(error, RuptureError) else ""
    return {"kind": type(error).__name__, "where": f"{PurePath(last.filename).name}:{last.lineno}", "message": message}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
