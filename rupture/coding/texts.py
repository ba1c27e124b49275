"""Transcripts by session id, from whatever a user names: AnnoMI's csv, coded sessions, or any files `rupture.formats` reads."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from rupture.coding.code_files.coded_sessions import HEADER
from rupture.coding.sessions import read_sessions
from rupture.errors import CorpusError
from rupture.formats import read_many
from rupture.resources import SESSIONS
from rupture.transcript import Transcript


def transcripts_at(path: Path) -> dict[str, Transcript]:
    """Every session in the file or folder, coded ones and others. Ids are the sessions' own, else the names of their files.
    CorpusError or UnreadableTranscript when there is nothing, or something cannot be read."""
    if not path.exists():
        raise CorpusError(f"{path}: found nothing there; expected the transcripts of the coded sessions, a file or a folder")
    folder, files = (path, sorted(path.rglob("*.txt"))) if path.is_dir() else (path.parent, [path])
    coded = [file for file in files if file.is_file() and _is_coded(file)]
    found = {session.transcript.id: session.transcript for session in read_sessions(coded)}
    # What `read_many` calls them.
    names = {name.relative_to(folder).as_posix() for file in coded for name in (file, file.with_suffix(""))}
    for source in read_many(path):
        if source.id in names:
            continue
        if source.id in found:
            raise CorpusError(f"{path}: two sessions have the id {source.id!r}")
        found[source.id] = Transcript(source.id, source.read().transcript.turns)
    return found


@cache
def our_transcripts() -> Mapping[str, Transcript]:
    """The sessions of `corpus/sessions`; none in an installed package, which comes without them."""
    return {session.transcript.id: session.transcript for session in read_sessions(sorted(SESSIONS.glob("*.txt")))}


def _is_coded(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(HEADER) + 3).removeprefix(b"\xef\xbb\xbf").startswith(HEADER.encode())
