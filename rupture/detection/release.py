"""`rupture train`: fits, calibrates, exports and writes the card, all into a new folder that then takes the old one's place."""

import json
import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rupture.coding.sessions import ADDED
from rupture.coding.values import CodedSession
from rupture.detection.card import CARD, FILES, SESSION_MODEL, digest_of
from rupture.detection.export import export_ensemble
from rupture.detection.heads import HEADS
from rupture.detection.training import MEMBERS, Fitted, Fold, fit_ensemble, silent
from rupture.digests import digest, digest_files, digest_sessions
from rupture.encoder import MODEL_FOLDER, Encoder
from rupture.encoder_export import base_encoder
from rupture.names import without_names
from rupture.protocols import Progress
from rupture.resources import ENCODER_FILES
from rupture.transcript import Role

_WHAT = (
    "three layers that all-MiniLM-L6-v2 taught (int8), frozen; one bidirectional GRU over the session; weighted ensemble; "
    "Platt calibration"
)
_BUT_ADDED = "; of the added sessions some turns are confirmed or changed by a user"


def train_detector(
    sessions: Sequence[CodedSession],
    folds: Fold,
    out: Path,
    progress: Progress = silent,
    members: int = MEMBERS,
    teach: Sequence[CodedSession] = (),
) -> dict[str, Any]:
    """Trains on `sessions` and writes the model's files and `card.json` to `out`; returns the card. The encoder is the one that
    ships, or a new one taught on the turns of `teach`, whose codes it does not see. Files in `out` are replaced one by one only
    when all of them are finished, the card last. What was taught and fitted so far is kept in `.training-…` beside `out` until
    then, so that training that was stopped goes on."""
    base = base_encoder()
    out.mkdir(parents=True, exist_ok=True)
    store = out.parent / f".training-{out.name}"
    store.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".model-") as name:
        folder = Path(name)
        source = _taught(base, teach, store, progress) if teach else MODEL_FOLDER
        for file in ENCODER_FILES:
            shutil.copyfile(source / file, folder / file)
        fitted = fit_ensemble(sessions, folds, Encoder(folder), store, progress, members)
        export_ensemble(fitted.members, fitted.weights, folder / SESSION_MODEL)
        card = _card(sessions, teach, folder, fitted)
        (folder / CARD).write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        for file in (*FILES, CARD):
            os.replace(folder / file, out / file)
    shutil.rmtree(store, ignore_errors=True)
    return card


def _taught(base: Path, teach: Sequence[CodedSession], store: Path, progress: Progress) -> Path:
    """The folder of an encoder taught on the turns of `teach`: the one in `store`, if the same code taught it on them."""
    texts = [without_names(session.transcript.turns) for session in teach]
    code = digest_files(MODEL_FOLDER.parent / name for name in ("distilling.py", "learning.py", "pooling.py"))
    folder = store / f"encoder-{digest([texts, code])[:16]}"
    if not folder.exists():
        from rupture.distilling import distil_encoder

        distil_encoder(base, texts, folder, progress)
    return folder


def _card(sessions: Sequence[CodedSession], teach: Sequence[CodedSession], folder: Path, fitted: Fitted) -> dict[str, Any]:
    sources = sorted({session.source for session in sessions})
    model = digest_of(folder)
    turns = [turn for session in sessions for turn in session.transcript.turns]
    shipped = json.loads((MODEL_FOLDER / CARD).read_text(encoding="utf-8"))
    taught_on = {"sessions": len(teach), "digest": digest_sessions(teach)} if teach else shipped["taught_on"]
    return {
        "id": f"minilm-gru-{model[:8]}",
        "digest": model,
        "what": _WHAT,
        "members": len(fitted.members),
        "heads": list(HEADS),
        "covers": [head for head in HEADS if head in fitted.calibration],
        "calibration": {head: [round(value, 4) for value in pair] for head, pair in fitted.calibration.items()},
        "policy": asdict(fitted.decisions.policy),
        "session_weights": {
            rating: {name: round(weight, 4) for name, weight in weights.items()}
            for rating, weights in fitted.decisions.session_weights.items()
        },
        "miss_rate": fitted.decisions.miss_rate,
        "training": {
            "sessions": {source: sum(session.source == source for session in sessions) for source in sources},
            "turns": len(turns),
            "client_turns": sum(turn.role is Role.CLIENT for turn in turns),
            "digest": digest_sessions(sessions),
            "codes": "made by language models after the codebook, not by clinicians" + (_BUT_ADDED if ADDED in sources else ""),
        },
        "taught_on": taught_on,
        "measured": fitted.measured,
        "versions": {
            package: version(package) for package in ("rupture", "torch", "transformers", "onnxruntime", "scikit-learn")
        },
    }
