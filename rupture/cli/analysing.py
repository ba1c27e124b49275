"""`rupture analyze` and `rupture batch`."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from rupture.cli.options import DetectorOption
from rupture.errors import UnreadableTranscript
from rupture.protocols import DetectorName
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


def batch(
    inputs: Annotated[list[Path], typer.Argument(help="Files, folders, globs, or JSONL with one session a line.")],
    out: Annotated[Path, typer.Option("--out", help="JSONL file of analyses, one a line; a run that was stopped goes on.")],
    detector: DetectorOption = DetectorName.TRAINED,
    fresh: Annotated[bool, typer.Option("--fresh", help="Start over instead of going on.")] = False,
) -> None:
    """Analyse many transcripts."""
    from collections import Counter
    from itertools import chain

    from rupture.batch import run_batch
    from rupture.build import build_reading
    from rupture.cli.progress import counted
    from rupture.formats import read_many

    analyse, decisions = build_reading(detector)
    sources = chain.from_iterable(read_many(path) for path in inputs)
    digest = decisions.model.digest if decisions.model else ""
    outcomes = run_batch(sources, analyse, out, digest=digest, fresh=fresh)
    states = Counter(
        outcome.state for outcome in counted(outcomes, "sessions", lambda o: f"{o.id}: {o.state} {o.reason}".strip())
    )
    sys.stdout.write(
        ", ".join(f"{count} {state.replace('_', ' ')}" for state, count in states.items()) + f" → {out}\n"
        if states
        else "no input found\n"
    )
    if not states:
        raise typer.Exit(2)
    if states["failed"]:
        sys.stdout.write(f"reasons: {out.with_suffix('.errors.jsonl')}\n")
        raise typer.Exit(3)
