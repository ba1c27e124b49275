"""The shape of a session in numbers, turn by turn: who speaks how much, what was asked, small words that go with strain.

Counted from the whole transcript with the standard library and numpy; knows no codes. Column meanings are the rows of
`_turn_row` and
`CUES`; a model is tied to them by the number of columns in its card.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rupture.transcript import Role, Transcript, Turn

Features = NDArray[np.float32]


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE)


CUES: tuple[re.Pattern[str], ...] = (
    _words(r"i|me|my|mine|myself|i'm|i've|i'd|i'll"),
    _words(r"you|your|yours|yourself|you're|you've|you'd|you'll"),
    _words(r"no|not|never|nothing|nobody|none|\w+n't|nah|nope"),
    _words(r"maybe|perhaps|guess|suppose|kind of|sort of|probably|might|i don't know|dunno|whatever"),
    _words(r"but|although|though|however"),
    _words(r"(?:yeah|yes|ok|okay|right|sure|i know|well),? but"),
    _words(r"fine|sure|okay|ok|alright|all right|whatever|i guess"),
    _words(r"should|need to|have to|must|ought|gotta|got to|supposed to"),
    _words(r"why|what|how"),
    _words(r"yeah|yes|yep|yup|right|mm-?hmm?|uh-?huh|mhm|mm"),
    _words(r"just|really|actually|honestly|exactly|only"),
    _words(r"thank|thanks|great|good|appreciate|helpful|helps"),
    _words(r"sorry|understand|hear|sounds like|feel|feeling|seems"),
    _words(r"um|uh|er|erm|hmm"),
    _words(r"everyone|everybody|always|all|people|they|she|he"),
    _words(r"laugh\w*|chuckl\w*|sigh\w*|pause|silence|cr(?:y|ies|ying)"),
)
"""Words counted in each turn: own person, the other person, no, hedges, but, yes-but, assent, obligation, questions,
back-channels, emphasis, thanks, empathy, fillers, others, and what is heard beside words."""

_BACK_CHANNELS = frozenset(
    {"yeah", "yes", "yep", "yup", "ok", "okay", "right", "sure", "no", "oh", "well", "good", "great", "exactly", "i", "see"}
    | {"mm", "mmm", "hm", "hmm", "mhm", "uh", "huh", "uh-huh", "mm-hmm", "mm-hm", "um"}
)
_TOKEN = re.compile(r"[a-z]+(?:-[a-z]+)*", re.IGNORECASE)
_BROKEN_OFF = ("-", "–", "—", "…", "...", ",")


@dataclass(frozen=True, slots=True)
class _Session:
    """What a row needs to know of the whole session. Counts are words."""

    turns: Sequence[Turn]
    words: Sequence[int]
    words_a_turn: float
    therapist_share: float
    therapist_questions: float
    mean_words: dict[bool, float]


def shape_features(transcript: Transcript, counted: Sequence[Sequence[float]] | None = None) -> Features:
    """One row a turn, float32; an empty transcript gives no rows. `counted` are the turns' `cue_row`s where they are known."""
    turns = [Turn(t.index, t.speaker, t.role, _straight(t.text), t.line, t.start) for t in transcript.turns]
    words = [len(turn.text.split()) for turn in turns]
    session = _session(turns, words)
    counted = counted or [cue_row(turn.text) for turn in turns]
    rows, therapist_words, all_words = [], 0, 0
    for index, turn in enumerate(turns):
        all_words += words[index]
        therapist_words += words[index] if turn.role is not Role.CLIENT else 0
        rows.append([*_turn_row(session, index, therapist_words / (all_words + 1)), *counted[index]])
    return np.array(rows, np.float32).reshape(len(rows), COLUMNS)


def _session(turns: Sequence[Turn], words: Sequence[int]) -> _Session:
    by_side: dict[bool, list[int]] = {True: [], False: []}
    for turn, count in zip(turns, words, strict=True):
        by_side[turn.role is Role.CLIENT].append(count)
    therapist = [turn for turn in turns if turn.role is Role.THERAPIST]
    return _Session(
        turns=turns,
        words=words,
        words_a_turn=sum(words) / max(1, len(words)),
        therapist_share=sum(by_side[False]) / (sum(words) + 1),
        therapist_questions=sum("?" in turn.text for turn in therapist) / max(1, len(therapist)),
        mean_words={side: sum(counts) / max(1, len(counts)) for side, counts in by_side.items()},
    )


def _turn_row(session: _Session, index: int, share_so_far: float) -> list[float]:
    turn, count, total = session.turns[index], session.words[index], len(session.turns)
    before = session.turns[index - 1] if index else None
    text, ending, client = turn.text, turn.text.rstrip(), turn.role is Role.CLIENT
    return [
        np.log1p(count), client, "?" in text, ending.endswith("?"), _is_back_channel(text, count), count == 1,
        (index + 0.5) / total, np.log1p(index), ending.endswith(_BROKEN_OFF), "[" in text or "(" in text, "!" in text,
        np.log(max(count, 1) / (session.mean_words[client] + 1) + 0.1),
        np.log1p(session.words[index - 1]) if before else 0.0,
        before is not None and "?" in before.text,
        before is not None and before.text.rstrip().endswith("?"),
        before is not None and before.role is turn.role,
        share_so_far, session.therapist_share, np.log1p(total), session.therapist_questions,
        session.words_a_turn / 20, session.mean_words[False] / 20, session.mean_words[True] / 20,
        text[:1].islower(), len(set(text.lower().split())) / max(count, 1), text.count(",") / max(count, 1),
    ]  # fmt: skip


def cue_row(text: str) -> list[float]:
    """For each of `CUES` how often it stands in `text`, at most three times and in thirds, and its share of the words."""
    text = _straight(text)
    count = len(text.split())
    row: list[float] = []
    for cue in CUES:
        found = len(cue.findall(text))
        row += [min(found, 3) / 3, found / (count + 2)]
    return row


def _straight(text: str) -> str:
    return text.replace("’", "'")


def _is_back_channel(text: str, count: int) -> bool:
    """Up to three words, all of them such as people murmur while the other speaks."""
    return count < 4 and all(token.lower() in _BACK_CHANNELS for token in _TOKEN.findall(text))


COLUMNS = 26 + 2 * len(CUES)
