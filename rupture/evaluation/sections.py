"""Sections that every report of a run has, in Markdown."""

from collections.abc import Mapping
from typing import Any

from rupture.evaluation.gates import Verdict
from rupture.evaluation.markdown import NONE, number, table
from rupture.evaluation.runs import Record
from rupture.evaluation.suites import Gate, Suite

Data = Mapping[str, Any]


def head(record: Record, scores: Data, suite: Suite, outcome: Verdict, items: str) -> str:
    """Title, what is measured, the verdict, how much was answered, the cautions. `items` names what was answered."""
    answered = f"{scores['answered']} of {scores['items']} {items} answered"
    answers = f"{answered}, {scores['failed']} failed, {scores['missing']} missing."
    cautions = "".join(f"> - {caution.strip()}\n" for caution in suite.cautions)
    return f"# {suite.title}\n\n{suite.measures.strip()}\n\n**{outcome.state.value.capitalize()}.** {answers}\n\n{cautions}"


def gates(outcome: Verdict) -> str:
    """The table of gates."""
    rows = [
        [gate.name, gate.source, gate.path, _bound(gate), number(check.value), "yes" if check.passed else "**no**"]
        for check in outcome.checks
        for gate in (check.gate,)
    ]
    unchecked = [f"\nNot checked, no such data in the run: {gate.name} ({gate.source}).\n" for gate in outcome.not_checked]
    checked = table(["gate", "data", "number", "bound", "found", "met"], rows) if rows else ""
    return "## Gates\n\n" + checked + "".join(unchecked)


def _bound(gate: Gate) -> str:
    return f"≥ {number(gate.at_least)}" if gate.at_least is not None else f"≤ {number(gate.at_most)}"


def provenance(record: Record, scores: Data) -> str:
    """What the run was made of."""
    plan, boot = record.plan, scores.get("bootstrap")
    facts = {
        "run": f"{record.started} to {record.ended or 'not ended'}",
        "seed": str(plan.seed),
        **{f"{key} version": value for key, value in plan.versions.items()},
        **{f"{key} digest": f"`{value[:16]}`" for key, value in plan.digests.items()},
        "digest of what it was scored against": f"`{scores['cases'][:16]}`",
        "settings": ", ".join(f"{key} = {value}" for key, value in plan.config.items()) or NONE,
        "intervals": f"{boot['draws']} draws of whole {boot['unit']}s, seed {boot['seed']}" if boot else "Wilson's, 95 %",
    }
    return "## How it was run\n\n" + table(["", ""], facts.items())
