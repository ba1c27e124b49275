"""Starts the real server in a process of its own: `python -m tests.serving.start OPTIONS`, with the options as JSON: `port`,
`workers`, `waiting`, `token_file`, and `command`, which stands in for the worker."""

import json
import signal
import sys
from pathlib import Path

from rupture.privacy.hardening import harden


def main() -> None:
    """Serves until stopped, as `rupture serve` does."""
    harden()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    from rupture.serving.access import chosen_access
    from rupture.serving.pool import COMMAND
    from rupture.serving.server import serve

    asked = json.loads(sys.argv[1])
    access = chosen_access(token_file=Path(asked["token_file"]) if "token_file" in asked else None)
    serve(access, asked["port"], asked.get("workers", 1), asked.get("waiting", 16), asked.get("command", COMMAND))


if __name__ == "__main__":
    main()
