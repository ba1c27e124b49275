"""Word search over the passages: BM25 with Lucene's IDF (never negative for common words such as "client") and English stems."""

import bm25s
import numpy as np
import Stemmer
from numpy.typing import NDArray

from rupture.guidance.values import Guidance
from rupture.guidance.wording import indexed_text

Floats = NDArray[np.float32]


class LexicalIndex:
    """The passages of one corpus by their words."""

    def __init__(self, guidance: Guidance) -> None:
        self._size = len(guidance.passages)
        self._model = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
        self._model.index(
            _stems(["\n".join([indexed_text(p), *p.queries]) for p in guidance.passages.values()]), show_progress=False
        )

    def scores(self, text: str) -> Floats:
        """How well each passage matches the words of `text`, in order of the corpus, to six digits; 0 where they share none."""
        (stems,) = _stems([text])
        scores: Floats = self._model.get_scores(stems).round(6) if stems else np.zeros(self._size, np.float32)
        return scores


def _stems(texts: list[str]) -> list[list[str]]:
    # A stemmer of its own for each call: one cannot be shared between threads.
    stems: list[list[str]] = bm25s.tokenize(
        texts, stopwords="en", stemmer=Stemmer.Stemmer("english"), return_ids=False, show_progress=False
    )
    return stems
