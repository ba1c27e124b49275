"""The verdict on a scored run: one function gives state, checks and exit code, so that report and exit code cannot disagree."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from rupture.errors import RunError
from rupture.evaluation.suites import Gate, Suite


class State(StrEnum):
    """How a run ended."""

    PASSED = "passed"
    FAILED_ITEMS = "some items failed"
    GATE_NOT_MET = "gate not met"


_EXIT_CODES = {State.PASSED: 0, State.FAILED_ITEMS: 3, State.GATE_NOT_MET: 4}


@dataclass(frozen=True, slots=True)
class Check:
    """One gate held against its number."""

    gate: Gate
    value: float | None
    passed: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """The state of a run with every gate that was checked and those whose data set the run does not have."""

    state: State
    checks: tuple[Check, ...]
    not_checked: tuple[Gate, ...]

    @property
    def exit_code(self) -> int:
        """What the command line ends with."""
        return _EXIT_CODES[self.state]


def verdict(suite: Suite, scores: Mapping[str, Any]) -> Verdict:
    """Gates first: a run that misses one is told so even where items failed."""
    known = [gate for gate in suite.gates if gate.source in scores["sets"]]
    checks = tuple(_check(gate, scores) for gate in known)
    if not all(check.passed for check in checks):
        state = State.GATE_NOT_MET
    else:
        state = State.FAILED_ITEMS if scores["failed"] or scores["missing"] else State.PASSED
    return Verdict(state, checks, tuple(gate for gate in suite.gates if gate not in known))


def _check(gate: Gate, scores: Mapping[str, Any]) -> Check:
    """A number that is undefined (None) does not pass; one that does not exist is a mistake in the suite."""
    found: Any = scores["sets"][gate.source]
    for step in gate.path.split("."):
        if not isinstance(found, Mapping) or step not in found:
            raise RunError(f"gate {gate.name!r}: no {gate.path!r} in the scores of {gate.source}; correct the path in the suite")
        found = found[step]
    value = found["value"] if isinstance(found, Mapping) else found
    if value is None:
        return Check(gate, None, False)
    low_enough = gate.at_most is None or value <= gate.at_most
    return Check(gate, value, low_enough and (gate.at_least is None or value >= gate.at_least))
