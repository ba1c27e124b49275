"""Coded sessions written from a corrected analysis: what is read back is what was said and coded, and it can be trained on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rupture.analysis import Analysis, Finding, SessionRating, State
from rupture.codebook import BY_CODE
from rupture.coding.sessions import ADDED, added_sessions, read_sessions, split_sessions
from rupture.coding.values import CodedSession
from rupture.coding.written import written
from rupture.corrections import Correction, CorrectionError, Verdict, codes_for
from rupture.errors import CorpusError
from rupture.resources import BLIND_CODES, SESSIONS
from rupture.transcript import Role, Transcript, Turn, clean_speaker_names

T, C = Role.THERAPIST, Role.CLIENT
AGREE, NOT, OTHER = Verdict.AGREE, Verdict.NOT_A_RUPTURE, Verdict.OTHER_CODE


def analysis(*said, **findings):
    """An analysis of (speaker, role, words), with `t3=("W5",)` for the codes of turn 3."""
    turns = tuple(Turn(i, speaker, role, text) for i, (speaker, role, text) in enumerate(said))
    found = tuple(Finding(int(turn[1:]), codes) for turn, codes in findings.items())
    return Analysis(Transcript("s1", turns), State.ANALYSED, findings=found, session=SessionRating(3, 1, 2, 3))


PLAIN = analysis(
    ("Dr. Vale", T, "So how was the week?"),
    ("Mrs. Moss", C, "It was {laughs} fine.\nReally."),
    ("Dr. Vale", T, "I hear a fine there."),
    ("Mrs. Moss", C, "No, you are right."),
    t1=("W2",),
    t3=("W5",),
)


@pytest.fixture
def read(tmp_path):
    def back(text, name="written.txt") -> CodedSession:
        (tmp_path / name).write_text(text, encoding="utf-8")
        (session,) = read_sessions([tmp_path / name])
        return session

    return back


def test_a_written_session_is_what_its_reader_left_of_it():
    said = {3: Correction(3, OTHER, ("C2", "W1")), 1: Correction(1, NOT), 2: Correction(2, OTHER, ("R4",))}
    assert written(PLAIN, said, "clinic-07", " GP surgery |\n Fridays") == (
        "=== id: clinic-07 | setting: GP surgery / Fridays | note: codes by the tool, "
        "3 turns confirmed or changed by its user (1, 2, 3)\n"
        "T: So how was the week?\n"
        "C: It was (laughs) fine. Really.\n"
        "T: I hear a fine there. {R4}\n"
        "C: No, you are right. {C2, W1}\n"
        "S: -\n"
    )


def test_codes_that_nobody_looked_at_are_the_tools_and_the_ratings_are_not_passed_off_as_the_readers(read):
    session = read(written(PLAIN, {1: Correction(1, AGREE)}, "clinic-07", ""))
    assert [session.codes(turn) for turn in range(4)] == [(), ("W2",), (), ("W5",)]
    assert session.rating is None
    assert session.setting == ""


@st.composite
def gone_through(draw):
    """Any session the format has a place for, and corrections of some of its turns."""
    clients = draw(st.sampled_from([("Moss",), ("Client A", "Client B"), ("Pat", "Sam", "Kim")]))
    people = st.sampled_from([("Vale", T), *((client, C) for client in clients)])
    words = st.text() | st.text("ab {}\n\r\u2028\x1c\t:|=TCS", max_size=12)
    said = draw(st.lists(st.tuples(people, words), min_size=1, max_size=8))
    turns = tuple(Turn(i, speaker, role, text) for i, ((speaker, role), text) in enumerate(said))
    codes = {t.index: st.lists(st.sampled_from(codes_for(t.role)), max_size=3, unique=True).map(tuple) for t in turns}
    found = draw(st.fixed_dictionaries({}, optional=codes))
    recoded = draw(st.fixed_dictionaries({}, optional=codes))
    corrections = {
        turn: Correction(turn, OTHER, chosen) if chosen else Correction(turn, draw(st.sampled_from([AGREE, NOT])))
        for turn, chosen in recoded.items()
    } or {0: Correction(0, AGREE)}
    findings = tuple(Finding(turn, chosen) for turn, chosen in sorted(found.items()) if chosen)
    return Analysis(Transcript("s1", turns), State.ANALYSED, findings=findings), corrections


@given(gone_through(), st.text())
def test_what_is_written_is_read_back_turn_by_turn(tmp_path_factory, session, setting):
    original, corrections = session
    file = tmp_path_factory.mktemp("written") / "one.txt"
    file.write_text(written(original, corrections, "clinic-1", setting), encoding="utf-8")
    (back,) = read_sessions([file])

    turns = original.transcript.turns
    names = clean_speaker_names(original.transcript)
    assert [(t.index, t.speaker, t.role) for t in back.transcript.turns] == [(t.index, names[t.speaker], t.role) for t in turns]
    for was, is_now in zip(turns, back.transcript.turns, strict=True):
        assert is_now.text.split() == (was.text.replace("{", "(").replace("}", ")").split() or ["…"])
        verdict = corrections.get(was.index, Correction(was.index, AGREE))
        found = original.finding(was.index)
        expected = verdict.codes if verdict.verdict is not AGREE else found.codes if found else ()
        assert back.codes(was.index) == tuple(code for code in BY_CODE if code in expected)
    assert back.setting.split() == setting.replace("|", "/").split()


def test_the_tools_own_output_alone_is_not_written():
    with pytest.raises(CorpusError, match=r"no turn .* was confirmed or corrected"):
        written(PLAIN, {}, "clinic-07", "clinic")


NO_PLACE = {
    "somebody else": ([("A", T), ("B", C), ("Interpreter", Role.OTHER)], "turn 2 is spoken by Other;"),
    "a second therapist": ([("A", T), ("B", C), ("D", T)], "turn 0 is spoken by Therapist A;"),
    "a fourth client": ([("A", T), *((name, C) for name in "BDEF")], "turn 4 is spoken by Client D;"),
}


@pytest.mark.parametrize(("people", "problem"), NO_PLACE.values(), ids=NO_PLACE)
def test_whom_the_format_has_no_place_for_is_named_by_role_and_not_by_name(people, problem):
    session = analysis(*((speaker, role, "some words") for speaker, role in people))
    with pytest.raises(CorpusError, match=problem) as error:
        written(session, {1: Correction(1, AGREE)}, "clinic-07", "")
    assert "Interpreter" not in str(error.value)


@pytest.mark.parametrize("id", ["", "two words", "a|b", "a\n=== id: b", "x | note: y"])
def test_an_id_that_would_break_the_header_is_refused(id):
    with pytest.raises(CorpusError, match="found the session id"):
        written(PLAIN, {1: Correction(1, AGREE)}, id, "")


def test_a_correction_that_does_not_fit_is_refused_here_too():
    with pytest.raises(CorrectionError, match="turn 1: R4 cannot stand"):
        written(PLAIN, {1: Correction(1, OTHER, ("R4",))}, "clinic-07", "")


@pytest.fixture(scope="module")
def ours() -> list[CodedSession]:
    return [session for part in split_sessions(SESSIONS, BLIND_CODES).values() for session in part]


@pytest.fixture
def folder(tmp_path):
    """A folder with sessions written from PLAIN under these ids, one a file."""

    def make(*ids):
        for id in ids:
            (tmp_path / f"{id}.txt").write_text(written(PLAIN, {1: Correction(1, AGREE)}, id, "clinic"), encoding="utf-8")
        return tmp_path

    return make


def test_added_sessions_are_a_data_set_of_their_own_with_one_rater(folder, ours):
    sessions = added_sessions(folder("clinic-1", "clinic-2"), ours)
    assert [(s.transcript.id, s.source, s.rating) for s in sessions] == [("clinic-1", ADDED, None), ("clinic-2", ADDED, None)]
    assert sessions[0].votes[1] == {"W2": 1.0, "rupture": 1.0, "withdrawal": 1.0}


def test_an_id_of_ours_is_refused_with_the_file(folder, ours):
    with pytest.raises(CorpusError, match=r"t1-01\.txt: session id 't1-01' is already used in the sessions of this project"):
        added_sessions(folder("clinic-1", "t1-01"), ours)


def test_a_session_of_ours_under_another_name_is_refused(folder, ours):
    held_out = next(session.transcript for session in ours if session.transcript.id == "t1-01")
    read_again = Analysis(held_out, State.ANALYSED)
    into = folder("clinic-1")
    text = written(read_again, {0: Correction(0, AGREE)}, "clinic-2", "")
    (into / "clinic-2.txt").write_text(text, encoding="utf-8")
    with pytest.raises(CorpusError, match=r"share wording with ours \(clinic-2 and t1-01\)"):
        added_sessions(into, ours)


def test_a_broken_file_is_named_with_its_line_and_without_its_words(folder, ours):
    path = folder("clinic-1") / "clinic-1.txt"
    path.write_text(path.read_text(encoding="utf-8").replace("{W5}", "{W99}"), encoding="utf-8")
    with pytest.raises(CorpusError, match=r"clinic-1\.txt:5: unknown code 'W99'") as error:
        added_sessions(path.parent, ours)
    assert "right" not in str(error.value)


@pytest.mark.parametrize("name", ["", "gone"])
def test_a_folder_without_sessions_is_not_passed_over(tmp_path, ours, name):
    with pytest.raises(CorpusError, match=r"found no files \*\.txt there"):
        added_sessions(tmp_path / name, ours)


def test_training_learns_from_added_sessions_and_chooses_nothing_on_them(folder, monkeypatch, tmp_path):
    """Training itself takes an hour: here it only says what it was given."""
    pytest.importorskip("torch", reason="the extra `models` is not installed")
    from rupture.cli.training import train
    from rupture.detection import release

    given = []

    def note(sessions, folds, out, progress, members, teach) -> dict[str, object]:
        given.extend([sessions, folds, teach])
        return {"id": "none", "training": {"sessions": {}}, "measured": {}}

    monkeypatch.setattr(release, "train_detector", note)
    train(also=folder("clinic-1"), out=tmp_path / "model", teach=True)
    sessions, folds, teach = given
    assert [s.transcript.id for s in teach] == [s.transcript.id for s in sessions if s.source != ADDED]
    assert [s.transcript.id for s in sessions if s.source == ADDED] == ["clinic-1"]
    assert {s.transcript.id for s in sessions} - folds.keys() == {"clinic-1"}
    assert len(folds) == 440
