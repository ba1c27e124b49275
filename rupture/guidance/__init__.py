"""The curated guidance and its search. `as_retriever` is for those who build on it with LangChain."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rupture.guidance.langchain import GuidanceRetriever


def as_retriever(limit: int = 5) -> "GuidanceRetriever":
    """The search of the shipped guidance as a LangChain retriever; what it needs is imported when it is called."""
    from rupture.build import build_retriever
    from rupture.guidance.langchain import GuidanceRetriever

    return GuidanceRetriever(retriever=build_retriever()[1], limit=limit)
