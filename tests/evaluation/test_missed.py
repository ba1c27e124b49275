"""Which turns differ and how; counts by code against precision and recall; the section of the report, with words and without."""

import re

import numpy as np
import pytest

from rupture.codebook import BY_CODE
from rupture.coding.values import CodedSession, votes_of
from rupture.evaluation.detection import run_detection, score
from rupture.evaluation.metrics import confusion
from rupture.evaluation.missed import LISTED, Difference, Kind, clearest, counts, differences, summary
from rupture.evaluation.missed_report import LONGEST, missed_section
from rupture.evaluation.report import report
from rupture.evaluation.runs import Plan, read_record
from rupture.evaluation.samples import sample
from rupture.evaluation.suites import load_suite
from rupture.evaluation.values import Prediction

from .helpers import SUITES, coded, many, noisy


def said(session, score=0.5, unscored=(), **given):
    """A prediction of `t3="W1 C2"` and so on."""
    turns = session.transcript.turns
    names = {"rupture": score, "strategy": score, **dict.fromkeys(BY_CODE, score)}
    codes = tuple(tuple(given.get(f"t{turn.index}", "").split()) for turn in turns)
    return Prediction(session.transcript.id, tuple({} if t.index in unscored else names for t in turns), codes)


def found(session, **given):
    return [(each.turn, each.kind.value, each.reference, each.given) for each in differences([session], [said(session, **given)])]


def test_a_turn_is_missed_over_coded_or_has_another_code():
    session = coded("s", "C: a {W1}\nC: b\nC: c {W1}\nC: d {W1,C2}\nC: e {W1}\nC: f {C3}\nT: g {R5}\nC: h")
    assert found(session, t1="W5", t2="W2", t3="W1", t4="W1 C1", t5="C3", t6="R4 R5") == [
        (0, "missed", ("W1",), ()),
        (1, "over-coded", (), ("W5",)),
        (2, "other code", ("W1",), ("W2",)),
        (3, "missed", ("W1", "C2"), ("W1",)),
        (4, "over-coded", ("W1",), ("W1", "C1")),
        (6, "over-coded", ("R5",), ("R4", "R5")),
    ]


def test_a_code_on_which_the_raters_split_counts_for_neither_side():
    session = coded("s", "C: a {W1}\nC: b {W1}\nC: c {W1,C1}", (1, "C1"), (2, "C1"))
    # turn 0: one of two raters; giving it or not is no difference, giving another code is
    assert found(session, t0="W1", t1="W1", t2="C1") == []
    assert found(session, t0="W2", t1="C1", t2="C1 W1") == [(0, "over-coded", (), ("W2",))]
    # turn 1: both saw a rupture and split over which: either will do, none or a third will not
    assert found(session, t1="", t2="C1") == [(1, "missed", ("W1", "C1"), ())]
    assert found(session, t1="W5", t2="C1") == [(1, "other code", ("W1", "C1"), ("W5",))]


def test_without_a_majority_the_codes_with_most_votes_are_the_reference():
    turn = coded("s", "C: a").transcript
    votes = votes_of([{0: [code]} for code in ("W1", "C1", "W1", "C1", "W5")], turn)
    assert found(CodedSession(turn, votes, None, "own")) == [(0, "missed", ("W1", "C1"), ())]


def test_turns_of_others_and_turns_without_a_score_are_left_out():
    session = coded("s", "C: a {W1}\nO: b\nC: c {W1}")
    assert [each.turn for each in differences([session], [said(session, unscored=[0])])] == [2]


def test_counts_by_hand():
    session = coded("s", "C: a {W1}\nC: b\nC: c {W1}\nC: d {W1,C2}\nC: e {C1}\nC: f {W1}", (0, "W1"), (2, "W1"), (3, "W1,C2"))
    rows = counts([session], [said(session, t0="W1", t1="W1", t2="W2", t3="C2", t4="W1 C1", t5="W1")])
    # turns 4 and 5 are disputed for C1 and W1; W1 on turn 4 was given by nobody
    assert rows["W1"] == {
        "reference": 3,
        "given": 3,
        "both": 1,
        "missed": 2,
        "missed_for_another": 2,
        "too_much": 2,
        "too_much_for_another": 0,
    }
    assert [rows["W2"][key] for key in ("given", "too_much", "too_much_for_another")] == [1, 1, 1]
    assert [rows["C2"][key] for key in ("reference", "given", "both", "missed")] == [1, 1, 1, 0]
    assert set(rows["C1"].values()) == {0}


