"""What a question is after, by the model tuned on the examples in `prompts/intents.yaml`, not by keyword lists."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from rupture.assistant.focus import points_to_a_turn, without_place
from rupture.utterances import INTENTS

_ELSEWHERE = ("overview", "question")
_ABOUT_A_TURN = ("explain", "why_not", "challenge", "respond", "rehearse", "another", "compare", "same")
"""What a question that names or quotes a turn is after, when at first it seems to be about the whole session or about none."""
_LEAST_SURE = 0.3
"""Below this probability of every intent, a question is looked up in the guidance, which says if it does not cover it."""


class IntentReader(Protocol):
    """What intents need of a model."""

    def read(self, texts: Sequence[str], heads: Sequence[str]) -> Sequence[Mapping[str, Mapping[str, float]]]:
        """For each text and each of `heads` the probability of each of its labels."""
        ...


class Intents:
    """The most probable intent of a question, in whose wording session words and turn numbers are left out of account."""

    def __init__(self, model: IntentReader) -> None:
        self._model = model

    def of(self, question: str) -> str:
        """The intent; `overview` for an empty question."""
        if not question.strip():
            return "overview"
        (read,) = self._model.read([without_place(question)], (INTENTS,))
        shares = read[INTENTS]
        best = max(shares, key=lambda intent: shares[intent])
        if shares[best] < _LEAST_SURE:
            best = "question"
        if best in _ELSEWHERE and points_to_a_turn(question):
            return max(_ABOUT_A_TURN, key=lambda intent: shares.get(intent, 0.0))
        return best
