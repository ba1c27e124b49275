"""Sessions over time: rules worked by hand, what must not change a reading, and made-up courses with a known answer."""

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rupture.scales import SCALES, Point, Scale, SeriesError
from rupture.series import read_series
from rupture.series_notes import Rule
from rupture.series_rules import (
    Course,
    combined_threshold,
    falling_runs,
    lag_one,
    low_runs,
    reliable_drop,
    score_episodes,
    standard_error_of_difference,
    xmr_limits,
)

SRS = SCALES["SRS"]
WAI = replace(SCALES["WAI-SR mean"], sd=0.70, reliability=0.90, source="a made-up norm")
WIDE = Scale("wide", -1000, 1000, None, None, True, "made up")
STEADY = (30, 32, 30, 32, 30, 32)
"""Mean 31, every moving range 2."""


def points(values, first=1):
    return tuple(Point(session, value, "") for session, value in enumerate(values, start=first))


def notes(reading, rule):
    return [note for note in reading.notes if note.rule is rule]


def found(reading):
    return [(note.rule, note.sessions, note.strong) for note in reading.notes if note.sessions and note.rule is not Rule.CEILING]


def test_a_reliable_drop_on_the_example_of_the_literature():
    # .70 * sqrt(2 * .10) = .313; 1.96 times that is .6136.
    assert standard_error_of_difference(0.70, 0.90) == pytest.approx(0.313, abs=5e-4)
    assert reliable_drop(0.70, 0.90) == pytest.approx(0.61, abs=5e-3)


@pytest.mark.parametrize(("after", "drops"), [(3.58, {4}), (3.59, set())])
def test_a_fall_is_reliable_only_beyond_the_threshold(after, drops):
    reading = read_series(points([4.2, 4.1, 4.2, after]), WAI)
    assert {session for note in notes(reading, Rule.RELIABLE) for session in note.sessions} == drops
    assert reading.drops == drops


def test_a_rise_is_no_drop():
    assert not notes(read_series(points([3.0, 4.5]), WAI), Rule.RELIABLE)


@pytest.mark.parametrize("scale", SCALES.values(), ids=SCALES)
def test_without_figures_to_cite_no_fall_is_called_reliable(scale):
    (note,) = notes(read_series(points([scale.high, scale.low, scale.high]), scale), Rule.RELIABLE)
    assert note.sessions == ()
    assert "Not available" in note.text


def test_limits_worked_by_hand():
    limits = xmr_limits(STEADY)
    # 31 - 1.77 * 2, 31 - 2.66 * 2, 31 - 3.14 * 2.
    assert (limits.centre, limits.watch, limits.strong, limits.sturdy) == pytest.approx((31, 27.46, 25.68, 24.72))
    # Neighbours lie one above and one below the mean: five products of -1 over six squares of 1.
    assert limits.lag == pytest.approx(-5 / 6)
    assert limits.neighbours


def test_one_large_step_widens_the_median_limit_less():
    # Moving ranges 2, 2, 2, 12, 12: mean 6, median 2; mean of the scores 176 / 6.
    limits = xmr_limits((30, 32, 30, 32, 20, 32))
    assert limits.strong == pytest.approx(176 / 6 - 15.96)
    assert limits.sturdy == pytest.approx(176 / 6 - 6.28)


def test_limits_need_six_scores():
    assert xmr_limits(STEADY[:5]) is None
    reading = read_series(points(STEADY), SRS)
    assert reading.limits == (None,) * 6
    (note,) = notes(reading, Rule.XMR)
    assert "there are 6" in note.text


@pytest.mark.parametrize(("score", "said", "strong"), [(27, "watch limit of 27.46", False), (25, "strong limit of 25.68", True)])
def test_a_score_beyond_a_limit_is_noted_with_the_limit(score, said, strong):
    (note,) = notes(read_series(points([*STEADY, score]), SRS), Rule.XMR)
    assert note.sessions == (7,)
    assert said in note.text
    assert note.strong is strong
    assert "few points: 6" in note.weakness
    assert "autocorrelation" in note.weakness
    assert "time between sessions" in note.text


def test_a_score_within_the_limits_is_not_noted():
    assert not notes(read_series(points([*STEADY, 28]), SRS), Rule.XMR)


def test_after_eight_scores_points_are_no_longer_few():
    (note,) = notes(read_series(points([*STEADY, 30, 32, 20]), SRS), Rule.XMR)
    assert "few points" not in note.weakness


