"""Names by their words and what stands around them: a word of a list of names, one with a capital inside a sentence, one that
no dictionary has, one after `my sister`. With the word lists of `lexicon` only.

A word that is also a common one (Grace, Will) is left to the capitals inside a sentence, to its neighbours and to the model of
names.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rupture.formats.english import is_function_word
from rupture.formats.roles import is_speaker_word
from rupture.masking.casing import Casing
from rupture.masking.lexicon import Lexicon
from rupture.masking.normal import folded
from rupture.masking.spans import MARK, Found, Kind
from rupture.masking.traps import is_trap
from rupture.masking.word_lists import BEFORE_PLACE, INTRODUCE, RELATIONS, TITLES, WRITTEN_SO

_LETTERS = r"[^\W\d_]+"
_WORD = re.compile(rf"{_LETTERS}(?:[-'](?!s\b){_LETTERS})*")
_RARE_NOUN = 3.3
"""Zipf frequency below which a noun after `my friend` is rather taken for a name."""
_INSIDE = re.compile(r"[\w,;'\")\]] $")


def is_written_so(word: str) -> bool:
    """Whether `word`, in lower case, is written with a capital and yet names nobody: Monday, Mum, CBT."""
    return word in WRITTEN_SO


def _is_grammar(word: str) -> bool:
    return is_function_word(word) or word.startswith("i'")


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    word: str
    start: int
    end: int
    inside: bool
    """Whether it stands after another word, so that a capital says something."""

    @property
    def capital(self) -> bool:
        return self.text[0].isupper() and not (self.text.isupper() and len(self.text) < 4)


class NameFinder:
    """Finds names in the texts of one session, by the words of `lexicon`."""

    def __init__(self, lexicon: Lexicon, how: Casing, texts: Sequence[str]) -> None:
        self._lexicon = lexicon
        self._printed = how is Casing.PRINT
        self._lower = {word for text in texts for word in _WORD.findall(text) if word.islower()}

    def find(self, text: str) -> list[Found]:
        """Names in `text`, word for word."""
        tokens = list(self._tokens(text))
        named = [self._names(tokens, place) for place in range(len(tokens))]
        for place in range(1, len(tokens)):
            if not self._printed and self._lexicon.is_pair(tokens[place - 1].word, tokens[place].word):
                named[place - 1] = named[place] = True
            if not named[place] and named[place - 1] and self._follows(tokens, place, text):
                named[place] = True
        return [Found(token.start, token.end, self._kind(tokens, place)) for place, token in enumerate(tokens) if named[place]]

    def _tokens(self, text: str) -> Iterator[_Token]:
        hidden = MARK.sub(lambda match: "-" * len(match[0]), text)
        for match in _WORD.finditer(hidden):
            word = folded(match[0]).lower()
            yield _Token(
                match[0],
                word,
                match.start(),
                match.end(),
                bool(_INSIDE.search(hidden[max(0, match.start() - 2) : match.start()])),
            )

    def _names(self, tokens: Sequence[_Token], place: int) -> bool:
        token, before = tokens[place], tokens[place - 1].word if place else ""
        word = token.word
        if word in WRITTEN_SO or len(word) < 2 or is_speaker_word(word) or _is_grammar(word):
            return False
        if self._lexicon.is_given(word) or (
            word.endswith("s") and self._lexicon.is_given(word[:-1]) and not self._lexicon.is_word(word)
        ):
            return True
        if "-" in word:
            parts = word.split("-")
            pair = len(parts) == 2 and self._lexicon.is_pair(*parts)
            if pair or any(map(self._lexicon.is_given, parts)) or all(map(self._lexicon.is_strange, parts)):
                return True
        return self._printed_name(token, before) if self._printed else self._spoken_name(word, before)

    def _printed_name(self, token: _Token, before: str) -> bool:
        """With capitals as in print: a capital inside a sentence, on a word that has none elsewhere; or a strange word with
        one."""
        if not token.capital:
            return False
        if token.inside and (token.text.lower() not in self._lower or before in TITLES or before in RELATIONS):
            return True
        return self._lexicon.is_strange(token.word) or (
            token.word in self._lexicon.family and not self._lexicon.is_trap(token.word)
        )

    def _spoken_name(self, word: str, before: str) -> bool:
        """Without capitals: a strange word; or one that is no plain word where a name is to be expected."""
        lexicon = self._lexicon
        if lexicon.is_strange(word):
            return not word.endswith("s") or not lexicon.is_word(word[:-1])
        expected = before in RELATIONS or before in INTRODUCE
        if expected and word not in lexicon.words and not is_trap(word) and lexicon.zipf.get(word, 0) < _RARE_NOUN:
            return True
        return word in lexicon.family and not lexicon.is_word(word)

    def _follows(self, tokens: Sequence[_Token], place: int, text: str) -> bool:
        """Whether a word is the family name of the name before it."""
        token, last = tokens[place], tokens[place - 1]
        if text[last.end : token.start] not in (" ", "-") or token.word in WRITTEN_SO:
            return False
        if self._printed:
            return token.capital
        lexicon = self._lexicon
        return (token.word in lexicon.family or lexicon.is_strange(token.word)) and not (
            token.word in lexicon.words and lexicon.zipf.get(token.word, 0) > 4.4
        )

    def _kind(self, tokens: Sequence[_Token], place: int) -> Kind:
        """A place where a place is to be expected and the word is no first name."""
        before = tokens[place - 1].word if place else ""
        known = tokens[place].word in self._lexicon.given
        return Kind.PLACE if before in BEFORE_PLACE and not known else Kind.NAME