def test_counts_are_those_behind_precision_and_recall():
    sessions = many(30)
    predictions = [noisy(session) for session in sessions]
    rows = counts(sessions, predictions)
    for code in ("W1", "W2", "C1", "C3"):
        cells = confusion(sample(code, sessions, predictions), np.ones((1, 30)))
        expected = [cells.tp[0], cells.fn[0], cells.fp[0], cells.tp[0] + cells.fn[0], cells.tp[0] + cells.fp[0]]
        assert [rows[code][key] for key in ("both", "missed", "too_much", "reference", "given")] == expected
    assert any(row["missed"] for row in rows.values())


def test_the_clearest_of_each_kind_stay_in_order():
    many_missed = [Difference("a", turn, Kind.MISSED, ("W1",), (), turn / 100) for turn in range(LISTED + 5)]
    over = [Difference("b", turn, Kind.OVER_CODED, (), ("W1",), turn / 100) for turn in range(LISTED + 5)]
    listed = clearest([*over, *many_missed])
    assert [(each.session, each.turn) for each in listed] == [
        *(("a", turn) for turn in range(LISTED)),
        *(("b", turn) for turn in range(5, LISTED + 5)),
    ]
    assert all(Difference.from_dict(each.to_dict()) == each for each in listed)


def test_the_section_lists_ids_and_turns_and_no_word():
    session = coded("s_1", "C: zebra quartz {W1}\nC: b")
    text = missed_section(summary([session], [said(session, score=0.04, t1="C2")]))
    assert "1 missed, 1 over-coded, 0 with another code" in text
    assert "| W1 closes a feeling down | 1 | 0 | 0 | 1 | 0 | 0 | 0 |" in text
    assert "| s&#95;1 | 0 | missed | W1 | – | .04 |" in text
    assert "| s&#95;1 | 1 | over-coded | – | C2 | .04 |" in text
    assert "zebra" not in text
    assert "why |" not in text
    assert "C3" not in text


def test_without_differences_there_is_no_list():
    session = coded("s", "C: a {W1}")
    text = missed_section(summary([session], [said(session, t0="W1")]))
    assert "0 missed, 0 over-coded, 0 with another code" in text
    assert "session" not in text


def test_words_and_explanations_stand_beside_a_turn_and_do_nothing_there():
    session = coded("s", f"C: <b>a</b> | *{'long ' * 60}* {{W1}}\nC: b")
    kept = summary([session], [said(session, t1="C2")])
    text = missed_section(kept, [session], lambda id, turn: "Because [it](x) | is." if turn == 0 else None)
    header, _, first, second = text.split("from 0.\n\n")[1].splitlines()
    assert header.endswith("| words | why |")
    shown, why = first.removesuffix(" |").split(" | ")[-2:]
    assert shown.startswith("&#60;b&#62;a&#60;/b&#62; &#124; &#42;long long ")
    assert len(re.sub(r"&#\d+;", "x", shown)) <= LONGEST
    assert shown.endswith("…")
    assert why == "Because &#91;it](x) &#124; is."
    assert (first.count(" | "), second.count(" | ")) == (7, 7)
    assert second.endswith("| b | – |")


def test_words_of_annomi_are_never_shown():
    session = coded("annomi-1", "C: zebra {W1}", source="annomi")
    kept = summary([session], [said(session)])
    assert "zebra" not in missed_section(kept, [session])
    assert "zebra" in missed_section(kept, [coded("annomi-1", "C: zebra {W1}")])


@pytest.mark.parametrize("words", [False, True])
def test_the_report_shows_words_only_when_asked_and_only_our_own(tmp_path, words):
    sessions = [*many(12, "annomi"), *many(12)]
    run_detection(tmp_path, Plan("detection", {"model": "m" * 64}), sessions, noisy)
    suite = load_suite(SUITES / "detection.yaml")
    text = report(read_record(tmp_path), score(tmp_path, sessions), suite, sessions=sessions, words=words)
    theirs, ours = (text.split(f"## {data.title}\n")[1].split("\n## ")[0] for data in suite.data)
    assert "### What was missed" in ours
    assert ("pointless homework" in ours) is words
    assert "pointless homework" not in theirs
