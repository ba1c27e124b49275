"""Many transcripts to one JSONL file of analyses: streamed, one in memory at a time, resumed where it stopped, bad inputs set
aside."""

import errno
import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from rupture.analysis import Analysis, State
from rupture.errors import RunError, RuptureError
from rupture.formats import Source
from rupture.transcript import Transcript


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one input: `state` of its analysis, or `failed` with the reason, or `skipped` because it was done before."""

    id: str
    state: str
    reason: str = ""


def run_batch(
    sources: Iterable[Source], analyse: Callable[[Transcript], Analysis], out: Path, *, digest: str, fresh: bool = False
) -> Iterator[Outcome]:
    """Analyses each source, appending one line of schema 1 a session to `out` and one a failure to `OUT.errors.jsonl`.

    Ids already in `out` are skipped, a line cut off by a crash is written again, failures are tried again. RunError when `out`
    was made by another model (`digest`) and `fresh` is not set, when two inputs have the same id, or when nothing can be written.
    """
    errors = out.with_suffix(".errors.jsonl")
    with _writing(out):
        if fresh:
            out.unlink(missing_ok=True)
        done = _done(out, digest)
        errors.unlink(missing_ok=True)
        out.parent.mkdir(parents=True, exist_ok=True)
        _add(out, b"")
    seen: set[str] = set()
    for source in sources:
        refuse_second(source.id, seen)
        if source.id in done:
            yield Outcome(source.id, "skipped")
            continue
        try:
            analysis = analyse(transcript_of(source))
        except RuptureError as error:
            with _writing(errors):
                _add(errors, json_line({"id": source.id, "error": str(error)}))
            yield Outcome(source.id, "failed", str(error))
            continue
        with _writing(out):
            _add(out, json_line(analysis.to_dict()))
        yield outcome_of(analysis)


def transcript_of(source: Source) -> Transcript:
    """The transcript under the id of its source, which is more than the name of its file where a batch has several folders."""
    return replace(source.read().transcript, id=source.id)


def outcome_of(analysis: Analysis) -> Outcome:
    """What became of a session that was analysed as far as it could be."""
    reason = " ".join(analysis.notes) if analysis.state is State.NOT_ANALYSED else ""
    return Outcome(analysis.transcript.id, analysis.state.value, reason)


def refuse_second(id: str, seen: set[str]) -> None:
    """Adds `id` to `seen`; RunError when it is there."""
    if id in seen:
        raise RunError(f"two inputs have the id {id!r}; give each session its own id and run again (what is done is kept)")
    seen.add(id)


def json_line(data: object) -> bytes:
    """One line of a JSONL file."""
    # An id may hold half a surrogate pair, which UTF-8 has not; the backslash form is the same string in JSON.
    return (json.dumps(data, ensure_ascii=False) + "\n").encode(errors="backslashreplace")


def _add(file: Path, line: bytes) -> None:
    """Adds `line` in one write: a disk that fills up takes a part of it without an error."""
    with file.open("ab", buffering=0) as results:
        if results.write(line) != len(line):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@contextmanager
def _writing(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise RunError(
            f"{file} cannot be written ({error.strerror}). Make room or name another file, and run again; what is done is kept."
        ) from error


def _done(out: Path, digest: str) -> set[str]:
    """Ids in `out`. A last line without its end is cut off the file, so that what follows starts on a line of its own."""
    if not out.exists():
        return set()
    ids = set()
    whole = 0
    with out.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if not line.endswith(b"\n"):
                break
            whole += len(line)
            try:
                data = json.loads(line)
                id, made_by = data["id"], (data["model"] or {}).get("digest")
            except (ValueError, LookupError, TypeError, AttributeError):
                raise RunError(
                    f"{out}:{number}: this line is not an analysis. Use another file, or --fresh to start over."
                ) from None
            if made_by != digest:
                raise RunError(
                    f"{out} holds analyses by another model ({str(made_by)[:12]}, now {digest[:12]}). "
                    "Use another file, or --fresh to start over."
                )
            ids.add(id)
    if whole < out.stat().st_size:
        with out.open("r+b") as file:
            file.truncate(whole)
    return ids
