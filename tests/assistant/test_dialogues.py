"""Whole dialogues about coded sessions, 445 questions by two hands that saw neither examples nor code. One half helped to find
mistakes, the other was only ever counted."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from rupture.assistant.assistant import Assistant
from rupture.assistant.reply import Conversation, Reply
from rupture.build import build_care
from rupture.coding.sessions import split_sessions
from rupture.measure_guidance import reference_analysis
from rupture.prompts import table
from rupture.resources import BLIND_CODES, SESSIONS

HALVES = ("development", "held_out")


@dataclass(frozen=True)
class Asked:
    case: dict[str, Any]
    meant: str
    reply: Reply
    before: Conversation
    after: Conversation


def _sessions():
    return {s.transcript.id: s for part in split_sessions(SESSIONS, BLIND_CODES).values() for s in part}


def _run(half: str, assistant: Assistant) -> Iterator[Asked]:
    sessions = _sessions()
    for dialogue in yaml.safe_load((Path(__file__).parent / f"dialogues_{half}.yaml").read_text(encoding="utf-8")):
        name = dialogue["session"]
        conversation = Conversation(reference_analysis(sessions[name]) if name else None)
        for case in dialogue["turns"]:
            *_, (reply, after) = assistant.answer(case["ask"], conversation)
            yield Asked(case, assistant.intents.of(case["ask"]), reply, conversation, after)
            conversation = after


@pytest.fixture(scope="module")
def halves(assistant_with):
    assistant = replace(assistant_with(), care=build_care())
    return {half: list(_run(half, assistant)) for half in HALVES}


def test_there_are_at_least_300_questions_and_none_is_an_example(halves):
    asked = [entry.case["ask"] for half in HALVES for entry in halves[half]]
    examples = {text.lower() for texts in table("intents").values() for text in texts}
    assert len(asked) >= 300
    assert len([question for question in asked if question.lower() in examples]) <= len(asked) // 40


@pytest.mark.parametrize("half", HALVES)
def test_what_is_meant_is_understood(halves, half):
    right = [entry.case["intent"] == entry.meant for entry in halves[half]]
    assert sum(right) / len(right) >= 0.83


@pytest.mark.parametrize("half", HALVES)
def test_replies_are_about_the_turn_that_was_meant(halves, half):
    meant = [entry for entry in halves[half] if isinstance(entry.case.get("turn"), int)]
    right = [entry.case["turn"] in (entry.after.focus, *entry.reply.turns) for entry in meant]
    assert len(right) > 100
    assert sum(right) / len(right) >= 0.95


@pytest.mark.parametrize("half", HALVES)
def test_replies_hold_what_they_must_and_nothing_they_must_not(halves, half):
    held = [text.lower() in e.reply.text.lower() for e in halves[half] for text in e.case.get("has") or ()]
    kept_out = [text.lower() not in e.reply.text.lower() for e in halves[half] for text in e.case.get("not") or ()]
    assert sum(held) / len(held) >= 0.85
    assert sum(kept_out) / max(1, len(kept_out)) >= 0.97


def test_the_bare_follow_up_asks_the_same_of_another_turn(assistant_with):
    analysis = reference_analysis(_sessions()["k1-12"])
    *_, (first, after) = assistant_with().answer("why is turn 7 flagged?", Conversation(analysis))
    *_, (second, later) = assistant_with().answer("and the second one?", after)
    assert (after.intent, later.intent) == ("explain", "explain")
    assert first.turns != second.turns
