"""Reading grade of English prose: Flesch and Kincaid (Kincaid et al. 1975, 0.39 words a sentence + 11.8 syllables a word −
15.59), syllables counted by groups of vowels. Good to about a grade."""

import re

_SENTENCE_END = re.compile(r"[.!?…]+[\"”’)\]]*(?:\s|$)")
_WORD = re.compile(r"[A-Za-z][A-Za-z'’]*")
_VOWELS = re.compile(r"[aeiouy]+")
_SILENT = re.compile(r"(?:[^laeiouy]e|[^aeioudty]ed|[^aeiousxz]es)$")


def grade(text: str) -> float:
    """US school grade; 0.0 for a text without words."""
    words = _WORD.findall(text)
    if not words:
        return 0.0
    sentences = max(1, len(_SENTENCE_END.findall(text)))
    return round(0.39 * len(words) / sentences + 11.8 * sum(map(syllables, words)) / len(words) - 15.59, 2)


def syllables(word: str) -> int:
    """At least 1."""
    plain = word.lower().replace("’", "").replace("'", "")
    return max(1, len(_VOWELS.findall(plain)) - bool(_SILENT.search(plain)))
