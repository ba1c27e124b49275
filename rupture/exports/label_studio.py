"""An Analysis as a task for Label Studio: the dialogue, with the codes as predictions to accept or correct, and the labelling
interface they belong to.

After the task format and the tags Paragraphs and ParagraphLabels (labelstud.io/guide/task_format, /tags/paragraphs and
/tags/paragraphlabels). Its editor keeps `start` and `end`, the positions of the paragraph, as text, and counts offsets as
JavaScript does, in UTF-16 code units (HumanSignal/label-studio, ParagraphsRegion.js and HtxParagraphs.jsx). Knows no other
export.
"""

import json
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from rupture.analysis import Analysis, Finding, State
from rupture.codebook import CODES, Family
from rupture.exports.stretches import stretches, utf16_places
from rupture.transcript import Turn, clean_speaker_names

_CONTROL, _OBJECT, _DATA, _SPEAKER, _TEXT = "codes", "turns", "dialogue", "speaker", "text"
_COLOURS = {Family.WITHDRAWAL: "#5b7fc7", Family.CONFRONTATION: "#c96a2b", Family.STRATEGY: "#4c9a6a"}


def label_config() -> str:
    """The labelling interface, as XML for the project's settings: every code of the codebook, with its meaning as a hint."""
    view = Element("View")
    labels = SubElement(view, "ParagraphLabels", name=_CONTROL, toName=_OBJECT, choice="multiple")
    for row in CODES:
        hint = f"{row.label}: {row.definition}"
        SubElement(labels, "Label", value=row.code, hint=hint, background=_COLOURS[row.family])
    keys = {"nameKey": _SPEAKER, "textKey": _TEXT}
    SubElement(view, "Paragraphs", {"name": _OBJECT, "value": f"${_DATA}", "layout": "dialogue", **keys})
    indent(view)
    return tostring(view, encoding="unicode")


def label_studio(analysis: Analysis) -> bytes:
    """A JSON list of one task. Each region of its prediction is a stretch of words with all codes of its turn. What was not
    analysed has no prediction, since an empty one would read as nothing found."""
    transcript = analysis.transcript
    names = clean_speaker_names(transcript)
    dialogue = [{"turn": t.index, _SPEAKER: names[t.speaker], "role": t.role.value, _TEXT: t.text} for t in transcript.turns]
    coded = [finding for finding in analysis.findings if finding.codes]
    regions = [region for finding in coded for region in _regions(transcript.turns[finding.turn], finding)]
    model = analysis.model.id if analysis.model else "rupture"
    task = {
        "data": {"session": transcript.id, _DATA: dialogue},
        "predictions": [] if analysis.state is State.NOT_ANALYSED else [{"model_version": model, "result": regions}],
    }
    # The name of a file may hold bytes that are no characters.
    return json.dumps([task], ensure_ascii=False, indent=1).encode(errors="replace")


def _regions(turn: Turn, finding: Finding) -> Iterator[dict[str, Any]]:
    places = utf16_places(turn.text)
    for number, (start, end) in enumerate(stretches(turn.text, finding)):
        yield {
            "id": f"turn-{turn.index}-{number}",
            "from_name": _CONTROL,
            "to_name": _OBJECT,
            "type": "paragraphlabels",
            "value": {
                "start": str(turn.index),
                "end": str(turn.index),
                "startOffset": places[start],
                "endOffset": places[end],
                "text": turn.text[start:end],
                "paragraphlabels": list(finding.codes),
            },
        }
