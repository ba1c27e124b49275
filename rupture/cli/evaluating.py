"""`rupture eval …`."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from rupture.cli.options import DetectorOption
from rupture.protocols import DetectorName

_RUNS = Path("runs")
_SUITES = ("detection", "guidance", "care", "replies")

Suite = Annotated[str, typer.Argument(help="The suite: detection, guidance, care or replies.")]
Annomi = Annotated[Path | None, typer.Option("--annomi", help="The public AnnoMI csv, to measure on it too, in five folds.")]
Folder = Annotated[Path | None, typer.Option("--out", help="The run's folder; by default runs/SUITE.")]


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    group = typer.Typer(no_args_is_help=True, help="Measure the tool on coded sessions.")
    group.command("validate")(validate)
    group.command("run")(run)
    group.command("report")(report)
    group.command("robustness")(robustness)
    app.add_typer(group, name="eval")


def validate() -> None:
    """Check the coded sessions, their second coding, the split, likeness across its parts, and the suites."""
    from rupture.coding.likeness import alike
    from rupture.coding.sessions import split_sessions
    from rupture.errors import CorpusError
    from rupture.evaluation.suites import load_suite
    from rupture.resources import BLIND_CODES, SESSIONS, SUITES

    parts = split_sessions(SESSIONS, BLIND_CODES)
    if found := alike({name: [session.transcript for session in sessions] for name, sessions in parts.items()}):
        raise CorpusError("sessions of different parts share wording: " + "; ".join(f"{a} and {b}" for a, b in found))
    suites = [load_suite(path).name for path in sorted(SUITES.glob("*.yaml"))]
    counts = ", ".join(f"{len(sessions)} {name}" for name, sessions in parts.items())
    sys.stdout.write(f"sessions: {counts}; suites: {', '.join(suites)}; all in order.\n")


def run(
    suite: Suite,
    annomi: Annomi = None,
    out: Folder = None,
    detector: DetectorOption = DetectorName.TRAINED,
    fresh: Annotated[bool, typer.Option("--fresh", help="Start over instead of going on.")] = False,
) -> None:
    """Run a suite, score it and write its report; ends 4 when a gate is not met, 3 when items failed."""
    from rupture.cli.progress import bar
    from rupture.measure import run_detection, suite_of

    _check(suite)
    if suite != "detection" and (annomi or detector is not DetectorName.TRAINED):
        raise typer.BadParameter("--annomi and --detector belong to the suite detection")
    folder = out or _RUNS / (suite_of(detector) if suite == "detection" else suite)
    with bar() as progress:
        if suite == "detection":
            run_detection(folder, annomi, fresh=fresh, progress=progress, detector=detector)
        else:
            _own(suite)[0](folder, fresh=fresh, progress=progress)
    report(suite, annomi, folder)


def report(suite: Suite, annomi: Annomi = None, out: Folder = None) -> None:
    """Score a finished run again from its saved answers and write report.md with its pictures."""
    from rupture.evaluation import report as detection_report
    from rupture.evaluation.gates import verdict
    from rupture.measure import score_detection

    _check(suite)
    folder = out or _RUNS / suite
    if suite == "detection":
        record, scores, loaded = score_detection(folder, annomi)
        files = {"report.md": detection_report.report(record, scores, loaded), **detection_report.pictures(scores, loaded)}
    else:
        _, score, write = _own(suite)
        record, scores, loaded = score(folder)
        files = {"report.md": write(record, scores, loaded)}
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    outcome = verdict(loaded, scores)
    sys.stdout.write(f"{outcome.state}: {folder / 'report.md'}\n")
    raise typer.Exit(outcome.exit_code)


def robustness(out: Folder = None) -> None:
    """Measure the shipped detector with the names of other origins and on text as speech recognition writes it."""
    from rupture.measure import score_robustness

    folder = out or _RUNS / "robustness"
    text = score_robustness(folder)
    (folder / "report.md").write_text(text, encoding="utf-8")
    sys.stdout.write(f"{folder / 'report.md'}\n")


def _own(suite: str) -> tuple[Callable[..., None], Callable[[Path], tuple[Any, Any, Any]], Callable[..., str]]:
    """How a suite on our own cases is run, scored and reported."""
    if suite == "guidance":
        from rupture.evaluation import retrieval_report
        from rupture.measure_guidance import run_guidance, score_guidance

        return run_guidance, score_guidance, retrieval_report.report
    if suite == "care":
        from rupture.evaluation import care_report
        from rupture.measure_care import run_care, score_care

        return run_care, score_care, care_report.report
    from rupture.evaluation import replies_report
    from rupture.measure_replies import run_replies, score_replies

    return run_replies, score_replies, replies_report.report


def _check(suite: str) -> None:
    if suite not in _SUITES:
        raise typer.BadParameter(f"there is no suite {suite!r}; use {' or '.join(_SUITES)}")
