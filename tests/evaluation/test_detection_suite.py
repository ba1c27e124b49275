"""The suite end to end with a detector that half knows: answers, scores computed again independently, report, gates, privacy."""

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rupture.errors import RunError
from rupture.evaluation.detection import run_detection, score
from rupture.evaluation.gates import State, verdict
from rupture.evaluation.groups import by_file, by_length, by_quality
from rupture.evaluation.markdown import count, interval, number, table
from rupture.evaluation.report import report
from rupture.evaluation.runs import ERRORS, PREDICTIONS, SCORES, Plan, read_record
from rupture.evaluation.suites import load_suite
from rupture.evaluation.values import Prediction

from .helpers import ANNOTATIONS, SUITES, coded, many, noisy

PLAN = Plan("detection", {"model": "m" * 64}, seed=7)


def saved(folder, sessions=None, predict=noisy):
    run_detection(folder, PLAN, sessions or many(), predict)
    return folder


def test_scores_are_recomputed_independently_from_the_saved_answers(tmp_path):
    """Plain Python over the lines of predictions.jsonl and the raters' votes; no function of the package but the votes."""
    sessions = {session.transcript.id: session for session in many()}
    found = score(saved(tmp_path), list(sessions.values()))["sets"]["own"]["names"]["rupture"]
    truths, scores, codes = [], [], []
    for line in (tmp_path / PREDICTIONS).read_text().splitlines():
        answer = json.loads(line)
        session = sessions[answer["id"]]
        for turn in session.transcript.turns:
            share = session.votes[turn.index].get("rupture", 0)
            if turn.role == "client" and share != 0.5:
                truths.append(share > 0.5)
                scores.append(answer["scores"][turn.index]["rupture"])
                codes.append(bool(answer["codes"][turn.index]))
    positive = [s for s, t in zip(scores, truths, strict=True) if t]
    negative = [s for s, t in zip(scores, truths, strict=True) if not t]
    wins = sum((p > n) + (p == n) / 2 for p in positive for n in negative)
    steps = [sum(p >= s for p in positive) / sum(x >= s for x in scores) for s in positive]
    agree = np.mean([c == t for c, t in zip(codes, truths, strict=True)])
    chance = np.mean(codes) * np.mean(truths) + (1 - np.mean(codes)) * (1 - np.mean(truths))
    hits = sum(c and t for c, t in zip(codes, truths, strict=True))
    assert (found["n"], found["positives"]) == (len(truths), len(positive))
    assert found["auroc"]["value"] == pytest.approx(wins / len(positive) / len(negative), abs=1e-6)
    assert found["ap"]["value"] == pytest.approx(np.mean(steps), abs=1e-6)
    assert found["kappa"]["value"] == pytest.approx((agree - chance) / (1 - chance), abs=1e-6)
    assert found["f1"]["value"] == pytest.approx(2 * hits / (sum(codes) + sum(truths)), abs=1e-6)
    assert found["auroc"]["low"] <= found["auroc"]["value"] <= found["auroc"]["high"]


def test_scoring_needs_only_the_folder_and_repeats_itself(tmp_path):
    score(saved(tmp_path), many())
    before = (tmp_path / SCORES).read_bytes()
    (tmp_path / SCORES).unlink()
    score(tmp_path, many())
    assert (tmp_path / SCORES).read_bytes() == before


