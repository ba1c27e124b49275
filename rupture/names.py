"""Names out of the encoder's sight: whose session it is should not move a score.

A word is taken for a name when it stands with a capital inside a sentence of this transcript and never in lower case in it; it is
then replaced everywhere, at the start of sentences too. Places, days and makes go the same way; names that are also common
words (Will, Hope) may stay. In transcripts without capitals nothing is found and nothing changes.
"""

import re
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass

from rupture.formats.english import is_function_word
from rupture.formats.roles import is_speaker_word
from rupture.transcript import Transcript, Turn

NEUTRAL = "Sam"
"""A name of one word piece, used for women and men alike."""

_UNNAMED = """
me myself both everybody everyone somebody someone another other others group family couple mr mrs ms
"""
_NOBODY = frozenset(_UNNAMED.split())
"""Words of a label that name nobody, beside roles and grammar."""
_ALSO_NAMES = frozenset(("pat", "nan"))
"""First names among the words for roles."""
_LETTERS = r"[^\W\d_]+"
_WORD = re.compile(rf"{_LETTERS}(?:[-'’](?!s\b){_LETTERS})*")
"""O'Sullivan and Ji-eun are one word; the ending of a possessive is none."""
_INSIDE = re.compile(rf"(?<=[\w,;] ){_WORD.pattern}")
"""A word after a word or comma and one space: not at the start of a sentence."""
_SEVERAL = re.compile(rf"\b{NEUTRAL}(?: {NEUTRAL})+\b")


def without_names(turns: Sequence[Turn]) -> list[str]:
    """The turns' texts with every word, or run of words, that looks like a name replaced by NEUTRAL. A turn that stands alone is
    left as it is: there is too little of it to tell a name by, so whoever cuts it out replaces its names first."""
    names = names_in(turns) if len(turns) > 1 else frozenset()
    return [neutral(turn.text, names) for turn in turns]


@dataclass(frozen=True, slots=True)
class Words:
    """What tells names among some texts: their words in lower case, and those inside a sentence."""

    lower: frozenset[str] = frozenset()
    inside: frozenset[str] = frozenset()

    def __or__(self, other: "Words") -> "Words":
        return Words(self.lower | other.lower, self.inside | other.inside)

    @property
    def names(self) -> frozenset[str]:
        """Those that look like names."""
        return frozenset(word for word in self.inside if _capitalised(word) and word.lower() not in self.lower)


def words_of(texts: Iterable[str]) -> Words:
    """The words of `texts` by which names are told."""
    listed = list(texts)
    lower = frozenset(word for text in listed for word in _WORD.findall(text) if word.islower())
    return Words(lower, frozenset(word for text in listed for word in _INSIDE.findall(text)))


def names_in(turns: Sequence[Turn]) -> frozenset[str]:
    """The words of these turns that look like names."""
    return words_of(turn.text for turn in turns).names


def names_of(transcript: Transcript) -> list[str]:
    """The words of this transcript that look like names, and those of its speakers' labels; without words that say what somebody
    is (Mum, Nurse) or that everybody says (You, Me), whoever is labelled so."""
    return sorted({*(word for word in names_in(transcript.turns) if _may_name(word.lower())), *names_in_labels(transcript)})


def names_in_labels(transcript: Transcript) -> list[str]:
    """The words of the speakers' labels that may name somebody."""
    words = {word for label in transcript.speakers for word in _WORD.findall(label) if len(word) > 1}
    return sorted(word for word in words if _may_name(word.lower()))


def _may_name(word: str) -> bool:
    """Whether `word`, in lower case, can be somebody's name rather than a role or a word of grammar."""
    return word in _ALSO_NAMES or not (word in _NOBODY or is_function_word(word) or is_speaker_word(word))


def neutral(text: str, names: Container[str]) -> str:
    """`text` with each of `names`, or run of them, replaced by NEUTRAL."""
    return _SEVERAL.sub(NEUTRAL, _WORD.sub(lambda match: NEUTRAL if match[0] in names else match[0], text))


def _capitalised(word: str) -> bool:
    """DeShawn is; I, I'm and NO are not."""
    return word[0].isupper() and not word.isupper() and not word.startswith(("I'", "I’"))
