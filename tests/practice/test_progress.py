"""The course of attempts: kappas by hand, intervals from ten sessions, drift from twenty, a line only for codes of people."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from rupture.codebook import Family
from rupture.evaluation.intervals import Estimate
from rupture.practice.progress import LINE, MarkerCount, first_readings, progress

from .small import attempted

# Client turns 1, 3, 5, 7: two withdrawals.
PLAIN = "T: So?\nC: Sure. {W5}\nT: And?\nC: It rained.\nT: Oh.\nC: Fine. {W2}\nT: Hm.\nC: Then I went home."
LIKE = {1: ["W5"], 5: ["W2"]}
UNLIKE = {1: ["W5"], 3: ["W1"]}


def on_day(day, attempt):
    at = datetime(2026, 1, 1, 10, tzinfo=UTC) + timedelta(days=day)
    return replace(attempt, ended=at.isoformat())


@pytest.fixture
def done(rated):
    """Sessions, and an attempt at each with these codes, one a day."""

    def build(*codes, human=False):
        sessions = [rated(PLAIN, id=f"s{n:02}", human=human) for n in range(len(codes))]
        attempts = [on_day(n, attempted(f"s{n:02}", 8, given)) for n, given in enumerate(codes)]
        return attempts, sessions

    return build


def test_kappa_runs_over_the_sessions_so_far(done):
    away, against = progress(*done(LIKE, UNLIKE)).families
    # The first: four turns of four alike. Both: six of eight, and each side marked four, so chance is 1/2 and kappa 1/2.
    assert [point.sessions for point in away.points] == [1, 2]
    assert [point.at[:10] for point in away.points] == ["2026-01-01", "2026-01-02"]
    assert away.points[0].running == Estimate(1.0)
    assert away.points[1].running.value == pytest.approx(0.5)
    assert against.points[1].running == Estimate(None)


def test_the_last_five_leave_the_first_behind(done):
    away = progress(*done(UNLIKE, *[LIKE] * 5)).families[0]
    assert away.points[-1].last == Estimate(1.0)
    # 24 turns: 22 alike, half of them marked by each side.
    assert away.points[-1].running.value == pytest.approx((22 / 24 - 0.5) / 0.5)


def test_intervals_begin_with_ten_sessions(done):
    found = progress(*done(*[LIKE, UNLIKE] * 5))
    points = found.families[0].points
    assert points[8].running.low is None
    assert points[9].running.low < points[9].running.value < points[9].running.high
    assert points[9].last.low is None
    nine = progress(*done(*[LIKE] * 9))
    assert any("at least 10 sessions" in text for text in nine.told)
    assert not any("until then a number says more" in text for text in found.told)


def test_a_session_counts_the_first_time_and_only_when_something_was_read_and_it_ended(done):
    attempts, sessions = done(LIKE, LIKE)
    again = on_day(9, attempted("s00", 8, UNLIKE))
    unread = on_day(0, attempted("s01", 8, {}, read=0))
    gone = on_day(3, attempted("other", 8, LIKE))
    open_still = attempted("s01", 8, UNLIKE)
    everything = [again, gone, unread, open_still, *attempts]
    assert [attempt for _, attempt in first_readings(everything, sessions)] == attempts
    found = progress(everything, sessions)
    assert (found.sessions, found.gone) == (2, 1)
    assert found.families[0].points[-1].running == Estimate(1.0)


def test_stopping_before_the_first_decision_takes_no_session_away(done):
    attempts, sessions = done(LIKE)
    # The therapist's first turn was read, and nothing was asked yet.
    stopped = on_day(-1, attempted("s00", 8, {}, read=1))
    found = progress([stopped, *attempts], sessions)
    assert (found.sessions, found.families[0].points[-1].running) == (1, Estimate(1.0))
    both = on_day(-1, attempted("s00", 8, {}, read=1, strategies=True))
    assert first_readings([both, *attempts], sessions) == ((sessions[0], both),)


def test_turns_that_were_not_read_do_not_count(done):
    _, sessions = done(LIKE)
    early = on_day(0, attempted("s00", 8, {1: ["W5"]}, read=4))
    assert progress([early], sessions).families[0].points[0].running == Estimate(1.0)


def test_markers_are_counted_for_learning(done):
    found = progress(*done(LIKE, UNLIKE))
    assert found.markers == (MarkerCount("W1", 0, 0, 1), MarkerCount("W2", 2, 1, 0), MarkerCount("W5", 2, 2, 0))


def test_drift_needs_two_parts_of_ten(done):
    few = progress(*done(*[LIKE] * 19))
    assert few.families[0].drift is None
    assert any("too few (19)" in text for text in few.told)
    # Ten mixed readings, then ten like the raters'.
    drift = progress(*done(*[UNLIKE, UNLIKE, LIKE, UNLIKE, UNLIKE] * 2, *[LIKE] * 10)).families[0].drift
    assert drift.last == Estimate(1.0, 1.0, 1.0)
    # Of 40 turns 24 are alike, half marked by each side.
    assert drift.first.value == pytest.approx((24 / 40 - 0.5) / 0.5)
    assert drift.change.value == pytest.approx(0.8)
    assert 0 < drift.change.low < 0.8 < drift.change.high


def test_a_steady_reader_is_not_said_to_drift(done):
    told = progress(*done(*[LIKE, UNLIKE] * 10)).told
    assert any("The interval holds 0" in text for text in told)
    assert not any("leaves 0 out" in text for text in told)


@pytest.mark.parametrize(("sessions", "human", "line"), [(10, True, LINE), (9, True, None), (10, False, None)])
def test_the_line_is_drawn_only_for_codes_of_people_and_from_ten_sessions_on(done, sessions, human, line):
    found = progress(*done(*[LIKE] * sessions, human=human))
    assert found.line == line
    told = " ".join(found.told)
    assert ("kappa of .70" in told) == human
    assert ("not a licence" in told) == human
    assert ("No line is drawn, since these sessions were coded by language models" in told) != human


def test_one_session_of_model_raters_among_peoples_leaves_the_line_out(done):
    attempts, sessions = done(*[LIKE] * 11, human=True)
    assert progress(attempts, [replace(sessions[0], human=False), *sessions[1:]]).line is None


def test_strategies_are_followed_once_they_are_coded(done):
    attempts, sessions = done(LIKE)
    both = on_day(0, attempted("s00", 8, LIKE | {2: ["R5"]}, strategies=True))
    assert [family.family for family in progress(attempts, sessions).families] == [Family.WITHDRAWAL, Family.CONFRONTATION]
    assert progress([both], sessions).families[2].family is Family.STRATEGY


def test_nothing_kept_is_said_so(done):
    found = progress([], done(LIKE)[1])
    assert (found.sessions, found.families, found.markers, found.line) == (0, (), (), None)
    assert found.told == ("Nothing is kept yet, so there is no course to show.",)


def test_no_pass_no_fail_and_nobody_else(done):
    for human in (True, False):
        told = " ".join(progress(*done(*[LIKE, UNLIKE] * 10, human=human)).told).lower()
        for word in ("pass", "fail", "rank", "others score", "better than", "reliable coder", "certif"):
            assert word not in told