def test_after_a_flat_line_a_trifle_is_noted_but_never_strongly():
    reading = read_series(points([30] * 8 + [29]), SRS)
    (limit,) = notes(reading, Rule.XMR)
    (episode,) = notes(reading, Rule.EPISODE)
    assert not limit.strong
    assert not episode.strong
    assert "did not vary" in limit.weakness
    (threshold,) = notes(reading, Rule.COMBINED)
    assert "trifle" in threshold.weakness


def test_scores_that_never_vary_hold_nothing():
    reading = read_series(points([30] * 10), SRS)
    assert (reading.drops, reading.episodes, notes(reading, Rule.COMBINED)) == (frozenset(), (), [])


def test_limits_beyond_the_end_of_the_scale_are_said_to_be_silent():
    (note,) = notes(read_series(points([5, 35, 5, 35, 5, 35, 20]), SRS), Rule.XMR)
    assert "beyond the end of the scale" in note.text


def test_scores_that_follow_their_neighbours_are_said_to_make_limits_too_close():
    # -2.5 to 2.5 in steps of one: products 3.75 + .75 - .25 + .75 + 3.75 over 17.5.
    assert lag_one((1, 2, 3, 4, 5, 6)) == pytest.approx(8.75 / 17.5)
    values = [40 - n for n in range(20)] + [10]
    last = notes(read_series(points(values), SRS), Rule.XMR)[-1]
    assert "limits may be too close" in last.weakness


def test_the_larger_of_both_deviations_is_the_threshold():
    # Squares of 2 sum to 16; over three that is 5.33, the root of it 2.309.
    assert combined_threshold((10, 14, 10, 14), None, 1) == pytest.approx(2.309, abs=1e-3)
    assert combined_threshold((10, 14, 10, 14), 2.0, 2) == pytest.approx(4.619, abs=1e-3)
    assert combined_threshold((10, 14, 10, 14), 3.0, 2) == 6.0


def test_with_a_deviation_between_people_a_flat_line_does_not_alarm_on_trifles():
    reading = read_series(points([4.2] * 6 + [4.1, 4.2]), WAI)
    assert not reading.episodes
    assert read_series(points([4.2] * 6 + [2.4, 4.2]), WAI).episodes


def test_an_episode_worked_by_hand():
    # The usual is the median of 30, 32, 31; 27 and less begins an episode, 30 and more ends it.
    (episode,) = score_episodes(range(1, 8), (30, 32, 31, 22, 20, 31, 31), 4)
    assert (episode.onset, episode.nadir, episode.end, episode.returned) == (4, 5, 5, 6)
    assert (episode.reference, episode.magnitude, episode.length) == (31, 11, 2)
    assert episode.course is Course.REPAIRED


@pytest.mark.parametrize(("score", "begins"), [(27, True), (27.01, False)])
def test_an_episode_begins_at_the_threshold(score, begins):
    assert bool(score_episodes(range(4), (30, 32, 31, score), 4)) is begins


@pytest.mark.parametrize(("score", "course"), [(30, Course.REPAIRED), (29.9, Course.OPEN)])
def test_an_episode_ends_within_a_quarter_of_the_threshold(score, course):
    assert score_episodes(range(5), (30, 32, 31, 20, score), 4)[0].course is course


@pytest.mark.parametrize(
    ("low", "back", "course", "returned"),
    [
        (3, True, Course.REPAIRED, 7),
        (4, True, Course.UNREPAIRED, 8),
        (3, False, Course.OPEN, None),
        (4, False, Course.UNREPAIRED, None),
    ],
)
def test_a_repair_is_a_return_within_three_sessions(low, back, course, returned):
    scores = (30, 32, 31, *[20] * low, *[31] * back)
    (episode,) = score_episodes(range(1, len(scores) + 1), scores, 4)
    assert (episode.course, episode.returned, episode.length) == (course, returned, low)


def test_sessions_without_a_form_count_towards_the_three():
    assert score_episodes((1, 2, 3, 4, 9), (30, 32, 31, 20, 31), 4)[0].course is Course.UNREPAIRED


def test_a_low_stretch_does_not_become_the_usual():
    (episode,) = score_episodes(range(20), (30, 32, 31, *[20] * 17), 4)
    assert episode.length == 17


