"""Case sets of users: written in each of the three shapes and read back, votes of several raters, places of errors, and what is
held in memory."""

import csv
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rupture.codebook import MARKERS, STRATEGIES
from rupture.coding.case_sets import read_cases
from rupture.coding.code_files.cells import inert
from rupture.coding.sessions import read_sessions
from rupture.coding.values import CodedSession, Rating, votes_of
from rupture.digests import digest_sessions
from rupture.errors import CorpusError
from rupture.formats.cleaning import plain
from rupture.resources import SESSIONS
from rupture.transcript import Role, Transcript, Turn

TEXT = """\
=== id: one | setting: clinic
T: How was it?
C: Fine. {W2}
S: withdrawal=2 confrontation=1 resolution=- therapist_contribution=2

=== id: two | setting: clinic
C: You never listen. {C1, C5}
T: I hear that. {R4}
S: -
"""
LINES = """\
{"id": "one", "setting": "clinic", "turns": [{"role": "therapist", "text": "How was it?"}, {"role": "client", "text": "Fine.", \
"codes": ["W2"]}], "rating": {"withdrawal": 2, "confrontation": 1, "resolution": null, "therapist_contribution": 2}}

{"id": "two", "setting": "clinic", "turns": [{"speaker": "C", "content": "You never listen.", "codes": "c1 C5"}, \
{"speaker": "T", "content": "I hear that.", "codes": ["R4"]}]}
"""
TABLE = """\
session,speaker,role,text,codes
one,T,therapist,How was it?,
one,C,client,Fine.,W2
two,C,client,You never listen.,"C1, C5"
two,T,therapist,I hear that.,R4
"""
SAID = ("never listen", "hear that", "How was")


def cases(tmp_path, name, text):
    (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_cases(tmp_path / name)


def content(session):
    return [(turn.index, turn.role.value, turn.text) for turn in session.transcript.turns], [dict(v) for v in session.votes]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("set.txt", TEXT),
        ("set.jsonl", LINES),
        ("set.csv", TABLE),
        ("set.csv", TABLE.replace("\n", "\r\n").encode("utf-8-sig")),
        ("set.csv", TABLE.replace(",", ";").replace('"C1; C5"', '"C1; C5"')),
        ("set.tsv", TABLE.replace(",", "\t").replace('"C1\t C5"', "C1 C5")),
        ("set.jsonl", LINES.encode("utf-8-sig")),
    ],
)
def test_every_shape_gives_the_same_sessions(tmp_path, name, text):
    found = cases(tmp_path, name, text)
    assert list(found) == ["one", "two"]
    assert content(found["one"]) == (
        [(0, "therapist", "How was it?"), (1, "client", "Fine.")],
        [{}, {"W2": 1, "rupture": 1, "withdrawal": 1}],
    )
    assert content(found["two"])[1] == [{"C1": 1, "C5": 1, "rupture": 1, "confrontation": 1}, {"R4": 1, "strategy": 1}]
    assert {session.source for session in found.values()} == {"cases"}
    assert found.tally == {"sessions": 2, "turns": 4, "withdrawal": 1, "confrontation": 1, "strategy": 1}
    if not name.endswith("v"):
        assert found["one"].rating == Rating(2, 1, None, 2)
        assert found["one"].setting == "clinic"
        assert found["two"].rating is None


def test_a_folder_of_ours_is_read_as_the_corpus_is():
    ours = read_sessions([SESSIONS / "demonstrations.txt", SESSIONS / "whole-hours.txt"])
    found = read_cases(SESSIONS)
    assert {s.transcript.id for s in ours} < set(found)
    assert found[ours[-1].transcript.id] == replace(ours[-1], source="cases")
    assert found[ours[0].transcript.id] == replace(ours[0], source="cases")
    assert found.digest == digest_sessions(read_sessions(sorted(SESSIONS.glob("*.txt"))))


words = st.text(st.characters(codec="utf-8"), max_size=40).map(lambda text: plain(text)[0].strip())
spoken = st.sampled_from([(Role.THERAPIST, "T"), (Role.CLIENT, "C1"), (Role.CLIENT, "C2"), (Role.OTHER, "Aunt")]).flatmap(
    lambda who: st.tuples(
        st.just(who),
        words,
        st.lists(st.sampled_from({Role.CLIENT: MARKERS, Role.THERAPIST: STRATEGIES}[who[0]]), unique=True, max_size=3)
        if who[0] is not Role.OTHER
        else st.just([]),
    )
)
numbers = st.integers(1, 5) | st.floats(1, 5)
ratings = st.none() | st.builds(Rating, numbers, numbers, st.none() | numbers, numbers)
ids = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20).filter(lambda id: id.isprintable() and id == id.strip())


