"""The four parts that touch the world outside, each a protocol with one method; honest fakes are in `rupture.fakes`.
And the names by which a user chooses between detectors, and what long work reports to."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any, Protocol

from rupture.analysis import Scores
from rupture.guidance.values import Candidate, Query
from rupture.privacy.care import Care
from rupture.transcript import Transcript

Progress = Callable[[str, int, int], None]
"""Told what is under way, how many steps of it are done, and of how many."""


class CareReader(Protocol):
    """Texts to what calls for care in them."""

    def __call__(self, texts: Sequence[str], *, asked: bool = False) -> list[Care]:
        """One a text; the same texts give the same answer. `asked` says that they are questions put to the tool, which are about
        strain all the time: risk language must be plainer there, since a notice takes the place of an answer."""
        ...


class DetectorName(StrEnum):
    """Who codes the turns: the model that ships, or a language model on this machine."""

    TRAINED = "trained"
    LLM = "llm"


class Detector(Protocol):
    """Transcripts to probabilities."""

    def score(self, transcripts: Sequence[Transcript]) -> list[list[Scores]]:
        """One list a transcript, one mapping a turn.

        Client turns carry `rupture`, `withdrawal`, `confrontation` and the marker codes; therapist turns `strategy` and the
        strategy codes; turns of others an empty mapping. The same input gives the same output.
        """
        ...


class Retriever(Protocol):
    """A query to candidate passages of the guidance corpus."""

    def candidates(self, query: Query) -> list[Candidate]:
        """Passages with retrieval scores, best first, before `rupture.guidance.rank` decides what is shown; none when the
        guidance does not cover the query."""
        ...


class ChatModel(Protocol):
    """Messages to text. `host` is where it runs when that is not this machine, else empty; nothing is sent there unseen."""

    @property
    def host(self) -> str: ...

    def stream(self, system: str, user: str) -> Iterator[str]:
        """Pieces of the answer as they come; ChatModelError when the model cannot be reached or is refused."""
        ...


class StructuredModel(Protocol):
    """Messages to data."""

    def answer(self, system: str, user: str, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """What the model fills the JSON `schema` with; ChatModelError when it cannot be reached or does not fill it."""
        ...
