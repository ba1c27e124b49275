"""Measures how much of the safety modules their tests hold: `python scripts/mutation.py [part …] [--sample N] [--seed S]`.

mutmut changes one thing at a time in the functions of a part's modules (`or` for `and`, `<=` for `<`, None for an argument …) and
runs the tests that reach it; a change that no test notices has survived. Module-level tables of patterns are beyond it, so of
these each row is left out in turn. Writes evals/results/mutation.json, which keeps the parts not run this time, and mutation.md.
"""

import argparse
import importlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import chdir
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from mutation_report import report

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "evals" / "results" / "mutation.json"
_SLOW = "slower_than two_processes full_disk shipped whatever_the_server evidence_stays left_anywhere masking_once"
_SLOW += " what_masking_replaces loads_no_package nothing_more no_typed_name_is_left"
_LEFT_OUT = " and ".join(f"not {name}" for name in _SLOW.split())
"""Tests that measure time, start processes or load models: they hold other things, and would be run again for every change."""


@dataclass(frozen=True, slots=True)
class Part:
    """Modules below `rupture/`, the quickest tests below `tests/` that hold them, and for each table of rules, `module:NAME`, the
    tests of its rows. `hidden` is a package the tests do without, since loading it takes longest; `isolation` is mutmut's."""

    modules: Sequence[str]
    tests: Sequence[str]
    tables: Mapping[str, str] = field(default_factory=dict)
    hidden: str = ""
    isolation: str = "fork"


PARTS: Mapping[str, Part] = {
    "sanitising": Part(
        ("escape.py", "formats/cleaning.py"),
        ("test_escape.py", "ui/test_escape.py", "formats/test_cleaning_bytes.py", "formats/test_cleaning.py"),
        {
            f"rupture.formats.cleaning:{name}": "formats/test_cleaning_bytes.py"
            for name in ("_MARKS", "_NOT_TEXT", "_FOREIGN", "_REMOVED")
        },
    ),
    "addresses": Part(
        ("assistant/model_http.py", "assistant/chat_models.py"),
        ("assistant/test_model_http.py",),
    ),
    "answers": Part(
        ("assistant/check.py", "detection/llm.py"),
        (
            "assistant/test_check.py",
            "assistant/test_check_limits.py",
            "detection/test_llm.py",
            "detection/test_llm_asking.py",
            "detection/test_llm_schema.py",
        ),
        {"rupture.assistant.check:_FORBIDDEN": "assistant/test_check_limits.py"},
    ),
    "masking": Part(
        ("privacy/masking.py", "privacy/masked_analysis.py", "masking/*.py"),
        tuple(
            f"privacy/test_mask{name}.py"
            for name in ("ing", "ing_rules", "ing_words", "ing_parts", "ing_draft", "ing_lists", "ed_lines", "ed_analysis")
        ),
        {"rupture.masking.rules:RULES": "privacy/test_masking_rules.py"},
        hidden="wordfreq",
    ),
    "manifests": Part(
        ("guidance/index.py", "guidance/index_files.py", "detection/card.py", "kit/manifest.py"),
        ("guidance/test_index_manifest.py", "guidance/test_index_files.py", "detection/test_card.py", "kit/test_manifest.py"),
        isolation="forkserver",  # Chroma's threads do not outlive a fork
    ),
    "risk": Part(
        ("privacy/risk.py", "privacy/bias.py", "privacy/care.py", "privacy/learned_care.py"),
        ("privacy/test_risk.py", "privacy/test_bias.py", "privacy/test_care_limits.py", "privacy/test_learned_care.py"),
        {"rupture.privacy.risk:_COMPILED": "privacy/test_risk.py"},
    ),
}


