"""Decides what is shown of what was found: fusion of rankings, agreement with the query, variety. Pure."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

from rupture.guidance.values import Candidate, Passage, Query
from rupture.guidance.vocabulary import ANY

PER_DOCUMENT = 2
"""At most this many passages of one document are shown."""
_K = 60
_BEST_SCORE = 2 / (_K + 1)

# Weights beside a relevance between 0 and 1, set by hand on evals/cases/guidance_dev.jsonl.
_MARKER, _STRATEGY, _ROLE, _MODALITY = 0.8, 0.2, 0.15, 0.2
_UNASKED_MODALITY, _OTHER_MODALITY, _REPEATED = 0.1, 0.3, 0.1


def reciprocal_rank_fusion(rankings: Sequence[Sequence[str]]) -> list[tuple[str, float]]:
    """Ids of all rankings with their fused score, best first, ties by id."""
    scores: defaultdict[str, float] = defaultdict(float)
    for ranking in rankings:
        for position, name in enumerate(ranking, start=1):
            scores[name] += 1 / (_K + position)
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))


def rank(candidates: Sequence[Candidate], query: Query, limit: int = 5) -> list[Candidate]:
    """The `limit` passages to show, best first, with the score they were chosen by; ties by id.

    At most two come from one document, and a passage whose strategies are all shown already stands back.
    """
    left = {candidate.passage.id: candidate for candidate in candidates}
    relevance = {name: c.score / _BEST_SCORE + _agreement(c.passage, query) for name, c in left.items()}
    chosen: list[Candidate] = []
    shown: set[str] = set()
    documents: Counter[str] = Counter()
    while left and len(chosen) < limit:
        scores = {name: relevance[name] - _repetition(c.passage, shown) for name, c in left.items()}
        name = min(scores, key=lambda name: (-scores[name], name))
        best = left.pop(name)
        chosen.append(replace(best, score=round(scores[name], 4)))
        shown.update(best.passage.strategies)
        documents[best.passage.document] += 1
        if documents[best.passage.document] == PER_DOCUMENT:
            left = {name: c for name, c in left.items() if c.passage.document != best.passage.document}
    return chosen


def _agreement(passage: Passage, query: Query) -> float:
    # A document about one marker agrees more with it than one about all fourteen.
    markers = len(set(passage.markers) & set(query.markers)) / max(1, len(passage.markers))
    strategies = bool(set(passage.strategies) & set(query.strategies))
    return _MARKER * markers + _STRATEGY * strategies + _ROLE * (passage.role in query.roles) + _modality(passage, query)


def _modality(passage: Passage, query: Query) -> float:
    if ANY in passage.modality:
        return 0.0
    if query.modality is None:
        return -_UNASKED_MODALITY
    return _MODALITY if query.modality in passage.modality else -_OTHER_MODALITY


def _repetition(passage: Passage, shown: set[str]) -> float:
    return _REPEATED if passage.strategies and set(passage.strategies) <= shown else 0.0
