"""Tunes the reader of utterances (`rupture.utterances`): one encoder, three linear heads, on example questions by
intent, and on risk language and complaints of bias with their harmless twins. Needs the extra `models`.

Turns of our training sessions stand for ordinary talk, since risk language is rare in it and a notice that comes too often
is read no more. No turn of another part of the sessions is used.

It is done twice: the whole encoder learns from the labels; then every other layer of it is left out, and what is left learns
what the whole makes of the same texts and of all turns of the training sessions (knowledge distillation after Hinton, Vinyals
and Dean, 2015). That ships: half the work a turn.
"""

import copy
import csv
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch

from rupture.assistant.focus import without_place
from rupture.coding.values import CodedSession
from rupture.encoder_export import export_encoder
from rupture.learning import BATCH, batches, hidden_states, keep_layers, load, rise_and_fall, steps_of
from rupture.privacy.care import Care, by_patterns
from rupture.privacy.learned_care import LearnedCare, pieces_of
from rupture.prompts import table
from rupture.protocols import Progress
from rupture.utterances import BIAS, FILE, HEADS, INTENTS, NONE, RISKS, Utterances

EPOCHS = 3
RATE, SMALL_RATE, HEAD_RATE = 6e-5, 2e-4, 5e-3
_DROPOUT = 0.1
_SMOOTHING = 0.05
_SCALE = 12.0
"""What vectors of length 1 are multiplied by before a head reads them."""
_MOST_TOKENS = 96
ORDINARY = 6000
"""Turns of training sessions that stand for ordinary talk."""
_REPEAT_LABELLED = 3
"""How often the labelled turns of sessions are seen for each of the others: there are few, and they are the nearest to what
is read."""
SENSITIVITY = 0.93
"""Share of the development part's risk language that the threshold lets through to a notice, with the patterns' help."""
_SEED = 0
_DATA = ((RISKS, "risk.jsonl"), (BIAS, "bias.jsonl"))
_NOTHING = {RISKS: NONE, BIAS: NONE}

Told = Mapping[str, Mapping[str, torch.Tensor]]
"""For a text and a head, the probability of each label as a larger model sees it."""


@dataclass(frozen=True, slots=True)
class Example:
    """A text, and its label for each head that learns from it."""

    text: str
    labels: Mapping[str, str]


def tune_utterances(
    base: Path, corpus: Path, sessions: Sequence[CodedSession], out: Path, progress: Progress
) -> Mapping[str, Any]:
    """Writes encoder and heads to `out`, whose files are replaced only when all are finished, and returns what the heads
    hold. Reads `risk.jsonl`, `risk-turns.csv` and `bias.jsonl` of the corpus, and turns of `sessions`, those to train on."""
    rows = {head: [json.loads(line) for line in (corpus / name).read_text(encoding="utf-8").splitlines()] for head, name in _DATA}
    examples = [*_questions(), *_written(rows), *_turns(corpus / "risk-turns.csv", sessions)]
    out.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=out.parent, prefix=".model-") as name:
        tuned, made = Path(name) / "tuned", Path(name) / "made"
        learned = _learned(base, examples, (turn.text for s in sessions for turn in s.transcript.turns), progress)
        learned.save(tuned)
        heads = learned.linear()
        progress("write the model", 0, 1)
        export_encoder(tuned, made)
        (made / FILE).write_text(json.dumps({**heads, "threshold": 1.0}), encoding="utf-8")
        heads = {**heads, "threshold": _threshold(rows[RISKS], Utterances(made))}
        (made / FILE).write_text(json.dumps(heads) + "\n", encoding="utf-8")
        out.mkdir(exist_ok=True)
        for file in made.iterdir():
            os.replace(file, out / file.name)
    return heads


def _questions() -> Iterator[Example]:
    for intent, texts in table("intents").items():
        for text in texts:
            yield Example(without_place(text), {INTENTS: intent})


