"""The tab of kept sessions: where one is put, what is forgotten, and what is said of it."""

import html
import re
from types import SimpleNamespace

import pytest

from rupture.workspace import Workspace
from tests.ui.events import analysed, built, mark_in
from tests.ui.journey import SENTINEL
from tests.ui.standins import SESSION, assistant


@pytest.fixture
def kept(tmp_path):
    """The tab of kept sessions, turned on: what an event says there, and what is shown."""
    page, handlers = built(assistant, tmp_path / "kept.sqlite")
    tab = page.over_time

    def do(event, *given):
        update = handlers[event](*given)
        said = re.findall(r'<p role="status"><b>(.*?)</b>', update[tab.state])
        return SimpleNamespace(said=html.unescape("".join(said)), update=update, tab=tab)

    do("turn_on")
    return do


def day(number):
    """A session of its own, and the date it was on."""
    return f"2026-03-{number:02}", analysed(f"{SESSION}Client: That was day {number}.\n")


def listed(done):
    return [(int(at), when) for at, when in re.findall(r'<li value="(\d+)">(.*?) ·', done.update[done.tab.reading])]


def test_a_session_is_put_where_its_date_belongs_and_that_is_said(kept):
    assert kept("keep", "C07", *day(1)).said == "Your session (13 turns) is kept. It is session 1 of C07."
    assert kept("keep", "C07", *day(15)).said == "Your session (13 turns) is kept. It is session 2 of C07."
    kept("add", "C07", "SRS", "2", "32")
    done = kept("keep", "C07", *day(8))
    assert "It is session 2 of C07. It stands where its date belongs; those after it are one number further on" in done.said
    assert listed(done) == [(1, "2026-03-01"), (2, "2026-03-08"), (3, "2026-03-15")]
    assert "<tr><td>3</td><td>2026-03-15</td><td>32</td>" in done.update[done.tab.reading]


def test_where_dates_do_not_tell_it_says_that_a_session_stands_last(kept):
    kept("keep", "C07", *day(15))
    kept("keep", "C07", "", day(16)[1])
    done = kept("keep", "C07", *day(8))
    assert "It is session 3 of C07. It stands last: numbers follow dates only where every session" in done.said
    assert listed(done) == [(1, "2026-03-15"), (2, "no date"), (3, "2026-03-08")]
    for number in (1, 2):
        assert kept("keep", "C08", "", day(number)[1]).said.endswith(f"It is session {number} of C08.")


def test_scores_that_were_typed_in_first_are_said_to_be_of_the_session_that_gets_their_number(kept):
    kept("keep", "C07", *day(1))
    kept("add", "C07", "SRS", "2", "32")
    said = kept("keep", "C07", *day(8)).said
    assert said.endswith("It is session 2 of C07. The scores that were typed in for this number are taken to be from it.")


def test_a_session_that_was_kept_already_is_named_by_its_number(kept):
    kept("keep", "C07", *day(1))
    _, desk = day(8)
    kept("keep", "C07", "2026-03-08", desk)
    assert "was kept already, as session 2 of C07" in kept("keep", "C07", "2026-03-08", desk).said


def test_one_session_is_forgotten_once_that_was_asked_twice(kept, tmp_path):
    for number in (1, 8, 15):
        kept("keep", "C07", *day(number))
        kept("add", "C07", "SRS", {1: "1", 8: "2", 15: "3"}[number], f"{20 + number}")
    looked = kept("look", "C07")
    (_, first), (words, second), (_, third) = looked.update[looked.tab.sessions]["choices"]
    assert words == "Session 2, 2026-03-08"
    for given in ((second, "false"), (None, "true"), (99, "true")):
        done = kept("forget_session", "C07", *given)
        assert done.said == "Nothing was deleted."
        assert len(listed(done)) == 3
    done = kept("forget_session", "C07", second, "true")
    assert done.said.startswith("Session 2 of C07 is forgotten, with its corrections and the scores typed in for it.")
    assert listed(done) == [(1, "2026-03-01"), (3, "2026-03-15")]
    assert [id for _, id in done.update[done.tab.sessions]["choices"]] == [first, third]
    scores = re.findall(r"<tr><td>(\d)</td><td>[^<]*</td><td>(\d\d)</td>", done.update[done.tab.reading])
    assert scores == [("1", "21"), ("3", "35")]
    assert b"That was day 8" not in (tmp_path / "kept.sqlite").read_bytes()
    assert b"That was day 15" in (tmp_path / "kept.sqlite").read_bytes()


def test_the_file_is_opened_once_an_event(kept, monkeypatch):
    opened = []
    real = Workspace.open
    monkeypatch.setattr(Workspace, "open", lambda path: opened.append(path) or real(path))
    for event, given in (("look", ("C07",)), ("keep", ("C07", *day(1))), ("add", ("C07", "SRS", "1", "30"))):
        opened.clear()
        kept(event, *given)
        assert len(opened) == 1, event


def test_what_is_typed_wrongly_is_said_on_the_tab_and_changes_nothing(kept):
    assert "looks like a full name" in kept("keep", "Anna Berg", *day(1)).said
    assert "expected one like 2026-03-31" in kept("keep", "C07", "31.3.2026", day(1)[1]).said
    assert listed(kept("keep", "C07", *day(1))) == [(1, "2026-03-01")]


@pytest.mark.parametrize(
    ("session", "score", "said"),
    [
        ("", "30", "say at which session"),
        ("2.5", "30", "give one such as 3"),
        ("nan", "30", "give one such as 3"),
        ("0", "30", "numbered from 1"),
        ("1", "thirty", "give one such as 34.5"),
        ("1", "inf", "give one such as 34.5"),
        ("1", "41", "SRS"),
    ],
)
def test_what_is_no_score_of_a_session_is_said_and_not_kept(kept, session, score, said):
    kept("keep", "C07", *day(1))
    done = kept("add", "C07", "SRS", session, score)
    assert said in done.said
    assert Workspace(done.tab.place).measures_of("C07") == ()


def test_a_form_that_was_left_out_is_no_score_of_zero(kept):
    kept("keep", "C07", *day(1))
    done = kept("add", "C07", "SRS", " 1 ", " ")
    assert [measure.value for measure in Workspace(done.tab.place).measures_of("C07")] == [None]
    kept("add", "C07", "SRS", "1", "34,5")
    assert [measure.value for measure in Workspace(done.tab.place).measures_of("C07")] == [34.5]


def test_an_unexpected_error_is_said_on_the_tab(kept, caplog):
    mark_in(kept("add", "C07", SENTINEL, "1", "30").said, caplog, "add")


def test_a_place_that_cannot_be_looked_at_is_said_on_the_tab_from_the_start(tmp_path):
    page, handlers = built(assistant, tmp_path / ("x" * 300))
    tab = page.over_time
    assert "It cannot be told whether sessions are kept" in tab.state.value
    assert (tab.turn_on.visible, tab.kept.visible) == (True, False)
    for event, given in (("look", ("C07",)), ("turn_on", ()), ("keep", ("C07", *day(1))), ("forget_all", ("C07", "true"))):
        assert "cannot be looked for" in handlers[event](*given)[tab.state]
