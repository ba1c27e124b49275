"""Which session comes next: what was asked for, new ones first, and never so that the choice gives the answer away."""

from dataclasses import replace

import pytest

from rupture.codebook import Family
from rupture.practice.sets import Wish, in_turn


@pytest.fixture
def sessions(rated, explained):
    """Eight that show withdrawal, two that show confrontation and four without any; levels 1 and 2 in turn."""
    lines = {"w": "T: So?\nC: Sure. {W5}", "c": "T: So?\nC: No. {C2}", "n": "T: So?\nC: It rained, so I stayed in."}
    kinds = "wwwwwwwwccnnnn"
    return [
        rated(lines[kind], id=f"{kind}{n}", explained=replace(explained, session=f"{kind}{n}", level=1 + n % 2))
        for n, kind in enumerate(kinds)
    ]


def ids(sessions):
    return [session.id for session in sessions]


def test_the_families_are_those_most_raters_saw(rated):
    assert rated().families == (Family.WITHDRAWAL, Family.CONFRONTATION)
    assert rated("T: So?\nC: Sure. {W5}", {}, {}).families == ()


def test_everything_is_offered_once_when_nothing_is_asked_for(sessions):
    assert sorted(ids(in_turn(sessions, Wish(), seed=1))) == sorted(ids(sessions))


def test_the_seed_alone_decides(sessions):
    assert ids(in_turn(sessions, Wish(), seed=1)) == ids(in_turn(sessions, Wish(), seed=1))
    assert len({tuple(ids(in_turn(sessions, Wish(), seed=seed))) for seed in range(5)}) > 1


def test_level_and_setting_are_met(sessions):
    assert {session.explained.level for session in in_turn(sessions, Wish(level=2), seed=1)} == {2}
    assert in_turn(sessions, Wish(setting="youth"), seed=1) == ()


def test_what_was_done_comes_last_the_longest_ago_first(sessions):
    done = ["w1", "n11", "w1", "c8", "gone"]
    assert ids(in_turn(sessions, Wish(), seed=4, done=done))[-3:] == ["n11", "w1", "c8"]


def test_a_family_brings_all_that_show_it_and_decoys_but_no_other_family(sessions):
    found = ids(in_turn(sessions, Wish(family=Family.WITHDRAWAL), seed=1))
    assert {id for id in found if id[0] == "w"} == {id for id in ids(sessions) if id[0] == "w"}
    assert not [id for id in found if id[0] == "c"]
    assert len(found) == len(set(found))


def test_about_a_third_of_what_comes_next_shows_nothing(sessions):
    first = [in_turn(sessions, Wish(family=Family.WITHDRAWAL), seed=seed)[0].id[0] for seed in range(600)]
    assert 0.25 < first.count("n") / len(first) < 0.42


def test_decoys_are_mixed_in_also_when_all_were_done_or_none_has_the_level(sessions):
    decoys = [id for id in ids(sessions) if id[0] == "n"]
    none_here = [session for session in sessions if session.id[0] != "n" or session.explained.level == 2]
    for wish, known, done in ((Wish(family=Family.WITHDRAWAL), sessions, decoys), (Wish(1, Family.WITHDRAWAL), none_here, [])):
        first = [in_turn(known, wish, seed=seed, done=done)[0].id[0] for seed in range(60)]
        assert {"n", "w"} <= set(first)


def test_our_own_sessions_come_with_three_raters_and_explanations(ours):
    assert len(ours) >= 60
    assert {session.raters for session in ours} == {3}
    assert all(session.explained and session.explained.session == session.id for session in ours)
    assert not any(session.human for session in ours)
    assert sum(not session.families for session in ours) >= 6
