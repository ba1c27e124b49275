"""Votes of several raters, worked by hand."""

from rupture.codebook import MARKERS, STRATEGIES
from rupture.coding.values import CodedSession, names_for, votes_of
from rupture.transcript import Role, Transcript, Turn

SESSION = Transcript(
    "t",
    (
        Turn(0, "T", Role.THERAPIST, "And the diary?"),
        Turn(1, "C", Role.CLIENT, "Sure, whatever."),
        Turn(2, "I", Role.OTHER, "She says yes."),
    ),
)


def coded(*raters):
    return CodedSession(SESSION, votes_of(raters, SESSION), None, "test")


def test_one_rater_is_all_of_the_votes():
    assert coded({0: ["R4"], 1: ["W5"]}).votes == (
        {"R4": 1.0, "strategy": 1.0},
        {"W5": 1.0, "rupture": 1.0, "withdrawal": 1.0},
        {},
    )


def test_families_and_rupture_are_voted_for_by_any_of_their_codes():
    # Three raters: two see a withdrawal, by different codes; one of these two also a confrontation; one sees nothing.
    session = coded({1: ["W5"]}, {1: ["W2", "C2"]}, {})
    assert session.votes[1] == {
        "C2": 1 / 3,
        "W2": 1 / 3,
        "W5": 1 / 3,
        "confrontation": 1 / 3,
        "rupture": 2 / 3,
        "withdrawal": 2 / 3,
    }
    assert session.reference(1, "rupture") is True
    assert session.reference(1, "W5") is False
    assert session.codes(1) == ()


def test_two_raters_who_disagree_leave_the_turn_out():
    session = coded({1: ["W5"]}, {})
    assert session.reference(1, "W5") is None
    assert session.reference(1, "C2") is False
    assert session.codes(1) == ()


def test_a_code_given_twice_by_one_rater_counts_once():
    assert coded({1: ["W5", "W5", "W2"]}, {}).votes[1]["withdrawal"] == 0.5


def test_codes_that_cannot_stand_on_a_turn_are_ignored():
    assert coded({0: ["W5"], 1: ["R4"], 2: ["W5", "R4"]}).votes == ({}, {}, {})


def test_codes_come_in_codebook_order():
    assert coded({1: ["C2", "W7", "W1"]}).codes(1) == ("W1", "W7", "C2")


def test_names_for_a_role_are_those_it_can_be_given():
    assert names_for(Role.CLIENT) == ("rupture", "withdrawal", "confrontation", *MARKERS)
    assert names_for(Role.THERAPIST) == ("strategy", *STRATEGIES)
    assert names_for(Role.OTHER) == ()
