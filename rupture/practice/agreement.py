"""How far attempts agree with what most raters saw: turns counted by name, and Cohen's kappa (1960) over them.

Takes practice sessions and attempts; the counting is that of the evals, so that a trainee and the detector are measured by the
same lines. Knows no words.
"""

from collections.abc import Sequence

import numpy as np

from rupture.coding.values import names_for
from rupture.evaluation.intervals import LEAST_SESSIONS, resampled
from rupture.evaluation.metrics import Confusion, confusion
from rupture.evaluation.samples import Floats, Sample, sample, shows
from rupture.evaluation.values import Prediction
from rupture.practice.attempt import Attempt
from rupture.practice.sets import PracticeSession
from rupture.transcript import Role, Turn

Done = tuple[PracticeSession, Attempt]
"""A session and an attempt at it."""


def sample_of(name: str, done: Sequence[Done]) -> Sample:
    """The turns of all sessions on which `name` (a marker or family) is compared. Turns that were not read, or on which the
    raters split evenly, are left out; therapists' turns count where they were asked for."""
    predictions = [_as_prediction(practice, attempt) for practice, attempt in done]
    return sample(name, [practice.coded for practice, _ in done], predictions)


def counts_of(found: Sample) -> Confusion:
    """Turns by whether most raters and the trainee gave the name, each session counted once."""
    return confusion(found, np.ones((1, found.sessions)))


def kappas_of(found: Sample, start: int, end: int) -> Floats:
    """Kappa over the sessions from `start` to before `end`, in the order they were handed in: first of the data, then of each
    bootstrap draw of these sessions, where they are enough for an interval."""
    draws = resampled(end - start) if end - start >= LEAST_SESSIONS else np.ones((1, end - start))
    weights = np.zeros((len(draws), found.sessions))
    weights[:, start:end] = draws
    return confusion(found, weights).kappa()


def _as_prediction(practice: PracticeSession, attempt: Attempt) -> Prediction:
    turns = practice.transcript.turns
    codes = tuple(attempt.codes.get(turn.index, ()) for turn in turns)
    return Prediction(practice.id, tuple(_scores(turn, attempt) for turn in turns), codes)


def _scores(turn: Turn, attempt: Attempt) -> dict[str, float]:
    """1 for what was given and 0 for what was not; nothing where nothing was asked."""
    if turn.index >= attempt.read or (turn.role is Role.THERAPIST and not attempt.strategies):
        return {}
    codes = attempt.codes.get(turn.index, ())
    return {name: float(shows(name, codes)) for name in names_for(turn.role)}
