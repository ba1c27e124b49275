"""A chat box takes questions and transcripts alike: tell them apart, and part a question from the transcript pasted with it."""

import re
from collections import Counter

from rupture.errors import UnreadableTranscript
from rupture.formats import labelled
from rupture.formats.cleaning import MAX_TEXT, clean
from rupture.formats.parsed import Parsed
from rupture.formats.reading import TEXTS, document_in
from rupture.formats.roles import known_role
from rupture.transcript import Role

_STRUCTURED = TEXTS[:-1]
_REQUEST = re.compile(
    r"(?:(?:hi|hello|hey|so|and|ok|okay|please|thanks)[,.! ]{1,3})?(?:what|how|why|when|where|which|who|was|were|is|are|did|do|"
    r"does|can|could|should|would|please|help|tell|explain|show|find|look|give|suggest|analy[sz]e|read|check|code|summari[sz]e|rate|"
    r"mark|identify|describe|compare|list|any|question|here|this|that|below|i|i'm|i’m|my|we)\b",
    re.IGNORECASE,
)

_DATA = ("{", "}", "[", "]", '"', " ", "\t", "|")


def looks_like_transcript(text: str) -> bool:
    """Whether `text` is, or holds, a conversation rather than a question about one."""
    return bool(split_question(text)[1])


def split_question(text: str) -> tuple[str, str]:
    """The question and the transcript in `text`; either may be empty. What is too large to be a question is a transcript."""
    try:
        text = clean(text)[0]
    except UnreadableTranscript:
        return ("", text) if len(text) > MAX_TEXT or document_in(text) else (text, "")
    lines = [line for _, line in labelled.unfolded(text)]
    for first in _block_starts(lines):
        rest = "\n".join(lines[first:])
        if document_in(rest) or any(f.recognises(rest) for f in _STRUCTURED):
            return _beside_a_file(lines, first)
    try:
        parsed = labelled.parse("\n".join(lines))
    except UnreadableTranscript:
        return "", text.strip()
    if not _is_conversation(parsed):
        return text.strip(), ""
    return _without_question(lines, parsed)


def _beside_a_file(lines: list[str], first: int) -> tuple[str, str]:
    """A file's contents run to the end, unless a last block asks something and is neither a cue nor JSON."""
    last = max((i for i in range(first + 1, len(lines)) if lines[i].strip() and not lines[i - 1].strip()), default=len(lines))
    tail = lines[last:]
    if not _asks(tail) or any("-->" in line or line.startswith(_DATA) for line in tail):
        tail = []
    return "\n".join([*lines[:first], *tail]).strip(), "\n".join(lines[first : len(lines) - len(tail)]).strip()


def _block_starts(lines: list[str]) -> list[int]:
    """The first lines of the first blocks of text, where a file's contents may begin."""
    return [i for i, line in enumerate(lines) if line.strip() and (i == 0 or not lines[i - 1].strip())][:5]


def _is_conversation(parsed: Parsed) -> bool:
    """Two lines will do when their labels name therapist and client; names have to come back."""
    counts = Counter(u.speaker for u in parsed.utterances if u.text)
    if {Role.THERAPIST, Role.CLIENT} <= {known_role(speaker) for speaker in counts}:
        return True
    known = sum(count for speaker, count in counts.items() if known_role(speaker) is not None)
    return known > 2 or (len(counts) > 1 and min(sorted(counts.values())[-2:]) > 1)


def _without_question(lines: list[str], parsed: Parsed) -> tuple[str, str]:
    """The lines above the first turn and below the last one are the question when they read like one."""
    began = [u.line - 1 for u in parsed.utterances if u.line]
    above, below = lines[: began[0]], _after_last_turn(lines, began)
    body = lines[began[0] : len(lines) - len(below)]
    if not _asks(above):
        above, body = [], above + body
    return "\n".join([*above, *below]).strip(), "\n".join(body).strip()


def _after_last_turn(lines: list[str], began: list[int]) -> list[str]:
    """A last unlabelled block that asks something, where turns are not otherwise written in such blocks."""
    last, labelled_lines = began[-1], set(began)
    loose = [i for i in range(began[0], last) if lines[i].strip() and i not in labelled_lines]
    blocks = [i for i in range(last + 1, len(lines)) if lines[i].strip() and not lines[i - 1].strip()]
    if blocks and any(not lines[i - 1].strip() for i in loose):
        return []
    first = blocks[0] if blocks else last + 1
    tail = lines[first:]
    return tail if (blocks or not loose) and _asks(tail) else []


def _asks(lines: list[str]) -> bool:
    text = " ".join(line.strip() for line in lines).strip()
    return "?" in text or _REQUEST.match(text) is not None
