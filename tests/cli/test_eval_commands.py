"""`rupture eval` on a user's own sessions with the shipped detector: from a file to a report, exit codes, going on, comparing."""

import csv
import json
import os
import re
import signal
import subprocess
import sys
import time
import webbrowser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from rupture.cli import app
from rupture.errors import CorpusError, RunError
from rupture.escape import inert
from rupture.evaluation import runs
from rupture.practice.sets import practice_sessions

RUPTURE = Path(sys.executable).with_name("rupture")
TALK = """\
T: So how did you get on with the diary?
C: It was fine. {W2}
T: Did I give you too much to do there, I wonder?
C: Whatever you think is best, you are the expert. {W5}
T: I think I pushed that on you, and I am sorry. {R5}
C: Zebra. Well. It was a bit like school.
T: Tell me more about school.
C: You never listen, honestly, you just go on with your sheet. {C1}"""
FILES = {"run.json", "predictions.jsonl", "errors.jsonl", "scores.json", "report.md", "report.html", "junit.xml", "run.lock"}
PICTURES = {"confusion-cases.svg", "reliability-cases.svg"}


def turns():
    for line in TALK.splitlines():
        speaker, text, codes = re.fullmatch(r"(\w): (.*?)(?: \{(.*)\})?", line).groups()
        yield {"speaker": speaker, "text": text, "codes": codes.split(",") if codes else []}


