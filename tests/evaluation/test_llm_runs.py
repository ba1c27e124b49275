"""The suite with the detector that asks a language model: its answers are saved under its own digest, not the shipped model's."""

import json

import pytest
from typer.testing import CliRunner

from rupture import measure
from rupture.analyse import Decisions
from rupture.analysis import ModelCard
from rupture.cli import app
from rupture.detection.llm import POLICY, LlmDetector
from rupture.errors import ChatModelError, RunError
from rupture.evaluation.runs import PREDICTIONS, read_record
from rupture.fakes import ScriptedStructuredModel
from rupture.protocols import DetectorName

from .helpers import coded

SESSIONS = [coded(key, "T: how was it\nC: whatever you think {W5}\nT: is it me\nC: no") for key in ("one", "two")]


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Runs the suite over two small sessions with the given answers of a language model of the given digest."""
    monkeypatch.setattr(measure, "detection_sessions", lambda annomi, part: SESSIONS)

    def started(digest, *answers, **how):
        detector = LlmDetector(ScriptedStructuredModel(*answers))
        built = detector, Decisions(POLICY, model=ModelCard("llm:m", digest, ()))
        monkeypatch.setattr(measure, "build_llm_detector", lambda: built)
        measure.run_detection(tmp_path, None, progress=lambda *_: None, detector=DetectorName.LLM, **how)
        return [json.loads(line) for line in (tmp_path / PREDICTIONS).read_text(encoding="utf-8").splitlines()]

    return started


def test_the_codes_of_the_language_model_are_saved_under_its_digest(run, tmp_path):
    code = {"turn": 1, "code": "W5", "quote": "whatever you think", "confidence": 2}
    first, second = run("a" * 64, {"codes": [code]}, {"codes": []})
    assert (first["id"], first["scores"][1]["W5"], first["codes"][1]) == ("one", 0.9, ["W5"])
    assert (second["id"], any(second["codes"])) == ("two", False)
    plan = read_record(tmp_path).plan
    assert plan.digests["model"] == "a" * 64
    assert plan.suite == "detection-llm"


def test_a_session_the_model_fails_on_is_tried_again_and_the_others_are_not(run):
    assert [answer["id"] for answer in run("a" * 64, {"codes": []})] == ["one"]
    assert [answer["id"] for answer in run("a" * 64, {"codes": []})] == ["one"]
    assert [answer["id"] for answer in run("a" * 64, {"codes": []}, retry_errors=True)] == ["one", "two"]


def test_another_prompt_or_model_does_not_go_on_with_the_run(run):
    run("a" * 64, {"codes": []}, {"codes": []})
    with pytest.raises(RunError):
        run("b" * 64, {"codes": []}, {"codes": []})


def test_without_a_language_model_no_run_is_begun(monkeypatch, tmp_path):
    monkeypatch.setattr(measure, "detection_sessions", lambda annomi, part: SESSIONS)
    monkeypatch.delenv("RUPTURE_CHAT_MODEL", raising=False)
    done = CliRunner().invoke(app, ["eval", "run", "detection", "--detector", "llm", "--out", str(tmp_path / "run")])
    assert isinstance(done.exception, ChatModelError)
    assert "RUPTURE_CHAT_MODEL=ollama:llama3.2" in str(done.exception)
    assert not (tmp_path / "run").exists()
