"""What is written down of a kit: who speaks, a digest of the words, never the words; and what is no manifest."""

import json

import pytest

from rupture.errors import CorpusError
from rupture.kit.manifest import Form, digest_of, manifest_of, read_manifest, write_manifest
from rupture.transcript import Role, Transcript, Turn

TURNS = (
    Turn(0, "Dr. A", Role.THERAPIST, "How was it, Zoë?"),
    Turn(1, "Marigold", Role.CLIENT, "Fine."),
    Turn(2, "X", Role.OTHER, "…"),
)
# The first twelve hexadecimal digits of SHA-256 over `how was it zo`, `fine` and nothing.
DIGESTS = ("5c1650269f1a", "d14a58bae804", "e3b0c44298fc")


@pytest.fixture
def kit():
    return manifest_of({"é-1": Transcript("é-1", TURNS), "s2": Transcript("s2", TURNS[1:2])}, "Anna", Form.TXT, 7)


def test_a_manifest_holds_roles_and_digests_and_no_word_of_a_session(tmp_path, kit):
    write_manifest(tmp_path, kit)
    text = (tmp_path / "manifest.json").read_text(encoding="utf-8")
    roles = [f"{role} {digest}" for role, digest in zip(("therapist", "client", "other"), DIGESTS, strict=True)]
    told = {"schema": 1, "rater": "Anna", "form": "txt", "seed": 7, "sessions": {"é-1": roles, "s2": roles[1:2]}}
    assert text == json.dumps(told, ensure_ascii=False, indent=1) + "\n"
    assert read_manifest(tmp_path) == kit


def test_the_sessions_come_back_without_their_words(kit):
    assert kit.transcripts() == {
        "é-1": Transcript(
            "é-1", tuple(Turn(i, role.capitalize(), Role(role), "") for i, role in enumerate(("therapist", "client", "other")))
        ),
        "s2": Transcript("s2", (Turn(0, "Client", Role.CLIENT, ""),)),
    }


@pytest.mark.parametrize("same", ["  how WAS\nit, ‘Zo’?", "How—was—it: zo"])
def test_a_digest_is_of_letters_and_digits_alone(same):
    assert digest_of(same) == digest_of("How was it, Zoë?") == DIGESTS[0]


@pytest.mark.parametrize("other", ["How was it, Zoe?", "How was itzo", "How was it, Zo 1?", "was how it zo"])
def test_other_words_have_another_digest(other):
    assert digest_of(other) != DIGESTS[0]


@pytest.mark.parametrize(
    "change",
    [
        *({key: ...} for key in ("schema", "rater", "form", "seed", "sessions")),
        *({"schema": 2}, {"schema": "1"}, {"form": "pdf"}, {"seed": "x"}, {"seed": None}, {"sessions": []}),
        *(
            {"sessions": {"s": 3}},
            {"sessions": {"s": ["client"]}},
            {"sessions": {"s": ["client a b"]}},
            {"sessions": {"s": ["nobody a"]}},
        ),
    ],
)
def test_what_is_no_manifest_is_an_error_that_says_what_to_do(tmp_path, change, kit):
    write_manifest(tmp_path, kit)
    path = tmp_path / "manifest.json"
    told = {**json.loads(path.read_text(encoding="utf-8")), **change}
    path.write_text(json.dumps({key: value for key, value in told.items() if value is not ...}), encoding="utf-8")
    with pytest.raises(CorpusError) as error:
        read_manifest(tmp_path)
    assert str(error.value) == f"{path}: is not the manifest of a coding kit; copy it again from the kit that was sent out"


@pytest.mark.parametrize("data", [None, b"", b"[]", b"null", b"\xff"])
def test_a_manifest_that_is_missing_or_damaged_is_an_error(tmp_path, data):
    if data is not None:
        (tmp_path / "manifest.json").write_bytes(data)
    with pytest.raises(CorpusError, match="is not the manifest of a coding kit"):
        read_manifest(tmp_path)
