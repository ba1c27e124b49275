"""Tunes the encoder of the guidance on (query, passage) pairs written for it, with sentence-transformers (extra `models`).

Contrastive: each query against its passage, against a passage that the untuned encoder takes for it, and against the other
passages of the batch (multiple negatives ranking; Henderson et al. 2017, arXiv 1705.00652).
"""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss
from sklearn.linear_model import LogisticRegression

from rupture.encoder import Encoder as OnnxEncoder
from rupture.encoder_export import export_encoder
from rupture.guidance.scope import FILE as SCOPE
from rupture.guidance.values import Guidance
from rupture.guidance.vectors import Encoder, Vectors
from rupture.guidance.wording import indexed_text
from rupture.learning import rise_and_fall
from rupture.protocols import Progress

EPOCHS = 2
RATE = 3e-5
_BATCH = 24
_WARM_UP = 0.1
_HARD = 10
"""The wrong passages nearest to a query, from which one is drawn as its hard negative."""
_TOO_LIKE = 0.85
"""Passages as near to the right one as this may be right too: they are not drawn as its hard negative."""
_SCOPE_C = 3.0
_INSIDE = 2.0
"""How much the questions inside count together, when those outside count 1."""
_SEED = 0


def tune_search(base: Path, guidance: Guidance, outside: Path, out: Path, progress: Progress) -> None:
    """Writes the tuned encoder and the scope that goes with it to `out`, whose files are replaced only when all are finished."""
    others = [str(json.loads(line)["query"]) for line in outside.read_text(encoding="utf-8").splitlines()]
    out.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=out.parent, prefix=".model-") as name:
        tuned, made = Path(name) / "tuned", Path(name) / "made"
        tune(base, guidance, tuned, progress)
        export_encoder(tuned, made)
        progress("fit the scope", 0, 1)
        scope = fit_scope([query for p in guidance.passages.values() for query in p.queries], others, OnnxEncoder(made))
        (made / SCOPE).write_text(json.dumps(scope) + "\n", encoding="utf-8")
        for file in made.iterdir():
            os.replace(file, out / file.name)


def tune(base: Path, guidance: Guidance, out: Path, progress: Progress) -> None:
    """Writes to `out` the encoder in `base` after EPOCHS over the queries of its passages.

    The same corpus gives the same encoder on one machine.
    """
    pairs = [(query, passage.id) for passage in guidance.passages.values() for query in passage.queries]
    torch.manual_seed(_SEED)
    rng = np.random.default_rng(_SEED)
    model = SentenceTransformer(str(base), device="cpu", model_kwargs={"attn_implementation": "eager"})
    texts = {name: indexed_text(passage) for name, passage in guidance.passages.items()}
    hard = _hard_negatives(model, pairs, texts)
    loss = MultipleNegativesRankingLoss(model)
    steps = EPOCHS * -(-len(pairs) // _BATCH)
    optimiser = torch.optim.AdamW(model.parameters(), lr=RATE)
    schedule = rise_and_fall(optimiser, steps, _WARM_UP)
    model.eval()  # drawing dropout costs more time on a CPU than all the products, and so few epochs do not need it
    done = 0
    for _ in range(EPOCHS):
        order = rng.permutation(len(pairs)).tolist()
        for start in range(0, len(order), _BATCH):
            batch = order[start : start + _BATCH]
            right = {pairs[i][1] for i in batch}
            negatives = [texts[str(rng.choice([name for name in hard[i] if name not in right] or hard[i]))] for i in batch]
            columns = ([pairs[i][0] for i in batch], [texts[pairs[i][1]] for i in batch], negatives)
            with torch.autocast("cpu", torch.bfloat16):
                value = loss([model.preprocess(column) for column in columns], torch.empty(0))
            optimiser.zero_grad()
            value.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            done += 1
            progress("tune the encoder", done, steps)
    model.save(str(out), create_model_card=False)


def _hard_negatives(model: SentenceTransformer, pairs: Sequence[tuple[str, str]], texts: Mapping[str, str]) -> list[list[str]]:
    """For each pair the wrong passages nearest to its query."""
    names = list(texts)
    place = {name: number for number, name in enumerate(names)}
    passages = _encoded(model, list(texts.values()))
    queries = _encoded(model, [query for query, _ in pairs])
    found = []
    for query, (_, right) in zip(queries, pairs, strict=True):
        like = passages @ passages[place[right]]
        order = np.argsort(-(passages @ query), kind="stable")
        found.append([names[i] for i in order if like[i] < _TOO_LIKE][:_HARD])
    return found


def _encoded(model: SentenceTransformer, texts: list[str]) -> Vectors:
    with torch.autocast("cpu", torch.bfloat16):
        return np.asarray(model.encode(texts, normalize_embeddings=True, show_progress_bar=False), np.float32)


def fit_scope(inside: Sequence[str], outside: Sequence[str], encoder: Encoder) -> dict[str, object]:
    """`weights` and `bias` for `scope.json`: a logistic regression between the two kinds of question, in which those inside count
    twice as much together: people mostly ask a tool what it is for."""
    vectors = encoder.encode([*inside, *outside])
    kind = np.array([1] * len(inside) + [0] * len(outside))
    share = np.where(kind == 1, _INSIDE * len(outside) / max(1, len(inside)), 1.0)
    model = LogisticRegression(C=_SCOPE_C, max_iter=2000).fit(vectors, kind, sample_weight=share)
    return {"weights": [round(float(weight), 4) for weight in model.coef_[0]], "bias": round(float(model.intercept_[0]), 4)}
