"""The model's card: `card.json` beside the weights says what the model covers, how it was trained, and how it decides. Plain
JSON."""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rupture.analyse import Decisions
from rupture.analysis import ModelCard
from rupture.errors import ModelError
from rupture.policy import Policy
from rupture.resources import ENCODER_FILES

CARD = "card.json"
SESSION_MODEL = "session.onnx"
FILES = (*ENCODER_FILES, SESSION_MODEL)
_NEEDED = ("id", "digest", "heads", "covers", "calibration", "policy", "session_weights", "miss_rate")


@dataclass(frozen=True, slots=True)
class Card:
    """What a loaded model says of itself; `calibration` is slope and intercept by head, `measured` its quality by head: `n`,
    `positives`, `auroc` and `ap`, out of fold."""

    id: str
    digest: str
    heads: tuple[str, ...]
    calibration: Mapping[str, tuple[float, float]]
    decisions: Decisions
    measured: Mapping[str, Mapping[str, float]]


def digest_of(folder: Path) -> str:
    """SHA-256 over the model's files; the card is not among them, since it names the digest."""
    total = hashlib.sha256()
    for name in FILES:
        total.update((folder / name).read_bytes())
    return total.hexdigest()


def read_card(folder: Path) -> Card:
    """The card of the model in `folder`; ModelError when it is missing, damaged or incomplete."""
    path = folder / CARD
    try:
        data: dict[str, Any] = dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, RecursionError):
        raise ModelError(f"{path}: the model's card cannot be read. Reinstall rupture, or train it again.") from None
    if missing := [name for name in _NEEDED if name not in data]:
        raise ModelError(f"{path}: the card lacks {', '.join(missing)}. Train the model again.")
    try:
        return _card(data)
    except (AttributeError, TypeError, ValueError):
        raise ModelError(f"{path}: the card holds values that cannot be. Reinstall rupture, or train it again.") from None


def _card(data: Mapping[str, Any]) -> Card:
    """AttributeError, TypeError or ValueError when a value is of another kind than it should be, or no number in its range."""
    policy = Policy(**data["policy"])
    model = ModelCard(str(data["id"]), str(data["digest"]), tuple(data["covers"]))
    calibration = {head: (_finite(slope), _finite(intercept)) for head, (slope, intercept) in data["calibration"].items()}
    weights = {name: {key: _finite(value) for key, value in row.items()} for name, row in data["session_weights"].items()}
    miss_rate = _finite(data["miss_rate"])
    if not 0 <= miss_rate <= 1:
        raise ValueError("miss_rate")
    return Card(
        id=model.id,
        digest=model.digest,
        heads=tuple(data["heads"]),
        calibration=calibration,
        decisions=Decisions(policy, weights, model, miss_rate),
        measured=data.get("measured", {}),
    )


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise ValueError("not a finite number")
    return value


def read_decisions(folder: Path) -> Decisions:
    """How the model in `folder` decides, without loading its weights."""
    return read_card(folder).decisions
