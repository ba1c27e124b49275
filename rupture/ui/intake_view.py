"""What is brought to the screen, before it is analysed, as HTML: what a text looks like, who speaks in it, which sessions are
open besides. Pure.
"""

from collections.abc import Mapping, Sequence

from rupture.escape import safe
from rupture.formats import read, split_question
from rupture.formats.reading import Reading
from rupture.transcript import Role, Transcript


def speakers_html(reading: Reading, roles: Mapping[str, Role]) -> str:
    """Each speaker with the role proposed, the reason, the other roles one click away, how it was read."""
    transcript = reading.transcript
    rows = "".join(
        _speaker_row(transcript, i, label, roles[label], reading.reasons.get(label, ""))
        for i, label in enumerate(transcript.speakers)
    )
    read = f'<div class="read">{safe(reading.summary)}. {_unread(reading)}</div>'
    return f'<div class="speakers"><p class="lead">Is this who is speaking?</p>{rows}{read}</div>'


def _speaker_row(transcript: Transcript, position: int, label: str, role: Role, reason: str) -> str:
    turns = sum(turn.speaker == label for turn in transcript.turns)
    choices = "".join(
        f'<label><input type="radio" name="role-{position}" value="{choice}" data-speaker="{position}"'
        f"{' checked' if choice is role else ''}>"
        f"<span>{choice}</span></label>"
        for choice in Role
    )
    return (
        f'<fieldset><legend><b>{safe(label[:60])}</b> <span class="count">{turns} turns</span></legend>'
        f'<div class="choices">{choices}</div><p class="reason">{safe(reason)}</p></fieldset>'
    )


def _unread(reading: Reading) -> str:
    if not reading.unread:
        return ""
    items = "".join(f"<li>{f'line {one.line}: ' if one.line else ''}{safe(one.reason)}</li>" for one in reading.unread)
    return (
        f"<details><summary>Lines that were not understood: {len(reading.unread)}</summary>"
        f'<ul class="unread" tabindex="0">{items}</ul></details>'
    )


def preview_html(text: str) -> str:
    """What a text in the box looks like before it is sent: turns, speakers and lines not understood; empty for a question."""
    _, pasted = split_question(text)
    if not pasted:
        return ""
    reading = read(pasted)
    return f"<p>Looks like a session: {safe(reading.summary)}. Press Enter to look at it.</p>"


def shelf_html(titles: Sequence[str]) -> str:
    """Buttons for the other sessions that are open."""
    if not titles:
        return ""
    buttons = "".join(
        f'<button type="button" class="chip" data-session="{place}">{safe(title)}</button>' for place, title in enumerate(titles)
    )
    return f'<nav aria-label="Other sessions"><p>Other sessions</p><div class="chips">{buttons}</div></nav>'
