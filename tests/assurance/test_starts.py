"""From the order to the first answer: the real screen with its real models, without an index of the guidance, with one, and with
a damaged one. With `RUPTURE_ASSURANCE=1` all three; else the first.
"""

import os
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest

from tests.assurance.visitor import Visitor, free_port, wait_until_open
from tests.assurance.watched import ROOT
from tests.ui.standins import SESSION

pytestmark = pytest.mark.timeout(600)
STATES = ("empty", "warm", "damaged") if os.environ.get("RUPTURE_ASSURANCE") == "1" else ("empty",)


@contextmanager
def started(folder):
    """(address, when it was ordered) of the screen of a user who lives in `folder`."""
    port = free_port()
    own = {"HOME": folder, "TMPDIR": folder, "RUPTURE_DATA": folder / "data", "RUPTURE_CACHE": folder / "cache"}
    variables = {"PATH": os.environ["PATH"], "PORT": str(port), **{name: str(path) for name, path in own.items()}}
    ordered = time.monotonic()
    command = [sys.executable, str(ROOT / "app.py")]
    with subprocess.Popen(command, env=variables, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            assert wait_until_open(process, port)
            yield f"http://127.0.0.1:{port}", ordered
        finally:
            process.terminate()


@pytest.mark.parametrize("state", STATES)
def test_the_first_question_is_answered_whatever_the_index_is(state, tmp_path, record_property):
    if state != "empty":
        with started(tmp_path) as (address, _):
            Visitor(address).read(SESSION, "What could I say?")
    if state == "damaged":
        for file in (path for path in (tmp_path / "cache").rglob("*") if path.is_file()):
            file.write_bytes(b"\xff" * file.stat().st_size)
    with started(tmp_path) as (address, ordered):
        visitor = Visitor(address)
        page = time.monotonic() - ordered
        said = visitor.read(SESSION, "What could I say?")
        answered = time.monotonic() - ordered
    record_property("page, s", round(page, 1))
    record_property("session read and question answered, s", round(answered, 1))
    assert said.count('"msg":"process_completed"') == 3
    assert '"success":false' not in said
    assert "whatever you think" in said