def test_the_usual_leaves_out_scores_of_an_episode():
    episodes = score_episodes(range(1, 10), (30, 32, 31, 20, 31, 31, 21, 30, 31), 4)
    assert [(e.onset, e.reference) for e in episodes] == [(4, 31), (7, 31)]


@pytest.mark.parametrize(
    ("scores", "length"), [((7, 6, 5, 4, 3, 2, 1), 7), ((6, 5, 4, 3, 2, 1), 0), ((7, 6, 5, 4, 4, 3, 2, 1), 0)]
)
def test_six_falls_in_a_row_make_a_run(scores, length):
    assert [len(run) for run in falling_runs(scores)] == ([length] if length else [])


def test_eight_scores_below_the_centre_of_those_before_make_a_run():
    before = (29, 31, 29, 31, 29, 31)
    assert low_runs((*before, *[29.9] * 8)) == [range(6, 14)]
    assert low_runs((*before, *[29.9] * 7)) == []
    assert low_runs((*before, *[29.9] * 7, 30, 29.9)) == []


def test_a_rise_after_a_low_beginning_is_no_erosion():
    assert low_runs((*[20] * 10, *[30] * 10)) == []


def test_a_slow_run_is_noted_with_all_its_sessions():
    (note,) = notes(read_series(points([36, 35.5, 35, 34.5, 34, 33.5, 33], first=3), SRS), Rule.RUN)
    assert note.sessions == (3, 4, 5, 6, 7, 8, 9)


def test_a_missing_form_is_noted_right_after_a_drop_only():
    reading = read_series(points([*STEADY[:5], None, 32, 20, None, None, 31]), SRS)
    (note,) = notes(reading, Rule.MISSING)
    assert note.sessions == (9,)
    assert "illness" in note.weakness


def test_scores_near_the_ceiling_are_said_to_say_little():
    (note,) = notes(read_series(points([40, 40, 39, 40]), SRS), Rule.CEILING)
    assert "session 3" in note.text
    (note,) = notes(read_series(points([38, 30, 29, 38, 38]), SRS), Rule.CEILING)
    assert note.text.endswith("session 2.")
    assert not notes(read_series(points([36, 35, 35, 36]), SRS), Rule.CEILING)
    assert notes(read_series(points([36, 36, 35, 36]), SRS), Rule.CEILING)


@pytest.mark.parametrize(
    ("score", "markers", "said", "strong"),
    [
        (20, {7: 3}, "look here first", True),
        (20, {7: 0}, "no marker met the threshold", False),
        (38, {7: 2}, "politeness", False),
    ],
)
def test_a_score_beside_the_transcript(score, markers, said, strong):
    (note,) = notes(read_series(points([*STEADY, score]), SRS, markers), Rule.FUSION)
    assert (note.sessions, note.strong) == ((7,), strong)
    assert said in note.text


def test_a_high_score_that_dropped_is_not_called_steady():
    (note,) = notes(read_series(points([40] * 8 + [37]), SRS, {9: 2}), Rule.FUSION)
    assert "look here first" in note.text


@pytest.mark.parametrize(("score", "markers"), [(20, None), (20, {6: 3}), (31, {7: 2}), (38, {7: 0})])
def test_nothing_is_said_where_score_and_transcript_cannot_be_compared(score, markers):
    assert not notes(read_series(points([*STEADY, score]), SRS, markers), Rule.FUSION)


def test_ratings_made_from_the_transcript_are_not_compared_with_it():
    reading = read_series(points([2, 2, 1, 2, 2, 1, 5, None]), SCALES["withdrawal"], {7: 3})
    assert reading.drops == {7}
    assert not notes(reading, Rule.FUSION)
    assert not notes(reading, Rule.MISSING)


def test_where_less_is_better_limits_and_usual_stand_as_on_the_form():
    reading = read_series(points([2, 1, 2, 1, 2, 1, 5]), SCALES["withdrawal"])
    # Mean 1.5, moving ranges of 1: 1.5 + 2.66.
    assert reading.limits[6].strong == pytest.approx(4.16)
    assert reading.episodes[0].reference == 1
    (note,) = notes(reading, Rule.XMR)
    assert "5 is higher than this client's usual" in note.text


def test_one_score_and_none_are_read():
    assert read_series((), SRS).drops == frozenset()
    assert read_series(points([None, 30, None]), SRS).drops == frozenset()


@pytest.mark.parametrize("value", [41, -1, float("nan"), float("inf")])
def test_a_score_of_another_scale_is_refused(value):
    with pytest.raises(SeriesError, match=r"session 2: found .* expected 0 to 40 on SRS"):
        read_series(points([30, value]), SRS)


