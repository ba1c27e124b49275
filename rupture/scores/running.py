"""A batch from its order to its outcomes: chooses the engine, the way results are kept, and how inputs are found."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rupture.batch import Outcome, run_batch
from rupture.build import build_reading
from rupture.errors import RunError
from rupture.formats import Source, read_many
from rupture.protocols import DetectorName
from rupture.scores.engines import Engine

if TYPE_CHECKING:
    from rupture.scores.inputs import InputFile

_SETTINGS: Mapping[str, Callable[[str], Any]] = {"address": str, "temp": str, "actors": int, "cpus": int, "part": int}


@dataclass(frozen=True, slots=True)
class Batch:
    """What a user asked for. `ray` are settings of the engine, `name=value`."""

    inputs: tuple[str, ...]
    out: str
    detector: DetectorName = DetectorName.TRAINED
    engine: Engine = Engine.LOCAL
    fresh: bool = False
    words: bool = False
    ray: tuple[str, ...] = ()


def outcomes_of(order: Batch) -> Iterator[Outcome]:
    """Runs the batch; outcomes come as sessions are done. RunError for settings that do not fit together, and as the engines."""
    from rupture.scores.dataset import is_score_set

    if order.engine is Engine.RAY:
        yield from _on_ray(order)
        return
    if order.ray:
        raise RunError("--ray is for --engine ray.")
    parquet = is_score_set(order.out)
    if order.words and not parquet:
        raise RunError("--words is for a Parquet data set; JSONL holds the words. Leave it out, or end --out in .parquet.")
    analyse, decisions = build_reading(order.detector)
    digest = decisions.model.digest if decisions.model else ""
    if not parquet:
        sources = chain.from_iterable(_sources(path, Path(order.out)) for path in order.inputs)
        yield from run_batch(sources, analyse, Path(order.out), digest=digest, fresh=order.fresh)
        return
    from rupture.scores.dataset import alone, open_scores
    from rupture.scores.inputs import sessions_in
    from rupture.scores.local import run_local

    files = _files(order)
    with alone(order.out):
        scores = open_scores(order.out, digest, words=order.words, fresh=order.fresh)
        sources = chain.from_iterable(map(sessions_in, files))
        yield from run_local(sources, analyse, scores, words=order.words)


def reasons_at(out: str) -> str:
    """Where the reasons of what was set aside are kept."""
    from rupture.scores.dataset import is_score_set
    from rupture.scores.tables import SET_ASIDE

    return f"{out.rstrip('/')}/{SET_ASIDE}" if is_score_set(out) else str(_errors(Path(out)))


def _errors(out: Path) -> Path:
    return out.with_suffix(".errors.jsonl")


def _sources(path: str, out: Path) -> Iterator[Source]:
    """The sessions at `path`, by this package alone where that will do."""
    from rupture.scores.inputs import find_inputs, needs_fsspec, sessions_in

    if not needs_fsspec(path):
        return read_many(path, (out, _errors(out)))
    return chain.from_iterable(map(sessions_in, find_inputs(path, (str(out), str(_errors(out))))))


def _files(order: Batch) -> "list[InputFile]":
    """The files with sessions; the results of an earlier run are none."""
    from rupture.scores.inputs import find_inputs

    return [file for path in order.inputs for file in find_inputs(path, (order.out,))]


def _on_ray(order: Batch) -> Iterator[Outcome]:
    from rupture.scores.apart import Apart
    from rupture.scores.dataset import alone, is_score_set, open_scores
    from rupture.scores.on_ray import OnRay, run_on_ray
    from rupture.scores.ray_session import ray_session

    if not is_score_set(order.out):
        raise RunError(f"--engine ray writes a Parquet data set. End {order.out} in .parquet, or name a folder or an address.")
    settings = _settings(order.ray)
    where = {name: str(settings.pop(name, "")) for name in ("address", "temp")}
    how = OnRay(Apart(order.detector), **settings)
    files = _files(order)
    decisions = build_reading(order.detector)[1]
    digest = decisions.model.digest if decisions.model else ""
    with alone(order.out):
        scores = open_scores(order.out, digest, words=order.words, fresh=order.fresh)
        with ray_session(**where):
            yield from run_on_ray(files, scores, how, words=order.words)


def _settings(given: tuple[str, ...]) -> dict[str, Any]:
    """The settings of `name=value` items, each as its kind and above zero where it is a number."""
    settings: dict[str, Any] = {}
    for item in given:
        name, _, value = item.partition("=")
        try:
            settings[name] = _SETTINGS[name](value)
            good = bool(value) and (_SETTINGS[name] is str or settings[name] > 0)
        except (KeyError, ValueError):
            good = False
        if not good:
            raise RunError(f"--ray {item!r}: expected one of {', '.join(_SETTINGS)}, with a value: for example --ray actors=8.")
    return settings
