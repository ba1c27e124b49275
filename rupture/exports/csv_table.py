"""An Analysis as a table for spreadsheets and statistics, one row a turn: CSV after RFC 4180 (Shafranovich 2005), in UTF-8 with
a byte order mark, by which Excel knows it. Standard library only; knows no other export.

A cell of free text that a spreadsheet would take for a formula gets an apostrophe in front (OWASP, "CSV Injection"). So that it
can be taken off again without doubt, a cell that begins with apostrophes and then such a sign gets one more.
"""

import csv
import io
import re

from rupture.analysis import Analysis, Finding
from rupture.codebook import MARKER_FAMILIES, RUPTURE, Family
from rupture.transcript import Turn, clean_speaker_names

_SCORES = (RUPTURE, *(family.value for family in MARKER_FAMILIES), Family.STRATEGY.value)
_COLUMNS = ("session", "turn", "line", "start", "speaker", "role", "text", "codes", "hints", "evidence", *_SCORES)
_FORMULA = re.compile(r"'*(?:[\s\0-\x1f]*[=+\-@＝＋－＠]|[\t\r\n])")
_GAP = " … "


def csv_table(analysis: Analysis) -> bytes:
    """A heading row and a row for each turn. `turn` counts from 0 as on the screen, `start` is in seconds, codes and hints stand
    with spaces between them, the clearest first, pieces of evidence with an ellipsis. Scores are probabilities in [0, 1], empty
    where a turn has none."""
    names = clean_speaker_names(analysis.transcript)
    findings = {finding.turn: finding for finding in analysis.findings}
    page = io.StringIO(newline="")
    table = csv.writer(page)
    table.writerow(_COLUMNS)
    for turn in analysis.transcript.turns:
        finding = findings.get(turn.index, Finding(turn.index, ()))
        scores = analysis.scores[turn.index] if analysis.scores else {}
        table.writerow(
            [_plain(analysis.transcript.id), *_cells(turn, names[turn.speaker], finding), *(scores.get(s, "") for s in _SCORES)]
        )
    # The name of a file may hold bytes that are no characters.
    return page.getvalue().encode("utf-8-sig", errors="replace")


def _cells(turn: Turn, speaker: str, finding: Finding) -> list[object]:
    evidence = _GAP.join(turn.text[start:end] for start, end in finding.evidence)
    known = ("" if value is None else value for value in (turn.line, turn.start))
    codes, hints = " ".join(finding.codes), " ".join(finding.hints)
    return [turn.index, *known, speaker, turn.role.value, _plain(turn.text), codes, hints, _plain(evidence)]


def _plain(text: str) -> str:
    """`text` as a cell that no spreadsheet computes."""
    return f"'{text}" if _FORMULA.match(text) else text
