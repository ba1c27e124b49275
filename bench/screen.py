"""The real screen with a session of 3,000 turns, in Chromium: how long until findings are seen, and how long a step, a pick and a
filter take. Writes bench/screen.md.
"""

import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

from playwright.sync_api import Page, sync_playwright

from bench import ROOT, long_session, timed, wait_for_page
from rupture.build import build_assistant

TURNS = 3000
PORT = 7898
URL = f"http://127.0.0.1:{PORT}"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
# As a paste does it; the driver's own way of typing takes minutes over a text of this length.
PASTED = """(box, text) => { box.value = text; box.dispatchEvent(new Event('input', { bubbles: true })); }"""
# Milliseconds from a click or a change until the browser has drawn what came of it.
DRAWN = """([selector, event, value]) => new Promise((done) => {
  const control = document.querySelector(selector), start = performance.now();
  if (value !== null) control.value = value;
  if (event === 'click') control.click(); else control.dispatchEvent(new Event(event, { bubbles: true }));
  requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - start)));
})"""
# Milliseconds from a click on a turn until the panel is about it.
PANEL = """(turn) => new Promise((done) => {
  const start = performance.now();
  const look = () => document.querySelector('#evidence [data-selected]')?.dataset.selected === String(turn)
    ? requestAnimationFrame(() => done(performance.now() - start)) : setTimeout(look, 5);
  document.querySelector(`#transcript .turn[data-turn="${turn}"]`).click();
  look();
})"""


def rows(page: Page) -> list[tuple[str, str]]:
    """(what, measured)."""
    session = long_session(TURNS)
    assistant = build_assistant(None)
    alone = timed(lambda: assistant.suggest(assistant.analyse(session)), 2)
    page.goto(URL)
    page.locator("#box textarea").evaluate(PASTED, "\n".join(f"{turn.speaker}: {turn.text}" for turn in session.turns))
    page.locator("#box textarea").press("Enter")
    page.get_by_role("button", name="Looks right, analyse").click(timeout=120_000)
    start = time.perf_counter()
    page.locator("#evidence h3").wait_for(timeout=300_000)
    seen = time.perf_counter() - start
    page.locator("#chat strong", has_text="You could try").first.wait_for(timeout=120_000)
    page.wait_for_timeout(3000)
    turns = iter(range(100, TURNS, 97))
    return [
        ("analysis alone, in one process", f"{statistics.median(alone):.1f} s"),
        ("from the click until findings are seen", f"{seen:.1f} s"),
        ("  after the analysis", f"{seen - statistics.median(alone):.1f} s"),
        ("a filter, until it is drawn", milliseconds(lambda: page.evaluate(DRAWN, ["[data-filter=sure]", "change", "0.6"]))),
        ("only these, until it is drawn", milliseconds(lambda: page.evaluate(DRAWN, ["[data-filter=only]", "click", None]))),
        ("the next moment, until it is drawn", milliseconds(lambda: page.evaluate(DRAWN, ['[data-step="1"]', "click", None]))),
        ("a turn, until the panel is about it", milliseconds(lambda: page.evaluate(PANEL, next(turns)))),
    ]


def milliseconds(action: Callable[[], float]) -> str:
    """Median and largest of seven."""
    found = [action() for _ in range(7)]
    return f"{statistics.median(found):.0f} ms (at most {max(found):.0f})"


def main() -> None:
    """Prints the table and writes it."""
    server = subprocess.Popen(
        [sys.executable, "app.py"], cwd=ROOT, env={**os.environ, "PORT": str(PORT)}, stdout=subprocess.DEVNULL
    )
    try:
        wait_for_page(URL, time.perf_counter())
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
            found = rows(browser.new_page(viewport={"width": 1440, "height": 900}))
            browser.close()
    finally:
        server.terminate()
        server.wait()
    table = "\n".join(f"| {what} | {measured} |" for what, measured in found)
    text = (
        f"# A session of {TURNS:,} turns on the screen\n\nBy `bench/screen.py`, Chromium without a GPU and the server on the "
        f"same {os.cpu_count()} cores. Aims: findings within 3 s after the analysis, interaction within 200 ms.\n\n"
        f"| what | measured |\n|---|---|\n{table}\n"
    )
    (ROOT / "bench" / "screen.md").write_text(text, encoding="utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
