"""A run folder: provenance, resuming, refusing, and what never gets into it."""

import json
import platform

import pytest

from rupture.digests import digest, digest_files, digest_sessions
from rupture.errors import MissingPackage, RunError, RuptureError
from rupture.evaluation.runs import (
    ERRORS,
    MEMBERS,
    PREDICTIONS,
    REPORT,
    RUN,
    SCORES,
    Plan,
    counts,
    read_answers,
    read_errors,
    read_record,
    run,
)

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
    assert seen == [(0, 4, 0), (1, 4, 0), (2, 4, 0), (3, 4, 0), (4, 4, 0)]
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
    (tmp_path / REPORT).write_text("# Old\n")
    (tmp_path / "notes.txt").write_text("mine")
    before = (tmp_path / RUN).read_bytes()
    run(tmp_path, PLAN, ITEMS, failing(*ITEMS))
    assert read_errors(tmp_path) == []
    assert (tmp_path / RUN).read_bytes() == before
    run(tmp_path, PLAN, ITEMS, failing(*ITEMS), fresh=True)
    assert len(read_errors(tmp_path)) == 4
    assert not (tmp_path / SCORES).exists()
    assert not (tmp_path / REPORT).exists()
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_failed_items_stay_failed_until_they_are_tried_again_and_take_their_place(tmp_path):
    run(tmp_path, PLAN, ITEMS, failing("b", "c"))
    before = (tmp_path / ERRORS).read_bytes()
    run(tmp_path, PLAN, ITEMS, failing(*ITEMS))
    assert (tmp_path / ERRORS).read_bytes() == before
    assert counts(tmp_path) == {"suite": "detection", "items": 4, "answered": 2, "failed": 2, "missing": 0}
    asked, seen = [], []
    run(
        tmp_path, PLAN, ITEMS, lambda item: asked.append(item) or failing("b")(item),
        retry_errors=True, progress=lambda *counts: seen.append(counts),
    )  # fmt: skip
    assert asked == ["b", "c"]
    assert seen == [(2, 4, 0), (3, 4, 1), (4, 4, 1)]
    assert [found["id"] for found in read_answers(tmp_path)] == ["a", "c", "d"]
    assert [found["id"] for found in read_errors(tmp_path)] == ["b"]
    assert len((tmp_path / ERRORS).read_text().splitlines()) == 1
    run(tmp_path, PLAN, ITEMS, answer, retry_errors=True)
    assert [found["id"] for found in read_answers(tmp_path)] == list(ITEMS)
    assert (tmp_path / ERRORS).read_bytes() == b""


@pytest.mark.parametrize("at", ["b", "c"])
def test_an_old_error_stands_until_its_retry_has_ended(tmp_path, at):
    run(tmp_path, PLAN, ITEMS, failing("b", "c"))
    with pytest.raises(Killed):
        run(tmp_path, PLAN, ITEMS, killed_at(at), retry_errors=True)
    left = ["b", "c"] if at == "b" else ["c"]
    assert [found["id"] for found in read_errors(tmp_path)] == left
    assert read_record(tmp_path).ended is None
    assert counts(tmp_path)["missing"] == 0
    run(tmp_path, PLAN, ITEMS, failing(*ITEMS))
    assert [found["id"] for found in read_errors(tmp_path)] == left
    assert read_record(tmp_path).ended is not None


def test_of_two_failures_of_an_item_the_later_one_holds(tmp_path):
    run(tmp_path, PLAN, ITEMS, failing("b"))
    run(tmp_path, PLAN, ITEMS, failing("b", error=RuptureError("no role")), retry_errors=True)
    assert [found["message"] for found in read_errors(tmp_path)] == ["no role"]


def test_a_limit_does_the_first_items_and_never_shortens_a_run(tmp_path):
    run(tmp_path, PLAN, ITEMS, answer, limit=2)
    assert [found["id"] for found in read_answers(tmp_path)] == ["a", "b"]
    assert read_record(tmp_path).ended is not None
    assert counts(tmp_path)["missing"] == 0
    with pytest.raises(Killed):
        run(tmp_path, PLAN, ITEMS, killed_at("d"))
    assert counts(tmp_path) == {"suite": "detection", "items": 4, "answered": 3, "failed": 0, "missing": 1}
    assert run(tmp_path, PLAN, ITEMS, answer, limit=3).items == 4
    assert read_record(tmp_path).ended is None
    assert run(tmp_path, PLAN, ITEMS, answer).ended is not None
    assert counts(tmp_path)["answered"] == 4


