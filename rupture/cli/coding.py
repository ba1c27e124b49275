"""`rupture eval coders`, `rupture eval kit` and `rupture eval kit-read`: people's codes beside each other."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from rupture.kit.manifest import Form

_RUNS = Path("runs")
_SIZE = 20
"""Sessions of a kit unless it is said otherwise: twice the least for which an interval of agreement is given."""


def register_in(group: typer.Typer) -> None:
    """Adds the commands of this file to the group `eval`."""
    group.command("coders")(coders)
    group.command("kit")(kit)
    group.command("kit-read")(kit_read)


def coders(  # noqa: PLR0913  # one a command-line option
    files: Annotated[list[str], typer.Argument(metavar="FILE", help="Files of codes, or folders; NAME=FILE says whose it is.")],
    reference: Annotated[
        str | None, typer.Option("--reference", help="A coder, or one more file, to hold the others against.")
    ] = None,
    text: Annotated[
        Path | None, typer.Option("--text", help="The transcripts, if they are not ours: a file or a folder.")
    ] = None,
    split: Annotated[str | None, typer.Option("--split", help="Only rows with this in the column split.")] = None,
    words: Annotated[bool, typer.Option("--words", help="Show the words of turns that split the coders.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the numbers as JSON.")] = False,
    out: Annotated[
        Path | None, typer.Option("--out", help="The report's folder; by default runs/coders, with --json none.")
    ] = None,
) -> None:
    """Compare people who coded the same sessions: tables, text with codes, Label Studio, ELAN, INCEpTION."""
    from rupture.coding.codings import read_codings
    from rupture.evaluation.coders import compare
    from rupture.evaluation.coders_report import write

    found = compare(read_codings(files, text, split, reference), words=words)
    if as_json:
        sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n")
    if out or not as_json:
        page = write(out or _RUNS / "coders", found)
        (sys.stderr if as_json else sys.stdout).write(f"{page}\n")


def kit(  # noqa: PLR0913  # one a command-line option
    out: Annotated[Path, typer.Argument(help="A new folder for the kit.")],
    sessions: Annotated[int, typer.Option("--sessions", min=1, help="How many sessions.")] = _SIZE,
    part: Annotated[str, typer.Option("--part", help="The part of our sessions: practice, test, cases or train.")] = "practice",
    cases: Annotated[Path | None, typer.Option("--cases", help="Transcripts of your own instead: a file or a folder.")] = None,
    form: Annotated[
        Form, typer.Option("--form", help="A table, a Label Studio project, or text with codes in braces.")
    ] = Form.CSV,
    rater: Annotated[str, typer.Option("--rater", help="Who will code it; else its folder's name says so.")] = "",
    seed: Annotated[int, typer.Option("--seed", help="Which sessions are drawn; the same for all who should code the same.")] = 1,
) -> None:
    """Make a blind set of sessions for people to code: codebook, transcripts, sheet, ratings."""
    from rupture.kit.making import kit_sessions, make_kit

    drawn = kit_sessions(part, cases, sessions, seed)
    make_kit(out, drawn, form=form, rater=rater, seed=seed, own=cases is not None)
    sys.stdout.write(f"{len(drawn)} sessions; begin with {out / 'README.md'}\n")


def kit_read(
    folder: Annotated[Path, typer.Argument(help="The folder with the kits that came back, one a coder.")],
    out: Annotated[Path, typer.Option("--out", help="Where turn_codes.csv and session_ratings.csv go.")] = _RUNS / "kit",
) -> None:
    """Check the kits that came back and write their codes in the form of corpus/annotations."""
    from rupture.kit.reading import read_kits

    for line in read_kits(folder, out):
        sys.stdout.write(f"{line}\n")
    sys.stdout.write(f"{out}\n")
