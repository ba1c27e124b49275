"""Masking by rule: what may tell who it is about goes, and the rest stays as it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rupture.privacy.masking import masked


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("Write to jo.smith@example.org today.", "Write to [e-mail] today."),
        ("It is on https://example.org/a?b=1 now", "It is on [link] now"),
        ("Since 12 March 2021 and 3rd of May", "Since [date] and [date]"),
        ("on 12/03/1984, at 9", "on [date], at 9"),
        ("Call 0044 20 7946 0958.", "Call [number]."),
        ("at 12 Old Mill Road, SW1A 1AA", "at [address], [postcode]"),
        ("Dr. Okafor and Mrs Jean Lee", "[name] and [name]"),
        ("My name is Ada and my boy is called Kit.", "My name is [name] and my boy is called [name]."),
        ("turn 12, Client: It was 3 of 5.", "turn 12, Client: It was 3 of 5."),
    ],
)
def test_by_rule(text, after):
    assert masked(text) == after


def test_names_go_in_any_case_as_whole_words_the_longest_first():
    text = "Ann told ANN BROWN that Annabel rang ann's mother."
    assert masked(text, ["Ann", "Ann Brown"]) == "[name] told [name] that Annabel rang [name]'s mother."


@given(st.text(alphabet="abcdefgh ,.?!'", max_size=80))
def test_plain_talk_stays_as_it_is(text):
    assert masked(text) == text


@given(st.text(max_size=200), st.lists(st.sampled_from(["Jo", "Ada B", "van Dyk"]), max_size=3))
def test_masking_twice_changes_nothing_more(text, names):
    once = masked(f"{text} Jo and Ada B", names)
    assert masked(once, names) == once
