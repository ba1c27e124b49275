"""A trainee's codes of one turn beside what its raters saw there. Pure; knows codes and counts, no words.

Where the raters differ, each of their readings counts: the reference is what most of them saw, not the truth.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rupture.codebook import BY_CODE, RUPTURE, Family, family_of
from rupture.practice.sets import PracticeSession
from rupture.transcript import Role


class Outcome(StrEnum):
    """How a trainee's codes of a turn lie to those of the raters."""

    AGREED = "agreed"
    SPLIT = "split"
    """Not what most raters saw, but what another of them may have seen."""
    PARTLY = "partly"
    """Some codes in common."""
    OTHER_MARKER = "other_marker"
    """Of the same family."""
    OTHER_FAMILY = "other_family"
    MISSED = "missed"
    TOO_MUCH = "too_much"
    NOT_ASKED = "not_asked"
    """A therapist's turn, where only clients' turns were coded."""


HELD = frozenset({Outcome.AGREED, Outcome.SPLIT})
"""Outcomes that agree with a reading of the raters."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What `raters` raters saw at a turn: how many gave each code, and how many gave none. `reference` are the codes that most
    of them gave, and `sought` the same, or, where most saw something but no single code prevails, the one given most often."""

    raters: int
    counts: Mapping[str, int]
    nothing: int
    reference: tuple[str, ...]
    sought: tuple[str, ...]

    @property
    def split(self) -> bool:
        """Whether the raters differ."""
        return any(count < self.raters for count in self.counts.values())


Pair = tuple[str | None, str | None]
"""A code of the raters, or None, and the code that a trainee gave in its place, or None; not both None."""


def seen(practice: PracticeSession, turn: int) -> Seen:
    """What the raters of the session saw at `turn`."""
    session, raters = practice.coded, practice.raters
    votes = session.votes[turn]
    whole = RUPTURE if session.transcript.turns[turn].role is Role.CLIENT else Family.STRATEGY.value
    counts = {code: round(votes[code] * raters) for code in BY_CODE if code in votes}
    reference = session.codes(turn)
    most = (max(counts, key=lambda code: counts[code]),) if counts and session.reference(turn, whole) else ()
    return Seen(raters, counts, raters - round(votes.get(whole, 0.0) * raters), reference, reference or most)


def outcome(there: Seen, yours: Collection[str]) -> Outcome:
    """How the codes `yours` lie to what was seen."""
    if _is_a_reading(there, yours):
        with_most = set(yours) == set(there.reference) if yours else 2 * there.nothing > there.raters
        return Outcome.AGREED if with_most else Outcome.SPLIT
    if not yours:
        return Outcome.MISSED
    if not there.sought:
        return Outcome.TOO_MUCH
    if set(yours) & set(there.sought):
        return Outcome.PARTLY
    same = {family_of(code) for code in yours} & {family_of(code) for code in there.sought}
    return Outcome.OTHER_MARKER if same else Outcome.OTHER_FAMILY


def taken_for(there: Seen, yours: Sequence[str]) -> tuple[Pair, ...]:
    """What was taken for what, one pair for each code that was missed or given too much; none where `yours` is a reading of the
    raters. A missed code is paired with one given in its place, of its own family if there is one."""
    if _is_a_reading(there, yours):
        return ()
    given = [code for code in BY_CODE if code in yours and code not in there.sought]
    pairs: list[Pair] = []
    for code in (code for code in BY_CODE if code in there.sought and code not in yours):
        instead = sorted(given, key=lambda other: family_of(other) is not family_of(code))[:1]
        given = [other for other in given if other not in instead]
        pairs.append((code, instead[0] if instead else None))
    return (*pairs, *((None, code) for code in given))


def _is_a_reading(there: Seen, yours: Collection[str]) -> bool:
    """Whether somebody may have read the turn so: nothing where a rater saw nothing; else only codes that raters gave, and all
    that every one of them gave."""
    if not yours:
        return there.nothing > 0
    everybodys = {code for code, count in there.counts.items() if count == there.raters}
    return everybodys <= set(yours) <= there.counts.keys()
