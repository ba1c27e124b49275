"""A run killed a hundred times at random moments, by SIGKILL and by Ctrl-C, ends with the files of one that nothing disturbed."""

import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rupture.evaluation.runs import ERRORS, LOCK, PREDICTIONS, RUN

ROOT = Path(__file__).resolve().parents[2]
KILLS, ITEMS = 100, 200
CHILD = f"""
import signal, sys, time
from pathlib import Path

sys.path.insert(0, {str(ROOT)!r})
from rupture.evaluation.runs import Plan, run

# A shell that starts tests in the background has children ignore Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)


def answer(number):
    time.sleep(0.001)
    if number % 17 == 3:
        raise ValueError
    return {{"value": number**2, "filled": "x" * (number * 37 % 5000)}}


plan, items = Plan("kills", {{"model": "m"}}), {{f"item-{{number:03}}": number for number in range({ITEMS})}}
print("ready", flush=True)
run(Path(sys.argv[1]), plan, items, answer, retry_errors=sys.argv[2] == "retry")
"""


def start(folder, retry=False):
    """The child, about to begin; without site packages, so that it starts in a moment."""
    command = [sys.executable, "-S", "-c", CHILD, str(folder), "retry" if retry else "leave"]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert child.stdout.readline() == b"ready\n"
    return child


def finished(child):
    child.stdout.close()
    return child.wait(timeout=60)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_run_killed_a_hundred_times_ends_with_the_same_files(tmp_path):
    assert finished(start(tmp_path / "whole")) == 0
    whole = {name: (tmp_path / "whole" / name).read_bytes() for name in (PREDICTIONS, ERRORS)}
    assert len(whole[PREDICTIONS].splitlines()) == 188
    assert len(whole[ERRORS].splitlines()) == 12
    chance = random.Random(7)
    kills = rounds = 0
    while kills < KILLS:
        rounds += 1
        folder = tmp_path / f"killed-{rounds}"
        ended = None
        while ended != 0:
            child = start(folder, retry=chance.random() < 0.3)
            if kills < KILLS:
                time.sleep(chance.uniform(0, 0.03))
                kills += child.poll() is None
                child.send_signal(chance.choice([signal.SIGKILL, signal.SIGINT]))
            ended = finished(child)
            assert ended in (0, -signal.SIGKILL, -signal.SIGINT)
        assert {name: (folder / name).read_bytes() for name in whole} == whole
        assert {path.name for path in folder.iterdir()} == {LOCK, RUN, PREDICTIONS, ERRORS}
        assert json.loads((folder / RUN).read_text())["ended"]
    assert kills == KILLS