def write_set(path, sessions=4):
    lines = [json.dumps({"id": f"s{n}", "turns": list(turns())[: 8 - n % 3]}) for n in range(sessions)]
    path.write_text("\n".join(lines), encoding="utf-8")


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with a case set, a suite with a gate on it, and codes like the reference for three of its four sessions."""
    monkeypatch.chdir(tmp_path)
    write_set(tmp_path / "spring.jsonl")
    gate = "{name: finds withdrawal, source: cases, path: names.withdrawal.recall, at_least: 0.9}"
    (tmp_path / "clinic.yaml").write_text(f"name: clinic\ntitle: Our clinic\ncases: spring.jsonl\ngates:\n  - {gate}\n")
    write_codes(tmp_path / "kim.csv", ("s0", "s1", "s2"))
    return tmp_path


def write_codes(path, sessions, only=str):
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["session", "turn", "codes"])
        for session in sessions:
            given = [(n, turn["codes"]) for n, turn in enumerate(list(turns())[: 8 - int(session[1:]) % 3])]
            table.writerows([session, n, " ".join(filter(only, codes))] for n, codes in given)


def evaluate(*arguments):
    done = CliRunner().invoke(app, ["eval", *map(str, arguments)])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def answers(folder):
    return [json.loads(line) for line in (folder / "predictions.jsonl").read_text(encoding="utf-8").splitlines()]


def test_a_case_set_alone_becomes_a_report(here):
    done = evaluate("run", "spring.jsonl", "--quiet")
    folder = here / "runs/spring"
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.splitlines() == ["passed: 4 of 4 answered", "runs/spring/report.html"]
    assert {path.name for path in folder.iterdir()} == FILES | PICTURES
    assert json.loads((folder / "scores.json").read_text())["sets"]["cases"]["sessions"] == 4
    assert (
        json.loads((folder / "scores.json").read_text())["cases"]
        == json.loads((folder / "run.json").read_text())["plan"]["digests"]["cases"]
    )
    assert "# Finding ruptures in spring\n" in (folder / "report.md").read_text(encoding="utf-8")
    for path in folder.iterdir():
        assert "zebra" not in path.read_text(encoding="utf-8").lower(), path.name


def test_run_again_goes_on_and_fresh_starts_over(here):
    assert evaluate("run", "spring.jsonl", "--limit", 2).stdout.startswith("passed: 2 of 2 answered")
    first = answers(here / "runs/spring")
    done = evaluate("run", "spring.jsonl")
    assert "code the sessions: 4 of 4" in done.stderr
    assert [answer["id"] for answer in answers(here / "runs/spring")] == ["s0", "s1", "s2", "s3"]
    assert answers(here / "runs/spring")[:2] == first
    write_set(here / "spring.jsonl", 5)
    with pytest.raises(RunError, match=r"spring: cannot go on.*digests cases was .*--fresh"):
        evaluate("run", "spring.jsonl")
    assert evaluate("run", "spring.jsonl", "--fresh").stdout.startswith("passed: 5 of 5")


def test_exit_codes_tell_gates_from_failures_and_no_result(here):
    write_codes(here / "all.csv", ("s0", "s1", "s2", "s3"))
    assert evaluate("run", "clinic.yaml", "--codes", "all.csv").exit_code == 0
    some = evaluate("run", "clinic.yaml", "--codes", "kim.csv")
    assert some.exit_code == 3
    assert some.stdout.startswith("some items failed: 3 of 4 answered, 1 failed, 1 of 1 gates met\n")
    assert "what failed is in runs/clinic-kim/errors.jsonl; eval run with --retry-errors tries it again" in some.stdout
    write_codes(here / "none.csv", ("s0", "s1", "s2", "s3"), only=lambda code: not code.startswith("W"))
    missed = evaluate("run", "clinic.yaml", "--codes", "none.csv")
    assert missed.exit_code == 4
    assert "gate not met: 4 of 4 answered, 0 of 1 gates met; finds withdrawal: 0.000, wanted at least 0.9" in missed.stdout
    for name, kinds in (("all", set()), ("kim", {"error"}), ("none", {"failure"})):
        root = ElementTree.parse(here / f"runs/clinic-{name}/junit.xml").getroot()  # noqa: S314 - our own
        assert {problem.tag for problem in root.iterfind("testcase/*")} == kinds


def test_only_errors_are_no_result_and_leave_no_old_report(here):
    write_codes(here / "kim.csv", ("s3",))
    assert evaluate("run", "spring.jsonl", "--codes", "kim.csv", "--limit", 3, "--out", "out").exit_code == 3
    done = evaluate("score", "spring.jsonl", "--out", "out")
    assert done.exit_code == 3
    assert done.stdout.startswith("no result: 0 of 3 answered, 3 failed\n")
    left = {path.name for path in (here / "out").iterdir()}
    assert left == {"run.json", "predictions.jsonl", "errors.jsonl", "junit.xml", "run.lock"}
    assert "not coded; if it was read and nothing found" in (here / "out/errors.jsonl").read_text()


def test_a_coders_codes_are_scored_as_a_detectors(here):
    evaluate("run", "spring.jsonl", "--codes", "kim.csv")
    first = answers(here / "runs/spring-kim")[0]
    assert first["codes"] == [[], ["W2"], [], ["W5"], ["R5"], [], [], ["C1"]]
    assert first["scores"][1] | {"W2": 1, "rupture": 1, "withdrawal": 1} == first["scores"][1]
    assert {value for turn in first["scores"] for value in turn.values()} == {0, 1}
    scores = json.loads((here / "runs/spring-kim/scores.json").read_text())
    assert scores["sets"]["cases"]["names"]["rupture"]["kappa"]["value"] == 1
    assert (scores["items"], scores["answered"]) == (4, 3)
    text = (here / "runs/spring-kim/report.md").read_text(encoding="utf-8")
    assert "# Finding ruptures in spring: the codes of kim" in text
    assert "These are the codes of kim" in text


def test_a_trainees_codes_of_practice_sessions_are_told_with_what_is_written_about_the_turns(here):
    practice = {session.id: session for session in practice_sessions()}["x1-01"]
    explained = next(turn for turn in practice.explained.turns if turn.codes and not turn.split)
    (here / "kim.csv").write_text("session,turn,codes\nx1-01,0,\n")
    evaluate("run", "practice", "--codes", "kim.csv", "--quiet")
    scores = json.loads((here / "runs/practice-kim/scores.json").read_text())
    assert (scores["items"], scores["answered"]) == (60, 1)
    text = (here / "runs/practice-kim/report.md").read_text(encoding="utf-8")
    assert inert(explained.why) in text


def test_ratings_beside_the_codes_are_part_of_what_a_run_depends_on(here):
    rows = [("r", f"s{n}", turn, "") for n in range(4) for turn in range(8 - n % 3)]
    with (here / "kim.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("rater", "session", "turn", "codes"), *rows])
    ratings = "session,rater,withdrawal,confrontation,resolution,therapist_contribution\ns0,r,{},1,,1\n"
    (here / "session_ratings.csv").write_text(ratings.format(2))
    evaluate("run", "spring.jsonl", "--codes", "kim.csv", "--limit", 1)
    assert answers(here / "runs/spring-kim")[0]["rating"]["withdrawal"] == 2
    (here / "session_ratings.csv").write_text(ratings.format(5))
    with pytest.raises(RunError, match="digests codes was"):
        evaluate("run", "spring.jsonl", "--codes", "kim.csv")


def test_a_report_that_cannot_be_finished_leaves_the_one_before_it(here):
    evaluate("run", "spring.jsonl", "--codes", "kim.csv")
    folder = here / "runs/spring-kim"
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    (folder / "report.html.part").mkdir()
    with pytest.raises(OSError, match="report"):
        evaluate("report", "spring.jsonl", "--out", folder, "--words")
    (folder / "report.html.part").rmdir()
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_several_coders_in_one_file_are_counted_by_majority(here):
    rows = [("a", 1, "W2"), ("b", 1, "W2 W5"), ("c", 1, ""), ("a", 3, ""), ("b", 3, "W1"), ("c", 3, "")]
    with (here / "three.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("rater", "session", "turn", "codes"), *((r, "s0", *rest) for r, *rest in rows)])
    evaluate("run", "spring.jsonl", "--codes", "three.csv", "--limit", 1)
    (found,) = answers(here / "runs/spring-three")
    assert found["codes"] == [[], ["W2"], *([] for _ in range(6))]
    assert (found["scores"][1]["W2"], found["scores"][1]["W5"], found["scores"][3]["W1"]) == (0.666667, 0.333333, 0.333333)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("s9,1,W2", r"kim\.csv: has codes of 's9', which is no session of this suite"),
        ("s0,8,W2", r"kim\.csv:2: found turn 8; session s0 has 8, counted from 0"),
        ("s0,0,W2", r"kim\.csv:2: W2 cannot stand on turn 0, which is of role therapist"),
        ("s0,1,never listen", r"kim\.csv:2: found something of 5 characters for a code"),
    ],
)
def test_codes_that_fit_no_session_are_refused_before_anything_is_run(here, row, said):
    (here / "kim.csv").write_text(f"session,turn,codes\n{row}\n")
    with pytest.raises((RunError, CorpusError), match=said):
        evaluate("run", "spring.jsonl", "--codes", "kim.csv")
    assert not (here / "runs").exists()


def test_two_raters_of_a_case_set_stand_beside_the_detector(here):
    with (here / "two.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["session", "speaker", "role", "text", "codes", "rater"])
        for session in ("a", "b"):
            for rater in ("ana", "ben"):
                for turn in turns():
                    codes = [code for code in turn["codes"] if rater == "ana" or code != "C1"]
                    table.writerow([session, turn["speaker"], "", turn["text"], " ".join(codes), rater])
    evaluate("run", "two.csv")
    (pair,) = json.loads((here / "runs/two/scores.json").read_text())["raters"]["cases"]
    assert (pair["raters"], pair["sessions"]) == (["ana", "ben"], 2)
    assert pair["kappa"]["W2"]["value"] == 1
    assert pair["kappa"]["confrontation"]["value"] == 0
    assert "ana–ben" in (here / "runs/two/report.md").read_text(encoding="utf-8")


def test_scores_come_from_the_saved_answers_and_a_suite_may_be_added_later(here):
    evaluate("run", "spring.jsonl", "--codes", "kim.csv", "--out", "out")
    before = (here / "out/scores.json").read_bytes()
    (here / "out/scores.json").unlink()
    assert evaluate("score", "spring.jsonl", "--out", "out").exit_code == 3
    assert (here / "out/scores.json").read_bytes() == before
    assert "1 of 1 gates met" in evaluate("score", "clinic.yaml", "--out", "out").stdout
    assert evaluate("report", "clinic.yaml", "--out", "out").stdout.splitlines()[1] == "out/report.html"
    assert "Our clinic" in (here / "out/report.html").read_text(encoding="utf-8")
    with pytest.raises(RunError, match="out: is a run of the suite spring; expected one of care"):
        evaluate("score", "care", "--out", "out")
    with pytest.raises(RunError, match=r"spring: no run\.json; expected the folder of an eval run"):
        evaluate("score", "spring.jsonl")


def test_a_report_quotes_turns_only_when_asked(here):
    write_codes(here / "none.csv", ("s0", "s1", "s2", "s3"), only=lambda code: False)
    evaluate("run", "spring.jsonl", "--codes", "none.csv", "--out", "out")
    assert "you are the expert" not in (here / "out/report.html").read_text(encoding="utf-8")
    evaluate("report", "spring.jsonl", "--out", "out", "--words")
    assert "you are the expert" in (here / "out/report.html").read_text(encoding="utf-8")


def test_two_runs_are_compared(here):
    write_codes(here / "none.csv", ("s0", "s1", "s2", "s3"), only=lambda code: False)
    for name in ("kim", "none"):
        evaluate("run", "spring.jsonl", "--codes", f"{name}.csv", "--quiet")
    told = evaluate("compare", "runs/spring-none", "runs/spring-kim", "--cases", "spring.jsonl").stdout
    assert "# spring-kim beside spring-none" in told
    assert "3 sessions answered in both" in told
    with pytest.raises(RunError, match="spring-none: is a run on a case set of yours; say which with --cases"):
        evaluate("compare", "runs/spring-none", "runs/spring-kim")
    with pytest.raises(RunError, match=r"runs: no run\.json"):
        evaluate("compare", "runs", "runs/spring-kim")
    runs.run(here / "runs/care", runs.Plan("care", {}), {"a": 1}, lambda item: {})
    with pytest.raises(RunError, match="care: is a run of the suite care; only runs that code sessions are compared"):
        evaluate("compare", "runs/spring-kim", "runs/care", "--cases", "spring.jsonl")


def test_view_opens_the_latest_page(here, monkeypatch):
    opened = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    with pytest.raises(RunError, match=r"runs: no report\.html; rupture eval run"):
        evaluate("view")
    for name, age in (("old", 100), ("new", 50)):
        page = here / f"runs/{name}/report.html"
        page.parent.mkdir(parents=True)
        page.write_text("<p>")
        os.utime(page, (time.time() - age,) * 2)
    assert evaluate("view").stdout == f"{here}/runs/new/report.html\n"
    assert evaluate("view", "runs/old", "--no-open").stdout == f"{here}/runs/old/report.html\n"
    assert evaluate("view", "old", "--no-open").stdout == f"{here}/runs/old/report.html\n"
    with pytest.raises(RunError, match=r"other: no report\.html"):
        evaluate("view", "other")
    assert opened == [(here / "runs/new/report.html").as_uri()]


@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "care", "--codes", "kim.csv"),
        ("run", "care", "--detector", "llm"),
        ("run", "practice", "--detector", "llm"),
        ("run", "spring.jsonl", "--annomi", "kim.csv"),
        ("run", "spring.jsonl", "--codes", "kim.csv", "--detector", "llm"),
        ("run", "spring.jsonl", "--codes", "no.csv"),
        ("run", "spring.jsonl", "--limit", "0"),
    ],
)
def test_options_that_do_not_go_together_are_refused(here, arguments):
    assert evaluate(*arguments).exit_code == 2
    assert not (here / "runs").exists()


def test_validate_counts_or_names_the_problem(here):
    assert evaluate("validate", "spring.jsonl", "clinic.yaml").stdout.splitlines() == [
        "spring; 4 sessions, 29 turns; coded turns: 8 withdrawal, 2 confrontation, 4 strategy; 0 gates; all in order.",
        "clinic; 4 sessions, 29 turns; coded turns: 8 withdrawal, 2 confrontation, 4 strategy; 1 gates; all in order.",
    ]
    assert evaluate("validate", "detection").stdout.startswith("detection; 50 sessions, ")
    (here / "bad.csv").write_text("session,role,text,codes\none,client,never listen,W9\n")
    done = subprocess.run([RUPTURE, "eval", "validate", "bad.csv"], capture_output=True, text=True, timeout=240)
    assert done.returncode == 2
    assert done.stderr.startswith("rupture: bad.csv:2: found 'W9' for a code; known are W1")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no SIGINT to a process")
def test_ctrl_c_keeps_what_is_finished_and_the_next_run_ends_as_if_nothing_had_been(here):
    write_set(here / "spring.jsonl", 90)
    command = [RUPTURE, "eval", "run", "spring.jsonl", "--out", "stopped"]
    child = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)
    saved = here / "stopped/predictions.jsonl"
    while child.poll() is None and not (saved.exists() and saved.read_bytes().count(b"\n") > 2):
        time.sleep(0.02)
    child.send_signal(signal.SIGINT)
    said = child.communicate(timeout=120)[1]
    assert child.returncode == 130
    assert "rupture: interrupted; what was finished is kept in stopped, the same command goes on from there" in said
    kept = answers(here / "stopped")
    assert 2 < len(kept) < 90
    evaluate("run", "spring.jsonl", "--out", "stopped", "--quiet")
    evaluate("run", "spring.jsonl", "--out", "whole", "--quiet")
    for name in ("predictions.jsonl", "errors.jsonl", "scores.json"):
        assert (here / "stopped" / name).read_bytes() == (here / "whole" / name).read_bytes()
    assert answers(here / "stopped")[: len(kept)] == kept


def test_the_examples_of_the_documentation_are_three_ways_to_write_one_set(here):
    text = (Path(__file__).parents[2] / "docs/evals.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```(\w+)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert [kind for kind, _ in blocks] == ["csv", "json", "text", "yaml", "csv"]
    table, lines, plain, suite, codes = (block for _, block in blocks)
    for name, block in {
        "spring.csv": table,
        "lines.jsonl": lines,
        "plain.txt": plain,
        "clinic.yaml": suite,
        "kim.csv": codes,
    }.items():
        (here / name).write_text(block, encoding="utf-8")
    counted = "2 sessions, 5 turns; coded turns: 1 withdrawal, 1 confrontation, 1 strategy"
    told = evaluate("validate", "spring.csv", "lines.jsonl", "plain.txt", "clinic.yaml").stdout
    assert [line.partition("; ")[2].rpartition("; ")[0].rpartition("; ")[0] for line in told.splitlines()] == [counted] * 4
    done = evaluate("run", "clinic.yaml", "--codes", "kim.csv")
    assert done.stdout.startswith("passed: 2 of 2 answered, 2 of 2 gates met")
    assert answers(here / "runs/clinic-kim")[0]["codes"] == [[], ["W2"], []]
