"""The reader of utterances: a small one is tuned, written and read again; damage is named."""

import json
import shutil

import pytest

from rupture.errors import ModelError
from rupture.resources import CORPUS
from rupture.utterances import BIAS, FILE, FOLDER, HEADS, INTENTS, NONE, RISKS, Utterances


def test_the_shipped_one_gives_probabilities_for_every_head():
    read = Utterances().read(
        ["what could I have said at that turn?", "I took all my pills last night, I wanted it to be over."], HEADS
    )
    for found in read:
        assert set(found) == set(HEADS)
        for shares in found.values():
            assert sum(shares.values()) == pytest.approx(1, abs=1e-5)
    assert max(read[0][INTENTS], key=lambda name: read[0][INTENTS][name]) == "respond"
    assert read[1][RISKS][NONE] < 0.2
    assert 0 < Utterances().threshold < 1


def test_no_text_needs_no_model(tmp_path):
    assert Utterances(tmp_path).read([], HEADS) == []


@pytest.mark.parametrize("damage", ["gone", "no json", "another shape"])
def test_damaged_heads_say_what_to_do(tmp_path, damage):
    shutil.copytree(FOLDER, tmp_path / "m")
    file = tmp_path / "m" / FILE
    file.unlink() if damage == "gone" else file.write_text("{" if damage == "no json" else "{}")
    with pytest.raises(ModelError, match="rupture tune"):
        Utterances(tmp_path / "m").read(["hello there"], HEADS)


@pytest.mark.filterwarnings("ignore")  # torch warns of its own exporter
def test_a_small_one_is_tuned_and_replaces_the_old_files_whole(tmp_path, monkeypatch):
    pytest.importorskip("torch", reason="tuning needs the extra `models`")
    from rupture import utterance_training as training
    from rupture.encoder_export import base_encoder

    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for name, kinds in (("risk", ("abuse", "")), ("bias", ("bias", ""))):
        rows = [json.loads(line) for line in (CORPUS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]
        few = [
            r
            for part in ("train", "dev")
            for kind in kinds
            for r in [r for r in rows if (r["part"], r["kind"]) == (part, kind)][:12]
        ]
        (corpus / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in few), encoding="utf-8")
    (corpus / "risk-turns.csv").write_text("session,turn,kind\n", encoding="utf-8")
    monkeypatch.setattr(training, "EPOCHS", 1)
    monkeypatch.setattr(
        training,
        "table",
        lambda name: {"respond": ["what could I say", "how do I answer"], "about": ["what is this", "who made it"]},
    )
    steps = []
    heads = training.tune_utterances(base_encoder(), corpus, [], tmp_path / "out", lambda *step: steps.append(step))
    assert {file.name for file in (tmp_path / "out").iterdir()} == {"encoder.onnx", "tokenizer.json", FILE}
    assert heads[INTENTS]["names"] == ["about", "respond"]
    assert heads[BIAS]["names"] == ["bias", NONE]
    assert steps[-1][0] == "write the model"
    read = Utterances(tmp_path / "out")
    assert 0 <= read.threshold <= 1
    assert set(read.read(["what could I say"], (RISKS,))[0][RISKS]) == {"abuse", NONE}
