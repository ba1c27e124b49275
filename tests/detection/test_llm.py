"""Codes from a scripted language model: what becomes a score, what is dropped, what the model is shown."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rupture.analyse import analyse
from rupture.analysis import Finding
from rupture.coding.values import names_for
from rupture.detection import llm
from rupture.detection.llm import LlmDetector
from rupture.errors import ChatModelError
from rupture.fakes import ScriptedStructuredModel

from .llm_sessions import DECISIONS, LINES, coded, item, transcript


def evidence(quote, text):
    session = transcript(f"T: So?\nC: {text}")
    detector = LlmDetector(ScriptedStructuredModel({"codes": [item(quote=quote)]}))
    (finding,) = detector.locate(session, [Finding(1, ("W5",))])
    return [text[start:end] for start, end in finding.evidence]


def test_a_code_scores_with_its_family_and_rupture_by_its_confidence():
    assert coded(item(), item(4, "C3", "like school", 1), item(3, "R5", "pushing this on you", 1)) == {
        1: {"W5": 0.9, "withdrawal": 0.9, "rupture": 0.9},
        3: {"R5": 0.6, "strategy": 0.6},
        4: {"C3": 0.6, "confrontation": 0.6, "rupture": 0.6},
    }


def test_two_codes_on_a_turn_leave_the_higher_score_to_what_they_share():
    assert coded(item(), item(code="W1", quote="I know", confidence=1), item(code="C7", quote="you think", confidence=1))[1] == {
        "W5": 0.9, "W1": 0.6, "C7": 0.6, "withdrawal": 0.9, "confrontation": 0.6, "rupture": 0.9,
    }  # fmt: skip


def test_every_turn_has_all_names_of_its_role_and_those_of_others_none():
    session = transcript(LINES)
    (scores,) = LlmDetector(ScriptedStructuredModel({"codes": []})).score([session])
    assert [tuple(s) for s in scores] == [names_for(turn.role) for turn in session.turns]
    assert scores[2] == {}


DROPPED = {
    "a strategy on a client's turn": item(code="R5"),
    "a marker on the therapist's turn": item(turn=3, quote="pushing this"),
    "a turn of somebody else": item(turn=2, quote="translate"),
    "a turn after the last": item(turn=5),
    "a negative turn": item(turn=-4),
    "a quote of another turn": item(quote="like school"),
    "a quote in other words": item(quote="Whatever you say is best"),
    "a quote in other letters": item(quote="whatever you think is best"),
    "an empty quote": item(quote=""),
    "white space as a quote": item(quote=" \n"),
    "a quote without a word": item(quote="."),
    "a quote that starts inside a word": item(quote="now"),
    "a quote that ends inside a word": item(quote="Whatever you thin"),
    "a pattern as a quote": item(quote="What.*best"),
    "an unknown code": item(code="W8"),
    "a family as a code": item(code="withdrawal"),
    "a confidence that was not offered": item(confidence=3),
    "true as a turn": item(turn=True),
    "true as a confidence": item(confidence=True),
    "a turn in words": item(turn="1"),
    "half a turn": item(turn=1.0),
    "a list as a code": item(code=["W5"]),
    "no quote": item(quote=None),
    "a list": [1, "W5", "Whatever", 2],
    "a word": "W5",
    "nothing": None,
    "an empty item": {},
}


@pytest.mark.parametrize("name", DROPPED)
def test_an_item_that_cannot_be_relied_on_is_dropped_and_the_rest_stays(name):
    assert set(coded(DROPPED[name], item(4, "C3", "like school"))) == {4}


@pytest.mark.parametrize("answer", [{}, {"codes": None}, {"codes": {}}, {"codes": "W5"}, {"turns": []}])
def test_an_answer_without_a_list_of_codes_is_an_error_and_not_a_session_without_codes(answer):
    with pytest.raises(ChatModelError, match="in the form it was asked for"):
        LlmDetector(ScriptedStructuredModel(answer)).score([transcript(LINES)])


def test_a_code_given_twice_on_a_turn_counts_once_as_first_given():
    assert coded(item(confidence=1), item(quote="I know", confidence=2))[1]["W5"] == 0.6


@pytest.mark.parametrize(
    ("quote", "text", "found"),
    [
        ("as you like", "Well,  as\tyou like.", ["as\tyou like"]),
        (" as \n you  like ", "as you like", ["as you like"]),
        ("no", "I know. Well, no.", ["no"]),
        ("…fine", "Well…fine", ["…fine"]),
        ("fine (really)", "It's fine (really).", ["fine (really)"]),
        ("don't", "I don't know", ["don't"]),
        ("I", "It is. I do.", ["I"]),
        ("fine", "fine, fine", ["fine"]),
    ],
)
def test_evidence_is_the_words_of_the_turn_to_the_letter(quote, text, found):
    assert evidence(quote, text) == found


def test_a_long_quote_cut_off_at_the_limit_still_counts():
    text = "and then " * 40
    assert evidence(text[: llm._MOST_QUOTED], text) == [text[: llm._MOST_QUOTED]]


@given(st.text("ab .\n\u2028\u00a0", max_size=40), st.data())
def test_whole_words_of_any_text_are_found_in_it_again(text, data):
    words = [match.span() for match in re.finditer(r"\w+", text)]
    if words:
        (start, _), (_, end) = sorted(data.draw(st.tuples(st.sampled_from(words), st.sampled_from(words))))
        found = llm._find(" ".join(text[start:end].split()), text)
        assert found is not None
        assert text[slice(*found)].split() == text[start:end].split()


def test_evidence_is_given_for_the_codes_of_a_finding_only_and_in_the_order_of_the_text():
    items = [item(), item(code="W1", quote="I know"), item(code="C7", quote="you"), item(4, "C3", "like school")]
    detector = LlmDetector(ScriptedStructuredModel({"codes": items}))
    found = detector.locate(transcript(LINES), [Finding(1, ("W5", "W1"), hints=("C7",)), Finding(4, ("C1",))])
    assert [f.evidence for f in found] == [((0, 6), (8, 36)), ()]


def test_quotes_of_a_turn_that_overlap_are_one_stretch_of_evidence():
    quotes = {"W5": "think is", "W1": "you think", "W2": "think", "C3": "I know", "C7": "know", "C2": "best"}
    model = ScriptedStructuredModel({"codes": [item(code=code, quote=quote) for code, quote in quotes.items()]})
    session = transcript("T: So?\nC: I know you think is best")
    (found,) = LlmDetector(model).locate(session, [Finding(1, tuple(quotes))])
    # "I know", "you think is", "best": the nested and the overlapping ones are joined, the neighbours stay apart.
    assert found.evidence == ((0, 6), (7, 19), (20, 24))


def test_scoring_and_locating_ask_about_a_session_once_and_about_another_anew():
    model = ScriptedStructuredModel({"codes": [item()]}, {"codes": []})
    detector, session = LlmDetector(model), transcript(LINES)
    analysis = analyse(session, detector, DECISIONS, detector.locate)
    assert len(model.asked) == 1
    assert [(f.turn, f.codes, f.evidence) for f in analysis.findings] == [(1, ("W5",), ((8, 36),))]
    assert analysis.top_moments == (1,)
    detector.score([transcript("T: So?\nC: Well.")])
    assert len(model.asked) == 2


def test_a_code_the_model_only_leans_to_is_a_finding_that_opens_no_session():
    detector = LlmDetector(ScriptedStructuredModel({"codes": [item(confidence=1)]}))
    analysis = analyse(transcript(LINES), detector, DECISIONS, detector.locate)
    assert [f.turn for f in analysis.findings] == [1]
    assert analysis.top_moments == ()
