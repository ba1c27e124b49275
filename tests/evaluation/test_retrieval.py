"""Scoring of searches: worked by hand, against scikit-learn, and the committed cases are what the suite says they are."""

import json
import re
from math import log2

import pytest
from sklearn.metrics import cohen_kappa_score

from rupture.coding.sessions import split_sessions
from rupture.errors import RunError
from rupture.evaluation import retrieval, runs
from rupture.evaluation.retrieval import DETECTED, OURS, Case, ndcg, read_cases, read_grades, score
from rupture.guidance import documents
from rupture.guidance.vocabulary import ANY
from rupture.resources import BLIND_CODES, CASES, CORPUS, SESSIONS

FOLDER = CASES / "guidance"
COMMON = frozenset(re.findall(r"\w+", "a an and do for how i in is it me my of on or that the this to what with"))


def test_ndcg_by_hand():
    grades = {"a": 3.0, "b": 1.5, "c": 0.0}
    assert ndcg(["a", "b", "c"], grades) == 1
    assert ndcg(["x", "b", "a"], grades) == pytest.approx((1.5 / log2(3) + 3 / log2(4)) / (3 + 1.5 / log2(3)))
    assert ndcg(["x1", "x2", "x3", "x4", "x5", "a"], grades) == 0
    assert ndcg([], {"a": 0.0}) != ndcg([], {"a": 0.0}), "no passage helps: undefined, not perfect"


def _found(passages, strategies=(), markers=()):
    return {"passages": passages, "strategies": list(strategies), "markers": list(markers)}


@pytest.fixture
def scored(tmp_path):
    cases = [
        Case("s1@4", "test", "s1", 4, ("W5",), (("R4", "R9"), ("R4",))),
        Case("s1@8", "test", "s1", 8, ("C1",), (("R5",), ("R1",))),
        Case("q1", "test", question="how?"),
        Case("n1", "test", question="weather?", covered=False),
        Case("n2", "test", question="tax?", covered=False),
        Case("d1", "dev", question="else?"),
    ]
    answers = {
        "s1@4": {OURS: _found(["a", "b"], ["R9"], ["W5"]), DETECTED: _found(["b"], ["R2"], ["W1"]), "bm25": _found(["b"])},
        "s1@8": {OURS: _found(["b", "a"], ["R4"], ["C2"]), DETECTED: _found(["a"], ["R5"], ["C1"]), "bm25": _found(["a"])},
        "q1": {OURS: _found(["c", "z"]), "bm25": _found(["c"])},
        "n1": {OURS: _found([]), "bm25": _found([])},
        "n2": {OURS: _found(["a"]), "bm25": _found([])},
        "d1": {OURS: _found(["a"]), "bm25": _found(["a"])},
    }
    grades = {
        "s1@4": {"a": (3, 3), "b": (1, 2)},
        "s1@8": {"a": (3, 2), "b": (0, 0)},
        "q1": {"c": (2, 2)},
        "d1": {"a": (1, 0)},
    }

    def produce(case):
        return {"covered": case.id in ("s1@4", "s1@8", "q1", "n2"), "found": answers[case.id]}

    runs.run(tmp_path, runs.Plan("guidance", {}), {case.id: case for case in cases}, produce)
    return score(tmp_path, cases, grades)["sets"]["test"]


