"""Teaches a text encoder of half the layers what the whole one makes of the turns of sessions: knowledge distillation of hidden
states (Romero et al. 2015, arXiv 1412.6550). Needs the extra `models`.

No codes are used, so what the detector learns from is not seen here. Beside each turn the student sees runs of turns
together, since people elsewhere speak longer, and some without capitals and punctuation, as speech recognition writes.
"""

import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch

from rupture.encoder_export import export_encoder
from rupture.learning import BATCH, batches, hidden_states, keep_layers, load, rise_and_fall, steps_of
from rupture.pooling import pooled
from rupture.protocols import Progress
from rupture.resources import TOKENIZER

EPOCHS = 8
RATE = 8e-4
KEPT = (0, 2, 5)
"""The layers that the student begins with: the last one writes on the scale of what is to be told, which the first steps would
else be spent on."""
_MOST_TOKENS = 160
"""Longer texts are cut while teaching; two in a thousand of those it is taught on are longer."""
_LONGEST_RUN = 6
_RUNS = 0.35
_UNPUNCTUATED = 1 / 7
"""Shares of the runs of turns, and of all texts, that the student sees too."""
_LEAST_SPREAD = 1e-3
_SEED = 0


def distil_encoder(source: Path, sessions: Sequence[Sequence[str]], out: Path, progress: Progress) -> None:
    """Writes `encoder.onnx` and `tokenizer.json` of a student of the encoder in `source` to the new folder `out`, all or
    nothing. `sessions` are the texts of their turns, in order; at least one text."""
    torch.manual_seed(_SEED)
    rng = np.random.default_rng(_SEED)
    texts = _texts(sessions, rng)
    tokenizer, body = load(source)

    def read(places: Sequence[int]) -> torch.Tensor:
        return pooled(*hidden_states(tokenizer, body, [texts[place] for place in places], _MOST_TOKENS))

    with torch.no_grad():
        told = torch.cat([read(range(k, min(k + BATCH, len(texts)))) for k in range(0, len(texts), BATCH)])
    keep_layers(body, KEPT)
    # To change the words' own vectors too would take a third of each step.
    body.embeddings.word_embeddings.requires_grad_(False)
    spread = told.std(0, correction=0) + _LEAST_SPREAD
    optimiser = torch.optim.AdamW([p for p in body.parameters() if p.requires_grad], lr=RATE)
    steps = steps_of(texts, EPOCHS)
    schedule = rise_and_fall(optimiser, steps)
    for step, places in enumerate(batches(texts, EPOCHS, rng), start=1):
        optimiser.zero_grad()
        torch.autograd.backward(((read(places) - told[places]) / spread).square().mean())
        torch.nn.utils.clip_grad_norm_(body.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        progress("teach the encoder", step, steps)
    with TemporaryDirectory(dir=out.parent, prefix=".model-") as name:
        student, made = Path(name) / "student", Path(name) / "made"
        body.save_pretrained(student)
        # As published: the one at work here would be saved with its padding and cuts.
        shutil.copyfile(source / TOKENIZER, student / TOKENIZER)
        export_encoder(student, made)
        made.rename(out)


def _texts(sessions: Sequence[Sequence[str]], rng: np.random.Generator) -> list[str]:
    """Distinct texts, shortest first."""
    texts = {text for session in sessions for text in (*session, *_runs(session, rng))}
    ordered = sorted(texts)
    texts |= {re.sub(r"[^\w\s']", " ", text).lower() for text in ordered if rng.random() < _UNPUNCTUATED}
    return sorted((text for text in texts if text.strip()), key=lambda text: (len(text), text))


def _runs(session: Sequence[str], rng: np.random.Generator) -> Iterator[str]:
    """Some of the runs of two to _LONGEST_RUN turns, as one text each."""
    start = 0
    while start < len(session):
        end = start + int(rng.integers(2, _LONGEST_RUN + 1))
        if rng.random() < _RUNS:
            yield " ".join(session[start:end])
        start = end
