"""Shared wording across the parts of the split."""

from rupture.coding.likeness import alike
from rupture.transcript import Role, Transcript, Turn

LONG = "we drove out past the old mill and then the rain came down so hard we could not see"


def said(id, *texts):
    return Transcript(id, tuple(Turn(i, "C", Role.CLIENT, text) for i, text in enumerate(texts)))


def test_a_long_run_of_words_in_another_part_is_found_whatever_its_punctuation():
    near = "Yes, well: We drove out past the OLD mill, and then the rain came down."
    assert alike({"train": [said("a", LONG)], "test": [said("b", near)]}) == [("a", "b")]


def test_the_same_part_may_repeat_itself():
    assert alike({"train": [said("a", LONG), said("b", LONG)], "test": [said("c", "something else")]}) == []


def test_a_stock_phrase_is_no_likeness():
    phrase = "how have you been doing since I last saw you"  # ten words: three runs of eight
    assert alike({"train": [said("a", phrase)], "test": [said("b", f"so {phrase} then")]}) == []


def test_the_same_run_said_often_counts_once():
    phrase = "I do not know what you want from me"  # nine words
    assert alike({"train": [said("a", *[phrase] * 9)], "test": [said("b", *[phrase] * 9)]}) == []
