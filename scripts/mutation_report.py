"""What `scripts/mutation.py` found, as Markdown. Takes its results, and scripts/mutation_equivalent.yaml, where changes that
alter nothing are listed by hand with the reason; scores are given with and without them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from rupture.evaluation.intervals import share

EQUIVALENT = Path(__file__).with_name("mutation_equivalent.yaml")
_HEAD = (
    *("part, module", "changes", "tried", "noticed", "of these too slow", "survived", "of these alter nothing"),
    *("score, % [95 %]", "without those, %"),
)
_INTRODUCTION = """# Mutation scores of the safety modules

Written by `scripts/mutation.py` with mutmut {used}. The score is the share of the changes tried that a test noticed, with
Wilson's 95 % interval (1927), which says how far a draw may be off. A change that made the tests too slow counts as noticed, one
that no test reaches as survived. Changes that alter nothing (below) are among the survivors of the first score and left out of
the second. mutmut changes nothing outside functions and in decorated ones; of tables of patterns each row was left out in turn.
"""


@dataclass(frozen=True, slots=True)
class Counts:
    """Changes there are and of these tried, those that made tests too slow, that survived, and that alter nothing."""

    total: int
    tried: int
    slow: int
    survived: int
    alike: int

    def row(self, name: str) -> str:
        """A row of the first table."""
        killed = self.tried - self.survived
        scores = (_score(killed, self.tried), _score(killed, self.tried - self.alike))
        return _row([name, self.total, self.tried, killed, self.slow, self.survived, self.alike, *scores])


def report(results: Mapping[str, Any], parts: Sequence[str]) -> str:
    """The results of `parts` as Markdown."""
    listed = yaml.safe_load(EQUIVALENT.read_text(encoding="utf-8")) or []
    told = {name: results[name] for name in parts if name in results}
    rows: list[str] = []
    tables: list[str] = []
    left: list[str] = []
    alike: list[str] = []
    for name, found in told.items():
        modules = {path: _counts(path, one, listed) for path, one in found["changes"].items()}
        every = [(c.total, c.tried, c.slow, c.survived, c.alike) for c in modules.values()]
        rows += [Counts(*map(sum, zip(*every, strict=True))).row(f"**{name}**")]
        rows += [counts.row(f"`{path}`") for path, counts in modules.items()]
        tables += [_row([f"`{t}`", one["total"], one["total"] - len(one["left"])]) for t, one in found["rows"].items()]
        for path, one in found["changes"].items():
            for change in one["left"]:
                why = _reason(path, change, listed)
                (alike if why else left).append(f"- `{path}`, {_shown(change)}" + (f": {why}" if why else ""))
        left += [f"- `{table}` without row {place}" for table, one in found["rows"].items() for place in one["left"]]
    runs = [_row([n, f["date"], f["mutmut"], f["seed"], f"{f['seconds'] / 60:.0f}"]) for n, f in told.items()]
    used = ", ".join(sorted({found["mutmut"] for found in told.values()}))
    sections = (
        [_INTRODUCTION.format(used=used), *_table(_HEAD, rows)],
        _table(("table of rules", "rows", "missed when left out"), tables),
        _table(("part", "run on", "mutmut", "seed", "minutes"), runs),
        ["## Survived", "", *left],
        ["## Survived, and alter nothing", "", *alike],
    )
    return "\n\n".join("\n".join(lines) for lines in sections) + "\n"


def _counts(path: str, found: Mapping[str, Any], listed: Sequence[Mapping[str, str]]) -> Counts:
    alike = sum(bool(_reason(path, change, listed)) for change in found["left"])
    return Counts(found["total"], found["tried"], found["timeouts"], len(found["left"]), alike)


def _reason(path: str, change: Mapping[str, str], listed: Sequence[Mapping[str, str]]) -> str:
    """Why a change alters nothing; empty where that is not listed. An entry without lines is for all of its function."""
    return next((entry["why"] for entry in listed if _fits(entry, path, change)), "")


def _fits(entry: Mapping[str, str], path: str, change: Mapping[str, str]) -> bool:
    here = entry["module"] == path and entry["in"] == change["in"]
    return here and all(entry.get(line, change[line]) == change[line] for line in ("was", "now"))


def _score(killed: int, tried: int) -> str:
    if not tried:
        return "–"
    found = share([place < killed for place in range(tried)])
    return f"{100 * found['value']:.0f} [{100 * found['low']:.0f}–{100 * found['high']:.0f}]"


def _shown(change: Mapping[str, str]) -> str:
    status = f" ({change['status']})" if change["status"] != "survived" else ""
    return f"`{change['in']}`: `` {change['was']} `` → `` {change['now']} ``{status}"


def _table(head: Sequence[str], rows: Sequence[str]) -> list[str]:
    return [_row(head), _row(["---", *["---:"] * (len(head) - 1)]), *rows]


def _row(cells: Sequence[Any]) -> str:
    return f"| {' | '.join(map(str, cells))} |"
