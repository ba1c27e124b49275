"""The verdict on a run: one function gives state, checks, the printed line and the exit code, and JUnit is made from it, so that
they cannot disagree."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from rupture.errors import RunError
from rupture.evaluation.suites import Gate, Suite


class State(StrEnum):
    """How a run ended."""

    PASSED = "passed"
    UNFINISHED = "not finished"
    FAILED_ITEMS = "some items failed"
    GATE_NOT_MET = "gate not met"
    NO_RESULT = "no result"


_EXIT_CODES = {
    State.PASSED: 0,
    State.UNFINISHED: 3,
    State.FAILED_ITEMS: 3,
    State.GATE_NOT_MET: 4,
    State.NO_RESULT: 3,
}


@dataclass(frozen=True, slots=True)
class Check:
    """One gate held against its number."""

    gate: Gate
    value: float | None
    passed: bool

    @property
    def line(self) -> str:
        """The gate's name, what was found and what was wanted."""
        bound = f"at least {self.gate.at_least:g}" if self.gate.at_least is not None else f"at most {self.gate.at_most:g}"
        return f"{self.gate.name}: {'undefined' if self.value is None else f'{self.value:.3f}'}, wanted {bound}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The state of a run with every gate that was checked and those whose data set the run does not have, and what became of its
    items."""

    state: State
    checks: tuple[Check, ...]
    not_checked: tuple[Gate, ...]
    items: int
    answered: int
    failed: int
    missing: int

    @property
    def exit_code(self) -> int:
        """What the command line ends with."""
        return _EXIT_CODES[self.state]

    @property
    def line(self) -> str:
        """All of it in one line, for the terminal."""
        parts = [f"{self.answered} of {self.items} answered"]
        parts += [f"{self.failed} failed"] if self.failed else []
        parts += [f"{self.missing} missing"] if self.missing else []
        if self.checks:
            parts.append(f"{sum(check.passed for check in self.checks)} of {len(self.checks)} gates met")
        unmet = [check.line for check in self.checks if not check.passed]
        return f"{self.state}: {', '.join(parts)}" + "".join(f"; {line}" for line in unmet)


def verdict(suite: Suite, scores: Mapping[str, Any]) -> Verdict:
    """What came of a run, from its scores; where nothing was answered, from its counts alone.

    Gates first: a run that misses one is told so even where items failed.
    """
    answered = scores["answered"]
    known = [gate for gate in suite.gates if answered and gate.source in scores["sets"]]
    checks = tuple(_check(gate, scores) for gate in known)
    if not answered:
        state = State.NO_RESULT
    elif not all(check.passed for check in checks):
        state = State.GATE_NOT_MET
    elif scores["failed"]:
        state = State.FAILED_ITEMS
    else:
        state = State.UNFINISHED if scores["missing"] else State.PASSED
    unknown = tuple(gate for gate in suite.gates if gate not in known)
    return Verdict(state, checks, unknown, scores["items"], answered, scores["failed"], scores["missing"])


def _check(gate: Gate, scores: Mapping[str, Any]) -> Check:
    """A number that is undefined (None) does not pass; one that does not exist is a mistake in the suite."""
    found: Any = scores["sets"][gate.source]
    for step in gate.path.split("."):
        found = found.get(step, {}) if isinstance(found, Mapping) else {}
    value = found.get("value", found) if isinstance(found, Mapping) else found
    if value is None:
        return Check(gate, None, False)
    if not isinstance(value, (int, float)):
        raise RunError(f"gate {gate.name!r}: no {gate.path!r} in the scores of {gate.source}; correct the path in the suite")
    low_enough = gate.at_most is None or value <= gate.at_most
    return Check(gate, value, low_enough and (gate.at_least is None or value >= gate.at_least))
