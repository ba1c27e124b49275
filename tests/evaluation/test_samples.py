"""Which turns are scored, and what counts as coded; the README's numbers of turns."""

import pytest

from rupture.evaluation.baselines import best_threshold, constant, oracle
from rupture.evaluation.intervals import resampled
from rupture.evaluation.metrics import auroc, auroc_within, confusion
from rupture.evaluation.samples import sample, shows
from rupture.evaluation.values import Prediction, predict, reference_codes
from rupture.policy import Policy

from .helpers import annomi, coded, rows


def blank(session):
    """Every turn scored 0 for everything, nothing coded."""
    names = ("rupture", "withdrawal", "confrontation", "strategy", "W2")
    turns = session.transcript.turns
    return Prediction(session.transcript.id, tuple(dict.fromkeys(names, 0.0) for _ in turns), tuple(() for _ in turns))


@pytest.mark.parametrize(
    ("name", "codes", "expected"),
    [
        ("rupture", ["W2"], True),
        ("rupture", ["C1"], True),
        ("rupture", ["R1"], False),
        ("rupture", [], False),
        ("withdrawal", ["W2", "C1"], True),
        ("withdrawal", ["C1"], False),
        ("confrontation", ["C1"], True),
        ("strategy", ["R1"], True),
        ("strategy", ["W2"], False),
        ("W2", ["W2"], True),
        ("W2", ["W1"], False),
    ],
)
def test_what_codes_amount_to(name, codes, expected):
    assert shows(name, codes) is expected


def test_disputed_and_unscored_turns_are_left_out_and_counted():
    # turn 1: only the first of two raters saw W2, disputed; turn 3: both; turn 5: neither
    session = coded("a", "T: so\nC: mm {W2}\nT: so\nC: mm {W2}\nT: and {R1}\nC: well", (3, "W2"))
    found = sample("rupture", [session], [blank(session)])
    assert (len(found), found.positives, found.disputed, found.unscored) == (2, 1, 1, 0)
    assert sample("W5", [session], [blank(session)]).unscored == 3
    strategies = sample("strategy", [session], [blank(session)])
    assert (len(strategies), strategies.disputed) == (2, 1)


def test_others_are_not_scored():
    session = coded("a", "O: noise\nC: mm {W2}")
    assert len(sample("rupture", [session], [blank(session)])) == 1


def test_a_split_over_the_marker_keeps_the_turn_in_the_reference():
    session = coded("a", "C: mm {W5}\nC: no {C2}\nT: right {R3}", (0, "W2"), (2, "R3"))
    assert reference_codes(session) == {0: ("W2",), 2: ("R3",)}


def test_predict_decides_as_an_analysis_does():
    session = coded("a", "T: so\nC: mm {W2}\nT: tell me {R4}")
    scores = [{"strategy": 0.1}, {"rupture": 0.9, "withdrawal": 0.8, "W2": 0.7}, {"strategy": 0.9, "R4": 0.8}]
    found = predict(session.transcript, scores, Policy())
    assert found.codes == ((), ("W2",), ("R4",))
    assert found.top_moments == (1,)
    assert Prediction.from_dict(found.to_dict()) == found


def test_best_threshold_and_baselines_by_hand():
    # session 0: rate 2/2, session 1: 1/2, session 2: 0/2; kappa from .5: tp 3 fp 1 fn 0 tn 2 → (5/6 − 1/2) / (1/2) = 2/3;
    # from 1: tp 2 fp 0 fn 1 tn 3 → (5/6 − 1/2) / (1/2) = 2/3; the lower of the two is taken
    turns = rows((0, 1, 0.2), (0, 1, 0.2), (1, 1, 0.2), (1, 0, 0.2), (2, 0, 0.2), (2, 0, 0.2))
    known = oracle(turns)
    assert list(known.score) == [1, 1, 0.5, 0.5, 0, 0]
    assert best_threshold(known) == 0.5
    assert confusion(known, resampled(3, 0)).kappa()[0] == pytest.approx(2 / 3)
    assert set(constant(turns).score) == {0.5}
    assert not constant(turns).coded.any()


@pytest.mark.parametrize(
    ("name", "turns", "positives", "pooled", "kappa"),
    [
        ("rupture", 4087, 523, 0.86, 0.45),
        ("withdrawal", 4122, 257, 0.87, 0.40),
        ("confrontation", 4200, 292, 0.86, 0.36),
    ],
)
def test_counts_and_oracle_of_the_published_table(name, turns, positives, pooled, kappa):
    sessions = annomi()
    found = sample(name, sessions, [blank(session) for session in sessions])
    assert (len(found), found.positives) == (turns, positives)
    known, weights = oracle(found), resampled(len(sessions), 0)
    assert round(auroc(known, weights)[0], 2) == pooled
    assert auroc_within(known, weights)[0] == 0.5
    assert round(confusion(known, weights).kappa()[0], 2) == kappa
