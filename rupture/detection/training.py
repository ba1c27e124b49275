"""Training: coded sessions in, a model with its card out. Everything is chosen on sessions the members at hand have not seen.

An ensemble has two kinds of members: plain ones learn from the reference data set alone, mixed ones from the other one too, told
apart by a domain flag, because its sessions are of another kind and partly coded more densely. How much each kind counts is
chosen by family (`fit_blend`): what helps confrontation may blur withdrawal.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rupture.analyse import Decisions
from rupture.analysis import Scores
from rupture.coding.values import CodedSession
from rupture.detection.calibration import (
    Array,
    Calibration,
    fit_blend,
    fit_calibration,
    fit_policy,
    fit_session_weights,
    reference_and,
    to_scores,
)
from rupture.detection.examples import Example, examples
from rupture.detection.heads import HEADS
from rupture.digests import digest_sessions
from rupture.encoder import Encoder
from rupture.protocols import Progress

if TYPE_CHECKING:
    from rupture.detection.network import SessionNetwork

MEMBERS = 3
"""Members of each kind in an ensemble."""
_WORKERS = 2
FOLDS = 5

Fold = Mapping[str, int]
"""Session id to its fold; sessions that are only ever trained on are not in it."""


def silent(step: str, done: int, total: int) -> None:
    """Progress for nobody."""


@dataclass(frozen=True, slots=True)
class Held:
    """Predictions for sessions that the ensemble had not seen, with the decisions chosen without them."""

    sessions: tuple[CodedSession, ...]
    scores: tuple[list[Scores], ...]
    decisions: Decisions


@dataclass(frozen=True, slots=True)
class _Task:
    """One member to fit: on every folded session outside `left_out`, and on the others too where `mixed`."""

    left_out: frozenset[int]
    mixed: bool
    seed: int

    @property
    def name(self) -> str:
        """Of the file that keeps the member."""
        return f"{'-'.join(map(str, sorted(self.left_out))) or 'all'}{'-mixed' * self.mixed}-{self.seed}.pt"


@dataclass(frozen=True, slots=True)
class _Data:
    sessions: tuple[CodedSession, ...]
    examples: tuple[Example, ...]
    folds: tuple[int | None, ...]
    store: Path

    def held(self, fold: int) -> list[int]:
        return [i for i, f in enumerate(self.folds) if f == fold]


def folded(sessions: Sequence[CodedSession], published: Fold) -> Fold:
    """Folds by session id: the published ones for AnnoMI where it is among `sessions`, else every fifth of our own."""
    reference = [s.transcript.id for s in sessions if s.transcript.id in published]
    return {id: published[id] for id in reference} or {s.transcript.id: i % FOLDS + 1 for i, s in enumerate(sessions)}


def cross_validate(
    sessions: Sequence[CodedSession], folds: Fold, encoder: Encoder, store: Path, progress: Progress = silent
) -> Iterator[Held]:
    """Each fold predicted by an ensemble of the other four. Calibration, thresholds and session weights of a fold come from
    ensembles of three folds predicting the fourth: nothing is chosen on what is reported. Members are kept in `store`, so that
    a run that was stopped goes on."""
    progress("encode the sessions", 0, 1)
    data = _data(sessions, folds, encoder, store)
    numbers = sorted(set(folds.values()))
    outer = {frozenset({k}): _tasks({k}, MEMBERS, data) for k in numbers}
    inner = {frozenset({j, k}): _tasks({j, k}, 1, data) for j in numbers for k in numbers if j < k}
    predicted = _predictions(data, {**inner, **outer}, progress)
    for k in numbers:
        seen = [(i, predicted[frozenset({j, k})][i]) for j in numbers if j != k for i in data.held(j)]
        blend, calibration, decisions = decide_on([data.sessions[i] for i, _ in seen], [p for _, p in seen])
        held = data.held(k)
        blended = [_blended(predicted[frozenset({k})][i], blend) for i in held]
        sessions_held = tuple(data.sessions[i] for i in held)
        yield Held(
            sessions_held,
            tuple(to_scores(s.transcript, p, calibration) for s, p in zip(sessions_held, blended, strict=True)),
            decisions,
        )


@dataclass(frozen=True, slots=True)
class Fitted:
    """What ships: the members with the weight each has in each head's mean, (members, heads), how raw means become scores and
    scores findings, and how well held-out scores order the turns."""

    members: "tuple[SessionNetwork, ...]"
    weights: Array
    calibration: Calibration
    decisions: Decisions
    measured: Mapping[str, Mapping[str, float]]


def fit_ensemble(
    sessions: Sequence[CodedSession],
    folds: Fold,
    encoder: Encoder,
    store: Path,
    progress: Progress = silent,
    members: int = MEMBERS,
) -> Fitted:
    """`members` of each kind trained on all of `sessions`; blend, calibration and decisions from predictions out of fold. Members
    are kept in `store`, so that a run that was stopped goes on."""
    progress("encode the sessions", 0, 1)
    data = _data(sessions, folds, encoder, store)
    numbers = sorted(set(folds.values()))
    predicted = _predictions(data, {frozenset({k}): _tasks({k}, 1, data) for k in numbers}, progress)
    held = [(i, predicted[frozenset({k})][i]) for k in numbers for i in data.held(k)]
    held_sessions, held_out = [data.sessions[i] for i, _ in held], [p for _, p in held]
    blend, calibration, decisions = decide_on(held_sessions, held_out)
    tasks, shipped = _tasks(set(), members, data), []
    with _pool(data) as pool:
        for member in pool.map(_fit, tasks):
            shipped.append(member)
            progress("fit the members that ship", len(shipped), len(tasks))
    # The shares were chosen on these very predictions, so both kinds count the same in what is reported of them.
    measured = _measured(held_sessions, [p.mean(axis=0) for p in held_out])
    return Fitted(tuple(shipped), _weights(tasks, blend), calibration, decisions, measured)


def decide_on(sessions: Sequence[CodedSession], kinds: Sequence[Array]) -> tuple[Array, Calibration, Decisions]:
    """Blend, calibration and decisions from held-out probabilities, (kinds, turns, heads) a session; the miss rate is that of
    `rupture` at its threshold."""
    blend = fit_blend(sessions, [p[0] for p in kinds], [p[-1] for p in kinds])
    probabilities = [_blended(p, blend) for p in kinds]
    calibration = fit_calibration(sessions, probabilities)
    scores = [to_scores(s.transcript, p, calibration) for s, p in zip(sessions, probabilities, strict=True)]
    policy = fit_policy(sessions, scores)
    reference, predicted = reference_and(sessions, [[s.get("rupture", 0.0) for s in turns] for turns in scores], "rupture")
    missed = float((predicted[reference] < policy.threshold("rupture")).mean()) if reference.any() else None
    return blend, calibration, Decisions(policy, fit_session_weights(sessions, scores), miss_rate=missed)


def _blended(kinds: Array, blend: Array) -> Array:
    """(kinds, turns, heads) to (turns, heads): the plain kind comes first; where there is only one, it is both."""
    mean: Array = (1 - blend) * kinds[0] + blend * kinds[-1]
    return mean


def _weights(tasks: Sequence[_Task], blend: Array) -> Array:
    """What each member counts in the mean of each head, (members, heads); the columns add up to 1."""
    mixed = np.array([task.mixed for task in tasks])
    shares = np.where(mixed[:, None], blend, 1 - blend) if mixed.any() else np.ones((len(tasks), len(blend)))
    number = np.where(mixed, mixed.sum(), (~mixed).sum())
    weights: Array = (shares / number[:, None]).astype(np.float32)
    return weights


def _measured(sessions: Sequence[CodedSession], probabilities: Sequence[Array]) -> dict[str, dict[str, float]]:
    """Out-of-fold AUROC and AP by head; kappa is not among them, since the thresholds were chosen on these predictions."""
    from sklearn.metrics import average_precision_score, roc_auc_score

    measured = {}
    for column, head in enumerate(HEADS):
        reference, predicted = reference_and(sessions, [p[:, column] for p in probabilities], head)
        if reference.any():
            auroc, ap = roc_auc_score(reference, predicted), average_precision_score(reference, predicted)
            measured[head] = {
                "n": len(reference),
                "positives": int(reference.sum()),
                "auroc": round(auroc, 3),
                "ap": round(ap, 3),
            }
    return measured


def _data(sessions: Sequence[CodedSession], folds: Fold, encoder: Encoder, store: Path) -> _Data:
    """What the workers are given. Members of other data, folds, encoder or training code lie in another folder below `store`."""
    made = tuple(examples(sessions, encoder))
    fold_of = tuple(folds.get(session.transcript.id) for session in sessions)
    content = hashlib.sha256(f"{digest_sessions(sessions)} {fold_of}".encode())
    for example in made:
        content.update(example.encodings.tobytes() + example.shape.tobytes())
    for name in ("fitting.py", "network.py"):
        content.update(Path(__file__).with_name(name).read_bytes())
    folder = store / content.hexdigest()[:16]
    folder.mkdir(parents=True, exist_ok=True)
    return _Data(tuple(sessions), made, fold_of, folder)


def _tasks(left_out: Iterable[int], members: int, data: _Data) -> list[_Task]:
    """Both kinds where there are sessions outside the folds, else the plain kind alone. Seeds differ by fold, kind and member."""
    kinds = (False, True) if None in data.folds else (False,)
    base = sum(7**k for k in left_out)
    return [
        _Task(frozenset(left_out), mixed, base + 1000 * mixed + 100_000 * member) for mixed in kinds for member in range(members)
    ]


def _predictions(
    data: _Data, groups: Mapping[frozenset[int], list[_Task]], progress: Progress
) -> dict[frozenset[int], dict[int, Array]]:
    """For each set of folds left out: session number → mean probabilities of each kind of members trained without them, (kinds,
    turns, heads), plain ones first."""
    tasks = [(folds, task) for folds, group in groups.items() for task in group]
    totals: dict[frozenset[int], dict[int, dict[bool, list[Array]]]] = {folds: {} for folds in groups}
    with _pool(data) as pool:
        results = pool.map(_fit_and_predict, [task for _, task in tasks])
        for done, ((folds, task), result) in enumerate(zip(tasks, results, strict=True), start=1):
            for number, probabilities in result.items():
                totals[folds].setdefault(number, {}).setdefault(task.mixed, []).append(probabilities)
            progress("fit and predict, fold by fold", done, len(tasks))
    return {
        folds: {i: np.stack([np.mean(kinds[kind], axis=0) for kind in sorted(kinds)]) for i, kinds in by_session.items()}
        for folds, by_session in totals.items()
    }


def _pool(data: _Data) -> ProcessPoolExecutor:
    """Workers with one thread each: a GRU's steps are too small for two cores to share."""
    return ProcessPoolExecutor(_WORKERS, mp_context=get_context("spawn"), initializer=_start_worker, initargs=(data,))


_worker_data: _Data | None = None


def _start_worker(data: _Data) -> None:
    import torch

    global _worker_data
    torch.set_num_threads(1)
    _worker_data = data


def _fit(task: _Task) -> "SessionNetwork":
    from rupture.detection.fitting import fit, kept

    data = _worker_data
    if data is None:
        raise RuntimeError("a worker was used before it was given its data")
    chosen = [i for i, f in enumerate(data.folds) if f not in task.left_out and (f is not None or task.mixed)]
    domains = [int(data.folds[i] is None) for i in chosen]
    return kept(data.store / task.name, lambda: fit([data.examples[i] for i in chosen], domains, task.seed))


def _fit_and_predict(task: _Task) -> dict[int, Array]:
    from rupture.detection.fitting import predict

    network = _fit(task)
    if _worker_data is None:
        raise RuntimeError("a worker was used before it was given its data")
    held = [i for k in task.left_out for i in _worker_data.held(k)]
    return dict(zip(held, predict([network], [_worker_data.examples[i] for i in held]), strict=True))
