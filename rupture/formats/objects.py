"""From parsed JSON to utterances: a list of turns, or an object that holds one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from rupture.errors import UnreadableTranscript
from rupture.formats.fields import EXPECTED, field_names, is_transcript
from rupture.formats.parsed import Parsed, Utterance, counted
from rupture.formats.times import rescaled, seconds

TURN_LISTS = (
    "turns",
    "utterances",
    "segments",
    "sentences",
    "messages",
    "dialogue",
    "dialog",
    "conversation",
    "transcript",
    "results",
)

_KINDS = {
    type(None): "null",
    bool: "true or false",
    int: "a number",
    float: "a number",
    str: "text",
    list: "a list",
    dict: "an object",
}


def turns_of(data: Any) -> Sequence[Any] | None:
    """The list of turns `data` is or holds; None when it is neither."""
    if isinstance(data, list):
        return data
    if isinstance(data, Mapping):
        return next((data[key] for key in TURN_LISTS if isinstance(data.get(key), list)), None)
    return None


def is_session(data: Any) -> bool:
    """Whether `data` is an object that holds a list of turns."""
    return isinstance(data, Mapping) and turns_of(data) is not None


def names_speakers(turns: Iterable[Any]) -> bool:
    """Whether some of the `turns` is an object with words and says who says them."""
    found = ((item, field_names(item)) for item in turns if isinstance(item, Mapping))
    return any(
        is_transcript(names) and any(_word(item.get(names.get(field, ""))) for field in ("speaker", "role"))
        for item, names in found
    )


def parsed_turns(items: Iterable[tuple[int | None, Any]]) -> Parsed:
    """Utterances of turn objects, each with its line. Every item stays a turn, wordless or not: indices are the input's."""
    utterances = []
    silent = []
    for position, (line, item) in enumerate(items):
        utterance = _utterance(position, line, item)
        utterances.append(utterance)
        if not utterance.text:
            silent.append(position)
    starts = rescaled([u.start for u in utterances])
    notes = (f"{counted(len(silent), 'turn')} without words, the first is turn {silent[0]}.",) if silent else ()
    return Parsed(tuple(replace(u, start=s) for u, s in zip(utterances, starts, strict=True)), (), notes)


def _utterance(position: int, line: int | None, item: Any) -> Utterance:
    where = f"turn {position}" if line is None else f"line {line}"
    if not isinstance(item, Mapping):
        raise UnreadableTranscript(f"{where}: found {_kind(item)}, expected an object with {EXPECTED}.")
    found = field_names(item)
    if not is_transcript(found):
        raise UnreadableTranscript(f"{where}: expected {EXPECTED}; {counted(len(item), 'field')} found, not these.")
    text = item[found["text"]]
    if text is not None and not isinstance(text, str | int | float):
        raise UnreadableTranscript(f"{where}: the words are {_kind(text)}, expected text.")
    role = _word(item.get(found.get("role", "")))
    speaker = _word(item.get(found.get("speaker", ""))) or role or "Unknown"
    return Utterance(speaker, "" if text is None else str(text).strip(), line, seconds(item.get(found.get("start", ""))), role)


def _word(value: Any) -> str | None:
    """A name as text; diarisers number their speakers."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return (value.strip() or None) if isinstance(value, str) else f"Speaker {value}"


def _kind(value: Any) -> str:
    return _KINDS.get(type(value), "something else")
