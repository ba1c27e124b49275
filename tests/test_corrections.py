"""Corrections: what each verdict does to an analysis, that their order does not matter, that one taken back leaves no trace."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rupture.analyse import Decisions, analyse
from rupture.analysis import Finding, StrategyUse, Suggestion
from rupture.codebook import MARKERS, STRATEGIES
from rupture.corrections import Correction, CorrectionError, Verdict, codes_for, corrected, verdict_in
from rupture.episodes import find_episodes
from rupture.errors import RuptureError
from rupture.fakes import ScriptedDetector
from rupture.policy import Policy
from rupture.session_rating import RATINGS
from rupture.transcript import Role, Transcript, Turn

T, C, THIRD = Role.THERAPIST, Role.CLIENT, Role.OTHER
SAID = (
    (T, "So how was the week with the diary?"),
    (C, "Fine, I suppose, I did most of it and then my sister came and I forgot the rest."),
    (T, "What was it like to write it down?"),
    (C, "No, you are right, I will do it properly, whatever you think is best for me."),
    (T, "I wonder whether I have been pushing this on you."),
    (THIRD, "She says it is a bit like school."),
    (C, "This diary is pointless."),
    (T, "  Shall we stop there for today? "),
    (C, ""),
)
SCORES = {
    SAID[1][1]: {"rupture": 0.4, "withdrawal": 0.3, "confrontation": 0.1, "W2": 0.3},  # a hint only
    SAID[3][1]: {"rupture": 0.91, "withdrawal": 0.88, "confrontation": 0.06, "W5": 0.8},
    SAID[4][1]: {"strategy": 0.7, "R5": 0.66},
    SAID[6][1]: {"rupture": 0.7, "withdrawal": 0.1, "confrontation": 0.8, "C3": 0.7},
}
TRANSCRIPT = Transcript("s1", tuple(Turn(i, role.value, role, text) for i, (role, text) in enumerate(SAID)), ("Read as text.",))
WEIGHTS = {name: {"intercept": 1.0, "withdrawal_max": 2.0} for name in RATINGS}
ANALYSIS = analyse(TRANSCRIPT, ScriptedDetector(SCORES), Decisions(Policy(), WEIGHTS))

AGREE, NOT, OTHER = Verdict.AGREE, Verdict.NOT_A_RUPTURE, Verdict.OTHER_CODE


def of_turn(turn):
    """Every correction that fits the turn."""
    plain = st.sampled_from([Correction(turn.index, AGREE), Correction(turn.index, NOT)])
    if turn.role is THIRD:
        return plain
    codes = st.lists(st.sampled_from(codes_for(turn.role)), min_size=1, max_size=4, unique=True)
    return plain | codes.map(lambda chosen: Correction(turn.index, OTHER, tuple(chosen)))


corrections = st.fixed_dictionaries({}, optional={turn.index: of_turn(turn) for turn in TRANSCRIPT.turns})


def given_one(turn, verdict, *codes):
    return corrected(ANALYSIS, {turn: Correction(turn, verdict, codes)})


def test_the_session_is_what_the_tests_below_take_it_for():
    assert {f.turn: (f.codes, f.hints) for f in ANALYSIS.findings} == {
        1: ((), ("W2",)), 3: (("W5",), ()), 4: (("R5",), ()), 6: (("C3",), ()),
    }  # fmt: skip
    assert ANALYSIS.top_moments == (3,)
    assert [(e.onset, e.codes) for e in ANALYSIS.episodes] == [(3, ("C3", "W5"))]


def test_agreeing_keeps_what_was_found_and_says_so():
    after = given_one(3, AGREE)
    assert (after.findings, after.episodes, after.top_moments) == (ANALYSIS.findings, ANALYSIS.episodes, ANALYSIS.top_moments)
    assert after.notes == (*ANALYSIS.notes, "Turn 3 was confirmed by the reader.")


def test_what_is_not_a_rupture_goes_with_its_episode_and_its_place_among_the_top_moments():
    after = given_one(3, NOT)
    assert [f.turn for f in after.findings] == [1, 4, 6]
    assert [(e.onset, e.codes, e.strategies) for e in after.episodes] == [(6, ("C3",), ())]  # R5 came before it
    assert after.top_moments == ()
    assert after.notes[-1] == "Turn 3 was set aside by the reader; session ratings are from before that."


def test_other_codes_take_the_place_of_codes_and_hints_and_keep_the_evidence():
    after = given_one(3, OTHER, "C2", "W1")
    assert after.finding(3) == Finding(3, ("C2", "W1"), (), ANALYSIS.finding(3).evidence)
    assert ANALYSIS.finding(3).evidence != ((0, len(SAID[3][1])),)
    assert after.episodes[0].family == "mixed"
    assert after.top_moments == (3,)
    assert after.notes[-1] == (
        "Turn 3 was read as “turns the therapist's offer away” and “closes a feeling down” by the reader; "
        "session ratings are from before that."
    )
    assert given_one(1, OTHER, "W4").finding(1).hints == ()


def test_a_turn_that_had_nothing_is_shown_whole_without_the_space_around_it():
    ((start, end),) = given_one(7, OTHER, "R10").finding(7).evidence
    assert SAID[7][1][start:end] == "Shall we stop there for today?"


def test_a_silence_can_be_coded_and_shows_no_words():
    assert given_one(8, OTHER, "W2").finding(8) == Finding(8, ("W2",))


def test_a_strategy_the_reader_adds_answers_the_episode():
    (episode,) = given_one(7, OTHER, "R4").episodes
    assert StrategyUse(7, "R4") in episode.strategies
    assert (ANALYSIS.episodes[0].resolved, episode.resolved) == (3, 5)  # R5 and R4, the last one after the strain, then quiet


def test_scores_ratings_and_everything_else_stay_as_the_tool_had_them():
    original = replace(ANALYSIS, suggestions=(Suggestion(0, "R4", "Which bit would you change?", ("a#1",)),))
    after = corrected(original, {3: Correction(3, NOT)})
    assert after.suggestions == ()
    kept = ("transcript", "state", "scores", "session", "talk_share", "risk", "bias", "model")
    assert [getattr(after, name) for name in kept] == [getattr(original, name) for name in kept]


@given(corrections, st.randoms(use_true_random=False))
def test_the_order_of_corrections_does_not_matter(said, random):
    shuffled = list(said.items())
    random.shuffle(shuffled)
    assert corrected(ANALYSIS, dict(shuffled)) == corrected(ANALYSIS, said)


@given(corrections, st.sampled_from(TRANSCRIPT.turns))
def test_a_correction_taken_back_was_never_made(said, turn):
    rest = {index: correction for index, correction in said.items() if index != turn.index}
    with_it, without = corrected(ANALYSIS, said), corrected(ANALYSIS, rest)
    assert without.finding(turn.index) == ANALYSIS.finding(turn.index)
    others = [t.index for t in TRANSCRIPT.turns if t is not turn]
    assert [with_it.finding(index) for index in others] == [without.finding(index) for index in others]
    assert corrected(ANALYSIS, {}) == ANALYSIS


@given(corrections)
def test_whatever_is_corrected_the_analysis_holds_together(said):
    after = corrected(ANALYSIS, said)
    codes = {f.turn: f.codes for f in after.findings}
    assert list(codes) == sorted(codes)
    assert after.episodes == find_episodes(TRANSCRIPT, codes)
    assert all(codes[turn] for turn in after.top_moments)
    for finding in after.findings:
        assert all(TRANSCRIPT.turns[finding.turn].text[start:end].strip() for start, end in finding.evidence)
        assert set(finding.codes) <= set(codes_for(TRANSCRIPT.turns[finding.turn].role))
    assert len(after.notes) == len(ANALYSIS.notes) + len(said)
    assert type(after).from_dict(after.to_dict()).findings == after.findings


@given(corrections)
def test_notes_of_corrections_are_told_from_the_others_with_what_they_say(said):
    after = corrected(ANALYSIS, said)
    before = len(ANALYSIS.notes)
    assert [verdict_in(note) for note in after.notes[:before]] == [None] * before > []
    assert [verdict_in(note) for note in after.notes[before:]] == [said[turn].verdict for turn in sorted(said)]


def test_words_that_only_look_like_a_correction_are_none():
    for note in ("Turn 3 was set aside.", "Turn 3: neither therapist nor client speaks; left out.", "set aside by the reader"):
        assert verdict_in(note) is None


def test_each_role_has_its_own_codes():
    assert (codes_for(C), codes_for(T), codes_for(THIRD)) == (MARKERS, STRATEGIES, ())


CONTRADICTIONS = {
    "other codes, but none": (OTHER, (), "codes none"),
    "agreement with codes": (AGREE, ("W5",), "agree with the codes W5"),
    "no rupture with codes": (NOT, ("W5",), "not_a_rupture with the codes W5"),
    "a code there is not": (OTHER, ("W5", "W9"), "W9"),
    "a code twice": (OTHER, ("W5", "W5"), "each once"),
}


@pytest.mark.parametrize(("verdict", "codes", "problem"), CONTRADICTIONS.values(), ids=CONTRADICTIONS)
def test_a_correction_cannot_contradict_itself(verdict, codes, problem):
    with pytest.raises(CorrectionError, match=f"turn 3: .*{problem}"):
        Correction(3, verdict, codes)


MISFITS = {
    "a strategy on a client's turn": (
        {3: Correction(3, OTHER, ("W5", "R4"))},
        "turn 3: R4 cannot stand on a turn of role client",
    ),
    "a marker on a therapist's turn": ({4: Correction(4, OTHER, ("W5",))}, "turn 4: W5 cannot stand on a turn of role therapist"),
    "a code on another's turn": ({5: Correction(5, OTHER, ("W5",))}, "turn 5: W5 .* role other; expected no code there"),
    "a turn past the end": ({9: Correction(9, AGREE)}, "turn 9 is corrected, but the session has 9 turns"),
    "a turn before the start": ({-1: Correction(-1, NOT)}, "turn -1 is corrected"),
    "one turn under another": ({3: Correction(4, NOT)}, "turn 4 under turn 3"),
}


@pytest.mark.parametrize(("said", "problem"), MISFITS.values(), ids=MISFITS)
def test_a_correction_that_does_not_fit_its_session_is_refused(said, problem):
    with pytest.raises(RuptureError, match=problem):
        corrected(ANALYSIS, said)


def test_what_was_not_analysed_cannot_be_corrected():
    alone = analyse(Transcript("s2", TRANSCRIPT.turns[:1]), ScriptedDetector({}), Decisions())
    with pytest.raises(CorrectionError, match="not analysed"):
        corrected(alone, {0: Correction(0, AGREE)})
