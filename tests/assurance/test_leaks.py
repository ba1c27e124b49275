"""Words of a session are where the user put them and nowhere else: not in what a program says beside its answer, not in logs, not
in any folder, after good runs, errors of every kind and a kill. (In the browser: `tests/ui/test_journeys.py`,
`test_more_journeys.py`.)

With `RUPTURE_ASSURANCE=1` the screen is killed at twenty moments instead of two.
"""

import base64
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.error
from pathlib import Path

import pytest

from rupture.build import cache_folder
from tests.assurance.failing_screen import CRY, PARTS
from tests.assurance.searching import hits, holds
from tests.assurance.visitor import Visitor, free_port, wait_until_open
from tests.assurance.watched import ROOT

pytestmark = pytest.mark.timeout(1200)
RUPTURE = Path(sys.executable).with_name("rupture")
KILLS = 20 if os.environ.get("RUPTURE_ASSURANCE") == "1" else 2
WORD = "schnabeltierömelette"
"""In no file of ours; one letter looks different in each way to write it down."""
SESSION = f"""\
Therapist: How was the week with the sleep diary?
Client: It was fine, I suppose. We had {WORD} again.
Therapist: I wonder whether the exercise helped you notice anything.
Client: Sure, whatever you think is best. You're the expert.
Therapist: It sounds as though part of you may be unsure about it.
Client: Honestly this diary is pointless and you are not listening to me.
Therapist: You are right, I have been pushing it without asking you.
Client: Well, a bit like school. I do not like being marked.
"""
# Each fails for a reason of its own; what fails is set aside by a batch.
BAD = {
    "binary.txt": b"\x00\x01\x02" + WORD.encode() * 40 + b"\x00",
    "broken.json": f'{{"turns": [{{"role": "client", "text": "{WORD}"'.encode(),
    "captions.vtt": f"WEBVTT\n\n00:00 --> {WORD}\n{WORD}\n".encode(),
    "columns.csv": f"when;{WORD}\n1;{WORD}\n".encode(),
    "latin.srt": f"1\n00:00:01,000 --> 00:00\n{WORD}\n".encode("latin-1"),
    "lines.jsonl": f'{{"id": "x", "turns": "{WORD}"}}\n{{"{WORD}": 1}}\n'.encode(),
    "prose.txt": f"{WORD} was all that was ever said about it, in one paragraph without anybody speaking.\n".encode(),
    "roles.json": json.dumps({"turns": [{"role": WORD, "text": WORD}] * 8}).encode(),
}
LOUD = {"GRADIO_DEBUG": "1", "LANGCHAIN_VERBOSE": "true", "OPENAI_LOG": "debug", "PYTHONFAULTHANDLER": "1", "RUST_LOG": "trace"}


@pytest.fixture
def place(tmp_path):
    """(folder that is searched, variables of a user who lives there); what the user gives lies beside it."""
    folder = tmp_path / "home"
    for name in ("temp", "data", "cache", "work"):
        (folder / name).mkdir(parents=True)
    if cache_folder().is_dir():
        shutil.copytree(cache_folder(), folder / "cache", dirs_exist_ok=True)
    own = {"HOME": folder, "TMPDIR": folder / "temp", "RUPTURE_DATA": folder / "data", "RUPTURE_CACHE": folder / "cache"}
    return folder, {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        **LOUD,
        **{name: str(path) for name, path in own.items()},
    }


@pytest.fixture
def given(tmp_path):
    """What the user gives: a session and eight files that cannot be read as one."""
    folder = tmp_path / "given"
    (folder / "bad").mkdir(parents=True)
    (folder / "session.txt").write_text(SESSION, encoding="utf-8")
    for name, data in BAD.items():
        (folder / "bad" / name).write_bytes(data)
    return folder


def rupture(place, *arguments):
    folder, variables = place
    return subprocess.run(
        [RUPTURE, *arguments],
        env=variables,
        cwd=folder / "work",
        capture_output=True,
        timeout=240,
        check=False,
    )


class Screen:
    """A screen in a process of its own, and what it says on either output."""

    def __init__(self, place, command):
        folder, variables = place
        port = free_port()
        self._log = folder.parent / "said"
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [*command, str(port)], env={**variables, "PORT": str(port)}, cwd=folder / "work", stdout=log, stderr=log
            )
        assert wait_until_open(self.process, port), self.said.decode()[-2000:]
        self.visitor = Visitor(f"http://127.0.0.1:{port}")

    @property
    def said(self):
        return self._log.read_bytes()

    def end(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        self.process.wait(30)


def test_the_search_finds_words_in_every_form(tmp_path):
    planted = {
        "plain": f"so {WORD}.".encode(),
        "wide": f"so {WORD}.".encode("utf-16"),
        "json": json.dumps({"text": f"so {WORD}."}).encode(),
        "shown": repr(f"so {WORD}.".encode()).encode(),
        **{f"base64-{n}": base64.b64encode(b"x" * n + f"{WORD} and more".encode()) for n in range(3)},
    }
    for name, data in planted.items():
        (tmp_path / name).write_bytes(b"\x00" * 5000 + data + b"\x00" * 5000)
    (tmp_path / "other").write_bytes(b"schnabeltier")
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / f"{WORD}.txt").touch()
    assert hits(tmp_path, WORD) == sorted([*planted, f"deep/{WORD}.txt"])