@st.composite
def sets(draw):
    """Sessions of words nobody would say: quotation marks, line ends, formulas, every script."""
    sessions = []
    for id in draw(st.lists(ids, min_size=1, max_size=4, unique=True)):
        rows = draw(st.lists(spoken, min_size=1, max_size=6))
        turns = tuple(Turn(n, speaker, role, text) for n, ((role, speaker), text, _) in enumerate(rows))
        transcript = Transcript(id, turns)
        votes = votes_of([{n: codes for n, (_, _, codes) in enumerate(rows)}], transcript)
        sessions.append(CodedSession(transcript, votes, draw(ratings), "cases"))
    return sessions


@given(sets())
def test_json_lines_are_read_as_they_were_written(tmp_path_factory, sessions):
    path = tmp_path_factory.mktemp("sets") / "set.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for s in sessions:
            turns = [
                {"speaker": t.speaker, "role": t.role.value, "text": t.text, "codes": list(s.codes(t.index))}
                for t in s.transcript.turns
            ]
            rating = {name: getattr(s.rating, name) for name in Rating.__slots__} if s.rating else None
            file.write(json.dumps({"id": s.transcript.id, "turns": turns, "rating": rating}, ensure_ascii=False) + "\n")
    found = read_cases(path)
    assert list(found.values()) == sessions
    assert found.digest == digest_sessions(sessions)


@given(sets(), st.sampled_from(",;\t"), st.sampled_from(["\n", "\r\n"]))
def test_tables_are_read_as_they_were_written(tmp_path_factory, sessions, delimiter, end):
    path = tmp_path_factory.mktemp("sets") / "set.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, delimiter=delimiter, lineterminator=end)
        table.writerow(["session", "speaker", "role", "text", "codes"])
        for s in sessions:
            for t in s.transcript.turns:
                table.writerow([s.transcript.id, t.speaker, t.role.value, inert(t.text), " ".join(s.codes(t.index))])
    found = read_cases(path)
    assert list(found.values()) == [replace(session, rating=None) for session in sessions]
    for id in reversed(list(found)):
        assert found[id].transcript.id == id


def test_raters_of_a_table_vote_whether_their_rows_lie_together_or_apart(tmp_path):
    rows = [(0, "T", "therapist", "How?"), (1, "C", "client", "Fine, then.\nGood.")]
    codes = {"ana": ["", "W2"], "ben": ["R1", "W2 W5"]}
    orders = ([(rater, n) for rater in codes for n in (0, 1)], [(rater, n) for n in (0, 1) for rater in codes])
    for number, order in enumerate(orders):
        path = tmp_path / f"{number}.csv"
        with path.open("w", newline="") as file:
            table = csv.writer(file)
            table.writerow(["session", "rater", "speaker", "role", "text", "codes"])
            for rater, n in order:
                table.writerow(["one", rater, *rows[n][1:], codes[rater][n]])
        found = read_cases(path)
        assert found["one"].votes == ({"R1": 0.5, "strategy": 0.5}, {"W2": 1, "W5": 0.5, "rupture": 1, "withdrawal": 1})
        assert {rater: dict(given.codes) for rater, given in found.raters("one").items()} == {
            "ana": {1: ("W2",)},
            "ben": {0: ("R1",), 1: ("W2", "W5")},
        }
        assert found.tally["strategy"] == 0


