"""The server as a process, with workers that do as they are told: who is refused, who is forgotten, how it stops, what it
says."""

import contextlib
import json
import os
import signal
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.assurance.searching import hits, holds
from tests.serving.conftest import OBEDIENT

WORD = "schnabeltierömelette"


@pytest.fixture
def ask_beside():
    """Asks without waiting for the answer."""
    with ThreadPoolExecutor(16) as pool:
        yield pool.submit


def alive(pid):
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False


def ended(pid, seconds=10):
    deadline = time.monotonic() + seconds
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not alive(pid)


def test_who_comes_when_the_line_is_full_is_refused_and_the_others_are_served(start, ask_beside):
    server = start(waiting=2).ready()
    at_work = ask_beside(server.analyse, "sleep 2")
    server.counted("rupture_waited_seconds_count")
    waiting = [ask_beside(server.analyse, "now") for _ in range(2)]
    server.counted("rupture_waiting", 2)
    refused = server.analyse("now")
    assert refused.status == 429
    assert 1 <= int(refused.headers["retry-after"]) <= 120
    assert f"{refused.headers['retry-after']} seconds" in refused.data["detail"]
    assert refused.headers["content-type"] == "application/problem+json"
    assert [answer.result().status for answer in (at_work, *waiting)] == [200, 200, 200]
    assert server.analyse("now").status == 200


def test_nobody_waits_behind_a_long_session_while_a_worker_is_idle(start, ask_beside):
    server = start(workers=2).ready()
    server.counted("rupture_workers", 2)
    long = ask_beside(server.analyse, "sleep 2.5")
    server.counted("rupture_waited_seconds_count")
    short = [server.analyse("now").data["notes"] for _ in range(5)]
    assert not long.done()
    assert len({pid for pid, _ in short}) == 1
    assert long.result().data["notes"][0] != short[0][0]
    # Cores are shared out between the workers.
    assert int(short[0][1]) == max(1, len(os.sched_getaffinity(0)) // 2)


def test_nothing_is_analysed_for_somebody_who_went_away(start, ask_beside):
    server = start().ready()
    at_work = ask_beside(server.analyse, "sleep 2")
    server.counted("rupture_waited_seconds_count")
    body = json.dumps({"text": "T: die\nC: I see."}).encode()
    host, _, port = server.address.partition(":")
    with socket.create_connection((host, int(port))) as line:
        head = (
            f"POST /v1/analyses HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        line.sendall(head.encode() + body)
        server.counted("rupture_waiting")
    server.counted("rupture_abandoned_total")
    assert server.numbers()["rupture_waiting"] == 0
    assert at_work.result().status == server.analyse("now").status == 200
    assert server.numbers()["rupture_workers_lost_total"] == 0


def test_a_worker_that_ends_costs_its_own_session_only(start, ask_beside):
    server = start().ready()
    first = server.analyse("now").data["notes"][0]
    asked = [ask_beside(server.analyse, "die"), ask_beside(server.analyse, "sleep 0.1")]
    lost, served = (answer.result() for answer in asked)
    assert (lost.status, served.status) in ((500, 200), (500, 503))
    assert "memory" in lost.data["detail"]
    assert server.ready().analyse("now").data["notes"][0] != first
    # One that ends while it has nothing to do is noticed too, and nobody's session is lost to it.
    os.kill(int(server.analyse("now").data["notes"][0]), signal.SIGKILL)
    server.counted("rupture_workers_lost_total", 2)
    assert server.ready().analyse("now").status == 200


def test_told_to_stop_it_ends_what_it_has_and_sends_the_others_away(start, ask_beside):
    server = start().ready()
    pid = int(server.analyse("now").data["notes"][0])
    at_work = ask_beside(server.analyse, "sleep 1.5")
    server.counted("rupture_waited_seconds_count", 2)
    waiting = ask_beside(server.analyse, "now")
    server.counted("rupture_waiting")
    # As when a service is stopped: every process is told.
    os.kill(pid, signal.SIGTERM)
    os.kill(pid, signal.SIGINT)
    assert server.stop() == 143
    assert at_work.result().status == 200
    assert waiting.result().status == 503
    assert "retry-after" in waiting.result().headers
    assert ended(pid)


def test_a_worker_does_not_outlive_a_server_that_was_killed(start):
    server = start().ready()
    pid = int(server.analyse("now").data["notes"][0])
    server.stop(signal.SIGKILL)
    assert ended(pid)


@pytest.mark.skipif(not Path("/proc").exists(), reason="other systems do not tell the limits of a process")
def test_a_server_that_crashes_leaves_no_image_of_its_memory(start):
    server = start().ready()
    (line,) = [found for found in Path(f"/proc/{server.process.pid}/limits").read_text().splitlines() if "core" in found]
    assert line.split()[4:6] == ["0", "0"]


def test_without_models_it_ends_and_says_what_to_do(start):
    server = start(command=(*OBEDIENT, "damaged"))
    assert server.process.wait(30) != 0
    assert "model.onnx: is damaged. Reinstall rupture." in server.said


def test_no_word_of_a_session_is_logged_counted_kept_or_said_of_an_error(start, tmp_path):
    server = start().ready()
    answered = server.analyse(WORD, id=WORD)
    sent = [
        {"id": 3, "turns": [{"role": WORD, "text": [WORD]}]},
        {"turns": [{WORD: WORD, "text": WORD}]},
        {"turns": WORD},
        {"id": {WORD: WORD}, "text": 3},
        {"text": f"T: {WORD} cry\nC: {WORD}"},
        {"text": f"T: {WORD} die\nC: {WORD}"},
        f'{{"text": "{WORD}'.encode(),
        f'"{WORD}"'.encode("utf-16"),
        WORD.encode(),
    ]
    refused = [server.ready().ask("/v1/analyses", data) for data in sent]
    lost = server.ask(f"/{'schnabeltier'}")
    refused += [server.ask("/v1/analyses", b"x", Authorization=f"Bearer {WORD}".encode("latin-1")), lost]
    numbers = server.ready().ask("/metrics").body
    server.stop()
    assert {answer.status for answer in refused} == {400, 404, 422, 500}
    assert all(set(answer.data) == {"title", "status", "detail"} for answer in refused)
    # The control: an answer to a session that is read holds its words, and the errors were logged.
    assert holds(answered.body, WORD)
    assert "ValueError at obedient.py" in server.said
    for place in (*(answer.body for answer in refused), numbers, server.said.encode()):
        assert not holds(place, "schnabeltier")
        assert not holds(place, "cried over")
    assert hits(tmp_path, "schnabeltier") == []
