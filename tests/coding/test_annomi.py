"""AnnoMI with our codes: a made-up file in its columns, and the counts of the real one where it is at hand."""

import os
from pathlib import Path

import pytest

from rupture.coding.annomi import read_annomi
from rupture.coding.values import Rating
from rupture.errors import CorpusError
from rupture.resources import ANNOTATIONS
from rupture.transcript import Role

ROOT = Path(__file__).resolve().parents[2]
REAL = Path(os.environ.get("RUPTURE_ANNOMI") or ROOT.parent / "shared" / "annomi" / "annomi.csv")

# Invented talk in the columns of the published file.
TEXT = """\
transcript_id,mi_quality,video_title,video_url,topic,utterance_id,interlocutor,timestamp,utterance_text,\
main_therapist_behaviour,client_talk_type
3,low,A title,https://example.org,reducing alcohol,0,therapist,00:01:05,"You drink, then?",question,
3,low,A title,https://example.org,reducing alcohol,1,client,00:01:09,Not more than anyone.,,sustain
3,low,A title,https://example.org,reducing alcohol,2,therapist,not known,So it is no problem.,other,
12,high,B title,https://example.org,smoking,0,client,01:00:00,I came about the smoking.,,neutral
12,high,B title,https://example.org,smoking,1,therapist,01:00:04,Go on.,other,
99,high,Not coded,https://example.org,smoking,0,client,00:00:01,Nobody coded this.,,neutral
"""
CODES = """split,transcript_id,utterance_id,rater,codes,confidence
dev,3,1,A,C6,2
dev,3,1,B,"W1, C6",1
dev,3,2,B,R9,1
"""
SESSION_RATINGS = """split,transcript_id,rater,withdrawal,confrontation,resolution,therapist_contribution
dev,3,A,1,3,2,4
dev,3,B,2,2,,3
dev,3,C,3,1,3,2
train,12,D,1,1,,1
"""
FOLDS = "transcript_id,fold,mi_quality\n12,2,high\n3,1,low\n"


@pytest.fixture
def files(tmp_path):
    """The four files, each as given or replaced; returns the text's path and the folder of codes."""

    def write(text=TEXT, codes=CODES, ratings=SESSION_RATINGS, folds=FOLDS):
        names = ("annomi.csv", "turn_codes.csv", "session_ratings.csv", "folds.csv")
        for name, content in zip(names, (text, codes, ratings, folds), strict=True):
            (tmp_path / name).write_text(content, encoding="utf-8")
        return tmp_path / "annomi.csv", tmp_path

    return write


def test_the_coded_transcripts_come_by_number(files):
    sessions = read_annomi(*files())
    assert [s.transcript.id for s in sessions] == ["annomi-3", "annomi-12"]
    assert [s.setting for s in sessions] == ["reducing alcohol", "smoking"]
    assert {s.source for s in sessions} == {"annomi"}


def test_turns_carry_roles_words_and_seconds(files):
    session, _ = read_annomi(*files())
    assert [(t.index, t.role, t.text, t.start) for t in session.transcript.turns] == [
        (0, Role.THERAPIST, "You drink, then?", 65.0),
        (1, Role.CLIENT, "Not more than anyone.", 69.0),
        (2, Role.THERAPIST, "So it is no problem.", None),
    ]


def test_votes_are_shares_of_all_raters_of_the_session(files):
    session, quiet = read_annomi(*files())
    # C coded nothing but rated the session, so each share is of three: C6 by A and B, W1 by B alone.
    assert session.votes[1] == pytest.approx(
        {"C6": 2 / 3, "W1": 1 / 3, "confrontation": 2 / 3, "rupture": 2 / 3, "withdrawal": 1 / 3}
    )
    assert session.codes(1) == ("C6",)
    assert session.codes(2) == ()
    assert quiet.votes == ({}, {})


def test_ratings_are_means_and_resolution_leaves_out_who_saw_no_rupture(files):
    session, quiet = read_annomi(*files())
    # Resolution: A 2, C 3, B none.
    assert session.rating == Rating(2, 2, 2.5, 3)
    assert quiet.rating == Rating(1, 1, None, 1)


BROKEN = {
    "a column is missing": ({"text": TEXT.replace("interlocutor", "who")}, "annomi.csv: missing column interlocutor"),
    "utterances are out of order": (
        {"text": TEXT.replace("alcohol,1,client", "alcohol,5,client")},
        "of transcript 3 are not 0, 1, 2",
    ),
    "a coded transcript is not there": ({"folds": FOLDS + "7,1,low\n"}, "transcript 7 is coded but not in this file"),
    "codes lack a column": ({"codes": CODES.replace("rater", "coder")}, "turn_codes.csv: missing column rater"),
}


@pytest.mark.parametrize(("change", "problem"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_named_with_its_problem(files, change, problem):
    with pytest.raises(CorpusError) as error:
        read_annomi(*files(**change))
    assert problem in str(error.value)


@pytest.mark.parametrize("name", ["annomi.csv", "turn_codes.csv", "session_ratings.csv", "folds.csv"])
def test_a_missing_file_is_named(files, name):
    text, folder = files()
    (folder / name).unlink()
    with pytest.raises(CorpusError, match=rf"{name}: no such file"):
        read_annomi(text, folder)


@pytest.mark.skipif(not REAL.is_file(), reason=f"AnnoMI's text is not in this repository; not found at {REAL}")
def test_the_real_file_gives_the_published_counts():
    sessions = read_annomi(REAL, ANNOTATIONS)
    assert len(sessions) == 108
    clients = [(s, t.index) for s in sessions for t in s.transcript.turns if t.role is Role.CLIENT]
    for name, scored, positive in (("rupture", 4_087, 523), ("withdrawal", 4_122, 257), ("confrontation", 4_200, 292)):
        answers = [answer for s, turn in clients if (answer := s.reference(turn, name)) is not None]
        assert (name, len(answers), sum(answers)) == (name, scored, positive)
