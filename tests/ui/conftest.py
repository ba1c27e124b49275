"""A running screen in a process of its own, started from a shell that wants the opposite of everything, and a real browser."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.privacy.opposites import OPPOSITES
from tests.ui.standins import SESSION

ROOT = Path(__file__).parents[2]
CHROMIUM = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
BROWSER_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def screen(tmp_path_factory) -> Iterator[tuple[int, Path]]:
    """(port, temp root) of a running screen."""
    folder = tmp_path_factory.mktemp("screen")
    (folder / "kept").mkdir()
    samples = folder / "samples"
    samples.mkdir()
    (samples / "sleep-diary.txt").write_text(SESSION, encoding="utf-8")
    temp = folder / "temp"
    temp.mkdir()
    port = free_port()
    environment = {**os.environ, **OPPOSITES, "TMPDIR": str(temp), "PYTHONPATH": str(ROOT)}
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.ui.serve_standin", str(port), str(samples)],
            cwd=folder,
            env=environment,
            stdout=log,
            stderr=log,
        )
    try:
        _wait(process, port, folder / "log")
        yield port, folder
    finally:
        process.terminate()
        process.wait(20)


def _wait(process: subprocess.Popen, port: int, log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if "ready" in log.read_text() and probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail(f"the screen did not start: {log.read_text()[-2000:]}")


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def browser():
    """Chromium, headless; tests skip where it is missing."""
    if CHROMIUM is None:
        pytest.skip("chromium is not installed: apt-get install chromium")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install playwright")
    with playwright.sync_playwright() as driver:
        found = driver.chromium.launch(
            executable_path=CHROMIUM, args=[*BROWSER_ARGS, "--host-resolver-rules=MAP canary.test 127.0.0.1"]
        )
        yield found
        found.close()


@pytest.fixture(params=[DESK, PHONE], ids=["desk", "phone"])
def page(request, browser, screen) -> Iterator:
    """The screen in a fresh browser context at both sizes. Nothing is asked of anybody else, nothing fails unseen, and nothing is
    wider than the window."""
    port, _ = screen
    context = browser.new_context(viewport=request.param, accept_downloads=True)
    found = context.new_page()
    found.set_default_timeout(60_000)
    found.asked, found.errors = [], []
    found.on("request", lambda r: found.asked.append(r.url))
    found.on("pageerror", lambda e: found.errors.append(str(e)))
    found.goto(f"http://127.0.0.1:{port}/")
    found.locator("#box textarea").wait_for()
    yield found
    own = (f"http://127.0.0.1:{port}/", "data:", f"blob:http://127.0.0.1:{port}/")
    assert [url for url in found.asked if not url.startswith(own)] == []
    assert found.errors == []
    assert found.evaluate("document.documentElement.scrollWidth") <= request.param["width"]
    assert found.evaluate("document.querySelector('.gradio-container').scrollLeft") == 0
    context.close()
