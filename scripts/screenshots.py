"""The pictures of README and docs: starts the real screen, opens a sample and photographs it with Chromium."""

import os
import shutil
import socket
import subprocess
import sys
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
    page.locator("#chat").get_by_text("You could try").wait_for()
    page.wait_for_timeout(2000)  # the timeline draws itself


def main() -> None:
    """Writes docs/screen.png and docs/phone.png."""
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("chromium is not on the path; install it first (Debian: apt-get install chromium)")
    DOCS.mkdir(exist_ok=True)
    port = free_port()
    server = subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, env={**os.environ, "PORT": str(port)})
    try:
        wait(port)
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGS)
            for name, (width, height) in SIZES.items():
                page = browser.new_page(viewport={"width": width, "height": height})
                look(page, port)
                page.screenshot(path=DOCS / f"{name}.png")
            browser.close()
    finally:
        server.terminate()
        server.wait(20)


if __name__ == "__main__":
    main()
