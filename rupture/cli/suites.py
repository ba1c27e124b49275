"""What `rupture eval` does with a suite: finds it, runs it, judges the run, writes its report. One row a kind of suite.

Heavy imports wait until they are needed: help and a mistyped name load none of them.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Unpack

import typer

from rupture.codebook import Family
from rupture.coding.case_sets import read_cases, tally_of
from rupture.coding.values import CodedSession
from rupture.errors import CorpusError, RunError
from rupture.evaluation import runs
from rupture.evaluation.gates import Verdict, verdict
from rupture.evaluation.suites import Suite, find_suite, load_suite
from rupture.files import write_whole
from rupture.protocols import DetectorName
from rupture.resources import BLIND_CODES, SESSIONS, SUITES

DETECTION = "detection"
_BY_MODEL = f"{DETECTION}-{DetectorName.LLM.value}"

Scored = tuple[runs.Record, dict[str, Any], Suite]


@dataclass(frozen=True, slots=True)
class Coder:
    """Who codes the sessions of a suite of the kind detection, and whether AnnoMI's are among them."""

    annomi: Path | None = None
    detector: DetectorName = DetectorName.TRAINED
    codes: Path | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """A scored run; without scores where nothing was answered. `suite` is as the run's report tells of it."""

    record: runs.Record
    scores: Mapping[str, Any] | None
    suite: Suite
    outcome: Verdict


def find(what: str) -> Suite:
    """The suite that an argument names."""
    return find_suite(what, SUITES)


def default_name(suite: Suite, coder: Coder) -> str:
    """What a run's folder is called when nobody says."""
    name = DETECTION if suite.name == _BY_MODEL else suite.name
    if coder.codes:
        return f"{name}-{coder.codes.stem}"
    return f"{name}-{DetectorName.LLM.value}" if _detector(suite, coder) is DetectorName.LLM else name


def run(suite: Suite, coder: Coder, folder: Path, *, progress: runs.Telling, **how: Unpack[runs.How]) -> None:
    """Answers what is not answered yet, in `folder`. BadParameter when an option does not belong to the suite."""
    detector = _detector(suite, coder)
    if suite.kind != DETECTION:
        if coder != Coder():
            raise typer.BadParameter("--annomi, --codes and --detector belong to the suite detection and to case sets")
        _of_kind(suite.kind)[0](folder, progress=progress, **how)
        return
    if coder.codes and detector is DetectorName.LLM:
        raise typer.BadParameter("--codes stands in place of a detector; leave the language model out")
    from rupture.measure import run_cases, run_detection

    if suite.cases is None:
        if suite.part != "test" and (coder.annomi or detector is DetectorName.LLM):
            raise typer.BadParameter("--annomi and --detector belong to the suite detection")
        run_detection(folder, coder.annomi, progress=progress, detector=detector, codes=coder.codes, part=suite.part, **how)
    elif coder.annomi:
        raise typer.BadParameter("--annomi belongs to the suite detection")
    else:
        run_cases(folder, suite, progress=progress, detector=detector, codes=coder.codes, **how)


def judged(suite: Suite, annomi: Path | None, folder: Path) -> Judged:
    """Scores the saved answers again, where there are any. RunError when `folder` holds no run, or one of another kind."""
    found = runs.counts(folder)
    if suite.kind != _kind_of(found["suite"]):
        raise RunError(f"{folder.name}: is a run of the suite {found['suite']}; expected one of {suite.name}")
    if not found["answered"]:
        for name in (runs.SCORES, runs.REPORT, runs.PAGE):
            (folder / name).unlink(missing_ok=True)
        return Judged(runs.read_record(folder), None, suite, verdict(suite, found))
    record, scores, told = _scored(suite, annomi, folder)
    return Judged(record, scores, told, verdict(told, scores))


def report(suite: Suite, annomi: Path | None, folder: Path, *, words: bool) -> tuple[Verdict, Path]:
    """Writes report.md, report.html and pictures, if there are scores, and junit.xml; gives the verdict and the file to look at.
    With `words`, the turns that the report lists are quoted."""
    from rupture.evaluation.html_report import html_report
    from rupture.evaluation.junit import junit

    found = judged(suite, annomi, folder)
    files = {runs.JUNIT: junit(found.suite, found.outcome, runs.read_errors(folder), found.record)}
    if found.scores is not None:
        text, pictures = _written(found, sessions_of(suite, annomi) if words else ())
        files |= {runs.REPORT: text, **pictures, runs.PAGE: html_report(found.suite.title, text, pictures)}
    write_whole({folder / name: [content.encode()] for name, content in files.items()})
    return found.outcome, folder / (runs.PAGE if runs.PAGE in files else runs.ERRORS)


