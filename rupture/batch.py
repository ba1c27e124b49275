"""Many transcripts to one JSONL file of analyses: streamed, one in memory at a time, resumed where it stopped, bad inputs set
aside."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

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
    was made by another model (`digest`) and `fresh` is not set, or when two inputs have the same id.
    """
    errors = out.with_suffix(".errors.jsonl")
    if fresh:
        out.unlink(missing_ok=True)
    done = _done(out, digest)
    errors.unlink(missing_ok=True)
    seen: set[str] = set()
    out.parent.mkdir(parents=True, exist_ok=True)
    # An id may hold half a surrogate pair, which UTF-8 has not; the backslash form is the same string in JSON.
    with out.open("a", encoding="utf-8", errors="backslashreplace") as results:
        for source in sources:
            if source.id in seen:
                raise RunError(
                    f"two inputs have the id {source.id!r}; give each session its own id and run again (what is done is kept)"
                )
            seen.add(source.id)
            if source.id in done:
                yield Outcome(source.id, "skipped")
                continue
            try:
                analysis = analyse(source.read().transcript)
            except RuptureError as error:
                with errors.open("a", encoding="utf-8", errors="backslashreplace") as file:
                    _write(file, {"id": source.id, "error": str(error)})
                yield Outcome(source.id, "failed", str(error))
                continue
            _write(results, analysis.to_dict())
            yield Outcome(
                source.id, analysis.state.value, " ".join(analysis.notes) if analysis.state is State.NOT_ANALYSED else ""
            )


def _write(file: TextIO, data: object) -> None:
    file.write(json.dumps(data, ensure_ascii=False) + "\n")
    file.flush()


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
