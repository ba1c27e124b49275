"""Agreement of raters: by hand, by worked examples of the papers, against libraries, and against the published table."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from rupture.coding.annomi import session_id
from rupture.coding.standoff import Coding, read_raters
from rupture.coding.values import Rating
from rupture.evaluation.agreement import NAMES, agreement
from rupture.evaluation.intraclass import icc
from rupture.evaluation.overall_agreement import ac1, alpha, overall_agreement

from .helpers import ANNOTATIONS, annomi, coded

GAP = np.nan


def coding(codes):
    return Coding(codes, Rating(1, 1, None, 1))


def test_kappa_of_two_raters_by_hand():
    transcript = coded("a", "C: a\nC: b\nC: c\nC: d\nT: e").transcript
    # any rupture: first codes turns 0 and 1, second 1 only: tp 1, fn or fp 1, tn 2; (3/4 − 1/2) / (1/2) = 1/2
    # a transcript only one of them read does not count
    raters = {"a": {"X": coding({0: ["W2"], 1: ["C1"]}), "Y": coding({1: ["W5"]})}, "b": {"X": coding({})}}
    (found,) = agreement([transcript, coded("b", "C: x").transcript], raters)
    assert (found.raters, found.sessions) == (("X", "Y"), 1)
    assert found.kappa["rupture"].value == pytest.approx(0.5)
    assert found.given["rupture"] == (2, 1)
    assert found.counts["rupture"] == (1, 1, 0, 2)
    # prevalence (2 + 1) / 8, chance 2 · 3/8 · 5/8 = 15/32: (3/4 − 15/32) / (17/32) = 9/17
    assert found.ac1["rupture"].value == pytest.approx(9 / 17)
    # withdrawal: X codes turn 0, Y turn 1: (1/2 − 10/16) / (6/16) = −1/3; confrontation: Y never codes, chance explains it all
    assert found.kappa["withdrawal"].value == pytest.approx(-1 / 3)
    assert found.kappa["confrontation"].value == 0
    assert found.kappa["strategy"].value is None


def crossed(both, first, second, neither):
    """Two raters of one session with so many turns in each cell."""
    cells = [({"X", "Y"}, both), ({"X"}, first), ({"Y"}, second), (set(), neither)]
    who = [given for given, n in cells for _ in range(n)]
    transcript = coded("s", "\n".join("C: a" for _ in who)).transcript
    raters = {name: coding({i: ["W1"] for i, given in enumerate(who) if name in given}) for name in "XY"}
    (found,) = agreement([transcript], {"s": raters})
    return found.kappa["W1"].value, found.ac1["W1"].value


@pytest.mark.parametrize(
    ("cells", "kappa", "gamma"),
    [
        # Feinstein and Cicchetti (1990): the same share of agreement, .85, at an even and at a lopsided rate
        ((40, 9, 6, 45), 0.70, None),
        ((80, 10, 5, 5), 0.32, None),
        # Gwet (2008): emotional disturbances
        ((118, 5, 2, 0), -0.0234, 0.9408),
    ],
)
def test_examples_of_the_papers(cells, kappa, gamma):
    found = crossed(*cells)
    assert found[0] == pytest.approx(kappa, abs=0.005 if gamma is None else 0.0001)
    if gamma is not None:
        assert found[1] == pytest.approx(gamma, abs=0.0001)


def test_krippendorffs_examples():
    # Krippendorff (2011), "Computing Krippendorff's alpha-reliability": A, two observers and two values; C, four with gaps
    meg, owen = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]
    assert alpha(np.array([meg, owen], float)) == pytest.approx(0.095, abs=0.0005)
    a = [1, 2, 3, 3, 2, 1, 4, 1, 2, GAP, GAP, GAP]
    b = [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, GAP, 3]
    c = [GAP, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, GAP]
    d = [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, GAP]
    assert alpha(np.array([a, b, c, d])) == pytest.approx(0.743, abs=0.0005)


def test_ac1_of_three_raters_with_gaps_by_hand():
    # agreement by turn: 1, 1/3, 1, 1; rates by turn: 1, 1/3, 0, 1; (5/6 − 2 · 7/12 · 5/12) / (1 − 35/72) = 25/37
    marks = np.array([[1, 0, 0, 1], [1, 0, 0, 1], [1, 1, GAP, GAP]])
    assert ac1(marks) == pytest.approx(25 / 37, abs=0.00001)


def test_where_nothing_varies_alpha_says_nothing_and_ac1_says_one():
    nothing = np.zeros((3, 4))
    assert alpha(nothing) is None
    assert ac1(nothing) == 1
    assert ac1(np.zeros((2, 1))) == 1
    assert ac1(np.array([[1, GAP], [GAP, 1]])) is None


RATED = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]], float)


def test_the_example_of_shrout_and_fleiss():
    # ICC(2,1) = .29 (Shrout and Fleiss 1979, table 4); the interval as other software gives it, .02 to .76
    found = icc(RATED)
    assert (round(found.value, 2), round(found.low, 2), round(found.high, 2)) == (0.29, 0.02, 0.76)


@pytest.mark.parametrize(
    ("table", "value"),
    [
        ([[1, 1], [3, 3], [5, 5]], 1),
        # the second rater is always a point higher: mean squares 8, 1.5 and 0, so 8 / (8 + 2 · 1.5 / 3) = 8/9
        ([[1, 2], [3, 4], [5, 6]], 8 / 9),
        ([[1, 5], [5, 1]], None),
        ([[2, 2], [2, 2]], None),
        ([[1, 2]], None),
        ([[1], [2]], None),
    ],
)
def test_intraclass_correlations_by_hand(table, value):
    found = icc(np.array(table, float))
    assert found.value == (None if value is None else pytest.approx(value))


@given(st.lists(st.lists(st.integers(1, 5), min_size=3, max_size=3), min_size=2, max_size=9), st.randoms())
def test_an_intraclass_correlation_knows_no_order_and_lies_in_its_interval(rows, random):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = icc(np.array(rows, float))
    shuffled = random.sample(rows, len(rows))
    other = icc(np.array([[row[2], row[0], row[1]] for row in shuffled], float))
    assert other.value == (None if found.value is None else pytest.approx(found.value))
    if found.low is not None:
        assert found.low - 1e-9 <= found.value <= found.high + 1e-9 <= 1 + 2e-9


marks = st.lists(st.lists(st.sampled_from(["", "W1", "C2", "W1 C2"]), min_size=1, max_size=8), min_size=1, max_size=4)


@given(marks, st.data())
def test_pairs_agree_with_scikit_learn_and_with_irrcac(first, data):
    second = [data.draw(st.lists(st.sampled_from(["", "W1", "C2"]), min_size=len(s), max_size=len(s))) for s in first]
    transcripts = {str(i): coded(str(i), "\n".join("C: a" for _ in session)).transcript for i, session in enumerate(first)}
    raters = {
        str(i): {name: coding({t: codes.split() for t, codes in enumerate(given)}) for name, given in (("X", x), ("Y", y))}
        for i, (x, y) in enumerate(zip(first, second, strict=True))
    }
    (found,) = agreement(list(transcripts.values()), raters)
    for name in ("W1", "C2"):
        x, y = ([name in codes for session in given for codes in session] for given in (first, second))
        if len({*x, *y}) > 1:
            assert found.kappa[name].value == pytest.approx(cohen_kappa_score(x, y))
        else:
            assert found.kappa[name].value is None
        if len(x) > 1:
            assert ac1(np.array([x, y], float)) == pytest.approx(found.ac1[name].value, abs=0.00001)


def test_all_raters_at_once_where_one_read_half():
    transcripts = {id: coded(id, "C: a\nC: b\nT: c").transcript for id in "ab"}
    x, y, z = coding({0: ["W1"], 2: ["R1"]}), coding({0: ["W1"]}), coding({1: ["C2"]})
    found = overall_agreement(transcripts, {"a": {"X": x, "Y": y, "Z": z}, "b": {"X": x, "Y": y}})
    # W1: turns (1, 1, 0), (0, 0, 0), (1, 1), (0, 0): four of ten
    marks = np.array([[1, 0, 1, 0], [1, 0, 1, 0], [0, 0, GAP, GAP]], float)
    assert found["W1"] == {"alpha": alpha(marks), "ac1": ac1(marks), "share": 0.4}
    assert found["strategy"]["share"] == 0.4
    assert found["W2"] == {"alpha": None, "ac1": 1.0, "share": 0.0}


def test_agreement_with_oneself_is_full():
    transcript = coded("a", "C: a\nC: b\nT: c\nT: d").transcript
    own = coding({0: ["W2"], 2: ["R5"]})
    (found,) = agreement([transcript], {"a": {"X": own, "Y": own}})
    assert {value.value for value in found.kappa.values()} == {1.0, None}
    assert {value.value for value in found.ac1.values()} == {1.0}
    assert found.kappa["W2"].value == found.kappa["strategy"].value == 1
    assert set(found.kappa) == set(NAMES)


@pytest.mark.parametrize(
    ("pair", "kappas"),
    [
        ("AB", [0.919, 0.776, 0.938, 0.750]),
        ("AC", [0.913, 0.772, 0.955, 0.562]),
        ("BC", [0.930, 0.844, 0.908, 0.571]),
        ("DE", [0.775, 0.687, 0.831, 0.741]),
    ],
)
def test_published_table(pair, kappas):
    transcripts = [session.transcript for session in annomi()]
    raters = read_raters(ANNOTATIONS, session_id)
    (found,) = agreement(transcripts, {id: {name: c for name, c in by.items() if name in pair} for id, by in raters.items()})
    assert [round(found.kappa[name].value, 3) for name in ("rupture", "withdrawal", "confrontation", "strategy")] == kappas
