"""Small transcripts and the answers of a scripted language model about them."""

from rupture.analyse import Decisions
from rupture.detection.llm import POLICY, LlmDetector
from rupture.fakes import ScriptedStructuredModel
from rupture.transcript import Role, Transcript, Turn

DECISIONS = Decisions(POLICY)
ROLES = {"T": Role.THERAPIST, "C": Role.CLIENT, "O": Role.OTHER}
LINES = """T: How did you get on with the sheet, and what was it like to sit down with it at home?
C: I know. Whatever you think   is best.
O: Shall I translate that?
T: I have been pushing this on you.
C: It is a bit like school."""


def transcript(lines):
    split = [line.split(": ", 1) for line in lines.splitlines()]
    return Transcript("s", tuple(Turn(i, speaker, ROLES[speaker], text) for i, (speaker, text) in enumerate(split)))


def long(count):
    """A client and a therapist in turn, and somebody else at every fifth turn."""
    return Transcript(
        "long", tuple(Turn(i, r, ROLES[r], f"words {i}") for i, r in enumerate("TCTCO"[i % 5] for i in range(count)))
    )


def item(turn=1, code="W5", quote="Whatever you think is best", confidence=2):
    return {"turn": turn, "code": code, "quote": quote, "confidence": confidence}


def coded(*items, lines=LINES):
    """The names that scored and how high, by turn."""
    (scores,) = LlmDetector(ScriptedStructuredModel({"codes": list(items)})).score([transcript(lines)])
    return {turn: found for turn, s in enumerate(scores) if (found := {name: value for name, value in s.items() if value})}
