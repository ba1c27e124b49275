"""The command line: `rupture …`. One file a command group, no logic; heavy imports wait until a command runs."""

import sys

import typer

from rupture.cli import analysing, asking, evaluating, guiding, training, users
from rupture.errors import RuptureError

app = typer.Typer(
    name="rupture",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Reads a psychotherapy session transcript on this machine, shows where the working alliance may be under strain, and "
    "quotes cited guidance on repairing it. For the clinician's own reflection and training, with the client's consent.",
)
for module in (analysing, asking, guiding, training, evaluating, users):
    module.register(app)


def main() -> None:
    """Runs the command line; errors a user can mend end with one line and their exit code, an interrupt with 130."""
    from rupture.privacy.hardening import harden

    harden()
    try:
        app()
    except RuptureError as error:
        sys.stderr.write(f"rupture: {error}\n")
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.stderr.write("rupture: interrupted; what was finished is kept\n")
        sys.exit(130)
