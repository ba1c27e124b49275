"""From coded sessions and their predictions to aligned arrays, one `Sample` for each name that is scored.

Disputed turns (the raters split evenly) and turns the detector gave no score for the name are left out and counted beside the
sample: not scored is not zero.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rupture.codebook import BY_CODE, RUPTURE, STRATEGIES, Family
from rupture.coding.values import CodedSession, names_for
from rupture.evaluation.values import Prediction
from rupture.transcript import Role

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

FAMILIES: tuple[str, ...] = (RUPTURE, Family.WITHDRAWAL.value, Family.CONFRONTATION.value)
NAMES: tuple[str, ...] = (*names_for(Role.CLIENT), Family.STRATEGY.value)
"""Everything that is scored turn by turn: three families and the markers on client turns, any strategy on therapist turns."""


@dataclass(frozen=True, slots=True)
class Sample:
    """The scored turns of one name. `session` numbers the sessions as they were handed in, up to `sessions`."""

    name: str
    sessions: int
    session: Ints
    truth: Bools
    score: Floats
    coded: Bools
    disputed: int = 0
    unscored: int = 0

    def __len__(self) -> int:
        return len(self.truth)

    @property
    def positives(self) -> int:
        """Turns a majority of raters gave the name."""
        return int(self.truth.sum())


def sample(name: str, sessions: Sequence[CodedSession], predictions: Sequence[Prediction]) -> Sample:
    """The turns on which `name` is scored; `predictions[i]` belongs to `sessions[i]`."""
    role = Role.THERAPIST if name == Family.STRATEGY else Role.CLIENT
    rows: list[tuple[int, bool, float, bool]] = []
    disputed = unscored = 0
    for number, (session, prediction) in enumerate(zip(sessions, predictions, strict=True)):
        for turn in session.transcript.turns:
            if turn.role is not role:
                continue
            truth = session.reference(turn.index, name)
            score = prediction.scores[turn.index].get(name)
            if truth is None:
                disputed += 1
            elif score is None:
                unscored += 1
            else:
                rows.append((number, truth, score, shows(name, prediction.codes[turn.index])))
    columns = list(zip(*rows, strict=True)) or [(), (), (), ()]
    return Sample(
        name,
        len(sessions),
        np.array(columns[0], np.int64),
        np.array(columns[1], np.bool_),
        np.array(columns[2], np.float64),
        np.array(columns[3], np.bool_),
        disputed,
        unscored,
    )


def shows(name: str, codes: Iterable[str]) -> bool:
    """Whether `codes` amount to `name`: a marker by itself, a family by any of its codes, rupture by any marker."""
    if name == RUPTURE:
        return any(code not in STRATEGIES for code in codes)
    return any(code == name or BY_CODE[code].family.value == name for code in codes)
