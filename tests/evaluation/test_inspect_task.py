"""The suite as a task of Inspect AI: the shipped detector and a model, run by Inspect itself."""

import json
import re

import pytest
from inspect_ai import eval as inspect_eval
from inspect_ai.model import ModelOutput, ModelUsage, get_model

from rupture import inspect_tasks
from rupture.build import build_detector
from rupture.coding.sessions import split_sessions
from rupture.detection.card import read_decisions
from rupture.errors import RunError
from rupture.evaluation.detection import score_sessions
from rupture.evaluation.values import Prediction, predict
from rupture.resources import BLIND_CODES, MODEL, SESSIONS

SHORT = 36
"""Turns; few enough sessions are as short, so that no interval is given."""
# Inspect's own warnings are not ours to mend.
pytestmark = pytest.mark.filterwarnings("ignore")
FAMILIES = ("rupture", "withdrawal", "confrontation")
FIRST_CODED = re.compile(r"turn (\d+), client[^:]*: (.+)")


@pytest.fixture(autouse=True)
def quiet(monkeypatch, tmp_path):
    """Nothing is written beside the tests' own folder."""
    monkeypatch.setenv("INSPECT_LOG_DIR", str(tmp_path / "logs"))
    monkeypatch.setenv("INSPECT_DISPLAY", "none")


def chosen():
    return [session for session in split_sessions(SESSIONS, BLIND_CODES)["test"] if len(session.transcript.turns) <= SHORT]


def run(task, model, tmp_path):
    (log,) = inspect_eval(task, model=model, log_dir=str(tmp_path / "logs"), display="none", score_display=False)
    return log


def scripted(answer):
    """A model that answers with `answer(messages, config)`. It says how many tokens it used, since Inspect would otherwise count
    them with a vocabulary from the network."""

    def reply(messages, tools, tool_choice, config):
        output = ModelOutput.from_content("scripted", answer(messages, config))
        output.usage = ModelUsage(input_tokens=1, output_tokens=1, total_tokens=2)
        return output

    return get_model("mockllm/model", custom_outputs=reply)


def shown(log):
    return {name: metric.value for name, metric in log.results.scores[0].metrics.items()}


def test_the_shipped_detector_gets_the_numbers_of_our_own_suite(tmp_path):
    sessions, detector, decisions = chosen(), build_detector(), read_decisions(MODEL)
    scored = [detector.score([session.transcript])[0] for session in sessions]
    predictions = [
        Prediction.from_dict(predict(session.transcript, scores, decisions.policy).to_dict())
        for session, scores in zip(sessions, scored, strict=True)
    ]
    ours = score_sessions(sessions, predictions, {})["names"]
    log = run(inspect_tasks.detection(coder="trained", limit_turns=SHORT), "none", tmp_path)
    assert log.status == "success"
    assert {sample.id for sample in log.samples} == {session.transcript.id for session in sessions}
    for name, value in shown(log).items():
        assert value == pytest.approx(ours[name]["kappa"]["value"], abs=1e-6)
    assert {"rupture", "withdrawal"} <= shown(log).keys() <= set(FAMILIES)


def test_what_a_model_codes_is_checked_and_scored(tmp_path):
    asked = []

    def answer(messages, config):
        asked.append((messages[0].text, config.response_schema))
        turn, words = FIRST_CODED.search(messages[1].text).groups()
        wanted = {"turn": int(turn), "code": "W5", "quote": words[:100], "confidence": 2}
        invented = {**wanted, "quote": "words that nobody said here"}
        return json.dumps({"codes": [wanted, invented, {**wanted, "code": "R1"}]})

    log = run(inspect_tasks.detection(limit_turns=SHORT), scripted(answer), tmp_path)
    assert log.status == "success"
    assert all("W5" in system and schema.name == "codes" for system, schema in asked)
    for sample in log.samples:
        codes = sample.scores["agreement_with_raters"].metadata["prediction"]["codes"]
        assert {code for turn in codes for code in turn} == {"W5"}
        assert re.fullmatch(r"\d+ W5(, \d+ W5)*", sample.output.completion)
        assert 0 <= sample.scores["agreement_with_raters"].as_float() <= 1
    assert shown(log)["withdrawal"] < 0.5


def test_an_answer_out_of_form_is_an_error_of_its_sample_and_not_a_wrong_code(tmp_path):
    log = run(inspect_tasks.detection(limit_turns=SHORT), scripted(lambda *_: "W5, I think"), tmp_path)
    assert log.status == "error"
    assert "did not answer in the form" in log.error.message


def test_inspect_finds_the_task_by_its_name():
    from importlib.metadata import entry_points

    (entry,) = [found for found in entry_points(group="inspect_ai") if found.name == "rupture"]
    assert entry.load() is inspect_tasks


@pytest.mark.parametrize(("given", "problem"), [({"coder": "nobody"}, "nobody"), ({"limit_turns": 2}, "2 turns")])
def test_a_task_that_cannot_be_made_says_why(given, problem):
    with pytest.raises(RunError, match=problem):
        inspect_tasks.detection(**given)
