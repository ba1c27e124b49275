"""CodedSession: a transcript with what its raters coded. Standard library only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rupture.analysis import SessionRating
from rupture.codebook import BY_CODE, RUPTURE, STRATEGIES, Family
from rupture.transcript import Role, Transcript


@dataclass(frozen=True, slots=True)
class Rating:
    """The four session ratings averaged over raters, each 1 to 5; `resolution` None where no rater saw a rupture."""

    withdrawal: float
    confrontation: float
    resolution: float | None
    therapist_contribution: float

    @classmethod
    def of(cls, rating: SessionRating) -> "Rating":
        """The same numbers as floats."""
        return cls(rating.withdrawal, rating.confrontation, rating.resolution, rating.therapist_contribution)


@dataclass(frozen=True, slots=True)
class CodedSession:
    """A transcript and, for each turn, the share of raters who gave each code.

    `votes[i]` maps names to a share in (0, 1]: codes, `withdrawal` and `confrontation`, `rupture`, and `strategy`; names
    that nobody gave are absent. `setting` is shown to people; `source` names the data set. `acts` has one
    label a turn where the data set comes with speech-act labels of its own, empty for turns without one.
    """

    transcript: Transcript
    votes: tuple[Mapping[str, float], ...]
    rating: Rating | None
    source: str
    setting: str = ""
    modality: str = ""
    acts: tuple[str, ...] = ()

    def reference(self, turn: int, name: str) -> bool | None:
        """Whether a majority gave `name`; None when the raters split evenly, which leaves the turn out of scoring."""
        share = self.votes[turn].get(name, 0.0)
        return None if share == 0.5 else share > 0.5

    def codes(self, turn: int) -> tuple[str, ...]:
        """The codes a majority gave, in codebook order."""
        return tuple(code for code in BY_CODE if self.reference(turn, code))


def votes_of(raters: Sequence[Mapping[int, Sequence[str]]], transcript: Transcript) -> tuple[dict[str, float], ...]:
    """Shares from each rater's codes by turn index. Codes that cannot stand on a turn of that role are ignored."""
    return tuple(_turn_votes([rater.get(turn.index, ()) for rater in raters], turn.role) for turn in transcript.turns)


def _turn_votes(coded: Sequence[Sequence[str]], role: Role) -> dict[str, float]:
    counts: dict[str, int] = {}
    for codes in coded:
        valid = [c for c in codes if (c in STRATEGIES) == (role is Role.THERAPIST) and role is not Role.OTHER]
        names = set(valid) | {BY_CODE[c].family.value for c in valid}
        if names and role is Role.CLIENT:
            names.add(RUPTURE)
        for name in names:
            counts[name] = counts.get(name, 0) + 1
    return {name: count / len(coded) for name, count in sorted(counts.items())}


def names_for(role: Role) -> tuple[str, ...]:
    """Every name a turn of `role` can be given a vote for, in codebook order."""
    if role is Role.CLIENT:
        markers = tuple(c for c in BY_CODE if c not in STRATEGIES)
        return (RUPTURE, Family.WITHDRAWAL.value, Family.CONFRONTATION.value, *markers)
    return (Family.STRATEGY.value, *STRATEGIES) if role is Role.THERAPIST else ()
