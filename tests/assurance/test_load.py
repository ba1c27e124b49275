"""More than one should give it: long sessions, texts over the limit, more people at once than may wait. The work grows with the
text and no faster, the excess is refused in words, and the next person is served as before. (Twenty people at once:
`bench/people.py`.)

With `RUPTURE_ASSURANCE=1` sessions up to a megabyte, and a burst of two hundred.
"""

import http.client
import os
import subprocess
import sys
import threading
import time
import urllib.error
from contextlib import suppress
from pathlib import Path

import pytest

from rupture.build import build_reading
from rupture.errors import UnreadableTranscript
from rupture.formats import read
from rupture.formats.cleaning import MAX_TEXT
from rupture.privacy.hardening import MAX_REQUEST_BYTES, MAX_WAITING
from rupture.resources import SAMPLES
from tests.assurance.visitor import Visitor, free_port, wait_until_open
from tests.assurance.watched import ROOT

pytestmark = pytest.mark.timeout(3600)
THOROUGH = os.environ.get("RUPTURE_ASSURANCE") == "1"
SIZES = (2_000, 50_000, 250_000, 1_000_000) if THOROUGH else (2_000, 20_000)
PEOPLE = 200 if THOROUGH else MAX_WAITING + 30
SAMPLE = (SAMPLES / "sleep-diary.txt").read_text(encoding="utf-8")


def session(characters: int) -> str:
    """The sample again and again, no two turns alike."""
    lines = [line for line in SAMPLE.splitlines() if ":" in line]
    told, length = [], 0
    while length < characters:
        told.append(f"{lines[len(told) % len(lines)]} That was {len(told)}.")
        length += len(told[-1]) + 1
    return "\n".join(told)


@pytest.fixture(scope="module")
def analyse():
    return build_reading()[0]


@pytest.mark.parametrize("size", SIZES)
def test_a_session_of_any_length_is_read_whole(size, analyse, record_property):
    transcript = read(session(size)).transcript
    began = time.perf_counter()
    analysis = analyse(transcript)
    record_property("kB", size // 1000)
    record_property("turns", len(transcript.turns))
    record_property("s", round(time.perf_counter() - began, 1))
    assert len(analysis.scores) == len(transcript.turns)
    assert analysis.state != "not_analysed"


@pytest.mark.parametrize("megabytes", [3, 5, 50] if THOROUGH else [3, 5])
def test_a_text_over_the_limit_is_refused_with_the_limit(megabytes):
    with pytest.raises(UnreadableTranscript, match=f"{MAX_TEXT:,}"):
        read("T: a\nC: b\n" * (megabytes * 100_000))


@pytest.fixture(scope="module")
def screen(tmp_path_factory):
    """(address, process) of the real screen with the parts of `failing_screen.py`, which take no time."""
    port = free_port()
    folder = tmp_path_factory.mktemp("load")
    variables = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": str(folder), "TMPDIR": str(folder)}
    command = [sys.executable, "-m", "tests.assurance.failing_screen", str(port)]
    with subprocess.Popen(command, env=variables, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        assert wait_until_open(process, port)
        yield f"http://127.0.0.1:{port}", process
        process.terminate()


def peak(process: subprocess.Popen) -> int:
    """Most resident megabytes so far; 0 where the system does not say."""
    status = Path(f"/proc/{process.pid}/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM")), 0)


def paste(visitor: Visitor, text: str) -> str:
    return visitor.fire("box", "submit", {"text": text, "files": []})


@pytest.mark.parametrize("megabytes", [3, 5, 50] if THOROUGH else [3, 5])
def test_a_request_over_the_limit_is_refused_with_the_limit(megabytes, screen, record_property):
    address, process = screen
    before = peak(process)
    began = time.perf_counter()
    asking = http.client.HTTPConnection(address.removeprefix("http://"), timeout=60)
    with suppress(OSError):  # the server hangs up on what it does not read
        asking.request("POST", "/gradio_api/queue/join", b"x" * (megabytes * 1_000_000), {"Content-Type": "application/json"})
    refused = asking.getresponse()
    assert refused.status == 413
    assert f"{MAX_REQUEST_BYTES:,}" in refused.read().decode()
    asking.close()
    record_property("MB", megabytes)
    record_property("s", round(time.perf_counter() - began, 2))
    record_property("more memory, MB", peak(process) - before)
    assert '"success":true' in paste(Visitor(address), SAMPLE)


def test_more_people_than_may_wait_are_told_so_and_the_rest_are_served(screen, record_property):
    address, process = screen
    before, said = peak(process), {}
    text = session(900_000 if THOROUGH else 30_000)
    visitors = [Visitor(address) for _ in range(PEOPLE)]
    together = threading.Barrier(PEOPLE)

    def use(number: int) -> None:
        together.wait()
        began = time.perf_counter()
        try:
            outcome = "served" if '"success":true' in paste(visitors[number], text) else "failed"
        except urllib.error.HTTPError as error:
            outcome = "full" if error.code == 503 and b"full" in error.read() else f"status {error.code}"
        except (OSError, ValueError) as error:
            outcome = type(error).__name__
        said[number] = (outcome, time.perf_counter() - began)

    people = [threading.Thread(target=use, args=(number,)) for number in range(PEOPLE)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    outcomes = [outcome for outcome, _ in said.values()]
    refused = [seconds for outcome, seconds in said.values() if outcome == "full"]
    record_property("people", PEOPLE)
    record_property("served", outcomes.count("served"))
    record_property("refused as full", len(refused))
    record_property("longest refusal, s", round(max(refused, default=0), 1))
    record_property("longest answer, s", round(max(seconds for _, seconds in said.values()), 1))
    record_property("more memory, MB", peak(process) - before)
    assert set(outcomes) <= {"served", "full"}, outcomes
    assert outcomes.count("served") >= MAX_WAITING // 2
    assert '"success":true' in paste(Visitor(address), SAMPLE)
