"""The errors a user can do something about; every message says what was found and what to do.

Messages never contain words of a transcript: they name a file, a line, a turn or a setting.
"""

import traceback
from pathlib import Path


class RuptureError(Exception):
    """Base of all errors this package raises on purpose; `exit_code` is what the command line ends with."""

    exit_code = 2


class UnreadableTranscript(RuptureError):
    """The input is not a transcript that can be read, or cannot be read safely."""


class CorpusError(RuptureError):
    """A guidance document, reference or coded session breaks the format; names file and line."""


class ModelError(RuptureError):
    """The detector's files are missing, damaged or do not belong together."""


class ChatModelError(RuptureError):
    """The chat model is refused, unreachable, or its reply cannot be used."""


class ServerError(RuptureError):
    """A server cannot start; the message says what to do."""


class MissingPackage(RuptureError):
    """An optional package is needed; the message is the command that installs it."""

    def __init__(self, purpose: str, extra: str) -> None:
        super().__init__(f"{purpose} needs optional packages. Install them with: pip install 'rupture[{extra}]'")


class RunError(RuptureError):
    """An eval or batch run cannot start, resume or be scored; names the run and the reason."""


def kind_and_place(error: BaseException | None) -> str:
    """The type of `error` and where it was raised. Its message is left out: it may quote a session."""
    frames = traceback.extract_tb(error.__traceback__) if error else []
    return " at ".join([type(error).__name__, *(f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames[-1:])])
