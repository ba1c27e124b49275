"""The session network in torch: turn encodings and shape features → one bidirectional GRU over the session → logits by head.

Only training imports this; what ships is its ONNX export. Auxiliary heads (speech acts, session ratings) shape the training and
are left out of the export.
"""

from collections.abc import Sequence

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from rupture.detection.heads import ACTS, HEADS, TRAINED_RATINGS

HIDDEN = 64
DROPOUT = 0.3
INPUT_DROPOUT = 0.2
_CLAMP = 4.0
"""Standardised shape features beyond this many standard deviations count as this many."""


class SessionNetwork(nn.Module):
    """One member of the ensemble. Inputs are raw; standardisation with the training data's mean and deviation is part of it."""

    encoding_stats: torch.Tensor
    shape_stats: torch.Tensor

    def __init__(self, encoding_stats: torch.Tensor, shape_stats: torch.Tensor) -> None:
        """`encoding_stats` and `shape_stats`: (2, columns), mean and standard deviation."""
        super().__init__()
        encoding_columns, shape_columns = encoding_stats.shape[1], shape_stats.shape[1]
        self.register_buffer("encoding_stats", encoding_stats)
        self.register_buffer("shape_stats", shape_stats)
        self.input_dropout = nn.Dropout(INPUT_DROPOUT)
        self.dropout = nn.Dropout(DROPOUT)
        self.project = nn.Linear(encoding_columns, HIDDEN)
        self.gru = nn.GRU(HIDDEN + shape_columns + 1, HIDDEN, batch_first=True, bidirectional=True)
        self.attention = nn.Parameter(torch.empty(2 * HIDDEN).uniform_(-1, 1) / (2 * HIDDEN) ** 0.5)
        self.turn_heads = nn.Linear(4 * HIDDEN + HIDDEN + shape_columns, len(HEADS))
        self.act_heads = nn.Linear(4 * HIDDEN + HIDDEN + shape_columns, len(ACTS))
        self.rating_heads = nn.Linear(2 * HIDDEN, len(TRAINED_RATINGS))
        self.domain_bias = nn.Parameter(torch.zeros(len(HEADS)))

    def forward(
        self, encodings: torch.Tensor, shape: torch.Tensor, lengths: torch.Tensor | None, domain: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Logits (batch, turns, heads), (batch, turns, acts), (batch, ratings).

        `encodings` (batch, turns, columns), `shape` likewise; `lengths` (batch,) turns that are not padding, or None when there
        is no padding; `domain` (batch,) is 0 for sessions like those in use and 1 for a data set with another rate of codes.
        """
        encoded = (encodings - self.encoding_stats[0]) / self.encoding_stats[1]
        encoded = self.dropout(nn.functional.gelu(self.project(self.input_dropout(encoded))))
        shape = ((shape - self.shape_stats[0]) / self.shape_stats[1]).clamp(-_CLAMP, _CLAMP)
        whole = domain[:, None, None].expand(-1, encodings.shape[1], 1)
        states = self.dropout(self._over_session(torch.cat([encoded, shape, whole], dim=2), lengths))
        weights = (states * self.attention).sum(dim=2, keepdim=True)
        if lengths is not None:
            padding = torch.arange(states.shape[1])[None] >= lengths[:, None]
            weights = weights.masked_fill(padding[..., None], -1e9)
        summary = (torch.softmax(weights, dim=1) * states).sum(dim=1)
        context = torch.cat([states, encoded, shape, summary[:, None].expand_as(states)], dim=2)
        turns = self.turn_heads(context) + whole * self.domain_bias
        return turns, self.act_heads(context), self.rating_heads(summary)

    def _over_session(self, turns: torch.Tensor, lengths: torch.Tensor | None) -> torch.Tensor:
        if lengths is None:
            states: torch.Tensor = self.gru(turns)[0]
            return states
        packed = pack_padded_sequence(turns, lengths, batch_first=True, enforce_sorted=False)
        states, _ = pad_packed_sequence(self.gru(packed)[0], batch_first=True, total_length=turns.shape[1])
        return states


class Ensemble(nn.Module):
    """What is exported: the weighted mean probability of all members for one session, (turns, heads)."""

    weights: torch.Tensor

    def __init__(self, members: Sequence[SessionNetwork], weights: torch.Tensor) -> None:
        """`weights`: (members, heads), each column adding up to 1."""
        super().__init__()
        self.members = nn.ModuleList(members)
        self.register_buffer("weights", weights)

    def forward(self, encodings: torch.Tensor, shape: torch.Tensor) -> torch.Tensor:
        """`encodings` (turns, columns) and `shape` (turns, columns) of one session."""
        domain = torch.zeros(1)
        outputs = [torch.sigmoid(member(encodings[None], shape[None], None, domain)[0][0]) for member in self.members]
        return (torch.stack(outputs) * self.weights[:, None]).sum(dim=0)
