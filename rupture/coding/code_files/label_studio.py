"""Codes in Label Studio's JSON export: a list of tasks, each with the annotations of those who worked on it.

Reads what `rupture.exports.label_studio` writes and Label Studio gives back: regions of Paragraphs, `start` and `end` being
positions of paragraphs, each with `paragraphlabels` (labelstud.io/guide/export, /tags/paragraphlabels). Predictions count only in
a file without any annotation: elsewhere they are what annotators started from. Cancelled annotations are passed over.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from rupture.codebook import BY_CODE, STRATEGIES
from rupture.coding.code_files.marks import OWN, CodeFile, Mark, codes_in
from rupture.errors import CorpusError
from rupture.formats.roles import known_role
from rupture.transcript import Role, Transcript, Turn

_EXPECTED = "expected Label Studio's export of tasks made by rupture (Export, JSON; not JSON-MIN)"
_TYPE = "paragraphlabels"

Data = Mapping[str, Any]


def read_label_studio(path: Path) -> CodeFile:
    """The codes of every annotator, named by e-mail address or number; an only annotator with nothing but a number is the file's
    own coder, since numbers mean little outside their Label Studio. CorpusError when this is no such export."""
    try:
        tasks = json.loads(path.read_bytes())
    except OSError as error:
        raise CorpusError(f"{path}: cannot be read ({error.strerror}); {_EXPECTED}") from None
    except (ValueError, RecursionError):
        raise CorpusError(f"{path}: is not JSON; {_EXPECTED}") from None
    try:
        if not isinstance(tasks, list) or not all("dialogue" in task["data"] for task in tasks):
            raise CorpusError(f"{path}: {_EXPECTED}")
        return _read(path, tasks)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        raise CorpusError(f"{path}: a task is not as Label Studio writes it; {_EXPECTED}") from None


def _read(path: Path, tasks: Sequence[Data]) -> CodeFile:
    """Shapes are not asked for one by one: whatever is missing is an error of `read_label_studio`."""
    annotated = any(task.get("annotations") for task in tasks)
    coders = {coder for task in tasks for coder, _ in _annotations(task)}
    alone = len(coders) == 1 and min(coders).isdecimal()
    marks: list[Mark] = []
    transcripts, problems = {}, []
    for number, task in enumerate(tasks, start=1):
        transcript = _transcript(task["data"])
        transcripts[transcript.id] = transcript
        given = list(_annotations(task) if annotated else _predictions(task))
        if len({coder for coder, _ in given}) < len(given):
            problems.append(f"{path}: task {number} has two annotations by one annotator; delete one of them")
            continue
        for coder, regions in given:
            name = OWN if alone else f"annotator {coder}" if coder.isdecimal() else coder
            for turn, codes in _codes(transcript, regions).items():
                marks.append(Mark(f"{path}: task {number}, turn {turn}", name, transcript.id, turn, tuple(codes)))
    return CodeFile(tuple(marks), (), transcripts, tuple(problems))


def _annotations(task: Data) -> Iterator[tuple[str, Sequence[Data]]]:
    """Who made each annotation, and its regions."""
    for annotation in task.get("annotations", ()):
        if not annotation.get("was_cancelled"):
            who = annotation.get("completed_by")
            name = who.get("email") or who.get("id") if isinstance(who, dict) else who
            yield str(name or OWN), annotation["result"]


def _predictions(task: Data) -> Iterator[tuple[str, Sequence[Data]]]:
    for prediction in task.get("predictions", ()):
        yield OWN, prediction["result"]


def _transcript(data: Data) -> Transcript:
    turns = tuple(Turn(i, str(p["speaker"]), _role(p), str(p["text"])) for i, p in enumerate(data["dialogue"]))
    return Transcript(str(data.get("session", OWN)), turns)


def _role(paragraph: Data) -> Role:
    return known_role(str(paragraph.get("role", ""))) or known_role(str(paragraph["speaker"])) or Role.OTHER


def _codes(transcript: Transcript, regions: Sequence[Data]) -> dict[int, list[str]]:
    """The codes of every turn. A label drawn over several turns counts for those of them that it can stand on, and for all of
    them, to be refused there, where it can stand on none."""
    given: dict[int, list[str]] = {turn.index: [] for turn in transcript.turns}
    for region in regions:
        if region.get("type") != _TYPE:
            continue
        value = region["value"]
        first, last = int(value["start"]), int(value["end"])
        if last > first and value.get("endOffset") == 0:
            last -= 1
        covered = {place: given[place] for place in range(first, last + 1)}
        for code in (code for label in value[_TYPE] for code in codes_in(label)):
            fitting = [codes for place, codes in covered.items() if _fits(code, transcript.turns[place].role)]
            for codes in fitting or covered.values():
                if code not in codes:
                    codes.append(code)
    return given


def _fits(code: str, role: Role) -> bool:
    return code in BY_CODE and role is (Role.THERAPIST if code in STRATEGIES else Role.CLIENT)
