"""ConvoKit corpora: a folder with an `utterances.jsonl` in which each line is a turn that names its conversation."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from rupture.errors import UnreadableTranscript
from rupture.formats.cleaning import MAX_BYTES, clean, decode
from rupture.formats.fields import field_names, is_transcript
from rupture.formats.json_turns import load
from rupture.formats.objects import parsed_turns
from rupture.formats.parsed import Parsed

_NAME = "utterances.jsonl"
_BESIDE = frozenset(("speakers.json", "users.json", "conversations.json", "corpus.json", "index.json"))


def utterances_file(folder: Path) -> Path | None:
    """The turns of the corpus in `folder`, when it is one."""
    file = folder / _NAME
    return file if file.is_file() else None


def is_beside(file: Path) -> bool:
    """Whether `file` says more about a corpus and holds no turns."""
    return (file.name in _BESIDE or file.suffix == ".bin") and utterances_file(file.parent) is not None


def conversation_of(row: object) -> str | None:
    """The conversation a parsed line belongs to; None when it is no turn that names one."""
    if not isinstance(row, Mapping):
        return None
    found = field_names(row)
    value = row.get(found["session"]) if "session" in found and is_transcript(found) else None
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else None


def conversations(file: Path) -> dict[str, list[tuple[int, int]]]:
    """For each conversation, in order of its first turn, line and byte offset of its turns. What cannot be read names none and is
    listed under an empty name. Only places are held in memory."""
    found: dict[str, list[tuple[int, int]]] = {}
    offset = 0
    with file.open("rb") as stream:
        for number, line in enumerate(stream, start=1):
            if line.strip():
                try:
                    name = conversation_of(load(decode(line)[0], number)) or ""
                except UnreadableTranscript:
                    name = ""
                found.setdefault(name, []).append((number, offset))
            offset += len(line)
    return found


def conversation(file: Path, places: Sequence[tuple[int, int]]) -> Parsed:
    """The turns at `places`; UnreadableTranscript says which line breaks the format."""
    rows = []
    with file.open("rb") as stream:
        for number, offset in places:
            stream.seek(offset)
            text = clean(decode(stream.readline(MAX_BYTES))[0].strip())[0]
            rows.append((number, load(text, number)))
    return parsed_turns(rows)
