"""Pieces that the rules share: numbers as they are spoken, months, days of the week. Pure."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rupture.masking.spans import Found, Kind

DIGIT_WORD = r"(?:zero|oh|nought|one|two|three|four|five|six|seven|eight|nine)"
TEEN = r"(?:ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen)"
TENS = r"(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)"
UNIT = r"(?:one|two|three|four|five|six|seven|eight|nine)"
NUMBER_WORDS = rf"(?:{TENS}(?:[ -]{UNIT})?|{TEEN}|{UNIT})"
"""One to ninety-nine in words."""
ORDINAL_UNIT = r"(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)"
ORDINAL = (
    rf"(?:(?:twenty|thirty)[ -]{ORDINAL_UNIT}|{ORDINAL_UNIT}|tenth|eleventh|twelfth|thirteenth|fourteenth|fifteenth|sixteenth"
    r"|seventeenth|eighteenth|nineteenth|twentieth|thirtieth)"
)
MONTH = (
    r"(?:(?:january|february|march|april|may|june|july|august|september|october|november|december)\b"
    r"|(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b\.?)"
)
WEEKDAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
YEAR_WORDS = rf"(?:(?:nineteen|twenty)[ -](?:(?:hundred(?: and)?|oh)[ -])?{NUMBER_WORDS}|two thousand(?: and)? {NUMBER_WORDS}|two thousand)"
YEAR = rf"(?:(?:18|19|20)\d\d|'\d\d|{YEAR_WORDS})"


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern, in any case, for stretches of one `kind`; those for which `holds` is false are left alone. Where the pattern has
    a group called `it`, only that is hidden."""

    kind: Kind
    pattern: re.Pattern[str]
    holds: Callable[[str], bool] = bool

    @property
    def led(self) -> bool:
        """Whether words before the stretch say what it is."""
        return "it" in self.pattern.groupindex

    def find(self, text: str) -> Iterator[Found]:
        """What the rule hides in `text`."""
        group = "it" if self.led else 0
        for match in self.pattern.finditer(text):
            if self.holds(match[group]):
                yield Found(*match.span(group), self.kind)


def rule(kind: Kind, pattern: str, holds: Callable[[str], bool] = bool) -> Rule:
    """A rule in any case."""
    return Rule(kind, re.compile(pattern, re.IGNORECASE), holds)
