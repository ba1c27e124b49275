"""Files of several coders put side by side: whose sessions are whose, what is checked, and that every problem is named."""

import pytest

from rupture.coding.codings import read_codings
from rupture.coding.texts import transcripts_at
from rupture.coding.values import Rating
from rupture.errors import CorpusError
from rupture.exports.data import DATA_FORMATS
from rupture.transcript import Role

from .test_code_files import analysis, exported

TEXT = "session,turn,speaker,role,text\n" + "".join(
    f"{session},{turn},{role.capitalize()},{role},word {turn}\n"
    for session in ("s1", "s2", "s10")
    for turn, role in enumerate(["therapist", "client"] * 2)
)


@pytest.fixture
def files(tmp_path):
    """Writes files by name and gives their paths as arguments."""

    def write(**texts):
        for name, text in texts.items():
            (tmp_path / f"{name}.csv").write_text(text)
        return [str(tmp_path / f"{name}.csv") for name in texts]

    (tmp_path / "text.csv").write_text(TEXT)
    return write


def both(rows):
    return "session,turn,codes\n" + rows


def test_two_files_side_by_side(files, tmp_path):
    arguments = files(anna=both("s10,1,W5\ns2,1,\n"), ben=both("s2,3,C2\ns10,2,R4\ns10,1,W5\n"))
    found = read_codings(arguments, tmp_path / "text.csv")
    # ids in the order of their numbers, and s1, which nobody read, left out
    assert list(found.transcripts) == ["s2", "s10"]
    assert {id: {coder: dict(given.codes) for coder, given in by.items()} for id, by in found.coders.items()} == {
        "s2": {"anna": {}, "ben": {3: ("C2",)}},
        "s10": {"anna": {1: ("W5",)}, "ben": {2: ("R4",), 1: ("W5",)}},
    }
    assert [note.split(" ")[0] for note in found.notes] == ["ben.csv"]


def test_ratings_say_who_read_a_session_in_which_nothing_is_coded(files, tmp_path):
    arguments = files(
        turn_codes="split,transcript_id,utterance_id,rater,codes,confidence\ndev,s1,1,A,W5 C2,2\ntest,s2,1,A,W5,1\n",
        session_ratings="split,transcript_id,rater,withdrawal,confrontation,resolution,therapist_contribution\n"
        "dev,s1,A,2,3,,1\ndev,s1,B,1,1,,1\ntest,s2,A,1,1,,1\n",
    )[:1]
    found = read_codings(arguments, tmp_path / "text.csv", "dev")
    assert list(found.coders) == ["s1"]
    a, b = found.coders["s1"]["A"], found.coders["s1"]["B"]
    assert (a.codes, a.confidence, a.rating) == ({1: ("W5", "C2")}, {1: 2}, Rating(2, 3, None, 1))
    assert (b.codes, b.rating) == ({}, Rating(1, 1, None, 1))
    assert not found.notes
    # s2 was read by A alone
    with_s2 = read_codings(arguments, tmp_path / "text.csv")
    assert list(with_s2.coders) == ["s1"]
    assert with_s2.notes == ("Left out, since nobody else read them: 1 of 2 sessions.",)


def test_a_split_needs_its_column(files, tmp_path):
    with pytest.raises(CorpusError, match="no column split"):
        read_codings(files(anna=both("s1,1,W5\n")), tmp_path / "text.csv", "dev")


def test_sessions_without_a_name_are_known_by_their_words(tmp_path):
    anna = exported(tmp_path, "inception", analysis({1: ("W2",)}), "anna")
    ben = exported(tmp_path, "inception", analysis({2: ("W2",)}), "ben")
    found = read_codings([str(anna), str(ben)])
    assert {id: sorted(by) for id, by in found.coders.items()} == {"anna": ["anna", "ben"]}
    # with a file that names the session, theirs is the same
    cleo = exported(tmp_path, "elan", analysis({2: ("C2",)}), "cleo")
    found = read_codings([str(anna), str(ben), str(cleo)])
    assert {id: sorted(by) for id, by in found.coders.items()} == {"own-1": ["anna", "ben", "cleo"]}
    assert [turn.role for turn in found.transcripts["own-1"].turns][:2] == [Role.THERAPIST, Role.CLIENT]


def test_every_format_beside_every_other(tmp_path):
    given = analysis({1: ("W2",), 2: ("C2",), 3: ("R5",)})
    names = [name for name in DATA_FORMATS if name != "json"]
    found = read_codings([f"{name}={exported(tmp_path, name, given, f'a{i}')}" for i, name in enumerate(names)])
    (by,) = found.coders.values()
    assert sorted(by) == sorted(names)
    assert {tuple(sorted(given.codes.items())) for given in by.values()} == {((1, ("W2",)), (2, ("C2",)), (3, ("R5",)))}


def test_our_own_sessions_need_no_text(files):
    found = read_codings(files(anna=both("b1-05,1,W5\n"), ben=both("b1-05,1,\n")))
    assert len(found.transcripts["b1-05"].turns) > 10


