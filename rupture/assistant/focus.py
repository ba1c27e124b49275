"""Which turn a question is about: the one it names, quotes or counts, else the one in focus, else the one to open with. Pure."""

import re

from rupture.analysis import Analysis
from rupture.assistant.reply import Conversation
from rupture.transcript import Role, clean_speaker_names

# A turn is called one, or is a bare number that counts nothing else: "turn 12", "#12", "and 12?", "12, that was a joke".
_UNITS = (
    r"percent|min|hours?|hrs?|years?|yrs?|weeks?|wks?|days?|months?|sessions?|times|lines?|sentences?|words?|questions?|things?|points?"
    r"|options?|ways?|moments|turns|people|kids|of|out|x|am|pm"
)
_LABELS = (
    "session",
    "sessions",
    "week",
    "step",
    "age",
    "aged",
    "group",
    "phase",
    "he is",
    "he was",
    "i was",
    "i am",
    "over",
    "under",
    "nearly",
)
_UNLABELLED = "".join(f"(?<!{label} )" for label in _LABELS)
_CALLED = re.compile(r"(?:\bturns?\s*#?|\bline\s+#?|#)(\d{1,5})\b", re.IGNORECASE)
_NUMBER = re.compile(
    rf"{_CALLED.pattern}"
    rf"|{_UNLABELLED}(?<![\w/.:£$€-])(\d{{1,3}})(?![\w/%-]|[.,:]\d|\s*(?:{_UNITS})\b)",
    re.IGNORECASE,
)
_PLACE = re.compile(rf"(?:\b(?:at|in|on|for|to|from)\s+)?(?:{_NUMBER.pattern})", re.IGNORECASE)
_ORDINALS = {"first": 0, "second": 1, "third": 2, "fourth": 3, "last": -1}
_ORDINAL = re.compile(r"\b(first|second|third|fourth|last|next|other)\s+(?:one|moment|finding|turn|place)\b", re.IGNORECASE)
_ORDINAL_WORD = re.compile(r"\b(first|second|third|fourth|last)\b", re.IGNORECASE)
_QUOTED = re.compile(r"[\"“]([^\"“”]{2,300})[\"”]|(?<!\w)['‘](.{2,300}?)['’](?!\w)")
_LEAST_QUOTED = 2
"""Words a quotation needs before it is looked for in the session."""


def named_turn(question: str) -> int | None:
    """The turn number in the question, whether or not there is such a turn."""
    return next(iter(_numbers(question)), None)


def points_to_a_turn(question: str) -> bool:
    """Whether the question names a turn by its number or quotes words."""
    return named_turn(question) is not None or bool(_QUOTED.search(question))


def without_turn(question: str) -> str:
    """The question without the number of the turn, which says where and not what."""
    return " ".join(_PLACE.sub(" ", question).split())


def without_place(question: str) -> str:
    """The question with a plain word in place of the session's words and turn numbers, which say where and not what."""
    return without_numbers(_QUOTED.sub(" “that” ", question))


def without_numbers(question: str) -> str:
    """The question with a plain word in place of turn numbers."""
    return " ".join(_PLACE.sub(" that turn ", question).split())


def compared_turns(question: str, conversation: Conversation) -> tuple[int, int] | None:
    """The two client turns to put side by side, in order: those the question names, quotes or counts, with the one last
    shown or the next best moment where it names only one; None where there are no two."""
    analysis = conversation.analysis
    if analysis is None:
        return None
    moments = ranked_moments(analysis)
    numbers = [number for number in _numbers(question) if number < len(analysis.transcript.turns)]
    named = list(dict.fromkeys(_client_turn(analysis, number) for number in numbers))
    if len(numbers) > 1 and len(named) == 1:
        return None
    quoted = _quoted_turn(question, analysis)
    counted = [turn for word in _ORDINAL_WORD.findall(question) for turn in _at(moments, _ORDINALS[word.lower()])]
    known = [turn for turn in (quoted, *counted, conversation.shown) if turn is not None]
    pair = list(dict.fromkeys([*named, *known, *moments]))[:2]
    return (min(pair), max(pair)) if len(pair) > 1 else None


def beyond_the_session(question: str, analysis: Analysis) -> int | None:
    """The first number called a turn that the session does not have, if there is one."""
    called = (int(match[1]) for match in _CALLED.finditer(question))
    return next((number for number in called if number >= len(analysis.transcript.turns)), None)


