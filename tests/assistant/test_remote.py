"""A language model elsewhere: nothing goes out that was not seen, masked and agreed to, and only to the host that was
turned on."""

import re
from dataclasses import replace

import httpx
import pytest
from written_sessions import BIAS, RISK, WITHDRAWAL, analysed

from rupture.assistant.chat_models import LangChainChat, chat_model_from_environment
from rupture.assistant.model_http import remote_client, remote_url
from rupture.assistant.reply import Conversation
from rupture.build import build_llm_detector
from rupture.errors import ChatModelError
from rupture.fakes import ScriptedChat
from rupture.guidance.wording import first_sentence

QUESTION = "what could I have said at turn 13?"
HOST = "models.example.org"


@pytest.fixture
def asked(assistant_with):
    """The composed reply and the conversation after it, with a remote model that has been sent nothing."""

    def ask(session=WITHDRAWAL, answer="Nothing."):
        chat = ScriptedChat(answer, host=HOST)
        assistant = assistant_with(chat)
        *_, (reply, after) = assistant.answer(QUESTION, Conversation(analysed("remote", session)))
        return assistant, chat, reply, after

    return ask


def test_the_default_reply_comes_first_and_nothing_is_sent(asked):
    assistant, chat, reply, after = asked()
    assert reply.source == "composed"
    assert after.waiting.composed == reply
    assert assistant.letter(after) is not None
    assert chat.asked == []


def test_what_would_be_sent_is_shown_masked(asked):
    session = WITHDRAWAL.replace(
        "How has it been at home since your brother moved out?", "How is Kofi in Leeds, since Kofi moved on 3 May?"
    )
    assistant, _, _, after = asked(session)
    told = assistant.letter(after, ["sheet"])
    for word in ("Kofi", "Leeds", "3 May", "sheet"):
        assert word not in told.user, word
    assert told.user.count("[NAME_1]") == 2
    assert re.search(r"\[DATE_\d+\]", told.user)


def test_exactly_the_text_that_was_agreed_to_is_sent(asked, guidance):
    assistant, chat, composed, after = asked()
    assert first_sentence(guidance.passages[composed.passages[0]]) in assistant.letter(after).system
    told = replace(assistant.letter(after), user="Only this.")
    *_, (reply, later) = assistant.send(told, after)
    assert chat.asked == [(told.system, "Only this.")]
    assert reply.source in ("llm", "composed")
    assert later.waiting is None
    assert list(assistant.send(told, later)) == []
    assert len(chat.asked) == 1
    assert composed.source == "composed"


def test_what_it_answers_is_checked_like_any_other(asked):
    assistant, _, composed, after = asked(answer="She is a narcissist [1]. Tell her to leave.")
    *_, (reply, _) = assistant.send(assistant.letter(after), after)
    assert (reply.text, reply.claims) == (composed.text, composed.claims)
    assert reply.note


@pytest.mark.parametrize("session", [RISK, BIAS])
def test_where_words_are_fixed_nothing_is_offered_to_send(asked, session):
    assistant, chat, _, after = asked(session)
    assert after.waiting is None
    assert assistant.letter(after) is None
    assert chat.asked == []


def test_the_next_question_takes_the_offer_back(asked):
    assistant, _, _, after = asked()
    *_, (_, later) = assistant.answer("thank you", after)
    assert later.waiting is None


@pytest.mark.parametrize(
    "url",
    [
        "http://models.example.org/v1",
        "https:///v1",
        "https://me:key@models.example.org/v1",
        "https://models.example.org/v1?key=1",
        "ftp://x/v1",
    ],
)
def test_an_address_that_could_leak_is_refused(url):
    with pytest.raises(ChatModelError, match="https"):
        remote_url(url)


def test_the_client_sends_to_its_host_only_and_in_private():
    client = remote_client(HOST)
    for url in ("https://elsewhere.example.org/v1", f"http://{HOST}/v1", "https://127.0.0.1/v1"):
        with pytest.raises(httpx.UnsupportedProtocol):
            client.get(url)
    assert client.follow_redirects is False
    assert client.trust_env is False


def test_a_remote_model_needs_its_name_address_and_key(monkeypatch):
    monkeypatch.setenv("RUPTURE_CHAT_MODEL", "remote:big-model")
    monkeypatch.delenv("RUPTURE_CHAT_URL", raising=False)
    monkeypatch.delenv("RUPTURE_CHAT_KEY", raising=False)
    with pytest.raises(ChatModelError, match="RUPTURE_CHAT_KEY"):
        chat_model_from_environment()
    monkeypatch.setenv("RUPTURE_CHAT_URL", f"https://{HOST}/v1")
    monkeypatch.setenv("RUPTURE_CHAT_KEY", "secret")
    model = chat_model_from_environment()
    assert isinstance(model, LangChainChat)
    assert (model.name, model.host) == ("big-model", HOST)
    with pytest.raises(ChatModelError, match="this machine only"):
        build_llm_detector()


def test_looking_at_another_turn_changes_nothing_of_the_letter(asked):
    assistant, chat, _, after = asked()
    told = assistant.letter(after)
    elsewhere = replace(after, focus=1)
    assert assistant.letter(elsewhere) == told
    *_, (reply, later) = assistant.send(told, elsewhere)
    assert chat.asked == [(told.system, told.user)]
    assert later.focus == 1
    assert reply.turns[0] == 13


def test_names_of_speakers_are_masked_and_what_they_are_stays(asked):
    session = WITHDRAWAL.replace("Cl", "Marigold")
    plain = "How has it been at home since your brother moved out?"
    assistant, _, _, after = asked(session.replace(plain, "Marigold, how has it been at home?"))
    told = assistant.letter(after)
    assert "Marigold" not in told.user
    assert "Client:" in told.user


def test_a_name_that_is_a_common_word_too_hides_that_word_nowhere(asked):
    plain = "How has it been at home since your brother moved out?"
    session = WITHDRAWAL.replace("Cl", "Will").replace(plain, "I will ask how it has been at home.")
    assistant, _, _, after = asked(session)
    told = assistant.letter(after)
    assert "I will ask" in told.user
    assert "Will:" not in told.user


def test_a_general_question_offers_no_turn_of_the_session(assistant_with):
    chat = ScriptedChat("Nothing.", host=HOST)
    analysis = analysed("remote", WITHDRAWAL)
    question = "how do therapists in general bring up a missed session with somebody new?"
    *_, (reply, after) = assistant_with(chat).answer(question, Conversation(analysis))
    told = assistant_with(chat).letter(after)
    assert reply.turns == ()
    assert told is not None
    assert not [turn.text for turn in analysis.transcript.turns if len(turn.text) > 20 and turn.text in told.user]
