"""The Assistant: the whole path on one page, from a transcript to an answered question. Read this file first.

It holds the three outside parts, handed in, and calls pure functions in order; the screen, the command line and the evals all
use it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rupture.analyse import Decisions, analyse
from rupture.analysis import Analysis
from rupture.assistant.caution import explains_by_person, may_be_bias
from rupture.assistant.compose import ABOUT_SESSION, Request, compose
from rupture.assistant.focus import turn_in_focus, without_numbers
from rupture.assistant.intents import Intents
from rupture.assistant.moments import suggest
from rupture.assistant.reply import Conversation, Letter, Reply, Waiting
from rupture.assistant.written import letter, written
from rupture.guidance.values import Guidance
from rupture.guidance.vocabulary import modality_in
from rupture.names import names_of
from rupture.privacy.care import by_patterns
from rupture.privacy.masking import masked
from rupture.protocols import CareReader, ChatModel, Detector, Retriever
from rupture.transcript import Transcript

_LOOKED_UP, _WHOLE_SESSION = ("question", "evidence", "define"), ("summary", "went_well")
_ADVISE = ("respond", "another", "rehearse")
"""Intents whose reply keeps to the modality that was asked for before."""


@dataclass(frozen=True, slots=True)
class Assistant:
    """Detector, guidance and, if the user has one, a chat model, behind three calls: `analyse`, `suggest`, `answer`; and
    `letter` and `send` where that model is not on this machine."""

    detector: Detector
    decisions: Decisions
    guidance: Guidance
    retriever: Retriever
    intents: Intents
    chat: ChatModel | None = None
    care: CareReader = by_patterns

    def analyse(self, transcript: Transcript) -> Analysis:
        """The analysis without suggestions; `not_analysed` with its reason when the transcript cannot be read as a session."""
        return analyse(transcript, self.detector, self.decisions, read_care=self.care)

    def suggest(self, analysis: Analysis) -> Analysis:
        """The analysis with suggestions for its episodes; none for moments with risk language."""
        return replace(analysis, suggestions=suggest(analysis, self.guidance, self.retriever))

    def answer(self, question: str, conversation: Conversation) -> Iterator[tuple[Reply, Conversation]]:
        """The reply so far and the conversation after it, growing; the last pair is the answer. Without a chat model there is
        one.

        An empty question about an analysed session asks for the overview.
        """
        intent = self.intents.of(question)
        if intent == "same":
            intent = _same_as(conversation.intent)
        modality = modality_in(question) or (conversation.modality if intent in _ADVISE else None)
        asked = replace(conversation, intent=intent, modality=modality, focus=turn_in_focus(question, intent, conversation))
        again = asked.focus is not None and asked.focus == conversation.shown
        (care,) = self.care([without_numbers(question)], asked=True)
        request = Request(question, asked, self.guidance, care, again, self.decisions.miss_rate)
        composed = compose(request, self.retriever)
        shown = asked.focus if asked.focus in composed.turns else conversation.shown
        told = tuple(claim.text for claim in composed.claims)
        offered = (*conversation.offered, *told) if asked.focus == conversation.focus else told
        after = replace(asked, shown=shown, noticed=conversation.noticed or composed.risk, offered=offered, waiting=None)
        if self.chat is None or explains_by_person(question) or care.bias or not _may_be_rewritten(composed, after):
            yield composed, after
            return
        outgoing = letter(question, after, composed, self.guidance)
        if self.chat.host:
            yield composed, replace(after, waiting=Waiting(outgoing, composed, after.focus))
            return
        for reply in written(self.chat, outgoing, after, composed, self.guidance):
            yield reply, after

    def letter(self, conversation: Conversation, names: Sequence[str] = ()) -> Letter | None:
        """What would be sent to the remote model for the reply that waits, without `names` and what else may tell who it is
        about; None when none waits."""
        waiting = conversation.waiting
        if waiting is None:
            return None
        known = names_of(conversation.analysis.transcript) if conversation.analysis else []
        return replace(waiting.letter, user=masked(waiting.letter.user, names, known))

    def send(self, told: Letter, conversation: Conversation) -> Iterator[tuple[Reply, Conversation]]:
        """The waiting reply worded by the remote model from `told`, which the user has seen; as `answer` otherwise."""
        waiting, after = conversation.waiting, replace(conversation, waiting=None)
        if self.chat is None or waiting is None:
            return
        for reply in written(self.chat, told, replace(after, focus=waiting.focus), waiting.composed, self.guidance):
            yield reply, after


def _same_as(before: str) -> str:
    """What a bare follow-up is after: the same of another moment, or what was seen there where the whole session was told."""
    if before in _LOOKED_UP:
        return "question"
    return before if before in ABOUT_SESSION and before not in _WHOLE_SESSION else "explain"


def _may_be_rewritten(composed: Reply, conversation: Conversation) -> bool:
    """Whether a language model may word this reply: there is advice in it, and nothing that calls for fixed words."""
    analysis, turn = conversation.analysis, conversation.focus
    if composed.risk or not composed.claims:
        return False
    return analysis is None or turn is None or turn >= len(analysis.transcript.turns) or not may_be_bias(analysis, turn)
