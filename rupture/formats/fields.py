"""What the fields of a structured transcript may be called: one table for JSON keys and table headers."""

import re
from collections.abc import Iterable, Mapping

FIELDS: Mapping[str, tuple[str, ...]] = {
    "text": (
        "text",
        "content",
        "utterance",
        "utterance_text",
        "words",
        "message",
        "sentence",
        "speech",
        "dialogue",
        "transcript",
        "value",
    ),
    "speaker": (
        "speaker",
        "speaker_name",
        "speaker_label",
        "speaker_id",
        "name",
        "interlocutor",
        "who",
        "participant",
        "author",
        "from",
        "user",
    ),
    "role": ("role", "speaker_role", "speaker_type"),
    "start": ("start", "timestamp", "time", "start_time", "begin", "offset", "start_ms", "start_s", "start_seconds"),
    "session": ("transcript_id", "session_id", "session", "conversation_id", "dialogue_id", "file_id", "root"),
}
"""Field → names it goes by, the plainest first."""

EXPECTED = "a field for the words (text, content or utterance) and one for who speaks (speaker or role)"

_SEPARATORS = re.compile(r"[\s_.\-]{1,40}")


def field_names(names: Iterable[object]) -> dict[str, str]:
    """Which of `names` holds which field; a field without a name is left out."""
    plain = {_SEPARATORS.sub("_", str(name).strip().casefold()): str(name) for name in names}
    return {field: plain[alias] for field, aliases in FIELDS.items() for alias in reversed(aliases) if alias in plain}


def is_transcript(found: Mapping[str, str]) -> bool:
    """Whether there are words and somebody who says them."""
    return "text" in found and ("speaker" in found or "role" in found)
