"""What the training of text encoders shares, whatever they learn: how they are read while they learn, the order of their texts
and how the rate moves. Needs torch."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import AutoModel, AutoTokenizer

BATCH = 32
_BUCKET = 16
"""Batches drawn together and sorted by length, so that little is padded."""
WARM_UP = 0.06
"""Share of the steps in which the rate rises."""


def load(folder: Path) -> tuple[Any, Any]:
    """Tokenizer and encoder of `folder`. It learns without dropout: drawing it takes more time on a CPU than all products."""
    body = AutoModel.from_pretrained(folder, local_files_only=True, attn_implementation="eager").eval()
    return AutoTokenizer.from_pretrained(folder), body


def hidden_states(tokenizer: Any, body: Any, texts: Sequence[str], most_tokens: int) -> tuple[list[torch.Tensor], torch.Tensor]:
    """What each layer makes of `texts`, (texts, tokens, width) each, the embeddings first, and which tokens are no padding."""
    tokens = tokenizer(list(texts), padding=True, truncation=True, max_length=most_tokens, return_tensors="pt")
    with torch.autocast("cpu", torch.bfloat16):
        states = body(**tokens, output_hidden_states=True).hidden_states
    return [state.float() for state in states], tokens["attention_mask"]


def keep_layers(body: Any, numbers: Sequence[int]) -> None:
    """Leaves those layers of an encoder."""
    body.encoder.layer = torch.nn.ModuleList([body.encoder.layer[number] for number in numbers])
    body.config.num_hidden_layers = len(numbers)


def batches(texts: Sequence[str], epochs: int, rng: np.random.Generator) -> Iterator[list[int]]:
    """Places in `texts`, batch by batch through all epochs: of about one length each, in random order within a bucket."""
    size = BATCH * _BUCKET
    for _ in range(epochs):
        order = rng.permutation(len(texts)).tolist()
        for start in range(0, len(order), size):
            bucket = sorted(order[start : start + size], key=lambda place: len(texts[place]))
            parts = [bucket[k : k + BATCH] for k in range(0, len(bucket), BATCH)]
            for number in rng.permutation(len(parts)).tolist():
                yield parts[number]


def steps_of(texts: Sequence[str], epochs: int) -> int:
    """How many batches that makes."""
    return epochs * -(-len(texts) // BATCH)


def rise_and_fall(optimiser: torch.optim.Optimizer, steps: int, warm_up: float = WARM_UP) -> torch.optim.lr_scheduler.LambdaLR:
    """The rate rises for the share `warm_up` of the steps, then falls to nothing at the last."""
    return torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: min((step + 1) / (warm_up * steps), 1 - step / steps))
