"""The report of a scored run of the suite `replies`, in Markdown. Made from `run.json`, `scores.json` and the suite alone."""

from collections.abc import Mapping
from typing import Any

from rupture.evaluation.gates import verdict
from rupture.evaluation.markdown import interval, number, table
from rupture.evaluation.runs import Record
from rupture.evaluation.sections import gates, head, provenance
from rupture.evaluation.suites import Suite

Data = Mapping[str, Any]

_CHECKS = {
    "answered": "there is advice",
    "grounded": "every claim stands in the passages it cites",
    "verbatim": "every quotation stands in the session or the corpus",
    "right_turn": "it is about the turn asked about",
    "family": "the first way is of a family that a judge would begin with",
    "allowed": "nothing in it that this tool never says",
    "length": "60 to 180 words",
}
_OPPONENTS = {"passage": "the first passage of plain search", "tips": "a general list of tips"}


def report(record: Record, scores: Data, suite: Suite) -> str:
    """The whole report; ends with a newline."""
    outcome, found = verdict(suite, scores), scores["sets"]["moments"]
    checks = table(
        ["checked by code", "n", "share"], [[_CHECKS[k], str(v["n"]), interval(v)] for k, v in found["checks"].items()]
    )
    measures = (
        f"Words: median {found['words']['median']:.0f}, at most {found['words']['most']}. Reading grade: median "
        f"{number(found['grade']['median'])}, at most {number(found['grade']['most'])}. Seconds a reply: median "
        f"{number(found['seconds']['median'])}, 95th percentile {number(found['seconds']['p95'])}.\n"
    )
    return "\n".join(
        [
            head(record, scores, suite, outcome, "moments"),
            gates(outcome),
            f"## The replies\n\n{checks}\n{measures}",
            _preferences(found),
            provenance(record, scores),
        ]
    )


def _preferences(found: Data) -> str:
    rows = []
    for opponent, title in _OPPONENTS.items():
        values = found["preferred"][opponent]
        by_judge = ", ".join(interval(value) for value in values["by_judge"].values())
        rows.append([title, str(values["all"]["n"]), interval(values["all"]), by_judge, interval(values["agreement"])])
    told = (
        f"{found['out_of_date']} judgements are of another wording of a reply and are left out.\n" if found["out_of_date"] else ""
    )
    header = ["ours was preferred to", "judgements", "share", "by judge", "both judges agree"]
    return f"## Judged in pairs, blind\n\n{table(header, rows)}\n{told}"
