"""JSONL: one turn a line; `batch.py` reads the other kind, one session a line."""

from rupture.errors import UnreadableTranscript
from rupture.formats.convokit import conversation_of
from rupture.formats.json_turns import load
from rupture.formats.objects import is_session, parsed_turns, turns_of
from rupture.formats.parsed import Format, Parsed


def parse(text: str) -> Parsed:
    """The turns of one session, or the one session in a file of sessions."""
    rows = [(number, load(line, number)) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
    sessions = [(number, row) for number, row in rows if is_session(row)]
    if len(sessions) > 1:
        raise UnreadableTranscript(f"found {len(sessions)} sessions, expected one. Read them as a batch, or paste one line.")
    if sessions and len(rows) == 1:
        number, session = sessions[0]
        return parsed_turns((number, item) for item in turns_of(session) or [])
    conversations = {conversation for _, row in rows if (conversation := conversation_of(row)) is not None}
    if len(conversations) > 1:
        raise UnreadableTranscript(f"found {len(conversations)} conversations, expected one. Read them as a batch.")
    return parsed_turns(rows)


def recognises(text: str) -> bool:
    """Whether the first two filled lines are both whole objects."""
    lines = [line.strip() for line in text.split("\n", 20)[:20] if line.strip()][:2]
    return len(lines) == 2 and all(line.startswith("{") and line.endswith("}") for line in lines)


JSONL = Format("JSONL", (".jsonl", ".ndjson"), recognises, parse)
