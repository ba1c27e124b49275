"""Values of the guidance: Passage, Document, Reference, Query, Candidate. Standard library only."""

from dataclasses import dataclass, field
from enum import StrEnum


class PassageRole(StrEnum):
    """What a section of a guidance document is for; decides where a reply may use it."""

    RECOGNISE = "recognise"
    READING = "reading"
    DO = "do"
    SAY = "say"
    AVOID = "avoid"
    EVIDENCE = "evidence"


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
    """The unit that is retrieved, quoted and cited: one section of a document, as written."""

    id: str
    document: str
    title: str
    heading: str
    text: str
    role: PassageRole
    markers: tuple[str, ...] = ()
    strategies: tuple[str, ...] = ()
    modality: tuple[str, ...] = ("any",)
    stage: str | None = None
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """What to look for. `text` is words about the moment or the question as asked; the rest narrows or favours."""

    text: str
    markers: tuple[str, ...] = ()
    strategies: tuple[str, ...] = ()
    modality: str | None = None
    roles: tuple[PassageRole, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage with its fused retrieval score (higher is better) and its cosine similarity to the query in [-1, 1]."""

    passage: Passage
    score: float
    similarity: float


@dataclass(frozen=True, slots=True)
class Guidance:
    """The whole corpus in memory: passages by id in file order, references by key, and the digest of the files.

    `cautions`, `mistaken_for` and `evidence` are by document; `own` are the documents the user added, to be labelled as such.
    """

    passages: dict[str, Passage]
    references: dict[str, Reference]
    digest: str
    cautions: dict[str, str] = field(default_factory=dict)
    mistaken_for: dict[str, str] = field(default_factory=dict)
    evidence: dict[str, str] = field(default_factory=dict)
    own: frozenset[str] = frozenset()
