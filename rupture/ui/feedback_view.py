"""Feedback on a practice session as HTML: the conversation with what the trainee and the raters marked, and why. Pure; every
sentence about the trainee comes from `rupture.practice`."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from rupture.codebook import BY_CODE
from rupture.escape import safe
from rupture.practice.comparison import HELD, Outcome
from rupture.practice.feedback import Feedback, TurnFeedback
from rupture.transcript import Transcript, Turn, clean_speaker_names
from rupture.ui.transcript_view import marked

_SIGNS: Mapping[Outcome, tuple[str, str]] = {
    Outcome.AGREED: ("=", "as the raters"),
    Outcome.SPLIT: ("≈", "as one of the raters"),
    Outcome.PARTLY: ("±", "in part"),
    Outcome.OTHER_MARKER: ("↔", "another marker"),
    Outcome.OTHER_FAMILY: ("⇄", "another family"),
    Outcome.MISSED: ("○", "left unmarked"),
    Outcome.TOO_MUCH: ("+", "marked by you alone"),
    Outcome.NOT_ASKED: ("·", "for reading"),
}
Beside = Mapping[int, Sequence[str]]
"""Lines by the turn after which they stand."""
_TOGETHER = 2
"""Turns in a row without any feedback that stay open; more are folded."""


def feedback_html(transcript: Transcript, found: Feedback, replies: Beside, examples: Beside, notice: str = "") -> str:
    """Everything about an attempt at `transcript`; `replies` are the lines on the trainee's own words by turn, `examples` those
    on somebody else's where the trainee wrote none, and `notice` what is said where there is talk of harm."""
    lines = [*found.told, *(family.told for family in found.families), *(sure.told for sure in found.sureness)]
    look = f'<p class="look-for"><b>What this session is good for.</b> {safe(found.look_for)}</p>' if found.look_for else ""
    harm = f'<p class="risk-notice">{safe(notice)}</p>' if notice else ""
    return (
        '<div class="feedback"><h2 tabindex="-1">What you marked, and what the raters marked</h2>'
        f"{harm}"
        f'<p class="reference">{safe(found.reference)}</p><ul>{_items(lines)}</ul>{look}'
        f'<div class="read">{_turns(transcript, found, replies, examples)}</div></div>'
    )


def moment_html(transcript: Transcript, start: int, found: TurnFeedback, told: str) -> str:
    """The feedback on one turn that came back, shown with those from `start` on."""
    names = clean_speaker_names(transcript)
    turns = transcript.turns[start : found.turn + 1]
    rows = "".join(_row(turn, names[turn.speaker], found if turn.index == found.turn else None) for turn in turns)
    heading = '<h2 tabindex="-1">This moment again</h2>'
    return f'<div class="feedback">{heading}<div class="read">{rows}</div><p class="look-for">{safe(told)}</p></div>'


def _turns(transcript: Transcript, found: Feedback, replies: Beside, examples: Beside) -> str:
    names = clean_speaker_names(transcript)
    told = {turn.turn for turn in found.turns} | replies.keys() | examples.keys()
    parts = []
    for plain, turns in groupby(transcript.turns[: found.read], key=lambda turn: turn.index not in told):
        rows = [
            _row(turn, names[turn.speaker], found.at(turn.index), replies.get(turn.index, ()), examples.get(turn.index, ()))
            for turn in turns
        ]
        if plain and len(rows) > _TOGETHER:
            parts.append(f"<details><summary>{len(rows)} turns without a mark</summary>{''.join(rows)}</details>")
        else:
            parts += rows
    return "".join(parts)


def _row(turn: Turn, name: str, found: TurnFeedback | None, reply: Sequence[str] = (), example: Sequence[str] = ()) -> str:
    kind = _family(found)
    words = marked(turn.text, (found.words,) if found and found.words else (), kind)
    said = _said(found) if found else ""
    after = _after("Your words after this turn", reply) + _after("After this turn", example)
    outcome = f" {found.outcome}" if found else ""
    return (
        f'<div class="turn {turn.role}{outcome}"><div class="who"><span class="name">{safe(name)}</span> {turn.index}</div>'
        f'<div><div class="words">{words}</div>{said}{after}</div></div>'
    )


def _after(heading: str, lines: Sequence[str]) -> str:
    return f'<div class="own"><b>{heading}</b>{"".join(f"<p>{safe(line)}</p>" for line in lines)}</div>' if lines else ""


def _said(found: TurnFeedback) -> str:
    sign, words = _SIGNS[found.outcome]
    kind = "held" if found.outcome in HELD else "" if found.outcome is Outcome.NOT_ASKED else "differs"
    lines = [found.told, found.counts, found.split, found.why, found.contrast_words]
    told = "".join(f"<p>{safe(line)}</p>" for line in lines if line)
    fold = f"<details><summary>The codebook</summary><ul>{_items(found.definitions)}</ul></details>" if found.definitions else ""
    return f'<div class="why"><p class="outcome-tag {kind}"><span aria-hidden="true">{sign}</span> {words}</p>{told}{fold}</div>'


def _family(found: TurnFeedback | None) -> str:
    codes = (found.reference or found.yours) if found else ()
    return str(BY_CODE[codes[0]].family) if codes else ""


def _items(lines: Iterable[str]) -> str:
    return "".join(f"<li>{safe(line)}</li>" for line in lines if line)
