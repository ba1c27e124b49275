"""The suite `detection`: runs a detector over coded sessions, and scores the saved answers against the codes.

Scoring needs no model. Data sets (`source` of a session) are scored apart, never pooled. A new turn metric is one row of
`TURN_METRICS`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Unpack

import numpy as np

from rupture.codebook import MARKERS, RUPTURE, Family
from rupture.coding.values import CodedSession, Rating
from rupture.digests import digest_sessions
from rupture.errors import RunError
from rupture.evaluation import metrics, missed, moments, ratings, runs
from rupture.evaluation.agreement import Agreement
from rupture.evaluation.baselines import constant, oracle
from rupture.evaluation.intervals import DRAWS, SEED, estimate, resampled
from rupture.evaluation.samples import FAMILIES, NAMES, Floats, Sample, sample
from rupture.evaluation.values import Prediction
from rupture.transcript import Role

Scores = dict[str, Any]
Metric = Callable[[Sample, Floats], Floats]

ENOUGH_POSITIVES = 20
"""Markers with fewer positive turns stay out of the macro average."""

TURN_METRICS: Mapping[str, Metric] = {
    "auroc": metrics.auroc,
    "auroc_within": metrics.auroc_within,
    "ap": metrics.average_precision,
    "kappa": lambda s, w: metrics.confusion(s, w).kappa(),
    "kappa_at_half": lambda s, w: metrics.confusion(s, w, threshold=0.5).kappa(),
    "precision": lambda s, w: metrics.confusion(s, w).precision(),
    "recall": lambda s, w: metrics.confusion(s, w).recall(),
    "f1": lambda s, w: metrics.confusion(s, w).f1(),
    "ac1": lambda s, w: metrics.confusion(s, w).ac1(),
    "alpha": lambda s, w: metrics.confusion(s, w).alpha(),
    "ece": metrics.calibration_error,
}
HEADLINE = ("auroc", "auroc_within", "ap", "kappa")
"""What is also shown of baselines and of groups of sessions."""
_GROUP_NAMES = (*FAMILIES, Family.STRATEGY.value)
_NO_MARKER = "none"


def run_detection(
    folder: Path,
    plan: runs.Plan,
    sessions: Sequence[CodedSession] | Mapping[str, CodedSession],
    predict: Callable[[CodedSession], Prediction],
    *,
    progress: runs.Progress = lambda done, total, failed: None,
    **how: Unpack[runs.How],
) -> runs.Record:
    """Saves `predict` of each session, in order. With held-out folds, `predict` trains a fold when its first session comes up.

    A mapping from id to session is asked for one session at a time, so that it may read them as they are needed.
    """
    items = sessions if isinstance(sessions, Mapping) else {session.transcript.id: session for session in sessions}
    if len(items) != len(sessions):
        raise RunError("two sessions have the same id; ids must be unique within a run")

    def produce(session: CodedSession) -> runs.Answer:
        return checked(session, predict(session)).to_dict()

    return runs.run(folder, plan, items, produce, progress=progress, **how)


def score(
    folder: Path,
    sessions: Sequence[CodedSession],
    groupings: Mapping[str, Mapping[str, str]] | None = None,
    raters: Mapping[str, Sequence[Agreement]] | None = None,
) -> Scores:
    """Computes everything again from the answers saved in `folder`, writes `scores.json` and returns it.

    `groupings` maps the name of a grouping to session id → group. Sessions without an answer are counted, not scored as wrong.
    RunError when there is no answer at all, or one that does not fit its session.
    """
    predictions = {answer["id"]: Prediction.from_dict(answer) for answer in runs.read_answers(folder)}
    tally = runs.tally(folder, len(predictions))
    known = {session.transcript.id for session in sessions}
    if strangers := predictions.keys() - known:
        raise RunError(f"{folder.name}: answer for {min(strangers)!r}, but no such session given; give the sessions of the run")
    answered = [session for session in sessions if session.transcript.id in predictions]
    pairs = [(session, checked(session, predictions[session.transcript.id])) for session in answered]
    scores = {
        **tally,
        "cases": digest_sessions(sessions),
        "bootstrap": {"draws": DRAWS, "seed": SEED, "unit": "session", "level": 0.95},
        "sets": {
            source: score_sessions(*_unzipped(pair for pair in pairs if pair[0].source == source), groupings or {})
            for source in dict.fromkeys(session.source for session in answered)
        },
        "raters": {source: [pair.to_dict() for pair in pairs] for source, pairs in (raters or {}).items()},
    }
    runs.write_json(folder / runs.SCORES, scores)
    return scores


def score_sessions(
    sessions: Sequence[CodedSession],
    predictions: Sequence[Prediction],
    groupings: Mapping[str, Mapping[str, str]],
) -> Scores:
    """All numbers of one data set; `predictions[i]` belongs to `sessions[i]`."""
    weights = resampled(len(sessions))
    samples = {name: sample(name, sessions, predictions) for name in NAMES}
    return {
        "sessions": len(sessions),
        "turns": sum(len(session.transcript.turns) for session in sessions),
        "names": {
            name: _turn_scores(rows, weights, TURN_METRICS) | {"reliability": _curve(rows)} for name, rows in samples.items()
        },
        "macro_ap": _macro_ap(samples, weights),
        "confusions": marker_confusions(sessions, predictions),
        "baselines": {
            title: {name: _turn_scores(make(samples[name]), weights, _headline()) for name in _GROUP_NAMES}
            for title, make in (("oracle", oracle), ("constant", constant))
        },
        "top_moments": _moment_scores(sessions, predictions, weights),
        "moments_within": {
            str(reach): {
                name: _matches(moments.turn_matches(sessions, predictions, weights, name, reach), len(sessions))
                for name in FAMILIES
            }
            for reach in moments.REACHES
        },
        "episodes": _episode_scores(sessions, predictions, weights),
        "ratings": {name: _rating_scores(sessions, predictions, weights, name) for name in Rating.__slots__},
        "missed": missed.summary(sessions, predictions),
        "groups": {title: _group_scores(sessions, predictions, grouping) for title, grouping in groupings.items()},
    }


def marker_confusions(sessions: Sequence[CodedSession], predictions: Sequence[Prediction]) -> dict[str, dict[str, int]]:
    """Client turns by the reference's clearest marker and then the detector's, `none` for no marker.

    Left out are turns on which the raters split, over whether there is a rupture or over which marker it is, and turns the
    detector gave no score.
    """
    names = (*MARKERS, _NO_MARKER)
    counts = {reference: dict.fromkeys(names, 0) for reference in names}
    for session, prediction in zip(sessions, predictions, strict=True):
        for turn in session.transcript.turns:
            if turn.role is not Role.CLIENT or not prediction.scores[turn.index]:
                continue
            reference = _clearest(session, turn.index)
            if reference is not None:
                counts[reference][next(iter(prediction.codes[turn.index]), _NO_MARKER)] += 1
    return counts


def _clearest(session: CodedSession, turn: int) -> str | None:
    """The marker with most votes, None where the raters split; of markers a majority gave alike, the first of the codebook."""
    ruptured = session.reference(turn, RUPTURE)
    if not ruptured:
        return None if ruptured is None else _NO_MARKER
    votes = session.votes[turn]
    first, second = sorted(MARKERS, key=lambda code: -votes.get(code, 0.0))[:2]
    split = votes.get(first, 0.0) <= 0.5 and votes.get(first, 0.0) == votes.get(second, 0.0)
    return None if split else first


def _headline() -> dict[str, Metric]:
    return {name: TURN_METRICS[name] for name in HEADLINE}


def _turn_scores(rows: Sample, weights: Floats, wanted: Mapping[str, Metric]) -> Scores:
    return {
        "n": len(rows),
        "positives": rows.positives,
        "disputed": rows.disputed,
        "unscored": rows.unscored,
        "sessions_within": metrics.sessions_with_both(rows),
        **_estimates({name: metric(rows, weights) for name, metric in wanted.items()}, rows.sessions),
    }


def _curve(rows: Sample) -> list[dict[str, float]]:
    return [{key: round(value, 6) for key, value in point.items()} for point in metrics.reliability(rows)]


def _macro_ap(samples: Mapping[str, Sample], weights: Floats) -> Scores:
    """A draw that misses a marker altogether averages the others."""
    markers = [name for name in MARKERS if samples[name].positives >= ENOUGH_POSITIVES]
    values = np.array([metrics.average_precision(samples[name], weights) for name in markers]).reshape(len(markers), len(weights))
    defined = ~np.isnan(values)
    mean = metrics.ratio(np.where(defined, values, 0).sum(axis=0), defined.sum(axis=0).astype(float))
    return {**estimate(mean, weights.shape[1]).to_dict(), "markers": markers}


def _moment_scores(sessions: Sequence[CodedSession], predictions: Sequence[Prediction], weights: Floats) -> Scores:
    shown = [len(p.top_moments) for s, p in zip(sessions, predictions, strict=True) if not moments.has_rupture(s)]
    values = moments.top_moments(sessions, predictions, weights)
    counts = {"sessions_without_rupture": len(shown), "most_without_rupture": max(shown, default=None)}
    return {**counts, **_estimates(values, len(sessions))}


def _episode_scores(sessions: Sequence[CodedSession], predictions: Sequence[Prediction], weights: Floats) -> Scores:
    close = {"onset": moments.onsets_meet, "overlap": moments.spans_meet}
    matches = moments.episodes(sessions, predictions, weights, list(close.values()))
    return {title: _matches(found, len(sessions)) for title, found in zip(close, matches, strict=True)}


def _matches(found: moments.Matches, sessions: int) -> Scores:
    values, counts = found
    return {**counts, **_estimates(values, sessions)}


def _rating_scores(sessions: Sequence[CodedSession], predictions: Sequence[Prediction], weights: Floats, name: str) -> Scores:
    predicted, reference, numbers = ratings.paired(sessions, predictions, name)
    weights = weights[:, numbers]
    values = {
        "spearman": ratings.spearman(predicted, reference, weights),
        "mae": ratings.mean_absolute_error(predicted, reference, weights),
        "quadratic_kappa": ratings.quadratic_kappa(predicted, reference, weights),
        "ordinal_alpha": ratings.ordinal_alpha(predicted, reference, weights),
    }
    return {"sessions": len(numbers), **_estimates(values, len(numbers))}


def _group_scores(sessions: Sequence[CodedSession], predictions: Sequence[Prediction], grouping: Mapping[str, str]) -> Scores:
    pairs = list(zip(sessions, predictions, strict=True))
    groups: Scores = {}
    for group in sorted({grouping[s.transcript.id] for s in sessions if s.transcript.id in grouping}):
        members = _unzipped(pair for pair in pairs if grouping.get(pair[0].transcript.id) == group)
        weights = resampled(len(members[0]))
        names = {name: _turn_scores(sample(name, *members), weights, _headline()) for name in _GROUP_NAMES}
        groups[group] = {"sessions": len(members[0]), "names": names}
    return groups


def _estimates(values: Mapping[str, Floats], sessions: int) -> Scores:
    return {name: estimate(value, sessions).to_dict() for name, value in values.items()}


def _unzipped(pairs: Iterable[tuple[CodedSession, Prediction]]) -> tuple[list[CodedSession], list[Prediction]]:
    both = list(pairs)
    return [session for session, _ in both], [prediction for _, prediction in both]


def checked(session: CodedSession, prediction: Prediction) -> Prediction:
    """The prediction, if it is of this session and has one entry a turn; RunError otherwise."""
    key, turns = session.transcript.id, len(session.transcript.turns)
    if prediction.session != key:
        raise RunError(f"session {key}: expected its own prediction, found one of {prediction.session!r}")
    if len(prediction.scores) != turns or len(prediction.codes) != turns:
        raise RunError(
            f"session {key}: expected scores and codes for {turns} turns, found {len(prediction.scores)} and "
            f"{len(prediction.codes)}; if the session has changed since the run, run again with fresh=True (--fresh)"
        )
    return prediction
