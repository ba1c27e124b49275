"""Measures the search of the guidance: the suite `guidance`, on coded moments of held-out sessions and on questions.

Brings guidance and evaluation together; both stay ignorant of each other. What it is compared with needs the extra `models`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Unpack

from rupture.analyse import Decisions, decide
from rupture.analysis import Analysis, State
from rupture.assistant.moments import material
from rupture.build import build_detector, build_retriever
from rupture.codebook import BY_CODE, MARKERS, RUPTURE
from rupture.coding.sessions import split_sessions
from rupture.coding.values import CodedSession
from rupture.detection.card import read_card, read_decisions
from rupture.digests import digest, digest_files, digest_sessions
from rupture.encoder import GUIDANCE_FOLDER, Encoder
from rupture.encoder_export import base_encoder, export_encoder
from rupture.evaluation import retrieval, runs
from rupture.evaluation.retrieval import DETECTED, OURS, REPLY, Case
from rupture.evaluation.suites import Suite, load_suite
from rupture.evaluation.values import reference_codes
from rupture.guidance.query import moment_query, question_query
from rupture.guidance.rank import WITH_MARKERS, WITHOUT, rank
from rupture.guidance.retriever import HybridRetriever
from rupture.guidance.scope import FILE
from rupture.guidance.values import Passage, Query
from rupture.guidance.vectors import exact_index
from rupture.resources import BLIND_CODES, CASES, CORPUS, MODEL, SESSIONS, SUITES

SUITE = "guidance"
_FOLDER = CASES / SUITE
_FILES = tuple(_FOLDER / name for name in ("moments.jsonl", "questions.jsonl", "grades.csv"))
_KEPT = 10
"""How many passages of each search are saved."""


def run_guidance(folder: Path, *, progress: runs.Telling, **how: Unpack[runs.How]) -> None:
    """Searches for every case and saves what was found in `folder`, going on where an earlier run stopped."""
    cases = retrieval.read_cases(_FOLDER)
    sessions = {session.transcript.id: session for session in split_sessions(SESSIONS, BLIND_CODES)["cases"]}
    searches = _Searches(sessions)
    digests = {
        "corpus": searches.guidance.digest,
        "encoder": searches.digest,
        "minilm": searches.untuned,
        "scope": digest_files([GUIDANCE_FOLDER / FILE, CORPUS / "topics.yaml"]),
        "weights": digest([dict(WITH_MARKERS), dict(WITHOUT)]),
        "model": read_card(MODEL).digest,
        "cases": digest_files(_FILES[:2]),
        "sessions": digest_sessions(list(sessions.values())),
    }
    runs.run(
        folder,
        runs.Plan(SUITE, digests),
        {case.id: case for case in cases},
        searches.answer,
        progress=runs.named("search the guidance", progress),
        **how,
    )


def score_guidance(folder: Path) -> tuple[runs.Record, dict[str, Any], Suite]:
    """Scores the saved answers again: the run's record, its numbers and the suite they belong to."""
    scores = retrieval.score(folder, retrieval.read_cases(_FOLDER), retrieval.read_grades(_FILES[2]))
    return runs.read_record(folder), scores, load_suite(SUITES / f"{SUITE}.yaml")


class _Searches:
    """Ours, and what it is compared with: each of its parts alone, with the same query text."""

    def __init__(self, sessions: Mapping[str, CodedSession]) -> None:
        self._sessions = sessions
        self._coded = {name: reference_analysis(session) for name, session in sessions.items()}
        plain, tuned = _untuned(), Encoder(GUIDANCE_FOLDER)
        self.guidance, self._ours = build_retriever(tuned)
        bare = replace(self.guidance, passages={name: replace(p, queries=()) for name, p in self.guidance.passages.items()})
        indexes = {encoder: exact_index(bare, encoder) for encoder in (plain, tuned)}
        self.digest, self.untuned = tuned.digest, plain.digest

        def simple(encoder: Encoder, *, dense: bool, words: bool) -> HybridRetriever:
            return HybridRetriever(bare, encoder, indexes[encoder], dense=dense, words=words)

        self._others: Mapping[str, HybridRetriever] = {
            "bm25": simple(plain, dense=False, words=True),
            "minilm": simple(plain, dense=True, words=False),
            "both": simple(plain, dense=True, words=True),
            "tuned": simple(tuned, dense=True, words=False),
            "tuned both": simple(tuned, dense=True, words=True),
        }

    def answer(self, case: Case) -> runs.Answer:
        """What each search finds; ours for a moment also with the codes the shipped detector gives it."""
        query = self._query(case, self._coded)
        found = self._ours.candidates(query)
        passages = {OURS: [c.passage for c in rank(found, query, _KEPT)]}
        for name, search in self._others.items():
            passages[name] = [c.passage for c in search.candidates(Query(query.text))[:_KEPT]]
        if case.session:
            ways = material(self._coded[case.session], case.turn, self.guidance, self._ours).ways
            passages[REPLY] = [self.guidance.passages[way.advice.id] for way in ways]
            detected = self._query(case, self._detected)
            passages[DETECTED] = [c.passage for c in rank(self._ours.candidates(detected), detected, _KEPT)]
        return {"covered": bool(found), "found": {name: _described(shown) for name, shown in passages.items()}}

    def _query(self, case: Case, analyses: Mapping[str, Analysis]) -> Query:
        if not case.session:
            return question_query(case.question)
        session = self._sessions[case.session]
        return moment_query(analyses[case.session], case.turn, setting=f"{session.modality}; {session.setting}")

    @cached_property
    def _detected(self) -> Mapping[str, Analysis]:
        """The analyses by the shipped detector."""
        detector, decisions = build_detector(), read_decisions(MODEL)
        transcripts = [session.transcript for session in self._sessions.values()]
        scores = detector.score(transcripts)
        return {t.id: decide(t, State.ANALYSED, (), s, decisions) for t, s in zip(transcripts, scores, strict=True)}


def _untuned() -> Encoder:
    """all-MiniLM-L6-v2 as its makers published it, in int8 as ours are."""
    with TemporaryDirectory() as name:
        export_encoder(base_encoder(), Path(name))
        encoder = Encoder(Path(name))
        encoder.digest  # noqa: B018  # read while its file is there
        return encoder


def reference_analysis(session: CodedSession) -> Analysis:
    """The analysis that the raters' codes would give."""
    coded = reference_codes(session)
    scores = [
        {name: 1.0 for code in codes for name in (code, BY_CODE[code].family.value, *([RUPTURE] if code in MARKERS else []))}
        for codes in (coded.get(turn.index, ()) for turn in session.transcript.turns)
    ]
    return decide(session.transcript, State.ANALYSED, (), scores, Decisions())


def _described(passages: Sequence[Passage]) -> dict[str, list[str]]:
    return {
        "passages": [passage.id for passage in passages],
        "strategies": list(next((passage.strategies for passage in passages if passage.strategies), ())),
        "markers": sorted({code for passage in passages[: retrieval.TOP] for code in passage.markers}),
    }
