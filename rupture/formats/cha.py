"""CHAT (`.cha`) as TalkBank writes it: `*PAR:` and words, `@` headers, `%` tiers below a line; lines go on after a tab.

After MacWhinney, The CHILDES Project, part 1: the CHAT transcription format (talkbank.org/manuals/CHAT.pdf).
"""

import re
from collections.abc import Iterator

from rupture.formats.parsed import Format, Parsed, Unread, Utterance

_MAIN = re.compile(r"\*([\w-]{1,20}):[ \t]*(.*)")
_TIMES = re.compile(r"[\x15\s]{0,8}(\d{1,9})_\d{1,9}[\x15\s]*$")
PARTICIPANTS = "@Participants"
"""The header that says who has which role."""
_ROLES = {"investigator": "interviewer", "target_child": "child"}
"""What CHAT calls those who ask and those asked, where our words for roles differ."""


def parse(text: str) -> Parsed:
    """A turn for each main line. Transcription marks stay in it; headers and dependent tiers are unread."""
    roles: dict[str, str] = {}
    turns: list[Utterance] = []
    unread: list[Unread] = []
    for number, line in _whole_lines(text):
        if match := _MAIN.fullmatch(line):
            times = _TIMES.search(match[2])
            words, start = (match[2][: times.start()], int(times[1]) / 1000) if times else (match[2], None)
            turns.append(Utterance(match[1], words.strip(), number, start, roles.get(match[1])))
        elif line.strip():
            name, _, value = line.partition(":")
            if name == PARTICIPANTS:
                roles |= participants(value)
            unread.append(Unread(number, "a tier below a line" if line.startswith("%") else "a header", line))
    return Parsed(tuple(turns), tuple(unread))


def _whole_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines with their numbers, those that begin with a tab put after the one they go on."""
    number, parts = 1, list[str]()
    for i, line in enumerate(text.split("\n"), start=1):
        if line.startswith("\t") and parts:
            parts.append(line.strip())
        else:
            yield number, " ".join(parts)
            number, parts = i, [line]
    yield number, " ".join(parts)


def participants(value: str) -> dict[str, str]:
    """`PAR Anna Participant, INV Lee Investigator` → the role of each code, the last word of its entry."""
    entries = [entry.split() for entry in value.split(",")]
    return {entry[0]: _ROLES.get(entry[-1].lower(), entry[-1]) for entry in entries if len(entry) > 1}


def recognises(text: str) -> bool:
    """Whether the text begins with the headers every CHAT file has."""
    head = text[:2_000].lstrip()
    return head.startswith(("@UTF8", "@Begin")) and "\n*" in text[:20_000]


CHA = Format("CHAT", (".cha",), recognises, parse)
