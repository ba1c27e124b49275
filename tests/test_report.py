"""Reports: what a person reads. Words of the session stay words, and nothing joint is said where partners may be in danger."""

import re
from dataclasses import replace

import pytest

from rupture.analyse import Decisions, analyse
from rupture.analysis import Analysis, ModelCard, RiskNotice, State, Suggestion
from rupture.fakes import ScriptedDetector
from rupture.guidance.values import Guidance, Passage, PassageRole, Reference
from rupture.report import found, sources, terminal
from rupture.session_rating import RATINGS
from rupture.transcript import Transcript

SESSION = """
    T: So how was the week with the thought record, did you get to it at all?
    C: It was fine, I think I did most of it in the end.
    T: You think? What was it like to sit down and write those things?
    C: No, you are right. Whatever you think is best for me.
    T: I wonder whether I have been pushing this on you a bit?
    C: What is this even for, I would rather talk about my sister.
"""
SCORES = {
    "No, you are right. Whatever you think is best for me.": {"rupture": 0.7, "withdrawal": 0.8, "W5": 0.8},
    "What is this even for, I would rather talk about my sister.": {"rupture": 0.9, "confrontation": 0.8, "C3": 0.8},
    "I wonder whether I have been pushing this on you a bit?": {"strategy": 0.7, "R5": 0.66},
}
WEIGHTS = {name: {"intercept": 2.0} for name in RATINGS}
DECISIONS = Decisions(session_weights=WEIGHTS, model=ModelCard("fake-1", "0123456789abcdef", ()))
PASSAGE = Passage("a#1", "a", "When a client agrees too easily", "Words", "Say it.", PassageRole.SAY, references=("B01",))


@pytest.fixture
def analysis(coded):
    return analyse(coded(SESSION).transcript, ScriptedDetector(SCORES), DECISIONS)


def test_the_top_moment_comes_first_with_its_words_and_codes(analysis):
    text = terminal(analysis, {})
    assert "6 turns, 2 client turns that may be worth a second look." in text
    first = text.index("Look here first:")
    assert first < text.index("turn 5, Client:") < text.index("Also:") < text.index("turn 3, Client:")
    assert "(C3 objects to the tasks; 0.90)" in text


def test_episodes_are_told_with_their_answers(analysis):
    # Coded at 3 and 5, both families: two turns are severity 2, plus one. R5 at 4 came before the last coded turn: 3.
    assert "  turns 3–5, Client, mixed, severity 3 of 5, resolved 3 of 5; R5 at turn 4\n" in terminal(analysis, {})


def test_the_therapists_share_is_a_question_and_never_a_number(analysis):
    text = terminal(analysis, {})
    assert "What might your own share in the strained moments have been, if any?" in text
    assert "contribution" not in text


def test_nothing_found_is_not_no_rupture(coded):
    text = terminal(analyse(coded(SESSION).transcript, ScriptedDetector({}), DECISIONS), {})
    assert "No marker met the threshold. That is not the same as no rupture" in text
    assert "resolution –." in text


def test_what_was_not_analysed_gives_the_reason_and_nothing_else():
    text = terminal(Analysis(Transcript("t", ()), State.NOT_ANALYSED, ("No turns were found.",)), {})
    assert text == "Not analysed.\nNote: No turns were found.\n"


def test_unreadable_text_with_risk_language_still_has_the_notice():
    text = terminal(Analysis(Transcript("t", ()), State.NOT_ANALYSED, ("No.",), risk=(RiskNotice(0, "abuse"),)), {})
    assert "language about harm at turn 0." in text
    assert text.startswith("Not analysed.")


def test_the_risk_notice_opens_the_report_and_names_each_turn_once(analysis):
    risk = (RiskNotice(1, "self_harm"), RiskNotice(1, "abuse"), RiskNotice(4, "self_harm"))
    text = terminal(replace(analysis, risk=risk), {})
    assert text.startswith("This text has language about harm at turn 1, 4.")
    assert "$" not in text


@pytest.mark.parametrize(("kind", "shown"), [("self_harm", True), ("abuse", True), ("partner_violence", False)])
def test_talk_share_is_hidden_with_partner_violence(analysis, kind, shown):
    text = terminal(replace(analysis, risk=(RiskNotice(0, kind),)), {})
    assert ("Share of words" in text) is shown


def test_talk_share_is_in_percent(analysis):
    assert re.search(r"Share of words: Therapist \d\d%, Client \d\d%\.", terminal(analysis, {}))


def test_a_suggestion_names_what_it_rests_on(analysis):
    suggested = replace(analysis, suggestions=(Suggestion(0, "R4", "Which bit would you change?", ("a#1",)),))
    text = terminal(suggested, {"a#1": PASSAGE})
    assert "For the moment around turn 3, words in which one invites thoughts about the work:" in text
    assert "“Which bit would you change?”" in text
    assert "from: When a client agrees too easily" in text


def test_partners_are_called_client_a_and_b(coded):
    session = coded("T: Who would like to begin today?\nC1: Whatever he wants, I do not mind at all.\nC2: You see? That again.")
    scores = {"Whatever he wants, I do not mind at all.": {"rupture": 0.9, "withdrawal": 0.9, "W5": 0.9}}
    text = terminal(analyse(session.transcript, ScriptedDetector(scores), DECISIONS), {})
    assert "turn 1, Client A: “Whatever he wants" in text


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "![pixel](https://evil.example/p.png)",
    "[click](javascript:alert(1))",
    "**bold** _it_ `code` ~~gone~~",
    "a | b | c\n|---|---|\n| 1 | 2 |",
    "ends\n\n# Heading\n\n- item",
    "$$\\frac{1}{2}$$ &lt;b&gt;",
    "back\\slash \\`tick\\`",
]


def test_sources_are_numbered_with_their_references():
    reference = Reference("B01", "A meta-analysis", "seen", "Eubanks CF", 2018, "Psychotherapy", "10.1/x")
    text = sources(["a#1"], Guidance({"a#1": PASSAGE}, {"B01": reference}, "d"))
    assert text == (
        "[1] When a client agrees too easily: Words (a#1)\n      Eubanks CF (2018). A meta-analysis. Psychotherapy. doi:10.1/x"
    )
    assert sources([], Guidance({}, {}, "d")) == ""


def test_a_search_that_is_not_covered_says_so():
    assert found({"covered": False, "passages": [], "own": []}) == "The guidance does not cover this.\n"
    passage = {"title": "Title: Words", "id": "a#1", "score": 0.5, "text": "Say it."}
    assert found({"covered": True, "passages": [passage], "own": []}) == "Title: Words  (a#1, 0.50)\nSay it.\n"
