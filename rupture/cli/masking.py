"""`rupture mask`."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    app.command("mask")(mask)


def mask(
    file: Annotated[str, typer.Argument(help="A transcript, or - for standard input.")],
    names: Annotated[list[str], typer.Option("--name", help="A name or place to hide wherever it stands; may be repeated.")] = [],  # noqa: B006 - typer's way to say a repeated option
    out: Annotated[
        Path | None, typer.Option("--out", help="File for the draft instead of standard output.", dir_okay=False)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print turns, masks and counts as JSON.")] = False,
    plain: Annotated[
        bool, typer.Option("--plain", help="Typed names, labels and rules only, without the model of names.")
    ] = False,
) -> None:
    """Mask names, places, dates and numbers in a transcript: a draft, to be checked before it is shared.

    Text comes out in the shape it had, other formats as labelled text. What was masked is counted on standard error.
    """
    from rupture.formats.reading import bytes_of
    from rupture.masking.draft import draft_of

    if out is not None and file != "-" and out.resolve() == Path(file).resolve():
        raise typer.BadParameter("the draft would replace the transcript; name another file", param_hint="--out")
    data = sys.stdin.buffer.read() if file == "-" else bytes_of(Path(file))
    draft = draft_of(data, Path(file).name, names, plain=plain)
    text = json.dumps(draft.to_dict(), ensure_ascii=False) + "\n" if as_json else draft.text
    if out is None:
        sys.stdout.write(text)
    else:
        out.write_text(text, encoding="utf-8")
    sys.stderr.write(draft.summary + "\n")
