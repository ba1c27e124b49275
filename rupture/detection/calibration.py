"""From raw probabilities to calibrated ones and to thresholds, fitted on sessions the model has not seen. numpy and, for
fitting, scikit-learn."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from rupture.analysis import Scores
from rupture.codebook import MARKER_FAMILIES, RUPTURE, STRATEGIES, Family, markers_of
from rupture.coding.values import CodedSession
from rupture.detection.heads import CLIENT_HEADS, HEADS
from rupture.policy import Policy
from rupture.session_rating import RATINGS, Weights, summarise
from rupture.transcript import Role, Transcript

Array = NDArray[np.float32]
Calibration = Mapping[str, tuple[float, float]]
"""Slope and intercept on the logit of each head (Platt 1999); heads that are not named stay as they are."""

ENOUGH = 20
"""Positive turns a head needs for a calibration and a threshold of its own."""
TOP_PRECISION = 0.6
"""Precision that the moments a session opens with should have on held-out sessions."""
_SHARES = (0.5, 0.25, 0.75, 0.0, 1.0)
"""Of equal merit the first is taken."""
_FAMILIES: Mapping[str, tuple[str, ...]] = {
    RUPTURE: (RUPTURE,),
    **{family.value: (family.value, *markers_of(family)) for family in MARKER_FAMILIES},
    Family.STRATEGY.value: (Family.STRATEGY.value, *STRATEGIES),
}
_EDGE = 1e-6


def to_scores(transcript: Transcript, probabilities: Array, calibration: Calibration) -> list[Scores]:
    """Calibrated scores by name, a mapping a turn; empty for turns of others. `probabilities`: (turns, heads)."""
    slopes = np.array([calibration.get(head, (1.0, 0.0)) for head in HEADS])
    values = _sigmoid(_logit(probabilities) * slopes[:, 0] + slopes[:, 1])
    split = len(CLIENT_HEADS)
    columns = {Role.CLIENT: range(split), Role.THERAPIST: range(split, len(HEADS)), Role.OTHER: range(0)}
    return [
        {HEADS[column]: float(row[column]) for column in columns[turn.role]}
        for turn, row in zip(transcript.turns, values, strict=True)
    ]


def fit_calibration(sessions: Sequence[CodedSession], probabilities: Sequence[Array]) -> dict[str, tuple[float, float]]:
    """Platt scaling of every head with enough positive turns; `probabilities[i]` are held-out predictions for `sessions[i]`."""
    from sklearn.linear_model import LogisticRegression

    calibration = {}
    for head in HEADS:
        reference, predicted = reference_and(sessions, [p[:, HEADS.index(head)] for p in probabilities], head)
        if reference.sum() >= ENOUGH:
            model = LogisticRegression(C=1e4).fit(_logit(predicted)[:, None], reference)
            calibration[head] = float(model.coef_[0, 0]), float(model.intercept_[0])
    return calibration


def fit_blend(sessions: Sequence[CodedSession], plain: Sequence[Array], mixed: Sequence[Array]) -> Array:
    """For each head, the share that the mixed members should have in the mean, (heads,): for a family and its codes, the one with
    the best AUROC plus average precision of the family on these held-out predictions."""
    from sklearn.metrics import average_precision_score, roc_auc_score

    shares = np.full(len(HEADS), 0.5, np.float32)
    for family, heads in _FAMILIES.items():
        columns = [HEADS.index(head) for head in heads]
        pairs = [reference_and(sessions, [p[:, HEADS.index(family)] for p in kind], family) for kind in (plain, mixed)]
        (reference, one), (_, other) = pairs
        if reference.sum() >= ENOUGH:
            means = [(1 - share) * one + share * other for share in _SHARES]
            merits = [roc_auc_score(reference, mean) + average_precision_score(reference, mean) for mean in means]
            shares[columns] = _SHARES[int(np.argmax(merits))]
    return shares


def fit_policy(sessions: Sequence[CodedSession], scores: Sequence[Sequence[Scores]]) -> Policy:
    """Thresholds chosen on held-out scores: each head's for Cohen's kappa, `top` for precision."""
    codes = {}
    for head in HEADS:
        reference, predicted = reference_and(sessions, [[s.get(head, 0.0) for s in turns] for turns in scores], head)
        if reference.sum() >= ENOUGH:
            codes[head] = round(best_threshold(reference, predicted), 4)
    reference, predicted = reference_and(sessions, [[s.get(RUPTURE, 0.0) for s in turns] for turns in scores], RUPTURE)
    return Policy(codes=codes, top=round(precise_threshold(reference, predicted, TOP_PRECISION), 4))


def fit_session_weights(sessions: Sequence[CodedSession], scores: Sequence[Sequence[Scores]]) -> Weights:
    """Ridge regression from summaries of held-out scores to each session rating, on the scale of the summaries."""
    from sklearn.linear_model import RidgeCV

    summaries = [summarise(session.transcript, turns) for session, turns in zip(sessions, scores, strict=True)]
    names = list(summaries[0])
    table = np.array([[summary[name] for name in names] for summary in summaries])
    weights = {}
    for rating in RATINGS:
        pairs = [(row, getattr(s.rating, rating)) for row, s in zip(table, sessions, strict=True) if s.rating is not None]
        known = [(row, value) for row, value in pairs if value is not None]
        if not known:
            weights[rating] = {"intercept": 1.0}  # nobody rated it: the floor of the scale
            continue
        rows = np.array([row for row, _ in known])
        centre, spread = rows.mean(0), rows.std(0) + _EDGE
        model = RidgeCV(10.0 ** np.arange(-1, 4)).fit((rows - centre) / spread, [value for _, value in known])
        slopes = model.coef_ / spread
        weights[rating] = {
            "intercept": float(model.intercept_ - slopes @ centre),
            **dict(zip(names, map(float, slopes), strict=True)),
        }
    return weights


def reference_and(
    sessions: Sequence[CodedSession], predicted: Sequence[Sequence[float] | Array], head: str
) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Reference and prediction of every turn that `head` applies to and the raters did not split on."""
    role = Role.CLIENT if head in CLIENT_HEADS else Role.THERAPIST
    pairs = [
        (session.reference(turn.index, head), values[turn.index])
        for session, values in zip(sessions, predicted, strict=True)
        for turn in session.transcript.turns
        if turn.role is role and session.reference(turn.index, head) is not None
    ]
    return np.array([bool(r) for r, _ in pairs]), np.array([p for _, p in pairs], np.float64)


