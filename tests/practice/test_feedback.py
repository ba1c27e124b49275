"""Feedback: every turn either side marked, with why; counts that can be done on one's fingers; nothing made up."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rupture.codebook import MARKERS, STRATEGIES, Family
from rupture.coding.values import CodedSession, votes_of
from rupture.practice.attempt import CLEAR, LEANING, AttemptError
from rupture.practice.comparison import HELD, Outcome, seen
from rupture.practice.explanations import Contrast
from rupture.practice.feedback import Sureness, feedback, turn_feedback
from rupture.practice.sets import PracticeSession
from rupture.transcript import Role, Transcript, Turn

from .small import LINES, attempted


@pytest.fixture
def practice(rated, explained):
    """The raters agree on turns 1 and 3; one of three saw W4 at turn 5; two of three saw R5 at turn 2."""
    return rated(
        LINES,
        {1: ["W5"], 2: ["R5"], 3: ["C3"]},
        {1: ["W5"], 3: ["C3"], 5: ["W4"]},
        explained=explained,
    )


def test_each_turn_is_told_with_its_words_why_and_contrast(practice):
    found = feedback(practice, attempted("x9-01", 8, {1: ["W2"], 7: (["W5"], LEANING)}))
    assert [(turn.turn, turn.outcome) for turn in found.turns] == [
        (1, Outcome.OTHER_MARKER),
        (2, Outcome.NOT_ASKED),
        (3, Outcome.MISSED),
        (5, Outcome.AGREED),
        (7, Outcome.TOO_MUCH),
    ]
    first, therapist, missed, tempting, added = found.turns
    text = practice.transcript.turns[1].text
    assert text[slice(*first.words)] == "Whatever you think"
    assert (first.why, first.contrast) == ("It hands the choice back.", Contrast("W2", "It is not only short."))
    assert first.contrast_words == "Why not W2: It is not only short."
    assert "W2 (goes quiet or clipped)" in first.told
    assert "the raters marked W5 (goes along without engaging)" in first.told
    assert "a move away" in first.told
    assert first.pairs == (("W5", "W2"),)
    # The codebook on what was there, and on what was given in its place with what that is mistaken for.
    assert first.definitions[0].startswith("W5, goes along without engaging: Agrees")
    assert "Not to be mistaken: A short answer to a closed question" in first.definitions[1]
    assert (therapist.counts, therapist.reference) == (
        "2 of 3 raters saw R5 (owns a part in it), 1 saw nothing to mark.",
        ("R5",),
    )
    assert therapist.contrast_words.startswith("Why not leave it unmarked: ")
    assert missed.told == "You left this turn unmarked; the raters marked C3 (objects to the tasks)."
    assert tempting.counts == "2 of 3 raters saw nothing to mark, 1 saw W4 (moves off the topic)."
    assert tempting.told.startswith("You left this turn unmarked, as most raters did.")
    assert (added.words, added.why, added.contrast_words) == (None, "", "")
    assert "the raters marked nothing here" in added.told


def test_a_reading_of_one_rater_counts_and_is_said_to_be_one(practice):
    found = feedback(practice, attempted("x9-01", 8, {1: ["W5"], 3: ["C3"], 5: ["W4"]})).at(5)
    assert found.outcome is Outcome.SPLIT
    assert "one of the readings the raters gave" in found.told
    assert found.counts.startswith("2 of 3 raters saw nothing to mark")


def test_families_are_counted_over_the_client_turns_that_were_read(practice):
    found = feedback(practice, attempted("x9-01", 8, {1: ["W2"], 7: ["W5"]}))
    # Withdrawal: turn 1 both, turn 7 the trainee alone, 3 and 5 neither. Kappa: agreement 3/4, chance (2·1 + 2·3)/16 = 1/2.
    away, against = found.families
    assert (away.family, away.both, away.yours, away.theirs, away.neither) == (Family.WITHDRAWAL, 1, 1, 0, 2)
    assert away.kappa == pytest.approx(0.5)
    # Confrontation: turn 3 the raters alone. The trainee marked none, so agreement is no more than chance.
    assert (against.both, against.yours, against.theirs, against.neither) == (0, 0, 1, 3)
    assert against.kappa == pytest.approx(0.0)


def test_a_turn_that_all_raters_marked_counts_as_marked_though_no_code_prevails(rated):
    apart = rated("T: So?\nC: Sure. {W5}", {1: ["W1"]}, {1: ["C2"]})
    (told,) = feedback(apart, attempted("x9-01", 2, {})).told
    assert told.startswith("Turns that you or most raters marked: 1. On 0 of them")


def test_a_family_that_nobody_marked_has_no_kappa(rated):
    calm = rated("T: So?\nC: It rained.\nT: And?\nC: I stayed in.", {}, {})
    assert [family.kappa for family in feedback(calm, attempted("x9-01", 4, {})).families] == [None, None]


def test_sureness_is_set_against_what_held(practice):
    found = feedback(practice, attempted("x9-01", 8, {1: ["W5"], 3: ["C1"], 5: (["W4"], LEANING), 7: ["C2"]}))
    assert found.sureness == (Sureness(CLEAR, 3, 1), Sureness(LEANING, 1, 1))
    assert "You called it clear" in found.at(3).told
    assert "You called it clear" not in found.at(1).told
    assert "You called it clear" not in found.at(5).told


def test_stopping_early_brings_feedback_on_what_was_read(practice):
    found = feedback(practice, attempted("x9-01", 8, {1: ["W5"]}, read=3))
    assert [turn.turn for turn in found.turns] == [1, 2]
    assert found.told[0] == "You read 3 of 8 turns; only these are looked at."
    assert found.families[1].theirs == 0


def test_therapists_turns_count_where_they_were_asked_for(practice):
    left = feedback(practice, attempted("x9-01", 8, {}, strategies=True))
    assert left.at(2).outcome is Outcome.SPLIT
    other = feedback(practice, attempted("x9-01", 8, {4: ["R4"]}, strategies=True))
    assert other.at(4).outcome is Outcome.TOO_MUCH
    assert [family.family for family in other.families] == [Family.WITHDRAWAL, Family.CONFRONTATION, Family.STRATEGY]
    assert (other.families[2].yours, other.families[2].theirs) == (1, 1)
    assert "in therapist turns" in other.families[2].told


def test_what_it_is_compared_with_is_said_every_time(practice):
    nothing = attempted("x9-01", 8, {}, read=1)
    assert "3 language models after the codebook, not by clinicians" in feedback(practice, nothing).reference
    assert "language models" not in feedback(replace(practice, human=True), nothing).reference
    assert "3 people" in feedback(replace(practice, human=True), nothing).reference


def test_a_session_nobody_explained_is_still_compared(rated):
    found = feedback(rated(), attempted("x9-01", 8, {1: ["W5"]}))
    assert [(turn.turn, turn.outcome) for turn in found.turns] == [
        (1, Outcome.AGREED),
        (2, Outcome.NOT_ASKED),
        (3, Outcome.MISSED),
    ]
    assert found.look_for == ""


def test_an_attempt_at_another_session_is_refused(practice):
    with pytest.raises(AttemptError, match="x9-02"):
        feedback(practice, attempted("x9-02", 8, {}))


def test_it_can_be_saved_and_holds_no_words_of_the_session(practice):
    data = json.dumps(feedback(practice, attempted("x9-01", 8, {1: ["W2"]})).to_dict())
    assert "Whatever you think" not in data
    assert '"outcome": "other_marker"' in data


def test_no_grade_no_pass_no_fail(practice):
    for codes in ({}, {1: ["W5"], 3: ["C3"]}, {1: ["C1"], 5: ["W1"], 7: ["W2"]}):
        found = feedback(practice, attempted("x9-01", 8, codes))
        told = " ".join([*found.told, *(t.told for t in found.turns), *(f.told for f in found.families), found.reference]).lower()
        for word in ("pass", "fail", "score", "grade", "correct", "wrong", "well done", "no rupture"):
            assert word not in told


def random_session(raters, length):
    turns = tuple(
        Turn(i, "T" if i % 2 == 0 else "C", Role.THERAPIST if i % 2 == 0 else Role.CLIENT, "Hm.") for i in range(length)
    )
    transcript = Transcript("t", turns)
    return PracticeSession(CodedSession(transcript, votes_of(raters, transcript), None, "own"), len(raters))


def coded_turns(length=12):
    """Codes by turn that fit the roles of `random_session`."""
    client = st.lists(st.sampled_from(MARKERS), min_size=1, max_size=2, unique=True)
    therapist = st.lists(st.sampled_from(STRATEGIES), min_size=1, max_size=2, unique=True)
    entry = st.one_of(st.tuples(st.just(1), client), st.tuples(st.just(0), therapist))
    return st.dictionaries(st.integers(0, length // 2 - 1), entry).map(
        lambda chosen: {2 * pair + side: codes for pair, (side, codes) in chosen.items()}
    )


@given(raters=st.lists(coded_turns(), min_size=3, max_size=3), reader=st.integers(0, 2))
def test_whoever_reads_like_a_rater_or_like_most_of_them_misses_nothing(raters, reader):
    practice = random_session(raters, 12)
    most = {turn: list(codes) for turn in range(12) if (codes := practice.coded.codes(turn))}
    # Where all saw something and no code prevails there is no reading of most, so it is one rater's.
    most |= {turn: raters[0][turn] for turn in range(12) if turn not in most and seen(practice, turn).nothing == 0}
    for codes in (raters[reader], most):
        found = feedback(practice, attempted("t", 12, codes, strategies=True))
        assert {turn.outcome for turn in found.turns} <= HELD
        assert not any(turn.pairs for turn in found.turns)


@given(raters=st.lists(coded_turns(), min_size=2, max_size=3), yours=coded_turns(), read=st.integers(0, 12), both=st.booleans())
def test_no_turn_is_made_up_and_none_left_out(raters, yours, read, both):
    practice = random_session(raters, 12)
    yours = {turn: codes for turn, codes in yours.items() if turn < read and (both or turn % 2)}
    found = feedback(practice, attempted("t", 12, yours, read=read, strategies=both))
    told = [turn.turn for turn in found.turns]
    marked = {turn for turn in range(read) if turn in yours or any(turn in rater for rater in raters)}
    asked = {turn for turn in marked if both or turn % 2}
    assert told == sorted(set(told))
    assert asked <= set(told) <= marked
    for turn in found.turns:
        assert turn.yours == tuple(yours.get(turn.turn, ()))
        assert turn.reference == practice.coded.codes(turn.turn)
        assert turn.told
    clients = read // 2
    for family in found.families[:2]:
        assert family.both + family.yours + family.theirs + family.neither <= clients


def test_a_single_turn_is_told_alike(practice):
    assert turn_feedback(practice, 3, ["C1"], CLEAR) == feedback(practice, attempted("x9-01", 8, {3: ["C1"]})).at(3)


def test_our_own_sessions_read_as_their_raters_read_them_agree_throughout(ours):
    for practice in ours:
        length = len(practice.transcript.turns)
        codes = {turn: list(sought) for turn in range(length) if (sought := seen(practice, turn).sought)}
        found = feedback(practice, attempted(practice.id, length, codes, strategies=True))
        assert {turn.outcome for turn in found.turns} <= HELD
        # Every turn with a code is explained, and by words that stand in it.
        assert all(turn.why for turn in found.turns if turn.reference)
        for turn in found.turns:
            if turn.words:
                start, end = turn.words
                assert practice.transcript.turns[turn.turn].text[start:end].strip()
