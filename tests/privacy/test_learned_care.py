"""What the tuned model adds to the patterns: never less, the same for the same texts, and no more for a question than it must."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rupture.analyse import complaints, notices
from rupture.analysis import BiasNotice, RiskNotice
from rupture.privacy.care import Care, by_patterns
from rupture.privacy.learned_care import LearnedCare, pieces_of
from rupture.resources import CASES, CORPUS
from rupture.transcript import Role, Transcript, Turn
from rupture.utterances import BIAS, NONE, RISKS


class Scripted:
    """A reader whose probabilities stand in the texts."""

    threshold = 0.25

    def __init__(self):
        self.read_texts = []

    def read(self, texts, heads):
        self.read_texts += texts
        harm = [0.9 if "harm9" in text else 0.3 if "harm3" in text else 0.0 for text in texts]
        bias = [0.9 if "bias9" in text else 0.2 if "bias2" in text else 0.0 for text in texts]
        return [
            {RISKS: {NONE: 1 - h, "abuse": h * 0.6, "self_harm": h * 0.4}, BIAS: {NONE: 1 - b, "bias": b}}
            for h, b in zip(harm, bias, strict=True)
        ]


def test_patterns_stand_and_the_likeliest_kind_is_added():
    read = LearnedCare(Scripted())
    texts = ["I want to die, and harm9 besides", "quite plain words here", "there is harm3 in it"]
    assert [care.risk for care in read(texts)] == [("self_harm", "abuse"), (), ("abuse",)]


def test_a_question_must_be_plainer():
    read = LearnedCare(Scripted())
    assert [care.risk for care in read(["is there harm3 in it", "is there harm9 in it", "i want to die"], asked=True)] == [
        (),
        ("abuse",),
        ("self_harm",),
    ]


def test_bias_is_told_plainly_or_perhaps():
    cares = LearnedCare(Scripted())(["that was bias9 to me", "that was bias2 to me", "that was nothing", "such racism"])
    assert [(care.bias, care.perhaps_bias) for care in cares] == [(True, True), (False, True), (False, False), (True, True)]


def test_a_long_text_is_read_in_pieces_and_one_is_enough():
    model = Scripted()
    text = "This is an ordinary sentence of some words. " * 20 + "There is harm9 in this one."
    assert LearnedCare(model)([text])[0].risk == ("abuse",)
    assert len(model.read_texts) > 1
    assert max(len(piece.split()) for piece in model.read_texts) <= 90


@given(st.text(alphabet="ab .!?…\n", max_size=300))
def test_pieces_are_slices_of_the_text_of_three_words_or_more(text):
    pieces = pieces_of(text)
    assert all(piece in text and len(piece.split()) >= 3 for piece in pieces)
    assert len(" ".join(pieces).split()) <= len(text.split())


def test_no_text_no_question_to_the_model():
    model = Scripted()
    assert LearnedCare(model)(["", "Mm.", "Oh dear"]) == [Care(), Care(), Care()]
    assert model.read_texts == []


def test_only_clients_complain_and_whoever_speaks_may_be_noticed():
    turns = (Turn(0, "T", Role.THERAPIST, "a"), Turn(1, "C", Role.CLIENT, "b"), Turn(2, "C", Role.CLIENT, "c"))
    cares = [Care(("abuse",), True, True), Care((), False, True), Care((), True, True)]
    assert notices(Transcript("t", turns), cares) == (RiskNotice(0, "abuse"),)
    assert complaints(Transcript("t", turns), cares) == (BiasNotice(1, False), BiasNotice(2, True))


@pytest.fixture(scope="module")
def shipped():
    from rupture.build import build_care

    return build_care()


@settings(max_examples=20, deadline=None)
@given(texts=st.lists(st.text(max_size=60), max_size=4))
def test_the_shipped_reader_never_notices_less_than_the_patterns_and_repeats_itself(shipped, texts):
    found = shipped(texts)
    assert found == shipped(texts)
    for care, floor in zip(found, by_patterns(texts), strict=True):
        assert set(floor.risk) <= set(care.risk)
        assert care.bias >= floor.bias


def test_the_cases_that_are_measured_taught_nothing():
    def rows(file):
        return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]

    taught = {row["text"].lower() for name in ("risk", "bias") for row in rows(CORPUS / f"{name}.jsonl")}
    risk, bias = (rows(CASES / "care" / f"{name}.jsonl") for name in ("risk", "bias"))
    assert sum(bool(case["kind"]) for case in risk) == 200
    assert len(risk) == 500
    assert sum(case["bias"] for case in bias) == 60
    measured = {case["text"].lower() for case in risk} | {text.lower() for case in bias for _, text in case["turns"]}
    assert measured.isdisjoint(taught)


def test_recognised_speech_without_full_stops_is_read_to_its_end():
    model = Scripted()
    text = " ".join(["and so on it went"] * 60) + " harm9 at last"
    assert LearnedCare(model)([text])[0].risk == ("abuse",)
    assert max(len(piece.split()) for piece in model.read_texts) <= 90
