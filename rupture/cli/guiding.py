"""`rupture guidance …`."""

import json
import sys
from typing import Annotated

import typer

from rupture.errors import CorpusError


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    group = typer.Typer(no_args_is_help=True, help="The curated guidance on ruptures and their repair.")
    group.command("search")(search)
    group.command("check")(check)
    app.add_typer(group, name="guidance")


def search(
    query: Annotated[str, typer.Argument(help="A question, or words about a moment.")],
    limit: Annotated[int, typer.Option("--limit", min=1, max=50, help="How many passages at most.")] = 5,
    as_json: Annotated[bool, typer.Option("--json", help="Print the passages as JSON.")] = False,
) -> None:
    """Search the guidance."""
    from rupture.build import build_retriever
    from rupture.guidance.search import search_guidance
    from rupture.report import found

    guidance, retriever = build_retriever()
    result = search_guidance(query, guidance, retriever, limit)
    sys.stdout.write(json.dumps(result, ensure_ascii=False) + "\n" if as_json else found(result))


def check() -> None:
    """Check every guidance document and reference against the format of corpus/README.md."""
    from rupture.guidance.documents import check as problems_in
    from rupture.resources import CORPUS

    problems = problems_in(CORPUS)
    if problems:
        raise CorpusError(f"{len(problems)} problems in the guidance\n" + "\n".join(problems))
    sys.stdout.write("The guidance is in order.\n")
