"""What the events of the page do, called as the page calls them but without a browser."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from rupture.fakes import ScriptedChat
from rupture.guidance.wording import first_sentence
from rupture.ui import desk as desks
from rupture.ui.desk import Desk
from tests.ui.events import analysed, built, mark_in
from tests.ui.journey import SENTINEL
from tests.ui.standins import SESSION, assistant

# Stop


@pytest.fixture(scope="module")
def remote():
    """A page with a model elsewhere that answers with two sentences which hold, and a desk with a text that could be sent."""
    parts = replace(assistant(), chat=ScriptedChat(host="models.example.org"))
    *_, desk = desks.answers(desks.receive(analysed(parts=parts), "what could I try at turn 3?"), parts)
    first = first_sentence(parts.guidance.passages[desk.conversation.waiting.composed.passages[0]])
    parts = replace(parts, chat=ScriptedChat(*[f"{first} [1] You could ask what the diary is like. "] * 9, host=parts.chat.host))
    return *built(lambda: parts), desk


def sending(handlers, page, desk):
    """(desk, whether the panel is there) after each step of sending a text."""
    for update in handlers["send_out"]("", "Only this.", desk):
        yield update[page.desk], update[page.remote]["visible"]


def offered(handlers, page, desk):
    update = handlers["stopped"](desk)
    assert update[page.stop]["visible"] is False
    assert update[page.desk].said[-1].text == "Stopped."
    # The text stays as its reader left it.
    assert page.remote_text not in update
    return update[page.remote]["visible"]


def test_a_text_that_was_sent_is_offered_again_when_its_answer_is_stopped(remote):
    page, handlers, desk = remote
    steps = list(sending(handlers, page, desk))
    assert [visible for _, visible in steps] == [False] * len(steps)
    assert len(steps) >= 3
    *stopped, (whole, _) = steps
    for left, _ in stopped:
        assert offered(handlers, page, left)
    assert stopped[-1][0].said[-1].reply.source == "llm"
    assert not offered(handlers, page, whole)


def test_after_stop_it_can_be_sent_once_more(remote):
    page, handlers, desk = remote
    _, (half, _), *_ = sending(handlers, page, desk)
    left = handlers["stopped"](half)[page.desk]
    *_, (whole, _) = sending(handlers, page, left)
    assert whole.said[-1].reply.source == "llm"
    assert whole.conversation.waiting is None


def test_stop_offers_nothing_where_there_is_nothing_to_send(remote):
    page, handlers, desk = remote
    for left in (desks.keep_here(desk), analysed(), Desk()):
        assert not offered(handlers, page, left)


def test_stop_does_not_wait_for_an_assistant_that_is_still_being_built():
    page, handlers = built(lambda: pytest.fail("it was asked for"))
    assert not offered(handlers, page, desks.receive(Desk(), SESSION))


# What goes wrong


@pytest.fixture
def desk():
    return analysed(f"{SESSION}Client: The {SENTINEL} again.\n")


@pytest.fixture(scope="module")
def broken():
    """A page whose assistant has lost its guidance, which nobody expects."""
    return built(lambda: replace(assistant(), guidance=None))


def test_a_turn_that_cannot_be_shown_says_so_in_its_panel(broken, desk, caplog):
    looking, told = broken[1]["pick"](desk, SimpleNamespace(turn=7))
    assert looking == desk.selected == 3
    mark_in(told, caplog, "pick")


def test_a_file_that_cannot_be_made_says_so_beside_the_buttons(broken, desk, caplog):
    content, told = broken[1]["save"](desk, SimpleNamespace(save="report:pdf", mask=False))
    assert content == ""
    mark_in(told, caplog, "save")


def test_a_text_that_cannot_be_looked_at_says_so_under_the_box(broken, caplog):
    mark_in(broken[1]["preview"](SENTINEL), caplog, "preview")


def test_a_stop_that_fails_says_so_in_the_chat_and_the_session_is_left(remote, caplog):
    page, handlers = built(lambda: 1 // 0)
    left = replace(remote[2], said=())
    update = handlers["stopped"](left)
    mark_in(update[page.chat][-1]["content"], caplog, "stopped")
    assert update[page.desk].conversation == left.conversation


def test_an_event_of_the_desk_that_fails_says_so_in_the_chat(broken, desk, caplog):
    page, handlers = broken
    *_, update = handlers["correct"](desk, SimpleNamespace(turn=99, verdict="no such", codes=[SENTINEL]))
    mark_in(update[page.chat][-1]["content"], caplog, "correct")
