"""The pictures of README and docs: starts the real screen, opens a sample and photographs it with Chromium."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
SIZES = {"screen": (1440, 900), "phone": (390, 844)}
CHROMIUM_ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait(port: int) -> None:
    """Until the screen answers; a minute at most."""
    for _ in range(600):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError("the screen did not start")


def look(page: Page, port: int) -> None:
    """A sample session with the moment it opens with."""
    page.goto(f"http://127.0.0.1:{port}/")
    page.get_by_role("button", name="Understood").click()
    page.get_by_role("button", name="Sleep diary").click()
    page.locator("#evidence h3").wait_for(timeout=120_000)
    page.locator("#chat strong", has_text="You could try").first.wait_for()
    page.wait_for_timeout(2000)  # the timeline draws itself


def keep_some(page: Page, port: int) -> None:
    """Three invented sessions of one made-up client, and scores that were typed in."""
    page.goto(f"http://127.0.0.1:{port}/")
    page.get_by_role("button", name="Understood").click()
    for number, (name, score) in enumerate((("An ordinary hour", 36), ("Sleep diary", 29), ("What is the point", 33)), start=1):
        if number > 1:
            page.get_by_role("tab", name="Session").click()
            page.get_by_role("button", name="Clear everything").click()
        page.get_by_role("button", name=name).click()
        page.locator("#outcome h2", has_text=name).wait_for(timeout=120_000)
        page.get_by_role("tab", name="Over time").click()
        if number == 1:
            page.get_by_role("button", name="Keep sessions on this computer").click()
        page.get_by_label("Code of the client, not a name").fill("C07")
        page.get_by_label("Date, such as 2026-03-14").fill(f"2026-03-{7 * number:02d}")
        page.get_by_role("button", name="Keep the open session").click()
        page.locator("#over-reading .kept li").nth(number - 1).wait_for()
        page.get_by_label("At session").fill(str(number))
        page.get_by_label("Score, empty if left out").fill(str(score))
        page.get_by_role("button", name="Add the score").click()
        page.locator("#over-state", has_text="The score is kept").wait_for()
    page.wait_for_timeout(2000)


def practise(page: Page, port: int) -> None:
    """A practice session with its first turns coded."""
    page.goto(f"http://127.0.0.1:{port}/")
    page.get_by_role("tab", name="Practice").click()
    page.locator("#practice-begin").click()
    page.locator(".coding:focus").wait_for(timeout=60_000)
    for _ in range(4):
        page.keyboard.press("Enter")
    page.keyboard.type("w5")
    page.wait_for_timeout(500)


def main() -> None:
    """Writes docs/screen.png, docs/phone.png, docs/session.png (the whole page), docs/practice.png and docs/over-time.png."""
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("chromium is not on the path; install it first (Debian: apt-get install chromium)")
    DOCS.mkdir(exist_ok=True)
    port = free_port()
    kept = tempfile.TemporaryDirectory()
    environment = {**os.environ, "PORT": str(port), "RUPTURE_DATA": kept.name}
    server = subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, env=environment)
    try:
        wait(port)
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGS)
            for name, (width, height) in SIZES.items():
                page = browser.new_page(viewport={"width": width, "height": height})
                look(page, port)
                page.screenshot(path=DOCS / f"{name}.png")
                if name == "screen":
                    page.screenshot(path=DOCS / "session.png", full_page=True)
            page = browser.new_page(viewport={"width": 1180, "height": 900})
            practise(page, port)
            page.screenshot(path=DOCS / "practice.png", full_page=True)
            page = browser.new_page(viewport={"width": 1180, "height": 900})
            keep_some(page, port)
            page.screenshot(path=DOCS / "over-time.png", full_page=True)
            browser.close()
    finally:
        server.terminate()
        server.wait(20)
        kept.cleanup()


if __name__ == "__main__":
    main()
