"""A turn's codes beside those of its raters, each case worked by hand: three raters, whose codes stand in the first column."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rupture.codebook import BY_CODE, MARKERS, family_of
from rupture.coding.values import CodedSession, votes_of
from rupture.practice.comparison import HELD, Outcome, outcome, seen, taken_for
from rupture.practice.sets import PracticeSession
from rupture.transcript import Role, Transcript, Turn

AGREED, SPLIT, PARTLY, OTHER_MARKER, OTHER_FAMILY, MISSED, TOO_MUCH = (
    Outcome.AGREED, Outcome.SPLIT, Outcome.PARTLY, Outcome.OTHER_MARKER,
    Outcome.OTHER_FAMILY, Outcome.MISSED, Outcome.TOO_MUCH,
)  # fmt: skip


def there(*raters, role=Role.CLIENT):
    transcript = Transcript("t", (Turn(0, "A", role, "Hm."),))
    votes = votes_of([{0: codes} for codes in raters], transcript)
    return seen(PracticeSession(CodedSession(transcript, votes, None, "own"), len(raters)), 0)


# What the raters gave (- for nothing), what the trainee gave, what comes of it, what was taken for what.
CASES = [
    ("W5 W5 W5", "W5", AGREED, []),
    ("W5 W5 W5", "", MISSED, [("W5", None)]),
    ("W5 W5 W5", "W2", OTHER_MARKER, [("W5", "W2")]),
    ("W5 W5 W5", "C2", OTHER_FAMILY, [("W5", "C2")]),
    ("W5 W5 W5", "W5 C2", PARTLY, [(None, "C2")]),
    ("W5 W5 W5", "W2 C2", OTHER_MARKER, [("W5", "W2"), (None, "C2")]),
    ("- - -", "", AGREED, []),
    ("- - -", "W5", TOO_MUCH, [(None, "W5")]),
    # One rater of three differs: either reading counts.
    ("W5 W5 -", "W5", AGREED, []),
    ("W5 W5 -", "", SPLIT, []),
    ("W5 W5 -", "C2", OTHER_FAMILY, [("W5", "C2")]),
    ("W5 - -", "W5", SPLIT, []),
    ("W5 - -", "", AGREED, []),
    ("W5 - -", "W2", TOO_MUCH, [(None, "W2")]),
    ("W5 W5 C2", "C2", SPLIT, []),
    ("W5 W5 C2", "", MISSED, [("W5", None)]),
    ("W5 W5 C2", "W5 C2", SPLIT, []),
    # All gave W1, one W6 as well: W6 alone is nobody's reading.
    ("W1,W6 W1 W1", "W1", AGREED, []),
    ("W1,W6 W1 W1", "W1 W6", SPLIT, []),
    ("W1,W6 W1 W1", "W6", OTHER_MARKER, [("W1", "W6")]),
    ("W1,C2 W1,C2 W1,C2", "C2", PARTLY, [("W1", None)]),
    ("W1,C2 W1,C2 W1,C2", "", MISSED, [("W1", None), ("C2", None)]),
    ("W1,C2 W1,C2 W1,C2", "C6 W2", OTHER_MARKER, [("W1", "W2"), ("C2", "C6")]),
    # Most saw something, but no code prevails: the one given most often is sought, the first of equals.
    ("W1 W2 -", "", SPLIT, []),
    ("W1 W2 -", "W2", SPLIT, []),
    ("W1 W2 -", "W5", OTHER_MARKER, [("W1", "W5")]),
    ("W1 W2 C2", "", MISSED, [("W1", None)]),
    # Two raters who differ: neither is the majority.
    ("W5 -", "", SPLIT, []),
    ("W5 -", "W5", SPLIT, []),
    ("W5 -", "C2", TOO_MUCH, [(None, "C2")]),
]  # fmt: skip


@pytest.mark.parametrize(("raters", "yours", "expected", "pairs"), CASES)
def test_worked_cases(raters, yours, expected, pairs):
    found = there(*([] if codes == "-" else codes.split(",") for codes in raters.split()))
    assert outcome(found, yours.split()) is expected
    assert list(taken_for(found, yours.split())) == pairs


def test_a_therapists_turn_is_compared_by_strategies():
    found = there(["R5"], ["R5"], ["R1"], role=Role.THERAPIST)
    assert (found.counts, found.nothing, found.reference) == ({"R1": 1, "R5": 2}, 0, ("R5",))
    assert outcome(found, ["R4"]) is OTHER_MARKER
    assert outcome(found, ["R1"]) is SPLIT


def test_counts_say_how_many_of_how_many():
    found = there(["W5", "C2"], ["W5"], [])
    assert (found.raters, found.counts, found.nothing, found.split) == (3, {"W5": 2, "C2": 1}, 1, True)
    assert not there(["W5"], ["W5"], ["W5"]).split
    assert not there([], [], []).split


codes = st.lists(st.sampled_from(MARKERS[5:10]), max_size=3, unique=True)


@given(raters=st.lists(codes, min_size=2, max_size=4), yours=codes)
def test_every_rater_holds_and_what_was_missed_adds_up(raters, yours):
    found = there(*raters)
    for rater in raters:
        assert outcome(found, rater) in HELD
        assert taken_for(found, rater) == ()
    pairs = taken_for(found, yours)
    if outcome(found, yours) in HELD:
        assert pairs == ()
    else:
        # Every code that was missed stands once on the left, every one given in its place once on the right.
        assert sorted(left for left, _ in pairs if left) == sorted(set(found.sought) - set(yours))
        assert sorted(right for _, right in pairs if right) == sorted(set(yours) - set(found.sought))
        assert pairs


@given(raters=st.lists(codes, min_size=3, max_size=3), yours=codes)
def test_an_outcome_is_what_it_is_called(raters, yours):
    found, called = there(*raters), outcome(there(*raters), yours)
    families = {family_of(code) for code in found.sought} & {family_of(code) for code in yours}
    if called is AGREED:
        assert set(yours) == set(found.reference)
    if called in (PARTLY, OTHER_MARKER):
        assert families
    if called is OTHER_FAMILY:
        assert yours
        assert found.sought
        assert not families
    assert set(found.counts) <= set(BY_CODE)
