"""The verdict on a run as JUnit XML, which build servers read: a case a gate, a case an item that failed, a case for the whole.

Made from the same verdict as the printed line and the exit code: no failure and no error in it means exit code 0. Holds ids,
kinds of errors and numbers, no word of a transcript.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from rupture.evaluation.gates import State, Verdict
from rupture.evaluation.runs import Record
from rupture.evaluation.suites import Suite


def junit(suite: Suite, verdict: Verdict, errors: Sequence[Mapping[str, Any]], record: Record) -> str:
    """The file's text. `errors` are the rows of `errors.jsonl` that still hold; ends with a newline."""
    root = Element("testsuite", name=suite.name, timestamp=record.started, time=str(_seconds(record)))
    whole = _case(root, suite, "every item answered")
    if verdict.state is State.NO_RESULT or verdict.missing:
        _says(whole, "error", verdict.line)
    for check in verdict.checks:
        case = _case(root, suite, f"gate: {check.gate.name}")
        if not check.passed:
            _says(case, "failure", check.line)
    for gate in verdict.not_checked:
        _says(_case(root, suite, f"gate: {gate.name}"), "skipped", f"the run has no data set {gate.source}")
    for error in errors:
        told = ": ".join(filter(None, (error["kind"], error["where"], error["message"])))
        _says(_case(root, suite, f"item: {error['id']}"), "error", told)
    kinds = {"tests": "testcase", "failures": "testcase/failure", "errors": "testcase/error", "skipped": "testcase/skipped"}
    for name, path in kinds.items():
        root.set(name, str(len(root.findall(path))))
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


def _case(root: Element, suite: Suite, name: str) -> Element:
    return SubElement(root, "testcase", classname=f"rupture.{suite.name}", name=_shown(name))


def _says(case: Element, kind: str, message: str) -> None:
    SubElement(case, kind, message=_shown(message))


def _shown(text: str) -> str:
    """XML has no place for control characters, however they are escaped."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)


def _seconds(record: Record) -> float:
    """From start to end; 0 for a run that has not ended."""
    if record.ended is None:
        return 0.0
    return (datetime.fromisoformat(record.ended) - datetime.fromisoformat(record.started)).total_seconds()
