"""Intents on 150 questions written apart from the examples, before there were any that follow a conversation; whole
dialogues are in `test_dialogues`."""

from pathlib import Path

import yaml

from rupture.assistant.intents import Intents
from rupture.prompts import table
from rupture.utterances import INTENTS, Utterances

CASES = yaml.safe_load((Path(__file__).parent / "intents_cases.yaml").read_text(encoding="utf-8"))
QUESTIONS = [(intent, question) for intent, questions in CASES.items() for question in questions]


class Scripted:
    """Gives one set of probabilities; remembers what it was asked."""

    def __init__(self, **shares):
        self.shares = shares
        self.asked = []

    def read(self, texts, heads):
        assert list(heads) == [INTENTS]
        self.asked += texts
        return [{INTENTS: self.shares} for _ in texts]


def test_the_cases_are_150_and_few_are_examples():
    examples = {text.lower() for texts in table("intents").values() for text in texts}
    assert len({question for _, question in QUESTIONS}) == 150
    assert len([q for _, q in QUESTIONS if q.lower() in examples]) <= 6  # "hi", "test" and the like cannot be said otherwise


def test_nine_in_ten_are_right(intents):
    assert sum(intents.of(question) == intent for intent, question in QUESTIONS) >= 0.9 * len(QUESTIONS)


def test_an_empty_question_asks_for_the_overview(intents):
    assert intents.of("  \n") == "overview"


def test_a_fresh_reader_gives_the_same_intents(intents):
    fresh = Intents(Utterances())
    questions = [question for group in CASES.values() for question in group[:2]]
    assert [fresh.of(q) for q in questions] == [intents.of(q) for q in questions]


def test_session_words_and_turn_numbers_do_not_count():
    model = Scripted(explain=1.0)
    Intents(model).of('why is turn 12, "whatever you think", flagged?')
    assert model.asked == ["why is that turn , “that” , flagged?"]


def test_an_unsure_question_is_looked_up():
    assert Intents(Scripted(respond=0.2, about=0.2, define=0.2)).of("hm so") == "question"


def test_a_question_that_points_to_a_turn_is_about_it():
    shares = {"overview": 0.6, "explain": 0.2, "respond": 0.1, "define": 0.1}
    assert Intents(Scripted(**shares)).of("29: show me") == "explain"
    assert Intents(Scripted(**shares)).of("show me all of it") == "overview"
