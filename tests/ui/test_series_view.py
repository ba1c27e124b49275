"""Sessions over time on the screen: figures of numbers alone, and notes in which every word is inert."""

import html
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from rupture.scales import SCALES, Point
from rupture.series import read_series
from rupture.ui.series_view import series_figure, series_html

SRS, WITHDRAWAL = SCALES["SRS"], SCALES["withdrawal"]
HERE = Path("/data/workspace.db")
DROP = [30, 32, 30, 32, 30, 32, None, 20, 31, 37]
HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "${alert(1)}",
    "{{7*7}}",
    "`id`",
    "\u202etxt.exe",
    "<a href='javascript:alert(1)'>x</a>",
]


def reading(values=DROP, scale=SRS, label="", **more):
    return read_series([Point(session, value, label) for session, value in enumerate(values, start=1)], scale, **more)


def text_of(shown):
    return html.unescape(re.sub(r"<[^>]*>", " ", shown))


def trace(figure, name):
    (found,) = [trace for trace in figure.data if trace.name == name]
    return found


def test_there_is_one_figure_a_scale_in_their_order():
    figures = series_figure([reading(), reading([1, 2, 1], WITHDRAWAL)])
    assert [list(trace(figure, "score").y) for figure in figures] == [DROP, [1, 2, 1]]
    assert series_figure([]) == ()


def test_figures_stand_over_the_same_sessions():
    first, second = series_figure([reading(), reading([1, 2, 1], WITHDRAWAL)])
    low, high = first.layout.xaxis.range
    assert low < 1
    assert high > 10
    assert second.layout.xaxis.range == (low, high)


def test_each_axis_spans_its_own_scale_and_no_point_lies_outside():
    for figure, scale in zip(series_figure([reading(), reading([5, 1, 5], WITHDRAWAL)]), (SRS, WITHDRAWAL), strict=True):
        low, high = figure.layout.yaxis.range
        assert low < scale.low < scale.high < high
        assert high - low < 1.3 * (scale.high - scale.low)


def test_drops_are_marked_by_shape_and_size_beside_colour():
    (figure,) = series_figure([reading()])
    marker = trace(figure, "score").marker
    assert reading().drops == {8}
    assert [symbol == "triangle-down" for symbol in marker.symbol] == [at == 7 for at in range(10)]
    assert marker.size[7] > marker.size[0]
    assert marker.color[7] != marker.color[0]


def test_where_less_is_better_the_shape_points_up():
    (figure,) = series_figure([reading([2, 1, 2, 1, 2, 1, 5], WITHDRAWAL)])
    assert trace(figure, "score").marker.symbol[6] == "triangle-up"


def test_limits_are_dashed_lines_from_where_there_are_any():
    (figure,) = series_figure([reading()])
    for name, dash in (("strong limit", "dash"), ("watch limit", "dot")):
        line = trace(figure, name)
        assert line.line.dash == dash
        assert list(line.y[:7]) == [None] * 7
        assert all(value < 31 for value in line.y[7:])
    assert trace(figure, "strong limit").y[7] == pytest.approx(25.68)


def test_episodes_are_bands_around_their_sessions():
    (figure,) = series_figure([reading()])
    assert [(episode.onset, episode.end) for episode in reading().episodes] == [(8, 8)]
    (band,) = figure.layout.shapes
    assert (band.x0, band.x1) == (7.5, 8.5)


def test_a_missing_form_has_a_mark_of_its_own_and_is_no_score():
    (figure,) = series_figure([reading()])
    assert list(trace(figure, "no score").x) == [7]
    assert trace(figure, "score").y[6] is None


def test_figures_hold_no_label_and_can_be_sent():
    drawn = json.loads(series_figure([reading(label="Zanzibar")])[0].to_json())
    assert "Zanzibar" not in json.dumps(drawn)
    assert drawn["layout"]["paper_bgcolor"] == drawn["layout"]["plot_bgcolor"] == "rgba(0,0,0,0)"


def test_a_series_without_scores_can_be_drawn_and_read():
    empty = reading([None])
    assert len(series_figure([empty, reading([])])) == 2
    assert "Not available yet" in text_of(series_html([empty], HERE))


def test_every_note_is_shown_with_its_rule_and_its_weakness():
    read = reading(markers={8: 2, 10: 1})
    shown = text_of(series_html([read], HERE))
    assert len(read.notes) > 5
    for note in read.notes:
        assert str(note.rule) in shown
        assert note.text in shown
        assert f"Where this is weak: {note.weakness}" in shown


def test_strong_notes_come_first_and_rules_themselves_are_folded_away():
    shown = series_html([reading(markers={8: 2, 10: 1})], HERE)
    strong = [match.start() for match in re.finditer('<li class="strong">', shown)]
    quiet = [match.start() for match in re.finditer("<li>", shown)]
    assert strong
    assert max(strong) < min(quiet)
    assert shown.index("About these rules here") < shown.index("Not available for SRS")


def test_later_sessions_come_before_earlier_ones():
    read = reading([30, 32, 30, 32, 30, 32, 10, 31, 30, 32, 31, 30, 5])
    shown = text_of(series_html([read], HERE))
    assert shown.index("Session 13 · XmR") < shown.index("Session 7 · XmR")


def test_nothing_noted_is_not_called_an_absence():
    shown = text_of(series_html([reading([30, 31, 30])], HERE))
    assert "No rule met its threshold" in shown
    assert "no rupture" not in shown.lower()


def test_scores_can_be_read_without_seeing_the_figure():
    shown = series_html([reading(label="a Tuesday")], HERE)
    assert "<tr><td>7</td><td>a Tuesday</td><td>no score</td><td></td></tr>" in shown
    assert "<tr><td>8</td><td>a Tuesday</td><td>20</td><td>worse than usual</td></tr>" in shown


def test_it_says_where_the_scores_are_kept():
    assert str(HERE) in text_of(series_html([reading()], HERE))


@pytest.mark.parametrize("payload", HOSTILE)
def test_no_word_becomes_markup(payload):
    plain = series_html([reading(label="word", scale=replace(SRS, name="word", source="word"), markers={8: 1})], Path("word"))
    hostile = series_html(
        [reading(label=payload, scale=replace(SRS, name=payload, source=payload), markers={8: 1})], Path(payload)
    )
    assert re.findall(r"<[^>]*>", hostile) == re.findall(r"<[^>]*>", plain)
    for mark in ("${", "{{", "`", "\u202e"):
        assert mark not in hostile