def test_every_problem_of_every_file_is_named_with_its_place(files, tmp_path):
    arguments = files(
        anna="session,turn,codes,confidence\ns1,1,W8,\ns1,0,W5,\ns1,9,W5,\ns1,3,my mother left me,\ns1,x,W5,\ns1,1,W5,3\n",
        ben="session,withdrawal,confrontation,resolution,therapist_contribution\ns1,6,3,,1\ns2,1,1,,\n",
    )
    with pytest.raises(CorpusError) as error:
        read_codings(arguments, tmp_path / "text.csv")
    lines = str(error.value).splitlines()
    said = {line.partition(": ")[0].rpartition("/")[2]: line for line in reversed(lines)}
    assert set(said) == {f"anna.csv:{n}" for n in range(2, 8)} | {"ben.csv:2", "ben.csv:3"}
    assert "'W8'" in said["anna.csv:2"]
    assert "W5 cannot stand on turn 0, which is of role therapist" in said["anna.csv:3"]
    assert "session s1 has 4, counted from 0" in said["anna.csv:4"]
    assert "mother" not in str(error.value)
    assert "confidence" in said["anna.csv:7"]
    assert "withdrawal is no number from 1 to 5" in said["ben.csv:2"]
    assert "therapist_contribution" in said["ben.csv:3"]


def test_a_session_of_which_no_turns_are_known_is_a_problem(files):
    with pytest.raises(CorpusError, match="name its transcript with --text"):
        read_codings(files(anna=both("mine,1,W5\n"), ben=both("mine,1,\n")))


def test_one_coder_twice_and_ratings_that_differ_are_problems(files, tmp_path):
    first, second = files(a=both("s1,1,W5\n"), b=both("s1,1,W5\n"))
    with pytest.raises(CorpusError, match="both hold one coder's codes of session s1"):
        read_codings([f"x={first}", f"x={second}"], tmp_path / "text.csv")
    columns = "session,withdrawal,confrontation,resolution,therapist_contribution\n"
    ratings = files(r1=f"{columns}s1,1,1,,1\n", r2=f"{columns}s1,2,1,,1\n")
    with pytest.raises(CorpusError, match="session s1 was rated otherwise by the same coder"):
        read_codings([f"x={first}", *(f"x={path}" for path in ratings), second], tmp_path / "text.csv")


def test_files_that_differ_in_their_turns_are_not_compared(tmp_path):
    anna = exported(tmp_path, "elan", analysis({}), "anna")
    ben = exported(tmp_path, "elan", analysis({}, texts=("How was it?", "Fine.")), "ben")
    with pytest.raises(CorpusError, match=r"ben\.eaf: session own-1 has other turns or speakers"):
        read_codings([str(anna), str(ben)])


def test_nobody_to_compare_with(files, tmp_path):
    with pytest.raises(CorpusError, match=r"no session was read by two coders; found these coders .*anna \(1\), ben \(1\)"):
        read_codings(files(anna=both("s1,1,W5\n"), ben=both("s2,1,W5\n")), tmp_path / "text.csv")


def test_a_reference_is_a_coder_or_one_more_file(files, tmp_path):
    arguments = files(anna=both("s1,1,W5\n"), ben=both("s1,1,\ns2,1,\n"), gold=both("s1,3,C2\ns2,1,\n"))
    text = tmp_path / "text.csv"
    assert read_codings(arguments[:2], text, reference="ben").reference == "ben"
    found = read_codings(arguments[:2], text, reference=arguments[2])
    assert found.reference == "gold"
    assert {id: sorted(by) for id, by in found.coders.items()} == {"s1": ["anna", "ben", "gold"], "s2": ["ben", "gold"]}
    (far,) = files(far=both("s10,1,\n"))
    with pytest.raises(CorpusError, match="no session was read by the reference and another coder"):
        read_codings(arguments[:2], text, reference=far)
    with pytest.raises(CorpusError, match="named 'anna' like one of the coders"):
        read_codings(arguments[:2], text, reference=f"anna={arguments[2]}")
    with pytest.raises(CorpusError, match="cannot be read"):
        read_codings(arguments[:2], text, reference="nobody")


def test_transcripts_come_from_files_folders_and_coded_sessions(tmp_path, coded):
    coded("T: hello\nC: yes {W5}", id="c-1")
    assert [turn.text for turn in transcripts_at(tmp_path / "c-1.txt")["c-1"].turns] == ["hello", "yes"]
    assert list(transcripts_at(tmp_path)) == ["c-1"]
    (tmp_path / "t.csv").write_text(TEXT)
    assert sorted(transcripts_at(tmp_path / "t.csv")) == ["s1", "s10", "s2"]
    (tmp_path / "talk").mkdir()
    (tmp_path / "talk" / "one.txt").write_text("Therapist: hello\nClient: yes\n")
    assert {id: len(t.turns) for id, t in transcripts_at(tmp_path / "talk").items()} == {"one": 2}
    with pytest.raises(CorpusError, match="found nothing there"):
        transcripts_at(tmp_path / "none")


def test_a_coded_session_in_a_folder_keeps_no_other_from_being_read(tmp_path, coded):
    coded("T: hello\nC: yes {W5}", id="c-1")
    (tmp_path / "below").mkdir()
    for name in ("plain.txt", "below/c-1.md"):
        (tmp_path / name).write_text("Therapist: well\nClient: no\n")
    found = {id: [turn.text for turn in transcript.turns] for id, transcript in transcripts_at(tmp_path).items()}
    assert found == {"c-1": ["hello", "yes"], "plain": ["well", "no"], "below/c-1": ["well", "no"]}
    (tmp_path / "c-1.md").write_text("Therapist: well\nClient: no\n")
    assert set(transcripts_at(tmp_path)) == {"c-1", "plain", "below/c-1", "c-1.md"}
