"""`rupture analyze` and `rupture batch`."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from rupture.cli.options import DetectorOption
from rupture.errors import UnreadableTranscript
from rupture.protocols import DetectorName
from rupture.scores.engines import Engine
from rupture.transcript import Role, Transcript


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    app.command("analyze")(analyze)
    app.command("batch")(batch)


def analyze(
    file: Annotated[str, typer.Argument(help="A transcript, or - for standard input.")],
    suggest: Annotated[bool, typer.Option("--suggest", help="Add ways to respond, with their sources.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the analysis as JSON.")] = False,
    detector: DetectorOption = DetectorName.TRAINED,
    role: Annotated[
        list[str] | None, typer.Option("--role", help="Correct a role: --role 'Dana=therapist'. May be repeated.")
    ] = None,
) -> None:
    """Analyse one transcript."""
    from rupture.analysis import State
    from rupture.build import build_assistant, build_reading
    from rupture.report import terminal

    transcript = read_transcript(file, role or [])
    assistant = build_assistant() if suggest else None
    analyse = assistant.analyse if assistant and detector is DetectorName.TRAINED else build_reading(detector)[0]
    analysis = analyse(transcript)
    if assistant:
        analysis = assistant.suggest(analysis)
    passages = assistant.guidance.passages if assistant else {}
    sys.stdout.write(json.dumps(analysis.to_dict(), ensure_ascii=False) + "\n" if as_json else terminal(analysis, passages))
    if analysis.state is State.NOT_ANALYSED:
        raise typer.Exit(2)


def read_transcript(file: str, roles: list[str]) -> Transcript:
    """The transcript of a file or of standard input, with roles corrected; UnreadableTranscript says what is wrong with
    either."""
    from rupture.formats import read, read_file

    reading = read(sys.stdin.read(), id="stdin") if file == "-" else read_file(Path(file))
    corrected = {}
    for item in roles:
        speaker, _, name = item.rpartition("=")
        if speaker not in reading.transcript.speakers or name not in {r.value for r in Role}:
            known = ", ".join(reading.transcript.speakers)
            raise UnreadableTranscript(
                f"--role {item!r}: expected LABEL=therapist, LABEL=client or LABEL=other, with a label of {known}"
            )
        corrected[speaker] = Role(name)
    return reading.transcript.with_roles(corrected)


def batch(  # noqa: PLR0913  # one a command-line option
    inputs: Annotated[
        list[str],
        typer.Argument(help="Files, folders, globs, addresses such as s3://…; JSONL, tables and Parquet with many sessions."),
    ],
    out: Annotated[
        str,
        typer.Option(
            "--out",
            help="JSONL file of analyses, one a line; or a Parquet data set, for a folder, a name ending in .parquet or an "
            "address. A run that was stopped goes on.",
        ),
    ],
    detector: DetectorOption = DetectorName.TRAINED,
    fresh: Annotated[bool, typer.Option("--fresh", help="Start over instead of going on.")] = False,
    engine: Annotated[
        Engine, typer.Option("--engine", help="local: this process; ray: a Ray cluster, into Parquet.")
    ] = Engine.LOCAL,
    words: Annotated[bool, typer.Option("--words", help="Keep text and speaker labels in the Parquet data set too.")] = False,
    ray: Annotated[
        list[str] | None,
        typer.Option("--ray", help="address=…, temp=FOLDER, actors=N, cpus=N (an actor's), part=N (sessions). May be repeated."),
    ] = None,
) -> None:
    """Analyse many transcripts."""
    from collections import Counter

    from rupture.cli.progress import counted
    from rupture.scores.running import Batch, outcomes_of, reasons_at

    order = Batch(tuple(inputs), out, detector, engine, fresh, words, tuple(ray or ()))
    states = Counter(
        outcome.state for outcome in counted(outcomes_of(order), "sessions", lambda o: f"{o.id}: {o.state} {o.reason}".strip())
    )
    sys.stdout.write(
        ", ".join(f"{count} {state.replace('_', ' ')}" for state, count in states.items()) + f" → {out}\n"
        if states
        else "no input found\n"
    )
    if not states:
        raise typer.Exit(2)
    if states["failed"]:
        sys.stdout.write(f"reasons: {reasons_at(out)}\n")
        raise typer.Exit(3)
