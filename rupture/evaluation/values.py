"""Prediction: what a detector and its policy said of one coded session, as plain data that holds ids and numbers, never words.

`predict` decides scores with the policy that goes with them; `reference_codes` is what a prediction is held against. Nothing here
knows how the scores came about.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rupture.analysis import Scores
from rupture.codebook import MARKERS, RUPTURE
from rupture.coding.values import CodedSession, Rating
from rupture.episodes import episode_of_turn, find_episodes
from rupture.policy import Policy, find, top_moments
from rupture.transcript import Role, Transcript

DIGITS = 6
"""Decimals a saved score keeps."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """One item of a run: for each turn its scores and the codes decided from them; the moments to open with; the rating."""

    session: str
    scores: tuple[Scores, ...]
    codes: tuple[tuple[str, ...], ...]
    top_moments: tuple[int, ...] = ()
    rating: Rating | None = None

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready; scores rounded to six decimals."""
        return {
            "id": self.session,
            "scores": [{name: round(float(value), DIGITS) for name, value in turn.items()} for turn in self.scores],
            "codes": [list(turn) for turn in self.codes],
            "top_moments": list(self.top_moments),
            "rating": asdict(self.rating) if self.rating else None,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Prediction":
        """The value `to_dict` wrote."""
        return cls(
            data["id"],
            tuple(data["scores"]),
            tuple(tuple(turn) for turn in data["codes"]),
            tuple(data["top_moments"]),
            Rating(**data["rating"]) if data["rating"] else None,
        )


def predict(transcript: Transcript, scores: Sequence[Scores], policy: Policy) -> Prediction:
    """What `policy` makes of `scores`, by the same steps as an analysis; the rating is left to the caller."""
    findings = find(transcript, scores, policy)
    codes = {finding.turn: finding.codes for finding in findings}
    episodes = find_episodes(transcript, codes)
    client = [finding for finding in findings if transcript.turns[finding.turn].role is Role.CLIENT]
    moments = top_moments(client, scores, episode_of_turn(episodes, transcript), policy)
    by_turn = tuple(codes.get(turn.index, ()) for turn in transcript.turns)
    return Prediction(transcript.id, tuple(scores), by_turn, moments)


def reference_codes(session: CodedSession) -> dict[int, tuple[str, ...]]:
    """Codes of the reference by turn, for turns that have any.

    Where a majority saw a rupture but split over its marker, the marker with most votes stands for it (the first in codebook
    order on a tie), so that the turn is not lost to the episodes.
    """
    coded = {}
    for turn in session.transcript.turns:
        codes = session.codes(turn.index)
        if not codes and session.reference(turn.index, RUPTURE):
            votes = session.votes[turn.index]
            codes = (max(MARKERS, key=lambda code: votes.get(code, 0.0)),)
        if codes:
            coded[turn.index] = codes
    return coded
