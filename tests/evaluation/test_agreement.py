"""Pairwise kappa of raters, by hand and against the published table."""

import pytest

from rupture.coding.annomi import session_id
from rupture.coding.standoff import Coding, read_raters
from rupture.coding.values import Rating
from rupture.evaluation.agreement import agreement

from .helpers import ANNOTATIONS, annomi, coded


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
    # withdrawal: X codes turn 0, Y turn 1: (1/2 − 10/16) / (6/16) = −1/3; confrontation: Y never codes, chance explains it all
    assert found.kappa["withdrawal"].value == pytest.approx(-1 / 3)
    assert found.kappa["confrontation"].value == 0
    assert found.kappa["strategy"].value is None


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
