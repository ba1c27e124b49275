"""Decides what is shown of what was found: agreement with the query, variety, and whether the corpus covers the question. Pure."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from rupture.guidance.retriever import BEST_SCORE
from rupture.guidance.values import Candidate, Passage, Query
from rupture.guidance.vocabulary import ANY

PER_DOCUMENT = 2

THRESHOLD = 0.40


def rank(candidates: Sequence[Candidate], query: Query, limit: int = 5) -> list[Candidate]:
    """The `limit` passages to show, best first, with the score they were chosen by; ties by id.

    At most two come from one document, and a passage whose strategies are all shown already stands back.
    """
    left = {candidate.passage.id: candidate for candidate in candidates}
    relevance = {name: c.score / BEST_SCORE + _agreement(c.passage, query) for name, c in left.items()}
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


def covered(candidates: Sequence[Candidate], query: Query) -> bool:
    """Whether the corpus has something to say to the query; if not, a reply says so and gives no passage."""
    return max((candidate.similarity for candidate in candidates), default=-1.0) >= THRESHOLD


# Weights beside a relevance between 0 and 1, set by hand on evals/cases/guidance_dev.jsonl.
_MARKER, _STRATEGY, _ROLE, _MODALITY = 0.3, 0.2, 0.15, 0.2
_OTHER_MODALITY, _UNASKED_MODALITY, _REPEATED = -0.3, -0.1, -0.15


def _agreement(passage: Passage, query: Query) -> float:
    # A document about one marker agrees more with it than one about all fourteen.
    markers = len(set(passage.markers) & set(query.markers)) / max(1, len(passage.markers))
    strategies = bool(set(passage.strategies) & set(query.strategies))
    role = passage.role in query.roles
    return _MARKER * markers + _STRATEGY * strategies + _ROLE * role + _modality(passage, query)


def _modality(passage: Passage, query: Query) -> float:
    if ANY in passage.modality:
        return 0.0
    if query.modality is None:
        return _UNASKED_MODALITY
    return _MODALITY if query.modality in passage.modality else _OTHER_MODALITY


def _repetition(passage: Passage, shown: set[str]) -> float:
    return -_REPEATED if passage.strategies and set(passage.strategies) <= shown else 0.0
