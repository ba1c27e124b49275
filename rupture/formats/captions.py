"""Cues of WebVTT and SRT: who says what when, with the cues of one breath joined into one turn."""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rupture.formats.labels import find_start, speakers_among
from rupture.formats.parsed import Parsed, Unread, Utterance
from rupture.formats.times import PATTERN, stamp

_TIMES = re.compile(rf"\s{{0,4}}((?:\d{{1,3}}:)?{PATTERN})\s{{1,4}}-->\s{{1,4}}((?:\d{{1,3}}:)?{PATTERN})(?:\s.*)?")
_VOICE = re.compile(r"<v(?:\.[\w.]{1,40})?\s+([^<>]{1,60})>")
_TAG = re.compile(r"</?[A-Za-z0-9][^<>]{0,80}>")
_BLOCKS = ("NOTE", "STYLE", "REGION")
_GAP = 2.0
"""Seconds of silence up to which two cues of one speaker are one turn."""


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
    starts = [find_start(cue.text) if cue.voice is None else None for cue in cues]
    keys = speakers_among([s for s in starts if s], len(cues))
    turns: list[Utterance] = []
    end = 0.0
    for cue, start in zip(cues, starts, strict=True):
        spoken = start if start and start.key in keys else None
        speaker = cue.voice or (spoken.label if spoken else turns[-1].speaker if turns else None)
        words = spoken.text if spoken else cue.text
        if speaker is None:
            unread.append(Unread(cue.line, "before the first cue with a speaker"))
        elif turns and turns[-1].speaker == speaker and cue.start - end <= _GAP:
            turns[-1] = replace(turns[-1], text=f"{turns[-1].text} {words}".strip())
        else:
            turns.append(Utterance(speaker, words, cue.line, cue.start))
        end = cue.end
    notes = () if turns else ("No cue names its speaker. Add the names, for example 'Therapist: …' at the start of a cue.",)
    return Parsed(tuple(turns), tuple(unread), notes)


def has_cues(text: str) -> bool:
    """Whether the first or, below a counter, the second filled line is the time line of a cue."""
    filled = [line for line in text[:1_000].split("\n") if line.strip()]
    return any(_TIMES.fullmatch(line) for line in filled[:2])


def _cues(lines: Sequence[str], unread: list[Unread]) -> Iterator[_Cue]:
    """The lines of text in the cues; counters and ids above a time line are markup, anything else outside a cue is unread."""
    times: tuple[float, float] | None = None
    block = False
    for number, line in enumerate(lines, start=1):
        if match := _TIMES.fullmatch(line):
            times, block = (stamp(match[1]).seconds, stamp(match[2]).seconds), False
        elif not line.strip():
            times, block = None, False
        elif times is not None:
            yield from _voices(number, times, line)
        elif not _is_markup(lines, number, line):
            block = block or line.startswith(_BLOCKS)
            unread.append(Unread(number, "a note or style block" if block else "outside any cue"))


def _is_markup(lines: Sequence[str], number: int, line: str) -> bool:
    """The file's signature, or the counter or id right above a time line (`lines[number]` is the next line)."""
    return line.strip() == "WEBVTT" or (number < len(lines) and _TIMES.fullmatch(lines[number]) is not None)


def _voices(number: int, times: tuple[float, float], line: str) -> Iterator[_Cue]:
    """The pieces of a cue's line between its `<v Name>` tags, with entities decoded and other tags taken out."""
    before, *rest = _VOICE.split(line)
    for voice, words in [(None, before), *zip(rest[::2], rest[1::2], strict=True)]:
        text = html.unescape(_TAG.sub("", words)).strip()
        if text:
            yield _Cue(number, *times, text, html.unescape(voice).strip() if voice else None)
