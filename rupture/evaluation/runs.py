"""A run folder: what was asked (`run.json`), each answer as it came (`predictions.jsonl`), what failed (`errors.jsonl`).

Running and scoring are apart: scores are computed again from the saved answers whenever asked. Starting the same run again takes
up where it stopped, whether it was finished, interrupted or killed, and tries failed items once more; a run whose model, data or
settings have changed refuses to go on. Answers are ids and numbers: no file of a run holds a word of a transcript, and `run.json`
names neither the machine nor a path on it.
"""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path, PurePath
from traceback import extract_tb
from typing import Any, TypeVar

from rupture.digests import versions
from rupture.errors import MissingPackage, RunError, RuptureError

RUN, PREDICTIONS, ERRORS, SCORES = "run.json", "predictions.jsonl", "errors.jsonl", "scores.json"
_FILES = (RUN, PREDICTIONS, ERRORS, SCORES)
_REMEDY = "start over with fresh=True (--fresh) or name another folder"

T = TypeVar("T")
Answer = dict[str, Any]
Progress = Callable[[int, int, int], None]
"""Called after each item with the number done, of how many, and how many of those failed."""


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


def run(
    folder: Path,
    plan: Plan,
    items: Mapping[str, T],
    produce: Callable[[T], Answer],
    *,
    fresh: bool = False,
    progress: Progress = lambda done, total, failed: None,
) -> Record:
    """Answers every item that has no answer yet, in order, each saved before the next begins.

    An item that raises is recorded and the run goes on; a missing package ends it, since it would fail every item.
    RunError when the folder holds another run, unless `fresh`.
    """
    record = _open(folder, plan, len(items), fresh)
    answered = {answer["id"] for answer in _repaired(folder / PREDICTIONS)}
    if strangers := answered - set(items):
        raise RunError(f"{folder.name}: holds an answer to {min(strangers)!r}, which is not an item of this run; {_REMEDY}")
    if record.ended and answered == set(items):
        return record
    write_json(folder / RUN, asdict(replace(record, ended=None)))
    (folder / ERRORS).write_bytes(b"")
    failed, done = 0, len(answered)
    for key, item in items.items():
        if key in answered:
            continue
        try:
            _append(folder / PREDICTIONS, {**produce(item), "id": key})
        except MissingPackage:
            raise
        except Exception as error:
            _append(folder / ERRORS, {"id": key, **_described(error)})
            failed += 1
        done += 1
        progress(done, len(items), failed)
    return _close(folder, record, list(items))


def read_record(folder: Path) -> Record:
    """The record of the run in `folder`; RunError when there is none or it cannot be read."""
    try:
        data = json.loads((folder / RUN).read_text(encoding="utf-8"))
        return Record(Plan(**data["plan"]), data["items"], data["started"], data["ended"])
    except FileNotFoundError:
        raise RunError(f"{folder.name}: no {RUN}; expected the folder of an eval run") from None
    except (ValueError, KeyError, TypeError):
        raise RunError(f"{folder.name}: {RUN} is damaged; {_REMEDY}") from None


def read_answers(folder: Path) -> list[Answer]:
    """The saved answers in order; a last line that a kill cut off is left out."""
    return _lines(folder / PREDICTIONS)[0]


def read_errors(folder: Path) -> list[Answer]:
    """What failed: item, kind of error, and where."""
    return _lines(folder / ERRORS)[0]


def tally(folder: Path, answered: int) -> dict[str, Any]:
    """How the run in `folder` went, as `scores.json` begins: suite, items, answered, failed, missing. RunError when nothing was
    answered."""
    record, failed = read_record(folder), len(read_errors(folder))
    if not answered:
        raise RunError(f"{folder.name}: no result: no item answered, {failed} of {record.items} failed; see {ERRORS}")
    return {
        "schema": 1,
        "suite": record.plan.suite,
        "items": record.items,
        "answered": answered,
        "failed": failed,
        "missing": record.items - answered - failed,
    }


def write_json(path: Path, data: Mapping[str, Any]) -> None:
    """All of it or nothing: written beside `path`, then moved over it."""
    _replace(path, json.dumps(data, indent=1, ensure_ascii=False, allow_nan=False) + "\n")


def _open(folder: Path, plan: Plan, items: int, fresh: bool) -> Record:
    folder.mkdir(parents=True, exist_ok=True)
    if fresh:
        for name in _FILES:
            (folder / name).unlink(missing_ok=True)
    if (folder / RUN).exists():
        before = read_record(folder)
        changes = list(_changes(_flat(asdict(before.plan)), _flat(asdict(plan))))
        if changes:
            raise RunError(f"{folder.name}: cannot go on, since this run was begun with others: {'; '.join(changes)}; {_REMEDY}")
        return replace(before, plan=plan, items=items)
    if any((folder / name).exists() for name in _FILES):
        raise RunError(f"{folder.name}: holds answers but no {RUN} that says what they are; {_REMEDY}")
    return Record(plan, items, _now(), None)


def _close(folder: Path, record: Record, order: list[str]) -> Record:
    """Answers in the order of the items (a retried item was appended late), and the time of the end."""
    answers = read_answers(folder)
    place = {key: number for number, key in enumerate(order)}
    ordered = sorted(answers, key=lambda answer: place[answer["id"]])
    if ordered != answers:
        _replace(folder / PREDICTIONS, "".join(map(_line, ordered)))
    ended = replace(record, ended=_now())
    write_json(folder / RUN, asdict(ended))
    return ended


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


def _repaired(path: Path) -> list[Answer]:
    """The answers of `path`, which loses the line that a kill cut off."""
    answers, whole = _lines(path)
    if path.exists() and path.stat().st_size != whole:
        os.truncate(path, whole)
    return answers


def _lines(path: Path) -> tuple[list[Answer], int]:
    """The whole lines of a JSONL file and their length in bytes; none when it does not exist."""
    data = path.read_bytes() if path.exists() else b""
    whole = data.rfind(b"\n") + 1
    lines = []
    for number, line in enumerate(data[:whole].splitlines(), start=1):
        try:
            lines.append(json.loads(line))
        except ValueError:
            raise RunError(f"{path.parent.name}: line {number} of {path.name} is not JSON; {_REMEDY}") from None
    return lines, whole


def _append(path: Path, answer: Answer) -> None:
    with path.open("ab") as file:
        file.write(_line(answer).encode())
        file.flush()
        os.fsync(file.fileno())


def _line(answer: Answer) -> str:
    return json.dumps(answer, ensure_ascii=False, allow_nan=False) + "\n"


def _described(error: Exception) -> Answer:
    """Kind and place of an error. Its message only when it is one of ours: those never hold words of a transcript."""
    last = extract_tb(error.__traceback__)[-1]
    message = str(error) if isinstance(error, RuptureError) else ""
    return {"kind": type(error).__name__, "where": f"{PurePath(last.filename).name}:{last.lineno}", "message": message}


def _replace(path: Path, text: str) -> None:
    part = path.with_name(path.name + ".part")
    part.write_text(text, encoding="utf-8", newline="\n")
    os.replace(part, path)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
