"""Where a line names its speaker. Finding candidates looks at one line; deciding which of them are speakers looks at all."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rupture.formats.english import is_function_word, words
from rupture.formats.roles import is_speaker_word, known_role, label_key
from rupture.formats.times import PATTERN, Stamp, stamp
from rupture.transcript import Role

MAX_LABEL = 40

_HEADING_WORDS = """
note notes nb date time session title summary topic subject agenda plan goal goals risk history background presenting problem
assessment diagnosis intervention interventions homework context setting location duration length total page chapter section
part question questions answer answers example examples warning todo source reference references conclusion introduction
method methods results discussion abstract keywords http https ftp file mailto www args arguments returns raises yields verse
chorus bridge meeting appointment attendees participants present re fw fwd cc bcc attachment step transcript recording edit
update ps import class return else try finally except default public private monday tuesday wednesday thursday friday saturday
sunday january february march april june july august september october november december today yesterday tomorrow tonight key
legend scene end start begin version name age sex gender id medication observation observations impression action actions
def marker markers strategy strategies code codes
"""
_HEADINGS = frozenset(_HEADING_WORDS.split())
_DETAILS = ("therapist", "counsellor", "counselor", "clinician", "psychologist", "interviewer", "client", "patient")

_TIME = f"({PATTERN})"
_UNTIL = f"(?: ?(?:-->|-|–|to) ?{PATTERN})?"
_DATE = r"(\d{1,4}[/.-]\d{1,2}[/.-]\d{2,4},?[ T])?"
_LEADING_TIME = re.compile(rf"(?:[\[(]{_DATE}{_TIME}{_UNTIL}[\])]|{_DATE}{_TIME}{_UNTIL}(?=\s))([\s|–-]*)")
_TRAILING_TIME = re.compile(rf"[\[(]{_TIME}{_UNTIL}[\])]$")
_NUMBER = re.compile(r"#?\d{1,5}[.)](?=\s|\D)\s*|\d{1,5}(?=\s)\s*")
_QUOTE_MARK = re.compile(r"(?:[>•*\-–—]\s+|>+\s*)")
_BRACKETED = re.compile(r"[*_]{0,3}[\[(<]([^\[\]()<>:：]{1,40})[\])>][*_]{0,3}([:：]?)[*_]{0,3}")
_BRACKETED_THEN_TIME = re.compile(rf"[\[(]([^\[\]():：]{{1,40}})[\])] {_TIME}")
_CHAT_LINE = re.compile(r"From {1,2}([^:：]{1,40}?)(?: {1,2}to {1,2}[Ee]veryone)? ?:")
"""As Zoom saves a chat, after the time."""
_NAME_THEN_TIME = re.compile(rf"([^:：\[\]()\d][^:：\[\]()]{{0,40}}?)[ \t,–-]{{1,12}}[\[(]?{_TIME}[\])]?")
_COLON = re.compile(rf"([^:：]{{1,60}}?)(?: {{0,4}}[\[(]?{_TIME}[\])]?)? {{0,4}}[*_]{{0,3}}([:：])")
_PRONOUNS = re.compile(r"\s?[\[(](?:she|he|they|her|him|them|ze|xe)(?: ?/ ?[a-z]{1,8}){1,3}[\])]", re.IGNORECASE)
_LABEL = re.compile(r"[^\W\d_][\w .'’&/#,()@-]*|\?{1,5}")
_LOOSE_LABEL = re.compile(r"[A-Z][A-Za-z.]+(?: [A-Z][A-Za-z.]*| \d{1,2}){0,2}(?<!\.)|[A-Z][A-Za-z]{0,2}\d{1,2}")
_DASH = re.compile(r" [-–—] ")
_PARENTHESES = re.compile(r"\([^()]*\)")
_MARKUP = "*_# \t"
_OPENING = tuple("*_[(<")
"""What a label in brackets starts with."""


@dataclass(frozen=True, slots=True)
class Start:
    """A line that may start a turn. `sure` when it is written as speech never is: `[Anna]:`, `**Anna:**`, `Anna  0:12`."""

    label: str
    key: str
    """What spellings of one label share."""
    text: str
    stamp: Stamp | None
    sure: bool


class _Cut(NamedTuple):
    """A line cut by one of the ways to write a label; whether the label can be one is not yet asked."""

    label: str
    text: str
    stamp: Stamp | None = None
    sure: bool = False


Finder = Callable[[str], Start | None]


def find_start(line: str) -> Start | None:
    """The speaker a line names with a colon, in brackets or before a time; None when the whole line can only be text."""
    whole, lead, marked = _without_prefix(line.strip())
    body, trail = _without_trailing_time(whole)
    cut = _bracketed(body) or _name_then_time(whole) or (_after_time(body) if lead else None) or _with_colon(body)
    if cut is None or not _is_label(cut.label) or (marked and not cut.sure and not is_speaker_word(cut.label)):
        return None
    label = _PRONOUNS.sub("", cut.label).strip()
    return Start(label, label_key(label), cut.text, cut.stamp or lead or trail, cut.sure)


def find_loose_start(line: str) -> Start | None:
    """A label without a colon: alone on its line, or before the text in capitals, with a dash or a tab. It has to name a role."""
    body, lead, _ = _without_prefix(line.strip())
    head, text = _cut_loose(body)
    head = head.strip(_MARKUP)
    if len(head) > MAX_LABEL or not _LOOSE_LABEL.fullmatch(head) or not _is_label(head) or known_role(head) is None:
        return None
    return Start(head, label_key(head), text.strip(), lead, sure=False)


def _cut_loose(body: str) -> tuple[str, str]:
    """The part that may be a label and the rest: cut at a tab, after a first word in capitals, at a dash; else all of it."""
    head, tab, text = body.partition("\t")
    first, space, rest = body.partition(" ")
    if tab or not space:
        return head, text
    if len(first) > 2 and first.isupper():
        return first, rest
    dash = _DASH.search(body[:MAX_LABEL])
    return (body[: dash.start()], body[dash.end() :]) if dash else (body, "")


def leading_time(line: str) -> Stamp | None:
    """The stamp of a line that holds nothing else."""
    match = _LEADING_TIME.fullmatch(line.strip()[:80] + " ")
    return _stamp_of(match) if match else None


def speakers_among(starts: Sequence[Start], lines: int) -> frozenset[str]:
    """Keys of the labels that are speakers. `lines` is how many lines with words there are.

    Labels that name a role, or are marked up as labels, are. A name is when it comes back, or when every line is labelled and
    therapist and client have not been named otherwise: in `T: … C: … Monday: …` the last is speech.
    """
    counts = Counter(start.key for start in starts)
    first = {start.key: start for start in reversed(starts)}
    sure = {start.key for start in starts if start.sure}
    certain = {key for key, start in first.items() if key in sure or is_speaker_word(start.label)}
    roles = {known_role(first[key].label) for key in certain}
    covered = len(starts) >= 0.8 * lines
    complete = {Role.THERAPIST, Role.CLIENT} <= roles
    return frozenset(
        key
        for key, start in first.items()
        if key in certain or (_is_name(start.label, counts[key], covered) and (counts[key] > 1 or not complete))
    )


def details_among(starts: Iterable[Start]) -> frozenset[int]:
    """Positions of header lines such as `Client: Anna` above a transcript whose turns have another label for the client."""
    rows = list(starts)
    counts = Counter(start.key for start in rows)
    body = next((i for i, start in enumerate(rows) if counts[start.key] > 1), 0)
    often = {(known_role(start.label), start.key.startswith(_DETAILS)) for start in rows[body:] if counts[start.key] > 1}
    return frozenset(
        i
        for i, start in enumerate(rows[:body])
        if counts[start.key] == 1 and start.key in _DETAILS and (known_role(start.label), False) in often
    )


def _without_prefix(body: str) -> tuple[str, Stamp | None, bool]:
    """`body` without turn number, time and quotation mark; whether something other than a time was taken off."""
    found, marked = None, False
    for _ in range(3):
        if time := _LEADING_TIME.match(body):
            found, body = found or _stamp_of(time), body[time.end() :]
        elif mark := _QUOTE_MARK.match(body) or _NUMBER.match(body):
            marked, body = True, body[mark.end() :]
    return body, found, marked


def _stamp_of(time: re.Match[str]) -> Stamp:
    """A time beside a date is one of the clock."""
    return stamp(time[2] or time[4], of_the_day=bool(time[1] or time[3]))


def _without_trailing_time(body: str) -> tuple[str, Stamp | None]:
    tail = body[-40:]
    match = _TRAILING_TIME.search(tail)
    return (body[: len(body) - len(tail) + match.start()].rstrip(), stamp(match[1])) if match else (body, None)


def _bracketed(body: str) -> _Cut | None:
    if body[:1] not in _OPENING:
        return None
    if (timed := _BRACKETED_THEN_TIME.fullmatch(body)) and _is_name(timed[1], 2, covered=False):
        return _Cut(timed[1].strip(), "", stamp(timed[2]))
    match = _BRACKETED.match(body)
    if not match or not (match[2] or known_role(match[1]) is not None):
        return None
    return _Cut(match[1].strip(), body[match.end() :].strip(), sure=True)


def _name_then_time(body: str) -> _Cut | None:
    match = _NAME_THEN_TIME.fullmatch(body) if len(body) <= 80 else None
    if not match or not _is_name(match[1], 2, covered=False):
        return None
    # In brackets it may be a time that was put after words.
    return _Cut(match[1].strip(_MARKUP), "", stamp(match[2]), sure=not body.endswith(("]", ")")))


def _after_time(body: str) -> _Cut | None:
    """What may stand after a time without a colon of its own: a machine's label alone, or a line of a saved chat."""
    if is_speaker_word(body) and _is_label(body):
        return _Cut(body, "")
    match = _CHAT_LINE.match(body)
    return _Cut(match[1].strip(), body[match.end() :].strip(), sure=True) if match else None


