"""What can be done once a session is there: filter, step, correct, take away, keep. In a real browser at both sizes."""

import json

import pytest

from tests.ui.journey import SENTINEL, analyse, at_a_desk, drop, files_with, pick, picture, send
from tests.ui.standins import SESSION, SLOW


def chosen(page) -> str:
    return page.locator("#evidence h3").inner_text().split(" ·")[0]


def test_what_is_typed_is_counted_before_it_is_sent(page):
    page.locator("#box textarea").fill(SESSION)
    page.locator("#preview", has_text="12 turns, 2 speakers, 0 lines in no turn").wait_for()
    page.locator("#box textarea").fill("A question?")
    page.locator("#preview p").wait_for(state="detached")


def test_filters_leave_only_what_is_asked_for(page):
    analyse(page, SESSION)
    filters = page.locator("#filters")

    def shown() -> set[int]:
        return {int(row.get_attribute("data-turn")) for row in page.locator("#transcript .turn:visible").all()}

    assert shown() == set(range(12))
    filters.get_by_label("only these").check()
    assert shown() == {3, 7, 8}
    filters.get_by_label("Kind").select_option("C3")
    assert shown() == {3, 7}  # 3 is looked at, so it stays
    filters.get_by_label("Kind").select_option("")
    filters.get_by_label("How sure").select_option("0.8")
    assert shown() == {3, 7, 8}
    filters.get_by_label("Kind").select_option("strategy")
    assert shown() == {3, 8}
    picture(page, "filtered")


def test_moments_are_stepped_through_by_button_and_by_key(page):
    analyse(page, SESSION)
    assert chosen(page) == "Turn 3"
    page.get_by_role("button", name="Next moment").click()
    page.locator("#evidence h3", has_text="Turn 7 ·").wait_for()
    page.locator("#transcript .conversation").press("n")
    page.locator("#evidence h3", has_text="Turn 8 ·").wait_for()
    page.locator("#transcript .conversation").press("p")
    page.locator("#evidence h3", has_text="Turn 7 ·").wait_for()
    page.locator("#transcript .conversation").press("j")
    page.locator("#evidence h3", has_text="Turn 8 ·").wait_for()


def test_a_moment_is_set_aside_recoded_and_taken_back(page):
    analyse(page, SESSION)
    page.get_by_role("button", name="Not a rupture").click()
    page.locator("#evidence", has_text="it is set aside").wait_for()
    assert page.locator("#moments .chip", has_text="turn 3").count() == 0
    page.locator("#evidence").get_by_label("Another code").select_option("W1")
    page.locator("#evidence", has_text="May show: closes a feeling down").wait_for()
    page.locator("#moments .chip", has_text="turn 3 · closes a feeling down").wait_for()
    picture(page, "recoded")
    page.locator("#evidence button[data-verdict=other_code]").click()
    page.locator("#evidence", has_text="May show: goes along without engaging").wait_for()


def test_a_question_that_is_offered_is_about_the_turn_looked_at(page):
    analyse(page, SESSION)
    pick(page, 7)
    page.get_by_role("button", name="What could I say here?").click()
    page.locator("#chat").get_by_text("objects to the tasks").last.wait_for()
    assert chosen(page) == "Turn 7"


def test_a_look_at_another_turn_survives_the_next_answer(page):
    analyse(page, SESSION)
    pick(page, 7)
    page.locator("#box textarea").fill("What could I try?")
    page.locator("#box textarea").press("Enter")
    page.locator("#chat .user", has_text="What could I try?").wait_for()
    page.locator("#chat strong", has_text="You could try").last.wait_for()
    assert chosen(page) == "Turn 7"


@at_a_desk
def test_long_work_is_stopped_and_what_was_there_is_there_again(page):
    send(page, f"{SESSION}Client: And {SLOW}.\n")
    page.get_by_role("button", name="Looks right, analyse").click()
    page.locator("#chat", has_text="Reading 13 turns").wait_for()
    page.get_by_role("button", name="Stop", exact=True).click()
    page.locator("#chat", has_text="Stopped.").wait_for()
    page.get_by_role("button", name="Looks right, analyse").wait_for()
    assert page.locator("#evidence").count() == 0
    page.get_by_role("button", name="Leave it out").click()
    analyse(page, SESSION)
    assert chosen(page) == "Turn 3"


