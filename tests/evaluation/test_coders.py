"""Coders of the same sessions compared: by hand, whatever the order of files and rows, and AnnoMI's published table."""

import csv
import json
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rupture.codebook import MARKERS, STRATEGIES
from rupture.coding.codings import Codings, SessionCodes, read_codings
from rupture.coding.values import Rating
from rupture.evaluation.coder_turns import confusions, missed_and_added, splits
from rupture.evaluation.coders import compare
from rupture.evaluation.coders_report import FILES, report, write
from rupture.evaluation.intraclass import icc

from .helpers import ANNOTATIONS, ROOT, coded

TALK = "T: so\nC: one\nC: two\nT: well\nC: three"


def side_by_side(*by_session, reference=None, ratings=None):
    """Sessions of TALK, each a mapping from coder to codes by turn, such as `{"X": {1: "W5 C2"}}`."""
    transcripts = {f"s{i}": coded(f"s{i}", TALK).transcript for i in range(len(by_session))}
    coders = {
        f"s{i}": {
            coder: SessionCodes({turn: tuple(codes.split()) for turn, codes in given.items()}, (ratings or {}).get((i, coder)))
            for coder, given in by.items()
        }
        for i, by in enumerate(by_session)
    }
    return Codings(transcripts, coders, (), reference)


def shared(codings, first, second):
    return [(t, codings.coders[id][first], codings.coders[id][second]) for id, t in codings.transcripts.items()]


def test_codes_meet_each_other_once_on_a_turn():
    found = side_by_side({"X": {1: "W5 C2", 2: "C2", 3: "R4"}, "Y": {1: "C2 C6", 4: "W1"}})
    # turn 1: C2 meets itself, W5 meets C6; turn 2: C2 meets nothing; turn 4: nothing meets W1; turn 0 and 3 are the therapist's
    counts = confusions(shared(found, "X", "Y"))
    assert counts["markers"] == {"W5": {"C6": 1}, "C2": {"C2": 1, "none": 1}, "none": {"W1": 1}}
    assert counts["strategies"] == {"R4": {"none": 1}, "none": {"none": 1}}


def test_which_turns_split_the_coders_and_how():
    found = side_by_side({"X": {1: "W5", 2: "C2", 4: "W1"}, "Y": {1: "W5 W1", 2: "W5"}, "Z": {1: "W1 W5", 2: "C2", 4: "W1"}})
    assert [(s["turn"], s["role"], s["kind"], s["codes"]) for s in splits(found.transcripts.values(), found.coders)] == [
        (1, "client", "code", {"X": ["W5"], "Y": ["W5", "W1"], "Z": ["W1", "W5"]}),
        (2, "client", "family", {"X": ["C2"], "Y": ["W5"], "Z": ["C2"]}),
        (4, "client", "whether", {"X": ["W1"], "Y": [], "Z": ["W1"]}),
    ]


def test_what_was_missed_and_what_was_added_beside_a_reference():
    found = side_by_side({"R": {1: "W5", 2: "C2 C6", 3: "R5"}, "X": {2: "C2", 3: "R4", 4: "W1"}})
    assert missed_and_added(shared(found, "R", "X")) == {
        "missed": [
            {"session": "s0", "turn": 1, "codes": ["W5"], "instead": []},
            {"session": "s0", "turn": 2, "codes": ["C6"], "instead": []},
            {"session": "s0", "turn": 3, "codes": ["R5"], "instead": ["R4"]},
        ],
        "added": [
            {"session": "s0", "turn": 3, "codes": ["R4"], "instead_of": ["R5"]},
            {"session": "s0", "turn": 4, "codes": ["W1"], "instead_of": []},
        ],
    }


