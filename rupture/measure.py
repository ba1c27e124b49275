"""Measures a detector, or the codes of a person in its place, on coded sessions: the suite `detection` on our own held-out ones
with the shipped model and, where AnnoMI's text is at hand, on AnnoMI with models trained fold by fold; users' own suites on their
case sets. Brings detection and evaluation together; both stay ignorant of each other."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any, Unpack

from rupture.analyse import Decisions
from rupture.analysis import Scores
from rupture.build import build_detector, build_llm_detector
from rupture.coding.annomi import fold_ids, read_annomi, session_id
from rupture.coding.case_formats import SOURCE
from rupture.coding.case_sets import CaseSet, read_cases
from rupture.coding.code_files.marks import OWN
from rupture.coding.code_files.reading import read_argument
from rupture.coding.codings import Files, SessionCodes, gathered
from rupture.coding.sessions import raters_of, read_sessions, split_sessions
from rupture.coding.standoff import mean_rating, read_raters
from rupture.coding.values import CodedSession, Rating, names_for, votes_of
from rupture.detection.card import read_card
from rupture.detection.streaming import SessionStream
from rupture.detection.training import cross_validate
from rupture.digests import digest_files, digest_sessions
from rupture.encoder import Encoder
from rupture.errors import RunError
from rupture.evaluation import detection, runs
from rupture.evaluation.agreement import Agreement, agreement
from rupture.evaluation.groups import by_file, by_length, by_quality
from rupture.evaluation.robustness import as_recognised, loss, name_shifts, named, report
from rupture.evaluation.suites import Suite, load_suite
from rupture.evaluation.values import Prediction, predict
from rupture.policy import Policy
from rupture.protocols import Detector, DetectorName, Progress
from rupture.resources import ANNOTATIONS, BLIND_CODES, CASES, MODEL, SESSIONS, SUITES
from rupture.session_rating import rate
from rupture.transcript import Transcript

Coder = Callable[[CodedSession], Prediction]
Scored = tuple[runs.Record, dict[str, Any], Suite]

_STEP = "code the sessions"
_MAJORITY = Policy(default=0.51)
"""More than half of the coders."""
_BY_CODER = (
    "These are the codes of {coder}, held against the same reference: where it says “the detector”, read {coder}. They stand in "
    "for probabilities as 0 and 1 (of several coders: the share of them), so numbers on ranking and calibration say little."
)
_BY_LLM = (
    "A language model on this machine coded the sessions. Its scores are its own word (0, .6 leaning, .9 clear), not calibrated "
    "probabilities."
)


def detection_sessions(annomi: Path | None, part: str = "test") -> list[CodedSession]:
    """What a suite is measured on: a part of our sessions, and AnnoMI's coded ones if `annomi` names their text."""
    ours = split_sessions(SESSIONS, BLIND_CODES)[part]
    return [*ours, *(read_annomi(annomi, ANNOTATIONS) if annomi else [])]


def run_detection(
    folder: Path,
    annomi: Path | None,
    *,
    progress: runs.Telling,
    detector: DetectorName = DetectorName.TRAINED,
    codes: Path | None = None,
    part: str = "test",
    **how: Unpack[runs.How],
) -> None:
    """Has every session of a part of ours coded by `detector`, or takes its codes from the file `codes`, and saves the answers in
    `folder`, going on where an earlier run stopped."""
    sessions = detection_sessions(annomi, part)
    items = {session.transcript.id: session for session in sessions}
    digests, config, coder = _coder(items, detector, codes, lambda: _predictor(sessions, folder / runs.MEMBERS, progress))
    plan = runs.Plan(
        suite_of(detector) if part == "test" else part,
        {**digests, "cases": digest_sessions(sessions)},
        {"annomi": annomi is not None, **config},
    )
    detection.run_detection(folder, plan, items, coder, progress=runs.named(_STEP, progress), **how)


