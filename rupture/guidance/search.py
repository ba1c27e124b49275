"""`guidance search` as data: the passages for a question, in the shape that design and `--json` promise."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from rupture.guidance.query import question_query
from rupture.guidance.rank import rank
from rupture.guidance.values import Candidate, Guidance, Reference
from rupture.protocols import Retriever

_NEAR = 0.3
"""Similarity from which a passage the user added is shown: about that of the nearest curated passages to a good question."""


def search_guidance(
    question: str, guidance: Guidance, retriever: Retriever, limit: int = 5, own: Retriever | None = None
) -> dict[str, Any]:
    """`{"query", "covered", "passages", "own"}`, best first; no passages when the corpus does not cover the question. `own` are
    passages of documents the user added, found by `own`, never mixed with the others."""
    query = question_query(question)
    found = retriever.candidates(query)
    ranked = rank(found, query, limit)
    return {
        "query": question,
        "covered": bool(ranked),
        "passages": [_described(candidate, guidance) for candidate in ranked],
        "own": [_described(candidate, guidance) for candidate in _near(own.candidates(query), limit)] if own else [],
    }


def _near(candidates: Sequence[Candidate], limit: int) -> list[Candidate]:
    near = [replace(candidate, score=candidate.similarity) for candidate in candidates if candidate.similarity >= _NEAR]
    return sorted(near, key=lambda candidate: -candidate.score)[:limit]


def _described(found: Candidate, guidance: Guidance) -> dict[str, Any]:
    passage = found.passage
    return {
        "id": passage.id,
        "document": passage.document,
        "title": f"{passage.title}: {passage.heading}".removesuffix(": "),
        "text": passage.text,
        "markers": list(passage.markers),
        "strategies": list(passage.strategies),
        "score": found.score,
        "references": [cite(guidance.references[key]) for key in passage.references],
    }


def cite(reference: Reference) -> str:
    """One line that names the reference, with its DOI or PMC number as text."""
    year = f" ({reference.year})" if reference.year else ""
    who = f"{reference.authors}{year}. " if reference.authors else f"{year.strip()} " if year else ""
    number = f" doi:{reference.doi}" if reference.doi else f" {reference.pmc}" if reference.pmc else ""
    source = f" {reference.source}." if reference.source else ""
    return f"{who}{reference.title}.{source}{number}"