def test_commands_leave_words_only_in_the_file_that_was_asked_for(place, given):
    out = place[0] / "work" / "analyses.jsonl"
    bad = [str(given / "bad" / name) for name in BAD]
    done = rupture(place, "batch", str(given / "session.txt"), *bad, "--out", str(out))
    assert done.returncode == 3, done.stderr.decode()
    set_aside = [json.loads(line) for line in out.with_suffix(".errors.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(set_aside) >= 3
    assert not holds(done.stdout + done.stderr, WORD)
    asked = rupture(place, "ask", "what could I have said there?", "--transcript", str(given / "session.txt"))
    assert asked.returncode == 0, asked.stderr.decode()
    assert not holds(asked.stderr, WORD)
    # The answer that was asked for is the control: there the search finds the word.
    assert hits(place[0], WORD) == ["work/analyses.jsonl"]


@pytest.mark.parametrize("name", ["broken.json", "columns.csv"])
def test_an_error_names_the_file_and_not_its_words(place, given, name):
    done = rupture(place, "analyze", str(given / "bad" / name), "--json")
    assert done.returncode == 2
    assert not holds(done.stdout + done.stderr, WORD)
    assert b"Traceback" not in done.stderr
    assert hits(place[0], WORD) == []


def sent(visitor, component, event, *values, data=None):
    """What came back, also where the server refused."""
    try:
        return visitor.fire(component, event, *values, data=data)
    except urllib.error.HTTPError as error:
        return error.read().decode()


def box(text):
    return {"text": text, "files": []}


def test_no_error_on_the_screen_says_what_it_was_about(place):
    screen = Screen(place, [sys.executable, "-m", "tests.assurance.failing_screen"])
    visitor = screen.visitor
    answers = []
    for part in PARTS:
        visitor.fire("box", "submit", box(SESSION + (f"Client: break-{part}\n" if part in ("detector", "care") else "")))
        answers.append(sent(visitor, "analyse", "click", "[]", ""))
        answers.append(sent(visitor, "box", "submit", box(f"What could I say about {WORD} at turn 3? break-{part}")))
        assert any("Something went wrong" in answer or "could not" in answer for answer in answers[-2:]), part
    visitor.fire("box", "submit", box(SESSION))
    shown = sent(visitor, "analyse", "click", WORD, "")
    visitor.fire("box", "submit", box(SESSION))
    shown += sent(visitor, "analyse", "click", "[]", "")
    broken = [
        sent(visitor, "box", "submit", WORD),
        sent(visitor, "box", "submit", {"text": [WORD], "files": WORD}),
        sent(visitor, "box", "submit", {"text": "", "files": [{"path": f"/{WORD}", "meta": {"_type": "gradio.FileData"}}]}),
        sent(visitor, "transcript", "select", data={"turn": WORD}),
        sent(visitor, "transcript", "select", data={WORD: 1}),
        sent(visitor, "evidence", "apply", data={"turn": 3, "verdict": WORD, "codes": [WORD]}),
        sent(visitor, "take-away", "download", data={"save": f"report:{WORD}", "mask": False}),
    ]
    screen.end()
    # The control: the session was there, and its parts did cry out.
    assert holds(shown.encode(), WORD)
    assert b"error" in screen.said
    assert not holds("".join([*answers, *broken]).encode(), CRY)
    assert not holds(screen.said, CRY)
    assert not holds(screen.said, WORD)
    assert hits(place[0], WORD) == []


def test_a_screen_that_is_stopped_or_killed_at_work_leaves_no_word(place):
    for number in range(KILLS):
        screen = Screen(place, [sys.executable, str(ROOT / "app.py")])
        screen.visitor.fire("box", "submit", box(SESSION * (1 + 20 * number)))
        reading = threading.Thread(target=read, args=(screen.visitor,), daemon=True)
        reading.start()
        time.sleep(0.3 * number)
        screen.end(signal.SIGKILL if number % 2 else signal.SIGTERM)
        reading.join(30)
        assert not holds(screen.said, WORD)
        assert hits(place[0], WORD) == []


def read(visitor):
    """Has the session read; the server goes away meanwhile."""
    try:
        visitor.fire("analyse", "click", "[]", "")
    except (OSError, ValueError):
        return
