"""The model's card, written by hand: what is read out of it, what is refused, and what its digest is over."""

import hashlib
import json
from dataclasses import asdict

import pytest

from rupture.analysis import ModelCard
from rupture.detection.card import FILES, digest_of, read_card, read_decisions
from rupture.errors import ModelError

CARD = {
    "id": "small-1",
    "digest": "abc",
    "heads": ["rupture", "W5"],
    "covers": ["W5"],
    "calibration": {"rupture": [1.5, -0.5], "W5": [2, 0]},
    "policy": {"codes": {"W5": 0.4}, "top": 0.8, "hint": 0.3, "default": 0.6},
    "session_weights": {"withdrawal": {"intercept": 1.0, "mean": 2}},
    "miss_rate": 0.25,
}


@pytest.fixture
def folder(tmp_path):
    def written(**changes):
        told = {key: value for key, value in {**CARD, **changes}.items() if value is not ...}
        (tmp_path / "card.json").write_text(json.dumps(told), encoding="utf-8")
        return tmp_path

    return written


def test_a_card_says_what_stands_in_it(folder):
    card = read_card(folder(what="é", measured={"W5": {"auroc": 0.8}}))
    assert (card.id, card.digest, card.heads) == ("small-1", "abc", ("rupture", "W5"))
    assert card.calibration == {"rupture": (1.5, -0.5), "W5": (2, 0)}
    assert card.measured == {"W5": {"auroc": 0.8}}
    decisions = card.decisions
    assert asdict(decisions.policy) == CARD["policy"]
    assert decisions.session_weights == CARD["session_weights"]
    assert decisions.model == ModelCard("small-1", "abc", ("W5",))
    assert decisions.miss_rate == 0.25
    assert read_decisions(folder()) == decisions


def test_a_card_need_not_say_how_good_the_model_is(folder):
    assert read_card(folder()).measured == {}


@pytest.mark.parametrize("name", CARD)
def test_what_a_card_lacks_is_named(folder, name):
    with pytest.raises(ModelError) as error:
        read_card(folder(**{name: ...}))
    assert str(error.value).endswith(f"card.json: the card lacks {name}. Train the model again.")


def test_everything_that_is_missing_is_named_at_once(folder):
    with pytest.raises(ModelError, match=r"lacks heads, policy\. Train"):
        read_card(folder(heads=..., policy=...))


@pytest.mark.parametrize(("rate", "sound"), [(0, True), (1, True), (-0.01, False), (1.01, False), ("0.5", False)])
def test_the_share_of_what_is_missed_is_a_share(folder, rate, sound):
    if sound:
        assert read_card(folder(miss_rate=rate)).decisions.miss_rate == rate
    else:
        with pytest.raises(ModelError) as error:
            read_card(folder(miss_rate=rate))
        assert str(error.value).endswith("card.json: the card holds values that cannot be. Reinstall rupture, or train it again.")


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize("where", [lambda n: {"calibration": {"a": [n, 0]}}, lambda n: {"calibration": {"a": [0, n]}}])
def test_numbers_are_finite(folder, number, where):
    with pytest.raises(ModelError, match="values that cannot be"):
        read_card(folder(**where(number)))


@pytest.mark.parametrize("data", [None, b"", b"[1]", b'"id"', b"\xff\xfe"])
def test_a_card_that_is_missing_or_damaged_is_said_to_be(tmp_path, data):
    if data is not None:
        (tmp_path / "card.json").write_bytes(data)
    with pytest.raises(ModelError) as error:
        read_card(tmp_path)
    assert str(error.value) == f"{tmp_path / 'card.json'}: the model's card cannot be read. Reinstall rupture, or train it again."


def test_the_digest_is_over_the_models_files_in_their_order_and_not_over_the_card(folder):
    home = folder()
    for name in FILES:
        (home / name).write_bytes(name.encode())
    assert digest_of(home) == hashlib.sha256(b"encoder.onnxtokenizer.jsonsession.onnx").hexdigest()
    before = digest_of(folder(id="another"))
    assert before == digest_of(home)
    for name in FILES:
        (home / name).write_bytes(b"changed")
        assert digest_of(home) != before
        before = digest_of(home)
