"""What the detector reads of a text encoder's hidden states. Needs torch."""

from collections.abc import Sequence

import torch

_LOW = -9.0
"""Below anything a state holds: padding is never the highest."""


def pooled(states: Sequence[torch.Tensor], attention_mask: torch.Tensor) -> torch.Tensor:
    """Mean of the middle layer, which keeps more of the wording, maximum and mean of the last: (texts, 3, width) of each layer's
    (texts, tokens, width), the embeddings first."""
    weights = attention_mask.to(states[-1].dtype)
    weights = (weights / weights.sum(1, keepdim=True)).unsqueeze(1)
    middle, mean = (torch.bmm(weights, state).squeeze(1) for state in (states[len(states) // 2], states[-1]))
    highest = states[-1].masked_fill(attention_mask.unsqueeze(-1) == 0, _LOW).amax(dim=1)
    return torch.stack([middle, highest, mean], dim=1)
