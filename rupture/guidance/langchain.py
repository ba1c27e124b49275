"""The guidance as a LangChain retriever, for those who build on it. Imported only when used: langchain_core takes a second."""

from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langsmith import tracing_context

from rupture.guidance.query import question_query
from rupture.guidance.rank import rank
from rupture.guidance.values import Candidate


class GuidanceRetriever(BaseRetriever):
    """Passages for a question, best first; none when it is not covered. Never traced, whatever the environment says."""

    retriever: Any
    limit: int = 5

    def invoke(self, input: str, config: Any = None, **kwargs: Any) -> list[Document]:
        """See BaseRetriever; the question stays on this machine."""
        with tracing_context(enabled=False):
            return super().invoke(input, config, **kwargs)

    async def ainvoke(self, input: str, config: Any = None, **kwargs: Any) -> list[Document]:
        """See BaseRetriever; the question stays on this machine."""
        with tracing_context(enabled=False):
            return await super().ainvoke(input, config, **kwargs)

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        asked = question_query(query)
        return [_document(found) for found in rank(self.retriever.candidates(asked), asked, self.limit)]


def _document(found: Candidate) -> Document:
    passage = found.passage
    return Document(
        id=passage.id,
        page_content=passage.text,
        metadata={
            "document": passage.document,
            "title": passage.title,
            "heading": passage.heading,
            "role": passage.role.value,
            "markers": list(passage.markers),
            "strategies": list(passage.strategies),
            "references": list(passage.references),
            "score": found.score,
        },
    )