def test_one_item_is_read_at_a_time_and_only_if_it_is_needed(tmp_path):
    class Asked(dict):
        read = ()

        def __getitem__(self, key):
            self.read = (*self.read, key)
            assert len(read_answers(tmp_path)) == list(self).index(key)
            return super().__getitem__(key)

    run(tmp_path, PLAN, ITEMS, answer, limit=2)
    items = Asked(ITEMS)
    run(tmp_path, PLAN, items, answer)
    assert items.read == ("c", "d")


def test_an_item_that_cannot_be_read_or_saved_fails_alone(tmp_path):
    class Broken(dict):
        def __getitem__(self, key):
            if key == "b":
                raise RuptureError("cases.csv:3: is not UTF-8")
            return super().__getitem__(key)

    run(tmp_path, PLAN, Broken(ITEMS), lambda item: {"value": float("nan") if item == "c" else 1.0})
    assert [(found["id"], found["message"]) for found in read_errors(tmp_path)] == [("b", "cases.csv:3: is not UTF-8"), ("c", "")]
    assert [found["id"] for found in read_answers(tmp_path)] == ["a", "d"]


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
    run(tmp_path, PLAN, ITEMS, failing("b", error=RuptureError("turn 3 has no role")), fresh=True)
    assert read_errors(tmp_path)[0]["message"] == "turn 3 has no role"


def test_a_missing_package_ends_the_run(tmp_path):
    with pytest.raises(MissingPackage):
        run(tmp_path, PLAN, ITEMS, failing("b", error=MissingPackage("scoring", "models")))
    assert len(read_answers(tmp_path)) == 1


def test_a_second_run_on_a_folder_is_refused_in_words_while_the_first_goes_on(tmp_path):
    def produce(item):
        for how in ({}, {"fresh": True}):
            with pytest.raises(RunError, match=r"another run is writing there; wait for its end or name another folder"):
                run(tmp_path, PLAN, ITEMS, answer, **how)
        return answer(item)

    run(tmp_path, PLAN, ITEMS, produce)
    assert [found["id"] for found in read_answers(tmp_path)] == list(ITEMS)
    assert run(tmp_path, PLAN, ITEMS, answer, fresh=True).ended is not None


def test_a_fresh_run_goes_without_the_models_of_the_one_before(tmp_path):
    (tmp_path / MEMBERS).mkdir()
    run(tmp_path, PLAN, ITEMS, answer)
    assert (tmp_path / MEMBERS).exists()
    run(tmp_path, PLAN, ITEMS, lambda item: {"there": (tmp_path / MEMBERS).exists()}, fresh=True)
    assert not any(found["there"] for found in read_answers(tmp_path))


def test_a_folder_that_cannot_be_written_is_refused_in_words(tmp_path):
    (tmp_path / "taken").write_text("")
    with pytest.raises(RunError, match="taken: cannot be written"):
        run(tmp_path / "taken", PLAN, ITEMS, answer)


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
    deep = "[" * 100_000
    for bad in ("not json", "[]", "5", '{"x": 1}', '{"id": ["a"]}', deep):
        (tmp_path / PREDICTIONS).write_text(f'{{"id": "a"}}\n{bad}\n{{"id": "b"}}\n')
        with pytest.raises(RunError, match=r"line 2 of predictions\.jsonl is no saved answer"):
            read_answers(tmp_path)


def test_an_id_that_is_no_whole_text_is_saved_and_found_again(tmp_path):
    run(tmp_path, PLAN, {"half \ud83d": "z"}, answer)
    assert [saved["id"] for saved in read_answers(tmp_path)] == ["half \ud83d"]


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
    assert digest_sessions(iter([one, *others])) == digest_sessions([one, *others])
    assert digest_sessions([]) == digest([])
    content = {"id": "a", "turns": [["Client", "client", "mm"]], "votes": [dict(one.votes[0])], "rating": None}
    assert digest_sessions([one, one]) == digest([content, content])
