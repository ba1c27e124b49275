"""The model that ships: whole, repeatable, and refused when it is not what its card says. How good it is, evals measure."""

import json
import shutil
import threading
from dataclasses import replace

import pytest

from rupture.detection.card import FILES, read_card
from rupture.detection.detector import OnnxDetector
from rupture.detection.heads import CLIENT_HEADS, THERAPIST_HEADS
from rupture.encoder import THREADS, Encoder
from rupture.errors import ModelError
from rupture.resources import MODEL
from rupture.transcript import Role, Transcript, Turn

LINES = ["How was it?", "Fine.", "What made it fine?", "I don't know. Whatever you think is best, you're the expert.", "Hm."]
ROLES = [Role.THERAPIST, Role.CLIENT, Role.THERAPIST, Role.CLIENT, Role.OTHER]
SESSION = Transcript("s", tuple(Turn(i, r.value, r, line) for i, (r, line) in enumerate(zip(ROLES, LINES, strict=True))))


@pytest.fixture(scope="module")
def encoder():
    return Encoder()


@pytest.fixture
def folder(tmp_path):
    for name in (*FILES, "card.json"):
        shutil.copyfile(MODEL / name, tmp_path / name)
    return tmp_path


def test_the_same_session_gives_the_same_scores_from_a_fresh_start(encoder):
    first = OnnxDetector(encoder, MODEL).score([SESSION])
    assert OnnxDetector(Encoder(), MODEL).score([SESSION]) == first


def test_each_turn_has_the_names_of_its_role_and_a_probability_for_each(encoder):
    ((therapist, client, *_, other),) = OnnxDetector(encoder, MODEL).score([SESSION])
    assert tuple(therapist) == THERAPIST_HEADS
    assert tuple(client) == CLIENT_HEADS
    assert other == {}
    assert all(0 <= value <= 1 for value in client.values())


def test_no_session_and_an_empty_one_are_no_trouble(encoder):
    detector = OnnxDetector(encoder, MODEL)
    assert detector.score([]) == []
    assert detector.score([Transcript("empty", ())]) == [[]]


def test_sessions_scored_together_keep_their_places(encoder):
    detector = OnnxDetector(encoder, MODEL)
    other = Transcript("o", tuple(reversed([replace(turn, index=4 - turn.index) for turn in SESSION.turns])))
    scored = detector.score([SESSION, Transcript("empty", ()), other])
    assert [len(turns) for turns in scored] == [5, 0, 5]
    for session, turns in ((SESSION, scored[0]), (other, scored[2])):
        (alone,) = detector.score([session])
        # Quantised together, they move a little.
        assert all(
            turn[name] == pytest.approx(value, abs=0.1)
            for turn, one in zip(turns, alone, strict=True)
            for name, value in one.items()
        )
        assert [tuple(turn) for turn in turns] == [tuple(turn) for turn in alone]


@pytest.mark.parametrize("threads", ["1", "3"])
def test_work_in_the_encoders_threads_keeps_its_order_and_its_errors(monkeypatch, threads):
    monkeypatch.setenv(THREADS, threads)
    encoder = Encoder()
    assert encoder.side_by_side(pow, [2, 3, 4, 5], [1, 2, 3, 4]) == [2, 9, 64, 625]
    assert encoder.side_by_side(pow, [], []) == []
    with pytest.raises(ZeroDivisionError):
        encoder.side_by_side(divmod, [1, 1, 1], [1, 0, 1])
    assert encoder.side_by_side(lambda _: threading.current_thread() is threading.main_thread(), ["alone"]) == [True]
    texts = [f"turn {number} of many" for number in range(200)]
    monkeypatch.setenv(THREADS, "2")
    assert (encoder.layers(texts) == Encoder().layers(texts)).all()


def test_the_card_covers_only_codes_it_has_heads_for_and_names_its_training_data():
    card = read_card(MODEL)
    assert card.decisions.model is not None
    assert set(card.decisions.model.covers) <= set(card.heads)
    data = json.loads((MODEL / "card.json").read_text(encoding="utf-8"))
    assert data["training"]["sessions"]["own"] >= 100
    assert "not by clinicians" in data["training"]["codes"]


def test_files_that_are_not_the_cards_are_refused(folder, encoder):
    with (folder / "session.onnx").open("ab") as file:
        file.write(b"x")
    with pytest.raises(ModelError, match="not those its card describes"):
        OnnxDetector(encoder, folder)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"id": "x"}'])
def test_a_damaged_card_is_refused_with_what_to_do(folder, encoder, text):
    (folder / "card.json").write_text(text, encoding="utf-8")
    with pytest.raises(ModelError, match=r"Reinstall rupture|Train the model again"):
        OnnxDetector(encoder, folder)


@pytest.mark.parametrize("text", ["[" * 100_000, '{"id": ' * 5_000, "NaN", "0"])
def test_a_card_that_is_no_card_is_refused(folder, text):
    (folder / "card.json").write_text(text, encoding="utf-8")
    with pytest.raises(ModelError, match="cannot be read"):
        read_card(folder)


@pytest.mark.parametrize(
    "change",
    [
        *({"policy": {"x": 1}}, {"policy": []}, {"calibration": []}),
        *({"calibration": {"rupture": [1]}}, {"heads": 5}, {"covers": 7}),
        *({"calibration": {"rupture": [float("inf"), 0]}}, {"calibration": {"rupture": ["x", 0]}}, {"session_weights": [1]}),
        *({"session_weights": {"withdrawal": {"intercept": float("nan")}}}, {"session_weights": {"withdrawal": 1}}),
        *({"miss_rate": value} for value in (float("nan"), 1e308, -5, "x", None)),
    ],
)
def test_a_card_with_values_that_cannot_be_is_refused(folder, change):
    card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    (folder / "card.json").write_text(json.dumps({**card, **change}), encoding="utf-8")
    with pytest.raises(ModelError, match="cannot be"):
        read_card(folder)


def test_a_model_for_other_codes_is_refused(folder, encoder):
    data = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    (folder / "card.json").write_text(json.dumps(data | {"heads": data["heads"][::-1]}), encoding="utf-8")
    with pytest.raises(ModelError, match="other codes"):
        OnnxDetector(encoder, folder)


def test_a_missing_encoder_is_named(tmp_path):
    with pytest.raises(ModelError, match=r"encoder\.onnx or tokenizer\.json is missing"):
        Encoder(tmp_path)
