"""A trainee's agreement with most raters over the sessions done: by family with intervals over time, by marker for learning, and
whether it drifts. Pure; no grade, no pass and no comparison with anybody else.

Each session counts the first time it is read, since later readings know the answer. Intervals are the evals': a bootstrap over
whole sessions, which needs ten.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from rupture.codebook import MARKER_FAMILIES, MARKERS, Family
from rupture.evaluation.intervals import LEAST_SESSIONS, Estimate, estimate
from rupture.evaluation.samples import Sample
from rupture.practice.agreement import Done, counts_of, kappas_of, sample_of
from rupture.practice.attempt import Attempt, decided
from rupture.practice.sets import PracticeSession
from rupture.practice.wording import named, said

LAST = 5
"""Sessions in the shorter running figure."""
LINE = 0.70
"""Cohen's kappa that is drawn as a line for sets coded by people: the field's usual bar for reliable coders, taken for families
alone; this tool's choice, not a licence."""


@dataclass(frozen=True, slots=True)
class Point:
    """Kappa after `sessions` sessions, the last of them ended `at`: over all of them, and over the last LAST."""

    at: str
    sessions: int
    running: Estimate
    last: Estimate


@dataclass(frozen=True, slots=True)
class Drift:
    """Kappa of the first and the last `sessions` sessions, and the difference, last minus first, with its interval."""

    sessions: int
    first: Estimate
    last: Estimate
    change: Estimate


@dataclass(frozen=True, slots=True)
class FamilyProgress:
    """One family over time; `drift` is None where there are too few sessions for two parts that do not overlap."""

    family: Family
    points: tuple[Point, ...]
    drift: Drift | None


@dataclass(frozen=True, slots=True)
class MarkerCount:
    """Turns most raters gave `code`, those of them the trainee gave it too, and others the trainee gave it."""

    code: str
    sought: int
    same: int
    more: int

    @property
    def told(self) -> str:
        """The counts as a sentence."""
        return said("marker", code=named([self.code]), sought=self.sought, same=self.same, more=self.more)


@dataclass(frozen=True, slots=True)
class Progress:
    """Over `sessions` sessions. `line` is LINE where the codes are people's and sessions are enough, else None; `gone` attempts
    were at sessions that are no longer there. `told` says it all in sentences."""

    sessions: int
    gone: int
    families: tuple[FamilyProgress, ...]
    markers: tuple[MarkerCount, ...]
    line: float | None
    told: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return asdict(self)


def progress(attempts: Sequence[Attempt], sessions: Sequence[PracticeSession]) -> Progress:
    """The course of `attempts`, in the order they ended, over those at `sessions`; hand in sessions coded by people apart from
    others, since the line is drawn only where all of them are."""
    done = first_readings(attempts, sessions)
    by_id = {session.id for session in sessions}
    gone = len({attempt.session for attempt in attempts} - by_id)
    families = tuple(_family(family, done) for family in _families(done))
    human = bool(done) and all(session.human for session, _ in done)
    line = LINE if human and len(done) >= LEAST_SESSIONS else None
    return Progress(len(done), gone, families, _markers(done), line, tuple(_told(done, gone, families, human)))


def first_readings(attempts: Sequence[Attempt], sessions: Sequence[PracticeSession]) -> tuple[Done, ...]:
    """The first attempt at each session in which anything was decided, in order of ending."""
    by_id = {session.id: session for session in sessions}
    there = [attempt for attempt in attempts if attempt.ended and attempt.session in by_id]
    finished = [attempt for attempt in there if decided(attempt, by_id[attempt.session].transcript)]
    first: dict[str, Attempt] = {}
    for attempt in sorted(finished, key=lambda attempt: datetime.fromisoformat(attempt.ended)):
        first.setdefault(attempt.session, attempt)
    return tuple((by_id[id], attempt) for id, attempt in first.items())


def _families(done: Sequence[Done]) -> tuple[Family, ...]:
    if not done:
        return ()
    strategies = any(attempt.strategies for _, attempt in done)
    return (*MARKER_FAMILIES, Family.STRATEGY) if strategies else MARKER_FAMILIES


