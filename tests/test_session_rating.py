"""Session ratings: summaries worked by hand, and numbers that stay on the scale."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rupture.session_rating import RATINGS, estimate, rate, summarise
from rupture.transcript import Role, Transcript, Turn


def session(*roles):
    return Transcript("t", tuple(Turn(i, role.value, role, "words") for i, role in enumerate(roles)))


T, C, OTHER = Role.THERAPIST, Role.CLIENT, Role.OTHER


def weights(**given):
    return {name: {"intercept": 1.0, **given} for name in RATINGS}


def test_client_probabilities_are_summed_up_over_client_turns():
    # .9, .6, .5, 0: mean 2.0/4 = .5, the three highest 2.0/3, above .5 are two of four.
    scores = [{"strategy": 0.4}, {"rupture": 0.5}, {"rupture": 0.9}, {"rupture": 0.6}, {}]
    summary = summarise(session(T, C, C, C, C), scores)
    assert summary["rupture_mean"] == pytest.approx(0.5)
    assert summary["rupture_max"] == 0.9
    assert summary["rupture_top3"] == pytest.approx(2 / 3)
    assert summary["rupture_share"] == 0.5


def test_strategies_are_summed_up_over_therapist_turns():
    summary = summarise(session(T, C, T), [{"strategy": 0.4}, {"rupture": 1.0}, {"strategy": 0.8}])
    assert summary["strategy_mean"] == pytest.approx(0.6)
    assert summary["strategy_max"] == 0.8
    assert summary["strategy_share"] == 0.5


def test_turns_of_others_do_not_count():
    assert summarise(session(C, OTHER), [{"rupture": 0.8}, {"rupture": 0.2}])["rupture_mean"] == 0.8


def test_a_role_that_never_speaks_sums_up_to_nothing():
    summary = summarise(session(C), [{"rupture": 0.8}])
    assert {summary[f"strategy_{kind}"] for kind in ("mean", "max", "top3", "share")} == {0.0}


def test_an_estimate_is_the_intercept_and_the_weighted_summaries():
    # 1 + 2 * .5 - 1 * .25 = 1.75; what has no weight adds nothing.
    assert estimate({"a": 0.5, "b": 0.25, "c": 9.0}, {"intercept": 1.0, "a": 2.0, "b": -1.0}) == 1.75


def test_ratings_are_rounded_to_the_scale():
    rating = rate(session(C), [{"withdrawal": 0.8}], weights(withdrawal_max=2.0), any_codes=True)
    # 1 + 2 * .8 = 2.6.
    assert (rating.withdrawal, rating.confrontation, rating.resolution, rating.therapist_contribution) == (3, 3, 3, 3)


@pytest.mark.parametrize(("weight", "expected"), [(100.0, 5), (-100.0, 1)])
def test_ratings_stay_between_one_and_five(weight, expected):
    assert rate(session(C), [{"rupture": 1.0}], weights(rupture_max=weight), any_codes=True).withdrawal == expected


def test_without_any_code_there_was_nothing_to_resolve():
    rating = rate(session(C), [{"rupture": 0.1}], weights(), any_codes=False)
    assert rating.resolution is None
    assert rating.withdrawal == 1


def test_without_weights_nothing_is_rated():
    assert rate(session(C), [{"rupture": 0.9}], {}, any_codes=True) is None


@given(st.lists(st.tuples(st.sampled_from([T, C, OTHER]), st.floats(0, 1)), min_size=1, max_size=20))
def test_summaries_of_probabilities_are_probabilities_in_order(turns):
    transcript = session(*(role for role, _ in turns))
    summary = summarise(transcript, [{"rupture": value} for _, value in turns])
    assert 0 <= summary["rupture_mean"] <= summary["rupture_top3"] + 1e-9 <= summary["rupture_max"] + 2e-9 <= 1 + 3e-9
    assert 0 <= summary["rupture_share"] <= 1