@pytest.mark.parametrize("sessions", [(1, 1), (2, 1)])
def test_sessions_out_of_order_are_refused(sessions):
    with pytest.raises(SeriesError, match="in order"):
        read_series([Point(session, 30, "") for session in sessions], SRS)


@pytest.mark.parametrize("change", [{"low": 40}, {"sd": 0}, {"sd": -1}, {"reliability": 1.1}])
def test_a_scale_that_cannot_be_is_refused(change):
    with pytest.raises(SeriesError, match="SRS"):
        replace(SRS, **change)


whole = st.lists(st.integers(-50, 50), min_size=1, max_size=25)


@given(whole, st.integers(-500, 500))
def test_adding_a_constant_changes_no_drop(values, shift):
    before, after = (read_series(points(values), WIDE), read_series(points([value + shift for value in values]), WIDE))
    assert found(before) == found(after)
    assert before.drops == after.drops


@given(whole)
def test_a_mirrored_scale_reads_the_same(values):
    mirrored = replace(WIDE, higher_is_better=False)
    assert found(read_series(points(values), WIDE)) == found(read_series(points([-value for value in values]), mirrored))


@given(whole, whole)
def test_later_scores_do_not_move_earlier_limits(earlier, later):
    assert read_series(points(earlier + later), WIDE).limits[: len(earlier)] == read_series(points(earlier), WIDE).limits


@given(st.lists(st.one_of(st.none(), st.integers(-50, 50)), max_size=25))
def test_notes_name_sessions_that_are_there_and_where_they_are_weak(values):
    reading = read_series(points(values), WIDE, {session: session % 3 for session in range(1, 26)})
    scored = {point.session for point in reading.points if point.value is not None}
    assert reading.drops <= scored
    assert all(note.text and note.weakness for note in reading.notes)
    assert {s for n in reading.notes if n.rule is not Rule.MISSING for s in n.sessions} <= scored
    assert all(e.onset <= e.nadir <= e.end < (e.returned or 99) and e.magnitude > 0 for e in reading.episodes)


@given(st.lists(st.integers(-50, 50), min_size=1, max_size=25).map(sorted))
def test_scores_that_only_rise_hold_no_drop_and_order_matters(values):
    assert not read_series(points(values), WIDE).drops


def test_the_same_scores_in_another_order_read_differently():
    values = [30, 32, 30, 32, 30, 32, 15]
    assert read_series(points(values), SRS).drops == {7}
    assert read_series(points(sorted(values)), SRS).drops == frozenset()


def noise(seed, sessions=20, spread=1.5):
    made = random.Random(seed)
    return [made.gauss(30, spread) for _ in range(sessions)]


def test_planted_v_shapes_are_found_where_they_were_planted():
    repaired = 0
    for seed in range(50):
        values = noise(seed)
        values[12] -= 9
        reading = read_series(points(values), SRS)
        assert 13 in reading.drops
        repaired += any(e.onset == 13 and e.course is Course.REPAIRED for e in reading.episodes)
    assert repaired >= 25


def test_slow_erosion_is_found_by_the_run_rule():
    for seed in range(50):
        values = [value - max(0, at - 7) * 0.4 for at, value in enumerate(noise(seed, 24, 1.0))]
        assert notes(read_series(points(values), SRS), Rule.RUN)


def test_noise_alone_makes_few_drops_and_hardly_a_strong_note():
    readings = [read_series(points(noise(seed)), SRS) for seed in range(100)]
    tens = 100 * 20 / 10
    assert sum(len(reading.drops) for reading in readings) / tens < 1.25
    assert sum(note.strong for reading in readings for note in reading.notes) / tens < 0.15


def test_words_stay_tentative():
    course = [*STEADY, 20, None, 31, 36, 35, 34, 33, 32, 31, 30, 12, 12, 12, 12]
    reading = read_series(points(course), SRS, {7: 2, 17: 0, 10: 1})
    said = " ".join(f"{note.text} {note.weakness}" for note in reading.notes)
    assert {note.rule for note in reading.notes} >= {Rule.XMR, Rule.EPISODE, Rule.RUN, Rule.MISSING, Rule.FUSION}
    assert "erhaps" in said
    for word in ("no rupture", "diagnos", "detected", "proves", "patient", "resist"):
        assert word not in said.lower()
