"""Honest stand-ins for the four outside parts: for tests, demos and offline evals. They do what they are told and say so."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rupture.analysis import Scores
from rupture.errors import ChatModelError
from rupture.guidance.values import Candidate, Passage, Query
from rupture.transcript import Transcript


class ScriptedDetector:
    """Gives the scores it was handed, looked up by the exact words of a turn; turns it does not know score nothing."""

    def __init__(self, scores: Mapping[str, Scores]) -> None:
        self._scores = scores

    def score(self, transcripts: Sequence[Transcript]) -> list[list[Scores]]:
        """See `Detector.score`."""
        return [[self._scores.get(turn.text, {}) for turn in transcript.turns] for transcript in transcripts]


class ListRetriever:
    """Returns the passages it was handed, in their order, whatever the query; remembers the queries."""

    def __init__(self, passages: Sequence[Passage], similarity: float = 1.0) -> None:
        self._passages = passages
        self._similarity = similarity
        self.queries: list[Query] = []

    def candidates(self, query: Query) -> list[Candidate]:
        """See `Retriever.candidates`."""
        self.queries.append(query)
        return [Candidate(p, 1 / (position + 1), self._similarity) for position, p in enumerate(self._passages)]


class ScriptedChat:
    """Answers with the given texts in turn, piece by piece; remembers what it was asked. An exhausted script is an error."""

    def __init__(self, *answers: str, host: str = "") -> None:
        self.host = host
        self._answers = list(answers)
        self.asked: list[tuple[str, str]] = []

    def stream(self, system: str, user: str) -> Iterator[str]:
        """See `ChatModel.stream`."""
        self.asked.append((system, user))
        if not self._answers:
            raise ChatModelError("the scripted chat model has no answer left")
        answer = self._answers.pop(0)
        for start in range(0, len(answer), 7):
            yield answer[start : start + 7]


class ScriptedStructuredModel:
    """Gives the answers it was handed in turn, whatever the schema; remembers what it was asked. Exhausted, it is an error."""

    def __init__(self, *answers: Mapping[str, Any]) -> None:
        self._answers = list(answers)
        self.asked: list[tuple[str, str, Mapping[str, Any]]] = []

    def answer(self, system: str, user: str, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """See `StructuredModel.answer`."""
        self.asked.append((system, user, schema))
        if not self._answers:
            raise ChatModelError("the scripted language model has no answer left")
        return self._answers.pop(0)
