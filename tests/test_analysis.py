"""The Analysis as data: the JSON of schema 1, reading it back, and deciding again from saved scores."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rupture.analyse import Decisions, analyse, decide, talk_share
from rupture.analysis import (
    Analysis,
    Episode,
    Finding,
    ModelCard,
    RiskNotice,
    SessionRating,
    State,
    StrategyUse,
    Suggestion,
)
from rupture.codebook import MARKER_FAMILIES, MARKERS, STRATEGIES, Component
from rupture.fakes import ScriptedDetector
from rupture.policy import Policy
from rupture.session_rating import RATINGS
from rupture.transcript import Role, Transcript, Turn

SESSION = """
    T: So how was the week with the thought record, did you get to it at all?
    C: It was fine, I think I did most of it in the end.
    T: You think? What was it like to sit down and write those things?
    C: No, you are right, I will do it properly, whatever you think is best for me.
    T: I wonder whether I have been pushing this on you a bit?
    C: A bit, and I would rather talk about my sister, if that is all right.
"""
SCORES = {
    "No, you are right, I will do it properly, whatever you think is best for me.": {
        "rupture": 0.91237,
        "withdrawal": 0.88,
        "confrontation": 0.06,
        "W5": 0.80,
    },
    "I wonder whether I have been pushing this on you a bit?": {"strategy": 0.7, "R5": 0.66},
}
CARD = ModelCard("fake", "0" * 64, MARKERS)
WEIGHTS = {name: {"intercept": 1.0, "withdrawal_max": 2.0} for name in RATINGS}
DECISIONS = Decisions(Policy(), WEIGHTS, CARD)


@pytest.fixture
def analysis(coded):
    return analyse(coded(SESSION).transcript, ScriptedDetector(SCORES), DECISIONS)


def test_the_keys_are_exactly_those_of_schema_1(analysis):
    suggested = replace(analysis, suggestions=(Suggestion(0, "R4", "Which bit would you change?", ("a#1",)),))
    suggested = replace(suggested, risk=(RiskNotice(1, "self_harm"),))
    data = suggested.to_dict()
    assert list(data) == [
        *("schema", "id", "state", "notes", "turns", "episodes", "top_moments", "session"),
        *("balance", "risk", "bias", "suggestions", "model"),
    ]
    assert list(data["turns"][0]) == [
        *("index", "line", "speaker", "role", "text", "start", "scores", "codes", "hints", "components", "evidence"),
    ]
    assert list(data["episodes"][0]) == [
        *("onset", "peak", "end", "speakers", "family", "codes", "severity", "strategies", "resolved"),
    ]
    assert list(data["episodes"][0]["strategies"][0]) == ["turn", "code"]
    assert list(data["session"]) == ["withdrawal", "confrontation", "resolution", "therapist_contribution"]
    assert list(data["balance"]) == ["talk_share"]
    assert list(data["risk"][0]) == ["turn", "kind"]
    assert list(data["suggestions"][0]) == ["episode", "strategy", "text", "passages"]
    assert list(data["model"]) == ["id", "digest", "covers"]


def test_what_is_found_stands_where_the_schema_says(analysis):
    data = analysis.to_dict()
    turn = data["turns"][3]
    assert (data["schema"], data["id"], data["state"], data["notes"]) == (1, "test-1", "analysed", [])
    assert (turn["index"], turn["line"], turn["role"], turn["speaker"]) == (3, 5, "client", "Client")
    assert (turn["codes"], turn["hints"], turn["components"]) == (["W5"], [], ["task"])
    assert turn["scores"] == {"rupture": 0.9124, "withdrawal": 0.88, "confrontation": 0.06, "W5": 0.8}
    assert data["turns"][0]["scores"] == {}
    # Onset 3, tail to the end at 5; answered at 4 by R5 and then quiet: 4.
    assert data["episodes"] == [
        {
            "onset": 3,
            "peak": 3,
            "end": 5,
            "speakers": ["Client"],
            "family": "withdrawal",
            "codes": ["W5"],
            "severity": 1,
            "strategies": [{"turn": 4, "code": "R5"}],
            "resolved": 4,
        }
    ]
    assert data["top_moments"] == [3]
    # 1 + 2 * .88 = 2.76, rounded 3.
    assert data["session"] == {"withdrawal": 3, "confrontation": 3, "resolution": 3, "therapist_contribution": 3}


def test_the_data_is_plain_json(analysis):
    assert json.loads(json.dumps(analysis.to_dict(), allow_nan=False)) == analysis.to_dict()


def test_what_is_not_analysed_says_why_and_still_looks_for_risk(coded):
    one_sided = coded("C: I want to kill myself.\nC: I mean it this time, I really do.")
    found = analyse(one_sided.transcript, ScriptedDetector({}), DECISIONS)
    assert found.state is State.NOT_ANALYSED
    assert "same speaker" in found.notes[0]
    assert found.risk == (RiskNotice(0, "self_harm"),)
    assert (found.scores, found.findings, found.episodes, found.session) == ((), (), (), None)
    assert Analysis.from_dict(found.to_dict()) == found


def test_a_few_turns_are_partly_analysed_with_their_findings(coded):
    lines = "\n".join(SESSION.strip().splitlines()[2:4])
    found = analyse(coded(lines).transcript, ScriptedDetector(SCORES), DECISIONS)
    assert found.state is State.PARTLY
    assert [f.codes for f in found.findings] == [("W5",)]


def test_without_weights_there_is_no_session_rating(coded):
    found = analyse(coded(SESSION).transcript, ScriptedDetector(SCORES), replace(DECISIONS, session_weights={}))
    assert found.session is None
    assert Analysis.from_dict(found.to_dict()) == found


def test_notes_of_the_transcript_are_the_analysis_notes_once(coded):
    transcript = replace(coded(SESSION).transcript, notes=("2 control characters removed.",))
    found = analyse(transcript, ScriptedDetector(SCORES), DECISIONS)
    assert found.notes == ("2 control characters removed.",)
    saved = Analysis.from_dict(found.to_dict())
    assert saved == found
    assert decide(saved.transcript, saved.state, saved.notes, saved.scores, DECISIONS).notes == found.notes


def test_the_same_transcript_gives_the_same_analysis(coded):
    transcript = coded(SESSION).transcript
    assert analyse(transcript, ScriptedDetector(SCORES), DECISIONS) == analyse(transcript, ScriptedDetector(SCORES), DECISIONS)


def test_components_are_those_of_the_codes():
    assert Finding(0, ("W7", "C2"), ("C1",)).components == (Component.BOND, Component.GOAL, Component.TASK)


def test_talk_share_counts_words(coded):
    # 3 + 1 words of 8 are the therapist's, 3 of A, 1 of B.
    session = coded("T: Who goes first?\nC1: He can go.\nC2: Fine.\nT: Okay.")
    assert talk_share(session.transcript) == {"Therapist": 0.5, "Client A": 0.375, "Client B": 0.125}
    assert talk_share(Transcript("silent", (Turn(0, "C", Role.CLIENT, " "),))) == {}


def test_the_episode_at_a_turn_is_the_one_that_peaks_nearest():
    early, late = (
        Episode(onset, peak, end, (who,), MARKER_FAMILIES[:1], ("W5",), 1, (), 2)
        for onset, peak, end, who in ((0, 1, 8, "A"), (4, 7, 9, "B"))
    )
    both = Analysis(Transcript("t", ()), State.ANALYSED, episodes=(early, late))
    assert [both.episode_at(turn) for turn in (0, 4, 5, 9, 10)] == [early, early, late, late, None]


@pytest.mark.parametrize("schema", [None, 0, 2, "1"])
def test_data_of_another_schema_is_refused(analysis, schema):
    with pytest.raises(ValueError, match="expected an analysis of schema 1, found"):
        Analysis.from_dict({**analysis.to_dict(), "schema": schema})


@pytest.mark.parametrize("key", ["turns", "state", "episodes", "balance", "model"])
def test_data_that_lacks_a_key_is_refused(analysis, key):
    data = analysis.to_dict()
    del data[key]
    with pytest.raises(KeyError):
        Analysis.from_dict(data)


names = st.text(min_size=1, max_size=5)
small = st.integers(0, 400)
rating = st.integers(1, 5)


def tuples(values, **limits):
    return st.lists(values, max_size=4, **limits).map(tuple)


episodes = st.builds(
    Episode,
    onset=small,
    peak=small,
    end=small,
    speakers=tuples(names),
    families=st.sampled_from([MARKER_FAMILIES, MARKER_FAMILIES[:1], MARKER_FAMILIES[1:]]),
    codes=tuples(st.sampled_from(MARKERS)),
    severity=rating,
    strategies=tuples(st.builds(StrategyUse, small, st.sampled_from(STRATEGIES))),
    resolved=rating,
)


@st.composite
def analyses(draw):
    """Any Analysis whose parts belong together: findings at turns, scores for each turn unless it was not analysed."""
    state = draw(st.sampled_from(State))
    starts = st.none() | st.floats(0, 9000)
    turns = tuple(
        Turn(i, draw(names), draw(st.sampled_from(Role)), draw(st.text(max_size=9)), draw(st.none() | small), draw(starts))
        for i in range(draw(st.integers(0, 5)))
    )
    spans = tuples(st.tuples(small, small))
    found = draw(st.lists(st.sampled_from(range(len(turns))), unique=True).map(sorted)) if turns else []
    findings = tuple(
        Finding(i, draw(tuples(st.sampled_from(MARKERS), min_size=1)), draw(tuples(st.sampled_from(MARKERS))), draw(spans))
        for i in found
    )
    scores = tuple(draw(st.dictionaries(names, st.floats(0, 1), max_size=3)) for _ in turns)
    return Analysis(
        transcript=Transcript(draw(names), turns),
        state=state,
        notes=draw(tuples(names)),
        scores=() if state is State.NOT_ANALYSED else scores,
        findings=findings,
        episodes=draw(tuples(episodes)),
        top_moments=draw(tuples(small)),
        session=draw(st.none() | st.builds(SessionRating, rating, rating, st.none() | rating, rating)),
        talk_share=draw(st.dictionaries(names, st.floats(0, 1), max_size=3)),
        risk=draw(tuples(st.builds(RiskNotice, small, names))),
        suggestions=draw(tuples(st.builds(Suggestion, small, names, names, tuples(names)))),
        model=draw(st.none() | st.builds(ModelCard, names, names, tuples(names))),
    )


@given(analyses())
def test_an_analysis_reads_back_as_it_was_written(analysis):
    assert Analysis.from_dict(json.loads(json.dumps(analysis.to_dict()))) == analysis


speakers = (("Therapist", Role.THERAPIST), ("Client", Role.CLIENT))
scored = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("rupture", "withdrawal", "W5", "C2", "strategy", "R4"), st.floats(0, 1))
)


@given(st.lists(scored, min_size=1, max_size=12))
def test_saved_scores_decided_again_give_the_same_analysis(scores):
    # Raw scores have more places than are saved: one at .49999 must not be decided as .5 only after it was saved.
    turns = tuple(Turn(i, *speakers[i % 2], f"words of turn {i}") for i in range(len(scores)))
    first = decide(Transcript("t", turns), State.ANALYSED, (), scores, DECISIONS)
    saved = Analysis.from_dict(json.loads(json.dumps(first.to_dict())))
    assert decide(saved.transcript, saved.state, saved.notes, saved.scores, DECISIONS) == first
    assert all(finding.evidence == () for finding in first.findings)


def test_a_score_just_under_its_threshold_is_decided_as_it_is_saved(coded):
    words = "No, you are right, I will do it properly, whatever you think is best for me."
    found = analyse(coded(SESSION).transcript, ScriptedDetector({words: {"withdrawal": 0.49996, "W5": 0.4}}), DECISIONS)
    saved = Analysis.from_dict(found.to_dict())
    again = decide(saved.transcript, saved.state, saved.notes, saved.scores, DECISIONS)
    assert [f.codes for f in found.findings] == [f.codes for f in again.findings] == [("W5",)]