def test_a_killed_run_ends_with_the_same_predictions_and_scores(tmp_path):
    def killed(session):
        if session.transcript.id == "own-6":
            raise KeyboardInterrupt
        return noisy(session)

    score(saved(tmp_path / "whole"), many())
    with pytest.raises(KeyboardInterrupt):
        saved(tmp_path / "killed", predict=killed)
    score(saved(tmp_path / "killed"), many())
    for name in (PREDICTIONS, ERRORS, SCORES):
        assert (tmp_path / "killed" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def test_no_word_of_a_transcript_is_in_any_file_of_a_run_or_in_the_report(tmp_path):
    def failing(session):
        if session.transcript.id == "own-3":
            raise ValueError(session.transcript.turns[1].text)
        return noisy(session)

    sessions = many()
    found = score(saved(tmp_path, predict=failing), sessions)
    (tmp_path / "report.md").write_text(report(read_record(tmp_path), found, load_suite(SUITES / "detection.yaml")))
    said = {word for s in sessions for t in s.transcript.turns for word in t.text.split() if len(word) > 4}
    assert {"zebra", "quartz", "pointless", "pushed"} <= said
    for path in tmp_path.iterdir():
        if path.name != "report.md":
            assert not said & set(re.findall(r"\w+", path.read_text())), path.name
    assert not {"zebra", "quartz", "pointless"} & set(re.findall(r"\w+", (tmp_path / "report.md").read_text()))


def test_sessions_of_a_mapping_are_asked_for_one_at_a_time(tmp_path):
    class Asked(dict):
        def __getitem__(self, key):
            held.append(key)
            return super().__getitem__(key)

    held, predicted = [], []

    def predict(session):
        predicted.append(session.transcript.id)
        assert held == predicted
        return noisy(session)

    run_detection(tmp_path, PLAN, Asked({session.transcript.id: session for session in many()}), predict)
    assert len(predicted) == 14


def test_a_session_without_therapist_codes_or_ratings_can_be_scored_and_reported(tmp_path):
    session = coded("a", "C: one\nC: two", source="annomi")
    found = score(saved(tmp_path, [session], lambda s: replace(noisy(s), rating=None)), [session])
    values = found["sets"]["annomi"]
    assert (values["names"]["strategy"]["n"], values["ratings"]["resolution"]["sessions"]) == (0, 0)
    assert values["names"]["rupture"]["auroc"]["value"] is None
    assert "nan" not in report(read_record(tmp_path), found, load_suite(SUITES / "detection.yaml")).lower()


def test_only_errors_is_no_result(tmp_path):
    def broken(session):
        raise ValueError

    with pytest.raises(RunError, match="no result: no item answered, 14 of 14 failed"):
        score(saved(tmp_path, predict=broken), many())
    assert not (tmp_path / SCORES).exists()


def test_a_failed_item_is_counted_and_not_scored_as_wrong(tmp_path):
    def failing(session):
        if session.transcript.id == "own-3":
            raise ValueError
        return noisy(session)

    found = score(saved(tmp_path / "failed", predict=failing), many())
    assert (found["items"], found["answered"], found["failed"], found["missing"]) == (14, 13, 1, 0)
    without = [session for session in many() if session.transcript.id != "own-3"]
    assert found["sets"] == score(saved(tmp_path / "without", without), without)["sets"]


def test_answers_that_do_not_fit_are_refused(tmp_path):
    saved(tmp_path)
    with pytest.raises(RunError, match="answer for 'own-13', but no such session"):
        score(tmp_path, many(13))
    longer = [coded(s.transcript.id, "C: a\n" * 20) for s in many()]
    with pytest.raises(RunError, match="session own-0: expected scores and codes for 20 turns, found 8 and 8"):
        score(tmp_path, longer)
    with pytest.raises(RunError, match="two sessions have the same id"):
        run_detection(tmp_path / "twice", PLAN, [*many(2), *many(2)], noisy)
    run_detection(tmp_path / "other", PLAN, many(1), lambda session: Prediction("b", (), ()))
    assert "expected its own prediction, found one of 'b'" in (tmp_path / "other" / ERRORS).read_text()


def test_data_sets_are_apart_and_groups_partition_their_sessions(tmp_path):
    sessions = [*many(12, "annomi"), *many(14)]
    grouping = {"quality": {f"annomi-{n}": "low" if n < 4 else "high" for n in range(12)}, "length": by_length(many(14))}
    found = score(saved(tmp_path, sessions), sessions, grouping)["sets"]
    assert {source: values["sessions"] for source, values in found.items()} == {"annomi": 12, "own": 14}
    quality = found["annomi"]["groups"]["quality"]
    assert {group: values["sessions"] for group, values in quality.items()} == {"high": 8, "low": 4}
    assert sum(values["names"]["rupture"]["n"] for values in quality.values()) == found["annomi"]["names"]["rupture"]["n"]
    assert found["own"]["groups"]["quality"] == {}
    assert found["own"]["groups"]["length"]["1–30 turns"]["sessions"] == 14


def test_groupings_of_the_repository():
    quality = by_quality(ANNOTATIONS)
    assert len(quality) == 108
    assert set(quality.values()) == {"high", "low"}
    files = sorted((ANNOTATIONS.parents[1] / "sessions").glob("*.txt"))
    assert set(by_file(files).values()) == {Path(path).stem for path in files}
    lengths = [coded(str(n), "C: a\n" * n) for n in (30, 31, 60, 120, 121)]
    assert list(by_length(lengths).values()) == ["1–30 turns", "31–60 turns", "31–60 turns", "61–120 turns", "over 120 turns"]


def test_report_says_who_coded_how_many_and_how_sure(tmp_path):
    sessions = many(12, "annomi")
    found = score(saved(tmp_path, sessions), sessions)
    text = report(read_record(tmp_path), found, load_suite(SUITES / "detection.yaml"))
    values = found["sets"]["annomi"]["names"]["rupture"]
    assert "not by clinicians" in " ".join(text.split())
    assert "12 sessions" in text
    counts = f"| any rupture | {values['n']} | {values['positives']} | {values['disputed']} | {values['unscored']} |"
    assert f"{counts} {interval(values['auroc'])} |" in text
    assert ".84 / .80 / .50 / .43" in text  # the published row to beat
    for row in re.findall(r"^\|.*$", text, re.MULTILINE):
        assert row.count("|") >= 3
    assert "nan" not in text.lower()


def test_verdict_and_exit_code(tmp_path):
    suite, sessions = load_suite(SUITES / "detection.yaml"), many(12, "annomi")
    found = score(saved(tmp_path, sessions), sessions)
    gates = tuple(gate for gate in suite.gates if gate.path == "names.rupture.auroc_within")
    easy, hard = (suite.model_copy(update={"gates": (gates[0].model_copy(update={"at_least": at}),)}) for at in (0.0, 1.01))
    assert (verdict(easy, found).state, verdict(easy, found).exit_code) == (State.PASSED, 0)
    assert (verdict(hard, found).state, verdict(hard, found).exit_code) == (State.GATE_NOT_MET, 4)
    assert verdict(easy, {**found, "failed": 1}).exit_code == 3
    undefined = easy.model_copy(update={"gates": (gates[0].model_copy(update={"path": "names.W7.ap"}),)})
    assert verdict(undefined, found).state is State.GATE_NOT_MET
    unknown = easy.model_copy(update={"gates": (gates[0].model_copy(update={"path": "names.W9.ap"}),)})
    with pytest.raises(RunError, match=r"no 'names\.W9\.ap' in the scores of annomi"):
        verdict(unknown, found)
    own = score(saved(tmp_path / "own"), many())
    assert [gate.source for gate in verdict(suite, own).not_checked] == ["annomi"] * len(suite.gates)


def test_suites_in_the_repository_are_valid_and_their_gates_exist(tmp_path):
    sessions = [*many(12, "annomi"), *many()]
    found = score(saved(tmp_path, sessions), sessions)
    for path in sorted(SUITES.glob("detection.yaml")):
        assert len(verdict(load_suite(path), found).checks) == len(load_suite(path).gates)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name: x\n", "title: Field required"),
        ("name: [", "not YAML"),
        ("- 1\n", "suite: Input should be"),
        ("extra: 1\n", "extra: Extra inputs are not permitted"),
    ],
)
def test_a_broken_suite_names_file_and_field(tmp_path, text, said):
    (tmp_path / "x.yaml").write_text(text)
    with pytest.raises(RunError, match=f"x.yaml: .*{said}"):
        load_suite(tmp_path / "x.yaml")


