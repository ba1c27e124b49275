"""Places, sizes and numbers in the pictures worked by hand; confusions of a small session; what `eval report` writes."""

import re
import sys
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from rupture.cli import app
from rupture.codebook import MARKERS
from rupture.coding.values import CodedSession, votes_of
from rupture.evaluation.detection import marker_confusions, run_detection, score
from rupture.evaluation.pictures import CELL, CELLS_LEFT, CELLS_TOP, LEFT, RADIUS, SIDE, TOP, confusion, reliability
from rupture.evaluation.report import pictures, report
from rupture.evaluation.runs import Plan, read_record
from rupture.evaluation.suites import load_suite
from rupture.evaluation.values import Prediction

from .helpers import SUITES, coded, many, noisy

ROWS = (*MARKERS, "none")
SVG = "{http://www.w3.org/2000/svg}"


def drawn(text):
    root = ElementTree.fromstring(text)  # noqa: S314 - our own text
    assert root.tag == f"{SVG}svg"
    return root


def all_of(root, tag):
    return list(root.iter(f"{SVG}{tag}"))


def numbers(element, *names):
    return tuple(float(element.get(name)) for name in names)


def matrix(**cells):
    """A full matrix from `W1_none=3`, all other cells 0."""
    counts = {row: dict.fromkeys(ROWS, 0) for row in ROWS}
    for key, value in cells.items():
        row, column = key.split("_")
        counts[row][column] = value
    return counts


def cells_of(counts):
    return {(row, column): n for row, by in counts.items() for column, n in by.items() if n}


def written(root, x, y):
    """The text centred at (x, y), the baseline a little lower."""
    return [text.text for text in all_of(root, "text") if numbers(text, "x", "y") == (x, y + 4)]


@pytest.mark.parametrize("text", [reliability('A <b> & "c"', {"x < y": []}), confusion('A <b> & "c"', {"<&>": {"<&>": 1}})])
def test_labels_are_escaped_and_the_picture_names_itself_on_white(text):
    root = drawn(text)
    assert root.get("role") == "img"
    assert (root[0].tag, root[0].text) == (f"{SVG}title", 'A <b> & "c"')
    width, height = numbers(root, "width", "height")
    assert root.get("viewBox") == f"0 0 {width:g} {height:g}"
    assert root[1].attrib == {"width": f"{width:g}", "height": f"{height:g}", "fill": "#ffffff"}
    assert {"x < y", "<&>"} & {element.text for element in all_of(root, "text")}


def test_points_lie_where_score_and_rate_say_and_their_area_is_their_turns():
    curve = [{"score": 0.0, "rate": 0.0, "n": 25}, {"score": 0.5, "rate": 0.5, "n": 100}, {"score": 1.0, "rate": 0.25, "n": 4}]
    root = drawn(reliability("t", {"any rupture": curve, "nothing": []}))
    low, middle, high = all_of(root, "circle")
    assert numbers(low, "cx", "cy", "r") == (LEFT, TOP + SIDE, RADIUS / 2)
    assert numbers(middle, "cx", "cy", "r") == (LEFT + SIDE / 2, TOP + SIDE / 2, RADIUS)
    assert numbers(high, "cx", "cy", "r") == (LEFT + SIDE, TOP + SIDE * 3 / 4, RADIUS / 5)
    assert middle[0].text == "any rupture: .50 → .50 (100)"
    first, empty = all_of(root, "polyline")
    assert first.get("points") == "64.0,408.0 244.0,228.0 424.0,318.0"
    assert empty.get("points") == ""


def test_axes_run_from_0_to_1_with_a_diagonal_and_a_legend():
    root = drawn(reliability("t", {"one": [{"score": 0.1, "rate": 0.2, "n": 3}], "two": []}))
    ends = [numbers(line, "x1", "y1", "x2", "y2") for line in all_of(root, "line")]
    assert (LEFT, TOP + SIDE, LEFT + SIDE, TOP) in ends
    ticks = ["0", "0.2", "0.4", "0.6", "0.8", "1"]
    texts = [(element.text, *numbers(element, "x", "y")) for element in all_of(root, "text")]
    assert [text for text, _, y in texts if y == TOP + SIDE + 20] == ticks
    assert [(text, y - 4) for text, x, y in texts if x == LEFT - 10] == list(
        zip(ticks, [408, 336, 264, 192, 120, 48], strict=True)
    )
    legend = [(text, x) for text, x, _ in texts if x > LEFT + SIDE + 24]
    assert [text for text, _ in legend] == ["one", "two"]
    # Told apart without colour too.
    lines = all_of(root, "polyline")
    assert len({line.get("stroke") for line in lines}) == len({line.get("stroke-dasharray") for line in lines}) == 2


