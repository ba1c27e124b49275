"""The screen by keyboard, for screen readers, in both colours and at twice the size: axe-core in a real browser at every step."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.ui.conftest import DESK, PHONE
from tests.ui.journey import send
from tests.ui.standins import SESSION


def problems(page) -> list[str]:
    """Serious and critical violations, by rule with the places where they stand."""
    found = Axe().run(page).response["violations"]
    return [
        f"{rule['id']}: {[node['target'] for node in rule['nodes']][:4]}"
        for rule in found
        if rule["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_no_serious_violation_at_any_step(browser, screen, size, colours):
    page = browser.new_page(viewport=size, reduced_motion="reduce")
    page.goto(f"http://127.0.0.1:{screen[0]}/?__theme={colours}")
    page.locator("#box textarea").wait_for()
    found = {"start": problems(page)}
    send(page, f"Anything?\n\nA stray line.\n\n{SESSION}")
    page.get_by_role("button", name="Looks right, analyse").wait_for()
    found["speakers"] = problems(page)
    page.get_by_role("button", name="Looks right, analyse").click()
    page.locator("#evidence h3").wait_for()
    page.locator("#chat .bot").first.wait_for()
    page.locator("#timeline .js-plotly-plot").wait_for()
    found["session"] = problems(page)
    page.get_by_role("button", name="I agree").click()
    page.locator("#evidence", has_text="You agree.").wait_for()
    page.locator("#evidence details.source summary").first.click()
    found["moment"] = problems(page)
    page.get_by_role("tab", name="About").click()
    page.locator("#about h2").first.wait_for()
    found["about"] = problems(page)
    page.get_by_role("tab", name="Practice").click()
    page.locator("#practice-begin").hover()
    found["under the pointer"] = problems(page)
    page.locator("#practice-begin").click()
    page.locator(".coding:focus").wait_for()
    page.keyboard.press("w")
    page.keyboard.press("5")
    page.locator('[data-code="W5"][aria-pressed="true"]').wait_for()
    found["practice"] = problems(page)
    page.get_by_role("button", name="Stop here and compare").click()
    page.locator(".feedback").wait_for()
    found["feedback"] = problems(page)
    page.get_by_role("tab", name="Over time").click()
    page.get_by_role("button", name="Keep sessions on this computer").wait_for()
    found["over time"] = problems(page)
    page.close()
    assert {step: rules for step, rules in found.items() if rules} == {}


def test_everything_from_paste_to_a_corrected_moment_goes_by_keyboard(browser, screen):
    page = browser.new_page(viewport=DESK)
    page.goto(f"http://127.0.0.1:{screen[0]}/")
    page.locator("#box textarea").focus()
    page.keyboard.insert_text(SESSION)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Looks right, analyse").wait_for()
    tab_to(page, "Looks right, analyse")
    page.keyboard.press("Enter")
    page.locator("#evidence h3", has_text="Turn 3").wait_for()
    page.wait_for_timeout(500)
    tab_to(page, "objects to the tasks", within="#transcript")
    page.keyboard.press("Enter")
    page.locator("#evidence h3", has_text="Turn 7").wait_for()
    tab_to(page, "Not a rupture")
    page.keyboard.press("Enter")
    page.locator("#evidence", has_text="it is set aside").wait_for()
    page.close()


def tab_to(page, words: str, within: str = "body") -> None:
    """Tab until a button that says `words` has the focus."""
    for _ in range(120):
        page.keyboard.press("Tab")
        at = page.evaluate("within => document.activeElement.closest(`${within} button`)?.innerText ?? ''", within)
        if words in at:
            return
    raise AssertionError(f"{words!r} was never reached by keyboard")


def test_twice_the_size_needs_no_sideways_scrolling(browser, screen):
    page = browser.new_page(viewport={"width": DESK["width"] // 2, "height": DESK["height"] // 2}, device_scale_factor=2)
    page.goto(f"http://127.0.0.1:{screen[0]}/")
    page.get_by_role("button", name="Sleep diary").click()
    page.locator("#evidence h3").wait_for()
    for tab in ("Session", "Practice", "Over time", "About"):
        page.get_by_role("tab", name=tab).click()
        assert page.evaluate("document.documentElement.scrollWidth") <= DESK["width"] // 2
        assert page.evaluate("document.querySelector('.gradio-container').scrollLeft") == 0
    page.close()
