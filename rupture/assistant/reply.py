"""Reply, Claim and Conversation: what an answer is made of, and what is remembered from one question to the next."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from rupture.analysis import Analysis


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement of advice and the passages it rests on (`document#n`, at least one)."""

    text: str
    passages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer. `text` is plain text: paragraphs apart by a blank line, some opening with a lead-in of `prompts/phrases.yaml`,
    `[1]` after a claim for the first of `passages`. `turns` are the turns it speaks about; `note` says why the language model
    was not used, or what of its answer was withheld."""

    text: str
    claims: tuple[Claim, ...] = ()
    turns: tuple[int, ...] = ()
    strategies: tuple[str, ...] = ()
    covered: bool = True
    risk: bool = False
    source: Literal["composed", "llm"] = "composed"
    note: str = ""

    @property
    def passages(self) -> tuple[str, ...]:
        """Every passage cited, in order of first mention; the number shown beside a claim is its place here plus one."""
        return tuple(dict.fromkeys(passage for claim in self.claims for passage in claim.passages))

    def to_dict(self) -> Mapping[str, Any]:
        """JSON-ready data, as `rupture ask --json` prints it."""
        return {
            "reply": self.text,
            "claims": [{"text": claim.text, "passages": list(claim.passages)} for claim in self.claims],
            "turns": list(self.turns),
            "strategies": list(self.strategies),
            "covered": self.covered,
            "risk": self.risk,
            "source": self.source,
        }


@dataclass(frozen=True, slots=True)
class Letter:
    """All that a language model is told for one reply: the instructions with the passages, and the moment with the question."""

    system: str
    user: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A reply that a remote model may word: the letter it would be sent, the reply as it is, and the turn in focus then."""

    letter: Letter
    composed: Reply
    focus: int | None


@dataclass(frozen=True, slots=True)
class Conversation:
    """What a follow-up may refer back to: the analysed session, the turn in focus, the last intent and the modality asked for.

    `shown` is the turn the last reply spoke about, and `noticed` says that the notice about risk was given in full; neither is
    repeated at length. `offered` is the advice given so far on the turn in focus. `waiting` is what a
    remote model may word, once the user has seen what would be sent.
    """

    analysis: Analysis | None = None
    focus: int | None = None
    intent: str = ""
    modality: str | None = None
    shown: int | None = None
    noticed: bool = False
    offered: tuple[str, ...] = ()
    waiting: Waiting | None = None
