"""Time stamps: what they look like in a line and how many seconds they mean."""

import re
from collections.abc import Sequence
from typing import NamedTuple

PATTERN = r"\d{1,3}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?(?: ?[AaPp]\.?[Mm]\.?)?"
"""`0:12`, `00:01:02`, `00:01:02.345`, `12:05 PM`."""

_NUMBER = re.compile(r"(\d{1,13}(?:\.\d{1,9})?)s?")
_DURATION = re.compile(r"PT(?:(\d{1,3})H)?(?:(\d{1,4})M)?(?:(\d{1,6}(?:\.\d{1,9})?)S)?")
_NOON = 12 * 3600
_DAY = 24 * 3600
_LONGEST_SESSION = 12 * 3600
_EPOCH = 1e8


class Stamp(NamedTuple):
    """Seconds; `wall` when they count from midnight and not from the start of the session."""

    seconds: float
    wall: bool = False


def stamp(text: str, of_the_day: bool = False) -> Stamp:
    """The stamp that `text`, which matches PATTERN, stands for; two parts are minutes and seconds unless AM or PM follows, or it
    is a time of the day."""
    digits = text.rstrip(" .AaPpMm")
    halved = digits != text.rstrip()
    parts = [float(part) for part in digits.replace(",", ".").split(":")]
    if halved or of_the_day:
        hours, minutes, *rest = parts
        seconds = (hours % 12 if halved else hours) * 3600 + minutes * 60 + sum(rest)
        return Stamp(seconds + _NOON if halved and "p" in text.lower() else seconds, wall=True)
    return Stamp(sum(part * 60**power for power, part in enumerate(reversed(parts))))


def from_start(stamps: Sequence[Stamp | None]) -> list[float | None]:
    """Seconds from the beginning of the session; clock times count from the first one, over midnight too."""
    first = next((s.seconds for s in stamps if s and s.wall), 0.0)
    return [None if s is None else (s.seconds - first) % _DAY if s.wall else s.seconds for s in stamps]


def seconds(value: object) -> float | None:
    """What a JSON value or a table cell says: a number, a number as text (`1.2`, `1.2s`), a clock, or a length as ISO 8601 writes
    it (`PT1M2.3S`); None when it is none of them."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value) if abs(value) < 1e15 else None
    if not isinstance(value, str):
        return None
    text = value.strip().strip("[]()")
    if re.fullmatch(PATTERN, text):
        return stamp(text).seconds
    if match := _NUMBER.fullmatch(text):
        return float(match[1])
    match = _DURATION.fullmatch(text)
    return sum(float(part or 0) * scale for part, scale in zip(match.groups(), (3600, 60, 1), strict=True)) if match else None


def rescaled(starts: Sequence[float | None]) -> list[float | None]:
    """Starts in seconds from the beginning, whether given in seconds, milliseconds or as Unix times."""
    known = [s for s in starts if s is not None]
    if not known:
        return list(starts)
    origin = known[0] if known[0] > _EPOCH else 0.0
    scale = 1000.0 if max(known) - origin > _LONGEST_SESSION else 1.0
    return [None if s is None else (s - origin) / scale for s in starts]
