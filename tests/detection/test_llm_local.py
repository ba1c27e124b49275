"""A session coded by a real model on a real server on this machine: the smallest there is, so what holds for any model is
checked, and not whether the codes are right."""

from threading import Timer

import pytest

from rupture.analyse import analyse
from rupture.assistant.chat_models import LangChainChat
from rupture.build import build_llm_detector
from rupture.codebook import BY_CODE
from rupture.coding.values import names_for
from rupture.detection import llm
from rupture.detection.llm import LlmDetector
from rupture.errors import ChatModelError
from rupture.transcript import Role, Transcript, Turn

LINES = [
    "How did you get on with the sheet?",
    "Fine.",
    "Fine how?",
    "I don't know. Whatever you think\nis best, you're the expert.",
    "I wonder if I have been pushing this sheet on you.",
    "It is pointless, and you never listen to me.",
]
ROLES = [Role.THERAPIST, Role.CLIENT] * 3
SESSION = Transcript("s", tuple(Turn(i, r.value, r, line) for i, (r, line) in enumerate(zip(ROLES, LINES, strict=True))))


def test_a_session_is_coded_in_the_form_that_was_asked_for(model_server, monkeypatch):
    answers = []

    class Remembering(LangChainChat):
        def answer(self, system, user, schema):
            answers.append((schema, super().answer(system, user, schema)))
            return answers[-1][1]

    # In two parts, so that neither runs out of time on a busy machine.
    monkeypatch.setattr(llm, "CODED", 3)
    monkeypatch.setenv("RUPTURE_CHAT_MODEL", "openai:gemma")
    monkeypatch.setenv("RUPTURE_CHAT_URL", model_server.url)
    monkeypatch.setattr("rupture.assistant.chat_models.LangChainChat", Remembering)
    detector, decisions = build_llm_detector()
    analysis = analyse(SESSION, detector, decisions, detector.locate)
    items = []
    for turns, (schema, answer) in zip([{0, 1, 2}, {3, 4, 5}], answers, strict=True):
        assert set(answer) == {"codes"}
        assert len(answer["codes"]) <= 3
        for item in answer["codes"]:
            assert set(item) == set(schema["properties"]["codes"]["items"]["required"])
            assert item["turn"] in turns
            assert item["code"] in BY_CODE
            assert item["confidence"] in (1, 2)
            items.append(item)
    for role, scores in zip(ROLES, analysis.scores, strict=True):
        assert tuple(scores) == names_for(role)
        assert set(scores.values()) <= {0.0, 0.6, 0.9}
    quotes = {" ".join(item["quote"].split()) for item in items}
    for finding in analysis.findings:
        assert finding.evidence
        assert {" ".join(LINES[finding.turn][start:end].split()) for start, end in finding.evidence} <= quotes


def test_a_server_killed_in_the_middle_is_an_error_and_not_a_session_without_codes(start_model_server):
    process = start_model_server()
    detector = LlmDetector(LangChainChat("gemma", process.url))
    # Reading the codebook alone takes it longer than this.
    killer = Timer(1, process.kill)
    killer.start()
    with pytest.raises(ChatModelError, match="did not answer"):
        detector.score([SESSION])
    killer.join()
    with pytest.raises(ChatModelError, match="did not answer"):
        detector.score([SESSION])
