"""What a therapist does, in a real browser at both sizes. Screenshots land in test-artefacts/."""

import http.server
import threading
from collections.abc import Iterator

import pytest

from tests.ui.journey import SENTINEL, analyse, at_a_desk, drop, files_with, pick, picture, send
from tests.ui.standins import SESSION
from tests.ui.test_escape import PAYLOADS


def test_paste_confirm_findings_follow_up(page):
    analyse(page, f"What could I try here?\n\n{SESSION}")
    page.locator("#evidence h3", has_text="Turn 3 · Client").wait_for()
    assert page.locator("#moments .chip").first.inner_text().replace("\n", " ") == "◁ turn 3 · goes along without engaging"
    assert page.locator("#transcript mark").first.inner_text() == "whatever you think is best."
    page.locator("#chat strong", has_text="You could try").first.wait_for()
    assert page.locator("#chat .bot").count() >= 1
    page.locator("#evidence details.source summary").first.click()
    assert page.locator("#evidence details.source blockquote").first.is_visible()
    picture(page, "findings")
    send(page, "And what about turn 7?")
    page.locator("#evidence h3", has_text="Turn 7 · Client").wait_for()
    page.locator("#chat").get_by_text("objects to the tasks").first.wait_for()


def test_a_turn_is_picked_by_click_and_by_key(page):
    analyse(page, SESSION)
    pick(page, 7)
    page.locator('#transcript .turn[data-turn="3"] button.tag').press("Enter")
    page.locator("#evidence h3", has_text="Turn 3").wait_for()


def test_a_click_on_the_timeline_picks_the_moment(page):
    analyse(page, SESSION)
    page.locator("#timeline .js-plotly-plot[data-listening]").wait_for()
    page.evaluate("document.querySelector('#timeline .js-plotly-plot').emit('plotly_click', { points: [{ x: 7 }] })")
    page.locator("#evidence h3", has_text="Turn 7").wait_for()


def test_a_role_is_changed_with_one_click(page):
    send(page, SESSION)
    page.get_by_role("button", name="Looks right, analyse").wait_for()
    page.wait_for_timeout(400)  # the card settles; nobody clicks within a blink of its appearing
    page.locator("#speakers fieldset", has_text="Client").locator("label", has_text="other").last.click()
    page.get_by_role("button", name="Looks right, analyse").click()
    page.locator("#outcome", has_text="could not be analysed").wait_for()


def test_a_sample_is_one_click_away_and_everything_can_be_cleared(page):
    page.get_by_role("button", name="Understood").click()
    page.locator("#consent").wait_for(state="hidden")
    page.get_by_role("button", name="Sleep diary").click()
    page.locator("#evidence h3", has_text="Turn 3").wait_for()
    assert page.locator("#outcome h2").inner_text() == "Sleep diary"
    page.get_by_role("button", name="Clear everything").click()
    page.locator("#session").wait_for(state="hidden")
    page.get_by_role("button", name="Sleep diary").wait_for()
    assert "diary is pointless" not in page.content()


@at_a_desk
def test_a_dropped_file_is_read_and_not_kept(page, screen, tmp_path):
    file = tmp_path / "tuesday.txt"
    file.write_text(SESSION + f"Client: The {SENTINEL} again.\n", encoding="utf-8")
    drop(page, file)
    page.get_by_role("button", name="Looks right, analyse").click()
    page.locator("#outcome h2", has_text="Tuesday").wait_for()
    assert files_with(SENTINEL, screen[1]) == []


def test_the_turn_under_the_pointer_is_picked_though_the_transcript_moves(page):
    analyse(page, SESSION)
    pick(page, 7)
    row = page.locator('#transcript .turn[data-turn="8"] .name')
    row.hover()
    page.mouse.down()
    page.locator("#transcript .conversation").evaluate("(list) => { list.style.paddingTop = '90px'; }")
    page.mouse.up()
    page.locator("#evidence h3", has_text="Turn 8 ·").wait_for()


