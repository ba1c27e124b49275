"""What a question is after, found by its nearest examples in `prompts/intents.yaml` in the encoder's space, not by keyword
lists."""

from collections.abc import Sequence
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rupture.prompts import table

_NEAREST = 3


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
        return [intent for intent, _ in rows], self._encoder.encode([text for _, text in rows])

    def of(self, question: str) -> str:
        """The intent whose three nearest examples are closest on average. An empty question is `overview`."""
        if not question.strip():
            return "overview"
        labels, vectors = self._examples
        similarity = vectors @ self._encoder.encode([question])[0]
        closeness: dict[str, list[float]] = {}
        for intent, value in zip(labels, similarity, strict=True):
            closeness.setdefault(intent, []).append(float(value))
        return max(closeness, key=lambda intent: sum(sorted(closeness[intent])[-_NEAREST:]))
