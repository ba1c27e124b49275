"""`rupture guidance …`."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from rupture.errors import CorpusError


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    group = typer.Typer(no_args_is_help=True, help="The curated guidance on ruptures and their repair.")
    group.command("search")(search)
    group.command("add")(add)
    group.command("remove")(remove)
    group.command("list")(list_own)
    group.command("check")(check)
    group.command("coverage")(coverage)
    group.command("tune")(tune_encoder)
    app.add_typer(group, name="guidance")


def search(
    query: Annotated[str, typer.Argument(help="A question, or words about a moment.")],
    limit: Annotated[int, typer.Option("--limit", min=1, max=50, help="How many passages at most.")] = 5,
    as_json: Annotated[bool, typer.Option("--json", help="Print the passages as JSON.")] = False,
) -> None:
    """Search the guidance."""
    from rupture.build import build_own_retriever, build_retriever
    from rupture.encoder import GUIDANCE_FOLDER, Encoder
    from rupture.guidance.search import search_guidance
    from rupture.report import found

    encoder = Encoder(GUIDANCE_FOLDER)
    guidance, retriever = build_retriever(encoder)
    result = search_guidance(query, guidance, retriever, limit, build_own_retriever(encoder))
    if retriever.note:
        sys.stderr.write(f"{retriever.note}\n")
    sys.stdout.write(json.dumps(result, ensure_ascii=False) + "\n" if as_json else found(result))


def add(files: Annotated[list[Path], typer.Argument(help="Markdown, text, DOCX or PDF.", exists=True, dir_okay=False)]) -> None:
    """Add documents of your own: kept on this machine, searched apart from the guidance, and labelled as yours."""
    from rupture.build import own_guidance_folder
    from rupture.guidance import own

    folder = own_guidance_folder()
    for file in files:
        sys.stdout.write(f"{own.add(folder, file)}  kept in {folder}\n")


def remove(names: Annotated[list[str], typer.Argument(help="Names as `rupture guidance list` gives them.")]) -> None:
    """Remove documents of your own; nothing of them is left."""
    from rupture.build import own_guidance_folder
    from rupture.guidance import own

    for name in names:
        own.remove(own_guidance_folder(), name)
        sys.stdout.write(f"{name}  removed\n")


def list_own() -> None:
    """List the documents you added."""
    from rupture.build import own_guidance_folder
    from rupture.guidance import own

    sys.stdout.write("".join(f"{name}\n" for name in own.names(own_guidance_folder())) or "You have added no documents.\n")


def check() -> None:
    """Check every guidance document and reference against the format of corpus/README.md."""
    from rupture.guidance.documents import check as problems_in
    from rupture.resources import CORPUS

    problems = problems_in(CORPUS)
    if problems:
        raise CorpusError(f"{len(problems)} problems in the guidance\n" + "\n".join(problems))
    sys.stdout.write("The guidance is in order.\n")


def coverage() -> None:
    """Write corpus/COVERAGE.md of this checkout: what the guidance covers, counted."""
    from rupture.guidance.coverage import coverage as tables
    from rupture.guidance.documents import load
    from rupture.resources import CORPUS

    (CORPUS / "COVERAGE.md").write_text(tables(load(CORPUS)), encoding="utf-8")
    sys.stdout.write(f"{CORPUS / 'COVERAGE.md'}\n")


def tune_encoder(
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder for the encoder; without it, the shipped one is replaced.")
    ] = None,
) -> None:
    """Tune the search on corpus/queries.jsonl and corpus/outside.jsonl (needs the extra `models`)."""
    from rupture.cli.progress import bar
    from rupture.encoder import GUIDANCE_FOLDER
    from rupture.encoder_export import base_encoder

    base = base_encoder()
    from rupture.guidance.documents import load
    from rupture.guidance.tuning import tune_search
    from rupture.resources import CORPUS

    with bar() as progress:
        tune_search(base, load(CORPUS), CORPUS / "outside.jsonl", out or GUIDANCE_FOLDER, progress)
    sys.stdout.write(f"{out or GUIDANCE_FOLDER}\n")
