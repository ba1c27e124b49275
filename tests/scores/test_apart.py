"""Analyses in a child: the same as here, and a session that ends or stops its process costs itself alone."""

import json
import subprocess
import sys

import pytest

from rupture.analysis import Analysis
from rupture.errors import RunError
from rupture.formats import read
from rupture.scores.apart import Apart, Child, from_wire, to_wire
from rupture.scores.tables import SetAside
from rupture.transcript import Transcript
from tests.scores.builders import OBJECTION, TEXT, known


def transcript(id):
    return read(TEXT, id=id).transcript


@pytest.fixture
def child():
    made = []

    def start(builder, **limits):
        made.append(Child(Apart(builder=f"tests.scores.builders:{builder}", **limits)))
        return made[-1]

    yield start
    for one in made:
        one.close()


def test_a_transcript_crosses_as_it_is():
    whole = Transcript("half \ud83d\nend", transcript("a").turns, ("a note",), ((0, "self_harm"),))
    assert from_wire(to_wire(whole)) == whole
    assert "\n" not in to_wire(whole)


def test_a_child_gives_what_this_process_gives(child):
    assert child("steady").analyse(to_wire(transcript("a"))) == known(transcript("a"))


def test_what_is_written_to_standard_output_is_no_answer(child):
    assert isinstance(child("poisoned").analyse(to_wire(transcript("a"))), Analysis)


@pytest.mark.parametrize(
    ("id", "kind", "reason"),
    [
        ("crash", "crashed", "ended its process"),
        ("hang", "slow", "longer than 3 seconds"),
        ("memory", "failed", "more memory"),
        ("bug", "failed", "ZeroDivisionError"),
        ("fails", "failed", "turn 3: not this one"),
    ],
)
def test_a_session_that_cannot_be_analysed_is_set_aside_and_the_next_is_not(child, id, kind, reason):
    one = child("poisoned", seconds=3)
    aside = one.analyse(to_wire(transcript(id)))
    assert isinstance(aside, SetAside)
    assert (aside.id, aside.kind) == (id, kind)
    assert reason in aside.reason
    assert OBJECTION not in aside.reason
    assert one.analyse(to_wire(transcript("b"))) == known(transcript("b"))


@pytest.mark.parametrize(("builder", "message"), [("missing", "encoder.onnx is missing"), ("dying", "ended while it was loaded")])
def test_a_model_that_cannot_be_loaded_stops_the_run(child, builder, message):
    with pytest.raises(RunError, match=message):
        child(builder).analyse(to_wire(transcript("a")))


def test_a_child_ends_with_the_one_who_started_it(tmp_path):
    code = (
        "import os, signal, sys; from rupture.scores.apart import Apart, Child; "
        "child = Child(Apart(builder='tests.scores.builders:steady')); child.analyse(sys.argv[1]); "
        "sys.stdout.write(str(child._process.pid)); sys.stdout.flush(); os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", code, to_wire(transcript("a"))], capture_output=True, text=True, timeout=60)
    subprocess.run(["timeout", "20", "tail", f"--pid={int(done.stdout)}", "-f", "/dev/null"], check=True)


def test_words_in_any_alphabet_come_back(child):
    text = TEXT.replace("sister", "сестра 姉 “naïve” \ud83d")
    turns = read(text, id="a").transcript.turns
    found = child("steady").analyse(to_wire(Transcript("a", turns)))
    assert json.dumps(found.to_dict()) == json.dumps(known(Transcript("a", turns)).to_dict())


def test_a_file_in_the_current_folder_stands_in_for_no_module(child, tmp_path, monkeypatch):
    (tmp_path / "json.py").write_text("open('executed', 'w').close()\n")
    monkeypatch.chdir(tmp_path)
    assert child("steady").analyse(to_wire(transcript("a"))) == known(transcript("a"))
    assert [file.name for file in tmp_path.iterdir()] == ["json.py"]
