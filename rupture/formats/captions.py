"""Cues of WebVTT and SRT: who says what when, with the cues of one breath joined into one turn."""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rupture.formats.labels import find_start, speakers_among
from rupture.formats.parsed import Parsed, Unread, Utterance
from rupture.formats.speech import GAP
from rupture.formats.times import PATTERN, stamp

TIMES = re.compile(rf"\s{{0,4}}((?:\d{{1,3}}:)?{PATTERN})\s{{1,4}}-->\s{{1,4}}((?:\d{{1,3}}:)?{PATTERN})(?=\s|$)")
"""What the time line of a cue starts with; settings may follow."""
_VOICE = re.compile(r"<v(?:\.[\w.]{1,40})?\s+([^<>]{1,60})>")
_TAG = re.compile(r"</?(?:[cibuv]|ruby|rt|lang|font)(?:[ .][^<>]{0,80})?>|<\d{1,3}:[\d:.]{4,12}>", re.IGNORECASE)
_NAMED_ID = re.compile(r'\d{1,6} "([^"]{1,60})" \(\d{1,20}\)')
"""A cue's id as Webex writes it."""
_LONGEST_COUNTER = 7
_BLOCKS = ("NOTE", "STYLE", "REGION")


@dataclass(frozen=True, slots=True)
class _Cue:
    """One line of a cue: `named` when the line itself says who speaks."""

    line: int
    start: float
    end: float
    text: str
    voice: str | None = None


def parse_cues(text: str) -> Parsed:
    """Turns from the cues; a cue without a speaker belongs to the speaker before it."""
    unread: list[Unread] = []
    cues = list(_cues(text.split("\n"), unread))
    starts = [find_start(cue.text.removeprefix("- ")) if cue.voice is None else None for cue in cues]
    keys = speakers_among([s for s in starts if s], len(cues))
    turns: list[Utterance] = []
    end = 0.0
    for cue, start in zip(cues, starts, strict=True):
        spoken = start if start and start.key in keys else None
        speaker = cue.voice or (spoken.label if spoken else turns[-1].speaker if turns else None)
        words = spoken.text if spoken else cue.text
        if speaker is None:
            unread.append(Unread(cue.line, "before the first cue with a speaker", cue.text))
        elif turns and turns[-1].speaker == speaker and cue.start - end <= GAP:
            turns[-1] = replace(turns[-1], text=f"{turns[-1].text} {words}".strip())
        else:
            turns.append(Utterance(speaker, words, cue.line, cue.start))
        end = cue.end
    notes = () if turns else ("No cue names its speaker. Add the names, for example 'Therapist: …' at the start of a cue.",)
    return Parsed(tuple(turns), tuple(unread), notes)


def has_cues(text: str) -> bool:
    """Whether the first or, below a counter, the second filled line is the time line of a cue."""
    filled = [line for line in text[:1_000].split("\n") if line.strip()]
    return any(TIMES.match(line) for line in filled[:2])


def _cues(lines: Sequence[str], unread: list[Unread]) -> Iterator[_Cue]:
    """The lines of text in the cues; counters and ids above a time line are markup, anything else outside a cue is unread. Where
    no blank line ends a cue, the next number above a time line is no speech either."""
    times: tuple[float, float] | None = None
    block, named, count = False, None, ""
    for number, line in enumerate(lines, start=1):
        if match := TIMES.match(line):
            times, block = (stamp(match[1]).seconds, stamp(match[2]).seconds), False
        elif not line.strip():
            times, block, named = None, False, None
        elif times is not None and not (_is_markup(lines, number, line) and _follows(count, line)):
            yield from _voices(number, times, line, named)
        elif _is_markup(lines, number, line):
            match = _NAMED_ID.fullmatch(line.strip())
            named, count = match[1] if match else None, line
        else:
            block = block or line.startswith(_BLOCKS)
            unread.append(Unread(number, "a note or style block" if block else "outside any cue", line))


def _is_markup(lines: Sequence[str], number: int, line: str) -> bool:
    """The file's signature, or the counter or id right above a time line (`lines[number]` is the next line)."""
    return line.strip() == "WEBVTT" or (number < len(lines) and TIMES.match(lines[number]) is not None)


def _follows(before: str, line: str) -> bool:
    """Whether both are counters, and `line` the next."""
    numbers = [text.strip() for text in (before, line)]
    return all(text.isdecimal() and len(text) < _LONGEST_COUNTER for text in numbers) and int(numbers[1]) == int(numbers[0]) + 1


def _voices(number: int, times: tuple[float, float], line: str, named: str | None) -> Iterator[_Cue]:
    """The pieces of a cue's line between its `<v Name>` tags, what stands before the first said by `named`; entities decoded and
    other tags taken out."""
    before, *rest = _VOICE.split(line)
    for voice, words in [(named, before), *zip(rest[::2], rest[1::2], strict=True)]:
        text = html.unescape(_TAG.sub("", words)).strip()
        if text:
            yield _Cue(number, *times, text, html.unescape(voice).strip() if voice else None)
