"""Metrics over scored turns, each one function from a `Sample` and weights of its sessions to one value for each row of weights.

A row of `weights` says how often each session counts. The first row of `resampled` is the data itself, the others are bootstrap
draws of whole sessions, so a number and its interval come from the same lines; a loop over scikit-learn would take minutes. The
tests hold every metric to scikit-learn. NaN where a row leaves a metric undefined (no positive turn, for example). Nothing here
knows codes or files.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rupture.evaluation.samples import Bools, Floats, Ints, Sample

BINS = 10
"""Bins of the reliability curve: equal mass, cut at the deciles of the scores; equal scores share a bin."""
_STEPS = 512
"""Steps of recall taken at once, which bounds the memory however many turns there are."""


@dataclass(frozen=True, slots=True)
class Confusion:
    """Counts of turns for each row of weights."""

    tp: Floats
    fp: Floats
    fn: Floats
    tn: Floats

    def precision(self) -> Floats:
        """Share of the coded turns that the reference has too."""
        return ratio(self.tp, self.tp + self.fp)

    def recall(self) -> Floats:
        """Share of the reference's turns that were coded."""
        return ratio(self.tp, self.tp + self.fn)

    def f1(self) -> Floats:
        """Harmonic mean of precision and recall; 0 when something was coded or sought and nothing matched."""
        return ratio(2 * self.tp, 2 * self.tp + self.fp + self.fn)

    def kappa(self) -> Floats:
        """Cohen's kappa: agreement beyond what the two margins give by chance."""
        n = self.tp + self.fp + self.fn + self.tn
        chance = (self.tp + self.fp) * (self.tp + self.fn) + (self.fn + self.tn) * (self.fp + self.tn)
        return ratio(n * (self.tp + self.tn) - chance, n * n - chance)

    def ac1(self) -> Floats:
        """Gwet's AC1 of two raters and two categories: chance from the mean prevalence, steady where a label is rare."""
        n = self.tp + self.fp + self.fn + self.tn
        prevalence = ratio(2 * self.tp + self.fp + self.fn, 2 * n)
        chance = 2 * prevalence * (1 - prevalence)
        return ratio(ratio(self.tp + self.tn, n) - chance, 1 - chance)


def confusion(sample: Sample, weights: Floats, threshold: float | None = None) -> Confusion:
    """Codes against the reference; with `threshold`, scores from it upwards in place of codes."""
    coded = sample.coded if threshold is None else sample.score >= threshold
    cells = (coded & sample.truth, coded & ~sample.truth, ~coded & sample.truth, ~coded & ~sample.truth)
    return Confusion(*(weights @ by_session(sample, cell.astype(np.float64)) for cell in cells))


def auroc(sample: Sample, weights: Floats) -> Floats:
    """Chance that a positive turn of any session scores above a negative one of any session; ties count half."""
    positives, negatives = _class_counts(sample)
    in_order = ((weights @ _pairs_in_order(sample)) * weights).sum(axis=1)
    return ratio(in_order, (weights @ positives) * (weights @ negatives))


def auroc_within(sample: Sample, weights: Floats) -> Floats:
    """Mean, over the sessions that have both classes, of the AUROC inside the session.

    It says nothing about telling bad sessions from good ones, which pooled AUROC rewards.
    """
    positives, negatives = _class_counts(sample)
    inside = ratio(np.diag(_pairs_in_order(sample)), positives * negatives)
    defined = ~np.isnan(inside)
    return ratio(weights[:, defined] @ inside[defined], weights[:, defined].sum(axis=1))


def sessions_with_both(sample: Sample) -> int:
    """Sessions that count in `auroc_within`: those with a positive and a negative turn."""
    positives, negatives = _class_counts(sample)
    return int(((positives > 0) & (negatives > 0)).sum())