def best_threshold(reference: NDArray[np.bool_], predicted: NDArray[np.float64]) -> float:
    """The threshold with the best kappa, smoothed over its neighbours so that one lucky turn does not decide."""
    options = np.unique(np.quantile(predicted, np.linspace(0.7, 0.99, 59)))
    kappas = np.array([_kappa(reference, predicted >= option) for option in options])
    width = min(5, len(kappas))
    smoothed = np.convolve(np.pad(kappas, width // 2, mode="edge"), np.ones(width) / width, mode="valid")[: len(options)]
    return float(options[smoothed.argmax()])


def precise_threshold(reference: NDArray[np.bool_], predicted: NDArray[np.float64], precision: float) -> float:
    """The lowest threshold above which at least `precision` of turns are positive, with at least `ENOUGH` such turns; 1.0 when
    there is none."""
    order = np.argsort(-predicted)
    reached = np.cumsum(reference[order]) / np.arange(1, len(order) + 1)
    good = [rank for rank in range(ENOUGH - 1, len(order)) if reached[rank] >= precision]
    return float(predicted[order[good[-1]]]) if good else 1.0


def _kappa(reference: NDArray[np.bool_], decided: NDArray[np.bool_]) -> float:
    both, first, second = (reference & decided).mean(), reference.mean(), decided.mean()
    agreed = 1 - first - second + 2 * both
    chance = first * second + (1 - first) * (1 - second)
    return 0.0 if math.isclose(chance, 1.0) else float((agreed - chance) / (1 - chance))


def _logit(probabilities: NDArray[np.floating]) -> NDArray[np.float64]:
    held = np.clip(probabilities.astype(np.float64), _EDGE, 1 - _EDGE)
    return np.log(held / (1 - held))


def _sigmoid(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    return 1 / (1 + np.exp(-logits))
