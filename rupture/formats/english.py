"""Common English words that carry grammar rather than meaning: no speaker is called so, and no other language is full of them."""

import re
import unicodedata

# Left out on purpose: words that are also common in Spanish, French, German, Italian or Portuguese (a, in, no, me, so, an, as),
# and words that are also first names (will, don).
_LIST = """
the and of to that it is you i was for with this have be not are they my your what but just like yeah know do we she he his
her how about there all if when because would could can at from or who them then been were had did does has get got going
think want really well okay ok um uh mm hmm oh right some more out up now very feel why which our their him by into over than
too also any only these those here where much should might maybe something anything gonna wanna kinda cos cause let say said
says see its im youre dont ive thats yes being am after before always never every even still us told anyway honestly
actually basically
"""
FUNCTION_WORDS = frozenset(_LIST.split())
_NEGATED = FUNCTION_WORDS | {"wo", "ca", "ai", "need", "must"}

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")


def words(text: str) -> list[str]:
    """The words of `text` in lower case, full-width letters and curly apostrophes made plain."""
    return _WORD.findall(unicodedata.normalize("NFKC", text).replace("’", "'").lower())


def is_function_word(word: str) -> bool:
    """Whether `word` (lower case) is one, alone or as the head of a contraction: `it`, `it's`, `don't`."""
    if word.endswith("n't"):
        return word[:-3] in _NEGATED
    return word.partition("'")[0] in FUNCTION_WORDS
