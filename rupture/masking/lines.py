"""The lines a transcript was read from, cut into what is written as it stands and what are words to be masked. Pure.

Only times of cues, their counters, time stamps before labels and the bare headings of a file stand as they are. What else is
no speech, such as a title or a note, may tell who it is about, and is words too.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from rupture.formats import captions, teams_text
from rupture.formats.cha import CHA, PARTICIPANTS, participants
from rupture.formats.labelled import LABELLED
from rupture.formats.roles import known_role
from rupture.formats.srt import SRT
from rupture.formats.teams_text import TEAMS_TEXT
from rupture.formats.times import PATTERN
from rupture.formats.webvtt import WEBVTT

HIDDEN = "[HEADER]"
"""What stands for a header of CHAT that may tell who speaks, where or when."""

_TIMES = {WEBVTT.name: captions.TIMES, SRT.name: captions.TIMES, TEAMS_TEXT.name: teams_text.TIMES}
IN_LINES = frozenset((LABELLED.name, CHA.name, *_TIMES))
"""Formats in which a line can be masked where it stands."""

_COUNTER = re.compile(r"\d{1,6}")
_TELLS_NOTHING = re.compile(r"@(?:UTF8|Begin|End|New Episode|Languages:\s+[a-z]{3}(?:, [a-z]{3}){0,5})")
_LEAD = r"\W*(?:\d+\W+)*(?:<v[^ >]*[ \t]+)?"
_PLAIN_LEAD = re.compile(rf"[^\w\s]*(?:\d{{1,5}}[.)\]]?\s)?(?:\W|{PATTERN})*(?:<v[ \t]+)?")
"""A turn's number and times of the session. A date or anything else with digits is to be masked."""
_AFTER = r"(?=[ \t]*(?:[\[(]?\d[\d:.]*[\])]?)?[ \t]*(?:[:：>\])]|\d|$))"

Piece = tuple[str, bool]
"""A stretch as it is to be written, and whether it is words of the session."""
_Cut = Callable[[str], Iterator[Piece]]


def pieces(source: str, format: str, called: Mapping[str, str]) -> Iterator[Piece]:
    """`source`, which has one of the formats IN_LINES, with what its labels are `called` in their place."""
    lines = source.splitlines(keepends=True)
    cut = _cutter(called)
    if format == CHA.name:
        yield from _chat(lines, called, cut)
    elif times := _TIMES.get(format):
        yield from _cues(lines, times, cut)
    else:
        for line in lines:
            yield from cut(line)


def _cutter(called: Mapping[str, str]) -> _Cut:
    """Cuts a line at the label it starts with, if it does."""
    labels = sorted((label for label in called if label), key=len, reverse=True)
    either = "|".join(r"\s+".join(map(re.escape, label.split())) for label in labels) or r"(?!)"
    start = re.compile(rf"({_LEAD})({either}){_AFTER}", re.IGNORECASE)
    keys = {" ".join(label.split()).casefold(): name for label, name in called.items()}

    def cut(line: str) -> Iterator[Piece]:
        if match := start.match(line):
            yield match[1], _PLAIN_LEAD.fullmatch(match[1]) is None
            yield keys[" ".join(match[2].split()).casefold()], False
            line = line[match.end() :]
        yield line, True

    return cut


def _cues(lines: Sequence[str], times: re.Pattern[str], cut: _Cut) -> Iterator[Piece]:
    for line, below in zip(lines, [*lines[1:], ""], strict=True):
        if match := times.match(line):
            yield line[: match.end()], False
            yield line[match.end() :], bool(line[match.end() :].strip())
        elif line.startswith(WEBVTT.name.upper()):
            yield line[: len(WEBVTT.name)], False
            yield line[len(WEBVTT.name) :], bool(line[len(WEBVTT.name) :].strip())
        elif _COUNTER.fullmatch(line.strip()) and times.match(below):
            yield line, False
        else:
            yield from cut(line)


def _chat(lines: Sequence[str], called: Mapping[str, str], cut: _Cut) -> Iterator[Piece]:
    """A header is put on one line: it goes on in those after it that start with a tab."""
    header = ""
    for line in lines:
        if header and line.startswith("\t"):
            header += " " + line.strip()
            continue
        if header:
            yield _shown(header, called), False
        header = line.rstrip() if line.startswith("@") else ""
        if not header:
            yield from cut(line)
    if header:
        yield _shown(header, called), False


def _shown(header: str, called: Mapping[str, str]) -> str:
    """A header that tells nothing, or who has which role. The others are hidden whole: a place or an age without a sentence around
    it is easily missed."""
    if _TELLS_NOTHING.fullmatch(header):
        return f"{header}\n"
    name, _, value = header.partition(":")
    if name != PARTICIPANTS:
        return f"@Comment:\t{HIDDEN}\n"
    roles = [(code, known_role(role)) for code, role in participants(value).items()]
    return f"{name}:\t{', '.join(f'{called.get(code, code)} {role}' for code, role in roles if role)}\n"