def _written(rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> Iterator[Example]:
    for head, listed in rows.items():
        for row in listed:
            if row["part"] == "train":
                yield Example(row["text"], {head: row["kind"] or NONE})
    # A question about a session is no risk language and no complaint either.
    for place, example in enumerate(_questions()):
        if place % 3 == 0 and by_patterns([example.text]) == [Care()]:
            yield Example(example.text, _NOTHING)


def _turns(labelled: Path, sessions: Sequence[CodedSession]) -> Iterator[Example]:
    """Labelled turns several times over, and others that the patterns do not notice as ordinary talk."""
    texts = {(s.transcript.id, turn.index): turn.text for s in sessions for turn in s.transcript.turns}
    with labelled.open(encoding="utf-8", newline="") as file:
        labels = {(row["session"], int(row["turn"])): row["kind"] for row in csv.DictReader(file)}
    for place, kind in labels.items():
        if place in texts:
            yield from [Example(texts[place], {RISKS: kind or NONE})] * _REPEAT_LABELLED
    others = [text for place, text in texts.items() if place not in labels and by_patterns([text]) == [Care()]]
    rng = np.random.default_rng(_SEED)
    for place in rng.permutation(len(others))[:ORDINARY].tolist():
        yield Example(others[place], _NOTHING)


class _Learner(torch.nn.Module):
    """The encoder and its heads while they learn."""

    def __init__(self, base: Path, names: Mapping[str, Sequence[str]]) -> None:
        super().__init__()
        self.tokenizer, self.body = load(base)
        self.names = names
        width = self.body.config.hidden_size
        self.heads = torch.nn.ModuleDict({head: torch.nn.Linear(width, len(labels)) for head, labels in names.items()})

    def forward(self, texts: Sequence[str]) -> torch.Tensor:
        """A vector of length 1 for each text."""
        states, attention_mask = hidden_states(self.tokenizer, self.body, texts, _MOST_TOKENS)
        mask = attention_mask.unsqueeze(-1)
        return torch.nn.functional.normalize((states[-1] * mask).sum(1) / mask.sum(1), dim=1)

    def told(self, texts: Sequence[str]) -> Told:
        """What it makes of each text."""
        found: dict[str, Mapping[str, torch.Tensor]] = {}
        by_length = sorted(set(texts), key=lambda text: (len(text), text))
        with torch.no_grad():
            for batch in (by_length[k : k + BATCH] for k in range(0, len(by_length), BATCH)):
                pooled = self(batch)
                shares = {head: (layer(pooled * _SCALE)).softmax(1) for head, layer in self.heads.items()}
                found |= {text: {head: rows[k] for head, rows in shares.items()} for k, text in enumerate(batch)}
        return found

    def smaller(self) -> "_Learner":
        """One that begins with every other layer, and the same heads."""
        small = copy.deepcopy(self)
        keep_layers(small.body, range(0, len(small.body.encoder.layer), 2))
        return small

    def save(self, folder: Path) -> None:
        """As transformers reads it."""
        self.body.save_pretrained(folder)
        self.tokenizer.save_pretrained(folder)

    def linear(self) -> dict[str, Any]:
        """The heads as `Utterances` reads them."""
        found: dict[str, Any] = {}
        for head, layer in self.heads.items():
            weights, bias = (layer.get_parameter(name).tolist() for name in ("weight", "bias"))
            rounded = [[round(value * _SCALE, 4) for value in row] for row in weights]
            found[head] = {"names": self.names[head], "weights": rounded, "bias": [round(value, 4) for value in bias]}
        return found


def _learned(base: Path, examples: Sequence[Example], unlabelled: Iterable[str], progress: Progress) -> _Learner:
    """The small one, after the whole one that tells it."""
    torch.manual_seed(_SEED)
    names = {head: sorted({e.labels[head] for e in examples if head in e.labels}) for head in HEADS}
    whole = _Learner(base, names)
    _tune(whole, examples, {}, RATE, partial(progress, "tune the reader of utterances"))
    seen = {example.text for example in examples}
    more = [Example(text, {}) for text in sorted({*unlabelled} - seen) if pieces_of(text)]
    told = whole.told([example.text for example in (*examples, *more)])
    small = whole.smaller()
    _tune(small, [*examples, *more], told, SMALL_RATE, partial(progress, "teach the small one"))
    return small


def _tune(learner: _Learner, examples: Sequence[Example], told: Told, rate: float, progress: Callable[[int, int], None]) -> None:
    """Changes `learner` by the labels of `examples` and, where there is something, by what it is `told`."""
    rng = np.random.default_rng(_SEED)
    optimiser = torch.optim.AdamW(
        [{"params": learner.body.parameters(), "lr": rate}, {"params": learner.heads.parameters(), "lr": HEAD_RATE}]
    )
    texts = [example.text for example in examples]
    steps = steps_of(texts, EPOCHS)
    schedule = rise_and_fall(optimiser, steps)
    for step, places in enumerate(batches(texts, EPOCHS, rng), start=1):
        batch = [examples[place] for place in places]
        optimiser.zero_grad()
        torch.autograd.backward(_loss(learner, batch, told) / len(batch))
        torch.nn.utils.clip_grad_norm_(learner.body.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        progress(step, steps)


def _loss(learner: _Learner, batch: Sequence[Example], told: Told) -> torch.Tensor:
    """The sum over `batch` of the cross-entropy to labels, and to what is told."""
    entropy = partial(torch.nn.functional.cross_entropy, reduction="sum")
    pooled = learner([example.text for example in batch])
    loss = torch.zeros(())
    for head, layer in learner.heads.items():
        places = [place for place, example in enumerate(batch) if head in example.labels]
        if places:
            wanted = torch.tensor([learner.names[head].index(batch[place].labels[head]) for place in places])
            loss = loss + entropy(layer(_dropped(pooled[places])), wanted, label_smoothing=_SMOOTHING)
        if told:
            loss = loss + entropy(layer(_dropped(pooled)), torch.stack([told[example.text][head] for example in batch]))
    return loss


def _dropped(pooled: torch.Tensor) -> torch.Tensor:
    return torch.nn.functional.dropout(pooled, _DROPOUT) * _SCALE


def _threshold(rows: Sequence[Mapping[str, Any]], utterances: Utterances) -> float:
    """The highest threshold at which SENSITIVITY of the development part's risk language is noticed."""
    wanted = [row["text"] for row in rows if row["part"] == "dev" and row["kind"]]
    near = sorted((risk for risk, _ in LearnedCare(utterances).nearness(wanted)), reverse=True)
    return round(near[int(np.ceil(SENSITIVITY * len(near))) - 1] - 5e-5, 4)
