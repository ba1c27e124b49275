"""Metrics over scored turns, each one function from a `Sample` and weights of its sessions to one value for each row of weights.

A row of `weights` says how often each session counts. The first row of `resampled` is the data itself, the others are bootstrap
draws of whole sessions, so a number and its interval come from the same lines; a loop over scikit-learn would take minutes. The
tests hold every metric to scikit-learn. NaN where a row leaves a metric undefined (no positive turn, for example). Nothing here
knows codes or files.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from rupture.evaluation.samples import Floats, Ints, Sample

BINS = 10
"""Bins of the reliability curve: equal mass, cut at the deciles of the scores; equal scores share a bin."""
_BLOCK = 4_000_000
"""Most cells of a rows × turns array at once, which bounds the memory however many turns there are."""


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
    return np.concatenate([_auroc(*curve) for curve in _curves(sample, weights)])


def average_precision(sample: Sample, weights: Floats) -> Floats:
    """Precision averaged over the steps of recall, equal scores taken as one step (as scikit-learn does)."""
    return np.concatenate([_average_precision(*curve) for curve in _curves(sample, weights)])


def auroc_within(sample: Sample, weights: Floats) -> tuple[Floats, int]:
    """Mean over the sessions that have both classes of the AUROC inside the session, and the number of such sessions.

    It says nothing about telling bad sessions from good ones, which pooled AUROC rewards.
    """
    values = np.full(sample.sessions, np.nan)
    for number in range(sample.sessions):
        inside = sample.session == number
        if inside.any():
            alone = np.zeros(int(inside.sum()), np.int64)
            part = Sample(sample.name, 1, alone, sample.truth[inside], sample.score[inside], sample.coded[inside])
            values[number] = auroc(part, np.ones((1, 1)))[0]
    defined = ~np.isnan(values)
    return ratio(weights[:, defined] @ values[defined], weights[:, defined].sum(axis=1)), int(defined.sum())


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


def _curves(sample: Sample, weights: Floats) -> Iterator[tuple[Floats, Floats]]:
    """True and false positives at each distinct score from the highest down, starting from none, for blocks of rows."""
    order = np.argsort(-sample.score, kind="stable")
    score, truth, session = sample.score[order], sample.truth[order], sample.session[order]
    last_of_ties = np.append(np.flatnonzero(np.diff(score)), len(score) - 1) if len(score) else np.zeros(0, np.int64)
    rows = max(1, _BLOCK // max(1, len(score)))
    for start in range(0, len(weights), rows):
        weight = weights[start : start + rows, session]
        yield tuple(  # type: ignore[misc]  # two arrays, one for each class
            np.pad(np.cumsum(weight * of_class, axis=1)[:, last_of_ties], ((0, 0), (1, 0))) for of_class in (truth, ~truth)
        )


def _auroc(tp: Floats, fp: Floats) -> Floats:
    area = (np.diff(fp, axis=1) * (tp[:, 1:] + tp[:, :-1]) / 2).sum(axis=1)
    return ratio(area, tp[:, -1] * fp[:, -1])


def _average_precision(tp: Floats, fp: Floats) -> Floats:
    precision = np.nan_to_num(ratio(tp[:, 1:], tp[:, 1:] + fp[:, 1:]))
    return ratio((np.diff(tp, axis=1) * precision).sum(axis=1), tp[:, -1])
