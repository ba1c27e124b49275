"""The session as HTML: moments to open with, what counts as one, and the conversation with its findings. Pure."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from rupture.analysis import Analysis, Episode, Finding
from rupture.codebook import BY_CODE, RUPTURE, Family
from rupture.corrections import Correction
from rupture.escape import safe
from rupture.transcript import Role, Turn, clean_speaker_names
from rupture.words import FAMILY_SIGNS, FAMILY_WORDS, family, labels, rating_words

_LONG = 400
"""From here on turns are laid out by the browser only when they come into view."""
_KEYS = "Transcript. N and P go to the next and previous moment, J and K to the next and previous turn."
_LEAST_SURE = (
    ("", "any"),
    ("0.4", "could go either way, or surer"),
    ("0.6", "leaning towards it, or surer"),
    ("0.8", "fairly sure"),
)


def moments_html(analysis: Analysis, selected: int | None) -> str:
    """Buttons for the top moments, and behind a fold for every client turn with a code."""
    coded = [finding.turn for finding in analysis.moments]
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


def filters_html(analysis: Analysis) -> str:
    """What counts as a moment in the transcript below: which kind, how sure; and steps from one to the next."""
    found = dict.fromkeys(code for finding in analysis.findings for code in finding.codes)
    if not found:
        return ""
    families = dict.fromkeys(BY_CODE[code].family for code in found)
    kinds = [("", "every kind"), *((kind.value, FAMILY_WORDS[kind]) for kind in Family if kind in families)]
    kinds += [(code, BY_CODE[code].label) for code in BY_CODE if code in found]
    return (
        '<div class="filters" role="group" aria-label="What to look at in the transcript">'
        f"{_select('kind', 'Kind', kinds)}{_select('sure', 'How sure', _LEAST_SURE)}"
        '<label class="only"><input type="checkbox" data-filter="only"> only these</label>'
        '<span class="steps"><button type="button" data-step="-1" aria-label="Previous moment">▲</button>'
        '<button type="button" data-step="1" aria-label="Next moment">▼</button></span></div>'
    )


def _select(name: str, label: str, choices: Sequence[tuple[str, str]]) -> str:
    options = "".join(f'<option value="{value}">{safe(words)}</option>' for value, words in choices)
    return f'<label><span>{label}</span> <select data-filter="{name}">{options}</select></label>'


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


def conversation_html(
    analysis: Analysis, selected: int | None, corrections: Mapping[int, Correction] = MappingProxyType({})
) -> str:
    """The whole transcript, turn by turn; every evidence mark is an exact slice of the turn. A code that the reader gave, as
    `corrections` say, is told from those of the model, and no filter on how sure leaves it out."""
    names = clean_speaker_names(analysis.transcript)
    onsets = {episode.onset: episode for episode in analysis.episodes}
    inside = {turn for episode in analysis.episodes for turn in range(episode.onset, episode.end + 1)}
    risk = {notice.turn for notice in analysis.risk}
    found = {finding.turn: finding for finding in analysis.findings}
    own = {turn for turn, said in corrections.items() if said.codes}
    rows = []
    for turn in analysis.transcript.turns:
        if turn.index in onsets:
            rows.append(_episode_row(onsets[turn.index]))
        classes = [turn.role.value, "inside" if turn.index in inside else "", "selected" if turn.index == selected else ""]
        finding = found.get(turn.index)
        sure = None if turn.index in own or finding is None else _sure(analysis, turn, finding)
        rows.append(_turn_row(turn, finding, sure, names[turn.speaker], classes, turn.index in risk))
    long = " long" if len(analysis.transcript.turns) > _LONG else ""
    return f'<div class="conversation{long}" role="list" tabindex="0" aria-label="{_KEYS}">{"".join(rows)}</div>'


def _episode_row(episode: Episode) -> str:
    severity = rating_words("withdrawal", episode.severity) if episode.severity > 1 else "slight"
    eased = rating_words("resolution", episode.resolved)
    return (
        f'<div class="episode" role="listitem">Strain may show from turn {episode.onset} to {episode.end} · '
        f"{safe(episode.family)} · {safe(severity)} · eased: {safe(eased)}</div>"
    )


def _sure(analysis: Analysis, turn: Turn, finding: Finding) -> float:
    """The model's probability, 0 to 1, that the turn shows what it was coded for at all."""
    name = RUPTURE if turn.role is Role.CLIENT else str(family(finding))
    return analysis.scores[turn.index].get(name, 0.0) if analysis.scores else 1.0


def _turn_row(turn: Turn, finding: Finding | None, sure: float | None, name: str, classes: list[str], risk: bool) -> str:
    """One turn; `sure` is None where the model has nothing to say to the finding: the reader made it."""
    kind = family(finding) if finding else None
    about = tag = ""
    if finding and kind:
        classes.append(f"coded {kind}")
        own = " · your code" if sure is None else ""
        tag = f'<button type="button" class="tag {kind}">{_sign(finding)} {safe(labels(finding))}{own}</button>'
        about = f' data-codes="{" ".join(finding.codes)}" data-sure="{1.0 if sure is None else sure:.2f}"'
    warning = '<span class="tag risk">language about harm</span>' if risk else ""
    marks = finding.evidence if finding and kind and kind is not Family.STRATEGY else ()
    return (
        f'<div class="turn {" ".join(c for c in classes if c)}" role="listitem" data-turn="{turn.index}"{about}>'
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