def _with_colon(body: str) -> _Cut | None:
    match = _COLON.match(body)
    if not match:
        return None
    marked_up = body.startswith(("**", "__"))
    label, text = match[1].strip(_MARKUP), body[match.end() :]
    if marked_up:
        text = text.removeprefix(body[:2])
    if text.startswith(("//", "\\", "/")) or (text[:1].isdigit() and match[1][-1:].isdigit()):
        return None
    if text and not text[0].isspace() and match[3] == ":" and not marked_up and not is_speaker_word(label):
        return None
    return _Cut(label, text.strip(), stamp(match[2]) if match[2] else None, sure=marked_up)


def _is_label(label: str) -> bool:
    """Whether `label` could name a speaker at all: short, few words, none of them grammar, no heading."""
    plain = _PARENTHESES.sub(" ", _PRONOUNS.sub("", label))
    found = words(plain)
    return (
        len(label) <= MAX_LABEL
        and _LABEL.fullmatch(label) is not None
        and len(found) <= 4
        and not any(word in _HEADINGS for word in found)
        and not any(is_function_word(word) and len(word) > 1 for word in found)
    )


def _is_name(label: str, count: int, covered: bool) -> bool:
    """Whether an unknown label looks like a name; names in lower case only where every line has a label."""
    parts = _PARENTHESES.sub(" ", label).strip(_MARKUP).split()
    if not parts or not _is_label(label.strip(_MARKUP)):
        return False
    capital = all(part[0].isupper() or not part[0].isalpha() or part[0].lower() == part[0].upper() for part in parts)
    return (covered and (capital or count > 1)) or (capital and count > 1)
