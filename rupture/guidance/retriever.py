"""The retriever: dense and word search over the passages and, for markers, what two raters would put first, fused by rank. Either
search can be left out, to be measured."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rupture.codebook import MARKERS
from rupture.guidance.lexical import LexicalIndex
from rupture.guidance.rank import reciprocal_rank_fusion
from rupture.guidance.scope import Scope
from rupture.guidance.values import Candidate, Guidance, Query
from rupture.guidance.vectors import Encoder, VectorIndex

Places = NDArray[np.bool_]

_DEPTH = 30
"""How many passages each search gives."""
_ENOUGH = 8
"""Fewer passages than this about the markers asked for, and all passages are searched."""


class HybridRetriever:
    """Implements `rupture.protocols.Retriever`; `scope` says what is not covered, `dense` and `words` which searches are used."""

    def __init__(
        self,
        guidance: Guidance,
        encoder: Encoder,
        index: VectorIndex,
        scope: Scope | None = None,
        *,
        dense: bool = True,
        words: bool = True,
    ) -> None:
        self.note = index.note
        self._passages = tuple(guidance.passages.values())
        self._encoder = encoder
        self._index = index
        self._scope = scope
        self._lexical = LexicalIndex(guidance)
        self._dense = dense
        self._words = words
        self._about = {code: np.array([code in p.markers for p in self._passages], np.bool_) for code in MARKERS}
        self._useful = {code: np.array([p.useful.get(code, 0.0) for p in self._passages], np.float32) for code in MARKERS}
        self._about_none = np.array([not p.markers for p in self._passages], np.bool_)

    def candidates(self, query: Query) -> list[Candidate]:
        """See `Retriever`."""
        (vector,) = self._encoder.encode([query.text])
        if self._scope and not self._scope.covers(query, vector):
            return []
        pool = self._pool(query.markers)
        similarity, asked = self._index.similarities(vector), self._index.asked(vector)
        words = self._lexical.scores(query.text) if self._words else np.zeros(len(self._passages), np.float32)
        rankings = []
        if self._dense:
            rankings.append(_best(similarity, pool))
        if self._words:
            rankings.append(_best(words, pool & (words > 0)))
        if query.markers:
            useful = np.max([self._useful[code] for code in query.markers], axis=0)
            rankings.append(_best(useful, pool & (useful > 0)))
        return [
            Candidate(self._passages[place], score, float(similarity[place]), float(asked[place]), float(words[place]))
            for place, score in reciprocal_rank_fusion(rankings)
        ]

    def _pool(self, markers: Sequence[str]) -> Places:
        """Passages about one of `markers` and passages about none in particular; all of them when too few are about these."""
        about = np.zeros(len(self._passages), np.bool_)
        for code in markers:
            about |= self._about[code]
        return about | self._about_none if about.sum() >= _ENOUGH else np.ones(len(self._passages), np.bool_)


def _best(scores: NDArray[np.float32], pool: Places) -> list[int]:
    """Places of the passages in `pool` with the highest scores, best first, ties by place."""
    places = np.flatnonzero(pool)
    if len(places) > _DEPTH:
        least = np.partition(scores[places], len(places) - _DEPTH)[len(places) - _DEPTH]
        places = places[scores[places] >= least]
    return [int(place) for place in places[np.argsort(-scores[places], kind="stable")][:_DEPTH]]
