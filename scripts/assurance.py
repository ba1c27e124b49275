"""Proves again that nothing is lost and nothing goes out, and writes evals/results/reliability.md from what it ran:
`python scripts/assurance.py [--short] [--from REPORT.xml … [--long REPORT.xml …]] [--minutes N] [--without ID …]`.

Runs the tests named in `assurance_rows.py` with `RUPTURE_ASSURANCE=1` (hours on two cores; `--short` without it), then N minutes
of fuzzing. What a test recorded stands beside it; what was not run is said. Of the soak it shows what `scripts/soak.py` wrote.
With `--from REPORT.xml` nothing is run but the fuzzing: the tests are those of a run of the suite, which pytest wrote down with
`--junitxml=REPORT.xml -o junit_family=xunit1`; what the report of a run with `RUPTURE_ASSURANCE=1` has (`--long`) is taken
from there. Exit code 1 when a test failed.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assurance_rows import ITEMS, NOT_HERE, Item

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "evals" / "results"
FUZZ = ROOT / "scripts" / "fuzz.py"
SHORT, LONG = "short", "long"


@dataclass(frozen=True, slots=True)
class Case:
    """A test that was run: its name with the file, how it came out, seconds, what it recorded, why it was skipped."""

    name: str
    outcome: str
    seconds: float
    figures: Sequence[str]
    reason: str


@dataclass(frozen=True, slots=True)
class Row:
    """An item, how every test of it came out, and in which form they were run."""

    item: Item
    cases: Sequence[Case]
    form: str


def run(item: Item, short: bool) -> list[Case]:
    """Every test of `item`, and how it came out."""
    variables = {name: value for name, value in os.environ.items() if name != "RUPTURE_ASSURANCE"}
    if not short:
        variables["RUPTURE_ASSURANCE"] = "1"
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-o", "junit_family=xunit1"]
        done = subprocess.run(
            [*command, f"--junitxml={report}", *(f"tests/{test}" for test in item.tests)], cwd=ROOT, env=variables, check=False
        )
        if done.returncode not in (0, 1) or not report.exists():
            return [Case(" ".join(item.tests), "error", 0.0, (), f"pytest ended with {done.returncode}")]
        return [_case(found) for found in _cases(report)]


def taken(item: Item, reports: Sequence[Path]) -> list[Case]:
    """Every test of `item` in the `reports`, the last of them that has it; one that is nowhere is an error."""
    found = []
    for test in item.tests:
        last = {(case.get("file"), case.get("name")): case for report in reports for case in _cases(report) if _is_of(test, case)}
        mine = [_case(case) for case in last.values()]
        found += mine or [Case(test, "error", 0.0, (), "not in the report")]
    return found


def _cases(report: Path) -> list[ET.Element]:
    return list(ET.parse(report).iter("testcase"))  # noqa: S314 - written by pytest, on this machine


def _is_of(test: str, case: ET.Element) -> bool:
    """Whether `case` is the test, one of its forms, or in the file or folder that `test` names."""
    where, _, name = test.partition("::")
    file, called = str(case.get("file")).removeprefix("tests/"), str(case.get("name"))
    if name:
        return file == where and (called == name or called.startswith(f"{name}["))
    return file == where or file.startswith(f"{where}/")


def _case(found: ET.Element) -> Case:
    bad = found.find("failure") is not None or found.find("error") is not None
    skipped = found.find("skipped")
    outcome = "failed" if bad else "skipped" if skipped is not None else "passed"
    figures = [f"{part.get('name')} {part.get('value')}" for part in found.iter("property")]
    reason = "" if skipped is None else skipped.get("message", "")
    return Case(str(found.get("name")), outcome, float(found.get("time", 0)), figures, reason)


def line(row: Row) -> str:
    """One line of the table."""
    counts = [sum(case.outcome == outcome for case in row.cases) for outcome in ("passed", "failed", "skipped")]
    counts[1] += sum(case.outcome == "error" for case in row.cases)
    seconds = sum(case.seconds for case in row.cases)
    return f"| {row.item.id} | {row.item.what} | {row.form} | {counts[0]} | {counts[1]} | {counts[2]} | {seconds:.0f} |"


def recorded(cases: Sequence[Case]) -> list[str]:
    """What tests measured, and what failed or was skipped and why."""
    lines = [f"| {case.name} | {', '.join(case.figures)} |" for case in cases if case.figures]
    return lines + [f"| {case.name} | **{case.outcome}** {case.reason} |" for case in cases if case.outcome != "passed"]


def fuzzed(minutes: float) -> str:
    """What the fuzzing said at its end; what was not run is said."""
    command = [sys.executable, str(FUZZ), "--seconds", str(round(minutes * 60))]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    said = "\n".join((done.stdout or done.stderr).splitlines()[-20:])
    return f"{minutes:g} minutes asked for, exit code {done.returncode}.\n\n```\n{said}\n```"


def soaked(name: str) -> str:
    """What the last soak wrote into the file of that name."""
    file = RESULTS / name
    if not file.exists():
        return "Not run here."
    rows = []
    for name, value in json.loads(file.read_text(encoding="utf-8")).items():
        shown = ", ".join(f"{key} {number:g}" for key, number in value.items()) if isinstance(value, dict) else value
        rows.append(f"| {name} | {shown or 'none'} |")
    return "\n".join(["| | |", "| --- | --- |", *rows])


def machine() -> str:
    """Cores, memory and system."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30 if hasattr(os, "sysconf") else 0
    return (
        f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    )


