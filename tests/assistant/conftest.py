"""The real encoder, corpus and retriever, loaded once; an assistant over them with or without a chat model."""

from functools import cache

import pytest
from written_sessions import analysed

from rupture.analyse import Decisions
from rupture.assistant.assistant import Assistant
from rupture.assistant.intents import Intents
from rupture.assistant.reply import Conversation
from rupture.fakes import ScriptedDetector
from rupture.guidance import documents
from rupture.resources import CORPUS
from rupture.utterances import Utterances


@pytest.fixture(scope="session")
def guidance():
    return documents.load(CORPUS)


class Remembered:
    """A retriever that looks nothing up twice."""

    def __init__(self, retriever):
        self.candidates = cache(retriever.candidates)


@pytest.fixture(scope="session")
def retriever(guidance):
    from rupture.encoder import GUIDANCE_FOLDER, Encoder
    from rupture.guidance.retriever import HybridRetriever
    from rupture.guidance.scope import read_scope
    from rupture.guidance.vectors import exact_index

    tuned = Encoder(GUIDANCE_FOLDER)
    return Remembered(HybridRetriever(guidance, tuned, exact_index(guidance, tuned), read_scope(GUIDANCE_FOLDER)))


@pytest.fixture(scope="session")
def intents():
    return Intents(Utterances())


@pytest.fixture(scope="session")
def assistant_with(guidance, retriever, intents):
    def build(chat=None, miss_rate=0.3):
        return Assistant(ScriptedDetector({}), Decisions(miss_rate=miss_rate), guidance, retriever, intents, chat)

    return build


@pytest.fixture(scope="session")
def ask(assistant_with):
    """The last reply and conversation after the questions, put one after the other about a written session."""

    def asked(session, *questions, chat=None, miss_rate=0.3):
        conversation = Conversation(analysed("test", session) if session else None)
        replies = []
        for question in questions:
            *_, (reply, conversation) = assistant_with(chat, miss_rate).answer(question, conversation)
            replies.append(reply)
        return replies[-1], conversation

    return asked
