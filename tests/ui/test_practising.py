"""The handlers of the practice tab, without a browser."""

import time
from dataclasses import fields
from types import SimpleNamespace

import gradio as gr
import pytest

from rupture.escape import safe
from rupture.practice.attempt import Mode, begin
from rupture.practice.reading import reply_turns
from rupture.practice.returning import Moment
from rupture.practice.sets import practice_sessions
from rupture.practice.store import FILE, keep, kept
from rupture.transcript import Role
from rupture.ui.practice import Practice, Practising
from rupture.ui.practice_desk import PracticeDesk

BEGUN = "2026-11-22T10:00:00+00:00"


@pytest.fixture
def practising(tmp_path):
    def no_assistant():
        raise AssertionError("no reply was written")

    # A handler only names the components that it changes.
    components = {field.name: field.name for field in fields(Practice) if field.name != "file"}
    return Practising(Practice(tmp_path / FILE, **components), no_assistant)


def told(read, replies=None):
    return SimpleNamespace(read=read, codes={}, sure={}, replies=replies or {})


def open_at(session):
    return PracticeDesk(attempt=begin(session.id, Mode.TURN_BY_TURN, BEGUN))


def answering():
    """A session and the first turn of it after which a reply is asked for."""
    return next((session, replies[0].turn) for session in practice_sessions() if (replies := reply_turns(session)))


def after(updates):
    """What stands on the tab after a handler has run."""
    found = {}
    for update in updates:
        found |= update
    return found


def test_lines_that_could_not_be_read_are_said_on_the_screen(practising, tmp_path):
    tab = practising.tab
    assert after(practising.opened(PracticeDesk()))[tab.note] == ""
    keep(tmp_path / FILE, begin(practice_sessions()[0].id, Mode.WHOLE, BEGUN))
    with (tmp_path / FILE).open("a") as file:
        file.write("{cut off\n")
    found = after(practising.opened(PracticeDesk()))
    assert "could not be read: lines 2." in found[tab.note]
    assert len(found[tab.desk].attempts) == 1


def test_where_nothing_was_decided_nothing_is_compared_or_kept(practising, tmp_path):
    tab, session = practising.tab, practice_sessions()[0]
    turn = next(turn.index for turn in session.transcript.turns if turn.index > 2)
    # The therapist speaks first, and is not asked about.
    assert session.transcript.turns[0].role is Role.THERAPIST
    for desk, read in (
        (open_at(session), 0),
        (open_at(session), 1),
        (PracticeDesk(moment=Moment(("W1", None), session.id, turn, turn - 2)), turn),
    ):
        found = after(practising.compare(desk, True, told(read)))
        assert "nothing to look at" in found[tab.note]
        assert (found[tab.coding], found[tab.desk]) == ("", PracticeDesk())
        assert not (tmp_path / FILE).exists()
    after(practising.compare(open_at(session), True, told(3)))
    assert [attempt.read for attempt in kept(tmp_path / FILE).attempts] == [3]


def test_the_box_for_keeping_is_set_once_and_then_as_the_trainee_left_it(practising, tmp_path):
    tab = practising.tab
    first = after(practising.opened(PracticeDesk()))
    assert first[tab.keep] is False
    # Ticked meanwhile; the trainee looks elsewhere and comes back, and forgets everything and comes back.
    assert tab.keep not in after(practising.opened(first[tab.desk]))
    gone = after(practising.forget(first[tab.desk], "true"))
    assert tab.keep not in after(practising.opened(gone[tab.desk]))
    keep(tmp_path / FILE, begin(practice_sessions()[0].id, Mode.WHOLE, BEGUN))
    there = after(practising.opened(PracticeDesk()))
    assert there[tab.keep] is True
    assert tab.keep not in after(practising.opened(there[tab.desk]))


def test_feedback_on_a_reply_comes_late_and_takes_nothing_back(practising, monkeypatch):
    tab, (session, turn) = practising.tab, answering()
    monkeypatch.setattr(practising, "_on_reply", lambda *_: ["what the model read"])
    telling = practising._told(practising.compare)(open_at(session), False, told(turn + 1, {turn: "Go on."}))
    first = next(telling)
    assert (first[tab.coding], first[tab.desk].attempt) == ("", None)
    # A look at another tab and back is no new session.
    after(practising._told(practising.opened)(first[tab.desk]))
    (late,) = telling
    assert "what the model read" in late[tab.feedback]
    assert not {tab.desk, tab.coding} & late.keys()


@pytest.mark.parametrize("fails", [False, True])
def test_a_session_that_was_begun_meanwhile_is_not_given_the_feedback_on_another(practising, monkeypatch, fails):
    def read(*_):
        if fails:
            raise RuntimeError
        return ["what the model read"]

    tab, (session, turn) = practising.tab, answering()
    monkeypatch.setattr(practising, "_on_reply", read)
    telling = practising._told(practising.compare)(open_at(session), False, told(turn + 1, {turn: "Go on."}))
    desk = next(telling)[tab.desk]
    begun = after(practising._told(practising.begin)(desk, 0, "", "", Mode.WHOLE.value, False, "true"))
    assert begun[tab.desk].attempt is not None
    assert list(telling) == []


def test_a_session_that_is_begun_again_is_drawn_again(practising, monkeypatch):
    tab = practising.tab
    monkeypatch.setattr(time, "time", lambda: 1.0)
    wish = (0, "", "", Mode.WHOLE.value, False)
    first = after(practising.begin(PracticeDesk(), *wish, "true"))
    again = after(practising.begin(first[tab.desk], *wish, "true"))
    assert first[tab.desk].attempt.session == again[tab.desk].attempt.session
    # The page leaves what it has drawn already, and with it the codes that were given up.
    assert first[tab.coding] != again[tab.coding]


def test_nothing_changes_where_the_trainee_stays_with_what_was_coded(practising):
    desk = open_at(practice_sessions()[0])
    wish = (0, "", "", Mode.WHOLE.value, False)
    for handler, given in ((practising.begin, wish), (practising.look_again, ()), (practising.forget, ())):
        # An event that gives nothing at all would empty the whole tab.
        assert list(practising._told(handler)(desk, *given, "false")) == [{practising.tab.note: gr.skip()}]


def test_an_example_is_not_taken_for_the_trainees_own_words(practising, monkeypatch):
    tab, (session, turn) = practising.tab, answering()
    monkeypatch.setattr(practising, "_on_reply", lambda *_: ["what the model read"])
    example = safe(session.explained.reply_at(turn).example)
    for replies, own, others in (({}, 0, 1), ({turn: "Go on."}, 1, 0)):
        page = after(practising.compare(open_at(session), False, told(turn + 1, replies)))[tab.feedback]
        assert (page.count("<b>Your words after this turn</b>"), page.count("<b>After this turn</b>")) == (own, others)
        assert (example in page) == bool(others)
