"""Which turn a question is about: the one it names, else the one in focus, else the one to open with. Pure."""

import re

from rupture.analysis import Analysis
from rupture.assistant.reply import Conversation
from rupture.transcript import Role

_NAMED = re.compile(r"(?:\bturns?|\bline|#)\s*#?(\d{1,5})\b", re.IGNORECASE)
_ORDINALS = {"first": 0, "second": 1, "third": 2, "other": 1, "last": -1}
_ORDINAL = re.compile(r"\b(first|second|third|other|last)\s+(?:one|moment|finding)\b", re.IGNORECASE)


def named_turn(question: str) -> int | None:
    """The turn number in the question, whether or not there is such a turn."""
    match = _NAMED.search(question)
    return int(match[1]) if match else None


def turn_in_focus(question: str, intent: str, conversation: Conversation) -> int | None:
    """The client turn a question is about; None without a session or without anything found.

    A therapist's turn stands for the client turn before it: what the therapist said there answered that one. A number beyond
    the session is returned as it is, so that the reply can say so.
    """
    analysis = conversation.analysis
    if analysis is None:
        return None
    named = named_turn(question)
    if named is not None:
        return _client_turn(analysis, named)
    moments = ranked_moments(analysis)
    ordinal = _ORDINAL.search(question)
    if ordinal and moments:
        position = _ORDINALS[ordinal[1].lower()]
        return moments[position] if position < len(moments) else moments[-1]
    if intent != "overview" and conversation.focus is not None:
        return conversation.focus
    return moments[0] if moments else None


def ranked_moments(analysis: Analysis) -> list[int]:
    """Client turns with codes: the top moments first, then the others, surest first."""
    coded = [f.turn for f in analysis.findings if f.codes and analysis.transcript.turns[f.turn].role is Role.CLIENT]
    others = [turn for turn in coded if turn not in analysis.top_moments]
    return [*analysis.top_moments, *sorted(others, key=lambda t: (-analysis.scores[t].get("rupture", 0.0), t))]


def _client_turn(analysis: Analysis, turn: int) -> int:
    turns = analysis.transcript.turns
    if turn >= len(turns) or turns[turn].role is Role.CLIENT:
        return turn
    before = (t.index for t in reversed(turns[:turn]) if t.role is Role.CLIENT)
    return next(before, turn)
