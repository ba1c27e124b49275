"""Codes kept beside their text: who rated what, and files that are broken."""

import pytest

from rupture.coding.standoff import Coding, coded_by, mean_rating, read_raters
from rupture.coding.values import CodedSession, Rating
from rupture.errors import CorpusError
from rupture.transcript import Role, Transcript, Turn

CODES = """transcript_id,utterance_id,rater,codes,confidence
s1,1,ann,W2 C6,2
s1,1,bo,"W2, W5",1
s1,2,bo,R9,1
"""
RATINGS = """transcript_id,rater,withdrawal,confrontation,resolution,therapist_contribution
s1,ann,3,1,4,2
s1,bo,1,2,-,2
s2,ann,1,1,,1
"""

ROLES = (Role.THERAPIST, Role.CLIENT, Role.THERAPIST, Role.OTHER)
TURNS = tuple(Turn(i, role.value, role, "words") for i, role in enumerate(ROLES))
SESSION = CodedSession(Transcript("s1", TURNS), votes=(), rating=None, source="own")


@pytest.fixture
def folder(tmp_path):
    def write(codes=CODES, ratings=RATINGS):
        (tmp_path / "turn_codes.csv").write_text(codes, encoding="utf-8")
        (tmp_path / "session_ratings.csv").write_text(ratings, encoding="utf-8")
        return tmp_path

    return write


def test_codes_and_ratings_by_session_and_rater(folder):
    raters = read_raters(folder(), lambda key: f"own-{key}")
    assert raters["own-s1"] == {
        "ann": Coding({1: ["W2", "C6"]}, Rating(3, 1, 4, 2)),
        "bo": Coding({1: ["W2", "W5"], 2: ["R9"]}, Rating(1, 2, None, 2)),
    }
    assert raters["own-s2"] == {"ann": Coding({}, Rating(1, 1, None, 1))}


def test_votes_and_ratings_become_those_of_the_raters(folder):
    both = coded_by(SESSION, read_raters(folder())["s1"].values())
    assert both.votes[1] == {"C6": 0.5, "W2": 1.0, "W5": 0.5, "confrontation": 0.5, "rupture": 1.0, "withdrawal": 1.0}
    assert both.votes[2] == {"R9": 0.5, "strategy": 0.5}
    assert both.rating == Rating(2, 1.5, 4, 2)


@pytest.mark.parametrize(
    ("turn", "code", "problem"),
    [
        (4, "W2", "session s1: turn 4 is coded, but the session has 4, from 0"),
        (-1, "W2", "session s1: turn -1 is coded"),
        (0, "W2", "session s1, turn 0: W2 cannot stand on a turn of role therapist"),
        (1, "R9", "session s1, turn 1: R9 cannot stand on a turn of role client"),
        (3, "W2", "session s1, turn 3: W2 cannot stand on a turn of role other"),
        (3, "R9", "session s1, turn 3: R9 cannot stand on a turn of role other"),
    ],
)
def test_a_code_where_none_of_its_kind_can_stand_is_an_error_and_not_left_out(turn, code, problem):
    fine = Coding({1: ["C6"]}, Rating(1, 1, None, 1))
    with pytest.raises(CorpusError, match=problem):
        coded_by(SESSION, [fine, Coding({turn: [code]}, Rating(1, 1, None, 1))])


def test_a_mean_resolution_leaves_out_who_saw_no_rupture():
    assert mean_rating([Rating(1, 1, None, 1), Rating(1, 1, None, 1)]).resolution is None


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (
            {"codes": CODES.replace("rater", "coder")},
            r"turn_codes\.csv: missing column rater; expected the columns transcript_id, utterance_id, rater, codes$",
        ),
        (
            {"codes": CODES.replace("s1,2,bo", "s1,two,bo")},
            r"turn_codes\.csv: transcript s1 has the utterance id 'two'; expected a whole number",
        ),
        (
            {"codes": CODES.replace("R9", "R11")},
            r"turn_codes\.csv: transcript s1, utterance 2: unknown code 'R11'; known are W1, ",
        ),
        (
            {"ratings": RATINGS.replace("ann,3,", "ann,high,")},
            r"session_ratings\.csv: transcript s1, rater ann: withdrawal is 'high'",
        ),
        ({"ratings": RATINGS.replace("3,1,4,2", "3,1,?,2")}, "transcript s1, rater ann: resolution is '[?]'; expected a number"),
        ({"ratings": RATINGS.replace("1,2,-,2", "1,nan,-,2")}, "transcript s1, rater bo: confrontation is 'nan'"),
        ({"ratings": RATINGS.replace("1,2,-,2", "1,6,-,2")}, "transcript s1, rater bo: confrontation is '6'; expected .* 1 to 5"),
        ({"ratings": RATINGS.replace("1,1,,1", "1,1")}, "transcript s2, rater ann: therapist_contribution is ''"),
        ({"ratings": RATINGS.replace("s1,bo,1,2,-,2\n", "")}, "rater bo coded transcript s1 but did not rate it"),
    ],
)
def test_a_broken_file_is_named_with_its_problem(folder, change, problem):
    with pytest.raises(CorpusError, match=problem):
        read_raters(folder(**change))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(CorpusError, match=r"turn_codes\.csv: no such file"):
        read_raters(tmp_path)
