"""Plain text in which each turn starts with its speaker: every everyday way to write that, pasted or typed."""

import re
from collections import Counter
from collections.abc import Container, Sequence
from dataclasses import dataclass, field

from rupture.errors import UnreadableTranscript
from rupture.formats.labels import Finder, Start, details_among, find_loose_start, find_start, leading_time, speakers_among
from rupture.formats.parsed import Format, Parsed, Unread, Utterance, counted, listed
from rupture.formats.times import Stamp, from_start

MAX_LINE = 10_000
"""Characters of a line; speech of ten minutes without a break is about 8,000."""
_FEW_LINES = 3
_FEWEST_INLINE = 2

_PAGE = re.compile(
    r"[-–— ]{0,4}(?:page|p\.|pg\.?) ?\d{1,4}(?: ?(?:of|/) ?\d{1,4})?[-–— ]{0,4}|\d{1,4} ?(?:of|/) ?\d{1,4}", re.IGNORECASE
)
_RULE = re.compile(r"[-=_*~#–—. ]{3,}")
_NOTE_WORD = r"(?:notes?|nb|transcriber'?s? notes?|observer'?s? notes?)[:：]"
_NOTE = re.compile(rf"{_NOTE_WORD}.*|[\[(]{_NOTE_WORD}[^\])]*[\])]?", re.IGNORECASE)
"""Words after the bracket that closes a note are speech."""
_CLOSED = ("]", ")")
_A_NOTE = "a note, not speech"
_SESSION = re.compile(r"={3,} .*")
_INLINE = re.compile(r"(?<=\s)(?=(?:(?i:therapist|counsell?or|client|patient)|T|C|P|Th|Cl)\d?[:：]\s)")
_SERVICE = re.compile(r"(?:transcribed|generated|powered) (?:by|with) \S.{0,60}", re.IGNORECASE)
_ASIDES = (
    (_SERVICE, "a line of the transcription service"),
    (_PAGE, "a page header or footer"),
    (_RULE, "a dividing line"),
    (_NOTE, _A_NOTE),
    (_SESSION, "a session header"),
)


@dataclass(slots=True)
class _Turn:
    key: str
    line: int
    stamp: Stamp | None
    parts: list[str] = field(default_factory=list)

    def add(self, text: str, paragraph: bool) -> None:
        if self.parts and text:
            self.parts.append("\n" if paragraph else " ")
        self.parts.append(text)


@dataclass(slots=True)
class _Page:
    """What has been read so far; `aside` while the lines belong to a note."""

    turns: list[_Turn] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    stamp: Stamp | None = None
    blank: bool = False
    aside: bool = False


def parse(text: str) -> Parsed:
    """Turns from the labels with a colon; where there are none, from labels without one."""
    lines = unfolded(text)
    long = [number for number, line in lines if len(line) > MAX_LINE]
    if long:
        raise UnreadableTranscript(f"{listed(long)}: longer than {MAX_LINE:,} characters. Put each turn on its own line.")
    strict = _parse_with(find_start, lines)
    if len(strict.utterances) > 1:
        return strict
    loose = _parse_with(find_loose_start, lines)
    return loose if len(loose.utterances) > max(1, len(strict.utterances)) else strict


def unfolded(text: str) -> list[tuple[int, str]]:
    """The lines of `text` with their numbers; a conversation that lost its line ends is cut before its labels."""
    lines = list(enumerate(text.split("\n"), start=1))
    if sum(1 for _, line in lines if line.strip()) > _FEW_LINES:
        return lines
    return [(number, piece) for number, line in lines for piece in _pieces(line)]


def _pieces(line: str) -> list[str]:
    pieces = _INLINE.split(line) if len(line) <= 10 * MAX_LINE else []
    return pieces if len(pieces) > _FEWEST_INLINE else [line]


