"""What the model of names finds in the texts of a session, as they are and written with capitals, less what is plainly a
common word.

Capitals by word frequency find again what lower case hides (.28 of names to .91 in our trial); a sieve takes out what they
invent.
"""

import re
from collections.abc import Iterator, Sequence

from rupture.formats.english import is_function_word
from rupture.formats.roles import is_speaker_word
from rupture.masking.casing import Casing
from rupture.masking.lexicon import Lexicon
from rupture.masking.names import is_written_so
from rupture.masking.normal import folded
from rupture.masking.recogniser import Recogniser
from rupture.masking.spans import MARK, Found, Kind
from rupture.masking.traps import is_trap

_WORD = re.compile(r"[^\W\d_]+(?:[-'](?!s\b)[^\W\d_]+)*")
_TO_A_PLACE = re.compile(r"\b(?:in|from|to|near|around|outside) $")
_INSIDE = re.compile(r"[\w,;'\")\]] $")
_WORDS_OF = {Kind.NAME, Kind.PLACE, Kind.ORGANISATION}


def find(texts: Sequence[str], recogniser: Recogniser, lexicon: Lexicon, how: Casing) -> list[list[Found]]:
    """Stretches of each of `texts`."""
    plain = [_without_marks(text) for text in texts]
    if how is Casing.PRINT:
        raw = recogniser.find(plain)
        return [list(_sieved(text, found, lexicon, printed=True)) for text, found in zip(plain, raw, strict=True)]
    cased = [with_capitals(text, lexicon) for text in plain]
    raw = recogniser.find(cased)
    if how is Casing.LOWER:
        raw = [[*one, *other] for one, other in zip(raw, recogniser.find(plain), strict=True)]
    return [list(_sieved(_lower(text), found, lexicon, printed=False)) for text, found in zip(plain, raw, strict=True)]


def with_capitals(text: str, lexicon: Lexicon) -> str:
    """`text`, character for character, in lower case but for the words that may be names, the first one, and I."""

    def written(match: re.Match[str]) -> str:
        word = match[0]
        up = lexicon.may_be_cased(folded(word)) or word == "i" or word.startswith("i'")
        return word[0].upper() + word[1:] if up and len(word[0].upper()) == 1 else word

    cased = _WORD.sub(written, _lower(text))
    return cased[:1].upper() + cased[1:] if len(cased[:1].upper()) == 1 else cased


def _lower(text: str) -> str:
    """In lower case, character for character: what has no lower case of one character stays."""
    return "".join(low if len(low := character.lower()) == 1 else character for character in text)


def _without_marks(text: str) -> str:
    """Marks read as a name that stands there, so that they lead nobody astray; the length stays."""
    return MARK.sub(lambda match: "Sam".ljust(len(match[0])), text)


def _sieved(text: str, found: Sequence[Found], lexicon: Lexicon, *, printed: bool) -> Iterator[Found]:
    for one in found:
        if one.kind not in _WORDS_OF:
            yield one
            continue
        for match in _WORD.finditer(text, one.start, one.end):
            placed = one.kind is Kind.PLACE and bool(_TO_A_PLACE.search(text, max(0, match.start() - 12), match.start()))
            first = not _INSIDE.search(text, max(0, match.start() - 2), match.start())
            if printed and first and _is_plain(match[0], lexicon):
                continue
            if _may_tell(match[0], lexicon, printed=printed, placed=placed):
                yield Found(match.start(), match.end(), one.kind)


def _is_plain(said: str, lexicon: Lexicon) -> bool:
    """Whether a word at the start of a sentence is a common one and hardly a name: `Call`, but not `Grace`."""
    word = folded(said).lower()
    return lexicon.is_word(word) and word not in lexicon.given and not is_trap(word)


def _may_tell(said: str, lexicon: Lexicon, *, printed: bool, placed: bool) -> bool:
    """Whether a word of what was found may tell who or where it is. `placed` after a word that leads to a place."""
    word = folded(said).lower()
    if len(word) < 2 or is_function_word(word) or is_written_so(word) or is_speaker_word(word):
        return False
    if printed:
        return said[0].isupper()
    # The dictionary has towns among its nouns.
    return not lexicon.is_word(word) or word in lexicon.given or (placed and word not in lexicon.words)
