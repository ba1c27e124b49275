"""Where the tuned reader's limits lie, and how a long text is cut for it: a reader whose answers are given, worked by hand."""

import pytest

from rupture.privacy.care import Care
from rupture.privacy.learned_care import LearnedCare, pieces_of
from rupture.utterances import BIAS, NONE, RISKS


class Given:
    """A reader that gives these probabilities of risk and of bias for every piece, and keeps the pieces."""

    def __init__(self, risk=0.0, bias=0.0, threshold=0.25):
        self.risk, self.bias, self.threshold, self.pieces = risk, bias, threshold, []

    def read(self, texts, heads):
        assert heads == (RISKS, BIAS)
        self.pieces += texts
        risks = {NONE: 1 - self.risk, "abuse": 0.25 * self.risk, "self_harm": 0.75 * self.risk}
        return [{RISKS: risks, BIAS: {NONE: 1 - self.bias, "bias": self.bias}}] * len(texts)


TEXT = ["plain words in a row"]


@pytest.mark.parametrize(
    ("risk", "threshold", "told", "asked"),
    [
        (0.25, 0.25, True, False),
        (0.125, 0.25, False, False),
        (0.5, 0.25, True, True),
        (0.5, 0.75, False, False),
        (0.75, 0.75, True, True),
    ],
)
def test_a_question_must_be_as_plain_as_the_plainer_of_two_limits(risk, threshold, told, asked):
    care = LearnedCare(Given(risk, threshold=threshold))
    assert care(TEXT) == [Care(("self_harm",) if told else ())]
    assert care(TEXT, asked=True) == [Care(("self_harm",) if asked else ())]


@pytest.mark.parametrize(
    ("bias", "told"), [(0.5, (True, True)), (0.4375, (False, True)), (0.125, (False, True)), (0.0625, (False, False))]
)
def test_a_complaint_is_plain_or_perhaps_one(bias, told):
    (care,) = LearnedCare(Given(bias=bias))(TEXT)
    assert (care.bias, care.perhaps_bias) == told


def test_what_patterns_notice_comes_first_and_nothing_is_told_twice():
    texts = ["my dad used to beat us, and he hit me too", "I want to die, all the time"]
    assert [care.risk for care in LearnedCare(Given(1.0))(texts)] == [("abuse", "partner_violence", "self_harm"), ("self_harm",)]


def test_nearness_is_that_of_the_nearest_piece_and_one_where_a_pattern_notices():
    care = LearnedCare(Given(0.375, 0.25))
    assert care.nearness([*TEXT, "I want to die, you know", "that is racist of you", "Mm."]) == [
        (0.375, 0.25),
        (1.0, 0.25),
        (0.375, 1.0),
        (0.0, 0.0),
    ]


def words(first, last):
    return " ".join(f"w{number}" for number in range(first, last))


def test_sentences_are_put_together_up_to_ninety_words():
    forty, fifty, one = words(0, 39) + " w.", words(0, 49) + " w!", "And then this?"
    assert pieces_of(f"{forty} {fifty}") == [f"{forty} {fifty}"]
    assert pieces_of(f"{forty} {fifty} {one}") == [f"{forty} {fifty}", one]
    assert pieces_of(f"{fifty} {fifty} {one}") == [fifty, f"{fifty} {one}"]


def test_a_sentence_without_end_is_cut_with_twenty_words_in_both_parts():
    assert pieces_of(words(0, 90)) == [words(0, 90)]
    assert pieces_of(words(0, 91)) == [words(0, 90), words(70, 91)]
    assert pieces_of(words(0, 200)) == [words(0, 90), words(70, 160), words(140, 200)]


@pytest.mark.parametrize(
    ("text", "pieces"), [("", []), ("Oh dear", []), ("Oh dear me", ["Oh dear me"]), ("  Oh\ndear me … ", ["Oh\ndear me …"])]
)
def test_one_or_two_words_are_no_piece(text, pieces):
    assert pieces_of(text) == pieces


def test_every_piece_is_read_and_each_text_gets_its_own_answer():
    reader = Given()
    assert LearnedCare(reader)(["one two three", "Mm.", words(0, 91)]) == [Care()] * 3
    assert reader.pieces == ["one two three", words(0, 90), words(70, 91)]
