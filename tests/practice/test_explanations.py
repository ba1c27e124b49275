"""Explanations are held to their session: every fault is named by file and field, none by a word of the session."""

from dataclasses import replace

import pytest
import yaml

from rupture.coding.sessions import split_sessions
from rupture.coding.values import votes_of
from rupture.errors import CorpusError
from rupture.practice.explanations import LEVELS, SETTINGS, Contrast, ReplyTurn, problems_of_explanations, read_explained
from rupture.practice.sets import EXPLANATIONS
from rupture.resources import BLIND_CODES, SESSIONS

LINES = """
T: How was the diary?
C: Fine. Whatever you think. {W5}
T: I may have pushed it on you. {R5}
C: No, it's stupid, the diary. {C3}
T: Tell me more.
C: I do it in the van, mostly.
"""


@pytest.fixture
def session(coded):
    """Three raters: all agree on turns 2 and 3, one saw W2 instead at turn 1, one saw W4 at turn 5."""
    read = coded(LINES, "x9-01")
    raters = [{1: ["W5"], 2: ["R5"], 3: ["C3"]}, {1: ["W5"], 2: ["R5"], 3: ["C3"]}, {1: ["W2"], 2: ["R5"], 3: ["C3"], 5: ["W4"]}]
    return replace(read, votes=votes_of(raters, read.transcript))


@pytest.fixture
def good():
    return {
        "session": "x9-01",
        "level": 2,
        "setting": "health",
        "about": "A driver and a dietitian.",
        "look_for": "Good for hearing politeness.",
        "turns": [
            {"turn": 1, "codes": ["W5"], "words": "Whatever you think", "why": "It hands the choice back.",
             "split": "Short enough for W2.", "not": {"code": "W2", "why": "It says more than fine."}},
            {"turn": 2, "codes": ["R5"], "words": "I may have pushed", "why": "A part is owned.",
             "not": {"code": "none", "why": "It is more than a remark."}},
            {"turn": 3, "codes": ["C3"], "words": "it's stupid", "why": "The task is called stupid.",
             "not": {"code": "C1", "why": "Not the person."}},
            {"turn": 5, "codes": [], "words": "in the van", "why": "Own detail.", "split": "One heard a detour.",
             "not": {"code": "W4", "why": "It stays with the diary."}},
        ],
        "reply": [{"turn": 3, "strategies": ["R2"], "example": "Then what?", "why": "It takes it up."}],
    }  # fmt: skip


@pytest.fixture
def read(tmp_path, session):
    def from_data(data, name="x9-01"):
        path = tmp_path / f"{name}.yaml"
        path.write_text(data if isinstance(data, str) else yaml.safe_dump(data), encoding="utf-8")
        return read_explained(path, session)

    return from_data


def test_a_file_becomes_values_with_places_in_the_words(read, good, session):
    found = read(good)
    assert (found.level, found.setting, found.about) == (2, "health", "A driver and a dietitian.")
    assert [turn.turn for turn in found.turns] == [1, 2, 3, 5]
    start, end = found.at(1).words
    assert session.transcript.turns[1].text[start:end] == "Whatever you think"
    assert found.at(1).contrast == Contrast("W2", "It says more than fine.")
    assert found.at(2).contrast.code is None
    assert (found.at(3).split, found.at(5).split) == ("", "One heard a detour.")
    assert found.at(4) is None
    assert found.reply_at(3) == ReplyTurn(3, ("R2",), "Then what?", "It takes it up.")
    assert found.reply_at(1) is None


def turn(data, index):
    return next(row for row in data["turns"] if row["turn"] == index)


def without_turn(data, index):
    data["turns"] = [row for row in data["turns"] if row["turn"] != index]