HEADER = "session,speaker,role,text,codes\n"


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.csv", TABLE.replace("Fine.,W2", "Fine.,W9"), r"a\.csv:3: found 'W9' for a code; known are W1"),
        ("a.csv", TABLE.replace("Fine.,W2", "Fine.,R1"), r"a\.csv:3: R1 cannot stand on turn 1, which is of role client"),
        ("a.csv", TABLE.replace("Fine.,W2", "Fine.,never listen"), r"a\.csv:3: found something of 5 characters for a code"),
        ("a.csv", TABLE.replace("Fine.,W2", "Fine, I never listen,W2"), r"a\.csv:3: has more cells than the header"),
        ("a.csv", TABLE.replace("Fine.,W2", "Fine."), None),
        ("a.csv", HEADER + "one,C\n", r"a\.csv:2: has fewer cells"),
        ("a.csv", TABLE.replace("one,C,client", "one,C,never listen"), r"a\.csv:3: does not say who speaks; expected the role"),
        ("a.csv", TABLE.replace("two,T,", "two,C,"), r"a\.csv:5: this speaker has another role further up"),
        ("a.csv", TABLE + "one,T,therapist,And?,\n", r"a\.csv:6: this session id was used before \(.*a\.csv:2\)"),
        ("a.csv", TABLE.replace("two,C,", ",C,"), r"a\.csv:4: expected a session id"),
        ("a.csv", TABLE.replace("Fine.", '"Fine'), r"a\.csv:3: is not a readable table row; check the quotation marks"),
        ("a.csv", TABLE.replace("codes\n", "notes\n"), r"a\.csv:1: there is no column codes; expected session, speaker"),
        ("a.csv", "never listen\n", r"a\.csv:1: expected a header row with the columns session"),
        ("a.csv", TABLE.replace("Fine.", "Café").encode("cp1252"), r"a\.csv:3: is not UTF-8; save the file as UTF-8"),
        ("a.csv", HEADER, r"a\.csv: holds no session; expected a folder"),
        ("a.csv", b"", r"a\.csv:1: expected a header row"),
        ("a.csv", b"session,speaker,text,codes\rs1,T,How?,\r", r"a\.csv:1: expected a header row"),
        ("a.jsonl", LINES.replace('"id": "two"', '"id": "one"'), r"a\.jsonl:3: this session id was used before \(.*a\.jsonl:1\)"),
        ("a.jsonl", LINES.replace('"id": "two", ', ""), r"a\.jsonl:3: expected a session id of 1 to 100"),
        ("a.jsonl", LINES.replace('"R4"', '"W4"'), r"a\.jsonl:3, turn 1: W4 cannot stand on turn 1, which is of role therapist"),
        ("a.jsonl", LINES.replace('["R4"]', "4"), r"a\.jsonl:3, turn 1: found codes that are not a list of texts"),
        ("a.jsonl", LINES.replace('"withdrawal": 2', '"withdrawal": 6'), r"a\.jsonl:1: found a rating of another form"),
        ("a.jsonl", LINES.replace('"withdrawal": 2', '"withdrawal": true'), r"a\.jsonl:1: found a rating of another form"),
        ("a.jsonl", LINES.replace('"withdrawal": 2', '"mood": 2'), r"a\.jsonl:1: found a rating of another form"),
        ("a.jsonl", LINES.replace('"confrontation": 1', '"confrontation": null'), r"a\.jsonl:1: found a rating of another form"),
        ("a.jsonl", LINES.replace('"role": "client"', '"role": "never listen"'), r"a\.jsonl:1, turn 1: does not say who speaks"),
        ("a.jsonl", LINES.replace('"turns"', '"rows"', 1), r'a\.jsonl:1: expected a session, {"id": …, "turns"'),
        ("a.jsonl", '{"id": "one", "turns": []}\n', r"a\.jsonl:1: expected a session"),
        ("a.jsonl", '{"id": "one", "turns": [3]}\n', r"a\.jsonl:1: turn 0: found a number, expected an object"),
        ("a.jsonl", LINES + "{never listen\n", r"a\.jsonl:4: .*not valid JSON"),
        ("a.jsonl", LINES.encode() + b"\xff\n", r"a\.jsonl:4: is not UTF-8"),
        ("a.txt", TEXT.replace("{W2}", "{W9}"), r"a\.txt:3: unknown code 'W9'"),
        ("a.docx", b"PK", r"a\.docx: is a file of another kind; expected a folder of \*\.txt"),
    ],
)
def test_an_error_names_the_place_and_repeats_no_words(tmp_path, name, text, said):
    if said is None:
        assert cases(tmp_path, name, text).tally["withdrawal"] == 0
        return
    with pytest.raises(CorpusError, match=said) as error:
        cases(tmp_path, name, text)
    assert not [words for words in SAID if words in str(error.value)]


def test_raters_must_have_the_same_turns(tmp_path):
    table = "session,role,text,codes,rater\none,client,Fine.,W2,ana\none,client,Fine.,,ben\none,client,And?,,ben\n"
    with pytest.raises(CorpusError, match=r"a\.csv:3: this rater has 2 rows of the session, the first one 1"):
        cases(tmp_path, "a.csv", table)
    with pytest.raises(CorpusError, match=r"b\.csv:3: has other words or another speaker than the first rater's"):
        cases(tmp_path, "b.csv", "\n".join([*table.splitlines()[:2], "one,client,Fine!,,ben", ""]))


def test_what_is_not_there_is_said(tmp_path):
    with pytest.raises(CorpusError, match="there is no such file or folder; expected"):
        read_cases(tmp_path / "no.csv")
    (tmp_path / ".hidden.txt").write_text("not ours")
    with pytest.raises(CorpusError, match="holds no session; expected a folder"):
        read_cases(tmp_path)
    (tmp_path / "a.txt").write_text(TEXT)
    (tmp_path / "b.txt").write_text(TEXT.replace("id: two", "id: three"))
    with pytest.raises(CorpusError, match=r"b\.txt:1: this session id was used before \(.*a\.txt:1\)"):
        read_cases(tmp_path)


def test_a_file_that_changes_underneath_is_noticed(tmp_path):
    found = cases(tmp_path, "set.jsonl", LINES)
    first, _, second = LINES.splitlines()
    (tmp_path / "set.jsonl").write_text(f"{second}\n\n{first}\n")
    with pytest.raises(CorpusError):
        found["one"]
    with pytest.raises(KeyError):
        found["three"]


def test_a_set_holds_places_and_no_words(tmp_path):
    held = cases(tmp_path, "set.jsonl", LINES)
    assert not [words for words in SAID if words in repr(held)]
    assert held["two"] is not held["two"]
    assert held["two"] == held["two"]
