"""Scores of the suites `care` and `replies` from saved answers, worked by hand; and the numbers they rest on."""

import json

import pytest

from rupture.evaluation import care, care_report, replies, replies_report, runs
from rupture.evaluation.intervals import share
from rupture.evaluation.readability import grade, syllables
from rupture.evaluation.suites import load_suite
from rupture.resources import CASES, SUITES

CASES_BY_HAND = {
    "r1": {"set": "risk", "kind": "abuse", "class": "child_abuse", "explicit": True},
    "r2": {"set": "risk", "kind": "abuse", "class": "child_abuse", "explicit": False},
    "r3": {"set": "risk", "kind": "", "class": "idiom"},
    "b1": {"set": "bias", "bias": True},
    "b2": {"set": "bias", "bias": False},
}
ANSWERS = {
    "r1": {"risk": ["abuse", "self_harm"]},
    "r2": {"risk": []},
    "r3": {"risk": ["self_harm"]},
    "b1": {"noticed": False, "perhaps": True, "asked": 2, "explained_away": 1},
    "b2": {"noticed": False, "perhaps": False, "asked": 2, "explained_away": 0},
    "s1": {"turns": 30, "risk": 3, "bias": 0},
    "s2": {"turns": 70, "risk": 0, "bias": 1},
}


def _run(folder, suite, answers):
    runs.run(folder, runs.Plan(suite, {"cases": "0"}), answers, lambda answer: dict(answer))


def _report(folder, module, suite):
    scores = json.loads((folder / "scores.json").read_text(encoding="utf-8"))
    return module.report(runs.read_record(folder), scores, load_suite(SUITES / f"{suite}.yaml"))


def test_care_is_counted(tmp_path):
    _run(tmp_path, "care", ANSWERS)
    found = care.score(tmp_path, CASES_BY_HAND)["sets"]
    risk = found["risk"]
    assert [risk["sensitivity"][name]["value"] for name in ("all", "explicit", "hinted")] == [0.5, 1, 0]
    assert (risk["specificity"]["value"], risk["kind_named"]["value"]) == (0, 1)
    assert risk["noticed_by_class"]["idiom"]["value"] == 1
    assert (found["bias"]["sensitivity"]["value"], found["bias"]["perhaps"]["value"]) == (0, 1)
    assert (found["bias"]["replies"], found["bias"]["explained_away"]) == (2, 1)
    assert found["ordinary"]["turns"] == 100
    assert found["ordinary"]["risk"]["in_100_turns"] == 3
    assert found["ordinary"]["bias"]["sessions"]["value"] == 0.5
    text = care_report.report(
        runs.read_record(tmp_path), json.loads((tmp_path / "scores.json").read_text()), load_suite(SUITES / "care.yaml")
    )
    assert "**Gate not met.**" in text
    assert "1 explained one away" in text


def _answer(seconds, family, wording):
    checks = dict.fromkeys(replies.CHECKS, True)
    return {**checks, "family": family, "seconds": seconds, "words": 100, "grade": 6.0, "reply": wording}


def test_replies_are_counted_and_old_judgements_left_out(tmp_path):
    _run(tmp_path, "replies", {"m1": _answer(0.1, True, "x"), "m2": _answer(0.3, False, "y")})
    rows = [
        {"case": "m1", "opponent": "tips", "judge": "a", "reply": "x", "preferred": "ours"},
        {"case": "m1", "opponent": "tips", "judge": "b", "reply": "x", "preferred": "same"},
        {"case": "m2", "opponent": "tips", "judge": "a", "reply": "y", "preferred": "theirs"},
        {"case": "m2", "opponent": "tips", "judge": "b", "reply": "y", "preferred": "theirs"},
        {"case": "m2", "opponent": "passage", "judge": "a", "reply": "before", "preferred": "ours"},
    ]
    found = replies.score(tmp_path, rows)["sets"]["moments"]
    assert found["checks"]["family"]["value"] == 0.5
    assert found["checks"]["grounded"]["value"] == 1
    assert found["seconds"]["median"] == 0.2
    assert found["preferred"]["tips"]["all"] == {**share([True, False, False, False])}
    assert found["preferred"]["tips"]["agreement"]["value"] == 0.5
    assert found["preferred"]["passage"]["all"]["value"] is None
    assert found["out_of_date"] == 1
    assert "1 judgements are of another wording" in _report(tmp_path, replies_report, "replies")


def test_every_moment_was_judged_against_both_by_two():
    rows = replies.read_preferences(CASES / "replies" / "preferences.csv")
    assert {(row["opponent"], row["judge"]) for row in rows} == {
        (o, j) for o in replies.OPPONENTS for j in ("judge_1", "judge_2")
    }
    assert len({(row["case"], row["opponent"], row["judge"]) for row in rows}) == len(rows) == 800


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [(0, 10, 0, 0.2775), (10, 10, 0.7225, 1), (5, 10, 0.2366, 0.7634), (196, 200, 0.9497, 0.9922)],  # Newcombe 1998's form
)
def test_wilsons_interval(hits, of, low, high):
    found = share([True] * hits + [False] * (of - hits))
    assert (found["low"], found["high"]) == (pytest.approx(low, abs=1e-3), pytest.approx(high, abs=1e-3))


def test_syllables():
    known = {"a": 1, "the": 1, "client": 1, "therapist": 3, "asked": 1, "made": 1, "table": 2, "alliance": 2}
    assert {word: syllables(word) for word in known} == known  # two vowels side by side count as one


def test_the_grade_is_flesch_and_kincaids():
    # 12 words, 2 sentences, 12 syllables: 0.39 × 6 + 11.8 × 1 − 15.59
    assert grade("The cat sat on the mat. The dog ran to the man.") == pytest.approx(-1.45)
    assert grade("") == 0
