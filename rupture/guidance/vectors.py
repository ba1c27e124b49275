"""Dense search: what an encoder is, and the index of a corpus in memory, whatever it was read from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rupture.guidance.values import Guidance
from rupture.guidance.wording import indexed_text

Vectors = NDArray[np.float32]

# Two ways to compute one cosine differ in the last bits.
_DIGITS = 6


QUERY_SHARE = 0.6
"""Of 0, 0.3, 0.6 and 1, this was best on the development half of the suite `guidance`."""


class Encoder(Protocol):
    """Texts to vectors of length 1."""

    @property
    def digest(self) -> str:
        """Names the weights: vectors of two digests must not meet."""
        ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One row a text, float32."""
        ...


@dataclass(frozen=True, slots=True)
class VectorIndex:
    """The passages of one corpus by their vectors, (ids, dimension), each of length 1; `note` says why the index is not the usual
    one, or is empty."""

    ids: tuple[str, ...]
    vectors: Vectors
    note: str = ""

    def similarities(self, vector: Vectors) -> Vectors:
        """Cosine of each passage to `vector` in [-1, 1], in the order of `ids`, to six digits, so that equal texts tie."""
        found: Vectors = np.clip(self.vectors @ vector, -1, 1).round(_DIGITS)
        return found


def encode_passages(guidance: Guidance, encoder: Encoder) -> Vectors:
    """One vector a passage, in the order of `guidance.passages`: of its words, with a share of the query written for it."""
    passages = list(guidance.passages.values())
    asked = [place for place, passage in enumerate(passages) if passage.query]
    both = encoder.encode([*map(indexed_text, passages), *(passages[place].query for place in asked)])
    vectors = both[: len(passages)]
    vectors[asked] += QUERY_SHARE * both[len(passages) :]
    norms: Vectors = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(norms, 1e-9), np.float32)


def exact_index(guidance: Guidance, encoder: Encoder) -> VectorIndex:
    """The index that needs no disk."""
    return VectorIndex(tuple(guidance.passages), encode_passages(guidance, encoder))
