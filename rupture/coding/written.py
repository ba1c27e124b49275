"""Writes an analysis that a clinician has gone through as a coded session, in the format that `sessions.py` reads.

Takes the analysis as the tool made it and the reader's corrections; gives text, and stores nothing. The words of the session
are in it as they were said, names and all.
"""

import re
from collections.abc import Collection, Mapping, Sequence

from rupture.analysis import Analysis
from rupture.coding.sessions import NOT_RATED, SPEAKERS
from rupture.corrections import Correction, corrected
from rupture.errors import CorpusError
from rupture.transcript import Turn, clean_speaker_names

MARKS = {name: mark for mark, name in SPEAKERS.items()}
"""What the line of a turn begins with, by who speaks; nobody else has a place in the format."""
_ID = re.compile(r"[\w.-]+")
# Braces hold the codes.
_ROUND = str.maketrans("{}", "()")
_SILENT = "…"
"""Stands for a turn without words: the format has no empty turns, and leaving one out would renumber those after it."""


def written(analysis: Analysis, corrections: Mapping[int, Correction], id: str, setting: str) -> str:
    """One coded session, ready to be a file of its own or a part of one. `analysis` is the original; each turn has the codes it
    has after `corrections`.

    The header says of how many turns, and which, a reader has confirmed or changed the codes: only these are evidence, the others
    are the tool's own. Session ratings are left out, since nobody but the tool gave any. The turns are
    those of `turn_line`.
    CorpusError when no turn was confirmed or corrected, `id` cannot be one, or somebody speaks whom the format has no place for;
    CorrectionError when a correction does not fit its turn.
    """
    if not corrections:
        raise CorpusError(
            "no turn of this session was confirmed or corrected, so all of its codes are the tool's own and teach nothing new; "
            "agree with, set aside or recode at least one turn first"
        )
    if not _ID.fullmatch(id):
        raise CorpusError(f"found the session id {id!r}; expected letters, digits, '-', '.' and '_' only, without spaces")
    codes = {finding.turn: finding.codes for finding in corrected(analysis, corrections).findings}
    names = clean_speaker_names(analysis.transcript)
    turns = [_line(turn, names[turn.speaker], codes.get(turn.index, ())) for turn in analysis.transcript.turns]
    return "\n".join([_header(id, setting, corrections), *turns, NOT_RATED, ""])


def turn_line(speaker: str, words: str, codes: Sequence[str] = ()) -> str:
    """One turn by a speaker of MARKS. Every word stays; braces become round, white space a single space, no words "…"."""
    kept = " ".join(words.translate(_ROUND).split()) or _SILENT
    return f"{MARKS[speaker]}: {kept}" + (f" {{{', '.join(codes)}}}" if codes else "")


def _header(id: str, setting: str, looked_at: Collection[int]) -> str:
    place = " ".join(setting.replace("|", "/").split())
    turns = f"{len(looked_at)} turn{'s' * (len(looked_at) > 1)}"
    note = f"codes by the tool, {turns} confirmed or changed by its user ({', '.join(map(str, sorted(looked_at)))})"
    return " | ".join([f"=== id: {id}", *([f"setting: {place}"] if place else []), f"note: {note}"])


def _line(turn: Turn, name: str, codes: Sequence[str]) -> str:
    if name not in MARKS:
        raise CorpusError(
            f"turn {turn.index} is spoken by {name}; a coded session has one therapist, up to three clients and nobody else. "
            f"Give the speaker one of these roles, or keep the session out"
        )
    return turn_line(name, turn.text, codes)
