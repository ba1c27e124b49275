"""JSON: a list of turns, an object with `turns`, `utterances` or `segments`, or what a speech-to-text service wrote."""

import json
from collections.abc import Sequence
from typing import Any

from rupture.errors import UnreadableTranscript
from rupture.formats.objects import TURN_LISTS, is_session, names_speakers, parsed_turns, turns_of
from rupture.formats.parsed import Format, Parsed
from rupture.formats.speech_services import parsed_speech


def parse(text: str) -> Parsed:
    """The turns of one session."""
    data = load(text, line=None)
    sessions = sessions_of(data)
    if len(sessions) > 1:
        raise UnreadableTranscript(f"found {len(sessions)} sessions, expected one. Read them as a batch, or paste one of them.")
    return parsed_session(sessions[0] if sessions else data)


def sessions_of(data: Any) -> Sequence[Any]:
    """The sessions in a list of several, or of one; empty where `data` is one itself."""
    turns = turns_of(data) or ()
    return turns if all(isinstance(item, list) or is_session(item) for item in turns) else ()


def parsed_session(data: Any) -> Parsed:
    """The turns of the session that is a parsed JSON value."""
    spoken, turns = parsed_speech(data), turns_of(data)
    if spoken and (spoken.utterances or not names_speakers(turns or [])):
        return spoken
    if turns is None:
        names = ", ".join(TURN_LISTS)
        raise UnreadableTranscript(f"found JSON without turns, expected a list of turns or an object with one of: {names}.")
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
