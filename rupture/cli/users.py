"""`rupture user …`: who may log in to a screen that several people share."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    group = typer.Typer(no_args_is_help=True, help="Who may log in to a shared screen.")
    # A group of one command would otherwise be taken for the command itself.
    group.callback()(lambda: None)
    group.command("add")(add)
    app.add_typer(group, name="user")


def add(
    name: Annotated[str, typer.Argument(help="The name to log in with.")],
    users: Annotated[
        Path | None, typer.Option("--users", help="The file; else the one that RUPTURE_USERS names.", dir_okay=False)
    ] = None,
) -> None:
    """Add a user, or change a password. It is asked for unseen, or read as a line of standard input where nobody can be asked."""
    from rupture.ui.login import add_user

    named = os.environ.get("RUPTURE_USERS", "").strip()
    if users is None and not named:
        raise typer.BadParameter("say which file: --users FILE, or RUPTURE_USERS=FILE")
    file = users or Path(named)
    if sys.stdin.isatty():
        password = typer.prompt("Password", hide_input=True, confirmation_prompt="Once more", err=True)
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    done = "password changed" if add_user(file, name, password) else "added"
    sys.stdout.write(f"{name}: {done} in {file}. A running screen reads it at its next start.\n")
