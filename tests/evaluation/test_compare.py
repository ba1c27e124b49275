"""Two runs over the same sessions: differences by hand and draw by draw, turns that changed, and what the report dares to say."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rupture.errors import RunError
from rupture.evaluation.compare import LISTED, compare, compare_report
from rupture.evaluation.detection import HEADLINE, score_sessions
from rupture.evaluation.samples import NAMES

from .helpers import coded, many, noisy

GROUPS = ("rupture", "withdrawal", "confrontation", "strategy")


def better(session, share=0.5):
    """`noisy` with codes and scores moved towards the reference on a share of the turns, the same for the same session."""
    found = noisy(session)
    rng = np.random.default_rng(len(session.transcript.id))
    scores, codes = list(found.scores), list(found.codes)
    for turn in session.transcript.turns:
        if rng.random() < share:
            votes = session.votes[turn.index]
            codes[turn.index] = session.codes(turn.index)
            scores[turn.index] = {n: v / 2 + votes.get(n, 0) / 2 for n, v in found.scores[turn.index].items()}
    return replace(found, scores=tuple(scores), codes=tuple(codes))


def both(sessions):
    return [noisy(session) for session in sessions], [better(session) for session in sessions]


def test_values_are_those_of_the_two_runs_and_the_difference_is_between_them():
    sessions = many(20)
    before, after = both(sessions)
    found = compare(before, after, sessions)["sets"]["own"]["names"]
    assert set(found) == set(NAMES)
    for predictions, key in ((before, "before"), (after, "after")):
        alone = score_sessions(sessions, predictions, {})["names"]
        for name in NAMES:
            assert found[name]["n"] == alone[name]["n"]
            assert {metric: found[name][metric][key] for metric in HEADLINE} == {
                metric: alone[name][metric] for metric in HEADLINE
            }
    kappa = found["rupture"]["kappa"]
    assert kappa["difference"]["value"] == pytest.approx(kappa["after"]["value"] - kappa["before"]["value"], abs=2e-6)
    assert 0 < kappa["difference"]["low"] < kappa["difference"]["value"] < kappa["difference"]["high"]


def test_the_interval_is_paired_by_a_plain_loop_over_draws_of_sessions():
    sessions = many(12)
    before, after = both(sessions)
    found = compare(before, after, sessions)["sets"]["own"]["names"]["rupture"]["kappa"]["difference"]

    def kappa(predictions, drawn):
        cells = np.zeros((2, 2))
        for place in drawn:
            session, prediction = sessions[place], predictions[place]
            for turn in session.transcript.turns:
                share = session.votes[turn.index].get("rupture", 0)
                if turn.role == "client" and share != 0.5:
                    cells[int(share > 0.5), int(bool(prediction.codes[turn.index]))] += 1
        shares = cells / cells.sum()
        chance = (shares.sum(axis=0) * shares.sum(axis=1)).sum()
        return (np.trace(shares) - chance) / (1 - chance)

    rng = np.random.default_rng(20240229)
    draws = rng.multinomial(12, np.full(12, 1 / 12), size=1000)
    with np.errstate(invalid="ignore"):
        differences = [kappa(after, drawn) - kappa(before, drawn) for drawn in (np.repeat(np.arange(12), draw) for draw in draws)]
    low, high = np.nanpercentile(differences, [2.5, 97.5])
    assert (found["low"], found["high"]) == pytest.approx((low, high), abs=1e-6)


def test_a_run_beside_itself_does_not_differ():
    sessions = many(12)
    before, _ = both(sessions)
    found = compare(before, before, sessions)
    for values in found["sets"]["own"]["names"].values():
        assert (values["gained"], values["lost"]) == ([], [])
        assert {values[metric]["difference"]["value"] for metric in HEADLINE} <= {0, None}
    text = compare_report(found, ("A", "B"))
    assert " 0 leave zero out" in text
    assert "higher in" not in text
    assert "### Turns that changed\n\nNone.\n" in text


def test_turns_gained_and_lost_by_hand():
    session = coded("s", "C: a {W1}\nC: b\nC: c {C1}\nC: d {W1}\nT: e {R5}", (0, "W1"), (2, "C1"), (4, "R5"))  # turn 3 disputed
    names = dict.fromkeys(NAMES, 0.5)
    answer = replace(noisy(session), scores=(names,) * 5, codes=(("W1",), (), (), (), ()))
    other = replace(answer, codes=((), ("W2",), ("W1",), ("W1",), ("R5",)))
    found = compare([answer], [other], [session])["sets"]["own"]["names"]
    turns = {name: [[row["turn"] for row in found[name][key]] for key in ("gained", "lost")] for name in GROUPS}
    assert turns == {
        "rupture": [[2], [0, 1]],
        "withdrawal": [[], [0, 1, 2]],
        "confrontation": [[], []],
        "strategy": [[4], []],
    }
    assert found["rupture"]["gained"] == [{"session": "s", "turn": 2}]


def test_turns_that_one_run_did_not_score_are_compared_in_neither():
    sessions = many(12)
    before, after = both(sessions)
    after[0] = replace(after[0], scores=({}, {}, *after[0].scores[2:]))
    found = compare(before, after, sessions)["sets"]["own"]["names"]["rupture"]
    assert found["n"] == compare(after, after, sessions)["sets"]["own"]["names"]["rupture"]["n"]
    assert {"session": "own-0", "turn": 1} not in found["gained"] + found["lost"]


def test_sessions_that_differ_are_left_out_counted_and_warned_of():
    sessions = many(14)
    before, after = both(sessions)
    found = compare(before[1:], after[:-1], sessions[:-2])
    assert (found["shared"], found["only_before"], found["only_after"], found["not_given"]) == (
        11,
        ["own-13"],
        ["own-0"],
        ["own-12"],
    )
    assert found["sets"] == compare(before[1:-2], after[1:-2], sessions[1:-2])["sets"]
    text = compare_report(found, ("old*run", "new"))
    assert text.count("> **The runs differ in their sessions.**") == 3
    assert "1 answered in old&#42;run alone (own-13)" in text
    assert "differ in their sessions" not in compare_report(compare(before, after, sessions), ("a", "b"))


def test_nothing_shared_is_an_error_that_says_so():
    before, after = both(many(4))
    with pytest.raises(RunError, match="nothing to compare: of 2 and 2 answered sessions none"):
        compare(before[:2], after[2:], many(4))
    with pytest.raises(RunError, match="nothing to compare"):
        compare(before, after, many(4, "other"))
    with pytest.raises(RunError, match="expected scores and codes for 1 turns"):
        compare(before[:1], after[:1], [coded("own-0", "C: a")])


def test_data_sets_are_compared_apart():
    sessions = [*many(12), *many(10, "annomi")]
    found = compare(*both(sessions), sessions)["sets"]
    assert {source: values["sessions"] for source, values in found.items()} == {"own": 12, "annomi": 10}


def test_the_report_says_which_differences_can_be_told_and_of_how_many_nothing_can_be_said():
    sessions = many(20)
    found = compare(*both(sessions), sessions)
    text = compare_report(found, ("old", "new"))
    rows = [values[metric]["difference"] for values in found["sets"]["own"]["names"].values() for metric in HEADLINE]
    judged = [row for row in rows if row["low"] is not None]
    told = [row for row in judged if row["low"] > 0 or row["high"] < 0]
    assert f"Of {len(judged)} differences with an interval, {len(told)} leave zero out" in text
    assert f"{len(rows) - len(judged)} have no interval" in text
    assert text.count("- ") >= len(told) > 0
    assert "- any rupture, κ of codes: higher in new, difference " in text
    assert text.count("| higher in new |") + text.count("| higher in old |") == len(told)
    assert text.count("| nothing |") == len(rows) - len(told)
    backwards = compare_report(compare(*reversed(both(sessions)), sessions), ("new", "old"))
    assert "- any rupture, κ of codes: higher in new, difference −" in backwards


def test_few_sessions_let_nothing_be_said():
    sessions = many(9)
    text = compare_report(compare(*both(sessions), sessions), ("old", "new"))
    assert "Of 0 differences with an interval, 0 leave zero out." in text
    assert "higher in" not in text
    assert "fewer than 10 sessions" in text


def test_the_report_names_some_turns_and_counts_the_rest():
    sessions = many(60)
    found = compare(*both(sessions), sessions)
    gained = found["sets"]["own"]["names"]["rupture"]["gained"]
    text = compare_report(found, ("old", "new"))
    assert len(gained) > LISTED
    assert f"{gained[LISTED - 1]['session']} {gained[LISTED - 1]['turn']}, and {len(gained) - LISTED} more." in text
    said = {word for s in sessions for t in s.transcript.turns for word in t.text.split() if len(word) > 5}
    assert not said & set(text.split())
    assert json.loads(json.dumps(found)) == found


@settings(max_examples=10)
@given(st.integers(1, 20), st.integers(0, 10**6))
def test_swapping_the_runs_swaps_the_sign_and_gains_with_losses(count, seed):
    sessions = many(count)
    before, after = both(sessions)
    rng = np.random.default_rng(seed)
    one, other = ([p for p in side if rng.random() < 0.8] for side in (before, after))
    if not {p.session for p in one} & {p.session for p in other}:
        return
    forth, back = compare(one, other, sessions), compare(other, one, sessions)
    for name, values in forth["sets"]["own"]["names"].items():
        mirrored = back["sets"]["own"]["names"][name]
        assert (values["gained"], values["lost"]) == (mirrored["lost"], mirrored["gained"])
        for metric in HEADLINE:
            assert values[metric]["before"] == mirrored[metric]["after"]
            difference, opposite = values[metric]["difference"], mirrored[metric]["difference"]
            if difference["value"] is not None:
                assert difference["value"] == pytest.approx(-opposite["value"])
            if difference["low"] is not None:
                assert (difference["low"], difference["high"]) == pytest.approx((-opposite["high"], -opposite["low"]), abs=2e-6)
