"""Steps that several journeys take, on a page as the fixture `page` opens it."""

import pytest

from tests.ui.conftest import DESK, ROOT

SENTINEL = "zebrafinch"
at_a_desk = pytest.mark.parametrize("page", [DESK], indirect=True, ids=["desk"])
"""For what does not depend on the size of the window."""


def send(page, text: str) -> None:
    page.locator("#box textarea").fill(text)
    page.locator("#box textarea").press("Enter")


def analyse(page, text: str) -> None:
    send(page, text)
    page.get_by_role("button", name="Looks right, analyse").click()
    page.locator("#session .evidence h3, #session .evidence.empty").first.wait_for()


def pick(page, turn: int) -> None:
    """A click on a turn, and the panel about it; the next click waits until the page has settled."""
    page.locator(f'#transcript .turn[data-turn="{turn}"] .name').click()
    page.locator("#evidence h3", has_text=f"Turn {turn} ·").wait_for()
    page.locator(f'#transcript .turn[data-turn="{turn}"].selected').wait_for()
    page.wait_for_timeout(300)


def drop(page, *files) -> None:
    """Files dropped into the box, and sent."""
    page.locator("#box input[type=file]").set_input_files(files)
    page.locator("#box .thumbnail-item").nth(len(files) - 1).wait_for()
    page.locator("#box .submit-button").click()


def picture(page, name: str) -> None:
    """A screenshot in test-artefacts/, by name and width."""
    folder = ROOT / "test-artefacts"
    folder.mkdir(exist_ok=True)
    page.screenshot(path=folder / f"journey-{name}-{page.viewport_size['width']}.png", full_page=True)


def files_with(sentinel: str, folder) -> list[str]:
    """Files below `folder` that hold the sentinel."""
    return [str(f) for f in folder.rglob("*") if f.is_file() and sentinel.encode() in f.read_bytes()]
