"""The reader of coded practice sessions: what it reads, and that it names file, line and problem when it cannot."""

import pytest

from rupture.analysis import SessionRating
from rupture.coding.sessions import HELD_OUT, read_sessions, split_sessions
from rupture.coding.standoff import read_raters
from rupture.coding.values import Rating
from rupture.errors import CorpusError
from rupture.resources import BLIND_CODES, SESSIONS
from rupture.transcript import Role

RATINGS = "S: withdrawal=3 confrontation=1 resolution=2 therapist_contribution=3"
HEADER = "=== id: b1-01 | setting: counselling centre | modality: CBT | note: homework not done"
SESSION = f"""{HEADER}
T: So how was the week, um, with the thought record?
C: Um, yeah. It was- it was fine. {{W2}}
T: I hear a "fine" there.
C: No, you're probably right. I'll try it again. {{W5, W2}}
{RATINGS}
"""


@pytest.fixture
def file(tmp_path):
    def write(text, name="batch.txt"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_a_session_is_read_with_speakers_lines_codes_and_ratings(file):
    (session,) = read_sessions([file(SESSION)])
    assert (session.transcript.id, session.setting, session.modality) == ("b1-01", "counselling centre", "CBT")
    assert [(t.index, t.speaker, t.role, t.line) for t in session.transcript.turns] == [
        (0, "Therapist", Role.THERAPIST, 2),
        (1, "Client", Role.CLIENT, 3),
        (2, "Therapist", Role.THERAPIST, 4),
        (3, "Client", Role.CLIENT, 5),
    ]
    assert session.transcript.turns[1].text == "Um, yeah. It was- it was fine."
    assert [session.codes(turn) for turn in range(4)] == [(), ("W2",), (), ("W2", "W5")]
    assert session.rating == Rating.of(SessionRating(3, 1, 2, 3))


def test_the_writers_plan_is_not_kept(file):
    assert "homework not done" not in repr(read_sessions([file(SESSION)]))


def test_partners_get_letters(file):
    text = SESSION.replace("C: Um", "C1: Um").replace("C: No", "C2: No")
    (session,) = read_sessions([file(text)])
    assert session.transcript.speakers_in(Role.CLIENT) == ("Client A", "Client B")


def test_blank_lines_and_several_sessions_in_a_file(file):
    second = SESSION.replace("b1-01", "b1-02")
    sessions = read_sessions([file(f"\n{SESSION}\n\n{second}")])
    assert [s.transcript.id for s in sessions] == ["b1-01", "b1-02"]
    assert sessions[1].transcript.turns[0].line == 11  # a blank line, six lines, two blank lines, a header


def test_without_a_rupture_there_is_no_resolution(file):
    (session,) = read_sessions([file(SESSION.replace("resolution=2", "resolution=-"))])
    assert session.rating.resolution is None


BROKEN = {
    "no header": (SESSION.replace(HEADER + "\n", ""), 1, "expected a session header"),
    "a header without keys": (SESSION.replace(HEADER, "=== b1-01"), 1, "expected a session header"),
    "a header field without a key": (SESSION.replace("setting: ", "setting "), 1, "is not 'key: value'"),
    "a header without id": (SESSION.replace("id: b1-01 | ", ""), 1, "header has no id"),
    "no ratings": (SESSION.replace(RATINGS + "\n", ""), 5, "does not end with its ratings"),
    "ratings before the end": (SESSION + "T: One more thing.\n", 7, "does not end with its ratings"),
    "no turns": (f"{HEADER}\n{RATINGS}\n", 1, "session b1-01 has no turns"),
    "a rating missing": (SESSION.replace("confrontation=1 ", ""), 6, "found withdrawal, resolution, therapist_contribution"),
    "a rating twice": (SESSION.replace("confrontation=1", "confrontation=1 confrontation=2"), 6, "once each"),
    "a stray word among the ratings": (SESSION.replace("confrontation=1", "confrontation=1 maybe"), 6, "ratings must be"),
    "a rating off the scale": (SESSION.replace("withdrawal=3", "withdrawal=6"), 6, "withdrawal=6 is not a rating from 1 to 5"),
    "a dash where a rating must be": (SESSION.replace("withdrawal=3", "withdrawal=-"), 6, "withdrawal=- is not a rating"),
    "an unknown code": (SESSION.replace("{W2}", "{W9}"), 3, "unknown code 'W9'"),
    "a code in lower case": (SESSION.replace("{W2}", "{w2}"), 3, "unknown code 'w2'"),
    "a strategy on a client turn": (SESSION.replace("{W2}", "{R4}"), 3, "R4 cannot stand on a client turn"),
    "a marker on a therapist turn": (SESSION.replace('"fine" there.', "fine. {C1}"), 4, "C1 cannot stand on a therapist turn"),
    "an unknown speaker": (SESSION.replace("C: Um", "P: Um"), 3, "expected 'T: words'"),
    "a fourth partner": (SESSION.replace("C: Um", "C4: Um"), 3, "expected 'T: words'"),
    "no words": (SESSION.replace("Um, yeah. It was- it was fine. ", ""), 3, "expected 'T: words'"),
    "codes amid the words": (SESSION.replace("fine. {W2}", "{W2} fine."), 3, "no other braces"),
    "a brace left open": (SESSION.replace("{W2}", "{W2"), 3, "no other braces"),
    "a turn over two lines": (SESSION.replace("It was- it", "\nIt was- it"), 4, "expected 'T: words'"),
}


@pytest.mark.parametrize(("text", "line", "problem"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_named_with_line_and_problem(file, text, line, problem):
    path = file(text)
    with pytest.raises(CorpusError) as error:
        read_sessions([path])
    assert str(error.value).startswith(f"{path}:{line}: ")
    assert problem in str(error.value)


def test_the_error_never_repeats_what_was_said(file):
    for text, _, _ in BROKEN.values():
        with pytest.raises(CorpusError) as error:
            read_sessions([file(text)])
        assert "yeah" not in str(error.value)


def test_an_id_used_twice_names_both_files(file):
    with pytest.raises(CorpusError, match=r"two\.txt: session id 'b1-01' is already used in .*one\.txt"):
        read_sessions([file(SESSION, "one.txt"), file(SESSION, "two.txt")])


def test_a_file_in_another_encoding_is_named_with_its_line(tmp_path):
    path = tmp_path / "old.txt"
    path.write_bytes(SESSION.replace("Um, yeah", "Um, café").encode("cp1252"))
    with pytest.raises(CorpusError, match=r"old\.txt:3: is not UTF-8"):
        read_sessions([path])


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(CorpusError, match=r"gone\.txt: cannot be read"):
        read_sessions([tmp_path / "gone.txt"])


@pytest.fixture
def corpus(file, tmp_path):
    """A folder of two sessions, their blind codes, and a split as given."""

    def write(split="test: [b1-02]\npractice: []\ncases: []\n", rated=("b1-01", "b1-02")):
        file(f"{SESSION}\n{SESSION.replace('b1-01', 'b1-02')}")
        (tmp_path / "split.yaml").write_text(split, encoding="utf-8")
        header = "transcript_id,utterance_id,rater,codes\n"
        (tmp_path / "turn_codes.csv").write_text(header + f"{rated[0]},1,blind,W2\n", encoding="utf-8")
        header = "transcript_id,rater,withdrawal,confrontation,resolution,therapist_contribution\n"
        rows = "".join(f"{id},blind,1,1,,1\n" for id in rated)
        (tmp_path / "session_ratings.csv").write_text(header + rows, encoding="utf-8")
        return tmp_path, tmp_path

    return write


def test_the_split_hands_out_sessions_with_the_votes_of_writer_and_blind_coder(corpus):
    parts = split_sessions(*corpus())
    assert {part: [s.transcript.id for s in sessions] for part, sessions in parts.items()} == {
        "train": ["b1-01"], "test": ["b1-02"], "practice": [], "cases": [],
    }  # fmt: skip
    (session,) = parts["train"]
    assert session.votes[1]["W2"] == 1
    assert session.votes[3]["W5"] == 0.5
    assert session.rating == Rating(2, 1, 2, 2)


BROKEN_SPLITS = {
    "a part is missing": ("test: [b1-02]\npractice: []\n", "expected lists of session ids"),
    "an unknown session": ("test: [b9-99]\npractice: []\ncases: []\n", "no session has the id 'b9-99'"),
    "a session in two parts": ("test: [b1-02]\npractice: [b1-02]\ncases: []\n", "listed twice"),
}


@pytest.mark.parametrize(("split", "problem"), BROKEN_SPLITS.values(), ids=BROKEN_SPLITS)
def test_a_broken_split_says_what_is_wrong(corpus, split, problem):
    with pytest.raises(CorpusError, match=problem):
        split_sessions(*corpus(split=split))


def test_no_session_is_used_coded_once(corpus):
    with pytest.raises(CorpusError, match="nobody has coded session b1-02 blind"):
        split_sessions(*corpus(rated=("b1-01",)))


def test_the_corpus_is_as_large_and_as_held_out_as_promised():
    parts = split_sessions(SESSIONS, BLIND_CODES)
    assert {part: len(sessions) for part, sessions in parts.items()} == {"train": 440, "test": 50, "practice": 60, "cases": 38}
    assert sum(len(session.transcript.turns) for part in parts.values() for session in part) >= 36_000
    hands = {part: {session.transcript.id.split("-")[0] for session in parts[part]} for part in ("train", *HELD_OUT)}
    assert not (hands["test"] | hands["cases"]) & hands["train"]  # written by other hands
    raters = read_raters(BLIND_CODES)
    assert all("blind-2" in raters[session.transcript.id] for part in HELD_OUT for session in parts[part])
