"""`guidance search` as data: the passages for a question, in the shape that design and `--json` promise."""

from typing import Any

from rupture.guidance.query import question_query
from rupture.guidance.rank import rank
from rupture.guidance.scope import covered
from rupture.guidance.values import Guidance, Reference
from rupture.protocols import Retriever


def search_guidance(question: str, guidance: Guidance, retriever: Retriever, limit: int = 5) -> dict[str, Any]:
    """`{"query", "covered", "passages"}`, best first; no passages when the corpus does not cover the question."""
    query = question_query(question)
    found = retriever.candidates(query)
    ranked = rank(found, query, limit) if covered(found, query) else []
    return {
        "query": question,
        "covered": bool(ranked),
        "passages": [
            {
                "id": c.passage.id,
                "document": c.passage.document,
                "title": f"{c.passage.title}: {c.passage.heading}",
                "text": c.passage.text,
                "markers": list(c.passage.markers),
                "strategies": list(c.passage.strategies),
                "score": c.score,
                "references": [cite(guidance.references[key]) for key in c.passage.references],
            }
            for c in ranked
        ],
    }


def cite(reference: Reference) -> str:
    """One line that names the reference, with its DOI or PMC number as text."""
    year = f" ({reference.year})" if reference.year else ""
    who = f"{reference.authors}{year}. " if reference.authors else f"{year.strip()} " if year else ""
    number = f" doi:{reference.doi}" if reference.doi else f" {reference.pmc}" if reference.pmc else ""
    source = f" {reference.source}." if reference.source else ""
    return f"{who}{reference.title}.{source}{number}"