def _at(moments: list[int], place: int) -> list[int]:
    return moments[place:][:1]


def _numbers(question: str) -> list[int]:
    """Turn numbers in the question in order: those called turns, else bare ones."""
    found = [match.groups() for match in _NUMBER.finditer(question)]
    return [int(number) for place in (0, 1) for groups in found if (number := groups[place])]


def turn_in_focus(question: str, intent: str, conversation: Conversation) -> int | None:
    """The client turn a question is about; None without a session or without anything found.

    A therapist's turn stands for the client turn before it: what the therapist said there answered that one. A number beyond
    the session is returned as it is, so that the reply can say so.
    """
    analysis = conversation.analysis
    if analysis is None:
        return None
    last = len(analysis.transcript.turns) - 1
    called = _CALLED.search(question)
    named = int(called[1]) if called else next((number for number in _numbers(question) if number <= last), None)
    if named is not None:
        return _client_turn(analysis, named)
    pointed = _quoted_turn(question, analysis)
    if pointed is None:
        pointed = _counted_turn(question, ranked_moments(analysis), conversation.focus)
    if pointed is None:
        pointed = _turn_of_speaker(question, analysis, conversation.focus)
    if pointed is not None:
        return pointed
    if intent != "overview" and conversation.focus is not None:
        return _client_turn(analysis, conversation.focus)
    return next(iter(ranked_moments(analysis)), None)


def ranked_moments(analysis: Analysis) -> list[int]:
    """Client turns with codes: the top moments first, then the others, surest first."""
    coded = [finding.turn for finding in analysis.moments]
    others = [turn for turn in coded if turn not in analysis.top_moments]
    return [*analysis.top_moments, *sorted(others, key=lambda t: (-analysis.scores[t].get("rupture", 0.0), t))]


def _client_turn(analysis: Analysis, turn: int) -> int:
    turns = analysis.transcript.turns
    if turn >= len(turns) or turns[turn].role is Role.CLIENT:
        return turn
    before = (t.index for t in reversed(turns[:turn]) if t.role is Role.CLIENT)
    after = (t.index for t in turns[turn:] if t.role is Role.CLIENT)
    return next(before, next(after, turn))


def _quoted_turn(question: str, analysis: Analysis) -> int | None:
    """The turn that holds words quoted in the question: one with codes before one without, then the first."""
    quotes = [_plain(match[1] or match[2]) for match in _QUOTED.finditer(question)]
    quotes = [quote for quote in quotes if len(quote.split()) >= _LEAST_QUOTED]
    holding = [t.index for t in analysis.transcript.turns if any(f" {quote} " in f" {_plain(t.text)} " for quote in quotes)]
    found = [turn for turn in ranked_moments(analysis) if turn in holding] or holding
    return _client_turn(analysis, found[0]) if found else None


def _counted_turn(question: str, moments: list[int], focus: int | None) -> int | None:
    """`the second one`; `the next one` and `the other one` count from the one in focus."""
    ordinal = _ORDINAL.search(question)
    if not ordinal or not moments:
        return None
    word = ordinal[1].lower()
    if word in _ORDINALS:
        position = _ORDINALS[word]
    else:
        position = moments.index(focus) + 1 if focus in moments else 1
        position = position % len(moments) if word == "other" else position
    return moments[position] if position < len(moments) else moments[-1]


def _turn_of_speaker(question: str, analysis: Analysis, focus: int | None) -> int | None:
    """The one in focus, or else the surest, of the client the question names; only where there are several clients."""
    clients = analysis.transcript.speakers_in(Role.CLIENT)
    names = clean_speaker_names(analysis.transcript)
    asked = [c for c in clients if any(re.search(rf"\b{re.escape(n)}\b", question, re.IGNORECASE) for n in (c, names[c]))]
    if len(clients) < 2 or len(asked) != 1:
        return None
    theirs = [turn for turn in ranked_moments(analysis) if analysis.transcript.turns[turn].speaker == asked[0]]
    return focus if focus in theirs else next(iter(theirs), None)


def _plain(text: str) -> str:
    """Lower case, words only."""
    return " ".join(re.findall(r"[\w']+", text.lower().replace("’", "'")))
