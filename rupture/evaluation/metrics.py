"""Metrics over scored turns, each one function from a `Sample` and weights of its sessions to one value for each row of weights.

A row of `weights` says how often each session counts. The first row of `resampled` is the data itself, the others are bootstrap
draws of whole sessions, so a number and its interval come from the same lines; a loop over scikit-learn would take minutes. The
tests hold every metric to a library (scikit-learn, krippendorff) and to worked examples of the papers. NaN where a row leaves a
metric undefined (no positive turn, for example). Nothing here knows codes or files.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

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
        """Cohen's kappa (1960): agreement beyond what the two margins give by chance."""
        n = self.tp + self.fp + self.fn + self.tn
        chance = (self.tp + self.fp) * (self.tp + self.fn) + (self.fn + self.tn) * (self.fp + self.tn)
        return ratio(n * (self.tp + self.tn) - chance, n * n - chance)

    def ac1(self) -> Floats:
        """Gwet's AC1 (2008) of two raters and two categories: chance from the mean prevalence, steady where a label is rare."""
        n = self.tp + self.fp + self.fn + self.tn
        return gwet(ratio(self.tp + self.tn, n), ratio(2 * self.tp + self.fp + self.fn, 2 * n))

    def alpha(self) -> Floats:
        """Krippendorff's alpha (2011) for nominal codes of two raters: chance is drawn, without putting back, from both raters'
        codes together."""
        differ = self.fp + self.fn
        coincidences = np.array([[2 * self.tp, differ], [differ, 2 * self.tn]]).transpose(2, 0, 1)
        return krippendorff(coincidences, nominal_distances(2))


def confusion(sample: Sample, weights: Floats, threshold: float | None = None) -> Confusion:
    """Codes against the reference; with `threshold`, scores from it upwards in place of codes."""
    coded = sample.coded if threshold is None else sample.score >= threshold
    cells = (coded & sample.truth, coded & ~sample.truth, ~coded & sample.truth, ~coded & ~sample.truth)
    return Confusion(*(weights @ by_session(sample, cell.astype(np.float64)) for cell in cells))


def auroc(sample: Sample, weights: Floats) -> Floats:
    """Chance that a positive turn of any session scores above a negative one of any session; ties count half."""
    positives, negatives = (weights @ counts for counts in _class_counts(sample))
    in_order, steps = np.zeros(len(weights)), _steps(sample)
    parts = (_found(sample, weights, steps), _passed(sample, ~sample.truth, steps), _above(sample, ~sample.truth, steps))
    for found, from_step, above in zip(*parts, strict=True):
        in_order += (found * (negatives[:, None] - weights @ ((from_step + above) / 2))).sum(axis=1)
    return ratio(in_order, positives * negatives)


def auroc_within(sample: Sample, weights: Floats) -> Floats:
    """Mean, over the sessions that have both classes, of the AUROC inside the session.

    It says nothing about telling bad sessions from good ones, which pooled AUROC rewards.
    """
    positives, negatives = _class_counts(sample)
    inside = ratio(_pairs_in_order(sample), positives * negatives)
    defined = ~np.isnan(inside)
    return ratio(weights[:, defined] @ inside[defined], weights[:, defined].sum(axis=1))


def sessions_with_both(sample: Sample) -> int:
    """Sessions that count in `auroc_within`: those with a positive and a negative turn."""
    positives, negatives = _class_counts(sample)
    return int(((positives > 0) & (negatives > 0)).sum())


def average_precision(sample: Sample, weights: Floats) -> Floats:
    """Precision averaged over the steps of recall, equal scores taken as one step (as scikit-learn does)."""
    steps, everything = _steps(sample), np.ones(len(sample), np.bool_)
    total, before = np.zeros(len(weights)), np.zeros((len(weights), 1))
    for found, passed in zip(_found(sample, weights, steps), _passed(sample, everything, steps), strict=True):
        tp = before + np.cumsum(found, axis=1)
        total += (found * np.nan_to_num(ratio(tp, weights @ passed))).sum(axis=1)
        before = tp[:, -1:]
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


def gwet(alike: Floats, share: Floats) -> Floats:
    """Gwet's AC1 (2008) of two categories: `alike` is how often raters agree, `share` how often one of the two is given."""
    chance = 2 * share * (1 - share)
    return ratio(alike - chance, 1 - chance)


