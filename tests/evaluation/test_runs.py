"""A run folder: provenance, resuming, refusing, and what never gets into it."""

import json
import platform

import pytest

from rupture.digests import digest, digest_files, digest_sessions
from rupture.errors import MissingPackage, RunError, RuptureError
from rupture.evaluation.runs import ERRORS, PREDICTIONS, RUN, SCORES, Plan, read_answers, read_errors, read_record, run

from .helpers import coded

ITEMS = {key: key for key in ("a", "b", "c", "d")}
PLAN = Plan("detection", {"model": "m" * 64, "corpus": "c" * 64}, {"folds": 5}, seed=1)
PATIENTS_WORDS = ValueError("the patient said zebra")


class Killed(BaseException):
    """Stands for a kill: nothing below catches it."""


def answer(item):
    return {"value": ord(item)}


def killed_at(key):
    def produce(item):
        if item == key:
            raise Killed
        return answer(item)

    return produce


def failing(*keys, error=PATIENTS_WORDS):
    def produce(item):
        if item in keys:
            raise error
        return answer(item)

    return produce


def test_answers_are_saved_in_order_with_what_they_depend_on(tmp_path):
    seen = []
    record = run(tmp_path, PLAN, ITEMS, answer, progress=lambda *counts: seen.append(counts))
    assert [found["id"] for found in read_answers(tmp_path)] == list(ITEMS)
    assert record == read_record(tmp_path)
    assert record.plan == PLAN
    assert record.started <= record.ended
    assert seen == [(1, 4, 0), (2, 4, 0), (3, 4, 0), (4, 4, 0)]
    assert {"python", "rupture", "onnxruntime"} <= set(record.plan.versions)


def test_each_answer_is_on_disk_before_the_next_begins(tmp_path):
    def produce(item):
        assert len(read_answers(tmp_path)) == list(ITEMS).index(item)
        return answer(item)

    run(tmp_path, PLAN, ITEMS, produce)
    assert read_errors(tmp_path) == []


@pytest.mark.parametrize("at", list(ITEMS))
def test_a_killed_run_resumes_to_the_same_file(tmp_path, at):
    run(tmp_path / "whole", PLAN, ITEMS, answer)
    with pytest.raises(Killed):
        run(tmp_path / "killed", PLAN, ITEMS, killed_at(at))
    assert read_record(tmp_path / "killed").ended is None
    asked = []
    run(tmp_path / "killed", PLAN, ITEMS, lambda item: asked.append(item) or answer(item))
    assert asked == list(ITEMS)[list(ITEMS).index(at) :]
    for name in (PREDICTIONS, ERRORS):
        assert (tmp_path / "killed" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


@pytest.mark.parametrize("cut", [1, 5, 14])
def test_a_line_cut_off_by_a_kill_is_asked_again(tmp_path, cut):
    run(tmp_path, PLAN, ITEMS, answer)
    whole = (tmp_path / PREDICTIONS).read_bytes()
    (tmp_path / PREDICTIONS).write_bytes(whole[:-cut])
    assert len(read_answers(tmp_path)) == 3
    run(tmp_path, PLAN, ITEMS, answer)
    assert (tmp_path / PREDICTIONS).read_bytes() == whole


def test_a_finished_run_asks_nothing_and_fresh_asks_everything(tmp_path):
    run(tmp_path, PLAN, ITEMS, answer)
    (tmp_path / SCORES).write_text("{}")
    (tmp_path / "notes.txt").write_text("mine")
    before = (tmp_path / RUN).read_bytes()
    run(tmp_path, PLAN, ITEMS, failing(*ITEMS))
    assert read_errors(tmp_path) == []
    assert (tmp_path / RUN).read_bytes() == before
    run(tmp_path, PLAN, ITEMS, failing(*ITEMS), fresh=True)
    assert len(read_errors(tmp_path)) == 4
    assert not (tmp_path / SCORES).exists()
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_failed_items_are_tried_again_and_take_their_place(tmp_path):
    run(tmp_path, PLAN, ITEMS, failing("b"))
    assert [found["id"] for found in read_errors(tmp_path)] == ["b"]
    run(tmp_path, PLAN, ITEMS, answer)
    assert [found["id"] for found in read_answers(tmp_path)] == list(ITEMS)
    assert read_errors(tmp_path) == []


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        (
            Plan("detection", PLAN.digests | {"model": "n" * 64}, {"folds": 5}, 1),
            "digests model was mmmmmmmmmmmm…, is nnnnnnnnnnnn…",
        ),
        (Plan("detection", {"model": "m" * 64}, {"folds": 5}, 1), "digests corpus was cccccccccccc…, is absent"),
        (Plan("detection", PLAN.digests, {"folds": 4}, 1), "config folds was 5, is 4"),
        (Plan("detection", PLAN.digests, {"folds": 5}, 2), "seed was 1, is 2"),
        (Plan("detection", PLAN.digests, {"folds": 5}, 1, {"python": "4.0"}), r"versions python was .*, is 4\.0"),
    ],
)
def test_a_changed_plan_refuses_and_says_what_changed(tmp_path, plan, said):
    run(tmp_path, PLAN, ITEMS, answer)
    before = (tmp_path / PREDICTIONS).read_bytes()
    with pytest.raises(RunError, match=f"{said}.*fresh=True"):
        run(tmp_path, plan, ITEMS, answer)
    assert (tmp_path / PREDICTIONS).read_bytes() == before
    run(tmp_path, plan, ITEMS, answer, fresh=True)


