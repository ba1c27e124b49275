"""`rupture practice` as a program sees it: answers piped in, feedback out, and nothing kept unless asked for."""

import io
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from rupture.cli import practising
from rupture.cli.practising import FamilyName, SettingName, _practise
from rupture.codebook import MARKER_FAMILIES
from rupture.errors import RuptureError
from rupture.practice.attempt import Mode, begin
from rupture.practice.comparison import HELD, seen
from rupture.practice.explanations import SETTINGS
from rupture.practice.reading import reply_turns
from rupture.practice.store import FILE, PracticeStoreError, kept
from rupture.practice.typed import Typed, TypedError, typed_codes, typed_turn
from rupture.transcript import Role

from .small import AT

RUPTURE = Path(sys.executable).with_name("rupture")
SESSION = "x1-01"


@pytest.fixture
def run(tmp_path):
    """The command with a data folder of its own, answers a line each."""

    def practise(*options, answers=()):
        stdin = "".join(f"{answer}\n" for answer in answers)
        env = os.environ | {"RUPTURE_DATA": str(tmp_path)}
        return subprocess.run([RUPTURE, "practice", *options], input=stdin, capture_output=True, text=True, env=env, timeout=240)

    return practise


@pytest.fixture
def practice(ours):
    return next(session for session in ours if session.id == SESSION)


def like_the_raters(practice):
    """What to type so as to code the client turns as most raters did, leaving the replies out."""
    asked = {reply.turn for reply in reply_turns(practice)}
    typed = []
    for turn in practice.transcript.turns:
        if turn.role is Role.CLIENT:
            typed.append(" ".join(seen(practice, turn.index).sought))
            typed += [""] * (turn.index in asked)
    return typed


def test_coding_like_the_raters_agrees_throughout(run, practice):
    done = run("--session", SESSION, "--json", answers=like_the_raters(practice))
    assert done.returncode == 0, done.stderr
    data = json.loads(done.stdout)
    assert data["attempt"]["read"] == len(practice.transcript.turns)
    asked = [turn for turn in data["feedback"]["turns"] if turn["outcome"] != "not_asked"]
    assert {turn["outcome"] for turn in asked} <= set(HELD)
    assert data["replies"] == []
    # The dialogue went to standard error, and gave nothing away before the first turn.
    before, _, after = done.stderr.partition("  0  Therapist:")
    assert practice.explained.about[:40] in before
    assert practice.explained.look_for[:20] not in done.stderr
    assert "Codes such as W5" in after


def test_stopping_early_is_looked_at_as_far_as_it_was_read(run, practice):
    done = run("--session", SESSION, answers=["", "h", "W9", "c3 ?", "q"])
    assert done.returncode == 0
    assert "W5 goes along without engaging: Agrees" in done.stdout
    assert "Expected W1 to W7 or C1 to C7" in done.stdout
    assert "You read 5 of 39 turns; only these are looked at." in done.stdout
    assert "You marked C3 (objects to the tasks), as the raters did." in done.stdout
    assert "not by clinicians" in done.stdout.partition("You read 5")[2]
    assert "Nothing was kept." in done.stdout
    assert " 6  Therapist:" not in done.stdout


def test_an_end_of_input_is_a_stop_and_deciding_nothing_is_said_so_and_not_kept(run, tmp_path):
    cut = run("--session", SESSION, answers=["", "C3"])
    assert "You read 5 of 39 turns" in cut.stdout
    for options in ((), ("--strategies",)):
        nothing = run("--session", SESSION, "--keep", *options, answers=["q"])
        assert nothing.returncode == 0
        assert "nothing to look at" in nothing.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("as_json", [False, True])
def test_a_file_that_cannot_be_written_takes_no_feedback_away(practice, tmp_path, monkeypatch, capsys, as_json):
    monkeypatch.setattr(sys, "stdin", io.StringIO("\nC3\nq\n"))
    with pytest.raises(PracticeStoreError, match="cannot be written"):
        _practise(practice, begin(SESSION, Mode.TURN_BY_TURN, AT), tmp_path, as_json)
    out = capsys.readouterr().out
    assert "You read 5 of 39 turns; only these are looked at." in (json.loads(out)["feedback"]["told"] if as_json else out)
    assert "Kept in" not in out


def test_a_model_that_fails_takes_neither_the_feedback_nor_what_is_kept_away(practice, tmp_path, monkeypatch, capsys):
    def fails(*_):
        raise RuptureError("the model is not there")

    monkeypatch.setattr(practising, "_replies", fails)
    monkeypatch.setattr(sys, "stdin", io.StringIO("\nC3\nq\n"))
    with pytest.raises(RuptureError, match="not there"):
        _practise(practice, begin(SESSION, Mode.TURN_BY_TURN, AT), tmp_path / FILE, as_json=False)
    assert "You read 5 of 39 turns" in capsys.readouterr().out
    assert [attempt.codes for attempt in kept(tmp_path / FILE).attempts] == [{3: ("C3",)}]


