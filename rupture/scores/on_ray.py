"""Many sessions on a Ray cluster, into the Parquet data set: Ray Data reads the files, actors analyse, this process puts each
part in place and so decides, alone, what is done.

Everything Ray may do twice when a machine is lost (read a file, analyse a part, write it aside) gives the same again; the one
thing that counts, moving a part in, happens here once. Sessions travel between the steps as JSON.
"""

import json
import logging
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from rupture.batch import Outcome, refuse_second, transcript_of
from rupture.errors import RunError, RuptureError
from rupture.scores.apart import Apart, Child, to_wire
from rupture.scores.dataset import ScoreSet
from rupture.scores.inputs import InputFile, sessions_in
from rupture.scores.local import PART, stage
from rupture.scores.tables import SetAside, plain_id

if TYPE_CHECKING:
    import pyarrow as pa

_BLOCK = 1_000_000
"""Bytes of sessions that travel together: about twenty sessions of an hour, so that no actor has many parts while others wait."""
_READERS, _FED = 2, 32
"""Files read at a time: two at least, and one for so many actors, each of which needs a session every two seconds, where a reader
makes thirty ready in one."""


@dataclass(frozen=True, slots=True)
class OnRay:
    """How a run is spread: `actors` at most (0: one for `cpus` cores of the cluster, whose threads it keeps busy), `part`
    sessions a part."""

    apart: Apart = field(default_factory=Apart)
    actors: int = 0
    cpus: int = 1
    part: int = PART


def run_on_ray(files: Iterable[InputFile], scores: ScoreSet, how: OnRay, *, words: bool) -> Iterator[Outcome]:
    """Analyses each session of `files` that is not done, within a Ray session; outcomes come when their part is in place.
    RunError when two inputs have the same id, when the model cannot be loaded, or when nothing can be written; parts in place
    are kept."""
    import ray
    import ray.data
    from ray.exceptions import RayError

    _settle(ray.data.DataContext.get_current())
    done = scores.done()
    # As JSON, since names of files may hold what Arrow does not take for text.
    rows = [{"file": json.dumps(asdict(file))} for file in files]
    actors = how.actors or max(1, int(ray.cluster_resources().get("CPU", 1) // how.cpus))
    receipts = (
        ray.data.from_items(rows, override_num_blocks=min(len(rows), 1_000))
        .map_batches(
            partial(_read, done=ray.put(done)),
            batch_format="pyarrow",
            batch_size=None,
            num_cpus=0,
            compute=ray.data.TaskPoolStrategy(size=min(len(rows), max(_READERS, actors // _FED))),
        )
        .map_batches(
            _Analyst,
            fn_constructor_args=(scores, replace(how.apart, threads=how.cpus), words),
            batch_format="pyarrow",
            batch_size=how.part,
            num_cpus=how.cpus,
            compute=ray.data.ActorPoolStrategy(min_size=1, max_size=actors),
        )
    )
    seen: set[str] = set()
    try:
        for block in receipts.iter_batches(batch_size=None, batch_format="pyarrow"):
            for receipt in block.to_pylist():
                yield from _put_in_place(scores, receipt, seen)
    except RayError as error:
        cause = getattr(error, "cause", None)
        raise (
            cause
            if isinstance(cause, RuptureError)
            else RunError(
                f"Ray could not go on ({type(error).__name__}). What is done is kept; run again, and look at Ray's log."
            )
        ) from error
    scores.tidy()


def _put_in_place(scores: ScoreSet, receipt: dict[str, str], seen: set[str]) -> Iterator[Outcome]:
    outcomes = [Outcome(*fields) for fields in json.loads(receipt["outcomes"])]
    for outcome in outcomes:
        refuse_second(outcome.id, seen)
    if receipt["part"]:
        scores.commit(receipt["part"])
    yield from outcomes


def _settle(context: Any) -> None:
    """Small blocks, none of Ray's own progress, parts in the order in which they are ready."""
    context.target_max_block_size = _BLOCK
    context.enable_progress_bars = False
    context.enable_operator_progress_bars = False
    context.print_on_execution_start = False
    context.raise_original_map_exception = True
    context.execution_options.preserve_order = False
    logging.getLogger("ray.data").setLevel(logging.CRITICAL)


def _read(files: "pa.Table", done: Any) -> "Iterator[pa.Table]":
    """The sessions of some files as rows: the transcript as JSON, or what is wrong with it, or that it was done before."""
    import pyarrow as pa
    import ray

    known: set[str] = ray.get(done)
    schema = pa.schema([("id", pa.string()), ("transcript", pa.string()), ("trouble", pa.string()), ("skipped", pa.bool_())])
    waiting: list[dict[str, Any]] = []
    size = 0
    for file in files.to_pylist():
        for source in sessions_in(InputFile(**json.loads(file["file"]))):
            row: dict[str, Any] = {"id": plain_id(source.id), "transcript": "", "trouble": "", "skipped": False}
            if row["id"] in known:
                row["skipped"] = True
            else:
                try:
                    row["transcript"] = to_wire(transcript_of(source))
                except RuptureError as error:
                    row["trouble"] = plain_id(str(error))
                except Exception as error:  # one session must not stop a million; the kind of error quotes no words
                    row["trouble"] = f"It could not be read ({type(error).__name__}). Try this session by itself, and report it."
            waiting.append(row)
            size += len(row["transcript"])
            if size > _BLOCK:
                yield pa.Table.from_pylist(waiting, schema)
                waiting, size = [], 0
    yield pa.Table.from_pylist(waiting, schema)


class _Analyst:
    """An actor: its child loads the model once. A table of sessions in, the receipt of a part that is staged out."""

    def __init__(self, scores: ScoreSet, apart: Apart, words: bool) -> None:
        self._scores, self._words = scores, words
        self._child = Child(apart)

    def __call__(self, sessions: "pa.Table") -> "pa.Table":
        import pyarrow as pa

        rows = sessions.to_pylist()
        outcomes = [Outcome(row["id"], "skipped") for row in rows if row["skipped"]]
        found = [
            SetAside(row["id"], "unreadable", row["trouble"]) if row["trouble"] else self._child.analyse(row["transcript"])
            for row in rows
            if not row["skipped"]
        ]
        part = ""
        if found:
            part, staged = stage(self._scores, found, words=self._words)
            outcomes += staged
        return pa.table({"part": [part], "outcomes": [json.dumps([[o.id, o.state, o.reason] for o in outcomes])]})
