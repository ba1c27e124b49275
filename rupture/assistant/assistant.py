"""The Assistant: the whole path on one page, from a transcript to an answered question. Read this file first.

It holds the three outside parts, handed in, and calls pure functions in order; the screen, the command line and the evals all
use it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from rupture.analyse import Decisions, analyse
from rupture.analysis import Analysis
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
        return replace(analysis, suggestions=suggest(analysis, self.retriever))

    def answer(self, question: str, conversation: Conversation) -> Iterator[tuple[Reply, Conversation]]:
        """The reply so far and the conversation after it, growing; the last pair is the answer. Without a chat model there is
        one.

        An empty question about an analysed session asks for the overview.
        """
        intent = self.intents.of(question, has_session=conversation.analysis is not None)
        modality = modality_in(question) or (conversation.modality if intent == "respond" else None)
        after = replace(conversation, intent=intent, modality=modality, focus=turn_in_focus(question, intent, conversation))
        composed = compose(question, after, self.retriever, self.decisions.miss_rate)
        if self.chat is None or composed.risk or not composed.claims:
            yield composed, after
            return
        for reply in written(self.chat, question, after, composed, self.guidance):
            yield reply, after
