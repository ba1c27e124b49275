"""A worker without models that does what a session says: `sleep 0.5`, `die` (as when memory runs out), `cry` (an error that
quotes the session), `core` (how large an image of itself a crash may leave). With an argument it cannot load its models.
Everything but the analysis is the real worker."""

import os
import re
import resource
import sys
import time

from rupture.analysis import Analysis, State
from rupture.errors import ModelError
from rupture.serving.worker import main


def obey(transcript):
    words = " ".join(turn.text for turn in transcript.turns)
    sys.stdout.write("chatter that must not stand among the answers\n")
    if "die" in words.split():
        os._exit(1)
    if "cry" in words.split():
        raise ValueError(f"cried over {words}")
    if found := re.search(r"sleep ([\d.]+)", words):
        time.sleep(float(found[1]))
    if "core" in words.split():
        return Analysis(transcript, State.NOT_ANALYSED, (str(resource.getrlimit(resource.RLIMIT_CORE)),))
    return Analysis(transcript, State.NOT_ANALYSED, (str(os.getpid()), os.environ["RUPTURE_THREADS"]))


def load():
    if len(sys.argv) > 1:
        raise ModelError("model.onnx: is damaged. Reinstall rupture.")
    return obey


if __name__ == "__main__":
    main(load)
