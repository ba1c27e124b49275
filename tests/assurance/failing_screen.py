"""The real screen with parts that break and quote what they were given, as badly written ones would, logging all there is to log:
`python -m tests.assurance.failing_screen PORT`. A part breaks when a session or a question holds its word, `break-detector` for
example.
"""

import logging
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from rupture.privacy.hardening import harden

PARTS = ("detector", "care", "retriever", "intents", "model")
CRY = "waldrapp-cried"
"""In the message of every broken part, beside what it was given; no message of ours holds it."""


def break_on(part: str, words: str, given: object) -> None:
    """Raises when `words` ask `part` to break."""
    if f"break-{part}" in words:
        raise ValueError(f"{CRY} {given!r}")


def main() -> None:
    """Serves until stopped."""
    harden()
    logging.basicConfig(level=logging.DEBUG)
    from dataclasses import replace

    from rupture.listening import listen
    from rupture.privacy.care import Care, by_patterns
    from rupture.ui import server
    from tests.ui import standins

    asked = [""]

    class Detector(standins.WordDetector):
        def score(self, transcripts: Sequence) -> list:
            break_on("detector", " ".join(turn.text for turn in transcripts[0].turns), transcripts)
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
            yield "Thank you."

    def care(texts: Sequence[str], *, asked: bool = False) -> list[Care]:
        break_on("care", " ".join(texts), texts)
        return by_patterns(texts)

    usual = standins.assistant()
    failing = replace(usual, detector=Detector(), intents=Intents(), retriever=Retriever(), chat=Model(), care=care)
    listener = listen(int(sys.argv[1]))
    server._run(server.build_app(lambda: failing, Path("nowhere")), listener)


if __name__ == "__main__":
    main()
