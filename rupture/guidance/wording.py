"""Words of passages: verbatim slices for replies to quote, and the text a passage is found by. Pure; knows no index."""

import re

from rupture.codebook import BY_CODE
from rupture.guidance.values import Passage
from rupture.guidance.vocabulary import REGISTERS

_END = re.compile(r"[.!?…]+[\"'”’)\]*_]*(?=\s|$)")
_ABBREVIATIONS = frozenset({"e.g.", "i.e.", "vs.", "cf.", "dr.", "mr.", "mrs.", "ms.", "prof.", "st.", "no."})
_BULLET = re.compile(r"(?:[-*]|\d+[.)])[ \t]+")
WORDING = re.compile(rf'- ({"|".join(REGISTERS)}): "([^"]+)"')
"""One line of a `say` section: its register and its words."""


def sentences(text: str) -> list[str]:
    """The sentences of `text` as slices of it, without the white space between them."""
    found, start = [], 0
    for match in _END.finditer(text):
        following = text[match.end() :].lstrip()[:1]
        last_word = text[start : match.end()].split()[-1:]
        if following.islower() or (last_word and last_word[0].lower().lstrip("(\"'") in _ABBREVIATIONS):
            continue
        found.append(text[start : match.end()].strip())
        start = match.end()
    rest = text[start:].strip()
    return [*found, rest] if rest else found


def first_sentence(passage: Passage) -> str:
    """The first sentence of the passage, a verbatim slice of its text (a leading list bullet is left out)."""
    paragraph = passage.text.split("\n\n", 1)[0]
    bullet = _BULLET.match(paragraph)
    return sentences(paragraph[bullet.end() :] if bullet else paragraph)[0]


def wordings(passage: Passage) -> list[tuple[str, str]]:
    """(register, words) of a `say` passage in order; the words are verbatim slices of its text. Empty for other passages."""
    return [(match[1], match[2]) for line in passage.text.splitlines() if (match := WORDING.fullmatch(line.strip()))]


def indexed_text(passage: Passage) -> str:
    """What a passage is found by in its meaning: where it stands, what its codes are called, and what it says."""
    labels = "; ".join(BY_CODE[code].label for code in (*passage.markers, *passage.strategies))
    return f"{passage.title}. {passage.heading}. {labels}\n{passage.text}"
