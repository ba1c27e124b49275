"""Top moments, episodes and ratings, by hand."""

import numpy as np
import pytest

from rupture.analysis import Episode
from rupture.codebook import Family
from rupture.coding.values import Rating
from rupture.evaluation import moments
from rupture.evaluation.values import Prediction

from .helpers import coded

EQUAL = np.ones((1, 2))


def answer(session, top=(), codes=None, rating=None):
    turns = range(len(session.transcript.turns))
    return Prediction(session.transcript.id, ({},) * len(turns), tuple((codes or {}).get(t, ()) for t in turns), top, rating)


def episode(onset, end, speaker="Client"):
    return Episode(onset, onset, end, (speaker,), (Family.WITHDRAWAL,), ("W2",), 1, (), 1)


def test_top_moments_by_hand():
    with_rupture = coded("a", "C: a {W2}\nC: b\nC: c {W2}", (0, "W2"))  # turn 0 coded, turn 1 not, turn 2 disputed
    without = coded("b", "C: a\nC: b\nC: c")
    values = moments.top_moments([with_rupture, without], [answer(with_rupture, (0, 1, 2)), answer(without, (1,))], EQUAL)
    # right: turn 0; wrong: turn 1 of the first and turn 1 of the second; the disputed one is left out
    assert values["precision"][0] == pytest.approx(1 / 3)
    assert values["hit_rate"][0] == 1
    assert values["shown_without_rupture"][0] == 1


def test_episodes_pair_one_to_one_and_nearest_first():
    found = [episode(10, 14), episode(12, 16), episode(40, 44)]
    reference = [episode(11, 15), episode(45, 50)]
    assert moments.matched(found, reference, moments.onsets_meet) == 1
    assert moments.matched(found, [episode(12, 15), episode(9, 12)], moments.onsets_meet) == 2
    assert moments.matched(found, [episode(14, 15)], moments.onsets_meet) == 1  # 12 is two turns away, which still meets
    assert moments.matched(found, [episode(15, 15)], moments.onsets_meet) == 0
    assert moments.matched(found, [episode(44, 50)], moments.spans_meet) == 1
    assert moments.matched(found, [episode(10, 14, speaker="Partner")], moments.onsets_meet) == 0


def test_episodes_leave_disputed_turns_out_on_both_sides():
    lines = "\n".join(["C: a {W2}", *["T: t\nC: c"] * 8, "C: z {W2}"])
    session, other = coded("a", lines, (0, "W2")), coded("b", "C: a")  # turn 0 by both raters, turn 17 by one
    values, counts = moments.episodes(
        [session, other],
        [answer(session, codes={2: ("W2",), 17: ("C1",)}), answer(other)],
        EQUAL,
        moments.onsets_meet,
    )
    assert counts == {"matched": 1, "found": 1, "reference": 1}
    assert values["f1"][0] == 1


def test_spearman_and_error_by_hand():
    # ranks of 1 2 2 5 are 1 2.5 2.5 4, of 1 2 3 4 themselves: covariance 4.5, spreads √4.5 and √5
    x, y = np.array([1.0, 2, 2, 5]), np.array([1.0, 2, 3, 4])
    assert moments.spearman(x, y, np.ones((1, 4)))[0] == pytest.approx(4.5 / np.sqrt(4.5 * 5))
    assert moments.mean_absolute_error(x, y, np.ones((1, 4)))[0] == pytest.approx(0.5)
    assert np.isnan(moments.spearman(np.ones(4), y, np.ones((1, 4)))[0])


def test_weighted_spearman_is_that_of_the_repeated_sessions():
    stats = pytest.importorskip("scipy.stats", reason="scipy comes with the extra 'models'")
    rng = np.random.default_rng(3)
    x, y, weights = rng.integers(1, 6, 20).astype(float), rng.integers(1, 6, 20).astype(float), rng.integers(0, 3, (5, 20))
    for row in weights:
        expected = stats.spearmanr(np.repeat(x, row), np.repeat(y, row)).statistic
        assert moments.spearman(x, y, row[None].astype(float))[0] == pytest.approx(expected)


def test_ratings_are_paired_where_both_exist():
    rated, unresolved = coded("a", "C: a", rating=Rating(1, 2, 3, 4)), coded("b", "C: a", rating=Rating(1, 1, None, 1))
    answers = [answer(rated, rating=Rating(2, 2, 2, 2)), answer(unresolved, rating=Rating(3, 3, 3, 3))]
    predicted, reference, numbers = moments.rating_pairs([rated, unresolved], answers, "resolution")
    assert (list(predicted), list(reference), numbers) == ([2], [3], [0])
