"""Fits the ensemble of session networks to examples. Needs torch; the same examples and seeds give the same members."""

import math
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from rupture.codebook import MARKERS, STRATEGIES
from rupture.detection.examples import Array, Example
from rupture.detection.heads import HEADS, THERAPIST_ACTS
from rupture.detection.network import SessionNetwork

MANY = 300
EPOCHS, EPOCHS_OF_MANY = 14, 9
"""Passes over the training sessions; over more than MANY of them fewer are enough."""
BATCH = 8
_PEAK_RATE = 2e-3
_WEIGHT_DECAY = 1e-2
_WARM_UP = 0.1
_ACT_WEIGHT = 0.2
_RATING_WEIGHT = 0.3
_SINGLE_CODE_WEIGHT = 0.3
"""Single markers and strategies are rare and noisy: they count less than the families."""

Domains = Sequence[int]


def fit(training: Sequence[Example], domains: Domains, seed: int) -> SessionNetwork:
    """One trained member, in evaluation mode. `domains[i]` is 0 for sessions like those in use, 1 for another data set."""
    torch.manual_seed(seed)
    order = np.random.default_rng(seed)
    network = SessionNetwork(_stats([e.encodings for e in training], 1e-3), _stats([e.shape for e in training], 1e-2))
    optimiser = torch.optim.AdamW(network.parameters(), lr=_PEAK_RATE, weight_decay=_WEIGHT_DECAY)
    epochs = EPOCHS if len(training) <= MANY else EPOCHS_OF_MANY
    steps = epochs * math.ceil(len(training) / BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _rate(step + 1, steps))
    network.train()
    for _ in range(epochs):
        for chosen in _batches(training, order):
            loss = _loss(network, [training[i] for i in chosen], [domains[i] for i in chosen])
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            schedule.step()
    return network.eval()


def kept(path: Path, make: Callable[[], SessionNetwork]) -> SessionNetwork:
    """The member saved at `path`, or a new one that is saved there: all of it or nothing."""
    if path.exists():
        state = torch.load(path, weights_only=True)
        network = SessionNetwork(state["encoding_stats"], state["shape_stats"])
        network.load_state_dict(state)
        return network.eval()
    network = make()
    part = path.with_suffix(f".{os.getpid()}")
    torch.save(network.state_dict(), part)
    os.replace(part, path)
    return network


def predict(members: Sequence[SessionNetwork], sessions: Sequence[Example]) -> list[Array]:
    """Mean probability over the members, (turns, heads) a session."""
    return [np.mean([_probabilities(member, example) for member in members], axis=0, dtype=np.float32) for example in sessions]


@torch.inference_mode()
def _probabilities(member: SessionNetwork, example: Example) -> Array:
    turns, _, _ = member(torch.from_numpy(example.encodings)[None], torch.from_numpy(example.shape)[None], None, torch.zeros(1))
    probabilities: Array = torch.sigmoid(turns[0]).numpy()
    return probabilities


def _stats(columns: Sequence[Array], least: float) -> torch.Tensor:
    stacked = np.concatenate(columns)
    return torch.from_numpy(np.stack([stacked.mean(0), stacked.std(0) + least]))


def _rate(step: int, steps: int) -> float:
    """Linear warm-up, then a half cosine to zero."""
    return min(1.0, step / (_WARM_UP * steps)) * 0.5 * (1 + math.cos(math.pi * min(1.0, step / steps)))


def _batches(training: Sequence[Example], order: np.random.Generator) -> list[list[int]]:
    """Sessions of like length together, so that little is padded; which ones and in what order changes every epoch."""
    lengths = np.log([len(example.shape) for example in training]) + order.normal(0, 0.4, len(training))
    by_length = np.argsort(lengths)
    batches = [by_length[start : start + BATCH].tolist() for start in range(0, len(training), BATCH)]
    order.shuffle(batches)
    return batches


def _padded(arrays: Sequence[Array]) -> torch.Tensor:
    return torch.nn.utils.rnn.pad_sequence([torch.from_numpy(array) for array in arrays], batch_first=True)


def _loss(network: SessionNetwork, batch: Sequence[Example], domains: Sequence[int]) -> torch.Tensor:
    lengths = torch.tensor([len(example.shape) for example in batch])
    inputs = _padded([e.encodings for e in batch]), _padded([e.shape for e in batch])
    turns, acts, ratings = network(*inputs, lengths, torch.tensor(domains, dtype=torch.float32))
    targets, counted = _padded([e.targets for e in batch]), _padded([e.counted for e in batch])
    by_head = functional.binary_cross_entropy_with_logits(turns, targets, reduction="none") * counted * _HEAD_WEIGHTS
    loss = by_head.sum() / counted[..., 0].sum().clamp(min=1)
    return loss + _ACT_WEIGHT * _act_loss(acts, _padded([e.acts for e in batch])) + _RATING_WEIGHT * _rating_loss(ratings, batch)


def _act_loss(logits: torch.Tensor, acts: torch.Tensor) -> torch.Tensor:
    """Cross-entropy among the therapist's acts and among the client's, over the turns that have one."""
    split = len(THERAPIST_ACTS)
    parts = (logits[..., :split].log_softmax(-1) * acts[..., :split], logits[..., split:].log_softmax(-1) * acts[..., split:])
    return -(parts[0].sum() + parts[1].sum()) / (acts.sum() + 1)


def _rating_loss(logits: torch.Tensor, batch: Sequence[Example]) -> torch.Tensor:
    ratings = torch.from_numpy(np.stack([example.ratings for example in batch]))
    known = ~torch.isnan(ratings)
    if not known.any():
        return torch.zeros(())
    return functional.binary_cross_entropy_with_logits(logits[known], ratings[known])


_HEAD_WEIGHTS = torch.tensor([_SINGLE_CODE_WEIGHT if head in MARKERS or head in STRATEGIES else 1.0 for head in HEADS])