def test_a_suite_is_called_like_its_file_and_gates_have_one_bound(tmp_path):
    text = (SUITES / "detection.yaml").read_text()
    (tmp_path / "other.yaml").write_text(text)
    with pytest.raises(RunError, match=r"other\.yaml: name is 'detection'; expected 'other'"):
        load_suite(tmp_path / "other.yaml")
    with pytest.raises(RunError, match="missing: no such suite; suites here: other"):
        load_suite(tmp_path / "missing.yaml")
    (tmp_path / "detection.yaml").write_text(text.replace("at_most: 0.5", "at_most: 0.5, at_least: 0.1"))
    with pytest.raises(RunError, match="either at_least or at_most"):
        load_suite(tmp_path / "detection.yaml")
    (tmp_path / "detection.yaml").write_text(text.replace("source: annomi, path: names.rupture.ap", "source: other, path: a"))
    with pytest.raises(RunError, match="data sets the suite does not have: other"):
        load_suite(tmp_path / "detection.yaml")


def test_numbers_and_tables_as_written():
    assert [number(x) for x in (0.844, 1.0, -0.049, -0.001, 12.5, 0, None)] == [".84", "1.00", "−.05", ".00", "12.50", ".00", "–"]
    assert interval({"value": 0.5, "low": 0.4, "high": 0.6}) == ".50 [.40, .60]"
    assert interval({"value": 0.5, "low": None, "high": None}) == ".50"
    assert [count(4087), count(None)] == ["4,087", "–"]
    assert table(["a", "b"], [["x|y", "1"]]) == "| a | b |\n| --- | ---: |\n| x/y | 1 |\n"
    assert table(["a", "b", "c"], [], words={"b"}) == "| a | b | c |\n| --- | --- | ---: |\n"