def test_scores_by_hand(scored):
    moments = [1.0, (2.5 / log2(3)) / 2.5]
    ours = scored["searches"][OURS]
    assert ours["ndcg"]["moment"]["value"] == pytest.approx(sum(moments) / 2, abs=1e-6)
    assert ours["ndcg"]["all"] == {"n": 3, "value": pytest.approx((sum(moments) + 1) / 3, abs=1e-6), "low": None, "high": None}
    assert ours["success"]["all"]["value"] == pytest.approx(2 / 3, abs=1e-6), "q1 has no passage judged 3"
    assert scored["searches"]["bm25"]["ndcg"]["moment"]["value"] == pytest.approx((1.5 / (3 + 1.5 / log2(3)) + 1) / 2, abs=1e-6)
    assert scored["unjudged"]["value"] == pytest.approx(0.5 / 3, abs=1e-6)
    assert scored["moments"][OURS]["strategy_first"]["value"] == 0.5
    assert scored["moments"][DETECTED]["marker_in_three"]["value"] == 0.5
    assert scored["constants"]["strategy_first"] == {"answer": ["R1"], "value": 0.5}
    assert scored["constants"]["marker_in_three"]["value"] == 1
    # n1 and the dev question were left alone; of the two not covered, one
    assert {name: values["value"] for name, values in scored["abstention"].items()} == {
        "precision": 1.0,
        "recall": 0.5,
        "f1": pytest.approx(2 / 3, abs=1e-6),
    }


def test_agreement_of_the_judges_is_that_of_scikit_learn():
    pairs = [(3, 3), (3, 2), (0, 1), (2, 2), (1, 3), (0, 0), (2, 0), (1, 1)]
    found = retrieval._judges(pairs)
    one, other = zip(*pairs, strict=True)
    assert found["kappa_quadratic"] == pytest.approx(cohen_kappa_score(one, other, weights="quadratic"), abs=1e-6)
    assert (found["same"], found["within_one"]) == (0.5, 0.75)


def test_a_line_that_is_no_case_is_named(tmp_path):
    (tmp_path / "moments.jsonl").write_text('{"id": "a", "part": "dev"}\n{"id": "b"}\n')
    (tmp_path / "questions.jsonl").write_text("")
    with pytest.raises(RunError, match=r"moments\.jsonl, line 2"):
        read_cases(tmp_path)


def test_the_committed_cases_are_what_the_suite_says():
    cases = read_cases(FOLDER)
    kinds = {(part, kind): sum(c.part == part and c.kind == kind for c in cases) for part in ("dev", "test") for kind in
             ("moment", "question", "not covered")}  # fmt: skip
    assert set(kinds.values()) == {100, 75, 25}
    assert len({case.id for case in cases}) == len(cases) == 400
    halves = [{case.session for case in cases if case.part == part and case.session} for part in ("dev", "test")]
    assert not halves[0] & halves[1], "moments of one session stand in both halves"
    held = {session.transcript.id: session for session in split_sessions(SESSIONS, BLIND_CODES)["cases"]}
    for case in (case for case in cases if case.session):
        assert set(case.codes) & set(held[case.session].votes[case.turn]), case.id
        assert len(case.fitting) == 2


def test_every_covered_case_was_graded_and_every_graded_passage_is_there():
    passages = documents.load(CORPUS).passages
    grades = read_grades(FOLDER / "grades.csv")
    assert grades.keys() == {case.id for case in read_cases(FOLDER) if case.covered}
    for graded in grades.values():
        assert graded.keys() <= passages.keys()
        assert all(0 <= grade <= 3 for pair in graded.values() for grade in pair)


def test_what_the_search_was_tuned_on_holds_no_case():
    def words(text):
        return set(re.findall(r"[a-z0-9]+", text.lower())) - COMMON

    asked = [words(case.question) for case in read_cases(FOLDER) if case.question]
    for name in ("queries.jsonl", "outside.jsonl"):
        rows = [json.loads(line)["query"] for line in (CORPUS / name).read_text(encoding="utf-8").splitlines()]
        for query in map(words, rows):
            alike = [len(query & other) / max(len(query), len(other), 1) for other in asked]
            assert max(alike) < 0.6, query


def test_each_passage_has_queries_and_two_ratings_for_its_markers():
    passages = documents.load(CORPUS).passages.values()
    assert all(len(passage.queries) == 3 for passage in passages)
    unrated = [p.id for p in passages if ANY in p.modality and set(p.markers) != set(p.useful)]
    assert unrated == []
