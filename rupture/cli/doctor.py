"""`rupture doctor`: what holds on this machine."""

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    app.command("doctor")(doctor)


def doctor(as_json: Annotated[bool, typer.Option("--json", help="Print the checks as JSON.")] = False) -> None:
    """Look at this machine: offline, models, guidance, versions, who may read what is kept. Ends 3 when there is a problem."""
    from rupture.build import cache_folder, workspace_file
    from rupture.doctor import Places, State, examine
    from rupture.resources import CORPUS, IN_CHECKOUT, MODEL

    named = os.environ.get("RUPTURE_USERS", "").strip()
    places = Places(
        model=MODEL,
        corpus=CORPUS,
        cache=cache_folder(),
        data=workspace_file().parent,
        users=Path(named) if named else None,
        lock=CORPUS.parent / "requirements" / "base.txt" if IN_CHECKOUT else None,
    )
    checks = examine(places, os.environ)
    if as_json:
        sys.stdout.write(json.dumps({"checks": [asdict(check) for check in checks]}, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write("".join(f"{c.state:<8} {c.name}: {c.means}{f' {c.do}' if c.do else ''}\n" for c in checks))
    if any(check.state is State.PROBLEM for check in checks):
        raise typer.Exit(3)
