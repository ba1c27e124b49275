"""Evidence: which words of a turn carry the detector's score, clause by clause.

Each clause is scored by itself, as a turn of its speaker; those with the highest probability of the codes found are the
evidence. It says what moves this model, not why a person spoke. Works with any detector, since it only asks for scores, and costs
less than scoring the found turns once more.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from rupture.analysis import Finding
from rupture.names import names_in, neutral
from rupture.protocols import Detector
from rupture.transcript import Role, Transcript, Turn

Span = tuple[int, int]

_SHORT = 8
"""Turns of up to this many words are their own evidence."""
_KEEP = 0.5
"""Clauses that score at least this share of the best one are evidence too."""
_MOST = 3
_CLAUSE = re.compile(r"(?!-)(?:(?!--)[^.!?;,…\n—])+(?:[.!?;,…\n—]+|-{2,})?[\"')\]]*\s*")


def locate(detector: Detector, transcript: Transcript, findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The findings with their evidence filled in; findings with hints only are left as they are."""
    spans = {f.turn: _parts(transcript.turns[f.turn]) for f in findings if f.codes}
    names = names_in(transcript.turns)
    alone = [_alone(transcript, turn, part, names) for turn, parts in spans.items() if len(parts) > 1 for part in parts]
    scored = iter(detector.score(alone) if alone else [])
    codes = {f.turn: f.codes for f in findings}
    located = {}
    for turn, parts in spans.items():
        if len(parts) > 1:
            scores = [next(scored)[0] for _ in parts]
            located[turn] = _strongest(parts, [sum(s.get(code, 0.0) for code in codes[turn]) for s in scores])
        else:
            located[turn] = parts
    return tuple(replace(f, evidence=tuple(located.get(f.turn, f.evidence))) for f in findings)


def _parts(turn: Turn) -> list[Span]:
    """Clauses to choose from; what a therapist does about a strain is the whole turn."""
    return clauses(turn.text) if turn.role is Role.CLIENT else [_trim(turn.text, 0, len(turn.text))]


def clauses(text: str) -> list[Span]:
    """(start, end) of each clause, trimmed of surrounding white space; one span for short texts, none for blank ones."""
    if len(text.split()) <= _SHORT:
        pieces = [(0, len(text))]
    else:
        pieces = [(m.start(), m.end()) for m in _CLAUSE.finditer(text)] or [(0, len(text))]
    return [span for span in (_trim(text, *piece) for piece in pieces) if re.search(r"\w", text[slice(*span)])]


def _trim(text: str, start: int, end: int) -> Span:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), end - (len(piece) - len(piece.rstrip()))


def _alone(transcript: Transcript, turn: int, part: Span, names: frozenset[str]) -> Transcript:
    """The clause as the only turn, its names replaced as they are in the whole session."""
    here = transcript.turns[turn]
    return Transcript(transcript.id, (replace(here, index=0, text=neutral(here.text[slice(*part)], names)),))


def _strongest(parts: Sequence[Span], values: Sequence[float]) -> list[Span]:
    """At most three clauses, in reading order; neighbours are joined. The one with the highest value is always among them."""
    chosen = sorted(sorted(range(len(parts)), key=lambda i: (-values[i], i))[:_MOST])
    joined: list[Span] = []
    previous = -2
    for i in chosen:
        if values[i] < max(values) * _KEEP:
            continue
        joined[-1:] = [(joined[-1][0], parts[i][1])] if i == previous + 1 else [*joined[-1:], parts[i]]
        previous = i
    return joined
