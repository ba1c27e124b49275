"""Measures what is noticed of risk language and complaints of bias: the suite `care`, on cases written for it and on
sessions kept for testing.

Brings the assistant and evaluation together; both stay ignorant of each other.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Unpack

from rupture.assistant.assistant import Assistant
from rupture.assistant.caution import bias_at, may_be_bias
from rupture.assistant.draft import phrase
from rupture.assistant.reply import Conversation, Reply
from rupture.build import build_assistant
from rupture.coding.sessions import split_sessions
from rupture.coding.values import CodedSession
from rupture.digests import digest_files, digest_sessions
from rupture.evaluation import care, runs
from rupture.evaluation.suites import Suite, load_suite
from rupture.prompts import table
from rupture.resources import BLIND_CODES, CASES, ENCODER, PROMPTS, SESSIONS, SUITES
from rupture.transcript import Role, Transcript, Turn
from rupture.utterances import FILE, FOLDER

SUITE = "care"
_FOLDER = CASES / SUITE


def run_care(folder: Path, *, progress: runs.Telling, **how: Unpack[runs.How]) -> None:
    """Reads every case and every test session and saves what was noticed in `folder`, going on where an earlier run stopped."""
    assistant = build_assistant()
    sessions = split_sessions(SESSIONS, BLIND_CODES)["test"]
    cases = care.read_cases(_FOLDER)
    items: dict[str, Any] = {**cases, **{session.transcript.id: session for session in sessions}}
    digests = {
        "model": digest_files([FOLDER / ENCODER, FOLDER / FILE]),
        "phrases": digest_files([PROMPTS / "phrases.yaml", PROMPTS / "situations.yaml"]),
        "cases": digest_files([_FOLDER / "risk.jsonl", _FOLDER / "bias.jsonl"]),
        "corpus": assistant.guidance.digest,
        "sessions": digest_sessions(sessions),
    }

    def answer(item: Any) -> runs.Answer:
        if isinstance(item, CodedSession):
            return _session(assistant, item)
        return {"risk": list(assistant.care([item["text"]])[0].risk)} if item["set"] == "risk" else _bias(assistant, item)

    runs.run(
        folder,
        runs.Plan(SUITE, digests),
        items,
        answer,
        progress=runs.named("read for what calls for care", progress),
        **how,
    )


def score_care(folder: Path) -> tuple[runs.Record, dict[str, Any], Suite]:
    """Scores the saved answers again: the run's record, its numbers and the suite they belong to."""
    scores = care.score(folder, care.read_cases(_FOLDER))
    return runs.read_record(folder), scores, load_suite(SUITES / f"{SUITE}.yaml")


def transcript_of(case: care.Case) -> Transcript:
    """The excerpt of a bias case."""
    said: Sequence[tuple[str, str]] = case["turns"]
    return Transcript(case["id"], tuple(Turn(n, role.title(), Role(role), text) for n, (role, text) in enumerate(said)))


def _session(assistant: Assistant, session: CodedSession) -> runs.Answer:
    cares = assistant.care([turn.text for turn in session.transcript.turns])
    clients = [care.bias for turn, care in zip(session.transcript.turns, cares, strict=True) if turn.role is Role.CLIENT]
    return {"turns": len(cares), "risk": sum(bool(care.risk) for care in cares), "bias": sum(clients)}


def _bias(assistant: Assistant, case: care.Case) -> runs.Answer:
    analysis = assistant.analyse(transcript_of(case))
    replies = []
    for question in case["asks"]:
        *_, (reply, _) = assistant.answer(question, Conversation(analysis, focus=case["turn"]))
        replies.append(reply)
    return {
        "noticed": bias_at(analysis, case["turn"]),
        "perhaps": may_be_bias(analysis, case["turn"]),
        "asked": len(replies),
        "explained_away": sum(explains_away(reply) for reply in replies),
    }


def explains_away(reply: Reply) -> bool:
    """Whether the reply offers another reading of the words, or agrees with one, without saying that a complaint stands; or links
    them to a pattern of the client's."""
    openings = (phrase("leads.reading"), *table("phrases")["challenge"])
    read_otherwise = any(opening in reply.text for opening in openings) and phrase("reading_unless") not in reply.text
    return read_otherwise or bool({"R7", "R8"} & set(reply.strategies))
