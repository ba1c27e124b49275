"""Word search over the passages: BM25 with Lucene's IDF (never negative for common words such as "client") and English stems."""

import bm25s
import Stemmer

from rupture.guidance.values import Guidance
from rupture.guidance.wording import indexed_text


class LexicalIndex:
    """The passages of one corpus by their words."""

    def __init__(self, guidance: Guidance) -> None:
        self._ids = tuple(guidance.passages)
        self._model = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
        self._model.index(_stems([indexed_text(passage) for passage in guidance.passages.values()]), show_progress=False)

    def best(self, text: str, limit: int) -> list[str]:
        """Ids of passages that share words with `text`, best first, ties by id."""
        (stems,) = _stems([text])
        if not stems:
            return []
        scores = zip(self._ids, self._model.get_scores(stems).tolist(), strict=True)
        found = sorted((-round(score, 6), name) for name, score in scores if score > 0)
        return [name for _, name in found[:limit]]


def _stems(texts: list[str]) -> list[list[str]]:
    # A stemmer of its own for each call: one cannot be shared between threads.
    stems: list[list[str]] = bm25s.tokenize(
        texts, stopwords="en", stemmer=Stemmer.Stemmer("english"), return_ids=False, show_progress=False
    )
    return stems
