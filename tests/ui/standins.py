"""A small assistant for the screen's tests: the real path, corpus and composed replies, with a detector that goes by a few
words.
"""

import time
from collections.abc import Sequence
from functools import cache

from rupture.analyse import Decisions
from rupture.analysis import ModelCard, Scores
from rupture.assistant.assistant import Assistant
from rupture.assistant.intents import Intents
from rupture.fakes import ListRetriever
from rupture.guidance.documents import load
from rupture.policy import Policy
from rupture.resources import CORPUS
from rupture.transcript import Role, Transcript

SESSION = """\
Therapist: How was the week with the sleep diary?
Client: It was fine, I suppose. I filled in a couple of days.
Therapist: I wonder whether the exercise helped you notice anything.
Client: Sure, whatever you think is best. You're the expert.
Therapist: It sounds as though part of you may be unsure about it.
Client: No, no, it is good. I will do more of it next week.
Therapist: Let's plan the next seven days then, morning and evening.
Client: Honestly this diary is pointless and you are not listening to me.
Therapist: You are right, I have been pushing the diary without asking you. What has that been like?
Client: Well, a bit like school. I do not like being marked.
Therapist: Thank you for telling me. What would you change about it?
Client: Maybe write down one thing a day, in the evening, that I can manage.
"""

_WORDS: tuple[tuple[str, dict[str, float]], ...] = (
    ("whatever you think", {"rupture": 0.91, "withdrawal": 0.88, "confrontation": 0.06, "W5": 0.82, "W3": 0.2}),
    ("pointless", {"rupture": 0.86, "withdrawal": 0.1, "confrontation": 0.84, "C3": 0.71, "C1": 0.55}),
    ("I suppose", {"rupture": 0.4, "withdrawal": 0.38, "confrontation": 0.05, "W2": 0.36}),
    ("without asking you", {"strategy": 0.8, "R5": 0.77, "R4": 0.6}),
)


SLOW = "this recording goes on and on"
"""A session with these words takes as long as a very long one."""


class WordDetector:
    """Scores a turn by the first listed words in it."""

    def score(self, transcripts: Sequence[Transcript]) -> list[list[Scores]]:
        """See `Detector.score`."""
        if any(SLOW in turn.text for transcript in transcripts for turn in transcript.turns):
            time.sleep(8)
        return [[_score(turn.text, turn.role) for turn in transcript.turns] for transcript in transcripts]


def _score(text: str, role: Role) -> Scores:
    found = next((scores for words, scores in _WORDS if words in text), None)
    if role is Role.CLIENT:
        return found if found and "rupture" in found else {"rupture": 0.05, "withdrawal": 0.04, "confrontation": 0.03}
    if role is Role.THERAPIST:
        return found if found and "strategy" in found else {"strategy": 0.05}
    return {}


class PlainIntents(Intents):
    """Goes by a few words."""

    def __init__(self) -> None:
        """Needs no encoder."""

    def of(self, question: str) -> str:
        """See `Intents.of`."""
        if not question.strip():
            return "overview"
        return "respond" if any(word in question for word in ("try", "say", "turn")) else "question"


@cache
def assistant() -> Assistant:
    """Built once: the corpus is read from files."""
    guidance = load(CORPUS)
    passages = [p for p in guidance.passages.values() if {"W5", "C3"} & set(p.markers) or p.document == "deferential-agreement"]
    weights = {
        name: {"intercept": value}
        for name, value in (("withdrawal", 3), ("confrontation", 2), ("resolution", 2), ("therapist_contribution", 3))
    }
    decisions = Decisions(Policy(), weights, ModelCard("words", "0" * 16, ("W5", "C3")), 0.4)
    return Assistant(WordDetector(), decisions, guidance, ListRetriever(passages), PlainIntents())
