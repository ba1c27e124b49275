"""The login as somebody meets it who shares the screen, in a real browser: in by the form, out by the link, and what a wrong
password says.
"""

import os
import subprocess
import sys

import pytest

from rupture.ui.login import add_user
from tests.ui.conftest import DESK, PHONE, ROOT, free_port
from tests.ui.journey import analyse, picture
from tests.ui.standins import SESSION

PASSWORD = "correct horse battery"
SERVE = """
import sys
from pathlib import Path
from rupture.privacy.hardening import harden
harden()
from rupture.listening import listen
from rupture.ui import server
from tests.ui.standins import assistant

port, users = int(sys.argv[1]), Path(sys.argv[2])
listener = listen(port)
app = server.build_app(assistant, Path('nowhere'), access=server.chosen_access(None, users))
print('ready', flush=True)
server._run(app, listener)
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """Where a screen is that was started with a file of users."""
    folder = tmp_path_factory.mktemp("shared")
    users, port = folder / "users", free_port()
    add_user(users, "ana", PASSWORD)
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(port), str(users)],
        cwd=folder,
        env={**os.environ, "TMPDIR": str(folder), "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout.readline() == "ready\n"
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.terminate()
        process.wait(20)
        process.stdout.close()


@pytest.fixture(params=[DESK, PHONE], ids=["desk", "phone"])
def visitor(request, browser, address):
    """A page that has asked for the screen and was sent to the form."""
    context = browser.new_context(viewport=request.param)
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.goto(address)
    assert page.url == f"{address}login"
    yield page
    context.close()


def log_in(page, password):
    page.get_by_label("Name").fill("ana")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()


def test_in_by_the_form_and_out_by_the_link_of_the_top_row(visitor, address):
    log_in(visitor, PASSWORD)
    visitor.locator("#box textarea").wait_for()
    assert visitor.url == address
    link = visitor.locator("#top").get_by_role("link", name="Log out")
    analyse(visitor, SESSION)
    # Beside the other buttons of the row, and nothing lies over it.
    visitor.get_by_role("button", name="Clear everything").wait_for()
    visitor.evaluate("window.scrollTo(0, 0)")
    link.click(trial=True)
    picture(visitor, "logged-in")
    assert visitor.evaluate("document.documentElement.scrollWidth") <= visitor.viewport_size["width"]
    # By keyboard: the first stop on the page.
    visitor.reload()
    link.wait_for()
    for _ in range(20):
        visitor.keyboard.press("Tab")
        if visitor.evaluate("document.activeElement.textContent") == "Log out":
            break
    assert visitor.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    visitor.keyboard.press("Enter")
    visitor.get_by_role("button", name="Log out").click()
    visitor.get_by_role("button", name="Log in").wait_for()
    assert visitor.url == f"{address}login"
    visitor.go_back()
    visitor.goto(address)
    assert visitor.url == f"{address}login"


def test_a_wrong_password_says_so_and_opens_nothing(visitor, address):
    log_in(visitor, "another horse battery")
    visitor.get_by_role("alert").get_by_text("Name and password were not accepted.").wait_for()
    visitor.goto(address)
    assert visitor.url == f"{address}login"
    log_in(visitor, PASSWORD)
    visitor.locator("#box textarea").wait_for()
