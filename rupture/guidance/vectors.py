"""Dense search without any store: what an encoder and an index are, and the exact search that every index must agree with."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rupture.guidance.values import Guidance
from rupture.guidance.wording import indexed_text

Vectors = NDArray[np.float32]

# Similarities are compared at this many digits, so that two ways to compute one cosine rank alike; ties go to the smaller id.
_DIGITS = 6


class Encoder(Protocol):
    """Texts to vectors of length 1."""

    @property
    def digest(self) -> str:
        """Names the weights: vectors of two digests must not meet."""
        ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One row a text, float32."""
        ...


class VectorIndex(Protocol):
    """The passages of one corpus by their vectors; `note` says why the index is not the usual one, or is empty."""

    @property
    def note(self) -> str: ...

    def nearest(self, vector: Vectors, limit: int) -> list[tuple[str, float]]:
        """Passage ids with cosine similarity, best first."""
        ...


@dataclass(frozen=True, slots=True)
class ExactIndex:
    """All similarities, computed: for tests, and for machines where no index can be kept."""

    ids: tuple[str, ...]
    vectors: Vectors
    note: str = ""

    def nearest(self, vector: Vectors, limit: int) -> list[tuple[str, float]]:
        """See `VectorIndex`."""
        return ordered(zip(self.ids, (self.vectors @ vector).tolist(), strict=True))[:limit]


def encode_passages(guidance: Guidance, encoder: Encoder) -> Vectors:
    """One vector a passage, in the order of `guidance.passages`."""
    return encoder.encode([indexed_text(passage) for passage in guidance.passages.values()])


def exact_index(guidance: Guidance, encoder: Encoder, note: str = "") -> ExactIndex:
    """The index that needs no disk."""
    return ExactIndex(tuple(guidance.passages), encode_passages(guidance, encoder), note)


def ordered(similarities: "zip[tuple[str, float]]") -> list[tuple[str, float]]:
    """Clamped to [-1, 1], best first, ties by id."""
    rounded = [(name, round(min(1.0, max(-1.0, value)), _DIGITS)) for name, value in similarities]
    return sorted(rounded, key=lambda item: (-item[1], item[0]))
