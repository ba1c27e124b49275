"""Codes in our own format of coded sessions, `T: words` and `C: words {W5}`, one file for as many sessions as one coder likes."""

from pathlib import Path

from rupture.coding.code_files.marks import OWN, CodeFile, Mark, Rated, place
from rupture.coding.sessions import read_as_coded
from rupture.coding.values import CodedSession, Rating

HEADER = "=== "
"""What the first line of each session begins with."""


def read_coded_sessions(path: Path) -> CodeFile:
    """The codes and ratings in the file; CorpusError at the first line that breaks the format."""
    sessions = read_as_coded([path])
    marks = [
        Mark(place(path, turn.line), OWN, session.transcript.id, turn.index, tuple(dict.fromkeys(given.get(turn.index, ()))))
        for session, given in sessions
        for turn in session.transcript.turns
    ]
    ratings = [_rated(path, session, session.rating) for session, _ in sessions if session.rating]
    return CodeFile(tuple(marks), tuple(ratings), {session.transcript.id: session.transcript for session, _ in sessions})


def _rated(path: Path, session: CodedSession, rating: Rating) -> Rated:
    resolution = "" if rating.resolution is None else f"{rating.resolution:g}"
    values = (f"{rating.withdrawal:g}", f"{rating.confrontation:g}", resolution, f"{rating.therapist_contribution:g}")
    return Rated(place(path, session.transcript.turns[-1].line), OWN, session.transcript.id, values)
