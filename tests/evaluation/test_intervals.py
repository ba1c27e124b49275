"""The bootstrap draws whole sessions and says nothing where it has nothing to say."""

import numpy as np
import pytest

from rupture.evaluation.intervals import Estimate, estimate, resampled
from rupture.evaluation.metrics import auroc, confusion

from .helpers import rows


def test_a_draw_holds_as_many_sessions_as_there_are_and_the_first_row_is_the_data():
    weights = resampled(30, draws=200)
    assert weights.shape == (201, 30)
    assert (weights[0] == 1).all()
    assert (weights.sum(axis=1) == 30).all()
    # a session is left out of a draw with probability (29/30)^30 = .362
    assert (weights[1:] == 0).mean() == pytest.approx(0.362, abs=0.02)


def test_draws_are_the_same_each_time():
    assert (resampled(12) == resampled(12)).all()


def test_turns_of_a_session_come_and_go_together():
    # two sessions, one all right and one all wrong: resampling sessions, recall can only be 0, .5 or 1
    sample = rows(*[(0, 1, 0.9)] * 50, *[(1, 1, 0.1)] * 50)
    assert set(confusion(sample, resampled(2)).recall()) == {0.0, 0.5, 1.0}


def test_a_draw_equals_the_metric_of_the_repeated_sessions():
    sample = rows((0, 1, 0.9), (0, 0, 0.3), (1, 1, 0.2), (1, 0, 0.4), (2, 0, 0.1))
    # sessions 0, 0 and 1: positives .9 .9 .2, negatives .3 .3 .4: .9 beats all three twice, .2 none: 6 of 9
    assert auroc(sample, np.array([[2.0, 1.0, 0.0]]))[0] == pytest.approx(6 / 9)


def test_percentiles_by_hand():
    # draws 0 … 1000: 2.5 % is 25, 97.5 % is 975; NaN draws are passed over
    values = np.array([500.0, *range(1001), np.nan, np.nan])
    assert estimate(values, sessions=20) == Estimate(500, 25, 975)


def test_no_interval_for_few_sessions_and_no_number_where_undefined():
    assert estimate(np.array([0.4, 0.1, 0.9]), sessions=9) == Estimate(0.4)
    assert estimate(np.array([np.nan, 0.1, 0.9]), sessions=20) == Estimate(None)
    assert estimate(np.array([0.4, np.nan]), sessions=20) == Estimate(0.4)
    assert Estimate(1 / 3).to_dict() == {"value": 0.333333, "low": None, "high": None}
