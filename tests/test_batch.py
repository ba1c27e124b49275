"""Batches: one line a session, resumed where they stopped, in constant memory."""

import json
from itertools import count, islice

import pytest

from rupture.analyse import Decisions, analyse
from rupture.analysis import Analysis, ModelCard
from rupture.batch import Outcome, run_batch
from rupture.errors import RunError, UnreadableTranscript
from rupture.fakes import ScriptedDetector
from rupture.formats import Source, read, read_many

DIGEST = "a" * 64
TEXT = """T: How was the week with the thought record?
C: It was fine, I think I did most of it.
T: You think? What was it like to write those down?
C: No, you are right, I will do whatever you think is best.
T: I wonder whether I am pushing this on you.
C: A bit, and I would rather talk about my sister.
"""


def analysed(transcript, digest=DIGEST):
    return analyse(transcript, ScriptedDetector({}), Decisions(model=ModelCard("fake", digest, ())))


def source(id, text=TEXT):
    return Source(id, lambda: read(text, id=id))


def broken(id):
    def fail():
        raise UnreadableTranscript("line 3: expected a turn")

    return Source(id, fail)


def run(sources, out, **settings):
    return list(run_batch(sources, analysed, out, **{"digest": DIGEST, **settings}))


def lines(file):
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def out(tmp_path):
    return tmp_path / "results" / "sessions.jsonl"


def test_each_session_becomes_one_line_that_reads_back(out):
    assert run([source("a"), source("b")], out) == [Outcome("a", "analysed"), Outcome("b", "analysed")]
    assert [Analysis.from_dict(data) for data in lines(out)] == [analysed(read(TEXT, id=id).transcript) for id in "ab"]


def test_what_could_not_be_analysed_is_kept_with_its_reason(out):
    (outcome,) = run([source("a", "T: Hello there.\nT: Still there?")], out)
    assert outcome.state == "not_analysed"
    assert "same speaker" in outcome.reason
    assert lines(out)[0]["state"] == "not_analysed"


def test_a_second_run_goes_on_where_the_first_stopped(out):
    run([source("a")], out)
    first = out.read_bytes()
    assert [o.state for o in run([source("a"), source("b")], out)] == ["skipped", "analysed"]
    assert out.read_bytes().startswith(first)
    assert [data["id"] for data in lines(out)] == ["a", "b"]


def test_a_session_that_was_done_is_not_even_read_again(out):
    run([source("a")], out)
    assert run([broken("a")], out) == [Outcome("a", "skipped")]


def test_a_stopped_run_has_kept_what_was_finished(out):
    running = run_batch([source("a"), source("b")], analysed, out, digest=DIGEST)
    next(running)
    assert [data["id"] for data in lines(out)] == ["a"]  # on the disk before the next one starts
    running.close()
    assert [o.state for o in run([source("a"), source("b")], out)] == ["skipped", "analysed"]


@pytest.mark.parametrize("kept", [1, 40, -1], ids=["one byte", "forty bytes", "all but the line end"])
def test_a_line_torn_by_a_crash_is_written_again(out, kept):
    run([source("a"), source("b")], out)
    whole = out.read_bytes()
    first, second = whole.splitlines(keepends=True)
    out.write_bytes(first + second[:kept])
    assert [o.state for o in run([source("a"), source("b")], out)] == ["skipped", "analysed"]
    assert out.read_bytes() == whole


def test_results_of_another_model_are_refused_and_left_alone(out):
    run([source("a")], out)
    before = out.read_bytes()
    with pytest.raises(RunError, match=r"another model .*Use another file, or --fresh"):
        run([source("b")], out, digest="b" * 64)
    assert out.read_bytes() == before


def test_fresh_starts_over(out):
    run([source("a"), broken("b")], out)
    assert run([source("c")], out, digest="b" * 64, fresh=True) == [Outcome("c", "analysed")]
    assert [data["id"] for data in lines(out)] == ["c"]
    assert not out.with_suffix(".errors.jsonl").exists()


