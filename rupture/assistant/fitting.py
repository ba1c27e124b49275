"""What fits a moment: which example words may stand beside which advice (`prompts/wordings.yaml`, reviewed by hand), and when and
in which register it is asked for. Pure."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from rupture.guidance.values import Guidance, Passage, PassageRole
from rupture.guidance.vocabulary import REGISTERS
from rupture.guidance.wording import wordings
from rupture.prompts import table

_LATER = re.compile(
    r"\b(?:next (?:session|time|week|meeting|appointment)|bring (?:it|this|that) up|tomorrow|on (?:mon|tues|wednes|thurs|fri)day"
    r"|when i see)\b",
    re.IGNORECASE,
)
_MESSAGE = re.compile(
    r"\b(?:by|in|over|with|as|per|via|send|write|an?) (?:\w+ )?(?:e-?mail|text|sms|message|letter|note|voicemail|whatsapp|chat)\b"
    r"|\b(?:text|message|e-?mail|call|phone|ring) (?:him|her|them)\b|\bbetween (?:the )?sessions\b",
    re.IGNORECASE,
)
_THIS_SESSION = re.compile(
    r"\b(?:later (?:in|on|that|this)|before (?:the end|we (?:end|stop|finish))|end of the (?:session|hour))\b", re.IGNORECASE
)
_REGISTER = re.compile(
    r"\b(?:(?P<warm>warm\w*|kind\w*|gentl\w*|soft\w*)|(?P<brief>brief\w*|short\w*)|(?P<plain>plain\w*|simpl\w*))\b", re.IGNORECASE
)
_STAGES_NOW = ("in_the_moment", None, "later_in_session", "next_session", "between_sessions")
_STAGES_LATER = ("next_session", "later_in_session", "between_sessions", None, "in_the_moment")
_STAGES_BETWEEN = ("between_sessions", "next_session", None, "later_in_session", "in_the_moment")
_STAGES_SESSION = ("later_in_session", "next_session", None, "in_the_moment", "between_sessions")


@dataclass(frozen=True, slots=True)
class Words:
    """Example words, and the passage they are a slice of."""

    text: str
    passage: str


def stage_order(question: str) -> tuple[str | None, ...]:
    """Stages from the most fitting to the least, by when the question wants to act."""
    for asked, order in ((_MESSAGE, _STAGES_BETWEEN), (_LATER, _STAGES_LATER), (_THIS_SESSION, _STAGES_SESSION)):
        if asked.search(question):
            return order
    return _STAGES_NOW


def register_in(question: str) -> str | None:
    """The register the question asks for: plain, warm or brief."""
    match = _REGISTER.search(question)
    return next((name for name in REGISTERS if match and match[name]), None)


def words_for(
    advice: Passage, markers: Collection[str], guidance: Guidance, *, register: str | None, used: Collection[str], seed: int
) -> Words | None:
    """Example words that may stand beside `advice`, in the register asked for if there are any; None when nothing fits but
    what stands in a text `used` before."""
    spoken = _spoken(guidance)
    options = [text for text in _options(advice, markers, guidance) if text in spoken and not any(text in told for told in used)]
    wanted = [text for text in options if spoken[text][0] == register] or options
    if not wanted:
        return None
    text = wanted[seed % len(wanted)]
    return Words(text, spoken[text][1])


def _options(advice: Passage, markers: Collection[str], guidance: Guidance) -> list[str]:
    listed = table("wordings").get(advice.id)
    if listed is None:
        says = [
            p for p in guidance.passages.values() if p.document == advice.document and set(p.strategies) & set(advice.strategies)
        ]
        return [text for passage in says for _, text in wordings(passage)]
    special = [entry["words"] for entry in listed if not isinstance(entry, str) and set(entry["for"]) & set(markers)]
    return special or [entry for entry in listed if isinstance(entry, str)]


def _spoken(guidance: Guidance) -> dict[str, tuple[str, str]]:
    """Register and passage of all example words in the corpus."""
    says = [passage for passage in guidance.passages.values() if passage.role is PassageRole.SAY]
    return {text: (register, passage.id) for passage in says for register, text in wordings(passage)}
