"""Decides what is shown of what was found: fusion of rankings, agreement with the query, variety. Pure."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from rupture.guidance.topics import fits
from rupture.guidance.values import Candidate, Passage, PassageRole, Query
from rupture.guidance.vocabulary import ANY

PER_DOCUMENT = 2
"""At most this many passages of one document are shown."""
_K = 60
_BEST_SCORE = 2 / (_K + 1)
_REPEATED = 0.05
_WORDS = 10
"""About the highest score that the word search gives."""

UNRATED = 0.4
"""What a passage counts for a marker that nobody has rated it for."""

Weights = Mapping[str, float]

# Least squares (ridge) on the grades of the development half of the suite `guidance`, divided by the highest grade: one set for
# queries that name markers, one for the others. That a strategy was asked for has one weight in both, since no moment asks for
# one; a page for couples does not lead where nobody spoke of a couple (fitted: −.02); and what was fitted within .07 of 0 for the
# nearest query and for words is 0 for moments, whose text is the codebook's. Named as in `features`.
WITH_MARKERS: Weights = {
    "fused": 0.106,
    "similarity": 0.155,
    "asked": 0.0,
    "words": 0.0,
    "useful": 0.583,
    "strategy": 0.072,
    "role": 0.05,
    "modality": 0.166,
    "other_modality": -0.176,
    "topic": 0.144,
    "other_topic": -0.039,
}
WITHOUT: Weights = {
    "fused": 0.29,
    "similarity": 0.234,
    "asked": 0.265,
    "words": 0.21,
    "useful": 0.0,
    "strategy": 0.072,
    "role": 0.028,
    "modality": 0.025,
    "other_modality": -0.1,
    "topic": 0.166,
    "other_topic": -0.109,
}


def reciprocal_rank_fusion(rankings: Sequence[Sequence[int]]) -> list[tuple[int, float]]:
    """Places of passages of all rankings with their fused score, best first, ties by place."""
    scores: defaultdict[int, float] = defaultdict(float)
    for ranking in rankings:
        for position, name in enumerate(ranking, start=1):
            scores[name] += 1 / (_K + position)
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))


def rank(candidates: Sequence[Candidate], query: Query, limit: int = 5) -> list[Candidate]:
    """The `limit` passages to show, best first, with the score they were chosen by; ties by id.

    At most two come from one document, and a passage whose strategies are all shown already stands back.
    """
    weights = WITH_MARKERS if query.markers else WITHOUT
    left = {candidate.passage.id: candidate for candidate in candidates}
    relevance = {name: sum(weights[key] * value for key, value in features(c, query).items()) for name, c in left.items()}
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


def features(candidate: Candidate, query: Query) -> dict[str, float]:
    """What speaks for a passage, each about between 0 and 1."""
    passage = candidate.passage
    shared = set(passage.markers) & set(query.markers)
    asked = query.roles or (PassageRole.DO, PassageRole.SAY)
    any_modality = ANY in passage.modality
    return {
        "fused": candidate.score / _BEST_SCORE,
        "similarity": candidate.similarity,
        "asked": candidate.asked,
        "words": candidate.words / _WORDS,
        "useful": max((passage.useful.get(code, UNRATED) for code in shared), default=0.0),
        "strategy": float(bool(set(passage.strategies) & set(query.strategies))),
        "role": float(passage.role in asked),
        "modality": float(query.modality in passage.modality),
        "other_modality": float(not any_modality and query.modality not in passage.modality),
        "topic": float(bool(set(passage.topics) & set(query.topics))),
        "other_topic": float(not fits(passage.topics, query.topics)),
    }


def _repetition(passage: Passage, shown: set[str]) -> float:
    return _REPEATED if passage.strategies and set(passage.strategies) <= shown else 0.0