@at_a_desk
def test_a_question_alone_is_answered_with_sources(page):
    send(page, "How do I own my part in a rupture?")
    page.locator("#chat .bot").first.wait_for()
    page.locator("#chat", has_text="source").wait_for()
    assert page.locator("#session").count() == 0


@at_a_desk
def test_a_text_without_speakers_is_a_question_or_says_what_to_do(page, tmp_path):
    file = tmp_path / "note.txt"
    file.write_text("Saw the client on Tuesday. It went well enough, I think.", encoding="utf-8")
    drop(page, file)
    page.locator("#chat", has_text="Not analysed").wait_for()


def test_language_about_harm_stands_over_everything(page):
    analyse(page, SESSION + "Client: Some nights I want to kill myself.\n")
    page.locator("#risk [role=alert]", has_text="emergency services").wait_for()
    page.locator('#transcript .turn[data-turn="12"] .name').click()
    page.locator("#evidence", has_text="There is no coaching on turn 12").wait_for()
    picture(page, "risk")


@at_a_desk
def test_nothing_stays_in_the_browser(page):
    analyse(page, SESSION + f"Client: The {SENTINEL} again.\n")
    kept = page.evaluate(
        """async () => JSON.stringify([{...localStorage}, {...sessionStorage}, (await indexedDB.databases()).map(d => d.name),
        await caches.keys(), document.cookie])"""
    )
    assert SENTINEL not in kept
    assert '[],[],""]' in kept or "diary" not in kept


@pytest.fixture(scope="module")
def canary() -> Iterator[tuple[int, list[str]]]:
    """A server that must never be asked anything."""
    hits: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            hits.append(self.path)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *args):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port, hits
    server.shutdown()
    server.server_close()


@at_a_desk
def test_hostile_words_do_nothing_anywhere(page, canary):
    port, hits = canary
    payloads = [payload.replace("canary.test", f"canary.test:{port}") for payload in PAYLOADS]
    lines = [f"{'Therapist' if i % 2 else 'Client'}: whatever you think {payload} is best" for i, payload in enumerate(payloads)]
    url = page.url
    analyse(page, "\n".join(lines))
    for number in range(0, len(payloads), 2):
        pick(page, number)
    for payload in payloads[:6]:
        send(page, f"what about {payload} at turn 2?")
        page.locator("#evidence h3", has_text="Turn 2 ·").wait_for()
    page.wait_for_timeout(800)
    picture(page, "hostile")
    assert page.evaluate("window.__pwn") is None
    assert page.url == url
    assert hits == []
    for place in ("#transcript", "#evidence", "#moments", "#chat .message"):
        assert page.locator(place).locator("script, img, iframe, meta, style, a, form, .katex").count() == 0
    shown = page.locator("#transcript").inner_text()
    for payload in payloads:
        assert payload.lstrip("\u202e") in shown  # overrides of direction are taken out when a text is read


@at_a_desk
def test_hostile_words_do_nothing_in_the_other_fields(page, canary, tmp_path):
    port, hits = canary
    hostile = "<img src=x onerror=window.__pwn=1>"
    file = tmp_path / f"{hostile}.txt"
    file.write_text(SESSION, encoding="utf-8")
    drop(page, file, file)
    page.get_by_label("Names to leave out").fill(f"{hostile}, http://canary.test:{port}/")
    page.get_by_role("button", name="Looks right, analyse").click()
    page.locator("#evidence h3").wait_for()
    assert "onerror" in page.locator("#shelf").inner_text()
    page.get_by_role("tab", name="Over time").click()
    page.get_by_role("button", name="Keep sessions on this computer").click()
    for code, day in ((hostile, ""), ("C07", hostile)):
        page.get_by_label("Code of the client, not a name").fill(code)
        page.get_by_label("Date, such as 2026-03-14").fill(day)
        page.get_by_role("button", name="Keep the open session").click()
        page.locator("#over-state [role=status]").wait_for()
    page.wait_for_timeout(800)
    assert page.evaluate("window.__pwn") is None
    assert hits == []
    assert page.locator("#main, #kept").locator("img[src=x]").count() == 0
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Forget everything").click()
    page.locator("#over-state", has_text="The file is deleted").wait_for()