def written(found: Sequence[Row], fuzzing: str) -> str:
    """The report; rows that are not among `found` are said not to have been run."""
    done = [row.item for row in found]
    left = [item.id for item in ITEMS if item not in done]
    measured = [told for row in found for told in recorded(row.cases)]
    took = sum(case.seconds for row in found for case in row.cases)
    return "\n".join(
        [
            "# Reliability",
            "",
            f"Written by `scripts/assurance.py`: {machine()}; {took / 60:.0f} minutes of tests; short forms are those of "
            "`make test`, long ones those of `RUPTURE_ASSURANCE=1`. The rows are numbered as in the tables of faults (F), load "
            "(L) and invariants (I). Nothing found in n trials bounds the rate by 3/n (95 %).",
            "",
            "| | what was done | form | passed | failed | skipped | s |",
            "| --- | --- | --- | ---: | ---: | ---: | ---: |",
            *map(line, found),
            "",
            f"Not run this time: {', '.join(left) or 'nothing of the above'}. {NOT_HERE}",
            "",
            "## Measured by the tests",
            "",
            "| test | figures |",
            "| --- | --- |",
            *measured,
            "",
            "## Soak (`scripts/soak.py`)",
            "",
            soaked("soak.json"),
            "",
            "## Soak with a language model that fails one question in five",
            "",
            soaked("soak-model.json"),
            "",
            "## Fuzzing (`scripts/fuzz.py`)",
            "",
            fuzzing,
            "",
        ]
    )


def save(report: str) -> None:
    """Puts the report where it belongs."""
    (RESULTS / "reliability.md").write_text(report, encoding="utf-8")


def main() -> int:
    """Exit code 1 when a test failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="the short forms, as `make test` runs them")
    parser.add_argument("--from", dest="reports", type=Path, nargs="+", help="what pytest wrote of a run, and of parts again")
    parser.add_argument("--long", type=Path, nargs="+", default=[], help="the same of runs with RUPTURE_ASSURANCE=1, in parts")
    parser.add_argument("--minutes", type=float, default=5, help="of fuzzing")
    parser.add_argument("--without", nargs="*", default=[], help="rows to leave out, by their number: --without F16 I3")
    given = parser.parse_args()
    found: list[Row] = []
    for item in ITEMS:
        if item.id not in given.without:
            found.append(_row(item, given))
            # After each, so that a run that is stopped has said what it did.
            save(written(found, "Not run here."))
    if given.minutes:
        save(written(found, fuzzed(given.minutes)))
    return int(any(case.outcome in ("failed", "error") for row in found for case in row.cases))


def _row(item: Item, given: argparse.Namespace) -> Row:
    if given.reports is None:
        return Row(item, run(item, given.short), SHORT if given.short else LONG)
    missing = [case for case in taken(item, given.long) if case.outcome == "error"]
    form = SHORT if len(missing) == len(item.tests) else f"{LONG} in part" if missing else LONG
    return Row(item, taken(item, [*given.reports, *given.long]), form)


if __name__ == "__main__":
    sys.exit(main())
