"""Masking by rule, before a text is shown as something that could leave the machine. Pure; errs towards masking.

It cannot promise that nobody can be recognised, and whoever sends the text reads it first.
"""

import re
from collections.abc import Iterable

NAME = "[name]"
_TITLES = r"Dr|Mr|Mrs|Ms|Miss|Mx|Prof|Professor|Doctor|Sister|Father|Rev|Imam|Rabbi|Judge|Aunt|Auntie|Uncle|Nurse"
_MONTHS = (
    r"Jan(?:uary)?|Feb(?:ruary)?|March|April|May|June|July|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?"
)
_STREETS = r"Street|St|Road|Rd|Avenue|Ave|Lane|Drive|Close|Way|Court|Terrace|Place|Boulevard"
_RULES = (
    ("[e-mail]", r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    ("[link]", r"\b(?:https?://|www\.)\S+"),
    ("[date]", rf"\b\d{{1,2}}(?:st|nd|rd|th)?(?: of)? (?:{_MONTHS})\b(?:,? \d{{4}})?"),
    ("[date]", rf"\b(?:{_MONTHS}) \d{{1,2}}(?:st|nd|rd|th)?\b(?:,? \d{{4}})?"),
    ("[date]", r"\b\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}\b"),
    ("[postcode]", r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b"),
    ("[number]", r"(?<!\w)\+?\(?\d(?:[ ()/-]?\d){4,}\b"),
    (
        "[address]",
        rf"\b\d{{1,4}}[a-z]? (?:[A-Z]\w+ ){{1,3}}(?:{_STREETS})\b",
    ),
    (NAME, rf"\b(?:{_TITLES})\.? [A-Z][\w'’-]+(?: [A-Z][\w'’-]+)?"),
    (NAME, r"(?:(?<=[Mm]y name is )|(?<=[Mm]y name's )|(?<=[Cc]alled )|(?<=named ))[A-Z][\w'’-]+(?: [A-Z][\w'’-]+)?"),
)
_COMPILED = tuple((mark, re.compile(pattern)) for mark, pattern in _RULES)
_REPEATED = re.compile(r"\[name\](?: \[name\])+")


def masked(text: str, names: Iterable[str] = ()) -> str:
    """`text` with `names`, in whatever case, and what looks like a name, date, address, link or long number replaced by its
    kind in square brackets."""
    for mark, pattern in _COMPILED:
        text = pattern.sub(mark, text)
    for name in sorted({name.strip() for name in names if name.strip()}, key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", NAME, text, flags=re.IGNORECASE)
    return _REPEATED.sub(NAME, text)
