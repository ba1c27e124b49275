"""What a single utterance is, by a small encoder tuned for it with a linear head for each question put to it: what it is
after, which kind of risk language it holds, whether it complains of bias. Knows nothing of turns, replies or notices;
`rupture tune` makes its files."""

import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rupture.encoder import MODEL_FOLDER, Encoder
from rupture.errors import ModelError

FOLDER = MODEL_FOLDER / "utterances"
FILE = "heads.json"
INTENTS, RISKS, BIAS = HEADS = ("intents", "risks", "bias")
NONE = "none"
"""What an utterance is, for `risks` and `bias`, that holds nothing of the kind."""

Floats = NDArray[np.float32]


class Utterances:
    """Reads its files when it is first asked; ModelError when they are missing or damaged."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder

    def read(self, texts: Sequence[str], heads: Sequence[str]) -> list[dict[str, dict[str, float]]]:
        """For each text and each of `heads` the probability of each of its labels."""
        if not texts:
            return []
        vectors = self._encoder.encode(texts)
        found: list[dict[str, dict[str, float]]] = [{} for _ in texts]
        for head in heads:
            parts = self._parts[head]
            logits = vectors @ parts["weights"].T + parts["bias"]
            for shares, row in zip(found, _softmax(logits), strict=True):
                shares[head] = dict(zip(parts["names"], map(float, row), strict=True))
        return found

    @property
    def threshold(self) -> float:
        """The probability from which an utterance counts as risk language, chosen on the development part of
        `corpus/risk.jsonl`."""
        return float(self._parts["threshold"])

    @cached_property
    def _encoder(self) -> Encoder:
        return Encoder(self._folder)

    @cached_property
    def _parts(self) -> dict[str, Any]:
        try:
            parts = json.loads((self._folder / FILE).read_text(encoding="utf-8"))
            for head in HEADS:
                parts[head] |= {key: np.array(parts[head][key], np.float32) for key in ("weights", "bias")}
            return {name: parts[name] for name in (*HEADS, "threshold")}
        except (OSError, ValueError, KeyError, TypeError):
            raise ModelError(f"{self._folder / FILE}: cannot be read. Reinstall rupture, or run: rupture tune") from None


def _softmax(logits: Floats) -> Floats:
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    found: Floats = shares / shares.sum(axis=1, keepdims=True)
    return found
