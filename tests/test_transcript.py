"""Transcripts: speakers, roles, and the names they get on screen."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rupture.codebook import BY_CODE
from rupture.transcript import Role, Transcript, Turn, clean_speaker_names, word_count

THERAPIST, CLIENT, OTHER = Role.THERAPIST, Role.CLIENT, Role.OTHER


def session(*speakers):
    """One short turn for each (label, role)."""
    return Transcript("t", tuple(Turn(i, label, role, "Okay then.") for i, (label, role) in enumerate(speakers)))


def test_speakers_come_in_order_of_first_appearance():
    couple = session(("C2", CLIENT), ("T", THERAPIST), ("C1", CLIENT), ("C2", CLIENT))
    assert couple.speakers == ("C2", "T", "C1")
    assert couple.speakers_in(CLIENT) == ("C2", "C1")
    assert couple.speakers_in(OTHER) == ()


def test_a_role_is_looked_up_by_label():
    pair = session(("Ms B", THERAPIST), ("Sam", CLIENT))
    assert pair.role_of("Sam") is CLIENT
    with pytest.raises(KeyError):
        pair.role_of("Alex")


def test_with_roles_changes_the_named_speakers_only():
    pair = session(("Ms B", CLIENT), ("Sam", CLIENT))
    assert [t.role for t in pair.with_roles({"Ms B": THERAPIST}).turns] == [THERAPIST, CLIENT]
    assert [t.role for t in pair.turns] == [CLIENT, CLIENT]


def test_two_people_need_no_letters():
    assert clean_speaker_names(session(("Dr. A", THERAPIST), ("Jo", CLIENT))) == {"Dr. A": "Therapist", "Jo": "Client"}


def test_clients_who_have_letters_keep_them_whoever_speaks_first():
    names = clean_speaker_names(session(("Client B", CLIENT), ("Therapist", THERAPIST), ("Client A", CLIENT)))
    assert names == {"Therapist": "Therapist", "Client A": "Client A", "Client B": "Client B"}


def test_partners_are_told_apart_by_letters_not_by_numbers():
    names = clean_speaker_names(session(("T", THERAPIST), ("C1", CLIENT), ("C2", CLIENT)))
    assert names == {"T": "Therapist", "C1": "Client A", "C2": "Client B"}


def test_letters_go_on_past_z():
    names = list(clean_speaker_names(session(*((f"member {n}", CLIENT) for n in range(54)))).values())
    # A is the 1st, Z the 26th, AA the 27th, AZ the 52nd, BA the 53rd.
    assert [names[n][7:] for n in (0, 25, 26, 51, 52, 53)] == ["A", "Z", "AA", "AZ", "BA", "BB"]


labels = st.sampled_from(["C1", "C7", "W5", "R10", "Sam", "T"]) | st.text(min_size=1)


@given(st.dictionaries(labels, st.sampled_from(Role), max_size=40))
def test_no_name_on_screen_looks_like_a_code_and_no_two_are_the_same(roles):
    transcript = session(*roles.items())
    names = clean_speaker_names(transcript)
    assert set(names) == set(transcript.speakers)
    assert len(set(names.values())) == len(names)
    for name in names.values():
        assert not set(re.split(r"\W+", name)) & set(BY_CODE)


def test_words_are_counted_between_white_space():
    # "well," + "—" + "I don't know" is 1 + 1 + 3; the blank turn has none.
    turns = [Turn(0, "C", CLIENT, "well,  —\nI don't know"), Turn(1, "C", CLIENT, "  ")]
    assert word_count(turns) == 5
    assert word_count([]) == 0