def krippendorff(coincidences: Floats, distances: Floats) -> Floats:
    """Krippendorff's alpha (2011). `coincidences` (n, k, k) count ordered pairs of values within units, so that they sum to the
    number of values that can be paired; `distances` (n, k, k) are the squared differences of the level of measurement."""
    totals = coincidences.sum(axis=2)
    observed = (coincidences * distances).sum(axis=(1, 2)) * (totals.sum(axis=1) - 1)
    chance = totals[:, :, None] * totals[:, None, :] * distances
    return 1 - ratio(observed, chance.sum(axis=(1, 2)))


def nominal_distances(values: int) -> Floats:
    """Any two of so many values are as far apart as any other two (1, k, k)."""
    return 1 - np.eye(values)[None]


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
    # A score at each cut, by whole numbers: interpolated quantiles fall to either side of a score by rounding.
    edges = np.sort(sample.score)[np.arange(1, BINS) * (len(sample) - 1) // BINS]
    return np.searchsorted(edges, sample.score, side="left").astype(np.int64)


def _class_counts(sample: Sample) -> tuple[Floats, Floats]:
    return by_session(sample, sample.truth.astype(np.float64)), by_session(sample, (~sample.truth).astype(np.float64))


def _pairs_in_order(sample: Sample) -> Floats:
    """For each session, how many pairs of a positive and a negative turn of its own are in order; ties count half."""
    order = np.argsort(sample.session, kind="stable")
    score, truth = sample.score[order], sample.truth[order]
    starts = np.searchsorted(sample.session[order], np.arange(sample.sessions + 1))
    pairs = np.zeros(sample.sessions)
    for number, (start, end) in enumerate(pairwise(starts)):
        positives, negatives = score[start:end][truth[start:end]], np.sort(score[start:end][~truth[start:end]])
        below = np.searchsorted(negatives, positives, "left") + np.searchsorted(negatives, positives, "right")
        pairs[number] = below.sum() / 2
    return pairs


def _steps(sample: Sample) -> Floats:
    """The scores at which recall grows, highest first."""
    return np.unique(sample.score[sample.truth])[::-1]


def _found(sample: Sample, weights: Floats, steps: Floats) -> Iterator[Floats]:
    """How many positive turns each row of weights finds at each step (column), `_STEPS` columns at a time."""
    step = len(steps) - np.searchsorted(steps[::-1], sample.score[sample.truth], "right")
    cells, turns = np.unique(step * sample.sessions + sample.session[sample.truth], return_counts=True)
    for start in range(0, len(steps), _STEPS):
        here = slice(*np.searchsorted(cells, np.array([start, start + _STEPS]) * sample.sessions))
        step, session = np.divmod(cells[here], sample.sessions)
        yield np.add.reduceat(weights[:, session] * turns[here], np.flatnonzero(np.diff(step, prepend=-1)), axis=1)


def _passed(sample: Sample, chosen: Bools, steps: Floats) -> Iterator[Floats]:
    """How many of the chosen turns of each session (row) score at or above each step (column), `_STEPS` columns at a time."""
    return _counted(sample, chosen, len(steps) - np.searchsorted(steps[::-1], sample.score[chosen], "right"), len(steps))


def _above(sample: Sample, chosen: Bools, steps: Floats) -> Iterator[Floats]:
    """The same for turns that score above each step."""
    return _counted(sample, chosen, len(steps) - np.searchsorted(steps[::-1], sample.score[chosen], "left"), len(steps))


def _counted(sample: Sample, chosen: Bools, first: Ints, steps: int) -> Iterator[Floats]:
    """Counts of the chosen turns, each from its `first` step on."""
    session = sample.session[chosen]
    before = np.zeros((sample.sessions, 1))
    for start in range(0, steps, _STEPS):
        width = min(_STEPS, steps - start)
        here = (first >= start) & (first < start + width)
        cells = np.bincount(session[here] * width + first[here] - start, minlength=sample.sessions * width)
        counts = before + np.cumsum(cells.reshape(sample.sessions, width), axis=1)
        yield counts
        before = counts[:, -1:]