def _family(family: Family, done: Sequence[Done]) -> FamilyProgress:
    found = sample_of(family.value, done)
    points = tuple(
        Point(attempt.ended, end, _kappa(found, 0, end), _kappa(found, max(0, end - LAST), end))
        for end, (_, attempt) in enumerate(done, start=1)
    )
    return FamilyProgress(family, points, _drift(found))


def _kappa(found: Sample, start: int, end: int) -> Estimate:
    return estimate(kappas_of(found, start, end), end - start)


def _drift(found: Sample) -> Drift | None:
    """The first against the last ten sessions; they share none."""
    if found.sessions < 2 * LEAST_SESSIONS:
        return None
    first = kappas_of(found, 0, LEAST_SESSIONS)
    last = kappas_of(found, found.sessions - LEAST_SESSIONS, found.sessions)
    change = last - first
    # Both parts are drawn from the same seed; turned round, the draws of one have nothing to do with those of the other.
    change[1:] = last[1:] - first[:0:-1]
    return Drift(LEAST_SESSIONS, *(estimate(values, LEAST_SESSIONS) for values in (first, last, change)))


def _markers(done: Sequence[Done]) -> tuple[MarkerCount, ...]:
    """The markers that either side gave, in codebook order."""
    if not done:
        return ()
    counted = []
    for code in MARKERS:
        counts = counts_of(sample_of(code, done))
        same, more, missed = (int(cell[0]) for cell in (counts.tp, counts.fp, counts.fn))
        counted.append(MarkerCount(code, same + missed, same, more))
    return tuple(count for count in counted if count.sought or count.more)


def _told(done: Sequence[Done], gone: int, families: Sequence[FamilyProgress], human: bool) -> list[str]:
    if not done:
        return [said("progress.none"), *([said("progress.gone", count=gone)] if gone else [])]
    few = len(done) < LEAST_SESSIONS
    told = [said("progress.sessions", sessions=len(done)), *(_family_told(family) for family in families)]
    told += [said("progress.about")]
    told += [said("progress.no_interval", least=LEAST_SESSIONS)] if few else []
    told += [text for family in families if family.drift for text in _drift_told(family.family, family.drift)]
    if len(done) < 2 * LEAST_SESSIONS:
        told.append(said("progress.drift_few", least=2 * LEAST_SESSIONS, sessions=len(done)))
    told.append(said("progress.line_human", least=LEAST_SESSIONS) if human else said("progress.line_model"))
    return [*told, *([said("progress.gone", count=gone)] if gone else [])]


def _family_told(found: FamilyProgress) -> str:
    family, latest = said(f"family.{found.family}").capitalize(), found.points[-1]
    if latest.running.value is None:
        return said("progress.undefined", family=family)
    if len(found.points) <= LAST or latest.last.value is None:
        return said("progress.kappa_short", family=family, kappa=shown(latest.running))
    return said("progress.kappa", family=family, kappa=shown(latest.running), last=shown(latest.last), few=LAST)


def _drift_told(family: Family, drift: Drift) -> list[str]:
    if drift.change.value is None or drift.change.low is None or drift.change.high is None:
        return []
    name = said(f"family.{family}").capitalize()
    first, last, change = (shown(value) for value in (drift.first, drift.last, drift.change))
    holds = drift.change.low <= 0 <= drift.change.high
    return [
        said("progress.drift", family=name, few=drift.sessions, first=first, last=last, change=change),
        said("progress.drift_held" if holds else "progress.drift_moved"),
    ]


def shown(value: Estimate) -> str:
    """`.62 (95 % interval .48 to .75)`, without the interval where there is none; `–` where it is undefined."""
    if value.value is None:
        return "–"
    if value.low is None or value.high is None:
        return _number(value.value)
    return said("progress.interval", value=_number(value.value), low=_number(value.low), high=_number(value.high))


def _number(value: float) -> str:
    return f"{value:.2f}".replace("0.", ".", 1) if abs(value) < 1 else f"{value:.2f}"
