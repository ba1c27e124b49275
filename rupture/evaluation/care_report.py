"""The report of a scored run of the suite `care`, in Markdown. Made from `run.json`, `scores.json` and the suite alone."""

from collections.abc import Mapping
from typing import Any

from rupture.evaluation.gates import verdict
from rupture.evaluation.markdown import count, interval, number, table
from rupture.evaluation.runs import Record
from rupture.evaluation.sections import gates, head, provenance
from rupture.evaluation.suites import Suite

Data = Mapping[str, Any]


def report(record: Record, scores: Data, suite: Suite) -> str:
    """The whole report; ends with a newline."""
    outcome, sets = verdict(suite, scores), scores["sets"]
    parts = [_risk(sets["risk"]), _bias(sets["bias"]), _ordinary(sets["ordinary"])]
    return "\n".join([head(record, scores, suite, outcome, "cases"), gates(outcome), *parts, provenance(record, scores)])


def _risk(found: Data) -> str:
    rows = [
        *((f"noticed: {name}", value) for name, value in found["sensitivity"].items()),
        ("left alone: hard negatives", found["specificity"]),
        ("the kind named is the right one, where one is named", found["kind_named"]),
        *((f"noticed: {name.replace('_', ' ')}", value) for name, value in found["noticed_by_class"].items()),
    ]
    shares = [[name, str(value["n"]), interval(value)] for name, value in rows]
    return "## Risk language\n\n" + table(["", "n", "share"], shares)


def _bias(found: Data) -> str:
    rows = [
        ("complaints noticed", found["sensitivity"]),
        ("noticed, or held for possible", found["perhaps"]),
        ("look-alikes left alone", found["specificity"]),
    ]
    shares = table(["", "n", "share"], [[name, str(value["n"]), interval(value)] for name, value in rows])
    away = found["explained_away"]
    told = f"Of {found['replies']} replies about these complaints, {away} explained one away."
    return f"## Complaints of bias\n\n{shares}\n{told}\n"


def _ordinary(found: Data) -> str:
    rows = [[name, number(found[name]["in_100_turns"]), interval(found[name]["sessions"])] for name in ("risk", "bias")]
    title = f"## In ordinary talk: {found['sessions']} sessions, {count(found['turns'])} turns\n\n"
    return title + table(["notices of", "in 100 turns", "sessions with one or more"], rows)
