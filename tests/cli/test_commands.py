"""The command line as a program sees it: output, JSON and exit codes, with the shipped model and guidance."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

RUPTURE = Path(sys.executable).with_name("rupture")
SESSION = """Therapist: So, the thought record. How did you get on with it?
Client: It was fine.
Therapist: Fine how? What was it like to sit down with it?
Client: I don't know. Whatever you think is best, you're the expert.
Therapist: I wonder if I have been pushing this sheet on you.
Client: No, no. It's good. I'll do it again.
Therapist: You said that last week as well, and I just nodded.
Client: Well. It's a bit like school, if I'm honest.
"""


def run(*arguments, stdin=None, env=None):
    return subprocess.run([RUPTURE, *arguments], input=stdin, capture_output=True, text=True, env=env, timeout=240)


@pytest.fixture
def session(tmp_path):
    path = tmp_path / "session.txt"
    path.write_text(SESSION, encoding="utf-8")
    return path


def test_help_names_every_command():
    shown = run("--help")
    assert shown.returncode == 0
    for command in ("analyze", "batch", "ask", "chat", "guidance", "train", "eval"):
        assert command in shown.stdout


def test_an_error_nobody_expected_is_told_by_its_kind_and_place_without_the_words_it_quotes(tmp_path):
    script = tmp_path / "failing.py"
    script.write_text(
        "from rupture import cli\n\ndef app():\n    raise ValueError('whatever you think, you are the expert')\n\n"
        "cli.app = app\ncli.main()\n"
    )
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "ValueError at failing.py:4" in done.stderr
    assert "expert" not in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_session_from_standard_input_gives_the_analysis_of_schema_1():
    done = run("analyze", "-", "--json", stdin=SESSION)
    assert done.returncode == 0, done.stderr
    data = json.loads(done.stdout)
    assert set(data) == {
        "schema", "id", "state", "notes", "turns", "episodes",
        "top_moments", "session", "balance", "risk", "bias", "suggestions", "model",
    }  # fmt: skip
    assert data["state"] == "analysed"
    assert [turn["role"] for turn in data["turns"]] == ["therapist", "client"] * 4
    assert [turn["line"] for turn in data["turns"]] == list(range(1, 9))
    for turn in data["turns"]:
        for start, end in turn["evidence"]:
            assert turn["text"][start:end].strip()


def test_suggestions_rest_on_passages_that_exist(session):
    data = json.loads(run("analyze", str(session), "--suggest", "--json").stdout)
    found = json.loads(run("guidance", "search", "a client agrees with everything I say", "--json").stdout)
    assert found["covered"]
    assert "deferential-agreement" in [passage["document"] for passage in found["passages"][:3]]
    for suggestion in data["suggestions"]:
        assert suggestion["passages"]
        assert all("#" in passage for passage in suggestion["passages"])


def test_the_same_session_gives_the_same_output_twice(session):
    assert run("analyze", str(session), "--json").stdout == run("analyze", str(session), "--json").stdout


def test_roles_can_be_corrected_and_a_wrong_label_is_explained(session):
    data = json.loads(run("analyze", str(session), "--json", "--role", "Therapist=client", "--role", "Client=therapist").stdout)
    assert data["turns"][0]["role"] == "client"
    wrong = run("analyze", str(session), "--role", "Nobody=client")
    assert wrong.returncode == 2
    assert "expected LABEL=therapist" in wrong.stderr
    assert "Traceback" not in wrong.stderr


@pytest.mark.parametrize("text", ["", "Just one paragraph of prose about nothing much, with no speakers in it at all.\n"])
def test_what_cannot_be_analysed_ends_2_with_the_reason(text):
    done = run("analyze", "-", "--json", stdin=text)
    assert done.returncode == 2
    assert done.stderr or json.loads(done.stdout)["state"] == "not_analysed"
    assert "Traceback" not in done.stderr


def test_a_file_that_is_not_there_is_named(tmp_path):
    done = run("analyze", str(tmp_path / "gone.txt"))
    assert done.returncode == 2
    assert "gone.txt" in done.stderr


def test_a_batch_goes_on_where_it_stopped_and_sets_failures_aside(tmp_path, session):
    (tmp_path / "broken.txt").write_bytes(b"\x00\x01\x02" * 50)
    line = {
        "id": "jsonl-1",
        "turns": [{"role": r, "speaker": r, "text": t} for r, t in [("therapist", "How are you?"), ("client", "Fine.")] * 3],
    }
    (tmp_path / "more.jsonl").write_text(json.dumps(line) + "\n", encoding="utf-8")
    out = tmp_path / "out" / "analyses.jsonl"
    first = run("batch", str(session), str(tmp_path / "more.jsonl"), str(tmp_path / "broken.txt"), "--out", str(out))
    assert first.returncode == 3, first.stderr
    analyses = [json.loads(row) for row in out.read_text(encoding="utf-8").splitlines()]
    assert [a["id"] for a in analyses] == ["session", "jsonl-1"]
    assert json.loads(out.with_suffix(".errors.jsonl").read_text(encoding="utf-8"))["id"] == "broken"
    before = out.read_bytes()
    second = run("batch", str(session), str(tmp_path / "more.jsonl"), "--out", str(out))
    assert second.returncode == 0, second.stderr
    assert "2 skipped" in second.stdout
    assert out.read_bytes() == before


def test_a_question_about_a_turn_is_answered_about_that_turn(session):
    reply = json.loads(run("ask", "what could I have said at turn 3?", "--transcript", str(session), "--json").stdout)
    assert set(reply) == {"reply", "claims", "turns", "strategies", "covered", "risk", "source"}
    assert reply["turns"][0] == 3
    assert reply["source"] == "composed"
    assert reply["claims"]


def test_a_question_outside_the_guidance_is_said_not_to_be_covered():
    reply = json.loads(run("ask", "how do I file my taxes?", "--json").stdout)
    assert reply["covered"] is False
    assert reply["claims"] == []


def test_a_chat_model_elsewhere_is_refused_before_anything_is_sent(session):
    import os

    env = {**os.environ, "RUPTURE_CHAT_MODEL": "openai:x", "RUPTURE_CHAT_URL": "https://api.example.com/v1"}
    done = run("ask", "hello", env=env)
    assert done.returncode == 2
    assert "not on this machine" in done.stderr


@pytest.mark.parametrize("command", ["analyze", "batch"])
def test_asking_for_a_language_model_that_is_not_set_says_in_one_line_how_to_name_one(command, session, tmp_path):
    import os

    out = tmp_path / "out.jsonl"
    env = {name: value for name, value in os.environ.items() if not name.startswith("RUPTURE_CHAT")}
    done = run(command, str(session), *(["--out", str(out)] if command == "batch" else []), "--detector", "llm", env=env)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert "RUPTURE_CHAT_MODEL=ollama:llama3.2" in line
    assert done.stdout == ""
    assert not out.exists()


def test_a_detector_that_does_not_exist_is_refused_with_those_that_do(session):
    done = run("analyze", str(session), "--detector", "oracle")
    assert done.returncode == 2
    assert "trained" in done.stderr
    assert "llm" in done.stderr


def test_guidance_and_sessions_are_in_order():
    assert run("guidance", "check").returncode == 0
    assert run("eval", "validate").returncode == 0