@at_a_desk
def test_what_is_cleared_stays_cleared_when_its_analysis_ends(page):
    send(page, f"{SESSION}Client: And {SLOW}.\n")
    page.get_by_role("button", name="Looks right, analyse").click()
    page.locator("#chat", has_text="Reading 13 turns").wait_for()
    page.get_by_role("button", name="Clear everything").click()
    page.get_by_role("button", name="Sleep diary").wait_for()
    page.wait_for_timeout(10_000)  # by now the analysis has ended
    assert page.locator("#session .evidence").count() == 0
    assert "diary is pointless" not in page.content()


@at_a_desk
def test_a_session_is_kept_once_and_as_its_reader_left_it(page):
    analyse(page, SESSION)
    for said in ("is kept. It is session 1 of C08", "was kept already"):
        page.get_by_role("tab", name="Over time").click()
        if page.get_by_role("button", name="Keep sessions on this computer").is_visible():
            page.get_by_role("button", name="Keep sessions on this computer").click()
        page.get_by_label("Code of the client, not a name").fill("C08")
        page.get_by_role("button", name="Keep the open session").click()
        page.locator("#over-state", has_text=said).wait_for()
    assert page.locator("#over-reading .kept li").count() == 1
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Forget everything").click()
    page.locator("#over-state", has_text="The file is deleted").wait_for()


@at_a_desk
def test_two_people_never_see_each_other(page, browser, screen):
    other = browser.new_page()
    other.goto(f"http://127.0.0.1:{screen[0]}/")
    other.locator("#box textarea").wait_for()
    analyse(page, SESSION + f"Client: The {SENTINEL} again.\n")
    analyse(other, SESSION)
    send(page, "What could I try?")
    send(other, f"Is there a {SENTINEL[:5]}?")
    other.locator("#chat .bot").nth(1).wait_for()
    assert SENTINEL in page.content()
    assert SENTINEL not in other.content()
    other.close()


def test_several_files_are_open_side_by_side(page, tmp_path, screen):
    for name, word in (("monday", "Mon"), ("tuesday", SENTINEL)):
        (tmp_path / f"{name}.txt").write_text(f"{SESSION}Client: The {word} again.\n", encoding="utf-8")
    drop(page, tmp_path / "monday.txt", tmp_path / "tuesday.txt")
    page.get_by_role("button", name="Looks right, analyse").click()
    page.locator("#outcome h2", has_text="Monday").wait_for()
    page.get_by_role("button", name="Tuesday (13 turns)").click()
    page.get_by_role("button", name="Looks right, analyse").click()
    page.locator("#outcome h2", has_text="Tuesday").wait_for()
    assert SENTINEL in page.locator("#transcript").inner_text()
    page.get_by_role("button", name="Monday (13 turns)").click()
    page.locator("#outcome h2", has_text="Monday").wait_for()
    assert SENTINEL not in page.locator("#transcript").inner_text()
    assert files_with(SENTINEL, screen[1]) == []


@at_a_desk
def test_names_to_leave_out_are_nowhere(page):
    page.locator("#box textarea").fill(SESSION.replace("You're the expert", "You're the expert, Marigold"))
    page.locator("#box textarea").press("Enter")
    page.get_by_label("Names to leave out").fill("Marigold")
    page.get_by_role("button", name="Looks right, analyse").click()
    page.locator("#evidence h3").wait_for()
    page.locator("#transcript", has_text="expert, [NAME_1]").wait_for()
    assert "Marigold" not in page.locator("#session").inner_html()
    page.locator("#chat").get_by_text("What was seen").wait_for()
    assert "Marigold" not in page.locator("#chat").inner_html()


@pytest.mark.parametrize(
    ("button", "name", "start"),
    [
        ("Report: Web page", "rupture-report.html", b"<!doctype html>"),
        ("Report: Word", "rupture-report.docx", b"PK"),
        ("Report: PDF", "rupture-report.pdf", b"%PDF"),
        ("Report: Markdown", "rupture-report.md", b"# Your session"),
        ("One page for supervision: Web page", "rupture-supervision.html", b"<!doctype html>"),
        ("Data: JSON", "rupture-data.json", b"{"),
        ("Data: ELAN", "rupture-data.eaf", b"<?xml"),
    ],
)
@at_a_desk
def test_files_are_made_by_the_browser_and_not_on_the_server(page, screen, button, name, start):
    analyse(page, SESSION + f"Client: The {SENTINEL} again.\n")
    with page.expect_download() as saved:
        page.get_by_role("button", name=button, exact=True).click()
    assert saved.value.suggested_filename == name
    assert saved.value.path().read_bytes().lower().startswith(start.lower())
    assert files_with(SENTINEL, screen[1]) == []


