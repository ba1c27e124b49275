"""Starts the screen: `python app.py`, at http://127.0.0.1:7860 unless `PORT` says otherwise; `RUPTURE_HOST`, `RUPTURE_USERS` and
`RUPTURE_TRUSTED_HOSTS` share it with others (docs/shared-install.md).
"""

import sys

from rupture.privacy.hardening import harden


def main() -> int:
    """Exit code of the program; the environment is put in order before anything else is imported."""
    harden()
    from rupture.errors import RuptureError
    from rupture.ui.server import chosen_access, serve

    try:
        serve(access=chosen_access())
    except RuptureError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
