"""Top moments, coded moments give or take a turn, and episodes, by hand."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rupture.analysis import Episode
from rupture.codebook import Family
from rupture.evaluation import moments
from rupture.evaluation.intervals import resampled
from rupture.evaluation.metrics import confusion
from rupture.evaluation.samples import FAMILIES, sample
from rupture.evaluation.values import Prediction
from rupture.transcript import Role, Transcript, Turn

from .helpers import coded, many, noisy

EQUAL = np.ones((1, 2))


def answer(session, top=(), codes=None):
    turns = range(len(session.transcript.turns))
    scores = dict.fromkeys(FAMILIES, 0.5)
    return Prediction(session.transcript.id, (scores,) * len(turns), tuple((codes or {}).get(t, ()) for t in turns), top)


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
    ((values, counts),) = moments.episodes(
        [session, other],
        [answer(session, codes={2: ("W2",), 17: ("C1",)}), answer(other)],
        EQUAL,
        [moments.onsets_meet],
    )
    assert counts == {"matched": 1, "found": 1, "reference": 1}
    assert values["f1"][0] == 1


def test_both_senses_of_close_are_counted_from_the_same_episodes():
    session = coded("a", "\n".join(["C: a {W2}", "T: t", "C: b", "T: t", "C: c {W1}"]))
    found = answer(session, codes={4: ("W1",)})
    onset, overlap = moments.episodes([session], [found], np.ones((1, 1)), [moments.onsets_meet, moments.spans_meet])
    assert (onset[1]["matched"], overlap[1]["matched"]) == (0, 1)


def test_turns_pair_one_to_one_with_the_nearest_within_reach():
    # reference: turns 0, 4 and 10; coded: 2, 4, 5 (of the partner) and 11
    session = coded("a", "C: a {W1}\nT: t\nC: b\nT: t\nC: c {W2}\nO: d\nT: t\nT: t\nT: t\nT: t\nC: e {C1}\nC: f")
    partner = Turn(5, "Partner", Role.CLIENT, "d")
    turns = (*session.transcript.turns[:5], partner, *session.transcript.turns[6:])
    session = replace(session, transcript=Transcript("a", turns))
    found = answer(session, codes={2: ("W1",), 4: ("W2",), 5: ("W5",), 11: ("C2",)})
    counts = {
        (name, reach): tuple(moments.turn_matches([session], [found], np.ones((1, 1)), name, reach)[1].values())
        for name in ("rupture", "withdrawal", "confrontation")
        for reach in (0, 1, 2)
    }
    # matched, found, in the reference; turn 5 is next to 4 but the partner's; 2 is two away from 0 and from 4, which is taken
    assert counts["rupture", 0] == (1, 4, 3)
    assert counts["rupture", 1] == (2, 4, 3)
    assert counts["rupture", 2] == (3, 4, 3)
    assert counts["withdrawal", 0] == counts["withdrawal", 1] == (1, 3, 2)
    assert counts["withdrawal", 2] == (2, 3, 2)
    assert counts["confrontation", 0] == (0, 1, 1)
    assert counts["confrontation", 1] == counts["confrontation", 2] == (1, 1, 1)
    values, _ = moments.turn_matches([session], [found], np.ones((1, 1)), "rupture", 1)
    assert [values[key][0] for key in ("precision", "recall", "f1")] == pytest.approx([2 / 4, 2 / 3, 4 / 7])


def test_of_two_coded_turns_one_finds_the_moment():
    session = coded("a", "C: a\nC: b {W2}\nC: c")
    values, counts = moments.turn_matches(
        [session], [answer(session, codes={0: ("W2",), 2: ("W2",)})], np.ones((1, 1)), "rupture", 1
    )
    assert (counts["matched"], values["recall"][0], values["precision"][0]) == (1, 1, 0.5)


def test_disputed_and_unscored_turns_are_no_moments():
    session = coded("a", "C: a {W2}\nC: b {W2}\nC: c {W2}", (1, "W2"), (2, "W2"))  # turn 0 is disputed
    unscored = replace(answer(session, codes={0: ("W2",), 1: ("W2",), 2: ("W2",)}), scores=({}, {"rupture": 0.9}, {}))
    assert moments.turn_matches([session], [unscored], np.ones((1, 1)), "rupture", 2)[1] == {
        "matched": 1,
        "found": 1,
        "reference": 1,
    }


@pytest.mark.parametrize("name", FAMILIES)
def test_without_reach_a_moment_is_a_turn_and_more_reach_never_loses_one(name):
    sessions = many(30)
    predictions, weights = [noisy(session) for session in sessions], resampled(30, 20)
    exact, near, nearer = (moments.turn_matches(sessions, predictions, weights, name, reach)[0] for reach in (0, 2, 1))
    turns = confusion(sample(name, sessions, predictions), weights)
    for key, expected in (("precision", turns.precision()), ("recall", turns.recall()), ("f1", turns.f1())):
        assert exact[key] == pytest.approx(expected, nan_ok=True)
        assert (np.nan_to_num(near[key]) >= np.nan_to_num(nearer[key])).all()
        assert (np.nan_to_num(nearer[key]) >= np.nan_to_num(exact[key])).all()


@given(
    found=st.sets(st.integers(0, 30), max_size=8),
    reference=st.sets(st.integers(0, 30), max_size=8),
    reach=st.integers(0, 3),
)
def test_pairing_is_one_to_one_whichever_side_is_named_first(found, reference, reach):
    pairs = [(abs(f - r), f, r) for f in found for r in reference if abs(f - r) <= reach]
    count = moments.nearest(pairs)
    assert count == moments.nearest([(distance, one, other) for distance, other, one in pairs])
    assert len(found & reference) <= count <= min(len(found), len(reference))
