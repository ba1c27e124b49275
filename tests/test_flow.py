"""Raw text to grounded reply with the three fakes: detector, retriever and chat model are scripted, all between them is real."""

import pytest

from rupture.analyse import Decisions, analyse
from rupture.analysis import State
from rupture.assistant.assistant import Assistant
from rupture.assistant.intents import Intents
from rupture.assistant.reply import Conversation
from rupture.fakes import ListRetriever, ScriptedChat, ScriptedDetector
from rupture.formats import read
from rupture.guidance import documents
from rupture.privacy.care import Care
from rupture.resources import CORPUS

PASTED = """
Dr. Amin: So shall we say the thought record every evening, and the bus on Thursday?
Jo: Sure. Whatever you think is best, honestly, I'll do it all.
Dr. Amin: Great. And how have you been sleeping since we last met?
Jo: Better, I was out by eleven most nights and up at seven.
Dr. Amin: That is good to hear. Anything you would like to talk about today?
Jo: My sister is coming to stay, and I would like to talk about that.
"""
APPEASING = "Sure. Whatever you think is best, honestly, I'll do it all."
SCORES = {APPEASING: {"rupture": 0.9, "withdrawal": 0.9, "confrontation": 0.1, "W5": 0.8}}


class OneIntent:
    """Takes every question for one about what to say; no model."""

    def read(self, texts, heads):
        return [{head: {"respond": 1.0} for head in heads} for _ in texts]


@pytest.fixture(scope="module")
def guidance():
    return documents.load(CORPUS)


def assistant(guidance, *answers):
    about_w5 = [p for p in guidance.passages.values() if p.document == "deferential-agreement"]
    chat = ScriptedChat(*answers) if answers else None
    return Assistant(ScriptedDetector(SCORES), Decisions(), guidance, ListRetriever(about_w5), Intents(OneIntent()), chat)


def asked(parts, question="what could I have said"):
    analysis = parts.analyse(read(PASTED).transcript)
    *_, (reply, after) = parts.answer(question, Conversation(analysis))
    return analysis, reply, after


def test_raw_text_to_grounded_reply(guidance):
    analysis, reply, after = asked(assistant(guidance))
    assert analysis.top_moments == (1,)
    (episode,) = analysis.episodes
    assert (episode.family, episode.codes, episode.speakers) == ("withdrawal", ("W5",), ("Jo",))
    assert (after.focus, reply.turns, reply.source, reply.covered, reply.risk) == (1, (1,), "composed", True, False)
    assert "Whatever you think is best" in reply.text
    assert reply.claims
    for claim in reply.claims:
        assert claim.passages
        assert set(claim.passages) <= set(guidance.passages)


def test_a_language_models_words_are_held_to_the_passages(guidance):
    held = "Before you take the yes, consider asking what the client would change or doubt [1]."
    invented = "This client has a dependent personality and will drop out [1]."
    nowhere = "As the manual says, a yes is never a yes [9]."
    composed = asked(assistant(guidance))[1]
    parts = assistant(guidance, f"{held} {invented} {nowhere}")
    _, reply, _ = asked(parts)
    assert reply.source == "llm"
    assert held in reply.text
    assert "personality" not in reply.text
    assert "manual" not in reply.text
    assert reply.note
    assert set(reply.passages) <= set(composed.passages)


def test_the_chat_model_sees_no_name_of_the_session(guidance):
    parts = assistant(guidance, "Nothing to say.")
    asked(parts)
    ((system, user),) = parts.chat.asked
    assert APPEASING in user
    assert APPEASING not in system
    assert "Amin" not in system + user
    assert "Jo:" not in system + user


def test_without_an_answer_the_composed_reply_stands_and_says_why(guidance):
    composed = asked(assistant(guidance))[1]
    _, reply, _ = asked(assistant(guidance, "I would rather not."))
    assert reply.text == composed.text
    assert (reply.source, bool(reply.note)) == ("composed", True)


def test_the_same_input_gives_the_same_output(guidance):
    assert asked(assistant(guidance)) == asked(assistant(guidance))


def test_suggestions_rest_on_passages_and_travel_with_the_analysis(guidance):
    parts = assistant(guidance)
    data = parts.suggest(parts.analyse(read(PASTED).transcript)).to_dict()
    assert data["suggestions"]
    for suggestion in data["suggestions"]:
        assert suggestion["episode"] == 0
        assert set(suggestion["passages"]) <= set(guidance.passages)


def test_a_moment_with_risk_language_gets_the_notice_and_no_coaching(guidance):
    parts = assistant(guidance)
    text = PASTED.replace("Better, I was out by eleven", "I lie there and I want to die")
    analysis = parts.analyse(read(text).transcript)
    *_, (reply, _) = parts.answer("what could I have said at turn 3", Conversation(analysis))
    assert reply.risk
    assert reply.claims == ()
    assert "emergency services" in reply.text


def test_what_is_tuned_on_english_reads_no_other_language_and_all_english(guidance):
    german = """
Therapeut: Wie war die Woche für Sie, und was haben Sie mit Ihrer Schwester unternommen?
Klientin: Wir sind lange spazieren gegangen und haben abends zusammen gekocht, das war schön.
Therapeut: Das klingt nach einer ruhigen Zeit. Möchten Sie erzählen, was Ihnen daran gefallen hat?
Klientin: Vor allem die Stille draußen, und dass niemand etwas von mir wollte. I want to die.
Therapeut: Darüber sollten wir heute noch sprechen, wenn das für Sie in Ordnung ist.
Klientin: Vielleicht später, zuerst möchte ich von der Arbeit berichten, da gab es wieder Ärger.
"""
    everywhere = [Care(("self_harm",), False, False)]

    def found(text):
        analysis = analyse(
            read(text).transcript, ScriptedDetector({}), Decisions(), read_care=lambda texts: everywhere * len(texts)
        )
        return analysis.state, [notice.turn for notice in analysis.risk]

    assert found(german) == (State.NOT_ANALYSED, [3])
    assert found("Client: I was out all evening.") == (State.NOT_ANALYSED, [0])
