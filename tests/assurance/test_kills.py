"""Killed at any moment, several at once, or stopped by a signal: what was kept is there, whole, and the next start needs no hand
work. (An eval run killed a hundred times: `tests/evaluation/test_killed_runs.py`. A screen killed at work:
`test_leaks.py`.)

With `RUPTURE_ASSURANCE=1` 200 kills of the index, 100 of each file that is kept, eight processes in 25 rounds and 50 stops.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from rupture.practice.store import FILE, kept
from rupture.resources import SAMPLES
from rupture.workspace import Workspace
from tests.assurance.orders import CHECKS, Ended, Writer

pytestmark = [
    pytest.mark.timeout(7200),
    pytest.mark.skipif(os.name != "posix", reason="needs fork and SIGKILL"),
]
THOROUGH = os.environ.get("RUPTURE_ASSURANCE") == "1"
RUPTURE = Path(sys.executable).with_name("rupture")
KILLS = {"index": 200 if THOROUGH else 5, **dict.fromkeys(("workspace", "practice", "batch", "users"), 100 if THOROUGH else 5)}
PROCESSES, ROUNDS = (8, 25) if THOROUGH else (3, 1)
STOPS = 50 if THOROUGH else 2
ENOUGH = {"index": 1, "users": 1000}
SAMPLE = SAMPLES / "sleep-diary.txt"


@pytest.fixture(scope="module")
def writer():
    found = Writer()
    yield found
    found.close()


@pytest.mark.parametrize("what", CHECKS)
def test_a_writer_killed_at_any_moment_loses_nothing_that_was_kept(what, writer, tmp_path, record_property):
    chance = random.Random(11)
    began = time.perf_counter()
    assert writer.order(what, tmp_path / "first", 1).code == 0
    whole = time.perf_counter() - began
    recovery, killed = [], 0
    while killed < KILLS[what]:
        folder = tmp_path / f"{len(recovery)}"
        # Half of the kills meet a folder where something is kept already; half of those of an index one that is damaged.
        if what == "index" and len(recovery) % 2:
            CHECKS[what](folder, Ended(0, (), {}))
            next((folder / "cache").rglob("*.bin")).write_bytes(b"")
        process = writer.begin(what, folder, ENOUGH.get(what, 100_000))
        time.sleep(chance.uniform(0, whole if what == "index" else 0.3))
        with suppress(ProcessLookupError):  # it was quicker
            os.kill(process, signal.SIGKILL)
        done = writer.end()
        killed += done.code == -signal.SIGKILL
        began = time.perf_counter()
        CHECKS[what](folder, done)
        recovery.append(time.perf_counter() - began)
    record_property("kills", killed)
    record_property("longest until sound again, s", round(max(recovery), 1))


def test_processes_that_start_together_on_an_empty_folder_lose_nothing(tmp_path, record_property):
    writers = [Writer() for _ in range(PROCESSES)]
    longest = 0.0
    for number in range(ROUNDS):
        folder = tmp_path / f"{number}"
        began = time.perf_counter()
        for what, count in (("index", 1), ("workspace", 3), ("practice", 3)):
            for writer in writers:
                writer.begin(what, folder, count)
            ended = [writer.end() for writer in writers]
            assert [done.code for done in ended] == [0] * PROCESSES, ended
            assert not any("noted" in done.said for done in ended), ended
        longest = max(longest, time.perf_counter() - began)
        CHECKS["index"](folder, Ended(0, (), {}))
        assert len(list((folder / "cache").iterdir())) == 1
        sessions = Workspace.open(folder / "data" / "workspace.sqlite").sessions_of("C07")
        assert [session.position for session in sessions] == list(range(1, 3 * PROCESSES + 1))
        assert not any(session.problem for session in sessions)
        found = kept(folder / "data" / FILE)
        assert (len(found.answers), found.damaged) == (3 * PROCESSES, ())
    for writer in writers:
        writer.close()
    record_property("rounds", ROUNDS)
    record_property("processes", PROCESSES)
    record_property("longest round, s", round(longest, 1))


def test_a_batch_that_is_stopped_ends_soon_and_goes_on_where_it_was(tmp_path, record_property):
    text = SAMPLE.read_text(encoding="utf-8")
    inputs = tmp_path / "inputs"
    inputs.mkdir()
    for number in range(12):
        (inputs / f"{number:02}.txt").write_text(text * (1 + number % 3), encoding="utf-8")
    chance, took = random.Random(3), []
    (temp := tmp_path / "temp").mkdir()
    variables = {**os.environ, "TMPDIR": str(temp), "PYTHONFAULTHANDLER": ""}
    for number in range(STOPS):
        out = tmp_path / f"{number}.jsonl"
        command = [str(RUPTURE), "batch", str(inputs), "--out", str(out)]
        process = subprocess.Popen(command, env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        while process.poll() is None and not (out.exists() and out.stat().st_size):
            time.sleep(0.05)
        time.sleep(chance.uniform(0, 0.5))
        process.send_signal(signal.SIGINT if number % 2 else signal.SIGTERM)
        began = time.perf_counter()
        _, error = process.communicate(timeout=30)
        took.append(time.perf_counter() - began)
        assert process.returncode in (0, 130, 143, -signal.SIGTERM), error
        assert "Traceback" not in error
        assert list(temp.iterdir()) == []
        if out.read_bytes().endswith(b"\n"):
            assert [json.loads(line)["id"] for line in out.read_text(encoding="utf-8").splitlines()]
    before = out.read_bytes()
    assert subprocess.run(command, env=variables, capture_output=True, timeout=240, check=False).returncode == 0
    assert out.read_bytes().startswith(before[: before.rfind(b"\n") + 1])
    assert len(out.read_bytes().splitlines()) == 12
    record_property("stops", STOPS)
    record_property("longest until it ended, s", round(max(took), 2))
