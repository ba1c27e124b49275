"""JSON: a list of turns, or an object with `turns`, `utterances` or `segments`."""

import json
from typing import Any

from rupture.errors import UnreadableTranscript
from rupture.formats.objects import TURN_LISTS, is_session, parsed_turns, turns_of
from rupture.formats.parsed import Format, Parsed


def parse(text: str) -> Parsed:
    """The turns of one session."""
    data = load(text, line=None)
    turns = turns_of(data)
    if turns is None:
        names = ", ".join(TURN_LISTS)
        raise UnreadableTranscript(f"found JSON without turns, expected a list of turns or an object with one of: {names}.")
    if turns and all(isinstance(item, list) or is_session(item) for item in turns):
        if len(turns) > 1:
            raise UnreadableTranscript(f"found {len(turns)} sessions, expected one. Read them as a batch, or paste one of them.")
        turns = turns_of(turns[0]) or []
    return parsed_turns((None, item) for item in turns)


def load(text: str, line: int | None) -> Any:
    """The JSON value in `text`; UnreadableTranscript says where it breaks off."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        where = f"line {line or error.lineno}, character {error.colno}"
        raise UnreadableTranscript(f"{where}: not valid JSON ({error.msg}). Export it again, or paste it as text.") from None
    except (RecursionError, ValueError):
        where = "the text" if line is None else f"line {line}"
        raise UnreadableTranscript(f"{where}: JSON with nesting or numbers too large to be a transcript.") from None


def recognises(text: str) -> bool:
    """Whether the text starts like an object or a list of objects; `[Therapist] …` and `[00:01] …` do not."""
    head = text[:4_000].lstrip()
    inner = head[1:].lstrip()
    return (head[:1] == "{" and inner[:1] in ('"', "}")) or (head[:1] == "[" and inner[:1] in ("{", "[", "]"))


JSON = Format("JSON", (".json",), recognises, parse)