def average_precision(sample: Sample, weights: Floats) -> Floats:
    """Precision averaged over the steps of recall, equal scores taken as one step (as scikit-learn does)."""
    steps = np.unique(sample.score[sample.truth])[::-1]
    everything, positive = _by_session_sorted(sample, np.ones(len(sample), np.bool_)), _by_session_sorted(sample, sample.truth)
    total, found = np.zeros(len(weights)), np.zeros((len(weights), 1))
    for start in range(0, len(steps), _STEPS):
        part = steps[start : start + _STEPS]
        tp, coded = weights @ _at_least(positive, part), weights @ _at_least(everything, part)
        total += (np.diff(tp, axis=1, prepend=found) * np.nan_to_num(ratio(tp, coded))).sum(axis=1)
        found = tp[:, -1:]
    return ratio(total, weights @ _class_counts(sample)[0])


def calibration_error(sample: Sample, weights: Floats) -> Floats:
    """Expected calibration error over equal-mass bins: mean distance between the scores' mean and the rate of positives."""
    gaps = np.zeros((sample.sessions, BINS))
    np.add.at(gaps, (sample.session, _bins(sample)), sample.score - sample.truth)
    return ratio(np.abs(weights @ gaps).sum(axis=1), weights @ by_session(sample, np.ones(len(sample))))


def reliability(sample: Sample) -> list[dict[str, float]]:
    """Points of the reliability curve: mean score, rate of positives and number of turns, for each bin that has turns."""
    bins = _bins(sample)
    parts = [bins == number for number in range(BINS) if (bins == number).any()]
    return [
        {"score": float(sample.score[part].mean()), "rate": float(sample.truth[part].mean()), "n": int(part.sum())}
        for part in parts
    ]


def ratio(top: Floats, bottom: Floats) -> Floats:
    """`top / bottom`, NaN where `bottom` is 0."""
    result: Floats = np.divide(top, bottom, out=np.full(np.broadcast(top, bottom).shape, np.nan), where=bottom != 0)
    return result


def by_session(sample: Sample, values: Floats) -> Floats:
    """Sums of a value a turn for each session."""
    return np.bincount(sample.session, weights=values, minlength=sample.sessions).astype(np.float64)


def _bins(sample: Sample) -> Ints:
    if not len(sample):
        return np.zeros(0, np.int64)
    edges = np.quantile(sample.score, np.linspace(0, 1, BINS + 1)[1:-1])
    return np.searchsorted(edges, sample.score, side="left").astype(np.int64)


def _class_counts(sample: Sample) -> tuple[Floats, Floats]:
    return by_session(sample, sample.truth.astype(np.float64)), by_session(sample, (~sample.truth).astype(np.float64))


def _pairs_in_order(sample: Sample) -> Floats:
    """Session by session, how many pairs of a positive turn of the one (row) and a negative of the other (column) are in order.

    Ties count half. Any weighting of the sessions weighs these pairs, so turns are compared once and not once a draw.
    """
    session, score = sample.session[sample.truth], sample.score[sample.truth]
    columns = []
    for negatives in _by_session_sorted(sample, ~sample.truth):
        below = (np.searchsorted(negatives, score, "left") + np.searchsorted(negatives, score, "right")) / 2
        columns.append(np.bincount(session, below, sample.sessions))
    return np.stack(columns, axis=1)


def _by_session_sorted(sample: Sample, chosen: Bools) -> list[Floats]:
    """The scores of the chosen turns of each session, ascending."""
    session, score = sample.session[chosen], sample.score[chosen]
    ends = np.cumsum(np.bincount(session, minlength=sample.sessions))[:-1]
    return np.split(score[np.lexsort((score, session))], ends)


def _at_least(by_session_scores: Sequence[Floats], thresholds: Floats) -> Floats:
    """For each session (row) the number of its scores at or above each threshold (column)."""
    counts = [len(scores) - np.searchsorted(scores, thresholds, "left") for scores in by_session_scores]
    return np.stack(counts).astype(np.float64)