def main() -> int:
    """Measures the parts that were named; ends with what mutmut said where it could not run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", nargs="*", choices=[*PARTS, []], help=f"of {', '.join(PARTS)}; all when none is named")
    parser.add_argument("--sample", type=int, default=300, help="most changes tried in a part, drawn at random; 0 tries all")
    parser.add_argument("--seed", type=int, default=1, help="of the draw")
    told = parser.parse_args()
    for name in told.part or PARTS:
        start = time.monotonic()
        found = measured(PARTS[name], told.sample, random.Random(f"{told.seed} {name}"))  # noqa: S311
        seconds = round(time.monotonic() - start)
        run = {"date": f"{datetime.now(UTC):%Y-%m-%d}", "mutmut": version("mutmut"), "seed": told.seed, "seconds": seconds}
        # Read now, since another part may have been measured meanwhile.
        results = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.is_file() else {}
        results[name] = run | found
        RESULTS.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        RESULTS.with_suffix(".md").write_text(report(results, tuple(PARTS)), encoding="utf-8")
        sys.stdout.write(f"{name}: {seconds} s\n")
    return 0


def measured(part: Part, most: int, draw: random.Random) -> dict[str, Any]:
    """What became of the changes to a part, by module, and of its tables without each of their rows, by table."""
    tests = [f"tests/{test}" for test in part.tests]
    paths = [path.relative_to(ROOT) for module in part.modules for path in sorted((ROOT / "rupture").glob(module))]
    with tempfile.TemporaryDirectory(prefix="rupture-mutation-") as folder, chdir(folder):
        for name in ("rupture", "tests", "corpus", "prompts", "evals", "scripts", "pyproject.toml", "app.py"):
            Path(name).symlink_to(ROOT / name)
        lists = {
            **{"source_paths": ["rupture"], "only_mutate": map(str, paths), "pytest_add_cli_args_test_selection": tests},
            **{"pytest_add_cli_args": ["-k", _LEFT_OUT], "also_copy": ["corpus", "prompts", "evals", "scripts", "app.py"]},
        }
        lines = "".join(f"{key} =\n" + "".join(f"    {value}\n" for value in values) for key, values in lists.items())
        settings = f"[mutmut]\nprocess_isolation = {part.isolation}\ntimeout_multiplier = 20\n{lines}"
        Path("setup.cfg").write_text(settings, encoding="utf-8")
        names = list(_changes(paths))
        drawn = draw.sample(names, most) if 0 < most < len(names) else names
        _mutmut(part.hidden, drawn)
        changes = {str(path): _outcomes(path, len([n for n in names if _is_of(n, path)]), set(drawn)) for path in paths}
    return {"changes": changes, "rows": {table: _without_rows(table, test) for table, test in part.tables.items()}}


def _mutmut(hidden: str, drawn: Sequence[str]) -> None:
    start = f"import sys; sys.modules[{hidden or 'no package'!r}] = None; from mutmut.__main__ import cli; cli()"
    told = ["run", "--max-children", "1", *drawn]
    done = subprocess.run([sys.executable, "-c", start, *told], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"mutmut could not run (exit code {done.returncode}):\n{done.stdout[-4000:]}\n{done.stderr[-2000:]}")


def _module(path: Path) -> str:
    return ".".join(path.with_suffix("").parts)


def _is_of(change: str, path: Path) -> bool:
    return change.rpartition(".")[0] == _module(path)


def _changes(paths: Sequence[Path]) -> Iterator[str]:
    """The names of all changes mutmut knows for these modules."""
    from mutmut.mutation.file_mutation import mutate_file_contents

    for path in paths:
        yield from (f"{_module(path)}.{name}" for name in mutate_file_contents(str(path), path.read_text("utf-8")).mutant_names)


def _outcomes(path: Path, total: int, drawn: set[str]) -> dict[str, Any]:
    """What became of the changes to one module; those that survived as lines before and after."""
    from mutmut.mutation.data import SourceFileMutationData
    from mutmut.mutation.diff_apply import get_diff_for_mutant
    from mutmut.stats import status_by_exit_code

    data = SourceFileMutationData(path=path)
    data.load()
    became = {name: status_by_exit_code[code] for name, code in data.exit_code_by_key.items() if name in drawn}
    left = []
    for name, status in became.items():
        if status not in ("killed", "timeout", "segfault"):
            diff = get_diff_for_mutant(name, path=path).splitlines()
            was, now = ([line[1:].strip() for line in diff if line[0] == sign and line[:3] != sign * 3] for sign in "-+")
            function = name.rpartition(".")[2].partition("__mutmut")[0].removeprefix("x_").replace("ǁ", ".").removeprefix("x.")
            left.append({"in": function, "was": " ".join(was), "now": " ".join(now), "status": status})
    timeouts = sum(status == "timeout" for status in became.values())
    return {"total": total, "tried": len(became), "timeouts": timeouts, "left": left}


def _without_rows(table: str, test: str) -> dict[str, Any]:
    """The places of rows that no test misses. Each is left out in a process of its own."""
    import pytest

    home, _, name = table.partition(":")
    rows = getattr(importlib.import_module(home), name)
    told = ["-x", "-q", "--no-header", "-p", "no:cacheprovider", "-k", _LEFT_OUT, f"tests/{test}"]
    left = []
    with chdir(ROOT):
        for place in range(len(rows)):
            if not (child := os.fork()):
                os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
                setattr(importlib.import_module(home), name, type(rows)([*rows[:place], *rows[place + 1 :]]))
                os._exit(int(pytest.main(told)))
            if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 1:
                left.append(place)
    return {"total": len(rows), "left": left}


if __name__ == "__main__":
    sys.exit(main())
