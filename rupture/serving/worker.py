"""One worker: a process that holds the models and analyses one session after the other, each on its own, so that its answer
is the one that `rupture analyze` gives. Started by `pool.py` with pipes; ends when these are closed. Writes no file.

Sessions of several senders are never scored in one call: the encoder's activations are quantised a call at a time, so that
probabilities would move with the company (docs/serving.md has the numbers).
"""

import contextlib
import json
import logging
import os
import secrets
import signal
import sys
from collections.abc import Callable

from rupture.analysis import Analysis
from rupture.errors import MissingPackage, RuptureError, UnreadableTranscript, kind_and_place
from rupture.limits import limit
from rupture.privacy.hardening import differing_environment
from rupture.serving.frames import Kind, framed, read
from rupture.transcript import Transcript

_log = logging.getLogger("rupture.serving")

NAMELESS = "session"
"""The id of a session that comes without one."""
Analyse = Callable[[Transcript], Analysis]


def transcript_of(body: bytes) -> Transcript:
    """The transcript in a request's `body`: turns as `rupture analyze` reads a file of the same bytes, text as it reads standard
    input. UnreadableTranscript when it is none."""
    from rupture.formats.reading import read as read_text
    from rupture.formats.reading import read_bytes

    session = json.loads(body)
    id, text = str(session.get("id", NAMELESS)), session.get("text")
    reading = read_bytes(body, id=id, name="session.json") if text is None else read_text(text, id=id)
    return reading.transcript


def answer(body: bytes, analyse: Analyse) -> bytes:
    """The message that answers a message SESSION; whatever goes wrong is told without a word of the session."""
    try:
        analysis = analyse(transcript_of(body))
        # An id may hold half a surrogate pair, which UTF-8 has not; the backslash form is the same string in JSON.
        text = json.dumps(analysis.to_dict(), ensure_ascii=False)
        return framed(Kind.ANALYSIS, text.encode(errors="backslashreplace"))
    except (UnreadableTranscript, MissingPackage) as error:
        return framed(Kind.UNREADABLE, str(error).encode())
    except RuptureError as error:
        return framed(Kind.BROKEN, str(error).encode())
    except Exception as error:
        mark = secrets.token_hex(3)
        _log.error("error %s: %s", mark, kind_and_place(error))
        return framed(Kind.BROKEN, f"Something went wrong inside the tool (error {mark}).".encode())


def main(load: Callable[[], Analyse]) -> None:
    """Loads the models, says so, and answers until nobody asks any more."""
    limit(CORE=0)
    # Who stops the server may signal all of its processes; a worker finishes what it has, and ends with the pipe.
    for name in ("SIGINT", "SIGTERM"):
        signal.signal(getattr(signal, name), signal.SIG_IGN)
    # Whatever a library prints must not stand among the answers.
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    try:
        analyse = load()
    except RuptureError as error:
        answers.write(framed(Kind.BROKEN, str(error).encode()))
        return
    answers.write(framed(Kind.READY))
    with contextlib.suppress(BrokenPipeError):  # the server has gone, and the answer with it
        while (body := read(sys.stdin.buffer)) is not None:
            reply = memoryview(answer(body, analyse))
            while reply:
                reply = reply[answers.write(reply) :]


def loaded() -> Analyse:
    """The analysis with its models loaded; RuptureError when the process is not as private as it must be, or a model is
    damaged."""
    if wrong := differing_environment():
        raise RuptureError(f"The worker does not start, because it could not be made private: {'; '.join(wrong)}.")
    from rupture.build import build_reading
    from rupture.transcript import Role, Turn

    analyse = build_reading()[0]
    # The first session reads files that wait until they are needed; nobody should wait for that.
    talk = ("How did you find the week?", "It was fine, whatever you think is best for me to do.")
    analyse(Transcript("", tuple(Turn(i, str(role), role, talk[i]) for i, role in enumerate((Role.THERAPIST, Role.CLIENT)))))
    return analyse


if __name__ == "__main__":
    main(loaded)
