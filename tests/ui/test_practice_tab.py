"""A trainee at the practice tab, in a real browser at both sizes."""

import json
import re
from dataclasses import replace

import pytest

from rupture.practice.attempt import Mode, begin, read_to, with_codes
from rupture.practice.comparison import seen
from rupture.practice.feedback import feedback
from rupture.practice.sets import practice_sessions
from rupture.practice.store import FILE, keep
from rupture.transcript import Role
from tests.ui.journey import at_a_desk, picture

MISREAD = "x1-13"


@pytest.fixture(scope="module")
def sessions():
    return {session.id: session for session in practice_sessions()}


@pytest.fixture
def file(screen):
    """Where the screen keeps practice; gone afterwards."""
    path = screen[1] / "kept" / FILE
    yield path
    path.unlink(missing_ok=True)


def opened(page):
    page.get_by_role("tab", name="Practice").click()
    page.locator("#practice-begin").wait_for()


def began(page, sessions):
    """The practice session that came up, also where another one stands on the screen until it does."""
    page.locator(".coding-desk").evaluate_all("desks => desks.forEach(desk => desk.classList.add('earlier'))")
    page.locator("#practice-begin").click()
    desk = page.locator(".coding-desk:not(.earlier)")
    desk.wait_for()
    desk.locator(".coding:focus").wait_for()
    return sessions[desk.get_attribute("data-session")]


def type_codes(page, codes):
    for code in codes:
        page.keyboard.press(code[0].lower())
        page.keyboard.press("0" if code == "R10" else code[1])


def test_whoever_marks_what_the_raters_marked_differs_nowhere(page, sessions):
    opened(page)
    practice = began(page, sessions)
    picture(page, "practice-begun")
    turns = [turn for turn in practice.transcript.turns if turn.role is Role.CLIENT]
    for turn in turns:
        page.locator(f'.coding .turn.here[data-turn="{turn.index}"]').wait_for()
        type_codes(page, seen(practice, turn.index).sought)
        page.keyboard.press("Enter")
    page.locator(".feedback").wait_for()
    assert page.locator(".outcome-tag.differs").all_inner_texts() == []
    assert page.locator(".outcome-tag.held").count() == sum(
        practice.explained.at(turn.index) is not None or bool(practice.coded.votes[turn.index]) for turn in turns
    )
    page.get_by_text("not by clinicians").first.wait_for()
    assert page.locator(".coding-desk").count() == 0
    picture(page, "practice-feedback")


@at_a_desk
def test_who_stops_early_hears_about_what_was_read_and_about_the_reply(page, sessions):
    opened(page)
    while True:
        practice = began(page, sessions)
        replies = [reply.turn for reply in practice.explained.replies]
        if replies and replies[0] < 60:
            break
    while int(page.locator(".coding .turn.here").get_attribute("data-turn")) < replies[0]:
        assert page.locator(".coder .reply").is_hidden()
        page.get_by_role("button", name="Nothing here, go on").click()
    page.locator(".coder textarea").fill("I hear that this <b>matters</b>. I got something wrong there.")
    page.get_by_role("button", name="Stop here and compare").click()
    page.locator(".feedback .own", has_text="After turn").wait_for()
    page.locator(".feedback .own", has_text="Nothing here says how good your words are.").wait_for(timeout=30_000)
    assert "<b>matters</b>" in page.locator(".feedback .own").first.inner_text()
    page.locator(".feedback", has_text=f"You read {replies[0] + 1} of {len(practice.transcript.turns)} turns").wait_for()
    assert page.locator(".feedback .read").locator(f"text=/^{replies[0] + 1}$/").count() == 0


@at_a_desk
def test_the_turn_somebody_stops_at_is_read_only_where_something_was_given(page, sessions):
    opened(page)
    for keys, decided in (("", False), ("p", False), ("w1", True)):
        practice = began(page, sessions)
        page.keyboard.press("Enter")
        at = int(page.locator(".coding .turn.here").get_attribute("data-turn"))
        for key in keys:
            page.keyboard.press(key)
        page.get_by_role("button", name="Stop here and compare").click()
        read = f"You read {at + decided} of {len(practice.transcript.turns)} turns"
        page.locator(".feedback", has_text=read).wait_for()


