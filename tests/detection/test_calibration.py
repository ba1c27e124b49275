"""Calibration and thresholds: answers worked by hand."""

import numpy as np
import pytest

from rupture.coding.values import CodedSession
from rupture.detection.calibration import best_threshold, fit_blend, precise_threshold, to_scores
from rupture.detection.heads import CLIENT_HEADS, HEADS, THERAPIST_HEADS
from rupture.transcript import Role, Transcript, Turn

SESSION = Transcript("t", tuple(Turn(i, role.value, role, "words") for i, role in enumerate(Role)))


def test_each_role_gets_its_own_names_and_others_none():
    therapist, client, other = to_scores(SESSION, np.full((3, len(HEADS)), 0.5, np.float32), {})
    assert tuple(therapist) == THERAPIST_HEADS
    assert tuple(client) == CLIENT_HEADS
    assert other == {}


def test_calibration_works_on_the_logit_and_leaves_other_heads_alone():
    raw = np.full((3, len(HEADS)), 0.5, np.float32)
    _, client, _ = to_scores(SESSION, raw, {"rupture": (2.0, -np.log(3))})
    # logit(.5) is 0; the intercept -log 3 makes odds of 1 to 3.
    assert client["rupture"] == pytest.approx(0.25)
    assert client["withdrawal"] == pytest.approx(0.5)


def test_certain_probabilities_stay_finite():
    raw = np.zeros((3, len(HEADS)), np.float32)
    raw[1] = 1
    _, client, _ = to_scores(SESSION, raw, {"rupture": (1.0, 0.0)})
    assert 0.99 < client["rupture"] <= 1


def test_the_best_threshold_separates_what_can_be_separated():
    predicted = np.linspace(0, 1, 200)
    assert 0.85 < best_threshold(predicted > 0.9, predicted) < 0.95


def test_the_precise_threshold_is_the_lowest_that_keeps_the_precision():
    # Sorted from the top: 20 positive, then 20 alternating, then 60 negative.
    reference = np.array([True] * 20 + [True, False] * 10 + [False] * 60)
    predicted = np.linspace(1, 0, 100)
    # Down to rank n (from 1) beyond 40, 30 of n are positive: 30/37 ≥ .8 but so is 30/37 only to n = 37; by rank 37, 29/37 = .78.
    kept = predicted >= precise_threshold(reference, predicted, 0.8)
    assert reference[kept].mean() >= 0.8
    wider = predicted >= predicted[kept.sum()]
    assert reference[wider].mean() < 0.8


def test_without_a_precise_stretch_nothing_is_shown():
    predicted = np.linspace(1, 0, 100)
    assert precise_threshold(np.zeros(100, bool), predicted, 0.6) == 1.0


def test_each_family_gets_the_members_that_order_its_turns():
    """Plain members know withdrawal, mixed ones confrontation; a rupture is as well told by either."""
    rng = np.random.default_rng(0)
    turns = tuple(Turn(i, "C", Role.CLIENT, "a") for i in range(200))
    kinds = [("withdrawal", "W5") if i % 5 == 0 else ("confrontation", "C1") if i % 5 == 1 else () for i in range(200)]
    votes = tuple(dict.fromkeys((*names, "rupture"), 1.0) if names else {} for names in kinds)
    session = CodedSession(Transcript("s", turns), votes, None, "own")
    knows, guesses = ([0.1 + 0.8 * (family in vote) for vote in votes] for family in ("withdrawal", "confrontation"))
    plain, mixed = rng.random((2, 200, len(HEADS))).astype(np.float32)
    plain[:, HEADS.index("withdrawal")] = knows
    mixed[:, HEADS.index("confrontation")] = guesses
    plain[:, HEADS.index("rupture")] = mixed[:, HEADS.index("rupture")] = [float("rupture" in vote) for vote in votes]
    blend = dict(zip(HEADS, fit_blend([session], [plain], [mixed]).tolist(), strict=True))
    assert blend["withdrawal"] == blend["W5"] < 0.5 < blend["confrontation"] == blend["C1"]
    assert blend["rupture"] == 0.5  # the first of equals
    assert blend["strategy"] == 0.5  # no positive turn to choose by
