"""`rupture doctor` on machines where something is amiss, one thing at a time."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from rupture import doctor
from rupture.doctor import State
from rupture.guidance.documents import load
from rupture.privacy.hardening import SET
from rupture.resources import CORPUS, MODEL

ENCODER = MODEL / "guidance" / "encoder.onnx"


@pytest.fixture
def hardened(monkeypatch, tmp_path):
    """The environment as every command finds it."""
    for name in list(os.environ):
        if name.startswith(("GRADIO_", "LANG", "HF_", "HUGGING", "OTEL_")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    for name, value in SET.items():
        monkeypatch.setenv(name, value)
    folder = tmp_path / "rupture-screen-x"
    folder.mkdir(mode=0o700)
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(folder))
    return monkeypatch


def test_an_environment_in_order_is_ok_and_what_is_set_again_is_a_problem(hardened):
    assert doctor.offline(SET).state is State.OK
    hardened.setenv("LANGSMITH_TRACING", "true")
    hardened.setenv("HTTPS_PROXY", "http://secret-host:1")
    found = doctor.offline(dict(os.environ))
    assert found.state is State.PROBLEM
    assert "LANGSMITH_TRACING" in found.means
    assert "HTTPS_PROXY" in found.means
    assert "secret-host" not in found.means


@pytest.mark.parametrize("name", ["SENTRY_DSN", "WANDB_MODE", "SOME_TELEMETRY", "ftp_proxy", "DD_AGENT_HOST"])
def test_settings_of_others_that_may_report_are_named_without_their_values(hardened, name):
    found = doctor.offline({**SET, name: "secret"})
    assert found.state is State.WARNING
    assert name in found.means
    assert "secret" not in found.means + found.do


@pytest.mark.parametrize(
    ("model", "url", "state", "said"),
    [
        ("", "", State.OK, "None is set"),
        ("ollama:llama3.2", "", State.OK, "on this machine"),
        ("openai:x", "http://127.0.0.1:8080/v1", State.OK, "on this machine"),
        ("openai:x", "https://api.example.com/v1", State.PROBLEM, "not on this machine"),
        ("openai:x", "http://[", State.PROBLEM, "not on this machine"),
        ("remote:x", "https://user:secret@model.example.com/v1?key=secret", State.WARNING, "model.example.com"),
    ],
)
def test_a_language_model_is_named_by_where_it_runs(model, url, state, said):
    found = doctor.chat_model({"RUPTURE_CHAT_MODEL": model, "RUPTURE_CHAT_URL": url})
    assert found.state is state
    assert said in found.means
    assert "secret" not in found.means


def test_the_shipped_models_are_those_of_the_card():
    assert [check.state for check in doctor.models(MODEL)] == [State.OK] * 3


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        ("session.onnx", "not that of its card"),
        ("card.json", "missing or damaged"),
        ("utterances/heads.json", "heads.json"),
        ("guidance/tokenizer.json", "tokenizer.json"),
    ],
)
def test_a_model_that_is_not_the_shipped_one_is_a_problem(tmp_path, harm, said):
    folder = tmp_path / "model"
    shutil.copytree(MODEL, folder)
    if harm == "session.onnx":
        (folder / harm).write_bytes((folder / harm).read_bytes()[:-1] + b"?")
    else:
        (folder / harm).unlink()
    problems = [check for check in doctor.models(folder) if check.state is State.PROBLEM]
    assert len(problems) == 1
    assert said in problems[0].means
    assert problems[0].do


def test_an_index_is_found_whole_damaged_or_not_there(tmp_path):
    assert "is built at the first search" in doctor.guidance(CORPUS, ENCODER, tmp_path).means
    kept = tmp_path / "guidance-x"
    (kept / "chroma").mkdir(parents=True)
    (kept / "chroma" / "data.bin").write_bytes(b"vectors")
    manifest = {
        "corpus": load(CORPUS).digest,
        "encoder": hashlib.sha256(ENCODER.read_bytes()).hexdigest(),
        "chroma": version("chromadb"),
        "files": {"data.bin": hashlib.sha256(b"vectors").hexdigest()},
    }
    (kept / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    assert "there and whole" in doctor.guidance(CORPUS, ENCODER, tmp_path).means
    (kept / "chroma" / "data.bin").write_bytes(b"vectorz")
    damaged = doctor.guidance(CORPUS, ENCODER, tmp_path)
    assert damaged.state is State.WARNING
    (kept / "manifest.json").write_text(json.dumps({**manifest, "encoder": "of another model"}), encoding="utf-8")
    assert "is built at the first search" in doctor.guidance(CORPUS, ENCODER, tmp_path).means
    assert doctor.guidance(tmp_path / "no corpus", ENCODER, tmp_path).state is State.PROBLEM


def test_versions_are_held_against_the_lock(tmp_path):
    lock = tmp_path / "base.txt"
    lock.write_text(f"numpy=={version('numpy')}\n", encoding="utf-8")
    assert doctor.packages(lock).state is State.OK
    lock.write_text(f"numpy=={version('numpy')}\nhttpx==0.0.1\nno-such-package==1\n", encoding="utf-8")
    differing = doctor.packages(lock)
    assert differing.state is State.WARNING
    assert "of 3 locked packages 2 differ" in differing.means
    assert "httpx" in differing.means
    assert "numpy" not in differing.means
    assert doctor.packages(None).state is State.OK


def test_optional_parts_are_those_of_the_package():
    names = [check.name for check in doctor.extras()]
    assert {"optional: files", "optional: models"} <= set(names)
    assert {check.state for check in doctor.extras()} == {State.OK}


@pytest.mark.skipif(os.name != "posix", reason="modes are checked on POSIX systems only")
def test_what_others_may_read_is_a_problem_and_is_counted_not_named(tmp_path):
    data, users = tmp_path / "data", tmp_path / "users"
    assert "Nothing is kept" in doctor.kept(data, None).means
    data.mkdir(mode=0o700)
    (data / "our-house-rules.txt").write_text("x", encoding="utf-8")
    # Nobody else may enter the folder, so the mode of a file in it does not matter.
    (data / "our-house-rules.txt").chmod(0o644)
    assert doctor.kept(data, users).state is State.OK
    users.write_text("ana:hash\n", encoding="utf-8")
    users.chmod(0o640)
    assert doctor.kept(data, users).state is State.PROBLEM
    users.chmod(0o600)
    data.chmod(0o755)
    found = doctor.kept(data, users)
    assert found.state is State.PROBLEM
    assert "2 of 3" in found.means
    assert "house" not in found.means + found.do


def test_room_is_told_by_the_nearest_folder_there_is(tmp_path, monkeypatch):
    assert "GB free" in doctor.room([tmp_path / "not" / "yet"]).means
    for free, state in ((10**7, State.PROBLEM), (5 * 10**8, State.WARNING), (10**10, State.OK)):
        monkeypatch.setattr(shutil, "disk_usage", lambda _, free=free: shutil._ntuple_diskusage(10**12, 0, free))
        assert doctor.room([tmp_path]).state is state


def test_the_encryption_of_the_disk_is_not_claimed():
    assert "cannot be told" in doctor.encryption().means


def test_the_command_says_it_in_json_loads_nothing_heavy_and_ends_3_on_a_problem(tmp_path):
    code = (
        "import sys\nfrom rupture.cli import main\nsys.argv = ['rupture', 'doctor', '--json']\ncode = 0\n"
        "try:\n    main()\nexcept SystemExit as end:\n    code = end.code or 0\n"
        "sys.stderr.write(' '.join({m.partition('.')[0] for m in sys.modules}))\nsys.exit(code)"
    )
    data = tmp_path / "data"
    data.mkdir(mode=0o755)
    for mode, ends in ((0o700, 0), (0o755, 3)):
        data.chmod(mode)
        environment = {**os.environ, "RUPTURE_DATA": str(data), "HTTPS_PROXY": "http://127.0.0.1:9", "LANGSMITH_TRACING": "true"}
        done = subprocess.run(
            [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == (ends if os.name == "posix" else 0), done.stderr
        checks = {check["name"]: check for check in json.loads(done.stdout)["checks"]}
        assert checks["offline"]["state"] != "problem"
        assert set(checks["offline"]) == {"name", "state", "means", "do"}
        assert not {"torch", "gradio", "chromadb", "onnxruntime"} & set(done.stderr.split())


def test_the_command_prints_a_line_a_check():
    done = subprocess.run(
        [Path(sys.executable).with_name("rupture"), "doctor"], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode in (0, 3)
    lines = done.stdout.splitlines()
    assert len(lines) >= 12
    assert all(line.split()[0] in list(State) for line in lines)
