"""Ways to divide sessions so that a good mean cannot hide a bad corner: by length, by setting, by quality of the session.

A grouping maps session ids to the name of their group; sessions it does not name are in no group.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

from rupture.coding.annomi import session_id
from rupture.coding.sessions import read_sessions
from rupture.coding.standoff import rows
from rupture.coding.values import CodedSession

Grouping = dict[str, str]

_LENGTHS = ((30, "1–30 turns"), (60, "31–60 turns"), (120, "61–120 turns"))
_LONGEST = "over 120 turns"


def by_length(sessions: Iterable[CodedSession]) -> Grouping:
    """Bands of the number of turns."""
    return {session.transcript.id: _band(len(session.transcript.turns)) for session in sessions}


def by_file(paths: Sequence[Path]) -> Grouping:
    """The practice sessions' files, which are one a setting (`youth-mandated`, …)."""
    return {session.transcript.id: path.stem for path in paths for session in read_sessions([path])}


def by_quality(annotations: Path) -> Grouping:
    """AnnoMI's own label: was the session meant to show motivational interviewing done well (`high`) or badly (`low`)."""
    found = rows(annotations / "folds.csv", ("transcript_id", "mi_quality"))
    return {session_id(row["transcript_id"]): row["mi_quality"] for row in found}


def _band(turns: int) -> str:
    return next((name for most, name in _LENGTHS if turns <= most), _LONGEST)
