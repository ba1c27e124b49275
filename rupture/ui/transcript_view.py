"""The session as HTML: moments to open with, the conversation with its findings, and the waiting transcript's speakers. Pure."""

from collections.abc import Mapping

from rupture.analysis import Analysis, Episode, Finding
from rupture.codebook import Family
from rupture.escape import safe
from rupture.formats.reading import Reading
from rupture.transcript import Role, Transcript, Turn, clean_speaker_names
from rupture.words import FAMILY_SIGNS, family, labels, rating_words

_MOST_UNREAD = 8


def moments_html(analysis: Analysis, selected: int | None) -> str:
    """Buttons for the top moments, and behind a fold for every client turn with a code."""
    coded = [f.turn for f in analysis.findings if f.codes and analysis.transcript.turns[f.turn].role is Role.CLIENT]
    others = [turn for turn in coded if turn not in analysis.top_moments]
    if not coded:
        return ""
    top = "".join(_moment_button(analysis, turn, selected) for turn in analysis.top_moments or coded[:1])
    rest = [turn for turn in others if analysis.top_moments or turn != coded[0]]
    fold = (
        f'<details class="more"><summary>{len(rest)} more</summary>'
        f'<div class="chips">{"".join(_moment_button(analysis, turn, selected) for turn in rest)}</div></details>'
        if rest
        else ""
    )
    return f'<nav aria-label="Moments worth a second look"><div class="chips">{top}</div>{fold}</nav>'


def _moment_button(analysis: Analysis, turn: int, selected: int | None) -> str:
    finding = analysis.finding(turn)
    assert finding is not None  # noqa: S101 - callers pass turns with findings
    pressed = "true" if turn == selected else "false"
    return (
        f'<button type="button" class="chip {family(finding)}" data-turn="{turn}" aria-pressed="{pressed}">{_sign(finding)} '
        f"<b>turn {turn}</b> · {safe(labels(finding))}</button>"
    )


def _sign(finding: Finding) -> str:
    kind = family(finding)
    return f'<span class="sign" aria-hidden="true">{FAMILY_SIGNS[kind]}</span>' if kind else ""


def conversation_html(analysis: Analysis, selected: int | None) -> str:
    """The whole transcript, turn by turn; every evidence mark is an exact slice of the turn."""
    names = clean_speaker_names(analysis.transcript)
    onsets = {episode.onset: episode for episode in analysis.episodes}
    inside = {turn for episode in analysis.episodes for turn in range(episode.onset, episode.end + 1)}
    risk = {notice.turn for notice in analysis.risk}
    rows = []
    for turn in analysis.transcript.turns:
        if turn.index in onsets:
            rows.append(_episode_row(onsets[turn.index]))
        classes = [turn.role.value, "inside" if turn.index in inside else "", "selected" if turn.index == selected else ""]
        rows.append(_turn_row(turn, analysis.finding(turn.index), names[turn.speaker], classes, turn.index in risk))
    return f'<div class="conversation" role="list" aria-label="Transcript">{"".join(rows)}</div>'


def _episode_row(episode: Episode) -> str:
    severity = rating_words("withdrawal", episode.severity) if episode.severity > 1 else "slight"
    eased = rating_words("resolution", episode.resolved)
    return (
        f'<div class="episode" role="note">Strain may show from turn {episode.onset} to {episode.end} · '
        f"{safe(episode.family)} · {safe(severity)} · eased: {safe(eased)}</div>"
    )


def _turn_row(turn: Turn, finding: Finding | None, name: str, classes: list[str], risk: bool) -> str:
    coded = finding is not None and bool(finding.codes)
    kind = family(finding) if finding and coded else None
    if kind:
        classes.append(f"coded {kind}")
    focus = 'tabindex="0" role="listitem button"' if coded else 'role="listitem"'
    tag = f'<span class="tag {kind}">{_sign(finding)} {safe(labels(finding))}</span>' if finding and kind else ""
    warning = '<span class="tag risk">language about harm</span>' if risk else ""
    marks = finding.evidence if finding and kind and kind is not Family.STRATEGY else ()
    return (
        f'<div class="turn {" ".join(c for c in classes if c)}" data-turn="{turn.index}" {focus}>'
        f'<div class="who"><span class="name">{safe(name)}</span> <span class="number">turn {turn.index}</span></div>'
        f'<div class="words">{marked(turn.text, marks, str(kind))}{tag}{warning}</div></div>'
    )


def marked(text: str, spans: tuple[tuple[int, int], ...], kind: str) -> str:
    """`text` with its spans in `<mark>`; overlapping or impossible spans are left out rather than guessed at."""
    parts, end = [], 0
    for start, stop in sorted(spans):
        if end <= start < stop <= len(text):
            parts.append(f'{safe(text[end:start])}<mark class="{safe(kind)}">{safe(text[start:stop])}</mark>')
            end = stop
    return "".join([*parts, safe(text[end:])])


def speakers_html(reading: Reading, roles: Mapping[str, Role]) -> str:
    """each speaker with the role proposed, the reason, the other roles one click away, how it was read."""
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
    lines = [f"line {line}: {safe(reason)}" if line else safe(reason) for line, reason in reading.unread[:_MOST_UNREAD]]
    more = f"<li>and {len(reading.unread) - _MOST_UNREAD} more</li>" if len(reading.unread) > _MOST_UNREAD else ""
    items = "".join(f"<li>{line}</li>" for line in lines)
    return f"<details><summary>Lines that were not understood: {len(reading.unread)}</summary><ul>{items}{more}</ul></details>"