def _parse_with(find: Finder, lines: Sequence[tuple[int, str]]) -> Parsed:
    starts = {i: start for i, (_, line) in enumerate(lines) if (start := find(line)) and not _aside(line)}
    keys = speakers_among(list(starts.values()), sum(1 for _, line in lines if line.strip() and not _aside(line)))
    spoken = {i: start for i, start in starts.items() if start.key in keys}
    header = details_among(spoken.values())
    details = {i for position, i in enumerate(spoken) if position in header}
    headers = _running_headers([line for _, line in lines], spoken)
    page = _Page()
    for i, (number, line) in enumerate(lines):
        if i in details:
            page.unread.append(Unread(number, "session details above the conversation", line))
        elif i in spoken:
            _begin(page, number, spoken[i])
        else:
            _continue(page, number, line.strip(), "a page header or footer" if i in headers else _aside(line))
    first = min(spoken, default=len(lines))
    kept = [lines[i][0] for i, start in starts.items() if start.key not in keys and i > first]
    return _parsed(page, spoken, kept)


def _begin(page: _Page, number: int, start: Start) -> None:
    page.turns.append(_Turn(start.key, number, start.stamp or page.stamp))
    page.turns[-1].add(start.text, paragraph=False)
    page.stamp, page.blank, page.aside = None, False, False


def _continue(page: _Page, number: int, line: str, aside: str | None) -> None:
    """A line without a speaker belongs to the turn above it, unless it is no speech or nobody has spoken yet."""
    if not line:
        page.blank = True
    elif (found := leading_time(line)) is not None:
        page.stamp = found
    elif aside or page.aside:
        page.unread.append(Unread(number, aside or "part of the note above it", line))
        page.aside = (page.aside or aside == _A_NOTE) and not line.endswith(_CLOSED)
    elif not page.turns:
        page.unread.append(Unread(number, "before the first line with a speaker", line))
    else:
        page.turns[-1].add(line, paragraph=page.blank)
        page.blank = False


def _parsed(page: _Page, spoken: dict[int, Start], kept: list[int]) -> Parsed:
    names = {start.key: start.label for start in reversed(spoken.values())}
    starts = from_start([turn.stamp for turn in page.turns])
    utterances = tuple(
        Utterance(names[turn.key], "".join(turn.parts), turn.line, start) for turn, start in zip(page.turns, starts, strict=True)
    )
    notes = []
    if kept:
        verb = "starts" if len(kept) == 1 else "start"
        notes.append(f"{listed(kept).capitalize()} {verb} with words and a colon, which were taken as speech, not as a speaker.")
    if not utterances and page.unread:
        notes.append(f"No speaker label was found in {counted(len(page.unread), 'line')}.")
    return Parsed(utterances, tuple(page.unread), tuple(notes))


def _aside(line: str) -> str | None:
    return next((reason for pattern, reason in _ASIDES if pattern.fullmatch(line.strip())), None)


def _running_headers(lines: Sequence[str], spoken: Container[int]) -> frozenset[int]:
    """Which of the longer lines without a speaker that come back word for word are no speech: those beside a page number, and
    those that stand above the first speaker too. A client may say one thing three times."""
    filled = [i for i, line in enumerate(lines) if line.strip()]
    loose = [i for i in filled if i not in spoken and len(lines[i].split()) > 2 and not _PAGE.fullmatch(lines[i].strip())]
    first = next((i for i in filled if i in spoken), len(lines))
    above = {lines[i].strip() for i in loose if i < first}
    numbers = [i for i, line in enumerate(filled) if _PAGE.fullmatch(lines[line].strip())]
    beside = {filled[place] for i in numbers for place in (i - 1, i + 1) if 0 <= place < len(filled)}
    found = [i for i in loose if i in beside or lines[i].strip() in above]
    counts = Counter(lines[i].strip() for i in found)
    return frozenset(i for i in found if counts[lines[i].strip()] > 2)


LABELLED = Format("labelled text", (".txt", ".text", ".md", ".log"), lambda text: True, parse)
