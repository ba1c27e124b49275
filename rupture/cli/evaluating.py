"""`rupture eval …`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rupture.cli import coding
from rupture.cli.options import DetectorOption
from rupture.protocols import DetectorName

if TYPE_CHECKING:
    from rupture.evaluation.gates import Verdict

_RUNS = Path("runs")
_INTERRUPTED = 130

What = Annotated[
    str,
    typer.Argument(
        help="A suite (detection, guidance, care, replies, masking, practice), a suite file of yours (*.yaml), or a case set: "
        "JSONL, a table (*.csv), a file or folder of coded sessions (*.txt)."
    ),
]
Annomi = Annotated[Path | None, typer.Option("--annomi", help="The public AnnoMI csv, to measure on it too, in five folds.")]
Folder = Annotated[Path | None, typer.Option("--out", help="The run's folder; by default one in runs/, named after the suite.")]
Codes = Annotated[
    Path | None,
    typer.Option("--codes", exists=True, dir_okay=False, help="A person's codes to measure in place of the detector's."),
]
Words = Annotated[bool, typer.Option("--words", help="Quote the turns the report lists; it then holds words of the sessions.")]


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    group = typer.Typer(no_args_is_help=True, help="Measure the tool, or a coder, on coded sessions.")
    for command in (validate, run, score, report, compare, view, robustness):
        group.command(command.__name__)(command)
    coding.register_in(group)
    app.add_typer(group, name="eval")


def validate(
    what: Annotated[
        list[str] | None, typer.Argument(help="Suites, suite files or case sets; without any, all that this project has.")
    ] = None,
) -> None:
    """Check suites and case sets and count what is in them; without an argument also the split and likeness across its parts."""
    from rupture.cli.suites import all_of_ours, contents, find

    if not what:
        sys.stdout.write(f"{all_of_ours()}; all in order.\n")
    for name in what or ():
        sys.stdout.write(f"{contents(find(name))}; all in order.\n")


def run(  # noqa: PLR0913 - a parameter an option
    what: What,
    annomi: Annomi = None,
    out: Folder = None,
    detector: DetectorOption = DetectorName.TRAINED,
    codes: Codes = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Start over instead of going on.")] = False,
    retry_errors: Annotated[bool, typer.Option("--retry-errors", help="Try again what failed before.")] = False,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="Only so many sessions or cases, from the first.")] = None,
    words: Words = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Show no progress.")] = False,
) -> None:
    """Run a suite, score it and write its report. Run again, it goes on where it stopped; what failed stays failed.

    Ends 0 when all is well, 2 on bad input, 3 when items failed or are missing, 4 when a gate is not met, 130 when interrupted.
    """
    from rupture.cli.progress import bar
    from rupture.cli.suites import Coder, default_name, find, report, run

    suite, coder = find(what), Coder(annomi, detector, codes)
    folder = out or _RUNS / default_name(suite, coder)
    try:
        with bar(quiet=quiet) as progress:
            run(suite, coder, folder, progress=progress, fresh=fresh, retry_errors=retry_errors, limit=limit)
    except KeyboardInterrupt:
        sys.stderr.write(f"rupture: interrupted; what was finished is kept in {folder}, the same command goes on from there\n")
        raise typer.Exit(_INTERRUPTED) from None
    _tell(*report(suite, annomi, folder, words=words))


def score(what: What, annomi: Annomi = None, out: Folder = None) -> None:
    """Compute scores.json again from the saved answers and say what came of it."""
    from rupture.cli.suites import find, judged
    from rupture.evaluation.runs import SCORES

    suite = find(what)
    folder = out or _RUNS / suite.name
    _tell(judged(suite, annomi, folder).outcome, folder / SCORES)


def report(what: What, annomi: Annomi = None, out: Folder = None, words: Words = False) -> None:
    """Score a run again from its saved answers and write report.md, report.html, its pictures and junit.xml."""
    from rupture.cli.suites import find, report

    suite = find(what)
    _tell(*report(suite, annomi, out or _RUNS / suite.name, words=words))


def compare(
    before: Annotated[Path, typer.Argument(help="The folder of a run.")],
    after: Annotated[Path, typer.Argument(help="The folder of another run over the same sessions.")],
    cases: Annotated[
        str | None, typer.Option("--cases", help="The suite file or case set, where the runs are of one of yours.")
    ] = None,
    annomi: Annomi = None,
) -> None:
    """Print how two runs differ, with paired intervals, in Markdown."""
    from rupture.cli.suites import compared

    sys.stdout.write(compared(before, after, cases, annomi))


def view(
    folder: Annotated[
        Path | None, typer.Argument(metavar="RUN", help="A run's folder, or its name in runs/; by default the latest.")
    ] = None,
    no_open: Annotated[bool, typer.Option("--no-open", help="Print where the page is, open nothing.")] = False,
) -> None:
    """Open a run's report in the browser."""
    import webbrowser

    from rupture.errors import RunError
    from rupture.evaluation.runs import PAGE

    if folder:
        pages = [page for page in (folder / PAGE, _RUNS / folder / PAGE) if page.is_file()]
    else:
        pages = sorted(_RUNS.glob(f"*/{PAGE}"), key=lambda page: -page.stat().st_mtime)
    if not pages:
        raise RunError(f"{folder or _RUNS}: no {PAGE}; rupture eval run and rupture eval report write it")
    page = pages[0].resolve()
    sys.stdout.write(f"{page}\n")
    if not no_open:
        webbrowser.open(page.as_uri())


def robustness(out: Folder = None) -> None:
    """Measure the shipped detector with the names of other origins, on text as speech recognition writes it, and turn by turn."""
    from rupture.evaluation.runs import REPORT
    from rupture.files import write_whole
    from rupture.measure import score_robustness

    folder = out or _RUNS / "robustness"
    text = score_robustness(folder)
    write_whole({folder / REPORT: [text.encode()]})
    sys.stdout.write(f"{folder / REPORT}\n")


def _tell(outcome: "Verdict", where: Path) -> None:
    """Prints the verdict and ends with its exit code."""
    from rupture.evaluation.runs import ERRORS

    sys.stdout.write(f"{outcome.line}\n{where}\n")
    if outcome.failed:
        sys.stdout.write(f"what failed is in {where.with_name(ERRORS)}; eval run with --retry-errors tries it again\n")
    raise typer.Exit(outcome.exit_code)
