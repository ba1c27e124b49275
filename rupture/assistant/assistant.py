"""The Assistant: the whole path on one page, from a transcript to an answered question. Read this file first.

It holds the three outside parts, handed in, and calls pure functions in order; the screen, the command line and the evals all
use it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from rupture.analyse import Decisions, analyse
from rupture.analysis import Analysis
from rupture.assistant.caution import bias_at
from rupture.assistant.compose import compose
from rupture.assistant.focus import turn_in_focus
from rupture.assistant.intents import Intents
from rupture.assistant.moments import suggest
from rupture.assistant.reply import Conversation, Reply
from rupture.assistant.written import written
from rupture.guidance.values import Guidance
from rupture.guidance.vocabulary import modality_in
from rupture.protocols import ChatModel, Detector, Retriever
from rupture.transcript import Transcript


@dataclass(frozen=True, slots=True)
class Assistant:
    """Detector, guidance and, if the user has one, a chat model, behind three calls: `analyse`, `suggest`, `answer`."""

    detector: Detector
    decisions: Decisions
    guidance: Guidance
    retriever: Retriever
    intents: Intents
    chat: ChatModel | None = None

    def analyse(self, transcript: Transcript) -> Analysis:
        """The analysis without suggestions; `not_analysed` with its reason when the transcript cannot be read as a session."""
        return analyse(transcript, self.detector, self.decisions)

    def suggest(self, analysis: Analysis) -> Analysis:
        """The analysis with suggestions for its episodes; none for moments with risk language."""
        return replace(analysis, suggestions=suggest(analysis, self.guidance, self.retriever))

    def answer(self, question: str, conversation: Conversation) -> Iterator[tuple[Reply, Conversation]]:
        """The reply so far and the conversation after it, growing; the last pair is the answer. Without a chat model there is
        one.

        An empty question about an analysed session asks for the overview.
        """
        intent = self.intents.of(question)
        modality = modality_in(question) or (conversation.modality if intent == "respond" else None)
        asked = replace(conversation, intent=intent, modality=modality, focus=turn_in_focus(question, intent, conversation))
        again = asked.focus is not None and asked.focus == conversation.shown
        miss_rate = self.decisions.miss_rate
        composed = compose(question, asked, self.guidance, self.retriever, miss_rate, again=again)
        shown = asked.focus if asked.focus in composed.turns else conversation.shown
        after = replace(asked, shown=shown, noticed=conversation.noticed or composed.risk)
        if self.chat is None or not _may_be_rewritten(composed, after):
            yield composed, after
            return
        for reply in written(self.chat, question, after, composed, self.guidance):
            yield reply, after


def _may_be_rewritten(composed: Reply, conversation: Conversation) -> bool:
    """Whether a language model may word this reply: there is advice in it, and nothing that calls for fixed words."""
    analysis, turn = conversation.analysis, conversation.focus
    if composed.risk or not composed.claims:
        return False
    return analysis is None or turn is None or turn >= len(analysis.transcript.turns) or not bias_at(analysis, turn)
