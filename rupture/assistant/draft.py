"""Draft: builds a Reply paragraph by paragraph, numbering passages as they are first cited. Phrases come from
`prompts/phrases.yaml`."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from string import Template
from typing import Any

from rupture.assistant.reply import Claim, Reply
from rupture.prompts import table

MOST_WORDS = 180
"""A reply about a moment leaves optional parts out rather than grow longer than this; notices about risk are not counted."""


def phrase(name: str, /, seed: int = 0, **slots: object) -> str:
    """One reviewed phrase with its slots filled; of several variants the one that `seed` picks. Dots reach into groups."""
    entry: Any = table("phrases")
    for part in name.split("."):
        entry = entry[part]
    text = entry[seed % len(entry)] if isinstance(entry, list) else entry
    return Template(text).substitute({key: str(value) for key, value in slots.items()})


@dataclass(slots=True)
class Draft:
    """A reply under way."""

    paragraphs: list[str] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    turns: list[int] = field(default_factory=list)
    strategies: list[str] = field(default_factory=list)
    notices: int = 0

    def notice(self, *sentences: str) -> None:
        """A paragraph about risk, which takes no room from the rest."""
        self.say(*sentences)
        self.notices = len(self.paragraphs)

    def say(self, *sentences: str, lead: str = "") -> None:
        """A paragraph; empty sentences are left out."""
        parts = [phrase(f"leads.{lead}")] if lead else []
        told = [s.strip() for s in sentences if s.strip()]
        if told:
            self.paragraphs.append(" ".join([*parts, *told]))

    def claim(self, text: str, passages: Sequence[str]) -> str:
        """Records a claim and returns it with its citation marks."""
        self.claims.append(Claim(text, tuple(passages)))
        order = list(dict.fromkeys(p for claim in self.claims for p in claim.passages))
        return f"{text} {''.join(f'[{order.index(p) + 1}]' for p in dict.fromkeys(passages))}"

    def room(self) -> int:
        """Words left before the reply is as long as it should be."""
        return MOST_WORDS - sum(len(paragraph.split()) for paragraph in self.paragraphs[self.notices :])

    def reply(self, *, covered: bool = True, risk: bool = False) -> Reply:
        """The finished reply."""
        return Reply(
            text="\n\n".join(self.paragraphs),
            claims=tuple(self.claims),
            turns=tuple(dict.fromkeys(self.turns)),
            strategies=tuple(dict.fromkeys(self.strategies)),
            covered=covered,
            risk=risk,
        )
