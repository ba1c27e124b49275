"""A real model on a real server on this machine: the smallest there is, so invariants are checked and not prose."""

import os
import time

import httpx
import pytest
from written_sessions import WITHDRAWAL

from rupture.assistant import chat_models
from rupture.assistant.chat_models import chat_model_from_environment
from rupture.assistant.check import Sources, problem, words_of
from rupture.errors import ChatModelError


@pytest.fixture
def model(model_server, monkeypatch):
    monkeypatch.setattr(chat_models, "_MOST_TOKENS", 24)
    monkeypatch.setenv("RUPTURE_CHAT_MODEL", "openai:gemma")
    monkeypatch.setenv("RUPTURE_CHAT_URL", model_server.url)
    return chat_model_from_environment()


def busy(server) -> bool:
    """Whether the server is writing; it says so itself."""
    slots = httpx.get(f"{server.url.removesuffix('/v1')}/slots", trust_env=False, timeout=20).json()
    return any(slot["is_processing"] for slot in slots)


def wait_until(so) -> None:
    """A quarter of the time that the whole answer would take, at most."""
    deadline = time.monotonic() + 15
    while not so():
        assert time.monotonic() < deadline, "it is still writing"
        time.sleep(0.1)


def test_an_answer_end_to_end_holds_to_the_rules(ask, model, guidance):
    plain, _ = ask(WITHDRAWAL, "why did you flag turn 9?")
    reply, _ = ask(WITHDRAWAL, "why did you flag turn 9?", chat=model)
    assert reply.turns[0] == 9
    assert set(reply.passages) <= set(plain.passages)
    if reply.source == "composed":
        assert (reply.text, reply.claims) == (plain.text, plain.claims)
        assert reply.note
    else:
        shown = {n: guidance.passages[id].text for n, id in enumerate(reply.passages, start=1)}
        sources = Sources(shown, {}, words_of(p.text for p in guidance.passages.values()))
        assert all(problem(f"{claim.text} [1]", sources) is None for claim in reply.claims[:1])


def test_pieces_arrive_one_by_one(model):
    pieces = list(model.stream("You answer in one short sentence.", "Say hello to the group."))
    assert len([piece for piece in pieces if piece]) >= 2


def test_a_reply_that_is_cancelled_half_way_frees_the_server(model_server, model, monkeypatch):
    monkeypatch.setattr(chat_models, "_MOST_TOKENS", 3000)
    pieces = chat_model_from_environment().stream("Count slowly from one to one thousand in words.", "Begin.")
    assert [next(pieces) for _ in range(3)]
    assert busy(model_server)
    pieces.close()
    wait_until(lambda: not busy(model_server))
    assert "".join(model.stream("You answer in one short sentence.", "Say hello to the group."))


def test_a_server_killed_in_the_middle_gives_the_composed_reply(ask, start_model_server, monkeypatch):
    process = start_model_server()
    monkeypatch.setenv("RUPTURE_CHAT_MODEL", "llamacpp:gemma")
    monkeypatch.setenv("RUPTURE_CHAT_URL", process.url)
    inner = chat_model_from_environment()

    class Killed:
        host = ""
        pieces = 0

        def stream(self, system, user):
            for piece in inner.stream("Count slowly from one to one hundred in words.", "Begin."):
                self.pieces += 1
                if self.pieces == 3:
                    process.kill()
                yield piece

    chat, began = Killed(), time.monotonic()
    plain, _ = ask(WITHDRAWAL, "why did you flag turn 9?")
    reply, _ = ask(WITHDRAWAL, "why did you flag turn 9?", chat=chat)
    assert chat.pieces >= 3
    assert reply.source == "composed"
    assert reply.text == plain.text
    assert "did not answer" in reply.note
    assert time.monotonic() - began < 60
    with pytest.raises(ChatModelError):
        list(inner.stream("s", "u"))
    assert os.environ["RUPTURE_CHAT_URL"] == process.url
