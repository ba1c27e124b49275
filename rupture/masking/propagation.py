"""What was hidden once is hidden everywhere in the session. Pure."""

import re
from collections.abc import Callable, Sequence

from rupture.formats.english import is_function_word
from rupture.masking.normal import folded, normal
from rupture.masking.spans import Found, Kind
from rupture.masking.traps import is_trap

_NAMING = {Kind.NAME, Kind.PLACE, Kind.ORGANISATION}
_ANYWHERE = {Kind.EMAIL, Kind.LINK, Kind.HANDLE, Kind.PHONE, Kind.NUMBER, Kind.ADDRESS, Kind.POSTCODE}
_SHORTEST, _SHORTEST_CODE = 2, 4


def again(texts: Sequence[str], found: Sequence[Sequence[Found]]) -> Callable[[Sequence[str]], list[list[Found]]]:
    """A layer that finds the words of what was `found` in `texts` wherever else they stand: names in any case, and where they are
    common words too with a capital inside a sentence only."""
    words: dict[str, Kind] = {}
    for text, stretches in zip(texts, found, strict=True):
        for one in stretches:
            said = folded(normal(text[one.start : one.end]).text)
            shortest = _SHORTEST_CODE if one.kind in _ANYWHERE else _SHORTEST
            if one.kind in _NAMING | _ANYWHERE and len(said) >= shortest and not is_function_word(said.lower()):
                words.setdefault(said.casefold(), one.kind)
    loose = _pattern([word for word in words if not is_trap(word)], str)
    strict = _pattern([word for word in words if is_trap(word)], str.capitalize, before=r"(?<=[\w,;\]] )")

    def find(views: Sequence[str]) -> list[list[Found]]:
        return [
            [
                Found(*match.span(), words[match[0].casefold()])
                for pattern, flags in ((loose, re.IGNORECASE), (strict, 0))
                if pattern
                for match in re.finditer(pattern, folded(view), flags)
                if match[0].casefold() in words
            ]
            for view in views
        ]

    return find


def _pattern(words: Sequence[str], written: Callable[[str], str], before: str = "") -> str:
    if not words:
        return ""
    either = "|".join(re.escape(written(word)) for word in sorted(words, key=len, reverse=True))
    return rf"{before}(?<![^\W_])(?:{either})(?=(?:'?s)?(?![^\W_]))"
