"""Scales on which a client's sessions are scored, and single scores. Plain frozen values; knows no rule and no file."""

from collections.abc import Mapping
from dataclasses import dataclass

from rupture.errors import RuptureError


class SeriesError(RuptureError):
    """Points or a scale that cannot be read as one series; names the session or the scale."""


@dataclass(frozen=True, slots=True)
class Scale:
    """A scale from `low` to `high`. `sd` (between persons) and `reliability` (0 to 1) are published figures or None; `source`
    says where the scale or the figures come from. `from_transcript`: this tool's own estimate, filled in by nobody."""

    name: str
    low: float
    high: float
    sd: float | None
    reliability: float | None
    higher_is_better: bool
    source: str
    from_transcript: bool = False

    def __post_init__(self) -> None:
        if not self.low < self.high or (self.sd is not None and self.sd <= 0) or not 0 <= (self.reliability or 0.0) <= 1:
            raise SeriesError(f"{self.name}: expected low < high, an SD over 0 and a reliability from 0 to 1; correct the scale")

    def turned(self, value: float) -> float:
        """`value` with higher as better; turned twice it is itself."""
        return value if self.higher_is_better else self.low + self.high - value


_WAI_SR = "WAI-SR (Hatcher and Gillaspy 2006), 12 items from 1 to 5"
_TOOL = "estimated by this tool from the transcript, after the 3RS; nobody filled it in"
SCALES: Mapping[str, Scale] = {
    scale.name: scale
    for scale in (
        Scale("SRS", 0, 40, None, None, True, "Session Rating Scale (Duncan et al. 2003), four lines of 10 cm"),
        Scale("WAI-SR total", 12, 60, None, None, True, f"{_WAI_SR}, summed"),
        Scale("WAI-SR mean", 1, 5, None, None, True, f"{_WAI_SR}, averaged"),
        Scale("withdrawal", 1, 5, None, None, False, _TOOL, from_transcript=True),
        Scale("confrontation", 1, 5, None, None, False, _TOOL, from_transcript=True),
        Scale("resolution", 1, 5, None, None, True, _TOOL, from_transcript=True),
    )
}
"""By name. No SD and reliability are on file that could be cited; published ones are put in with `dataclasses.replace`."""


@dataclass(frozen=True, slots=True)
class Point:
    """One session's score; `value` is None for a form left out or a session missed. `label` is what the clinician calls it."""

    session: int
    value: float | None
    label: str


def number(value: float) -> str:
    """A score or a step for people, with at most two decimals."""
    return f"{round(value, 2):g}"
