"""The real screen with parts that break and quote what they were given, as badly written ones would, logging all there is to log:
`python -m tests.assurance.failing_screen PORT`. A part breaks when a session or a question holds its word, `break-detector` for
example; with `slow-detector`, `slow-model` or `endless-model` it takes a while. Tabs are forgotten ten seconds after they were
closed; how many are held stands in the file `tabs` of the working folder.
"""

import logging
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from rupture.privacy.hardening import harden

PARTS = ("detector", "care", "retriever", "intents", "model")
CRY = "waldrapp-cried"
"""In the message of every broken part, beside what it was given; no message of ours holds it."""
SLOW = 2.0
"""Seconds that a slow part takes."""


def break_on(part: str, words: str, given: object) -> None:
    """Raises when `words` ask `part` to break."""
    if f"break-{part}" in words:
        raise ValueError(f"{CRY} {given!r}")


def main() -> None:
    """Serves until stopped."""
    harden()
    logging.basicConfig(level=logging.DEBUG)
    from dataclasses import replace
    from datetime import timedelta

    from rupture.listening import listen
    from rupture.privacy.care import Care, by_patterns
    from rupture.ui import forgetting, server
    from tests.ui import standins

    asked = [""]

    class Detector(standins.WordDetector):
        def score(self, transcripts: Sequence) -> list:
            words = " ".join(turn.text for turn in transcripts[0].turns)
            break_on("detector", words, transcripts)
            time.sleep(SLOW if "slow-detector" in words else 0)
            return super().score(transcripts)

    class Intents(standins.PlainIntents):
        def of(self, question: str) -> str:
            asked[0] = question
            break_on("intents", question, question)
            return super().of(question)

    class Retriever:
        def candidates(self, query: object) -> list:
            break_on("retriever", asked[0], (asked[0], query))
            return usual.retriever.candidates(query)

    class Model:
        host = ""

        def stream(self, system: str, user: str) -> Iterator[str]:
            break_on("model", asked[0], (system, user))
            pause = 60 * SLOW if "endless-model" in asked[0] else SLOW if "slow-model" in asked[0] else 0
            for _ in range(100):
                time.sleep(pause / 100)
                yield "Thanks. "

    def care(texts: Sequence[str], *, asked: bool = False) -> list[Care]:
        break_on("care", " ".join(texts), texts)
        return by_patterns(texts)

    usual = standins.assistant()
    failing = replace(usual, detector=Detector(), intents=Intents(), retriever=Retriever(), chat=Model(), care=care)
    listener = listen(int(sys.argv[1]))
    forgetting.CLOSED = timedelta(seconds=10)
    app = server.build_app(lambda: failing, Path("nowhere"))
    held = server._inside(app).state_holder.session_data

    def count() -> None:
        while True:
            Path("tabs.new").write_text(str(len(held)), encoding="utf-8")
            Path("tabs.new").replace("tabs")
            time.sleep(0.2)

    threading.Thread(target=count, daemon=True).start()
    server._run(app, listener)


if __name__ == "__main__":
    main()
