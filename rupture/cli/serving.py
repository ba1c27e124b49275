"""`rupture serve`: the analysis over HTTP, for programs."""

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    app.command("serve")(serve)


def serve(
    host: Annotated[
        str, typer.Option("--host", help="Address to listen on; other than this machine's own needs a token and trusted hosts.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port to listen on; 0 takes a free one.")] = 7870,
    workers: Annotated[int, typer.Option("--workers", min=1, max=64, help="Processes that analyse; each holds the models.")] = 1,
    waiting: Annotated[
        int, typer.Option("--waiting", min=1, max=1000, help="Sessions that may wait for a worker; more are refused.")
    ] = 16,
    token_file: Annotated[
        Path | None, typer.Option("--token-file", help="File with the token to ask for; else RUPTURE_TOKEN.", dir_okay=False)
    ] = None,
    trusted: Annotated[
        list[str], typer.Option("--trusted-host", help="A host name the server may be reached under; may be repeated.")
    ] = [],  # noqa: B006 - typer's way to say a repeated option
) -> None:
    """Answer programs over HTTP at http://127.0.0.1:7870, with this computer only unless there is a token (docs/serving.md)."""
    from rupture.serving.access import chosen_access
    from rupture.serving.server import serve as serve_until_stopped

    serve_until_stopped(chosen_access(host, token_file, trusted), port, workers, waiting)