def test_an_error_is_told_without_words_that_may_be_the_patients(tmp_path):
    run(tmp_path, PLAN, ITEMS, failing("b"))
    (error,) = read_errors(tmp_path)
    assert (error["id"], error["kind"], error["message"]) == ("b", "ValueError", "")
    assert error["where"].startswith("test_runs.py:")
    run(tmp_path, PLAN, ITEMS, failing("b", error=RuptureError("turn 3 has no role")))
    assert read_errors(tmp_path)[0]["message"] == "turn 3 has no role"


def test_a_missing_package_ends_the_run(tmp_path):
    with pytest.raises(MissingPackage):
        run(tmp_path, PLAN, ITEMS, failing("b", error=MissingPackage("scoring", "models")))
    assert len(read_answers(tmp_path)) == 1


def test_folders_that_are_not_this_run_are_told_apart(tmp_path):
    with pytest.raises(RunError, match=r"no run\.json"):
        read_record(tmp_path)
    (tmp_path / PREDICTIONS).write_text("{}\n")
    with pytest.raises(RunError, match=r"holds answers but no run\.json"):
        run(tmp_path, PLAN, ITEMS, answer)
    run(tmp_path, PLAN, ITEMS, answer, fresh=True)
    with pytest.raises(RunError, match="answer to 'a', which is not an item"):
        run(tmp_path, PLAN, {"z": "z"}, answer)
    (tmp_path / RUN).write_text("{")
    with pytest.raises(RunError, match=r"run\.json is damaged"):
        read_record(tmp_path)
    (tmp_path / PREDICTIONS).write_text("{}\nnot json\n{}\n")
    with pytest.raises(RunError, match=r"line 2 of predictions\.jsonl is not JSON"):
        read_answers(tmp_path)


def test_provenance_names_no_machine_and_no_path(tmp_path):
    run(tmp_path, PLAN, ITEMS, answer)
    text = (tmp_path / RUN).read_text()
    assert str(tmp_path) not in text
    assert "/" not in text
    data = json.loads(text)
    assert set(data) == {"plan", "items", "started", "ended"}
    assert set(data["plan"]) == {"suite", "digests", "config", "seed", "versions"}
    assert platform.node() not in [*data["plan"]["versions"].values(), *data["plan"]["versions"]]


def test_digests_depend_on_content_alone(tmp_path):
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1}) != digest({"a": 1, "b": 3})
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.md").write_text("same")
    assert digest_files([tmp_path / "one/x.md"]) == digest_files([tmp_path / "two/x.md"])
    one = coded("a", "C: mm {W2}")
    assert digest_sessions([one]) == digest_sessions([coded("a", "C: mm {W2}")])
    others = (coded("a", "C: mm"), coded("a", "C: hm {W2}"), coded("b", "C: mm {W2}"))
    assert len({digest_sessions([session]) for session in (one, *others)}) == 4
