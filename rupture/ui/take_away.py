"""Take away: the panel of files that can be saved, as HTML, and each file packed for the browser. Writes nothing to a disk."""

import base64
import hashlib
import json
from collections.abc import Mapping

from rupture.analysis import Analysis
from rupture.assistant.assistant import Assistant
from rupture.coding.written import written
from rupture.corrections import Correction
from rupture.escape import safe
from rupture.exports.data import DATA_FORMATS
from rupture.exports.label_studio import label_config
from rupture.exports.reports import FORMATS, render
from rupture.exports.session_report import report_blocks
from rupture.exports.supervision import supervision_blocks
from rupture.masking.wording import warning
from rupture.privacy.masked_analysis import masked_analysis
from rupture.privacy.masking import has_extra
from rupture.ui.desk import Desk
from rupture.words import plain_name

_REPORTS = {"html": "Web page", "docx": "Word", "pdf": "PDF", "md": "Markdown"}
_CODES, _INTERFACE = "codes", "interface"
_DATA = {
    "data:json": "JSON",
    "data:csv": "CSV",
    "data:label-studio": "Label Studio",
    # Label Studio is set up with it once, before the first session is taken there.
    _INTERFACE: "Label Studio, labelling interface (XML)",
    "data:elan": "ELAN",
    "data:inception": "INCEpTION",
}


def take_away_html() -> str:
    """Buttons for every file, and whether names are masked in it."""
    rows = (
        ("Report", [(f"report:{suffix}", words) for suffix, words in _REPORTS.items()]),
        ("One page for supervision", [(f"supervision:{suffix}", words) for suffix, words in _REPORTS.items()]),
        ("Data", list(_DATA.items())),
        ("What you corrected", [(_CODES, "Coded session, to measure and train with")]),
    )
    listed = "".join(
        f"<dt>{title}</dt><dd>{''.join(_button(what, f'{title}: {words}', words) for what, words in files)}</dd>"
        for title, files in rows
    )
    return (
        '<section class="take-away" aria-label="Take away"><h3>Take away</h3>'
        '<label><input type="checkbox" data-mask> Mask names, dates and places first</label>'
        f'<dl>{listed}</dl><p class="limits">{safe(warning(extra=has_extra()))} '
        "Files hold what was said; keep them as you keep the session itself.</p></section>"
    )


def _button(what: str, label: str, words: str) -> str:
    return f'<button type="button" data-save="{what}" aria-label="{label}">{words}</button>'


def saved(desk: Desk, what: str, assistant: Assistant, *, mask: bool) -> str:
    """The file `what` of the session on the desk, as JSON with its name, media type and content in base64; empty without a
    session. KeyError for a file there is not; CorpusError when the corrected codes are asked for and nothing was corrected.
    """
    if desk.analysis is None:
        return ""
    kind, _, form = what.partition(":")
    # Corrections are applied to the analysis as the detector left it.
    chosen = desk.found if kind == _CODES and desk.found else desk.analysis
    analysis = masked_analysis(chosen, desk.names) if mask else chosen
    if kind == _INTERFACE:
        return _packed("rupture-labelling-interface.xml", "application/xml", label_config().encode())
    if kind == "data":
        suffix, type, write = DATA_FORMATS[form]
        return _packed(f"rupture-{kind}.{suffix}", type, write(analysis))
    if kind == _CODES:
        # Two sessions in one folder need two ids, and a name of the file could name somebody.
        words = "\n".join(turn.text for turn in analysis.transcript.turns).encode(errors="replace")
        id = f"corrected-{hashlib.sha256(words).hexdigest()[:10]}"
        return _packed(f"rupture-{id}.txt", "text/plain", written(analysis, desk.corrections, id, "").encode(errors="replace"))
    return _document(kind, form, analysis, desk.corrections, assistant)


def _document(kind: str, suffix: str, analysis: Analysis, corrections: Mapping[int, Correction], assistant: Assistant) -> str:
    """The report, or the page for supervision."""
    if kind == "supervision":
        blocks = supervision_blocks(analysis, assistant.guidance)
    else:
        blocks = report_blocks(analysis, assistant.guidance, assistant.decisions.miss_rate, corrections)
    type, _ = FORMATS[suffix]
    return _packed(f"rupture-{kind}.{suffix}", type, render(blocks, suffix, plain_name(analysis.transcript.id)))


def _packed(name: str, type: str, data: bytes) -> str:
    return json.dumps({"name": name, "type": type, "data": base64.b64encode(data).decode()})