def test_the_numbers_by_hand():
    codings = side_by_side(
        {"X": {1: "W5", 2: "C2"}, "R": {1: "W5"}},
        {"X": {1: "W5"}, "R": {1: "W1", 4: "W5"}, "Y": {3: "R5"}},
        reference="R",
        ratings={
            (0, "X"): Rating(1, 2, None, 1),
            (0, "R"): Rating(2, 2, 3, 1),
            (1, "X"): Rating(3, 2, 1, 1),
            (1, "R"): Rating(4, 2, 1, 1),
        },
    )
    found = compare(codings)
    assert (found["sessions"], found["turns"]) == (2, {"client": 6, "therapist": 4})
    assert [pair["raters"] for pair in found["pairs"]] == [["R", "X"], ["R", "Y"], ["X", "Y"]]
    pair = found["pairs"][0]
    # any rupture over six turns: both 2, R alone 1, X alone 1, neither 2; alike 4/6, chance 1/2: κ = 1/3
    assert (pair["kappa"]["rupture"], pair["alike"]["rupture"], pair["given"]["rupture"]) == (0.333, 0.667, [3, 3])
    assert pair["kappa_interval"]["rupture"] is None
    # withdrawal: R three, X two, both two: alike 5/6, chance (3·2 + 3·4) / 36 = 1/2: κ = 2/3
    assert pair["kappa"]["withdrawal"] == 0.667
    # withdrawal ratings (2, 1), (4, 3): between 4, raters 1, rest 0: 4 / (4 + 2 · 1 / 2) = .8; resolution was rated once by both
    assert pair["ratings"]["withdrawal"] == {"icc": 0.8, "interval": None, "sessions": 2}
    assert pair["ratings"]["resolution"] == {"icc": None, "interval": None, "sessions": 1}
    assert found["ratings"]["withdrawal"]["sessions"] == 0
    assert found["coders"]["Y"]["sessions"] == 1
    assert found["coders"]["X"]["given"]["W5"] == 2
    # R over three coders: W5 on turns (R, X) 1 1 / 0 0 / 0 0 and (R, X, Y) 0 1 0 / 0 0 0 / 1 0 0; mean share 4/15
    assert found["overall"]["W5"]["share"] == 0.267
    beside = found["reference"]["coders"]["X"]["names"]["rupture"]
    assert (beside["precision"], beside["recall"], beside["f1"]) == (0.667, 0.667, 0.667)
    assert (beside["both"], beside["missed"], beside["added"]) == (2, 1, 1)
    assert found["reference"]["coders"]["Y"]["sessions"] == 1


@pytest.mark.parametrize(("covered", "notes"), [(3, []), (1, ["Left out, since nobody else read them: 1 of 3 sessions."])])
def test_a_reference_that_comes_as_a_file_changes_nothing_that_is_said_of_all_coders(folder, covered, notes):
    talk = [{"X": {1: "W5", 3: "R4"}, "Y": {2: "C2"}}, {"X": {1: "W1"}}, {"X": {2: "C2", 4: "W5"}, "Y": {2: "C2"}}]
    gold = [{"gold": {1: "W5", 2: "C2"}} for _ in talk[:covered]]
    for name, sessions in (("both.csv", talk), ("gold.csv", gold)):
        with (folder / name).open("w", newline="") as file:
            csv.writer(file).writerows([("session", "turn", "rater", "codes", "role"), *rows_of(sessions)])
    both, reference = str(folder / "both.csv"), str(folder / "gold.csv")
    alone, beside = compare(read_codings([both])), compare(read_codings([both], reference=reference))
    for part in ("overall", "ratings", "splits"):
        assert beside[part] == alone[part]
    assert beside["pairs"][0] == alone["pairs"][0]
    assert beside["reference"]["coders"]["X"]["sessions"] == covered
    assert [note for note in beside["notes"] if "Left out" in note] == notes
    assert [(pair["raters"], pair["with_reference"]) for pair in beside["pairs"]] == [
        (["X", "Y"], False),
        (["X", "gold"], True),
        (["Y", "gold"], True),
    ]
    assert set(beside["reference"]["coders"]) == {"X", "Y"}
    assert "| X–gold (reference) |" in report(beside)
    # A coder among others who is named as the reference stays one.
    listed = compare(read_codings([both, reference], reference="gold"))
    assert listed["overall"] != alone["overall"]
    assert listed["pairs"][0] == alone["pairs"][0]