def run_cases(
    folder: Path,
    suite: Suite,
    *,
    progress: runs.Telling,
    detector: DetectorName = DetectorName.TRAINED,
    codes: Path | None = None,
    **how: Unpack[runs.How],
) -> None:
    """The same for the case set of a user's own `suite`; one session of it is held at a time."""
    cases = cases_of(suite)
    digests, config, coder = _coder(cases, detector, codes, _shipped)
    plan = runs.Plan(suite.name, {**digests, "cases": cases.digest}, {"detector": detector.value, **config})
    detection.run_detection(folder, plan, cases, coder, progress=runs.named(_STEP, progress), **how)


def cases_of(suite: Suite) -> CaseSet:
    """The case set that a user's own suite names."""
    if suite.cases is None:
        raise RunError(f"the suite {suite.name} names no case set")
    return read_cases(suite.cases)


def suite_of(detector: DetectorName) -> str:
    """The suite a detector is measured by: same sessions, other cautions, and gates for the trained one only."""
    return "detection" if detector is DetectorName.TRAINED else f"detection-{detector.value}"


def score_detection(folder: Path, annomi: Path | None) -> Scored:
    """Scores the saved answers again: the run's record, its numbers and the suite they belong to."""
    record = runs.read_record(folder)
    suite = load_suite(SUITES / f"{record.plan.suite}.yaml")
    sessions = detection_sessions(annomi, suite.part)
    groupings = {
        "length": by_length(sessions),
        "setting": by_file(sorted(SESSIONS.glob("*.txt"))),
        "quality": by_quality(ANNOTATIONS),
    }
    scores = detection.score(folder, sessions, groupings, _agreement(sessions))
    return record, scores, _of_run(suite, record)


def score_cases(folder: Path, suite: Suite) -> Scored:
    """The same for the case set of a user's own `suite`, as it is now; with the agreement of its raters where it has several."""
    record, cases = runs.read_record(folder), cases_of(suite)
    sessions = list(cases.values())
    raters = {id: cases.raters(id) for id in cases}
    several = [session.transcript for session in sessions if raters[session.transcript.id]]
    scores = detection.score(folder, sessions, {"length": by_length(sessions)}, {SOURCE: agreement(several, raters)})
    return record, scores, _of_run(suite, record)


