"""What the events of the page do, called as the page calls them but without a browser."""

import json
from dataclasses import replace
from types import SimpleNamespace

import gradio as gr
import pytest

from rupture.fakes import ScriptedChat
from rupture.guidance.wording import first_sentence
from rupture.ui import desk as desks
from rupture.ui.desk import Desk
from rupture.ui.practice_desk import PracticeDesk
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


# What is in the box, and beside it


@pytest.fixture(scope="module")
def screen():
    return built(assistant)


def sent(screen, desk, text, *files, hide=""):
    """The desk, the names to leave out as they then stand typed, and the last update."""
    page, handlers = screen
    for update in handlers["send"]({"text": text, "files": [str(file) for file in files]}, desk, None):
        hide = update.get(page.hide, hide)
    return update[page.desk], hide, update


def test_names_typed_for_a_session_stay_typed_whatever_is_asked_in_between(screen, tmp_path):
    page, handlers = screen
    (tmp_path / "note.txt").write_text("Nobody speaks in here.", encoding="utf-8")
    desk, hide, _ = sent(screen, Desk(), SESSION.replace("You're the expert", "You're the expert, Marigold"), hide="Rosemary")
    assert hide == ""
    hide = "Marigold"
    for text, files in (("What is a rupture?", ()), ("", ()), ("", (tmp_path / "note.txt",))):
        desk, hide, _ = sent(screen, desk, text, *files, hide=hide)
    *_, update = handlers["analyse"](desk, "[]", hide)
    after = update[page.desk]
    assert after.analysis is not None
    assert "Marigold" not in json.dumps(after.analysis.to_dict()) + json.dumps(update[page.chat])
    # It is the names of the session before that do not belong to another one.
    assert sent(screen, desk, SESSION, hide="Marigold")[1] == ""


def test_a_file_that_cannot_be_read_does_not_stay_in_the_box_and_what_was_typed_does(screen, tmp_path):
    page, _ = screen
    file = tmp_path / "scan.txt"
    file.write_bytes(b"\x89PNG")
    _, _, update = sent(screen, Desk(), "What is a rupture?", file)
    assert update[page.box] == {"text": "What is a rupture?", "files": []}
    assert "a picture" in update[page.chat][-1]["content"]
    assert not file.exists()


def test_a_question_beside_a_file_without_speakers_is_answered(screen, tmp_path):
    (tmp_path / "note.txt").write_text("Nobody speaks in here.", encoding="utf-8")
    desk, _, _ = sent(screen, Desk(), "What is a rupture?", tmp_path / "note.txt")
    assert [entry.role for entry in desk.said] == ["assistant", "user", "assistant"]
    assert desk.said[-1].reply is not None


# A correction while an answer is being written


@pytest.fixture
def wordy():
    """A page whose answers are worded by a model on this machine, of which every sentence holds; and its assistant."""
    *_, desk = desks.answers(desks.receive(analysed(), "what could I try at turn 3?"), assistant())
    first = first_sentence(assistant().guidance.passages[desk.said[-1].reply.passages[0]])
    parts = replace(assistant(), chat=ScriptedChat(*[f"{first} [1] {first} [1] "] * 9))
    return *built(lambda: parts), parts


def asked(page, handlers, desk):
    """The steps of an answer: (desk, whether it can be stopped)."""
    for update in handlers["send"]({"text": "what could I try at turn 3?", "files": []}, desk, None):
        yield update[page.desk], update[page.stop]["visible"]


AGREED = SimpleNamespace(turn=3, verdict="agree", codes=[])


def corrected(page, handlers, desk):
    *_, update = handlers["correct"](desk, AGREED)
    return update[page.desk]


def test_a_correction_before_the_first_sentence_of_an_answer_does_not_cost_the_answer(wordy):
    page, handlers, parts = wordy
    steps = asked(page, handlers, analysed(parts=parts))
    left, running = next(steps)
    while not running:
        left, running = next(steps)
    assert left.said[-1].role == "user"
    after = corrected(page, handlers, left)
    assert after.corrections
    assert after.said[:-1] == left.said
    assert after.said[-1].reply.source == "llm"
    assert not after.question
    assert list(steps) == []


def test_an_event_that_is_overtaken_before_its_first_word_leaves_the_page_as_it_is():
    desk = analysed()

    def overtaken():
        desk.lane.enter()
        return assistant()

    page, handlers = built(overtaken)
    assert list(handlers["correct"](desk, AGREED)) == [{page.stop: gr.skip()}]


def test_a_correction_before_the_overview_does_not_cost_the_overview(wordy):
    page, handlers, _ = wordy
    steps = handlers["analyse"](desks.receive(Desk(), SESSION), "[]", "")
    left = next(step for step in steps if step[page.desk].analysis)[page.desk]
    next(steps)
    after = corrected(page, handlers, left)
    assert after.said[-1].reply is not None
    assert list(steps) == []


def test_a_correction_amid_an_answer_says_that_half_of_it_stands_there(wordy):
    page, handlers, parts = wordy
    *_, (whole, _) = asked(page, handlers, analysed(parts=parts))
    steps = asked(page, handlers, analysed(parts=parts))
    left = next(desk for desk, _ in steps if desk.said[-1].reply)
    assert len(left.said[-1].text) < len(whole.said[-1].text)
    after = corrected(page, handlers, left)
    assert after.said[:-1] == left.said
    assert "ended at your correction" in after.said[-1].text
    assert list(steps) == []


def test_a_correction_amid_the_answer_to_a_text_that_was_sent_says_so_too(remote):
    page, handlers, desk = remote
    steps = sending(handlers, page, desk)
    next(steps)
    left, _ = next(steps)
    assert "ended at your correction" in corrected(page, handlers, left).said[-1].text
    assert list(steps) == []


def test_a_correction_when_nothing_is_being_written_says_nothing(wordy):
    page, handlers, parts = wordy
    *_, (whole, _) = asked(page, handlers, analysed(parts=parts))
    for _ in range(2):
        assert corrected(page, handlers, whole).said == whole.said


# Clear everything


def clicked(button):
    """What a click on `button` leads to: handlers by name, with what they may change."""
    blocks = button
    while blocks.parent is not None:
        blocks = blocks.parent
    return {fn.name: (fn.fn, fn.outputs) for fn in blocks.fns.values() if (button._id, "click") in fn.targets}


def test_clear_everything_clears_what_was_practised_too_and_is_there_once_practice_was_begun(screen):
    page, _ = screen
    tab = page.practice
    for button in (tab.begin, tab.again):
        show, outputs = clicked(button)["can_clear"]
        assert outputs == [page.clear]
        assert show()[page.clear]["visible"] is True
    clear, outputs = clicked(page.clear)["clear_practice"]
    practised = PracticeDesk(attempts=("one",), answers=("another",))
    late = practised.lane.last
    update = clear(practised)
    assert set(update) <= set(outputs)
    assert update[tab.desk] == PracticeDesk()
    assert practised.lane.last != late
    assert update[tab.desk].lane is practised.lane
    assert [update[part] for part in (tab.note, tab.coding, tab.feedback, tab.course)] == [""] * 4
    assert update[tab.again]["visible"] is False
