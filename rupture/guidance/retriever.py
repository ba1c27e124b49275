"""The retriever: dense and word search over the passages, fused by rank. Either search can be left out, to be measured."""

from collections.abc import Collection, Iterable, Sequence

from rupture.guidance.lexical import LexicalIndex
from rupture.guidance.rank import reciprocal_rank_fusion
from rupture.guidance.values import Candidate, Guidance, Query
from rupture.guidance.vectors import Encoder, VectorIndex

_DEPTH = 30
"""How many passages each search gives."""
_ENOUGH = 8
"""Fewer passages than this about the markers asked for, and all passages are searched."""


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


def _top(names: Iterable[str], pool: Collection[str]) -> list[str]:
    return [name for name in names if name in pool][:_DEPTH]
