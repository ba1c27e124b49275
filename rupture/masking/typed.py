"""Names and places that somebody typed to be hidden: wherever they stand, in any case, as a possessive, over odd spaces and
without their accents; their short forms too. The one layer that is near certain.

Pure. What was typed goes even where it is a common word: whoever types Will wants it so. A short form, one word of several that
were typed, or a name that was only `known` goes there with a capital alone, lest Bill hide every bill.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rupture.formats.english import is_function_word
from rupture.masking.diminutives import forms
from rupture.masking.normal import folded, normal
from rupture.masking.spans import Found, Kind
from rupture.masking.traps import is_trap

_AFTER = r"(?=(?:'?s)?(?![^\W\d_]))"
"""Letters alone make a word go on: `jo_smith` and `Jo2` hold Jo. Speech recognition writes a possessive without its
apostrophe."""
_BETWEEN = r"[\W_]{0,4}"
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look for, a pattern over folded text, and whose name it is, where its own words do not say so."""

    pattern: re.Pattern[str]
    key: str = ""


def typed(names: Iterable[str]) -> list[Wanted]:
    """What to look for so that `names`, as they were typed, are gone."""
    said = {" ".join(_words(name)) for name in names} - {""}
    exact = sorted(said, key=lambda name: (-len(name), name))
    return [*(Wanted(_pattern(name.split())) for name in exact), *_others(exact)]


def known(words: Iterable[str]) -> list[Wanted]:
    """What to look for where `words` are known to be names here, but nobody typed them."""
    said = {" ".join(_words(word)) for word in words} - {""}
    return [Wanted(_loose(name)) for name in sorted(said, key=lambda name: (-len(name), name))]


def find(texts: Sequence[str], wanted: Sequence[Wanted]) -> list[list[Found]]:
    """Where what is `wanted` stands in each of `texts`, word for word."""
    return [
        [Found(start, end, Kind.NAME, one.key) for one in wanted for start, end in _places(plain, one.pattern)]
        for plain in map(folded, texts)
    ]


def _places(text: str, pattern: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    for match in pattern.finditer(text):
        for word in _WORD.finditer(text, *match.span()):
            yield word.span()


def _others(exact: Sequence[str]) -> Iterator[Wanted]:
    """The single words of full names, and the short forms of first names."""
    seen = set(exact)
    for name in exact:
        words = name.split()
        for word in words:
            if word not in seen and len(word) > 1 and not is_function_word(word):
                seen.add(word)
                yield Wanted(_loose(word))
        for form in sorted(forms(words[0]) - seen):
            seen.add(form)
            yield Wanted(_loose(form), words[0])


def _words(name: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(folded(normal(name).text))]


def _loose(name: str) -> re.Pattern[str]:
    """A name that is also a common word counts only with a capital inside a sentence."""
    if not is_trap(name):
        return _pattern(name.split())
    return re.compile(rf"(?<=[\w,;\]] ){re.escape(name.capitalize())}{_AFTER}")


def _pattern(words: Sequence[str]) -> re.Pattern[str]:
    whole = _BETWEEN.join(re.escape(word).replace("ss", "(?:ss|ß|ẞ)") for word in words)
    # A number goes on with digits, a word with letters.
    before = r"(?<!\d)" if words[0][0].isdigit() else r"(?<![^\W\d_])"
    after = r"(?!\d)" if words[-1][-1].isdigit() else _AFTER
    return re.compile(before + whole + after, re.IGNORECASE)
