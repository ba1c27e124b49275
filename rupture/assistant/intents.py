"""What a question is after, found by its nearest examples in `prompts/intents.yaml` in the encoder's space, not by keyword
lists."""

import re
from collections.abc import Sequence
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rupture.assistant.focus import named_turn, without_turn
from rupture.prompts import table

ABOUT_SESSION = ("overview", "explain", "challenge", "respond")
_NEAREST = 3
_LEAST_NEAR = 0.25
"""Questions less similar than this to every intent's examples are about something else altogether."""


class TextEncoder(Protocol):
    """What intents need of an encoder."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of length 1, one a text."""
        ...


class Intents:
    """Nearest-example classifier; the examples are encoded at the first question."""

    def __init__(self, encoder: TextEncoder) -> None:
        self._encoder = encoder

    @cached_property
    def _examples(self) -> tuple[list[str], NDArray[np.float32]]:
        """The intent of each example, and their vectors."""
        rows = [(intent, text) for intent, texts in table("intents").items() for text in texts]
        return [intent for intent, _ in rows], self._encoder.encode([_without_turn(text) for _, text in rows])

    def of(self, question: str) -> str:
        """The intent whose three nearest examples are closest on average; one about the session where the question names a turn
        and is otherwise general.

        An empty question is `overview`; one that is far from all examples is `outside`.
        """
        if not question.strip():
            return "overview"
        labels, vectors = self._examples
        similarity = vectors @ self._encoder.encode([_without_turn(question)])[0]
        closeness: dict[str, list[float]] = {}
        for intent, value in zip(labels, similarity, strict=True):
            closeness.setdefault(intent, []).append(float(value))
        nearness = {intent: sum(sorted(values)[-_NEAREST:]) / _NEAREST for intent, values in closeness.items()}
        best = max(nearness, key=lambda intent: nearness[intent])
        if best == "question" and named_turn(question) is not None:
            return max(ABOUT_SESSION, key=lambda intent: nearness[intent])
        return best if nearness[best] >= _LEAST_NEAR else "outside"


def _without_turn(question: str) -> str:
    """The question without its turn; the word `turn` where nothing else is left."""
    left = without_turn(question)
    return left if re.search(r"\w", left) else "turn"
