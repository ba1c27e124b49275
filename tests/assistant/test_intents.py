"""Intents on 150 questions written apart from the examples; a third was never used to choose examples."""

from pathlib import Path

import pytest
import yaml

from rupture.prompts import table

CASES = yaml.safe_load((Path(__file__).parent / "intents_cases.yaml").read_text(encoding="utf-8"))
HELD_OUT = 3
"""Every third question of an intent is held out."""


def _accuracy(intents, *, held):
    judged = [
        (intent, intents.of(question))
        for intent, questions in CASES.items()
        for place, question in enumerate(questions)
        if (place % HELD_OUT == HELD_OUT - 1) is held
    ]
    return sum(want == got for want, got in judged) / len(judged), len(judged)


def test_the_cases_are_150_and_none_is_an_example():
    questions = [question for group in CASES.values() for question in group]
    examples = {text.lower() for texts in table("intents").values() for text in texts}
    assert len(questions) == len(set(questions)) == 150
    assert len([q for q in questions if q.lower() in examples]) <= 3  # "hi", "test" and the like cannot be said otherwise


@pytest.mark.parametrize("held", [False, True])
def test_95_per_cent_are_right(intents, held):
    accuracy, count = _accuracy(intents, held=held)
    assert count == (50 if held else 100)
    assert accuracy >= 0.95


def test_an_empty_question_asks_for_the_overview(intents):
    assert intents.of("  \n") == "overview"


def test_a_brand_new_encoder_gives_the_same_intents(intents):
    from rupture.assistant.intents import Intents
    from rupture.encoder import Encoder

    fresh = Intents(Encoder())
    questions = [question for group in CASES.values() for question in group[:2]]
    assert [fresh.of(q) for q in questions] == [intents.of(q) for q in questions]