def test_a_whole_session_is_coded_by_turn_numbers(run):
    done = run("--session", SESSION, "--whole", "--json", answers=["3 C4", "3 c3 ?", "8 R1", "99", "7 C1", "9", "q"])
    assert done.returncode == 0, done.stderr
    attempt = json.loads(done.stdout)["attempt"]
    assert (attempt["mode"], attempt["read"]) == ("whole", 39)
    assert [(row["turn"], row["codes"], row["sure"]) for row in attempt["turns"]] == [(3, ["C3"], 1), (7, ["C1"], 2)]
    assert done.stderr.count("Found no turn to code there") == 2


def test_a_reply_is_set_beside_the_guidance(run, practice):
    turn = reply_turns(practice)[0].turn
    typed = []
    for client in (t.index for t in practice.transcript.turns if t.role is Role.CLIENT and t.index <= turn):
        typed.append("")
        typed += ["I wrote that letter, and I left out what you had done."] * (client == turn)
    done = run("--session", SESSION, answers=[*typed, "q"])
    assert done.returncode == 0, done.stderr
    assert f"After turn {turn} you would say: “I wrote that letter" in done.stdout
    assert "The guidance has for a moment like this" in done.stdout
    assert "[1]" in done.stdout.partition("Sources:")[2]
    assert "Nothing here says how good your words are." in done.stdout


def test_nothing_is_kept_unless_asked_for_and_forgetting_leaves_nothing(run, tmp_path):
    run("--session", SESSION, answers=["", "C3", "q"])
    assert list(tmp_path.iterdir()) == []
    done = run("--session", SESSION, "--keep", answers=["", "", "W5", "q"])
    file = tmp_path / FILE
    assert str(file) in done.stdout.replace("\n", "")
    assert [attempt.session for attempt in kept(file).attempts] == [SESSION]
    assert "Sessions: 1." in run("--progress").stdout
    assert json.loads(run("--progress", "--json").stdout)["line"] is None
    assert "deleted" in run("--forget").stdout
    assert list(tmp_path.iterdir()) == []
    assert "nothing to forget" in run("--forget").stdout
    assert "Nothing is kept yet" in run("--progress").stdout


def test_what_was_missed_comes_back_and_the_answer_moves_it_on(run, tmp_path):
    run("--session", SESSION, "--keep", answers=["", "", "q"])
    file = tmp_path / FILE
    assert "The next is due on" in run("--due").stdout
    # Two days ago, so that turn 3, which was left unmarked, is due.
    line = json.loads(file.read_text(encoding="utf-8"))
    line["ended"] = (datetime.now(UTC) - timedelta(days=2)).isoformat()
    file.write_text(json.dumps(line) + "\nbroken\n", encoding="utf-8")
    stopped = run("--due", answers=["q"])
    assert "To look at again today: 1." in stopped.stdout
    assert "lines 2" in stopped.stderr
    assert kept(file).answers == ()
    done = run("--due", "--json", answers=["C3"])
    (answer,) = json.loads(done.stdout)["answers"]
    assert answer["pair"] == ["C3", None]
    assert (answer["session"], answer["turn"]) != (SESSION, 3)
    assert [given.turn for given in kept(file).answers] == [answer["turn"]]
    assert "Why" in done.stderr
    assert "Nothing is due today." in run("--due").stdout


def test_the_seed_picks_and_the_level_is_met(run, ours):
    levels = {session.explained.about: session.explained.level for session in ours}
    first = run("--level", "5", "--seed", "1", answers=["q"])
    assert first.stdout == run("--level", "5", "--seed", "1", answers=["q"]).stdout
    assert [level for about, level in levels.items() if about[:60] in first.stdout.replace("\n", " ")] == [5]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--session", "x9-99"], "there is no practice session 'x9-99'"),
        (["--level", "9"], "--level"),
        (["--setting", "school"], "--setting"),
        (["--family", "none"], "--family"),
    ],
)
def test_what_is_not_there_is_said_without_a_traceback(run, options, told):
    done = run(*options, answers=["q"])
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_the_options_name_what_the_sets_have():
    assert [name.value for name in SettingName] == list(SETTINGS)
    assert [name.value for name in FamilyName] == [family.value for family in MARKER_FAMILIES]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("W5", Typed(("W5",), 2)),
        ("c2 ?", Typed(("C2",), 1)),
        ("w5, c2?", Typed(("W5", "C2"), 1)),
        (" ", Typed((), 2)),
    ],
)
def test_codes_are_read_as_people_type_them(text, expected):
    assert typed_codes(text, Role.CLIENT) == expected


@pytest.mark.parametrize(
    ("text", "role"), [("W9", Role.CLIENT), ("R5", Role.CLIENT), ("W5", Role.THERAPIST), ("W5 w5", Role.CLIENT)]
)
def test_what_is_no_code_of_the_turn_is_refused(text, role):
    with pytest.raises(TypedError, match="each once"):
        typed_codes(text, role)


def test_a_turn_is_named_before_its_codes(rated):
    transcript = rated().transcript
    assert typed_turn("3 c3 ?", transcript, [Role.CLIENT]) == (3, Typed(("C3",), 1))
    assert typed_turn("#5", transcript, [Role.CLIENT]) == (5, Typed((), 2))
    assert typed_turn("2: R5", transcript, [Role.CLIENT, Role.THERAPIST]) == (2, Typed(("R5",), 2))
    for text in ("2 R5", "9 W5", "W5", ""):
        with pytest.raises(TypedError, match="no turn to code"):
            typed_turn(text, transcript, [Role.CLIENT])
