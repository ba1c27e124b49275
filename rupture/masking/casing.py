"""How a session is written: with capitals as in print, all in lower case as speech recognition gives it, or all in capitals.
Pure."""

import re
from collections.abc import Sequence
from enum import StrEnum

_WORD = re.compile(r"[^\W\d_]{2,}")
_FEWEST = 0.01
"""Share of words with a first capital alone from which a session is written as in print."""
_MOST = 0.6
"""Share of words in capitals from which it is in capitals."""


class Casing(StrEnum):
    """What capitals can tell in a session."""

    PRINT = "print"
    LOWER = "lower"
    UPPER = "upper"


def casing(texts: Sequence[str]) -> Casing:
    """How `texts` are written, taken together; the word I and marks do not count."""
    words = [word for text in texts for word in _WORD.findall(re.sub(r"\[[A-Z]+_\d+\]", " ", text))]
    if not words:
        return Casing.PRINT
    if sum(word.isupper() for word in words) > _MOST * len(words):
        return Casing.UPPER
    capital = sum(word[0].isupper() and not word.isupper() for word in words)
    return Casing.PRINT if capital > _FEWEST * len(words) else Casing.LOWER
