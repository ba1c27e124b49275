"""Measures the detector: the suite `detection` on our own held-out sessions with the shipped model and, where AnnoMI's text
is at hand, on
AnnoMI with models trained fold by fold. Brings detection and evaluation together; both stay ignorant of each other."""

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from rupture.analyse import Decisions
from rupture.analysis import Scores
from rupture.build import build_detector
from rupture.coding.annomi import fold_ids, read_annomi
from rupture.coding.sessions import split_sessions
from rupture.coding.values import CodedSession
from rupture.detection.card import read_card
from rupture.detection.training import Progress, cross_validate
from rupture.digests import digest_sessions
from rupture.encoder import Encoder
from rupture.evaluation import detection, runs
from rupture.evaluation.agreement import agreement, read_raters
from rupture.evaluation.groups import by_file, by_length, by_quality
from rupture.evaluation.suites import Suite, load_suite
from rupture.evaluation.values import Prediction, predict
from rupture.resources import ANNOTATIONS, MODEL, SESSIONS, SUITES
from rupture.session_rating import rate
from rupture.transcript import Transcript


def detection_sessions(annomi: Path | None) -> list[CodedSession]:
    """What the suite is measured on: our test sessions, and AnnoMI's coded ones if `annomi` names their text."""
    _, test = split_sessions(SESSIONS)
    return [*test, *(read_annomi(annomi, ANNOTATIONS) if annomi else [])]


def run_detection(folder: Path, annomi: Path | None, *, fresh: bool, progress: Progress) -> None:
    """Predicts every session and saves the answers in `folder`, going on where an earlier run stopped."""
    sessions = detection_sessions(annomi)
    card = read_card(MODEL)
    digests = {"model": card.digest, "cases": digest_sessions(sessions)}
    plan = runs.Plan("detection", digests, {"annomi": annomi is not None})
    detection.run_detection(
        folder, plan, sessions, _predictor(sessions, progress), fresh=fresh,
        progress=lambda done, total, failed: progress("predict the sessions", done, total),
    )  # fmt: skip


def score_detection(folder: Path, annomi: Path | None) -> tuple[runs.Record, dict[str, Any], Suite]:
    """Scores the saved answers again: the run's record, its numbers and the suite they belong to."""
    sessions = detection_sessions(annomi)
    groupings = {
        "length": by_length(sessions),
        "setting": by_file(sorted(SESSIONS.glob("*.txt"))),
        "quality": by_quality(ANNOTATIONS),
    }
    transcripts = [session.transcript for session in sessions if session.source == "annomi"]
    raters = agreement(transcripts, read_raters(ANNOTATIONS)) if transcripts else []
    scores = detection.score(folder, sessions, groupings, raters)
    return runs.read_record(folder), scores, load_suite(SUITES / "detection.yaml")


def _predictor(sessions: Sequence[CodedSession], progress: Progress) -> Callable[[CodedSession], Prediction]:
    """Predicts own sessions with the shipped model; the folds are trained when the first AnnoMI session comes up."""

    @cache
    def shipped() -> tuple[Any, Decisions]:
        return build_detector(), read_card(MODEL).decisions

    @cache
    def folds() -> dict[str, tuple[list[Scores], Decisions]]:
        own, _ = split_sessions(SESSIONS)
        annomi = [session for session in sessions if session.source == "annomi"]
        held = cross_validate([*own, *annomi], fold_ids(ANNOTATIONS), Encoder(), progress)
        return {s.transcript.id: (scores, h.decisions) for h in held for s, scores in zip(h.sessions, h.scores, strict=True)}

    def predicted(session: CodedSession) -> Prediction:
        if session.source == "annomi":
            return _prediction(session.transcript, *folds()[session.transcript.id])
        detector, decisions = shipped()
        (scores,) = detector.score([session.transcript])
        return _prediction(session.transcript, scores, decisions)

    return predicted


def _prediction(transcript: Transcript, scores: list[Scores], decisions: Decisions) -> Prediction:
    found = predict(transcript, scores, decisions.policy)
    rating = rate(transcript, scores, decisions.session_weights, any(found.codes))
    return predict(transcript, scores, decisions.policy, rating)