def test_codes_are_given_and_taken_back_by_pointer_and_sureness_is_said(page, sessions):
    opened(page)
    began(page, sessions)
    page.locator('.coder [data-code="W2"]').click()
    page.locator('.coder [data-code="C2"]').click()
    page.locator('.coder [data-code="W2"]').click()
    page.get_by_role("button", name="leaning").click()
    assert page.locator(".coding .turn.here .given").inner_text() == "C2 ?"
    page.get_by_role("button", name="Go on", exact=True).click()
    page.get_by_role("button", name="Back").click()
    assert page.locator('.coder [data-code="C2"]').get_attribute("aria-pressed") == "true"


def test_what_was_coded_is_given_up_only_when_the_trainee_says_so(page, sessions):
    opened(page)
    practice = began(page, sessions)
    type_codes(page, ["W1"])
    page.once("dialog", lambda dialog: dialog.dismiss())
    with page.expect_event("dialog"):
        page.locator("#practice-begin").click()
    # Whatever came of it, the session is ready for the keyboard again.
    page.locator(".coding:focus").wait_for()
    assert page.locator(".coding-desk").get_attribute("data-session") == practice.id
    assert page.locator(".coding .turn.here .given").inner_text() == "W1"
    page.once("dialog", lambda dialog: dialog.accept())
    began(page, sessions)
    assert page.locator(".coding .turn.here .given").inner_text() == ""


@at_a_desk
def test_therapists_turns_are_coded_when_asked_for(page, sessions):
    opened(page)
    page.get_by_label("The therapist's answers too").check()
    practice = began(page, sessions)
    roles = {turn.index: turn.role for turn in practice.transcript.turns}
    for _ in range(4):
        here = int(page.locator(".coding .turn.here").get_attribute("data-turn"))
        wanted = "R1" if roles[here] is Role.THERAPIST else "W1"
        assert page.locator(f'.coder [data-code="{wanted}"]').is_visible()
        page.keyboard.press("Enter")


@at_a_desk
def test_nothing_is_kept_unless_it_is_asked_for_and_then_it_can_be_forgotten(page, sessions, file):
    opened(page)
    began(page, sessions)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Stop here and compare").click()
    page.locator(".feedback").wait_for()
    assert not file.exists()
    page.get_by_label(re.compile("Keep my codes and replies")).check()
    practice = began(page, sessions)
    type_codes(page, ["W1"])
    page.get_by_role("button", name="Stop here and compare").click()
    page.locator(".feedback h2").wait_for()
    (line,) = file.read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["session"] == practice.id
    assert max(practice.transcript.turns, key=lambda turn: len(turn.text)).text[:30] not in line
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Forget what is kept").click()
    page.get_by_text("overwritten and deleted").wait_for()
    assert not file.exists()


@at_a_desk
def test_what_was_read_otherwise_long_ago_comes_back_as_a_single_moment(page, sessions, file):
    practice = sessions[MISREAD]
    attempt = read_to(begin(practice.id, Mode.WHOLE, "2026-01-05T10:00:00+00:00"), len(practice.transcript.turns))
    missed = next(turn.turn for turn in practice.explained.turns if turn.codes == ("C2",))
    for turn in feedback(practice, attempt).turns:
        if practice.transcript.turns[turn.turn].role is Role.CLIENT and turn.turn != missed:
            attempt = with_codes(attempt, turn.turn, seen(practice, turn.turn).sought)
    keep(file, replace(attempt, ended="2026-01-05T10:20:00+00:00"))
    opened(page)
    page.get_by_role("button", name="Look again (1 due)").click()
    page.locator(".coding .turn.here").wait_for()
    again = sessions[page.locator(".coding-desk").get_attribute("data-session")]
    turn = int(page.locator(".coding .turn.here").get_attribute("data-turn"))
    assert (again.id, turn) != (MISREAD, missed)
    type_codes(page, seen(again, turn).sought)
    page.get_by_role("button", name="Compare", exact=True).click()
    page.locator(".feedback", has_text="This moment again").wait_for()
    page.locator(".feedback", has_text="It comes back later than the last time.").wait_for()
    assert page.get_by_role("button", name="Look again").is_hidden()
