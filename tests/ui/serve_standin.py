"""Starts the real screen with the stand-in assistant, for tests in a browser: `python -m tests.ui.serve_standin PORT SAMPLES`."""

import sys
from pathlib import Path

from rupture.privacy.hardening import harden


def main() -> None:
    """Serves until killed; prints `ready` once the port is open."""
    harden()
    from rupture.listening import listen
    from rupture.ui import server
    from tests.ui.standins import assistant

    listener = listen(int(sys.argv[1]))
    samples = Path(sys.argv[2])
    app = server.build_app(assistant, samples, workspace=samples.parent / "kept" / "workspace.sqlite")
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    server._run(app, listener)


if __name__ == "__main__":
    main()