def test_where_nobody_speaks_whom_a_code_is_asked_of_no_share_is_alike():
    transcript = coded("s0", "C: one\nC: two").transcript
    found = compare(Codings({"s0": transcript}, {"s0": {"X": SessionCodes({0: ("W5",)}), "Y": SessionCodes({})}}))
    alike = found["pairs"][0]["alike"]
    assert (alike["W5"], alike["C2"], alike["strategy"], alike["R4"]) == (0.5, 1.0, None, None)


def test_one_coder_beside_a_reference_has_no_agreement_of_all(folder):
    for name, by in (("X", {"X": {1: "W5"}}), ("gold", {"gold": {1: "W5", 2: "C2"}})):
        with (folder / f"{name}.csv").open("w", newline="") as file:
            csv.writer(file).writerows([("session", "turn", "rater", "codes", "role"), *rows_of([by])])
    found = compare(read_codings([str(folder / "X.csv")], reference=str(folder / "gold.csv")))
    assert (found["overall"], found["ratings"], found["splits"]) == ({}, {}, [])
    assert found["pairs"][0]["kappa"]["withdrawal"] == 1
    assert "All coders together" not in report(found)


def test_words_are_in_it_only_when_asked_for():
    codings = side_by_side({"X": {1: "W5"}, "Y": {}})
    assert "text" not in compare(codings)["splits"][0]
    assert compare(codings, words=True)["splits"][0]["text"] == "one"
    assert "| one |" not in report(compare(codings))
    assert "| one |" in report(compare(codings, words=True))


@st.composite
def several(draw):
    """Up to four sessions, each read by two or three of three coders."""
    sessions = []
    for _ in range(draw(st.integers(1, 4))):
        readers = draw(st.lists(st.sampled_from("XYZ"), min_size=2, max_size=3, unique=True))
        by = {}
        for coder in readers:
            markers = draw(st.dictionaries(st.sampled_from([1, 2, 4]), st.sampled_from(MARKERS), max_size=3))
            by[coder] = markers | draw(st.dictionaries(st.sampled_from([0, 3]), st.sampled_from(STRATEGIES), max_size=2))
        sessions.append(by)
    return sessions


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("files")


def rows_of(sessions):
    return [
        (f"s{i}", turn, coder, given.get(turn, ""), "therapist" if turn in (0, 3) else "client")
        for i, by in enumerate(sessions)
        for coder, given in by.items()
        for turn in range(5)
    ]


def compared(folder, name, rows):
    path = folder / f"{name}.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([("session", "turn", "rater", "codes", "role"), *rows])
    return compare(read_codings([str(path)]))


@settings(max_examples=15)
@given(several(), st.randoms())
def test_the_order_of_rows_sessions_and_coders_changes_nothing(folder, sessions, random):
    rows = rows_of(sessions)
    assert compared(folder, "one", rows) == compared(folder, "other", random.sample(rows, len(rows)))


@settings(max_examples=15)
@given(several())
def test_names_of_coders_and_sessions_change_no_number(folder, sessions):
    rows = rows_of(sessions)
    names = {"X": "Z", "Y": "X", "Z": "Y"}
    renamed = [(f"t{9 - int(s[1])}", turn, names[coder], codes, role) for s, turn, coder, codes, role in rows]
    first, second = compared(folder, "one", rows), compared(folder, "other", renamed)
    assert first["overall"] == second["overall"]
    kappas = {frozenset(names[r] for r in pair["raters"]): (pair["kappa"], pair["ac1"], pair["alike"]) for pair in first["pairs"]}
    assert kappas == {frozenset(pair["raters"]): (pair["kappa"], pair["ac1"], pair["alike"]) for pair in second["pairs"]}


