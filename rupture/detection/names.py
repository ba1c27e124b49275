"""Names out of the model's sight: whose session it is must not move a score.

A word is taken for a name when it stands with a capital inside a sentence of this transcript and never in lower case in it; it is
then replaced everywhere, at the start of sentences too. Places, days and makes go the same way, which costs the model nothing it
needs. In transcripts without capitals nothing is found and nothing changes.
"""

import re
from collections.abc import Sequence

from rupture.transcript import Turn

NEUTRAL = "Sam"
"""A name of one word piece, used for women and men alike."""

_WORD = re.compile(r"[^\W\d_]+")
_INSIDE = re.compile(r"(?<=[\w,;] )[^\W\d_]+")
"""A word after a word or comma and one space: not at the start of a sentence."""
_CAPITALISED = re.compile(r"[^\W\d_]{2,}")


def without_names(turns: Sequence[Turn]) -> list[str]:
    """The turns' texts with every word that looks like a name replaced by NEUTRAL."""
    lower = {word for turn in turns for word in _WORD.findall(turn.text) if word.islower()}
    names = {
        word
        for turn in turns
        for word in _INSIDE.findall(turn.text)
        if _CAPITALISED.fullmatch(word) and word[0].isupper() and word[1:].islower() and word.lower() not in lower
    }
    return [_WORD.sub(lambda match: NEUTRAL if match[0] in names else match[0], turn.text) for turn in turns]
