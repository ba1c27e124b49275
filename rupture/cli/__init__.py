"""The command line: `rupture …`. One file a command group, no logic; heavy imports wait until a command runs."""

import signal
import sys

import typer

from rupture.cli import analysing, asking, doctor, evaluating, guiding, masking, practising, serving, training, users
from rupture.errors import RuptureError, kind_and_place

app = typer.Typer(
    name="rupture",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Reads a psychotherapy session transcript on this machine, shows where the working alliance may be under strain, and "
    "quotes cited guidance on repairing it. For the clinician's own reflection and training, with the client's consent.",
)
for module in (analysing, asking, guiding, masking, practising, training, evaluating, serving, users, doctor):
    module.register(app)


def main() -> None:
    """Runs the command line; errors a user can mend end with one line and their exit code, an interrupt with 130.
    Of any other error its kind and place are said: a traceback's last line may quote a session."""
    from rupture.privacy.hardening import harden

    harden()
    # As an exception it lets the temp folder be wiped on the way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        app()
    except RuptureError as error:
        sys.stderr.write(f"rupture: {error}\n")
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.stderr.write("rupture: interrupted; what was finished is kept\n")
        sys.exit(130)
    except Exception as error:
        sys.stderr.write(
            f"rupture: something went wrong inside the tool ({kind_and_place(error)}). What was finished is kept. Please report "
            "this line; it holds no word of a session.\n"
        )
        sys.exit(1)
