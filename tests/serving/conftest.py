"""The server in a process of its own, and sessions to send to it."""

import contextlib
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OBEDIENT = (sys.executable, "-m", "tests.serving.obedient")
# A proxy that the environment names is for the program under test, never for the test.
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True)
class Answer:
    """What the server sent; names of headers in lower case."""

    status: int
    headers: dict
    body: bytes

    @property
    def data(self):
        return json.loads(self.body)


def answered(status, answer):
    return Answer(status, {name.lower(): value for name, value in answer.headers.items()}, answer.read())


class Server:
    """`rupture serve` with `options` of tests/serving/start.py; what it says goes to `log`."""

    def __init__(self, folder, **options):
        self._log = folder / "said"
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.serving.start", json.dumps({"port": 0, **options})],
                cwd=ROOT,
                env={**os.environ, "TMPDIR": str(folder)},
                stdout=log,
                stderr=log,
            )
        self.address = self._until(lambda: self.said.partition("http://")[2].partition(" ")[0])

    @property
    def said(self):
        return self._log.read_text()

    def _until(self, holds, seconds=60):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self.process.poll() is None:
            with contextlib.suppress(urllib.error.URLError):  # it says where it will be before it listens
                if found := holds():
                    return found
            time.sleep(0.02)
        raise AssertionError(self.said[-2000:])

    def ready(self):
        self._until(lambda: self.ask("/health/ready").status == 200)
        return self

    def counted(self, name, least=1):
        """Waits until the number called `name` is at least `least`."""
        lines = self._until(lambda: [n for n in [self.numbers().get(name, 0)] if n >= least])
        return lines[0]

    def numbers(self):
        lines = self.ask("/metrics").body.decode().splitlines()
        return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines if not line.startswith("#")}

    def ask(self, path, data=None, **headers):
        body = data if isinstance(data, bytes | None) else json.dumps(data).encode()
        request = urllib.request.Request(f"http://{self.address}{path}", body, {"Content-Type": "application/json", **headers})
        try:
            with _direct.open(request, timeout=240) as answer:
                return answered(answer.status, answer)
        except urllib.error.HTTPError as error:
            with error:
                return answered(error.code, error)

    def analyse(self, words, id="s"):
        """Sends a session whose therapist says `words`."""
        return self.ask("/v1/analyses", {"id": id, "text": f"T: {words}\nC: I see."})

    def stop(self, signal=15):
        self.process.send_signal(signal)
        return self.process.wait(20)


@pytest.fixture(scope="session", autouse=True)
def _installed():
    pytest.importorskip("prometheus_client", reason="the extra serve is not installed")


@pytest.fixture
def start(tmp_path):
    """Starts servers, each with options; all are gone at the end."""
    servers = []

    def started(**options):
        servers.append(Server(tmp_path, **{"command": OBEDIENT, **options}))
        return servers[-1]

    yield started
    for server in servers:
        if server.process.poll() is None:
            server.stop()
