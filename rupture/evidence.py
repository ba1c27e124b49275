"""Evidence: which words of a turn the detector's score rests on, by occlusion.

Each clause is left out in turn and the code's probability taken again; the clauses whose absence lowers it most are the
evidence. It says
what moved this model, not why a person spoke. Works with any detector, since it only asks for scores.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from rupture.analysis import Finding
from rupture.protocols import Detector
from rupture.transcript import Transcript

Span = tuple[int, int]

CONTEXT = 2
"""Turns before and after that are scored along with the turn; the rest of the session is left out to keep this quick."""
_SHORT = 8
"""Turns of up to this many words are their own evidence."""
_KEEP = 0.5
"""Clauses whose absence costs at least this share of the largest drop are evidence too."""
_MOST = 3
_CLAUSE = re.compile(r"(?!-)(?:(?!--)[^.!?;,…\n—])+(?:[.!?;,…\n—]+|-{2,})?[\"')\]]*\s*")


def locate(detector: Detector, transcript: Transcript, findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The findings with their evidence filled in; findings with hints only are left as they are."""
    spans = {f.turn: clauses(transcript.turns[f.turn].text) for f in findings if f.codes}
    long_turns = {turn: parts for turn, parts in spans.items() if len(parts) > 1}
    variants = [variant for turn, parts in long_turns.items() for variant in _variants(transcript, turn, parts)]
    scored = iter(detector.score(variants) if variants else [])
    by_turn = {f.turn: f for f in findings}
    located = {turn: [(parts[0][0], parts[-1][1])] for turn, parts in spans.items() if turn not in long_turns and parts}
    for turn, parts in long_turns.items():
        position = turn - max(0, turn - CONTEXT)
        whole, *without = [next(scored)[position] for _ in range(len(parts) + 1)]
        codes = by_turn[turn].codes
        drops = [sum(whole.get(code, 0.0) - scores.get(code, 0.0) for code in codes) for scores in without]
        located[turn] = _strongest(parts, drops)
    return tuple(replace(f, evidence=tuple(located[f.turn])) if f.turn in located else f for f in findings)


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


def _variants(transcript: Transcript, turn: int, parts: Sequence[Span]) -> list[Transcript]:
    """The turn's neighbourhood as it is, then once without each clause."""
    neighbourhood = transcript.turns[max(0, turn - CONTEXT) : turn + CONTEXT + 1]
    text = transcript.turns[turn].text
    texts = [text, *(text[:start] + text[end:] for start, end in parts)]
    return [
        Transcript(
            transcript.id,
            tuple(replace(t, index=i, text=words if t.index == turn else t.text) for i, t in enumerate(neighbourhood)),
        )
        for words in texts
    ]


def _strongest(parts: Sequence[Span], drops: Sequence[float]) -> list[Span]:
    """At most three clauses, in reading order; neighbours are joined. The one with the largest drop is always among them."""
    least = max(drops) * _KEEP if max(drops) > 0 else max(drops)
    chosen = sorted(sorted(range(len(parts)), key=lambda i: (-drops[i], i))[:_MOST])
    joined: list[Span] = []
    previous = -2
    for i in chosen:
        if drops[i] < least:
            continue
        joined[-1:] = [(joined[-1][0], parts[i][1])] if i == previous + 1 else [*joined[-1:], parts[i]]
        previous = i
    return joined
