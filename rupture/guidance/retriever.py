"""The retriever: dense and word search over the passages, fused by rank. Every stage can be left out, so that each can be measured."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from rupture.guidance.lexical import LexicalIndex
from rupture.guidance.values import Candidate, Guidance, Query
from rupture.guidance.vectors import Encoder, VectorIndex

_DEPTH = 30
"""How many passages each search gives."""
_ENOUGH = 8
"""Fewer passages than this about the markers asked for, and all passages are searched."""
_K = 60

BEST_SCORE = 2 / (_K + 1)
"""The score of a passage that both searches put first."""


class HybridRetriever:
    """Implements `rupture.protocols.Retriever`; `dense` and `words` say which searches are used."""

    def __init__(
        self, guidance: Guidance, encoder: Encoder, index: VectorIndex, *, dense: bool = True, words: bool = True
    ) -> None:
        self.note = index.note
        self._guidance = guidance
        self._encoder = encoder
        self._index = index
        self._lexical = LexicalIndex(guidance)
        self._dense = dense
        self._words = words

    def candidates(self, query: Query) -> list[Candidate]:
        """See `Retriever`."""
        everything = len(self._guidance.passages)
        pool = self._pool(query.markers)
        (vector,) = self._encoder.encode([query.text])
        # All similarities are asked for: passages found by their words carry theirs too, and the pool is cut before the depth.
        similarity = dict(self._index.nearest(vector, everything))
        by_meaning = _top(similarity, pool) if self._dense else []
        by_words = _top(self._lexical.best(query.text, everything), pool) if self._words else []
        return [
            Candidate(self._guidance.passages[name], score, similarity[name])
            for name, score in reciprocal_rank_fusion([by_meaning, by_words])
        ]

    def _pool(self, markers: Sequence[str]) -> Collection[str]:
        """Passages about one of `markers` and passages about none in particular; all of them when too few are about these."""
        passages = self._guidance.passages
        about = [p.id for p in passages.values() if set(p.markers) & set(markers)]
        if len(about) < _ENOUGH:
            return passages.keys()
        return {*about, *(p.id for p in passages.values() if not p.markers)}


def reciprocal_rank_fusion(rankings: Sequence[Sequence[str]]) -> list[tuple[str, float]]:
    """Ids of all rankings with their fused score, best first, ties by id."""
    scores: defaultdict[str, float] = defaultdict(float)
    for ranking in rankings:
        for rank, name in enumerate(ranking, start=1):
            scores[name] += 1 / (_K + rank)
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))


def _top(names: Iterable[str], pool: Collection[str]) -> list[str]:
    return [name for name in names if name in pool][:_DEPTH]
