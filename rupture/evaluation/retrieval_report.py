"""The report of a scored guidance run, in Markdown. Made from `run.json`, `scores.json` and the suite alone."""

from collections.abc import Iterator, Mapping
from typing import Any

from rupture.evaluation.gates import verdict
from rupture.evaluation.markdown import interval, number, table
from rupture.evaluation.retrieval import DEPTH, DETECTED, OURS, REPLY, TOP
from rupture.evaluation.runs import Record
from rupture.evaluation.sections import gates, head, provenance
from rupture.evaluation.suites import DataSet, Suite

Data = Mapping[str, Any]

_SEARCHES = {
    OURS: "**this search**",
    DETECTED: "the same, with the codes the detector gives (moments only)",
    "tuned both": "words and meaning by the tuned encoder, fused, nothing else",
    "tuned": "meaning alone, by the tuned encoder",
    "both": "words and meaning (all-MiniLM-L6-v2), fused, nothing else",
    "bm25": "words alone (BM25)",
    "minilm": "meaning alone (all-MiniLM-L6-v2)",
}
_ABSTENTION = {"precision": "said rightly", "recall": "of what is not covered", "f1": "F1"}


def report(record: Record, scores: Data, suite: Suite) -> str:
    """The whole report; ends with a newline."""
    outcome = verdict(suite, scores)
    parts = [head(record, scores, suite, outcome, "cases"), gates(outcome)]
    for data in (data for data in suite.data if data.source in scores["sets"]):
        parts += _part(data, scores["sets"][data.source])
    return "\n".join([*parts, _judges(scores["judges"]), provenance(record, scores)])


def _part(data: DataSet, found: Data) -> Iterator[str]:
    cases = ", ".join(f"{count} {kind}" for kind, count in found["cases"].items())
    yield f"## {data.title}\n\n{cases}. Held out: {data.held_out.strip()}.\n"
    yield _searches(found)
    yield _moments(found)
    said = "; ".join(f"{title} {interval(found['abstention'][name])}" for name, title in _ABSTENTION.items())
    yield f"Saying that the guidance does not cover it: {said}.\n"


def _searches(found: Data) -> str:
    header = [
        "search",
        f"nDCG@{DEPTH}",
        "moments",
        "questions",
        f"answer in the first {TOP}",
        f"this search's lead in nDCG@{DEPTH}",
    ]
    rows = []
    for name, title in _SEARCHES.items():
        if name not in found["searches"]:
            continue
        values = found["searches"][name]
        by_kind = [interval(values["ndcg"][kind]) for kind in ("all", "moment", "question")]
        lead = interval(found["better_than"][name]) if name in found["better_than"] else ""
        rows.append([title, *by_kind, interval(values["success"]["all"]), lead])
    unjudged = f"Of the passages this search shows, {number(found['unjudged']['value'])} were not graded.\n"
    return table(header, rows) + f"\n{unjudged}"


def _moments(found: Data) -> str:
    titles = {"strategy_first": "the first strategy fits", "marker_in_three": f"the marker is among the first {TOP} passages"}
    rows = []
    for metric, title in titles.items():
        constant = found["constants"][metric]
        always = f"{number(constant['value'])} ({', '.join(constant['answer'])})"
        rows.append([title, *(interval(found["moments"][name][metric]) for name in (OURS, DETECTED, REPLY)), always])
    return table(["moments", "reference codes", "detected codes", "ways in a reply", "always the same answer"], rows)


def _judges(judges: Data) -> str:
    return (
        f"## The judges\n\n{judges['grades']:,} passages graded by both: the same grade {number(judges['same'])}, at most "
        f"one apart {number(judges['within_one'])}, Cohen's κ with quadratic weights {number(judges['kappa_quadratic'])}.\n"
    )
