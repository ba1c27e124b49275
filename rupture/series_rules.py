"""Arithmetic on the alliance scores of one client on one scale: thresholds, control limits, episodes, runs.

Takes scores in order of sessions, without the missing ones and turned so that higher is better; gives numbers, positions and
sessions. The methods are published, putting them together as here is a heuristic of this project: there is no agreed standard
for ruptures in session scores (Lipner et al. 2022). Knows no scale, no words and no transcript.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise, takewhile
from math import sqrt
from statistics import mean, median, stdev

FEWEST = 6
"""Scores that XmR limits and a centre need before them."""
STEADY = 8
"""With fewer scores than this before them, XmR limits are weak."""
REFERENCE = 3
"""A client's usual is the median of this many scores, the last ones outside episodes."""
REPAIR_WITHIN = 3
"""A repair is a return within this many sessions of the onset."""
REPAIR_SHARE = 0.25
"""A score is back when it misses the usual by no more than this share of the threshold."""
FALLS = 6
"""Successive falls that make slow erosion."""
BELOW = 8
"""Successive scores below the centre that make slow erosion."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What an individuals (XmR) chart expects of the next score, in units of the scale.

    `watch` and `strong` are two and three sigma under the `centre`, by the mean moving range; `sturdy` is three sigma by the
    median one, which a single large step widens less. `count` scores went in; `lag` is how far each goes with the next, -1 to 1.
    """

    centre: float
    watch: float
    strong: float
    sturdy: float
    count: int
    lag: float

    @property
    def neighbours(self) -> bool:
        """Whether the scores go with their neighbours beyond what chance would do to independent ones (Bartlett 1946)."""
        return abs(self.lag) > 2 / sqrt(self.count)


class Course(StrEnum):
    """How a score episode went on; OPEN while it has not returned and no score is REPAIR_WITHIN sessions after its onset yet."""

    REPAIRED = "repaired"
    UNREPAIRED = "unrepaired"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class ScoreEpisode:
    """A stretch of scores below a client's usual. `onset`, `nadir`, `end` and `returned` are sessions: the first low score, the
    lowest, the last, and the first that is back, however late (None while there is none). `reference` is the usual,
    `magnitude` the distance from it to the nadir, both in units of the scale; `length` counts the low scores."""

    onset: int
    nadir: int
    end: int
    returned: int | None
    reference: float
    magnitude: float
    length: int
    course: Course


def standard_error_of_difference(sd: float, reliability: float) -> float:
    """How far two scores of one person differ by measurement error alone, in units of the scale (Jacobson and Truax 1991)."""
    return sd * sqrt(2 * (1 - reliability))


def reliable_drop(sd: float, reliability: float) -> float:
    """The fall from one score to another that must be exceeded to be reliable: 1.96 standard errors of the difference."""
    return 1.96 * standard_error_of_difference(sd, reliability)


def xmr_limits(before: Sequence[float]) -> Limits | None:
    """Lower limits for the score that follows `before`; None with fewer than FEWEST scores.

    2.66 and 3.14 are the constants of individuals charts, three sigma over the mean and the median moving range; 1.77 is two
    sigma. Proposed for ruptures by Eubanks-Carter, Gorman and Muran (2012).
    """
    if len(before) < FEWEST:
        return None
    ranges = [abs(later - earlier) for earlier, later in pairwise(before)]
    centre, spread = mean(before), mean(ranges)
    return Limits(
        centre=centre,
        watch=centre - 1.77 * spread,
        strong=centre - 2.66 * spread,
        sturdy=centre - 3.14 * median(ranges),
        count=len(before),
        lag=lag_one(before),
    )


def lag_one(scores: Sequence[float]) -> float:
    """Correlation of each score with the next, -1 to 1; 0 when all are the same."""
    centre = mean(scores)
    spread = sum((score - centre) ** 2 for score in scores)
    return sum((a - centre) * (b - centre) for a, b in pairwise(scores)) / spread if spread else 0.0


def combined_threshold(scores: Sequence[float], between_sd: float | None, factor: int) -> float:
    """`factor` times the larger of this client's own SD and the SD between clients, after Gumz et al. (2012): so neither a flat
    line alarms on trifles nor a noisy one on noise. Without `between_sd` the client's own stands alone. Two scores at least."""
    return factor * max(stdev(scores), between_sd or 0.0)


def score_episodes(sessions: Sequence[int], scores: Sequence[float], threshold: float) -> tuple[ScoreEpisode, ...]:
    """Episodes in order. One begins with a score at least `threshold` (over 0) under the client's usual, and lasts until one
    that is back near it; the usual is taken from scores outside episodes, so that a low stretch does not become it."""
    episodes: list[ScoreEpisode] = []
    usual: list[float] = []
    at = 0
    while at < len(scores):
        reference = median(usual[-REFERENCE:]) if len(usual) >= REFERENCE else None
        if reference is None or threshold <= 0 or scores[at] > reference - threshold:
            usual.append(scores[at])
            at += 1
            continue
        stop = at + _length_below(scores[at:], reference - REPAIR_SHARE * threshold)
        episodes.append(_episode(sessions, scores, at, stop, reference))
        at = stop
    return tuple(episodes)


def _episode(sessions: Sequence[int], scores: Sequence[float], start: int, stop: int, reference: float) -> ScoreEpisode:
    nadir = min(range(start, stop), key=scores.__getitem__)
    returned = sessions[stop] if stop < len(scores) else None
    if returned is not None and returned - sessions[start] <= REPAIR_WITHIN:
        course = Course.REPAIRED
    elif returned is None and sessions[stop - 1] - sessions[start] < REPAIR_WITHIN:
        course = Course.OPEN
    else:
        course = Course.UNREPAIRED
    return ScoreEpisode(
        onset=sessions[start],
        nadir=sessions[nadir],
        end=sessions[stop - 1],
        returned=returned,
        reference=reference,
        magnitude=reference - scores[nadir],
        length=stop - start,
        course=course,
    )


def falling_runs(scores: Sequence[float]) -> list[range]:
    """Positions of each row of FALLS or more successive falls, the score before the first fall included."""
    runs, start = [], 0
    for at in range(1, len(scores) + 1):
        if at == len(scores) or scores[at] >= scores[at - 1]:
            if at - 1 - start >= FALLS:
                runs.append(range(start, at))
            start = at
    return runs


def low_runs(scores: Sequence[float]) -> list[range]:
    """Positions of each row of BELOW or more scores under the centre (mean) of all before the row, of which there must be
    FEWEST: a centre of the whole record would call low what was only low later on, or earlier."""
    runs, at = [], FEWEST
    while at < len(scores):
        length = _length_below(scores[at:], mean(scores[:at]))
        if length >= BELOW:
            runs.append(range(at, at + length))
        at += max(1, length)
    return runs


def _length_below(scores: Sequence[float], line: float) -> int:
    """How many scores in a row, from the first on, lie below `line`."""
    return sum(1 for _ in takewhile(lambda score: score < line, scores))