FAULTS = {
    "another session": (lambda d: d.update(session="x9-02"), "session: found 'x9-02', expected 'x9-01'"),
    "level 6": (lambda d: d.update(level=6), "level: "),
    "level as text": (lambda d: d.update(level="2"), "level: "),
    "a setting that is none": (lambda d: d.update(setting="school"), "setting: "),
    "an unknown key": (lambda d: d.update(note="x"), "note: "),
    "no about": (lambda d: d.pop("about"), "about: "),
    "an empty why": (lambda d: turn(d, 1).update(why=" "), r"turns\.0\.why: "),
    "a turn that is not there": (lambda d: turn(d, 5).update(turn=9), "turns: found turn 9, but the session has turns 0 to 5"),
    "turns out of order": (lambda d: d["turns"].reverse(), "turns: expected each turn once, in order"),
    "codes of one rater": (lambda d: turn(d, 1).update(codes=["W2"]), "turn 1, codes: found W2, expected .* W5"),
    "codes where there are none": (lambda d: turn(d, 5).update(codes=["W4"]), "turn 5, codes: found W4, expected .* none"),
    "words of another turn": (lambda d: turn(d, 1).update(words="it's stupid"), "turn 1, words: "),
    "words changed": (lambda d: turn(d, 1).update(words="whatever you think"), "turn 1, words: "),
    "a contrast with itself": (lambda d: turn(d, 1)["not"].update(code="W5"), r"turn 1, not\.code: found 'W5'"),
    "a contrast of the other role": (lambda d: turn(d, 1)["not"].update(code="R5"), r"turn 1, not\.code: found 'R5'"),
    "nothing instead of nothing": (lambda d: turn(d, 5)["not"].update(code="none"), r"turn 5, not\.code: found 'none'"),
    "no contrast": (lambda d: turn(d, 3).pop("not"), r"turns\.2\.not: "),
    "a coded turn left out": (lambda d: without_turn(d, 2), "turns: turn 2 has the codes R5 and is not explained"),
    "a disputed turn left out": (lambda d: without_turn(d, 5), "turns: the raters differ on turn 5 and it is not explained"),
    "a split not said": (lambda d: turn(d, 1).pop("split"), "turn 1, split: the raters differ here"),
    "a split that is none": (lambda d: turn(d, 3).update(split="x"), "turn 3, split: the raters do not differ"),
    "a reply to the therapist": (lambda d: d["reply"][0].update(turn=2), "reply, turn 2: is not a client's"),
    "a reply with a marker": (lambda d: d["reply"][0].update(strategies=["W5"]), "reply, turn 3, strategies: found W5"),
    "a strategy twice": (lambda d: d["reply"][0].update(strategies=["R2", "R2"]), "turn 3, strategies: one is named twice"),
    "no reply to a strain": (lambda d: d.pop("reply"), "reply: found none"),
    "four replies": (lambda d: d.update(reply=d["reply"] * 4), "reply: "),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_named_by_file_and_field_without_a_word_of_the_session(read, good, fault):
    change, told = FAULTS[fault]
    change(good)
    with pytest.raises(CorpusError, match=rf"x9-01\.yaml: .*{told}") as caught:
        read(good)
    assert "van" not in str(caught.value)
    assert "stupid" not in str(caught.value)


def test_a_session_without_a_coded_client_turn_needs_no_reply(tmp_path, coded):
    calm = coded("T: How are you?\nC: Well, thanks.", "x9-02")
    data = {"session": "x9-02", "level": 1, "setting": "health", "about": "A", "look_for": "B", "turns": []}
    path = tmp_path / "x9-02.yaml"
    path.write_text(yaml.safe_dump(data), encoding="utf-8")
    assert read_explained(path, calm).replies == ()


@pytest.mark.parametrize(
    ("text", "told"), [("session: [", "is not YAML"), ("just words", "file: "), ("", "file: "), ("turns: 3", "turns: ")]
)
def test_what_is_no_such_file_is_said_so(read, text, told):
    with pytest.raises(CorpusError, match=told):
        read(text)


def test_the_folder_must_hold_every_session_and_no_other_file(tmp_path, session, good):
    missing = problems_of_explanations(tmp_path, [session])
    assert len(missing) == 1
    assert "no such file" in missing[0]
    (tmp_path / "x9-01.yaml").write_text(yaml.safe_dump(good), encoding="utf-8")
    assert problems_of_explanations(tmp_path, [session]) == []
    (tmp_path / "z1-01.yaml").write_text("", encoding="utf-8")
    (stray,) = problems_of_explanations(tmp_path, [session])
    assert "z1-01.yaml: no practice session has this id" in stray


@pytest.fixture(scope="module")
def coded_sessions():
    return split_sessions(SESSIONS, BLIND_CODES)["practice"]


def test_our_own_explanations_are_in_order(coded_sessions):
    assert problems_of_explanations(EXPLANATIONS, coded_sessions) == []


def test_our_own_sets_have_every_level_setting_and_enough_sessions(coded_sessions):
    found = [read_explained(EXPLANATIONS / f"{session.transcript.id}.yaml", session) for session in coded_sessions]
    assert len(found) >= 60
    assert {explained.level for explained in found} == set(LEVELS)
    assert {explained.setting for explained in found} == set(SETTINGS)
