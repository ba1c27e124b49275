"""What Teams once wrote into Word: a line of loose times (`0:0:3.0 --> 0:0:5.900`), a line with the name, and the words."""

import re
from dataclasses import replace

from rupture.formats.parsed import Format, Parsed, Unread, Utterance
from rupture.formats.speech import GAP

_CLOCK = r"(\d{1,2}):(\d{1,2}):(\d{1,2}(?:\.\d{1,7})?)"
TIMES = re.compile(rf"{_CLOCK} --> {_CLOCK}(?=\s|$)")
"""What a line of times is, up to its end."""


def parse(text: str) -> Parsed:
    """A turn for each stretch of one speaker; the line after the times is the name, whatever it says."""
    turns: list[Utterance] = []
    unread: list[Unread] = []
    start, end, before, named = 0.0, None, 0.0, False
    for number, line in enumerate(text.split("\n"), start=1):
        words = line.strip()
        if match := TIMES.fullmatch(words):
            before = start if end is None else end
            start, end = _seconds(*match.groups()[:3]), _seconds(*match.groups()[3:])
            named = True
        elif words and end is None:
            unread.append(Unread(number, "before the first time", words))
        elif words and named:
            named = False
            if not turns or turns[-1].speaker != words or start - before > GAP:
                turns.append(Utterance(words, "", number, start))
        elif words:
            turns[-1] = replace(turns[-1], text=f"{turns[-1].text} {words}".strip())
    return Parsed(tuple(turns), tuple(unread))


def recognises(text: str) -> bool:
    """Whether the first filled line holds such times; those of WebVTT and SRT have two digits everywhere and are asked first."""
    return TIMES.fullmatch(text[:200].lstrip().split("\n", 1)[0].strip()) is not None


def _seconds(hours: str, minutes: str, seconds: str) -> float:
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


TEAMS_TEXT = Format("Teams text", (), recognises, parse)
