"""The shape of a session in numbers, turn by turn: who speaks how much, what was asked, small words that go with strain.

Counted from the whole transcript with the standard library and numpy; knows no codes. Column meanings are the rows of
`_turn_row` and `CUES`; a model is tied to them by the number of columns in its card.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import log, log1p

import numpy as np
from numpy.typing import NDArray

from rupture.plain_letters import plain_letters
from rupture.transcript import Role, Transcript, Turn

Features = NDArray[np.float32]


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{pattern})\b")


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
"""Words counted in a turn's `plain_letters`: own person, the other person, no, hedges, but, yes-but, assent, obligation,
questions, back-channels, emphasis, thanks, empathy, fillers, others, and what is heard beside words."""

_BACK_CHANNELS = frozenset(
    {"yeah", "yes", "yep", "yup", "ok", "okay", "right", "sure", "no", "oh", "well", "good", "great", "exactly", "i", "see"}
    | {"mm", "mmm", "hm", "hmm", "mhm", "uh", "huh", "uh-huh", "mm-hmm", "mm-hm", "um"}
)
_TOKEN = re.compile(r"[a-z]+(?:-[a-z]+)*")
_BROKEN_OFF = ("-", "–", "—", "…", "...", ",")


@dataclass(frozen=True, slots=True)
class TextShape:
    """What is counted in a turn's text alone; `cues` is for each of CUES how often it stands there, at most three times and in
    thirds, and its share of the words."""

    words: int
    asks: bool
    ends_asking: bool
    back_channel: bool
    broken_off: bool
    beside_words: bool
    exclaims: bool
    begins_small: bool
    distinct: float
    commas: float
    cues: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class _Session:
    """What a row needs to know of the whole session. Counts are words."""

    turns: Sequence[Turn]
    shapes: Sequence[TextShape]
    words_a_turn: float
    therapist_share: float
    therapist_questions: float
    mean_words: dict[bool, float]


def text_shape(text: str) -> TextShape:
    """Counts `text`."""
    plain = plain_letters(text)
    ending, words = plain.rstrip(), plain.split()
    count = len(words)
    found = [len(cue.findall(plain)) for cue in CUES]
    return TextShape(
        words=count,
        asks="?" in text,
        ends_asking=ending.endswith("?"),
        back_channel=_is_back_channel(plain, count),
        broken_off=ending.endswith(_BROKEN_OFF),
        beside_words="[" in text or "(" in text,
        exclaims="!" in text,
        begins_small=text[:1].islower(),
        distinct=len(set(words)) / max(count, 1),
        commas=text.count(",") / max(count, 1),
        cues=tuple(value for number in found for value in (min(number, 3) / 3, number / (count + 2))),
    )


def shape_features(transcript: Transcript, shapes: Sequence[TextShape] | None = None) -> Features:
    """One row a turn, float32; an empty transcript gives no rows. `shapes` are the turns' `text_shape`s where they are known."""
    session = _session(transcript.turns, shapes or [text_shape(turn.text) for turn in transcript.turns])
    rows, therapist_words, all_words = [], 0, 0
    for index, (turn, shape) in enumerate(zip(session.turns, session.shapes, strict=True)):
        all_words += shape.words
        therapist_words += shape.words if turn.role is not Role.CLIENT else 0
        rows.append([*_turn_row(session, index, therapist_words / (all_words + 1)), *shape.cues])
    return np.array(rows, np.float32).reshape(len(rows), COLUMNS)


def _session(turns: Sequence[Turn], shapes: Sequence[TextShape]) -> _Session:
    by_side: dict[bool, list[int]] = {True: [], False: []}
    for turn, shape in zip(turns, shapes, strict=True):
        by_side[turn.role is Role.CLIENT].append(shape.words)
    words = sum(shape.words for shape in shapes)
    asked = [shape.asks for turn, shape in zip(turns, shapes, strict=True) if turn.role is Role.THERAPIST]
    return _Session(
        turns=turns,
        shapes=shapes,
        words_a_turn=words / max(1, len(shapes)),
        therapist_share=sum(by_side[False]) / (words + 1),
        therapist_questions=sum(asked) / max(1, len(asked)),
        mean_words={side: sum(counts) / max(1, len(counts)) for side, counts in by_side.items()},
    )


def _turn_row(session: _Session, index: int, share_so_far: float) -> list[float]:
    turn, shape, total = session.turns[index], session.shapes[index], len(session.turns)
    before = session.shapes[index - 1] if index else None
    client = turn.role is Role.CLIENT
    return [
        log1p(shape.words), client, shape.asks, shape.ends_asking, shape.back_channel, shape.words == 1,
        (index + 0.5) / total, log1p(index), shape.broken_off, shape.beside_words, shape.exclaims,
        log(max(shape.words, 1) / (session.mean_words[client] + 1) + 0.1),
        log1p(before.words) if before else 0.0,
        before is not None and before.asks,
        before is not None and before.ends_asking,
        before is not None and session.turns[index - 1].role is turn.role,
        share_so_far, session.therapist_share, log1p(total), session.therapist_questions,
        session.words_a_turn / 20, session.mean_words[False] / 20, session.mean_words[True] / 20,
        shape.begins_small, shape.distinct, shape.commas,
    ]  # fmt: skip


def _is_back_channel(plain: str, count: int) -> bool:
    """Up to three words, all of them such as people murmur while the other speaks."""
    return count < 4 and all(token in _BACK_CHANNELS for token in _TOKEN.findall(plain))


COLUMNS = 26 + 2 * len(CUES)