def test_a_cell_holds_its_number_on_the_shade_of_its_share():
    root = drawn(confusion("t", matrix(W1_W1=1, W1_none=3, none_none=1234, C7_W2=5)))
    shades = {numbers(rect, "x", "y"): rect.get("fill") for rect in all_of(root, "rect")[1:] if rect.get("fill") != "none"}
    assert len(shades) == 15 * 15

    def cell(row, column):
        x, y = CELLS_LEFT + CELL * column, CELLS_TOP + CELL * row
        return (shades[x, y], *written(root, x + CELL / 2, y + CELL / 2))

    assert cell(0, 0) == ("#c1cfe0", "1")  # a quarter of the way from white to the darkest
    assert cell(0, 14) == ("#4670a0", "3")
    assert cell(14, 14) == ("#084081", "1,234")
    assert cell(13, 1) == ("#084081", "5")
    assert cell(1, 13) == ("#ffffff", "0")  # a row without a turn, and not its mirror
    right = CELLS_LEFT + CELL * 15 + 60
    totals = [text.text for text in all_of(root, "text") if float(text.get("x")) == right]
    assert totals == ["turns", "4", *["0"] * 12, "5", "1,234"]
    labels = [text.text for text in all_of(root, "text") if float(text.get("x")) == CELLS_LEFT - 10]
    assert labels[1] == "W1 closes a feeling down"
    assert labels[15] == "none"


def said(*codes, unscored=()):
    """A prediction of those codes a turn."""
    scores = tuple({} if turn in unscored else {"rupture": 0.5} for turn in range(len(codes)))
    return Prediction("s", scores, tuple(tuple(turn.split(",")) if turn else () for turn in codes))


def test_confusions_count_client_turns_by_the_clearest_marker_of_both():
    session = coded("s", "T: a {R5}\nC: b {W2}\nC: c {C3,W1}\nC: d\nC: e {W2}\nC: f\nO: g\nC: h {W2}")
    found = marker_confusions([session], [said("R5", "W2,C1", "C3", "C1", "", "", "", "W2", unscored=[7])])
    assert cells_of(found) == {("W2", "W2"): 1, ("W1", "C3"): 1, ("none", "C1"): 1, ("W2", "none"): 1, ("none", "none"): 1}
    assert list(found) == list(ROWS)
    assert all(list(row) == list(ROWS) for row in found.values())
    twice = marker_confusions([session, session], [said(*["", "W2", "", "", "", "", "", ""])] * 2)
    assert twice["W2"] == {**dict.fromkeys(ROWS, 0), "W2": 2, "none": 4}


def test_turns_on_which_the_raters_split_are_left_out_of_the_confusions():
    session = coded("s", "C: whether {W1}\nC: which {W1}\nC: both\nC: agreed {W3,C5}", (1, "C2"), (3, "C5"))
    assert cells_of(marker_confusions([session], [said("W1", "W1", "W1", "W3")])) == {("none", "W1"): 1, ("C5", "W3"): 1}


def test_without_a_majority_the_marker_with_most_votes_stands():
    turn = coded("s", "C: a").transcript
    for raters, expected in (
        (["W1", "W2", "W2", "C1", "C1", "C1", ""], {("C1", "none"): 1}),
        (["W1", "W1", "C1", "C1", "C2"], {}),
        (["C1", "C2", "", ""], {}),
        (["C1", "", ""], {("none", "none"): 1}),
    ):
        votes = votes_of([{0: [code] if code else []} for code in raters], turn)
        assert cells_of(marker_confusions([CodedSession(turn, votes, None, "own")], [said("")])) == expected


def test_the_report_refers_to_the_pictures_that_the_command_writes(tmp_path, monkeypatch):
    suite, sessions = load_suite(SUITES / "detection.yaml"), [*many(12, "annomi"), *many()]
    run_detection(tmp_path, Plan("detection", {"model": "m" * 64}), sessions, noisy)
    found, record = score(tmp_path, sessions), read_record(tmp_path)
    names = {f"{kind}-{source}.svg" for kind in ("reliability", "confusion") for source in ("annomi", "own")}
    text = report(record, found, suite)
    assert set(re.findall(r"!\[[^]]+\]\((\S+)\)", text)) == set(pictures(found, suite)) == names
    for data in suite.data:
        section = text.split(f"## {data.title}\n")[1].split("\n## ")[0]
        assert set(re.findall(r"\((\S+\.svg)\)", section)) == {f"reliability-{data.source}.svg", f"confusion-{data.source}.svg"}
    monkeypatch.setitem(sys.modules, "rupture.measure", SimpleNamespace(score_detection=lambda *_: (record, found, suite)))
    done = CliRunner().invoke(app, ["eval", "report", "detection", "--out", str(tmp_path)])
    assert done.exit_code in (0, 4), done.output
    assert (tmp_path / "report.md").read_text(encoding="utf-8") == text
    spoken = {word for s in sessions for t in s.transcript.turns for word in t.text.split() if len(word) > 4}
    for name in names:
        picture = (tmp_path / name).read_text(encoding="utf-8")
        drawn(picture)
        assert not {"zebra", "quartz", "pointless"} & spoken & set(re.findall(r"\w+", picture))
    points = sum(
        len(found["sets"]["own"]["names"][n]["reliability"]) for n in ("rupture", "withdrawal", "confrontation", "strategy")
    )
    assert len(all_of(drawn((tmp_path / "reliability-own.svg").read_text(encoding="utf-8")), "circle")) == points
