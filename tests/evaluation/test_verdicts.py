"""One verdict behind printed line, exit code and JUnit; and the suites of users that it judges by."""

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rupture.errors import RunError
from rupture.evaluation.gates import State, verdict
from rupture.evaluation.junit import junit
from rupture.evaluation.runs import Plan, Record
from rupture.evaluation.suites import Suite, find_suite, load_suite

from .helpers import SUITES

RECORD = Record(Plan("mine", {}), 4, "2026-11-22T10:00:00+00:00", "2026-11-22T10:01:30+00:00")
OWN = {"name": "mine", "title": "Mine", "cases": "mine.csv"}


def suite(*gates):
    return Suite.model_validate({**OWN, "gates": [{"name": f"gate {n}", "source": "cases", **g} for n, g in enumerate(gates)]})


def scores(answered, failed=0, missing=0, **values):
    counts = {"items": answered + failed + missing, "answered": answered, "failed": failed, "missing": missing}
    return {**counts, **({"sets": {"cases": values}} if answered else {})}


def errors(count):
    return [{"id": f"s{n}", "kind": "ValueError", "where": "x.py:1", "message": ""} for n in range(count)]


LOW, HIGH = {"path": "kappa", "at_least": 0.4}, {"path": "ece", "at_most": 0.1}


@pytest.mark.parametrize(
    ("found", "state", "code", "line"),
    [
        (scores(4, kappa=0.4, ece=0.1), State.PASSED, 0, "passed: 4 of 4 answered, 2 of 2 gates met"),
        (
            scores(3, 1, kappa=0.5, ece=0.0),
            State.FAILED_ITEMS,
            3,
            "some items failed: 3 of 4 answered, 1 failed, 2 of 2 gates met",
        ),
        (scores(3, 0, 1, kappa=0.5, ece=0.0), State.UNFINISHED, 3, "not finished: 3 of 4 answered, 1 missing, 2 of 2 gates met"),
        (
            scores(3, 1, kappa=0.2, ece=None),
            State.GATE_NOT_MET,
            4,
            "gate not met: 3 of 4 answered, 1 failed, 0 of 2 gates met; gate 0: 0.200, wanted at least 0.4; "
            "gate 1: undefined, wanted at most 0.1",
        ),
        (scores(0, 4), State.NO_RESULT, 3, "no result: 0 of 4 answered, 4 failed"),
        (scores(0, 0, 4), State.NO_RESULT, 3, "no result: 0 of 4 answered, 4 missing"),
    ],
)
def test_each_state_has_its_line_and_exit_code(found, state, code, line):
    outcome = verdict(suite(LOW, HIGH), found)
    assert (outcome.state, outcome.exit_code, outcome.line) == (state, code, line)


@pytest.mark.parametrize(
    "path", ["nowhere", "names", "names.rupture", "names.rupture.kappa.value.deeper", "digest", "names.rupture.f1"]
)
def test_a_path_that_leads_to_no_number_is_named(path):
    found = scores(1, digest="abc", names={"rupture": {"kappa": {"value": 0.5, "low": 0.4}}})
    with pytest.raises(RunError, match=rf"no '{path}' in the scores of cases; correct the path"):
        verdict(suite({"path": path, "at_least": 0.4}), found)
    assert verdict(suite({"path": "names.rupture.kappa", "at_least": 0.4}), found).state is State.PASSED


def test_without_a_result_no_gate_was_checked():
    outcome = verdict(suite(LOW, HIGH), scores(0, 4))
    assert outcome.checks == ()
    assert [gate.name for gate in outcome.not_checked] == ["gate 0", "gate 1"]


share = st.none() | st.floats(0, 1)


@given(st.integers(0, 5), st.integers(0, 3), st.integers(0, 3), share, share)
def test_junit_shows_a_problem_exactly_when_the_exit_code_does(answered, failed, missing, kappa, ece):
    judged = suite(LOW, HIGH)
    outcome = verdict(judged, scores(answered, failed, missing, kappa=kappa, ece=ece))
    root = ElementTree.fromstring(junit(judged, outcome, errors(failed), RECORD).encode())  # noqa: S314 - our own
    assert (outcome.exit_code != 0) == (root.find(".//failure") is not None or root.find(".//error") is not None)
    assert (outcome.exit_code == 4) == (root.find(".//failure") is not None)
    assert root.get("tests") == str(len(root.findall("testcase"))) == str(1 + 2 + failed)
    for key, kind in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        assert root.get(key) == str(len(root.findall(f"testcase/{kind}")))


