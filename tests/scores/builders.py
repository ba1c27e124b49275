"""Stand-ins for `rupture.build.build_reading` that a child process is told to load: analyses of known scores, and sessions that
end or stop their process. They are chosen by id, since a child knows nothing else of a session."""

import os
import signal
import time
from dataclasses import replace

from rupture.analyse import Decisions, analyse
from rupture.analysis import ModelCard
from rupture.errors import ModelError, UnreadableTranscript
from rupture.fakes import ScriptedDetector

DIGEST = "d" * 64
DECISIONS = Decisions(model=ModelCard("scripted", DIGEST, ("W1", "C1")))
OBJECTION = "No, and I have said so before."
SCORES = {OBJECTION: {"rupture": 0.9, "withdrawal": 0.1, "confrontation": 0.8, "C1": 0.7, "W1": 0.05}}
TEXT = f"""T: How was the week with the thought record?
C: It was fine, I think I did most of it.
T: You think? What was it like to write those down?
C: {OBJECTION}
T: I wonder whether I am pushing this on you.
C: A bit, and I would rather talk about my sister.
"""


def known(transcript):
    return analyse(transcript, ScriptedDetector(SCORES), DECISIONS)


def steady(detector):
    """Known scores, after a moment."""

    def analysed(transcript):
        time.sleep(0.05)
        return known(transcript)

    return analysed, DECISIONS


def poisoned(detector):
    """Known scores, but for sessions called `crash…`, `hang…`, `memory…`, `bug…` and `fails…`."""

    def analysed(transcript):
        id = transcript.id.rpartition("/")[2]
        if id.startswith("crash"):
            os.kill(os.getpid(), signal.SIGKILL)
        if id.startswith("hang"):
            time.sleep(600)
        if id.startswith("memory"):
            bytearray(8_000_000_000)
        if id.startswith("bug"):
            raise ZeroDivisionError(OBJECTION)
        if id.startswith("fails"):
            raise UnreadableTranscript("turn 3: not this one")
        print("not an answer")  # noqa: T201 - what a library might do
        return known(transcript)

    return analysed, DECISIONS


def missing(detector):
    """A model that is not there."""
    raise ModelError("encoder.onnx is missing. Reinstall rupture.")


def dying(detector):
    """A model that ends its process while it is loaded."""
    os.kill(os.getpid(), signal.SIGKILL)


def slow(detector):
    """Known scores of the first six turns, after a while."""

    def analysed(transcript):
        time.sleep(1)
        return known(replace(transcript, turns=transcript.turns[:6]))

    return analysed, DECISIONS
