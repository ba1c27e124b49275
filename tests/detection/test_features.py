"""Shape features: counted by hand on a few lines."""

import numpy as np
import pytest

from rupture.detection.features import COLUMNS, CUES, shape_features
from rupture.transcript import Role, Transcript, Turn

# Columns by position, as `_turn_row` lists them.
CLIENT, QUESTION, BACK_CHANNEL, POSITION, BROKEN_OFF, QUESTION_BEFORE, SHARE_SO_FAR, SHARE = 1, 2, 4, 6, 8, 13, 16, 17
BEGINS_SMALL = 23


def transcript(*lines: str) -> Transcript:
    roles = {"T": Role.THERAPIST, "C": Role.CLIENT}
    pairs = [line.split(": ", 1) for line in lines]
    return Transcript("t", tuple(Turn(i, who, roles[who], text) for i, (who, text) in enumerate(pairs)))


@pytest.fixture
def rows():
    return shape_features(
        transcript("T: How was the week?", "C: Mm-hmm.", "T: And the sheet, did you--", "C: No, I didn't. But fine.")
    )


def test_one_row_a_turn_and_nothing_for_nothing(rows):
    assert rows.shape == (4, COLUMNS)
    assert rows.dtype == np.float32
    assert shape_features(Transcript("empty", ())).shape == (0, COLUMNS)


def test_who_speaks_and_what_was_asked(rows):
    assert rows[:, CLIENT].tolist() == [0, 1, 0, 1]
    assert rows[:, QUESTION].tolist() == [1, 0, 0, 0]
    assert rows[:, QUESTION_BEFORE].tolist() == [0, 1, 0, 0]


def test_a_back_channel_is_a_murmur_and_a_short_answer_is_not():
    found = shape_features(transcript("C: Mm-hmm, yeah.", "C: Okay.", "C: Never.", "C: Yeah, it was the dog."))
    assert found[:, BACK_CHANNEL].tolist() == [1, 1, 0, 0]


def test_position_runs_from_zero_to_one_and_broken_off_ends_are_seen(rows):
    assert rows[:, POSITION] == pytest.approx([0.125, 0.375, 0.625, 0.875])
    assert rows[:, BROKEN_OFF].tolist() == [0, 0, 1, 0]


def test_therapist_share_counts_words_so_far_and_over_all(rows):
    # Words: 4, 1, 5, 5. So far the therapist has 4, 4, 9, 9 of 4, 5, 10, 15; one is added below, so that it is never zero.
    assert rows[:, SHARE_SO_FAR] == pytest.approx([4 / 5, 4 / 6, 9 / 11, 9 / 16])
    assert rows[:, SHARE] == pytest.approx([9 / 16] * 4)


def test_cues_are_counted_with_straight_and_curly_apostrophes():
    straight, curly = shape_features(transcript("C: I don't know, but you're right.", "C: I don’t know, but you’re right."))
    first = COLUMNS - 2 * len(CUES)
    assert straight[first:].tolist() == curly[first:].tolist()
    # "I" once, "you're" once, "don't" once: a third of the cap of three each.
    assert straight[[first, first + 2, first + 4]] == pytest.approx([1 / 3] * 3)


def test_capitals_change_no_count_of_words_but_the_small_beginning_is_seen():
    spoken, shouted = shape_features(transcript("C: whatever you say, yeah but no.", "C: WHATEVER YOU SAY, YEAH BUT NO."))
    first = COLUMNS - 2 * len(CUES)
    assert spoken[first:].tolist() == shouted[first:].tolist()
    assert spoken[first:].any()
    assert (spoken[BEGINS_SMALL], shouted[BEGINS_SMALL]) == (1, 0)