def test_junit_names_gates_and_items_and_survives_any_id():
    judged = suite(LOW)
    outcome = verdict(judged, scores(2, 1, kappa=0.1))
    error = {"id": "<s>\x00&\u2028", "kind": "RunError", "where": "measure.py:9", "message": 'not coded; "x"'}
    root = ElementTree.fromstring(junit(judged, outcome, [error], RECORD).encode())  # noqa: S314 - our own
    assert root.attrib == {
        "name": "mine", "timestamp": RECORD.started, "time": "90.0",
        "tests": "3", "failures": "1", "errors": "1", "skipped": "0",
    }  # fmt: skip
    assert [case.get("name") for case in root] == ["every item answered", "gate: gate 0", "item: <s>\ufffd&\ufffd"]
    assert root[1].find("failure").get("message") == "gate 0: 0.100, wanted at least 0.4"
    assert root[2].find("error").get("message") == 'RunError: measure.py:9: not coded; "x"'


def test_a_gate_on_data_the_run_has_not_is_skipped():
    ours = load_suite(SUITES / "detection.yaml")
    outcome = verdict(ours, {**scores(3), "sets": {"own": {}}})
    root = ElementTree.fromstring(junit(ours, outcome, [], RECORD).encode())  # noqa: S314 - our own
    assert root.get("skipped") == str(len(ours.gates))
    assert outcome.exit_code == 0


def test_a_suite_of_cases_needs_a_name_and_a_title_only(tmp_path):
    (tmp_path / "mine.yaml").write_text("name: mine\ntitle: Mine\ncases: sets/mine.csv\n")
    found = load_suite(tmp_path / "mine.yaml")
    assert (found.kind, found.cases, [data.source for data in found.data]) == ("detection", tmp_path / "sets/mine.csv", ["cases"])
    assert found.cautions


def test_ours_say_what_they_run():
    kinds = {path.stem: load_suite(path).kind for path in SUITES.glob("*.yaml")}
    ours = ("care", "detection", "guidance", "masking", "replies")
    assert kinds == {name: name for name in ours} | {"detection-llm": "detection", "practice": "detection"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("kind: care\n", "a suite on cases of its own is of the kind detection"),
        ("data: [{source: own, title: x, held_out: y}]\n", "has the data source cases only"),
        ("gates: [{name: g, source: own, path: a, at_least: 1}]\n", "gates name data sets the suite does not have: own"),
        ("casess: x\n", "casess: Extra inputs"),
        ("kind: mood\n", "kind: Input should be 'detection'"),
    ],
)
def test_a_suite_of_a_users_own_is_checked(tmp_path, text, said):
    (tmp_path / "mine.yaml").write_text(f"name: mine\ntitle: Mine\ncases: mine.csv\n{text}")
    with pytest.raises(RunError, match=rf"mine\.yaml: .*{said}"):
        load_suite(tmp_path / "mine.yaml")


def test_a_suite_is_found_by_name_by_file_and_by_its_cases(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert find_suite("care", SUITES) == find_suite(str(SUITES / "care.yaml"), SUITES)
    (tmp_path / "spring.csv").write_text("")
    (tmp_path / "spring").mkdir()
    for what in ("spring.csv", "spring", "./spring/"):
        found = find_suite(what, SUITES)
        assert (found.name, found.title, found.gates) == ("spring", "Finding ruptures in spring", ())
    assert find_suite("spring.csv", SUITES).cases.name == "spring.csv"
    with pytest.raises(RunError, match=r"autumn: expected a suite \(care, detection, detection-llm.*there is none of that name"):
        find_suite("autumn", SUITES)
    (tmp_path / "care.jsonl").write_text("")
    with pytest.raises(RunError, match=r"care\.jsonl: is called like the suite care of this project"):
        find_suite("care.jsonl", SUITES)
    (tmp_path / "gates.yaml").write_text((SUITES / "care.yaml").read_text().replace("name: care", "name: gates\nkind: care", 1))
    with pytest.raises(RunError, match=r"gates\.yaml: a suite of your own names its case set, with cases: PATH"):
        find_suite("gates.yaml", SUITES)
