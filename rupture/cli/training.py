"""`rupture train` and `rupture tune`."""

import sys
from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    app.command("train")(train)
    app.command("tune")(tune)


def train(
    annomi: Annotated[
        Path | None,
        typer.Option("--annomi", help="The public AnnoMI csv; without it, the model learns from our own sessions only."),
    ] = None,
    also: Annotated[
        Path | None,
        typer.Option(
            "--also", help="A folder of coded sessions of your own (*.txt), to learn from as well; nothing is chosen on them."
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder for the model; without it, the shipped model is replaced.")
    ] = None,
    teach: Annotated[
        bool, typer.Option("--teach", help="Teach the text encoder anew first, on our own training sessions: half an hour more.")
    ] = False,
    fast: Annotated[bool, typer.Option("--fast", help="One member of each kind, not three: a little less accurate.")] = False,
) -> None:
    """Train the detector: fit, calibrate, choose thresholds, write the model and its card."""
    from rupture.cli.progress import bar
    from rupture.coding.annomi import fold_ids, read_annomi
    from rupture.coding.sessions import added_sessions, split_sessions
    from rupture.detection.release import train_detector
    from rupture.detection.training import MEMBERS, folded
    from rupture.resources import ANNOTATIONS, BLIND_CODES, MODEL, SESSIONS

    parts = split_sessions(SESSIONS, BLIND_CODES)
    reference = read_annomi(annomi, ANNOTATIONS) if annomi else []
    ours = [*(session for part in parts.values() for session in part), *reference]
    added = added_sessions(also, ours) if also else []
    sessions = [*parts["train"], *reference]
    # Added sessions have no fold: they are coded once, so nothing is chosen or reported on them.
    folds = folded(sessions, fold_ids(ANNOTATIONS))
    taught_on = parts["train"] if teach else []
    with bar() as progress:
        card = train_detector([*sessions, *added], folds, out or MODEL, progress, 1 if fast else MEMBERS, taught_on)
    sys.stdout.write(f"{card['id']} trained on {card['training']['sessions']}\n")
    for head, row in card["measured"].items():
        sys.stdout.write(
            f"{head:>14}  n {row['n']:>5}  positive {row['positives']:>4}  AUROC {row['auroc']:.3f}  AP {row['ap']:.3f}\n"
        )


def tune(
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder for the model; without it, the shipped one is replaced.")
    ] = None,
) -> None:
    """Tune the reader of questions, risk language and complaints of bias on their examples (needs the extra `models`)."""
    from rupture.cli.progress import bar
    from rupture.encoder_export import base_encoder

    base = base_encoder()
    from rupture.coding.sessions import split_sessions
    from rupture.resources import BLIND_CODES, CORPUS, SESSIONS
    from rupture.utterance_training import tune_utterances
    from rupture.utterances import FOLDER

    own = split_sessions(SESSIONS, BLIND_CODES)["train"]
    with bar() as progress:
        heads = tune_utterances(base, CORPUS, own, out or FOLDER, progress)
    sys.stdout.write(f"{len(heads['intents']['names'])} intents; risk language from {heads['threshold']:.2f}\n")
