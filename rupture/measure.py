"""Measures the detector: the suite `detection` on our own held-out sessions with the shipped model and, where AnnoMI's text
is at hand, on
AnnoMI with models trained fold by fold. Brings detection and evaluation together; both stay ignorant of each other."""

import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any

from rupture.analyse import Decisions
from rupture.analysis import Scores
from rupture.build import build_detector, build_llm_detector
from rupture.coding.annomi import fold_ids, read_annomi, session_id
from rupture.coding.sessions import raters_of, read_sessions, split_sessions
from rupture.coding.standoff import read_raters
from rupture.coding.values import CodedSession, Rating
from rupture.detection.card import read_card
from rupture.detection.training import cross_validate
from rupture.digests import digest_sessions
from rupture.encoder import Encoder
from rupture.evaluation import detection, runs
from rupture.evaluation.agreement import Agreement, agreement
from rupture.evaluation.groups import by_file, by_length, by_quality
from rupture.evaluation.robustness import as_recognised, name_shifts, named, recognition_loss, report
from rupture.evaluation.suites import Suite, load_suite
from rupture.evaluation.values import Prediction, predict
from rupture.protocols import Detector, DetectorName, Progress
from rupture.resources import ANNOTATIONS, BLIND_CODES, CASES, MODEL, SESSIONS, SUITES
from rupture.session_rating import rate
from rupture.transcript import Transcript

_MEMBERS = "members"


def detection_sessions(annomi: Path | None) -> list[CodedSession]:
    """What the suite is measured on: our test sessions, and AnnoMI's coded ones if `annomi` names their text."""
    test = split_sessions(SESSIONS, BLIND_CODES)["test"]
    return [*test, *(read_annomi(annomi, ANNOTATIONS) if annomi else [])]


def run_detection(
    folder: Path, annomi: Path | None, *, fresh: bool, progress: Progress, detector: DetectorName = DetectorName.TRAINED
) -> None:
    """Predicts every session and saves the answers in `folder`, going on where an earlier run stopped."""
    sessions = detection_sessions(annomi)
    if fresh:
        shutil.rmtree(folder / _MEMBERS, ignore_errors=True)
    if detector is DetectorName.LLM:
        coder, decisions = build_llm_detector()
        digest = decisions.model.digest if decisions.model else ""
        predictor: Callable[[CodedSession], Prediction] = partial(_scored, coder, decisions)
    else:
        digest, predictor = read_card(MODEL).digest, _predictor(sessions, folder / _MEMBERS, progress)
    digests = {"model": digest, "cases": digest_sessions(sessions)}
    plan = runs.Plan(suite_of(detector), digests, {"annomi": annomi is not None})
    detection.run_detection(
        folder, plan, sessions, predictor, fresh=fresh,
        progress=lambda done, total, failed: progress("predict the sessions", done, total),
    )  # fmt: skip


def suite_of(detector: DetectorName) -> str:
    """The suite a detector is measured by: same sessions, other cautions, and gates for the trained one only."""
    return "detection" if detector is DetectorName.TRAINED else f"detection-{detector.value}"


def score_detection(folder: Path, annomi: Path | None) -> tuple[runs.Record, dict[str, Any], Suite]:
    """Scores the saved answers again: the run's record, its numbers and the suite they belong to."""
    sessions = detection_sessions(annomi)
    groupings = {
        "length": by_length(sessions),
        "setting": by_file(sorted(SESSIONS.glob("*.txt"))),
        "quality": by_quality(ANNOTATIONS),
    }
    scores = detection.score(folder, sessions, groupings, _agreement(sessions))
    record = runs.read_record(folder)
    return record, scores, load_suite(SUITES / f"{record.plan.suite}.yaml")


def score_robustness(folder: Path) -> str:
    """Measures the shipped detector with names swapped and on recognised speech; writes `scores.json`, returns the report."""
    card, detector = read_card(MODEL), build_detector()

    def predicted(transcripts: Iterable[Transcript]) -> list[Prediction]:
        return [_prediction(t, detector.score([t])[0], card.decisions) for t in transcripts]

    plain = split_sessions(SESSIONS, BLIND_CODES)["test"]
    recognised = [as_recognised(session) for session in plain]
    scores = {
        "schema": 1,
        "model": card.id,
        "cases": digest_sessions(plain),
        "sessions": len(plain),
        "names": name_shifts({key: predicted(by.values()) for key, by in named(CASES / "names.yaml").items()}),
        "recognised": recognition_loss(plain, *(predicted(s.transcript for s in sessions) for sessions in (plain, recognised))),
    }
    folder.mkdir(parents=True, exist_ok=True)
    runs.write_json(folder / runs.SCORES, scores)
    return report(scores, card.id)


def _agreement(sessions: Sequence[CodedSession]) -> dict[str, list[Agreement]]:
    """Of the raters of each data set among `sessions`."""
    own = read_sessions(sorted(SESSIONS.glob("*.txt")))
    raters = {**raters_of(own, BLIND_CODES), **read_raters(ANNOTATIONS, session_id)}
    by_source: dict[str, list[Transcript]] = {}
    for session in sessions:
        by_source.setdefault(session.source, []).append(session.transcript)
    return {source: agreement(transcripts, raters) for source, transcripts in by_source.items()}


def _predictor(sessions: Sequence[CodedSession], store: Path, progress: Progress) -> Callable[[CodedSession], Prediction]:
    """Predicts own sessions with the shipped model; the folds are trained when the first AnnoMI session comes up, their members
    kept in `store`."""

    @cache
    def shipped() -> tuple[Detector, Decisions]:
        return build_detector(), read_card(MODEL).decisions

    @cache
    def folds() -> dict[str, tuple[list[Scores], Decisions]]:
        own = split_sessions(SESSIONS, BLIND_CODES)["train"]
        annomi = [session for session in sessions if session.source == "annomi"]
        held = cross_validate([*own, *annomi], fold_ids(ANNOTATIONS), Encoder(), store, progress)
        return {s.transcript.id: (scores, h.decisions) for h in held for s, scores in zip(h.sessions, h.scores, strict=True)}

    def predicted(session: CodedSession) -> Prediction:
        if session.source == "annomi":
            return _prediction(session.transcript, *folds()[session.transcript.id])
        return _scored(*shipped(), session)

    return predicted


def _scored(detector: Detector, decisions: Decisions, session: CodedSession) -> Prediction:
    (scores,) = detector.score([session.transcript])
    return _prediction(session.transcript, scores, decisions)


def _prediction(transcript: Transcript, scores: list[Scores], decisions: Decisions) -> Prediction:
    found = predict(transcript, scores, decisions.policy)
    rating = rate(transcript, scores, decisions.session_weights, any(found.codes))
    return replace(found, rating=Rating.of(rating) if rating else None)
