"""Measures what the chat says about coded moments of sessions kept for testing: the suite `replies`.

Brings the assistant and evaluation together; both stay ignorant of each other.
"""

import re
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, Unpack

from rupture.assistant.assistant import Assistant
from rupture.assistant.check import forbidden
from rupture.assistant.reply import Conversation, Reply
from rupture.build import build_assistant
from rupture.coding.sessions import split_sessions
from rupture.digests import digest, digest_files, digest_sessions
from rupture.evaluation import replies, retrieval, runs
from rupture.evaluation.readability import grade
from rupture.evaluation.suites import Suite, load_suite
from rupture.guidance.values import Guidance
from rupture.guidance.wording import sentences, wordings
from rupture.measure_guidance import reference_analysis
from rupture.resources import BLIND_CODES, CASES, PROMPTS, SESSIONS, SUITES
from rupture.transcript import Transcript

SUITE = "replies"
QUESTION = "What happened at turn {turn}, and what could I have said?"
_MOMENTS = CASES / "guidance"
_PREFERENCES = CASES / SUITE / "preferences.csv"
_LEAST_WORDS, _MOST_WORDS = 60, 180
_NOTICES = re.compile(r"\[\d{1,2}\]")


def run_replies(folder: Path, *, progress: runs.Telling, **how: Unpack[runs.How]) -> None:
    """Asks about every moment, with the codes its raters gave, and saves what the checks find in `folder`."""
    assistant = build_assistant()
    sessions = {session.transcript.id: session for session in split_sessions(SESSIONS, BLIND_CODES)["cases"]}
    cases = {case.id: case for case in retrieval.read_cases(_MOMENTS) if case.session}
    analyses = {name: reference_analysis(session) for name, session in sessions.items()}
    digests = {
        "corpus": assistant.guidance.digest,
        "prompts": digest_files([PROMPTS / f"{name}.yaml" for name in ("phrases", "situations", "wordings")]),
        "cases": digest_files([_MOMENTS / "moments.jsonl"]),
        "sessions": digest_sessions(list(sessions.values())),
    }
    *_, _ = assistant.answer(QUESTION.format(turn=1), Conversation(next(iter(analyses.values()))))  # what loads once, loads here

    def answer(case: retrieval.Case) -> runs.Answer:
        conversation = Conversation(analyses[case.session])
        started = time.perf_counter()
        reply = asked(assistant, case, conversation)
        seconds = round(time.perf_counter() - started, 4)
        return {"seconds": seconds, **checks(reply, case, sessions[case.session].transcript, assistant.guidance)}

    runs.run(
        folder,
        runs.Plan(SUITE, digests),
        cases,
        answer,
        progress=runs.named("ask about moments", progress),
        **how,
    )


def score_replies(folder: Path) -> tuple[runs.Record, dict[str, Any], Suite]:
    """Scores the saved answers again: the run's record, its numbers and the suite they belong to."""
    scores = replies.score(folder, replies.read_preferences(_PREFERENCES))
    return runs.read_record(folder), scores, load_suite(SUITES / f"{SUITE}.yaml")


def asked(assistant: Assistant, case: retrieval.Case, conversation: Conversation) -> Reply:
    """The reply to the question of the suite."""
    *_, (reply, _) = assistant.answer(QUESTION.format(turn=case.turn), replace(conversation, focus=None))
    return reply


def checks(reply: Reply, case: retrieval.Case, transcript: Transcript, guidance: Guidance) -> runs.Answer:
    """What code can tell about a reply, and its wording's digest."""
    told = _NOTICES.sub("", reply.text)
    wanted = {replies.FAMILIES[code] for codes in case.fitting for code in codes}
    words = len(told.split())
    return {
        "reply": digest(reply.text),
        "answered": bool(reply.claims),
        "grounded": all(_stands(claim.text, id, guidance) for claim in reply.claims for id in claim.passages),
        "verbatim": all(_quoted(quote, transcript, guidance) for quote in re.findall(r"“([^”]*)”", told)),
        "right_turn": reply.turns[:1] == (case.turn,),
        "family": bool(reply.strategies) and replies.FAMILIES[reply.strategies[0]] in wanted,
        "allowed": forbidden(re.sub(r"“[^”]*”", "", told)) is None,
        "length": _LEAST_WORDS <= words <= _MOST_WORDS,
        "words": words,
        "grade": grade(re.sub(r"\([WC]\d[^)]*\)", "", told)),
    }


def _stands(claim: str, id: str, guidance: Guidance) -> bool:
    passage = guidance.passages[id]
    return any(piece in claim for piece in [*sentences(passage.text), *(words for _, words in wordings(passage))])


def _quoted(quote: str, transcript: Transcript, guidance: Guidance) -> bool:
    plain = quote.removesuffix(" …")
    return any(plain in turn.text for turn in transcript.turns) or any(plain in p.text for p in guidance.passages.values())
