"""A detector that asks a local language model to code the session with the codebook. Implements `rupture.protocols.Detector`.

The session goes to the model in chunks that overlap, so that no turn is coded without what came before it. What comes back is
checked: a code must fit the turn's speaker, and its quote must stand in the turn to the letter (but for white space), or it is
dropped. Scores are the model's own confidence and not calibrated.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from rupture.analysis import Finding, Scores
from rupture.codebook import BY_CODE, MARKERS, RUPTURE, STRATEGIES
from rupture.coding.values import names_for
from rupture.errors import ChatModelError
from rupture.policy import Policy
from rupture.prompts import fence, fill
from rupture.protocols import StructuredModel
from rupture.transcript import Role, Transcript, Turn

CODED = 24
"""Turns coded in one answer; small local models lose track of longer lists."""
BEFORE, AFTER = 12, 3
"""Turns shown around them, for context only."""
POLICY = Policy(top=0.8, default=0.5)
"""Every code given stands; only clear ones open a session."""
_SURE: Mapping[int, float] = {1: 0.6, 2: 0.9}
"""Score of a code by the model's confidence, leaning or clear; a code it did not give scores 0."""
_MOST_QUOTED = 200
_SAMPLE = Transcript("", tuple(Turn(i, str(i), role, "") for i, role in enumerate((Role.THERAPIST, Role.CLIENT, Role.CLIENT))))
"""Turns whose wording shows in the digest how any are put to the model."""

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Given:
    """One code the model gave and could show words for."""

    turn: int
    code: str
    confidence: int
    evidence: Span


class LlmDetector:
    """Codes with any model that fills a JSON schema. The last session is remembered, since its evidence is asked for next."""

    def __init__(self, model: StructuredModel) -> None:
        self._model = model
        self._given = lru_cache(maxsize=1)(self._code)

    def score(self, transcripts: Sequence[Transcript]) -> list[list[Scores]]:
        """See `Detector.score`. ChatModelError when the model does not answer."""
        return [_scores(transcript, self._given(transcript)) for transcript in transcripts]

    def locate(self, transcript: Transcript, findings: Sequence[Finding]) -> tuple[Finding, ...]:
        """The findings with the quotes the model gave for their codes as evidence."""
        given = self._given(transcript) if findings else ()
        return tuple(
            replace(f, evidence=_merged(g.evidence for g in given if g.turn == f.turn and g.code in f.codes)) for f in findings
        )

    def _code(self, transcript: Transcript) -> tuple[Given, ...]:
        numbers = [turn.index for turn in transcript.turns if turn.role is not Role.OTHER]
        return tuple(given for chunk in _chunks(numbers) for given in self._code_chunk(transcript, chunk))

    def _code_chunk(self, transcript: Transcript, chunk: Sequence[int]) -> Iterator[Given]:
        first, last = chunk[0], chunk[-1]
        shown = transcript.turns[max(0, first - BEFORE) : last + AFTER + 1]
        answer = self._model.answer(_system(), _user(shown, _labels(transcript), first, last), schema(chunk))
        codes = answer.get("codes")
        if not isinstance(codes, list):
            raise ChatModelError("the local language model did not answer in the form it was asked for")
        seen: set[tuple[int, str]] = set()
        for item in codes:
            given = _checked(item, transcript, frozenset(chunk))
            if given and (given.turn, given.code) not in seen:
                seen.add((given.turn, given.code))
                yield given


def prompt_digest(model: str) -> str:
    """SHA-256 of all that decides the codes but the model's weights: its name, the prompt, the codebook in it, the schema."""
    parts = (model, _system(), _user(_SAMPLE.turns, _labels(_SAMPLE), 0, 0), schema(()), CODED, BEFORE, AFTER)
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def schema(chunk: Sequence[int]) -> dict[str, Any]:
    """The JSON schema of an answer about the turns in `chunk`."""
    properties = {
        "turn": {"type": "integer", "enum": list(chunk)},
        "code": {"type": "string", "enum": list(BY_CODE)},
        "quote": {"type": "string", "maxLength": _MOST_QUOTED},
        "confidence": {"type": "integer", "enum": list(_SURE)},
    }
    item = {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}
    codes = {"type": "array", "items": item, "maxItems": len(chunk)}
    return {
        "title": "codes",
        "description": "The codes of the turns that show one.",
        "type": "object",
        "properties": {"codes": codes},
        "required": ["codes"],
        "additionalProperties": False,
    }


def _chunks(numbers: Sequence[int]) -> list[Sequence[int]]:
    return [numbers[start : start + CODED] for start in range(0, len(numbers), CODED)]


def _system() -> str:
    lines = {
        names: "\n".join(f"- {c} ({BY_CODE[c].label}): {BY_CODE[c].definition} {BY_CODE[c].contrast}".rstrip() for c in names)
        for names in (MARKERS, STRATEGIES)
    }
    return fill("code_session", markers=lines[MARKERS], strategies=lines[STRATEGIES])


def _labels(transcript: Transcript) -> dict[tuple[Role, str], str]:
    """What each speaker is called to the model: the role, numbered in order of first appearance in the whole session where
    several share it, so that two clients do not look like one. Never the name."""
    labels = {}
    for role in Role:
        speakers = transcript.speakers_in(role)
        for number, speaker in enumerate(speakers, start=1):
            labels[role, speaker] = f"{role.value} {number}" if len(speakers) > 1 else role.value
    return labels


def _user(shown: Sequence[Turn], labels: Mapping[tuple[Role, str], str], first: int, last: int) -> str:
    excerpt = "\n".join(f"turn {t.index}, {labels[t.role, t.speaker]}: {' '.join(t.text.split())}" for t in shown)
    return fill("code_session_turns", fence=fence(excerpt), excerpt=excerpt, first=str(first), last=str(last))


def _checked(item: Any, transcript: Transcript, chunk: frozenset[int]) -> Given | None:
    """The item if it is in form, fits the speaker, and quotes the turn; else None."""
    if not isinstance(item, dict):
        return None
    turn, code, quote, confidence = (item.get(key) for key in ("turn", "code", "quote", "confidence"))
    if not (isinstance(turn, int) and isinstance(confidence, int) and isinstance(code, str) and isinstance(quote, str)):
        return None
    # To Python, True is 1.
    if isinstance(turn, bool) or isinstance(confidence, bool) or turn not in chunk or confidence not in _SURE:
        return None
    if code not in (STRATEGIES if transcript.turns[turn].role is Role.THERAPIST else MARKERS):
        return None
    span = _find(quote, transcript.turns[turn].text)
    return Given(turn, code, confidence, span) if span else None


def _find(quote: str, text: str) -> Span | None:
    """Where the quote stands in the text, white space aside; None when it does not, holds no word, or parts one: "no" is not
    in "I know". Only a quote as long as the schema lets it be may have been cut off inside a word."""
    if not re.search(r"\w", quote):
        return None
    words = r"\s+".join(map(re.escape, quote.split()))
    end = r"(?<!\w\B)" if len(quote) < _MOST_QUOTED else ""
    match = re.search(rf"(?!\B\w){words}{end}", text)
    return match.span() if match else None


def _merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The spans in order, those that overlap joined."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return tuple(merged)


def _scores(transcript: Transcript, given: Sequence[Given]) -> list[Scores]:
    scores: list[dict[str, float]] = [dict.fromkeys(names_for(turn.role), 0.0) for turn in transcript.turns]
    for one in given:
        turn = scores[one.turn]
        for name in (one.code, BY_CODE[one.code].family.value, RUPTURE):
            if name in turn:
                turn[name] = max(turn[name], _SURE[one.confidence])
    return list(scores)
