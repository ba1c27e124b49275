"""Roles: labels that say them, and guesses whose reason says that they are guesses."""

import pytest

from rupture.formats import read
from rupture.formats.roles import known_role
from rupture.transcript import Role


@pytest.mark.parametrize(
    ("role", "labels"),
    [
        (
            Role.THERAPIST,
            "T|T1|Th|THERAPIST|Therapist 2|Co-therapist|Counsellor|Dr. Smith|Anna (therapist)|Social worker|Ｔ|Interviewer",
        ),
        (Role.CLIENT, "C|C2|Cl|P|Pt|patient|Client A|Client (C1)|Wife|Mum|Partner 2|Interviewee"),
        (Role.OTHER, "Interpreter|Patient's interpreter|Observer|Supervisor|Receptionist"),
        (None, "Anna|Tom|Ann-Marie|Speaker 1|A|Mr Holt"),
    ],
)
def test_labels(role: Role | None, labels: str) -> None:
    assert {label: known_role(label) for label in labels.split("|")} == dict.fromkeys(labels.split("|"), role)


ASKER = "How did that go? What was it like?"
TELLER = "It went on and on, and in the end I walked all the way home in the rain."


@pytest.mark.parametrize(
    ("text", "roles", "reason_of", "reason"),
    [
        ("T: a\nC: b", "tc", "T", "label says therapist"),
        (f"Ann: {TELLER}\nBo: {ASKER}\n" * 2, "ct", "Bo", "asks most questions for the words spoken"),
        (f"Ann: {TELLER}\nBo: {ASKER}\n" * 2, "ct", "Ann", "taken as client because somebody else asks more"),
        (f"Ann: {TELLER}\nBo: Mm-hm.\n" * 2, "ct", "Bo", "asks most questions for the words spoken"),
        ("Ann: no\nBo: no\n" * 2, "tc", "Ann", "the two are close, so check it"),
        ("Dr. Ray: a\nBo: b\nBo: c", "tc", "Bo", "taken as client because the therapist is already named"),
        ("Client: a\nBo: b\nBo: c", "ct", "Bo", "taken as therapist because the client is already named"),
        ("T: a\nC: b\nBo: c\nBo: d", "tco", "Bo", "a therapist and a client are already named: left out"),
        ("T: a\nC: b\n???: c", "tco", "???", "does not say who spoke"),
        ("T: a\nC: b\nInterpreter: c", "tco", "Interpreter", "label says other"),
        ("Bo: a\nBo: b", "c", "Bo", "nobody else speaks"),
        (f"Ann: {TELLER}\nBo: {ASKER}\nCy: {TELLER}\n" * 2, "ctc", "Cy", "somebody else asks more"),
    ],
)
def test_guesses(text: str, roles: str, reason_of: str, reason: str) -> None:
    found = read(text)
    assert "".join(found.transcript.role_of(speaker)[0] for speaker in found.transcript.speakers) == roles
    assert reason in found.reasons[reason_of]


def test_lower_case_without_question_marks_still_shows_who_asks() -> None:
    found = read("ann: i walked home and then it rained all night\nbo: what was that like\n" * 3)
    assert found.transcript.role_of("bo") is Role.THERAPIST
