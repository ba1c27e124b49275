"""The reply of a language model, checked as it streams: sentences that pass are shown, the others withheld; if nothing holds,
the composed reply stands instead and says so. The detector's scores are not its business."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache

from rupture.assistant.check import Sources, citations, problem, turns_named, words_of
from rupture.assistant.draft import phrase
from rupture.assistant.reply import Claim, Conversation, Letter, Reply
from rupture.codebook import describe
from rupture.errors import ChatModelError
from rupture.guidance.values import Guidance, PassageRole
from rupture.prompts import fence, fill
from rupture.protocols import ChatModel
from rupture.transcript import Turn, clean_speaker_names

BEFORE, AFTER = 6, 2
"""Turns around the one in focus that the model sees."""
_MOST_WORDS = 220
_LONGEST_ANSWER = 8000
"""Characters after which a model that does not stop is no longer listened to."""
_SENTENCE = re.compile(r"(.+?[.!?…][\"”')]*(?:\s*\[\d{1,2}\])*)(?=\s|$)", re.DOTALL)


@dataclass(slots=True)
class _Checked:
    """What has passed so far."""

    sources: Sources
    ids: dict[int, str]
    kept: list[str] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    turns: list[int] = field(default_factory=list)
    withheld: int = 0

    def take(self, sentence: str) -> bool:
        """Keeps the sentence if it holds; True when something was added to the reply."""
        # Emphasis and list marks are harmless and common; everything else is for the check to judge.
        clean = " ".join(sentence.replace("**", "").split()).lstrip("-*# ")
        if not clean:
            return False
        if problem(clean, self.sources) is not None or sum(len(s.split()) for s in self.kept) + len(clean.split()) > _MOST_WORDS:
            self.withheld += 1
            return False
        cited = citations(clean)
        if cited:
            self.claims.append(Claim(re.sub(r"\s*\[\d{1,2}\]", "", clean), tuple(self.ids[n] for n in cited)))
        self.kept.append(clean)
        self.turns.extend(turns_named(clean))
        return True

    def reply(self, composed: Reply) -> Reply:
        """The reply so far; citation numbers are those the passages have in it."""
        order = list(dict.fromkeys(p for claim in self.claims for p in claim.passages))
        renumbered = [re.sub(r"\[(\d{1,2})\]", lambda m: f"[{order.index(self.ids[int(m[1])]) + 1}]", s) for s in self.kept]
        note = phrase("withheld") if self.withheld else ""
        turns = tuple(dict.fromkeys([*composed.turns, *self.turns]))
        return replace(composed, text=" ".join(renumbered), claims=tuple(self.claims), turns=turns, source="llm", note=note)


def letter(question: str, conversation: Conversation, composed: Reply, guidance: Guidance) -> Letter:
    """What the model is told: the passages of `composed` and the turns around the focus, nothing else."""
    return Letter(
        _system(dict(enumerate(composed.passages, start=1)), conversation, guidance),
        _user(question, conversation, composed, _turns(conversation, composed)),
    )


def written(chat: ChatModel, told: Letter, conversation: Conversation, composed: Reply, guidance: Guidance) -> Iterator[Reply]:
    """Growing replies, the last one final. What the answer is checked against are the passages and turns as they are,
    however `told` was masked or edited."""
    ids = dict(enumerate(composed.passages, start=1))
    checked = _Checked(_sources(ids, _turns(conversation, composed), conversation, guidance), ids)
    try:
        for sentence in _sentences(chat.stream(told.system, told.user)):
            if checked.take(sentence):
                yield checked.reply(composed)
    except ChatModelError as error:
        yield replace(composed, note=phrase("fallback", reason=str(error)))
        return
    if checked.claims:
        yield checked.reply(composed)
    else:
        yield replace(composed, note=phrase("fallback", reason=phrase("nothing_held")))


def _sentences(pieces: Iterator[str]) -> Iterator[str]:
    """Whole sentences as the pieces come in; the rest at the end."""
    pending, total = "", 0
    for piece in pieces:
        pending += piece
        total += len(piece)
        if total > _LONGEST_ANSWER:
            return
        # The last match may still grow by a citation, so it waits for the text after it.
        while (match := _SENTENCE.match(pending)) and len(pending) > match.end() + 6:
            yield match[1]
            pending = pending[match.end() :].lstrip()
    while match := _SENTENCE.match(pending):
        yield match[1]
        pending = pending[match.end() :].lstrip()
    if pending.strip():
        yield pending


@cache
def _words_of(passage: str) -> frozenset[str]:
    """Kept, since the guidance is the same for every answer and reading all of it takes longer than finding what fits."""
    return words_of([passage])


def _sources(ids: dict[int, str], turns: tuple[Turn, ...], conversation: Conversation, guidance: Guidance) -> Sources:
    passages = {n: guidance.passages[id] for n, id in ids.items()}
    return Sources(
        passages={n: passage.text for n, passage in passages.items()},
        turns={turn.index: turn.text for turn in turns},
        vocabulary=frozenset[str]().union(*(_words_of(passage.text) for passage in guidance.passages.values())),
        seen=f"{_codes(conversation)} {phrase('family.withdrawal')} {phrase('family.confrontation')}",
        cautions=frozenset(n for n, passage in passages.items() if passage.role is PassageRole.AVOID),
    )


def _turns(conversation: Conversation, composed: Reply) -> tuple[Turn, ...]:
    """The turns around the focus; none for a reply that is not about it."""
    if conversation.analysis is None or conversation.focus is None or conversation.focus not in composed.turns:
        return ()
    return conversation.analysis.transcript.turns[max(0, conversation.focus - BEFORE) : conversation.focus + AFTER + 1]


def _system(ids: dict[int, str], conversation: Conversation, guidance: Guidance) -> str:
    passages = "\n\n".join(f"[{n}] {guidance.passages[id].heading}: {guidance.passages[id].text}" for n, id in ids.items())
    return fill("reply", codes=_codes(conversation) or "none", passages=passages)


def _codes(conversation: Conversation) -> str:
    """What was found at the turn in focus, in the codebook's words."""
    analysis, turn = conversation.analysis, conversation.focus
    finding = analysis.finding(turn) if analysis and turn is not None else None
    return describe(finding.codes) if finding else ""


def _user(question: str, conversation: Conversation, composed: Reply, turns: tuple[Turn, ...]) -> str:
    names = clean_speaker_names(conversation.analysis.transcript) if conversation.analysis else {}
    excerpt = "\n".join(f"turn {t.index}, {names[t.speaker]}: {' '.join(t.text.split())}" for t in turns)
    seen = composed.text.split("\n\n", 1)[0]
    return fill(
        "reply_moment",
        fence=fence(excerpt),
        excerpt=excerpt or "(no session)",
        seen=seen,
        question=question or "What happened here, and what could I have said?",
    )
