"""Masking by rule, before a text is shown as something that could leave the machine. Pure; errs towards masking.

It cannot promise that nobody can be recognised, and whoever sends the text reads it first.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

Mask = tuple[int, int, str]
"""Start and end of a stretch in a text, and the mark that stands for it."""

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
_MARK = re.compile("|".join(re.escape(mark) for mark in dict.fromkeys(mark for mark, _ in _RULES)))
_REPEATED = (NAME, re.compile(r"\[name\](?: \[name\])+"))


def masked(text: str, names: Iterable[str] = ()) -> str:
    """`text` with `names`, in whatever case, and what looks like a name, date, address, link or long number replaced by its
    kind in square brackets."""
    return with_masks(text, mask_spans(text, names))


def mask_spans(text: str, names: Iterable[str] = ()) -> list[Mask]:
    """What `masked` replaces, in reading order and without overlaps: (start, end, mark) with offsets into `text`. A mark that
    stands in `text` already is not replaced again."""
    rules = (*_COMPILED, *_named(names), _REPEATED)
    before, masks = None, [(match.start(), match.end(), match[0]) for match in _MARK.finditer(text)]
    # Again until nothing is new: what stands next to a mark may be found only then.
    while masks != before:
        before = masks
        for mark, pattern in rules:
            masks = _with_matches(text, masks, mark, pattern)
    return [(start, end, mark) for start, end, mark in masks if text[start:end] != mark]


def with_masks(text: str, masks: Iterable[Mask]) -> str:
    """`text` with its `masks`, which are in reading order, in place of what they hide."""
    parts, done = [], 0
    for start, end, mark in masks:
        parts += [text[done:start], mark]
        done = end
    return "".join([*parts, text[done:]])


def _named(names: Iterable[str]) -> Iterator[tuple[str, re.Pattern[str]]]:
    """The longest first; with either apostrophe, and over the end of a line too."""
    for name in sorted({name.strip() for name in names if name.strip()}, key=len, reverse=True):
        words = r"\s+".join(re.sub("['’]", "['’]", re.escape(word)) for word in name.split())
        yield NAME, re.compile(rf"(?<!\w){words}(?!\w)", re.IGNORECASE)


def _with_matches(text: str, masks: list[Mask], mark: str, pattern: re.Pattern[str]) -> list[Mask]:
    """`masks` with a further one for each match of `pattern` in the text as they leave it. A match that holds a part of a mark
    takes the whole of it."""
    added: list[Mask] = []
    for match in pattern.finditer(with_masks(text, masks)):
        start, end = _origin(masks, match.start(), ends=False), _origin(masks, match.end(), ends=True)
        if added and start < added[-1][1]:
            start = added.pop()[0]
        added.append((start, end, mark))
    kept = [(start, end, old) for start, end, old in masks if not any(start < e and s < end for s, e, _ in added)]
    return sorted([*kept, *added]) if added else masks


def _origin(masks: Sequence[Mask], place: int, *, ends: bool) -> int:
    """Where `place`, an offset into the masked text, comes from. Inside a mark it is where the hidden stretch starts, or, for the
    place at which something `ends`, where the stretch ends."""
    grown = 0
    for start, end, mark in masks:
        shown = start + grown
        if place < shown + ends:
            break
        if place < shown + len(mark) + ends:
            return end if ends else start
        grown += len(mark) - (end - start)
    return place - grown
