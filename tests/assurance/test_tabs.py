"""Many at one screen with slow parts: a place in the queue is told, Stop makes room for the next, tabs closed at work take no
time from those that stay, and what the server held of them goes. With `RUPTURE_ASSURANCE=1` twelve who wait, and fifty tabs.
"""

import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from rupture.ui.handlers import _AT_ONCE as AT_ONCE
from tests.assurance.failing_screen import SLOW
from tests.assurance.visitor import Visitor, free_port, wait_until_open
from tests.assurance.watched import ROOT
from tests.ui.standins import SESSION

pytestmark = pytest.mark.timeout(900)
THOROUGH = os.environ.get("RUPTURE_ASSURANCE") == "1"
WAITING = 12 if THOROUGH else 4
TABS = 50 if THOROUGH else 12


@pytest.fixture(scope="module")
def screen(tmp_path_factory):
    """(address, process, folder) of the real screen with parts that are slow when they are asked to be."""
    port, folder = free_port(), tmp_path_factory.mktemp("tabs")
    variables = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": str(folder), "TMPDIR": str(folder)}
    command = [sys.executable, "-m", "tests.assurance.failing_screen", str(port)]
    with subprocess.Popen(command, env=variables, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        assert wait_until_open(process, port)
        yield f"http://127.0.0.1:{port}", process, folder
        process.terminate()


def pasted(address, words=""):
    """A visitor whose session waits to be analysed."""
    visitor = Visitor(address)
    visitor.fire("box", "submit", {"text": f"{SESSION}\nClient: {words or 'Yes.'}", "files": []})
    return visitor


def analysed(address):
    visitor = pasted(address)
    assert '"success":true' in visitor.fire("analyse", "click", "[]", "")
    return visitor


def threads(process):
    return len(list(Path(f"/proc/{process.pid}/task").iterdir()))


def asking(visitor, word):
    return visitor.begin("box", "submit", {"text": f"{word} what could I say?", "files": []})


@pytest.mark.skipif(sys.platform != "linux", reason="threads are counted through /proc")
def test_who_waits_for_a_slow_model_is_told_their_place_and_stop_makes_room(screen, record_property):
    address, process, _ = screen
    visitors = [analysed(address) for _ in range(AT_ONCE + WAITING)]
    before, said = threads(process), {}
    begun = [asking(visitor, "endless-model" if number < AT_ONCE else "slow-model") for number, visitor in enumerate(visitors)]

    def listen(number):
        said[number] = visitors[number].hear(), time.monotonic()

    ears = [threading.Thread(target=listen, args=(number,)) for number in range(len(visitors))]
    for ear in ears:
        ear.start()
    time.sleep(SLOW / 2)
    stopped = time.monotonic()
    for visitor, event in zip(visitors[:AT_ONCE], begun, strict=False):
        visitor.stop(event)
    for ear in ears:
        ear.join()
    places = [int(place) for place in re.findall(r'"rank":(\d+)', "".join(words for words, _ in said.values()))]
    waited = max(when for _, when in said.values()) - stopped
    record_property("people", len(visitors))
    record_property("from Stop to the last answer of those who waited, s", round(waited, 1))
    record_property("threads before and after", f"{before} and {threads(process)}")
    assert max(places) == WAITING - 1
    assert [number for number, (words, _) in said.items() if '"success":true' not in words] == []
    # Two minutes are what those who were stopped had still to go.
    assert waited < 30 * SLOW
    # The server's pool has a thread for each that runs, that is stopped and that stops it, and no more.
    assert threads(process) <= before + 3 * AT_ONCE


def test_tabs_closed_at_work_hold_nobody_up_and_are_forgotten(screen, record_property):
    address, _, folder = screen

    def held():
        return int((folder / "tabs").read_text())

    before = held()
    tabs = [pasted(address, "slow-detector") for _ in range(TABS)]
    lines = [tab.stay() for tab in tabs]
    for tab in tabs:
        tab.begin("analyse", "click", "[]", "")
    lines += [tab.listen() for tab in tabs]
    time.sleep(1)
    assert held() == before + TABS
    for line in lines:
        line.close()
    closed = time.monotonic()
    analysed(address)
    waited = time.monotonic() - closed
    while held() > before + 1 and time.monotonic() < closed + 90:
        time.sleep(0.2)
    record_property("tabs", TABS)
    record_property("until the next person was served, s", round(waited, 1))
    assert held() == before + 1
    # Not that of all that was begun.
    assert waited < SLOW * TABS / 2