@at_a_desk
def test_a_masked_file_has_no_names_and_the_screen_still_does(page):
    analyse(page, SESSION + "Client: Dr. Hollister said so on 4 March.\n")
    page.get_by_label("Mask names, dates and places first").check()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Data: JSON", exact=True).click()
    text = saved.value.path().read_text(encoding="utf-8")
    assert "Hollister" not in text
    assert [turn["role"] for turn in json.loads(text)["turns"][:2]] == ["therapist", "client"]
    assert "Hollister" in page.locator("#transcript").inner_text()


@at_a_desk
def test_codes_are_saved_once_something_was_corrected_and_refused_before(page):
    analyse(page, SESSION)
    page.get_by_role("button", name="What you corrected").click()
    page.locator("#save-note", has_text="no turn of this session was confirmed or corrected").wait_for()
    page.get_by_role("button", name="I agree").click()
    page.locator("#evidence", has_text="You agree.").wait_for()
    with page.expect_download() as saved:
        page.get_by_role("button", name="What you corrected").click()
    assert "{W5" in saved.value.path().read_text(encoding="utf-8")


def _choose_session(page, words):
    """By keyboard, as the list may open beyond the edge of a small window; again where the list was filled anew meanwhile."""
    box = page.get_by_label("A kept session")
    for _ in range(5):
        box.blur()
        box.focus()
        page.get_by_role("option", name=words).wait_for()
        box.press("ArrowDown")
        box.press("Enter")
        page.wait_for_timeout(500)
        if box.input_value() == words:
            return
    raise AssertionError(f"chose {box.input_value()!r} instead of {words!r}")


@at_a_desk
def test_sessions_are_kept_only_once_that_is_turned_on_and_forgotten_for_good(page, screen):
    place = screen[1] / "kept"
    analyse(page, SESSION + f"Client: The {SENTINEL} again.\n")
    page.get_by_role("tab", name="Over time").click()
    page.locator("#over-state", has_text="Nothing is kept").wait_for()
    assert list(place.iterdir()) == []
    page.get_by_role("button", name="Keep sessions on this computer").click()
    page.get_by_label("Code of the client, not a name").fill("Anna Berg")
    page.get_by_role("button", name="Keep the open session").click()
    page.locator("#over-state", has_text="looks like a full name").wait_for()
    page.get_by_label("Code of the client, not a name").fill("C07")
    page.get_by_label("Date, such as 2026-03-14").fill("2026-03-14")
    page.get_by_role("button", name="Keep the open session").click()
    page.locator("#over-reading", has_text="2026-03-14").wait_for()
    assert files_with(SENTINEL, place) != []
    page.get_by_label("At session").fill("1")
    page.get_by_label("Score, empty if left out").fill("34")
    page.get_by_role("button", name="Add the score").click()
    page.locator("#over-reading", has_text="SRS").wait_for()
    page.locator("#kept .js-plotly-plot").first.wait_for()
    picture(page, "over-time")
    _choose_session(page, "Session 1, 2026-03-14")
    page.once("dialog", lambda dialog: dialog.dismiss())
    page.get_by_role("button", name="Forget this session").click()
    page.locator("#over-state", has_text="Nothing was deleted").wait_for()
    _choose_session(page, "Session 1, 2026-03-14")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Forget this session").click()
    page.locator("#over-state", has_text="Session 1 of C07 is forgotten").wait_for()
    assert files_with(SENTINEL, place) == []
    page.get_by_role("button", name="Forget everything").click()
    page.locator("#over-state", has_text="The file is deleted").wait_for()
    assert list(place.iterdir()) == []


def test_about_says_how_well_it_does_and_whose_codes_these_are(page):
    page.get_by_role("tab", name="About").click()
    page.locator("#about", has_text="not by clinicians").wait_for()
    assert page.locator("#about table tbody tr").count() > 10
    picture(page, "about")
