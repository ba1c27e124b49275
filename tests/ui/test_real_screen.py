"""The real thing: app.py as users start it, the shipped model and guidance, a pasted session, a follow-up in the same chat."""

import os
import subprocess
import sys
import time
import urllib.request

import pytest

from rupture.build import build_care
from rupture.coding.sessions import split_sessions
from rupture.resources import BLIND_CODES, SESSIONS
from rupture.transcript import Role
from tests.ui.conftest import ROOT, free_port


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    port = free_port()
    environment = {**os.environ, "PORT": str(port), "RUPTURE_CACHE": str(tmp_path_factory.mktemp("cache"))}
    server = subprocess.Popen([sys.executable, ROOT / "app.py"], env=environment, cwd=tmp_path_factory.mktemp("elsewhere"))
    address = f"http://127.0.0.1:{port}/"
    for _ in range(1200):
        try:
            urllib.request.urlopen(address, timeout=1).close()
            break
        except OSError:
            time.sleep(0.1)
    yield address
    server.terminate()
    server.wait(30)


@pytest.fixture(scope="module")
def session():
    """A held-out practice session with ruptures, without its codes; one without a notice of risk, which ends coaching, or of a
    complaint of bias, which is given no other reading."""
    care = build_care()
    test = split_sessions(SESSIONS, BLIND_CODES)["test"]
    coded = (s.transcript for s in test if len(s.transcript.turns) >= 30 and sum("rupture" in v for v in s.votes) >= 5)
    return next(
        session
        for session in coded
        if not any(found.risk or found.perhaps_bias for found in care([turn.text for turn in session.turns]))
    )


def test_paste_confirm_find_ask_and_ask_on(address, session, browser):
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(address)
    words = {Role.THERAPIST: "T", Role.CLIENT: "C"}
    text = "\n".join(f"{words[turn.role]}: {turn.text}" for turn in session.turns)
    page.locator("#box textarea").fill(f"{text}\n\nWhat happened there, and what could I have said?")
    page.locator("#box textarea").press("Enter")
    page.get_by_role("button", name="Looks right, analyse").click(timeout=120_000)
    page.locator("#evidence h3").wait_for(timeout=120_000)
    page.locator("#chat strong", has_text="You could try").first.wait_for(timeout=120_000)
    marked = [mark.inner_text() for mark in page.locator("#transcript mark").all()]
    assert marked
    assert all(any(words in turn.text for turn in session.turns) for words in marked)
    assert page.locator("#evidence details.source").count() >= 1
    chosen = page.locator("#evidence h3").first.inner_text()
    page.locator("#box textarea").fill("why is that not just agreement?")
    page.locator("#box textarea").press("Enter")
    page.locator("#chat strong", has_text="Another reading").last.wait_for(timeout=60_000)
    assert page.locator("#evidence h3").first.inner_text() == chosen
    page.close()
