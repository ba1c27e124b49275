"""Attempts: each step gives a new one, what does not fit is refused, and what was saved comes back."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rupture.codebook import MARKERS
from rupture.practice.attempt import (
    CLEAR,
    LEANING,
    Attempt,
    AttemptError,
    Mode,
    begin,
    fitting,
    read_to,
    with_codes,
    with_reply,
)

AT = "2026-11-22T18:00:00+00:00"


@pytest.fixture
def begun():
    return read_to(begin("x9-01", Mode.TURN_BY_TURN, AT), 8)


def test_codes_are_put_in_place_of_others_and_taken_away(begun):
    once = with_codes(begun, 3, ["C3"], LEANING)
    twice = with_codes(once, 3, ["C1", "C2"])
    assert (once.codes, once.sure) == ({3: ("C3",)}, {3: LEANING})
    assert (twice.codes, twice.sure) == ({3: ("C1", "C2")}, {3: CLEAR})
    assert with_codes(twice, 3, []) == begun


def test_replies_are_trimmed_and_an_empty_one_takes_the_reply_away(begun):
    replied = with_reply(begun, 3, "  Let's drop it. ")
    assert replied.replies == {3: "Let's drop it."}
    assert with_reply(replied, 3, "  ") == begun


def test_what_was_read_stays_read(begun):
    assert read_to(begun, 3).read == 8
    assert read_to(begun, 9).read == 9


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda a: with_codes(a, 3, ["X9"]), "turn 3: found the codes X9"),
        (lambda a: with_codes(a, 3, ["C3", "C3"]), "turn 3: found the codes C3, C3"),
        (lambda a: with_codes(a, 3, ["C3"], 3), "needs a sureness of 1"),
        (lambda a: with_codes(a, 8, ["C3"]), "turn 8 has a code or reply, but turns 0 to 7 were read"),
        (lambda a: with_reply(a, 9, "Oh."), "turn 9 has a code or reply"),
        (lambda a: begin("x9-01", Mode.WHOLE, "yesterday"), "begun: expected a UTC time"),
        (lambda a: begin("x9-01", Mode.WHOLE, "2026-11-22T18:00:00+02:00"), "begun: expected a UTC time"),
        (lambda a: begin("x9-01", Mode.WHOLE, ""), "begun: expected a UTC time"),
        (lambda a: Attempt("x9-01", Mode.WHOLE, AT, "2026-11-22"), "ended: expected a UTC time"),
    ],
)
def test_an_attempt_that_contradicts_itself_is_refused(begun, change, told):
    with pytest.raises(AttemptError, match=told):
        change(begun)


def test_an_attempt_must_fit_its_session(begun, rated):
    transcript = rated().transcript
    assert fitting(begun, transcript) is begun
    both = read_to(begin("x9-01", Mode.WHOLE, AT, strategies=True), 8)
    assert fitting(with_codes(both, 2, ["R5"]), transcript).codes == {2: ("R5",)}
    for wrong, told in (
        (read_to(begun, 9), "9 turns are said to be read, but the session has 8"),
        (with_codes(begun, 3, ["R5"]), "turn 3: R5 cannot stand on a turn of role client; expected W1"),
        (with_codes(begun, 2, ["R5"]), "turn 2: R5 cannot stand on a turn of role therapist; expected no code there"),
        (with_codes(both, 2, ["W5"]), "turn 2: W5 cannot stand on a turn of role therapist; expected R1"),
        (with_reply(begun, 2, "Oh."), "turn 2 has a reply, but is not a client's"),
        (read_to(begin("x9-02", Mode.WHOLE, AT), 8), "found an attempt at session 'x9-02', expected one at 'x9-01'"),
    ):
        with pytest.raises(AttemptError, match=told):
            fitting(wrong, transcript)


@given(
    codes=st.dictionaries(st.integers(0, 30), st.lists(st.sampled_from(MARKERS), min_size=1, max_size=3, unique=True)),
    replies=st.dictionaries(st.integers(0, 30), st.text(min_size=1).filter(str.strip)),
    sure=st.sampled_from([LEANING, CLEAR]),
    whole=st.booleans(),
)
def test_what_was_saved_comes_back(codes, replies, sure, whole):
    attempt = read_to(begin("x9-01", Mode.WHOLE if whole else Mode.TURN_BY_TURN, AT, strategies=whole), 31)
    for turn, given_codes in codes.items():
        attempt = with_codes(attempt, turn, given_codes, sure)
    for turn, text in replies.items():
        attempt = with_reply(attempt, turn, text)
    assert Attempt.from_dict(json.loads(json.dumps(attempt.to_dict()))) == attempt
