"""What any detector must beat: scores that know nothing of the turn.

The oracle knows each session's own rate of positives, which no detector can; pooled AUROC and kappa reward it richly, the AUROC
within sessions not at all. The constant knows the rate of the whole data set.
"""

from dataclasses import replace

import numpy as np

from rupture.evaluation.metrics import Confusion, by_session, ratio
from rupture.evaluation.samples import Bools, Floats, Sample


def oracle(sample: Sample) -> Sample:
    """Every turn scored with its session's rate of positives; coded from the threshold with the best kappa in hindsight."""
    rates = ratio(by_session(sample, sample.truth.astype(np.float64)), by_session(sample, np.ones(len(sample))))
    rated = replace(sample, score=rates[sample.session])
    return replace(rated, coded=rated.score >= best_threshold(rated))


def constant(sample: Sample) -> Sample:
    """Every turn scored with the rate of the whole sample; nothing coded."""
    rate = sample.positives / len(sample) if len(sample) else 0.0
    return replace(sample, score=np.full(len(sample), rate), coded=np.zeros(len(sample), bool))


def best_threshold(sample: Sample) -> float:
    """The score from which coding agrees best with the reference (Cohen's kappa); the lowest such score on a tie."""
    thresholds, level = np.unique(sample.score, return_inverse=True)
    if not len(thresholds):
        return 1.0

    def from_each(chosen: Bools) -> Floats:
        counts = np.bincount(level[chosen], minlength=len(thresholds)).astype(np.float64)
        return counts[::-1].cumsum()[::-1]

    tp, fp = from_each(sample.truth), from_each(~sample.truth)
    kappas = np.nan_to_num(Confusion(tp, fp, tp[0] - tp, fp[0] - fp).kappa())
    return float(thresholds[np.argmax(kappas)])
