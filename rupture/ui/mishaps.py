"""What is said of an error on the screen: what the user can mend in its own words, anything else by a mark that also stands in
the log, beside the kind of error. No word of a session is shown or logged that way.
"""

import logging
import secrets
import sys
import traceback
from typing import Any

from rupture.errors import RuptureError, kind_and_place
from rupture.listening import without_message

_log = logging.getLogger("rupture.ui")


def said_of(error: Exception, where: str) -> str:
    """What to say of `error`, which was met in the handler called `where`; an unexpected one is logged."""
    if isinstance(error, RuptureError):
        return str(error)
    mark = secrets.token_hex(3)
    _log.error("error %s: %s in %s", mark, type(error).__name__, where)
    return f"Something went wrong inside the tool (error {mark}). Your session is untouched; please try again."


def log_no_words() -> None:
    """From now on an error that Gradio or the server meets by itself is logged by its kind and place too: its message may quote
    what it was given, such as a value of the wrong type."""

    def print_exc(*_: Any, **__: Any) -> None:
        _log.error("error: %s", kind_and_place(sys.exception()))

    # Gradio prints what it does not expect, and has no setting for it.
    traceback.print_exc = print_exc
    logging.getLogger("uvicorn.error").addFilter(without_message)
