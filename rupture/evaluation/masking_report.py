"""The report of a scored run of the suite `masking`, in Markdown. Made from `run.json`, `scores.json` and the suite alone."""

from collections.abc import Mapping
from typing import Any

from rupture.evaluation.gates import verdict
from rupture.evaluation.markdown import NONE, count, interval, table
from rupture.evaluation.masking_cases import WRITTEN
from rupture.evaluation.runs import Record
from rupture.evaluation.sections import gates, head, provenance
from rupture.evaluation.suites import Suite

Data = Mapping[str, Any]
_TITLES = {"cased": "as in print", "lower": "lower case", "heard": "as recognised speech", "upper": "capitals"}


def report(record: Record, scores: Data, suite: Suite) -> str:
    """The whole report; ends with a newline."""
    outcome, sets = verdict(suite, scores), scores["sets"]
    parts = [
        _groups("What has a form", "kind", sets["forms"]),
        _groups("Names", "origin", sets["names"]),
        _typed(sets["typed"]),
        _groups("Places, organisations, occupations, medications", "kind", sets["rest"]),
        _clean(sets["clean"]),
        _sessions(sets["sessions"]),
        _whole(sets["whole"]),
    ]
    return "\n".join([head(record, scores, suite, outcome, "texts"), gates(outcome), *parts, provenance(record, scores)])


def _groups(title: str, group: str, found: Data) -> str:
    """Share masked by group and way of writing."""
    written = [name for name in WRITTEN if name in found]
    names = list(found[written[0]]["each"])
    rows = [
        ["all", count(found[written[0]]["all"]["n"]), *(interval(found[name]["all"]) for name in written)],
        *(
            [one, count(found[written[0]]["each"][one]["n"]), *(interval(found[name]["each"][one]) for name in written)]
            for one in names
        ),
    ]
    return f"## {title}: share masked\n\n" + table([group, "n", *(_TITLES[name] for name in written)], rows)


def _typed(found: Data) -> str:
    one = found["worst"]
    return f"## Names typed in\n\nOf {count(one['n'])} mentions in all ways of writing, {interval(one)} were masked.\n"


def _clean(found: Data) -> str:
    rows = [
        [_TITLES[name], str(one["sessions"]), count(one["words"]), _percent(one["over"]), _percent(one["most"])]
        for name, one in found.items()
    ]
    header = ["", "sessions", "words that tell nothing", "of them masked", "most in one session"]
    return "## Masked for nothing\n\n" + table(header, rows)


def _percent(value: float | None) -> str:
    return NONE if value is None else f"{value:.1%}"


def _sessions(found: Data) -> str:
    rows = [
        [_TITLES[name], str(one["whole"]["n"]), interval(one["whole"]), count(one["names"]["n"]), interval(one["names"])]
        for name, one in found.items()
    ]
    header = ["", "sessions", "every name gone", "mentions", "mentions masked"]
    return "## Whole sessions\n\nNames alone; nothing was typed in.\n\n" + table(header, rows)


def _whole(found: Data) -> str:
    rows = [
        [
            _TITLES[name],
            str(one["all"]["n"]),
            *(interval(one[part]) for part in ("names", "without_work_and_drugs", "all")),
            count(one["identifiers"]["n"]),
            interval(one["identifiers"]),
        ]
        for name, one in found.items()
    ]
    header = [
        "",
        "sessions",
        "every name gone",
        "and all but work and drugs",
        "everything gone",
        "identifiers",
        "identifiers masked",
    ]
    return "## Whole sessions, every kind\n\nPut together of the sentences above; nothing was typed in.\n\n" + table(header, rows)
