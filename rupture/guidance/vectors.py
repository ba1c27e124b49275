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


QUERY_SHARE = 1.0
"""Of 0.6, 1 and 1.5, this was best on the development half of the suite `guidance`."""


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
    """The passages of one corpus by their vectors, (ids, dimension), each of length 1, and the queries written for them,
    with the place of the passage each belongs to; `note` says why the index is not the usual one, or is empty."""

    ids: tuple[str, ...]
    vectors: Vectors
    note: str = ""
    queries: Vectors | None = None
    owners: tuple[int, ...] = ()

    def similarities(self, vector: Vectors) -> Vectors:
        """Cosine of each passage to `vector` in [-1, 1], in the order of `ids`, to six digits, so that equal texts tie."""
        return _cosines(self.vectors, vector)

    def asked(self, vector: Vectors) -> Vectors:
        """For each passage the cosine of the nearest query written for it, likewise; 0 where none was written."""
        nearest = np.zeros(len(self.ids), np.float32)
        if self.queries is not None:
            np.maximum.at(nearest, list(self.owners), _cosines(self.queries, vector))
        return nearest


def _cosines(vectors: Vectors, vector: Vectors) -> Vectors:
    found: Vectors = np.clip(vectors @ vector, -1, 1).round(_DIGITS)
    return found


def entry_names(guidance: Guidance) -> tuple[str, ...]:
    """What an index holds, in order: the ids of the passages, then a name for each query written for one."""
    passages = guidance.passages.values()
    return (*guidance.passages, *(f"{p.id}?{number}" for p in passages for number in range(len(p.queries))))


def encode_entries(guidance: Guidance, encoder: Encoder) -> Vectors:
    """A vector for each of `entry_names`; that of a passage is of its words, with a share of the queries written for it."""
    passages = list(guidance.passages.values())
    owners = _owners(guidance)
    vectors = encoder.encode([*map(indexed_text, passages), *(query for passage in passages for query in passage.queries)])
    for place, vector in zip(owners, vectors[len(passages) :], strict=True):
        vectors[place] += QUERY_SHARE / len(passages[place].queries) * vector
    norms: Vectors = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(norms, 1e-9), np.float32)


def index_of(guidance: Guidance, vectors: Vectors, note: str = "") -> VectorIndex:
    """The index that `vectors`, one for each of `entry_names`, make up."""
    size = len(guidance.passages)
    return VectorIndex(tuple(guidance.passages), vectors[:size], note, vectors[size:], _owners(guidance))


def exact_index(guidance: Guidance, encoder: Encoder) -> VectorIndex:
    """The index that needs no disk."""
    return index_of(guidance, encode_entries(guidance, encoder))


def _owners(guidance: Guidance) -> tuple[int, ...]:
    return tuple(place for place, passage in enumerate(guidance.passages.values()) for _ in passage.queries)
