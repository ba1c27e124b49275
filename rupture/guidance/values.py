"""Values of the guidance: Passage, Reference, Query, Candidate, Guidance. Standard library only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class PassageRole(StrEnum):
    """What a section of a guidance document is for; decides where a reply may use it. OWN marks what a user added."""

    RECOGNISE = "recognise"
    READING = "reading"
    DO = "do"
    SAY = "say"
    AVOID = "avoid"
    EVIDENCE = "evidence"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class Reference:
    """One entry of `corpus/references.yaml`; `state` is verified, seen, seen_part or recalled (never shown)."""

    key: str
    title: str
    state: str
    authors: str | None = None
    year: int | None = None
    source: str | None = None
    doi: str | None = None
    pmc: str | None = None

    @property
    def shown(self) -> bool:
        """Whether users may see it."""
        return self.state != "recalled"


@dataclass(frozen=True, slots=True)
class Passage:
    """The unit that is retrieved, quoted and cited: one section of a document, as written.

    `queries` were written for it, to be found by. `useful` says for some markers how far two raters would put it first for a
    typical moment, 0 to 1.
    """

    id: str
    document: str
    title: str
    heading: str
    text: str
    role: PassageRole
    markers: tuple[str, ...] = ()
    strategies: tuple[str, ...] = ()
    modality: tuple[str, ...] = ("any",)
    topics: tuple[str, ...] = ()
    stage: str | None = None
    references: tuple[str, ...] = ()
    useful: Mapping[str, float] = field(default_factory=dict)
    queries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """What to look for. `text` is words about the moment or the question as asked; the rest narrows or favours."""

    text: str
    markers: tuple[str, ...] = ()
    strategies: tuple[str, ...] = ()
    modality: str | None = None
    topics: tuple[str, ...] = ()
    roles: tuple[PassageRole, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage with its fused retrieval score (higher is better), its cosine similarity to the query in [-1, 1], that of
    the nearest query written for it, and its score by words."""

    passage: Passage
    score: float
    similarity: float
    asked: float = 0.0
    words: float = 0.0


@dataclass(frozen=True, slots=True)
class Guidance:
    """The whole corpus in memory: passages by id in file order, references by key, and the digest of the files.

    `cautions`, `mistaken_for`, `evidence` and `components` are by document.
    """

    passages: dict[str, Passage]
    references: dict[str, Reference]
    digest: str
    cautions: dict[str, str] = field(default_factory=dict)
    mistaken_for: dict[str, str] = field(default_factory=dict)
    evidence: dict[str, str] = field(default_factory=dict)
    components: dict[str, tuple[str, ...]] = field(default_factory=dict)