@settings(max_examples=15)
@given(several())
def test_everybody_agrees_with_themselves(folder, sessions):
    doubled = [{coder: by[sorted(by)[0]] for coder in ("X", "Y")} for by in sessions]
    found = compared(folder, "same", rows_of(doubled))
    (pair,) = found["pairs"]
    assert set(pair["kappa"].values()) <= {1.0, None}
    assert set(pair["ac1"].values()) == set(pair["alike"].values()) == {1.0}
    assert {name for name, value in pair["kappa"].items() if value is None} == {
        name for name, value in found["overall"].items() if value["alpha"] is None
    }
    assert found["splits"] == []


def test_the_report_says_what_was_found_and_needs_nothing_beside_it(tmp_path):
    names = {"X": "<b>Anna</b>", "R": "blind_1"}
    codings = side_by_side({names["X"]: {1: "W5", 2: "C2"}, names["R"]: {1: "W5", 4: "W1"}}, reference=names["R"])
    found = compare(codings)
    page = write(tmp_path / "out", found)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(FILES)
    assert json.loads((tmp_path / "out" / FILES[0]).read_text()) == found
    text, html = (tmp_path / "out" / "report.md").read_text(), page.read_text()
    for heading in ("Each pair", "All coders together", "Code by code", "Turns that split the coders", "Beside the reference"):
        assert f"## {heading}" in text
        assert heading in html
    assert "language models, not clinicians" in " ".join(text.replace(">", "").split())
    assert "2 turns. whether there is anything to code: 2" in text
    assert "<b>Anna" not in html
    assert "&lt;b&gt;Anna&lt;/b&gt;" in html
    assert "http" not in html.replace("http-equiv", "")


def test_a_report_is_written_whole_or_left_as_it_was(tmp_path):
    write(tmp_path, compare(side_by_side({"X": {1: "W5"}, "Y": {}})))
    before = {name: (tmp_path / name).read_bytes() for name in FILES}
    (tmp_path / f"{FILES[2]}.part").mkdir()
    with pytest.raises(OSError, match="report"):
        write(tmp_path, compare(side_by_side({"X": {1: "W5"}, "Z": {1: "C2"}})))
    assert {name: (tmp_path / name).read_bytes() for name in FILES} == before


def test_without_scipy_ratings_have_no_interval_and_it_is_said(monkeypatch):
    for module in ("coders", "intraclass"):
        monkeypatch.setattr(f"rupture.evaluation.{module}.has_intervals", lambda: False)
    rated = {"X": (1, 2, 3), "Y": (2, 2, 5)}
    table = np.array(list(rated.values()), float).T
    assert icc(table).low is None
    assert icc(table).value is not None
    found = compare(side_by_side({"X": {1: "W5"}, "Y": {1: "W5"}}))
    assert found["pairs"][0]["kappa"]["W5"] == 1
    assert "pip install 'rupture[agreement]'" in found["notes"][-1]


@pytest.mark.parametrize(
    ("split", "kappas"),
    [
        (
            "dev",
            {
                ("A", "B"): (0.919, 0.776, 0.938, 0.750),
                ("A", "C"): (0.913, 0.772, 0.955, 0.562),
                ("B", "C"): (0.930, 0.844, 0.908, 0.571),
            },
        ),
        ("train", {("D", "E"): (0.775, 0.687, 0.831, 0.741)}),
    ],
)
def test_the_published_table_of_annomi(split, kappas):
    text = Path(os.environ.get("RUPTURE_ANNOMI", ROOT / "../shared/annomi/annomi.csv"))
    if not text.is_file():
        pytest.skip("AnnoMI's text is not here; set RUPTURE_ANNOMI to annomi.csv")
    found = compare(read_codings([str(ANNOTATIONS / "turn_codes.csv")], text, split))
    names = ("rupture", "withdrawal", "confrontation", "strategy")
    assert {tuple(pair["raters"]): tuple(pair["kappa"][name] for name in names) for pair in found["pairs"]} == kappas
    for pair in found["pairs"]:
        assert all(low <= pair["kappa"][name] <= high for name in names for low, high in [pair["kappa_interval"][name]])
