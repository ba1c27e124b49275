"""Teaching: what is pooled, what the student sees, and that it comes nearer to what it is told."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="teaching needs the extra `models`")

from rupture import distilling  # noqa: E402
from rupture.encoder import Encoder  # noqa: E402
from rupture.encoder_export import base_encoder, export_encoder  # noqa: E402
from rupture.learning import BATCH, WARM_UP, batches, rise_and_fall, steps_of  # noqa: E402
from rupture.pooling import pooled  # noqa: E402

SESSION = [
    "How was the week?",
    "Fine, I suppose. Whatever you think is best.",
    "You say it is fine, and you look away.",
    "You never listen to me, do you?",
    "I did miss something there, and I am sorry.",
    "It's okay, really. Can we talk about the homework?",
]


def test_padding_counts_in_no_mean_and_no_maximum():
    first, middle, last = (torch.tensor([[[float(k)], [k + 2.0], [99.0]]]) for k in (50, 0, -8))
    (found,) = pooled([first, middle, last], torch.tensor([[1, 1, 0]])).tolist()
    assert found == [[1.0], [-6.0], [-7.0]]


def test_every_text_is_seen_once_an_epoch_beside_others_of_its_length():
    texts = ["word " * (1 + place % 90) for place in range(1000)]
    found = list(batches(texts, 2, np.random.default_rng(1)))
    assert len(found) == steps_of(texts, 2)
    for epoch in (found[: len(found) // 2], found[len(found) // 2 :]):
        assert sorted(place for batch in epoch for place in batch) == list(range(1000))
    spread = [max(len(texts[p]) for p in batch) - min(len(texts[p]) for p in batch) for batch in found if len(batch) == BATCH]
    assert np.median(spread) < 90 * 5 / 4


def test_the_rate_rises_then_falls_to_nothing():
    optimiser = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    schedule = rise_and_fall(optimiser, 100)
    rates = []
    for _ in range(100):
        rates.append(schedule.get_last_lr()[0])
        optimiser.step()
        schedule.step()
    assert rates[0] == pytest.approx(1 / (100 * WARM_UP))
    assert np.argmax(rates) == 5
    assert rates[5:] == sorted(rates[5:], reverse=True)
    assert schedule.get_last_lr() == [0.0]


def test_the_student_sees_turns_runs_of_them_and_some_without_punctuation():
    texts = distilling._texts([SESSION] * 40, np.random.default_rng(0))
    assert set(SESSION) <= set(texts)
    runs = {" ".join(SESSION[start:end]) for start in range(6) for end in range(start + 2, 7)}
    assert set(texts) & runs
    spoken = {"".join(c if c.isalnum() or c == "'" else " " for c in text).lower() for text in {*SESSION, *runs}}
    assert set(texts) & spoken, "as recognised speech is written"
    assert [len(text) for text in texts] == sorted(len(text) for text in texts)


@pytest.mark.filterwarnings("ignore")  # torch warns of its own exporter
def test_a_student_of_three_layers_comes_nearer_to_its_teacher(tmp_path, monkeypatch):
    monkeypatch.setattr(distilling, "EPOCHS", 1)
    distilling.distil_encoder(base_encoder(), [SESSION] * 2, tmp_path / "untaught", lambda *step: None)
    monkeypatch.setattr(distilling, "EPOCHS", 30)
    steps = []
    distilling.distil_encoder(base_encoder(), [SESSION] * 2, tmp_path / "taught", lambda *step: steps.append(step))
    export_encoder(base_encoder(), tmp_path / "teacher")
    assert {file.name for file in (tmp_path / "taught").iterdir()} == {"encoder.onnx", "tokenizer.json"}
    assert steps[-1] == ("teach the encoder", 30, 30)
    told, *students = (Encoder(tmp_path / name).layers(SESSION) for name in ("teacher", "untaught", "taught"))
    before, after = (float(np.square(student - told).mean()) for student in students)
    assert after < before / 2
    sizes = [(tmp_path / name / "encoder.onnx").stat().st_size for name in ("taught", "teacher")]
    assert sizes[0] < 0.8 * sizes[1], "half the layers are gone"