def compared(before: Path, after: Path, what: str | None, annomi: Path | None) -> str:
    """How two runs differ, in Markdown; `what` names the suite where it is none of ours. RunError when a folder holds no run, or
    one that codes no sessions."""
    from rupture.evaluation.compare import compare, compare_report
    from rupture.evaluation.values import Prediction

    names = [runs.read_record(folder).plan.suite for folder in (before, after)]
    for folder, name in zip((before, after), names, strict=True):
        if _kind_of(name) != DETECTION:
            raise RunError(f"{folder.name}: is a run of the suite {name}; only runs that code sessions are compared")
    if what is None and not _ours(names[0]).is_file():
        raise RunError(f"{before.name}: is a run on a case set of yours; say which with --cases")
    suite = find(what or names[0])
    first, second = ([Prediction.from_dict(found) for found in runs.read_answers(folder)] for folder in (before, after))
    return compare_report(compare(first, second, sessions_of(suite, annomi)), (before.name, after.name))


def sessions_of(suite: Suite, annomi: Path | None) -> list[CodedSession]:
    """The sessions that a suite of the kind detection is measured on; none of another kind."""
    if suite.kind != DETECTION:
        return []
    from rupture.measure import cases_of, detection_sessions

    return list(cases_of(suite).values()) if suite.cases else detection_sessions(annomi, suite.part)


def contents(suite: Suite) -> str:
    """What a suite holds, in a line, its sessions read and checked."""
    parts = [suite.name]
    tally = read_cases(suite.cases).tally if suite.cases else sum(map(tally_of, sessions_of(suite, None)), Counter())
    if tally:
        coded = ", ".join(f"{tally[family]:,} {family}" for family in Family)
        parts += [f"{tally['sessions']:,} sessions, {tally['turns']:,} turns", f"coded turns: {coded}"]
    return "; ".join([*parts, f"{len(suite.gates)} gates"])


def all_of_ours() -> str:
    """The sessions of this project by part, and its suites. CorpusError when sessions of different parts share wording, or a
    practice session is not explained as it should be."""
    from rupture.coding.likeness import alike
    from rupture.coding.sessions import split_sessions
    from rupture.practice.explanations import problems_of_explanations
    from rupture.practice.sets import EXPLANATIONS

    parts = split_sessions(SESSIONS, BLIND_CODES)
    if found := alike({name: [session.transcript for session in sessions] for name, sessions in parts.items()}):
        raise CorpusError("sessions of different parts share wording: " + "; ".join(f"{a} and {b}" for a, b in found))
    if problems := problems_of_explanations(EXPLANATIONS, parts["practice"]):
        raise CorpusError("; ".join(problems))
    counts = ", ".join(f"{len(sessions)} {name}" for name, sessions in parts.items())
    return f"sessions: {counts}; suites: {', '.join(load_suite(path).name for path in sorted(SUITES.glob('*.yaml')))}"


def _ours(name: str) -> Path:
    return SUITES / f"{name}.yaml"


def _kind_of(name: str) -> str:
    """What a run of the suite of this name is of; every one that is not ours codes sessions."""
    return load_suite(_ours(name)).kind if _ours(name).is_file() else DETECTION


def _detector(suite: Suite, coder: Coder) -> DetectorName:
    return DetectorName.LLM if suite.name == _BY_MODEL else coder.detector


def _scored(suite: Suite, annomi: Path | None, folder: Path) -> Scored:
    if suite.kind != DETECTION:
        return _of_kind(suite.kind)[1](folder)
    if suite.cases:
        from rupture.measure import score_cases

        return score_cases(folder, suite)
    from rupture.measure import score_detection

    return score_detection(folder, annomi)


def _written(found: Judged, sessions: Sequence[CodedSession]) -> tuple[str, dict[str, str]]:
    """The report of a scored run and its pictures."""
    if found.suite.kind != DETECTION:
        return _of_kind(found.suite.kind)[2](found.record, found.scores, found.suite), {}
    from rupture.evaluation.report import pictures, report

    scores = found.scores or {}
    text = report(found.record, scores, found.suite, sessions=sessions, words=bool(sessions), explained=_explained(found.suite))
    return text, pictures(scores, found.suite)


def _explained(suite: Suite) -> Callable[[str, int], str | None]:
    """What is written about a turn of a practice session; nothing where `suite` is of other sessions."""
    if suite.part != "practice":
        return lambda session, turn: None
    from rupture.practice.sets import practice_sessions

    explained = {session.id: session.explained for session in practice_sessions()}

    def why(session: str, turn: int) -> str | None:
        about = explained.get(session)
        found = about.at(turn) if about else None
        return found.why if found else None

    return why


def _of_kind(kind: str) -> tuple[Callable[..., None], Callable[[Path], Scored], Callable[..., str]]:
    """How a suite on our own cases is run, scored and reported."""
    if kind == "guidance":
        from rupture.evaluation import retrieval_report
        from rupture.measure_guidance import run_guidance, score_guidance

        return run_guidance, score_guidance, retrieval_report.report
    if kind == "care":
        from rupture.evaluation import care_report
        from rupture.measure_care import run_care, score_care

        return run_care, score_care, care_report.report
    if kind == "masking":
        from rupture.evaluation import masking_report
        from rupture.measure_masking import run_masking, score_masking

        return run_masking, score_masking, masking_report.report
    from rupture.evaluation import replies_report
    from rupture.measure_replies import run_replies, score_replies

    return run_replies, score_replies, replies_report.report