def score_robustness(folder: Path) -> str:
    """Measures the shipped detector with names swapped, on recognised speech and on sessions under way; writes `scores.json`,
    returns the report."""
    card, detector = read_card(MODEL), build_detector()

    def predicted(transcripts: Iterable[Transcript]) -> list[Prediction]:
        return [_prediction(t, detector.score([t])[0], card.decisions) for t in transcripts]

    def when_it_comes(transcript: Transcript) -> Prediction:
        stream = SessionStream(detector)
        return _prediction(transcript, [stream.add(turn)[-1] for turn in transcript.turns], card.decisions)

    plain = split_sessions(SESSIONS, BLIND_CODES)["test"]
    recognised = [as_recognised(session) for session in plain]
    whole = predicted(session.transcript for session in plain)
    scores = {
        "schema": 1,
        "model": card.id,
        "cases": digest_sessions(plain),
        "sessions": len(plain),
        "names": name_shifts({key: predicted(by.values()) for key, by in named(CASES / "names.yaml").items()}),
        "recognised": loss(plain, whole, predicted(session.transcript for session in recognised)),
        "under_way": loss(plain, whole, [when_it_comes(session.transcript) for session in plain]),
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


def _coder(
    items: Mapping[str, CodedSession], detector: DetectorName, codes: Path | None, trained: Callable[[], Coder]
) -> tuple[dict[str, str], dict[str, str], Coder]:
    """Who codes: digests and settings that tell of it, and the coder."""
    if codes:
        files = list(read_argument(str(codes)))
        # With the ratings that stand beside the codes.
        digests = {"codes": digest_files(path for path, _ in files)}
        return digests, {"coder": codes.stem}, partial(_by_codes, _given(codes, files, items))
    if detector is DetectorName.LLM:
        llm, decisions = build_llm_detector()
        return {"model": decisions.model.digest if decisions.model else ""}, {}, partial(_scored, llm, decisions)
    return {"model": read_card(MODEL).digest}, {}, trained()


def _given(path: Path, files: Files, items: Mapping[str, CodedSession]) -> Mapping[str, Mapping[str, SessionCodes]]:
    """The codes in `path`, read as `files`, by session and coder. RunError when one of its sessions is not among `items`."""
    named = {entry.session for _, file in files for entry in file.entries}
    strangers = named - items.keys() - {OWN}
    if not strangers:
        # A file that names no session is told by its words, so it needs all of them.
        known = {id: items[id].transcript for id in (items if OWN in named else named)}
        found = gathered(files, known).coders
        if not (strangers := found.keys() - items.keys()):
            return found
    raise RunError(f"{path}: has codes of {min(strangers)!r}, which is no session of this suite; expected ids of its sessions")


def _by_codes(given: Mapping[str, Mapping[str, SessionCodes]], session: CodedSession) -> Prediction:
    coders = list(given.get(session.transcript.id, {}).values())
    if not coders:
        raise RunError(
            f"session {session.transcript.id}: not coded; if it was read and nothing found, give it one row without codes"
        )
    votes = votes_of([coder.codes for coder in coders], session.transcript)
    turns = zip(session.transcript.turns, votes, strict=True)
    scores = [{name: shares.get(name, 0.0) for name in names_for(turn.role)} for turn, shares in turns]
    ratings = [coder.rating for coder in coders if coder.rating]
    found = predict(session.transcript, scores, _MAJORITY)
    return replace(found, top_moments=(), rating=mean_rating(ratings) if ratings else None)


def _of_run(suite: Suite, record: runs.Record) -> Suite:
    """The suite as the run's report tells of it. Gates of ours are for the detector alone."""
    config = record.plan.config
    if coder := config.get("coder"):
        told = {"title": f"{suite.title}: the codes of {coder}", "gates": suite.gates if suite.cases else ()}
        return suite.model_copy(update={**told, "cautions": (_BY_CODER.format(coder=coder), *suite.cautions)})
    if config.get("detector") == DetectorName.LLM:
        return suite.model_copy(update={"cautions": (_BY_LLM, *suite.cautions)})
    return suite


def _predictor(sessions: Sequence[CodedSession], store: Path, progress: Progress) -> Coder:
    """Predicts own sessions with the shipped model; the folds are trained when the first AnnoMI session comes up, their members
    kept in `store`."""
    shipped = _shipped()

    @cache
    def folds() -> dict[str, tuple[list[Scores], Decisions]]:
        own = split_sessions(SESSIONS, BLIND_CODES)["train"]
        annomi = [session for session in sessions if session.source == "annomi"]
        held = cross_validate([*own, *annomi], fold_ids(ANNOTATIONS), Encoder(), store, progress)
        return {s.transcript.id: (scores, h.decisions) for h in held for s, scores in zip(h.sessions, h.scores, strict=True)}

    def predicted(session: CodedSession) -> Prediction:
        if session.source == "annomi":
            return _prediction(session.transcript, *folds()[session.transcript.id])
        return shipped(session)

    return predicted


def _shipped() -> Coder:
    """The model that ships, loaded when the first session comes up."""

    @cache
    def model() -> tuple[Detector, Decisions]:
        return build_detector(), read_card(MODEL).decisions

    return lambda session: _scored(*model(), session)


def _scored(detector: Detector, decisions: Decisions, session: CodedSession) -> Prediction:
    (scores,) = detector.score([session.transcript])
    return _prediction(session.transcript, scores, decisions)


def _prediction(transcript: Transcript, scores: list[Scores], decisions: Decisions) -> Prediction:
    found = predict(transcript, scores, decisions.policy)
    rating = rate(transcript, scores, decisions.session_weights, any(found.codes))
    return replace(found, rating=Rating.of(rating) if rating else None)
