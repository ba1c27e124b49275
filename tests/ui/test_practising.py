"""The handlers of the practice tab, without a browser."""

from dataclasses import fields
from types import SimpleNamespace

import pytest

from rupture.practice.attempt import Mode, begin
from rupture.practice.returning import Moment
from rupture.practice.sets import practice_sessions
from rupture.practice.store import FILE, keep, kept
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


def told(read, **codes):
    return SimpleNamespace(read=read, codes=codes, sure=dict.fromkeys(codes, 2), replies={})


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
    for desk, read in (
        (PracticeDesk(attempt=begin(session.id, Mode.TURN_BY_TURN, BEGUN)), 0),
        (PracticeDesk(moment=Moment(("W1", None), session.id, turn, turn - 2)), turn),
    ):
        found = after(practising.compare(desk, True, told(read)))
        assert "nothing to look at" in found[tab.note]
        assert (found[tab.coding], found[tab.desk]) == ("", PracticeDesk())
        assert not (tmp_path / FILE).exists()
    after(practising.compare(PracticeDesk(attempt=begin(session.id, Mode.TURN_BY_TURN, BEGUN)), True, told(3)))
    assert [attempt.read for attempt in kept(tmp_path / FILE).attempts] == [3]