@pytest.mark.parametrize(
    "content", ["My shopping list\n", '["a"]\n', '{"id": "a"}\n', "\n", '{"id": "a", "model": 3}\n', "\xff\n"]
)
def test_a_file_of_something_else_is_refused_and_left_alone(out, content):
    out.parent.mkdir()
    out.write_bytes(content.encode("latin-1"))
    with pytest.raises(RunError, match=r"sessions\.jsonl:1: this line is not an analysis\. Use another file"):
        run([source("a")], out)
    assert out.read_bytes() == content.encode("latin-1")


def test_two_inputs_with_one_id_stop_the_run_and_keep_what_is_done(out):
    running = run_batch([source("a"), source("b"), source("a")], analysed, out, digest=DIGEST)
    assert [next(running).id, next(running).id] == ["a", "b"]
    with pytest.raises(RunError, match="two inputs have the id 'a'"):
        next(running)
    assert [data["id"] for data in lines(out)] == ["a", "b"]


def test_two_inputs_with_one_id_are_found_among_those_done_before(out):
    run([source("a")], out)
    with pytest.raises(RunError, match="two inputs"):
        run([source("a"), source("a")], out)


def test_a_failure_is_set_aside_and_the_batch_goes_on(out):
    outcomes = run([broken("a"), source("b")], out)
    assert outcomes == [Outcome("a", "failed", "line 3: expected a turn"), Outcome("b", "analysed")]
    assert [data["id"] for data in lines(out)] == ["b"]
    assert lines(out.with_suffix(".errors.jsonl")) == [{"id": "a", "error": "line 3: expected a turn"}]


def test_a_failure_is_tried_again_and_its_record_goes_when_it_works(out):
    run([broken("a"), source("b")], out)
    assert [o.state for o in run([source("a"), source("b")], out)] == ["analysed", "skipped"]
    assert not out.with_suffix(".errors.jsonl").exists()


def test_an_error_of_our_own_is_no_failure_of_the_session(out):
    def bug(transcript):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        list(run_batch([source("a")], bug, out, digest=DIGEST))
    assert out.read_text() == ""


def test_an_endless_source_is_read_one_at_a_time(out):
    drawn, read_ids = [], []

    def endless():
        for n in count():
            drawn.append(n)
            yield Source(str(n), lambda n=n: read_ids.append(n) or read(TEXT, id=str(n)))

    outcomes = islice(run_batch(endless(), analysed, out, digest=DIGEST), 3)
    for done, outcome in enumerate(outcomes, start=1):
        assert outcome.id == str(done - 1)
        assert len(drawn) == len(read_ids) == len(lines(out)) == done


def test_any_id_and_any_words_can_be_written_and_resumed(out):
    strange = [source("half \ud83d", TEXT.replace("sister", "sœur \u2028 “naïve”")), broken("fails \ud83d"), source("line\nend")]
    assert [o.state for o in run(strange, out)] == ["analysed", "failed", "analysed"]
    assert [o.state for o in run(strange, out)] == ["skipped", "failed", "skipped"]
    assert [json.loads(line)["id"] for line in out.read_bytes().splitlines()] == ["half \ud83d", "line\nend"]


def test_sessions_of_a_jsonl_file_keep_their_ids_and_turn_numbers(tmp_path, out):
    turns = [{"role": role, "text": text[3:]} for role, text in zip(["therapist", "client"] * 3, TEXT.splitlines(), strict=True)]
    file = tmp_path / "in.jsonl"
    file.write_text("".join(json.dumps({"id": f"s{n}", "turns": turns}) + "\n" for n in range(3)), encoding="utf-8")
    run(read_many(file), out)
    assert [data["id"] for data in lines(out)] == ["s0", "s1", "s2"]
    assert [turn["index"] for turn in lines(out)[2]["turns"]] == [0, 1, 2, 3, 4, 5]
