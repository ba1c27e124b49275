"""Names that their surroundings give away: after a title, after `my name is`. Pure; in lower case only what is sure."""

import re
from collections.abc import Iterator

from rupture.formats.english import is_function_word
from rupture.masking.spans import Found, Kind
from rupture.masking.word_lists import NO_NAME

_TITLES = r"Dr|Mr|Mrs|Ms|Miss|Mx|Prof|Professor|Doctor|Sister|Father|Rev|Reverend|Imam|Rabbi|Judge|Aunt|Auntie|Aunty|Uncle|Nurse|Sir|Lady"
_NAME = r"[^\W\d_a-z][\w'-]+(?<!')(?<!'s)"
_CAPITAL = re.compile(rf"\b(?:{_TITLES})\.? (?P<it>{_NAME}(?: {_NAME})?)")
_SAYS = re.compile(
    rf"(?:[Mm]y name is|[Mm]y name's|[Mm]y full name is|[Cc]alled|[Nn]amed|[Tt]he name's|[Kk]nown as|[Ss]urname is|[Nn]ame is) (?P<it>{_NAME}(?: {_NAME})?)"
)
_ANY_CASE = re.compile(
    r"\b(?:(?:dr|mr|mrs|prof|professor)\.?|my (?:full |last |first |middle |maiden )?name is|my name's|my names) (?P<it>[^\W\d_][\w'-]*[^\W\d_])",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_][\w'-]*")


def find(text: str) -> Iterator[Found]:
    """Names after titles and after words that introduce one, word for word."""
    for pattern in (_CAPITAL, _SAYS, _ANY_CASE):
        for match in pattern.finditer(text):
            for word in _WORD.finditer(text, *match.span("it")):
                said = word[0].lower()
                if not is_function_word(said) and said not in NO_NAME:
                    yield Found(word.start(), word.end() - 2 * said.endswith("'s"), Kind.NAME)
