"""The panel beside the transcript as HTML: what one turn may show, how sure, another reading, what came next, what one could
try. Pure.
"""

from collections.abc import Mapping
from types import MappingProxyType

from rupture.analysis import Analysis, Finding, Suggestion
from rupture.assistant.caution import bias_at
from rupture.assistant.draft import phrase
from rupture.codebook import BY_CODE, RUPTURE, Family, clearest
from rupture.corrections import Correction
from rupture.escape import safe
from rupture.guidance.values import Guidance, Passage, Reference
from rupture.transcript import Role, Turn
from rupture.ui.transcript_view import marked
from rupture.ui.verdict_view import verdict_html
from rupture.words import COMPONENT_WORDS, FAMILY_SIGNS, FAMILY_WORDS, YOUR_CODE, display_name, family, sureness


def evidence_html(
    analysis: Analysis, turn: int | None, guidance: Guidance, corrections: Mapping[int, Correction] = MappingProxyType({})
) -> str:
    """Everything about `turn`, with what the reader has said to it; without one, what to do."""
    if turn is None:
        return '<div class="evidence empty" data-selected="">Choose a turn in the transcript to look at it here.</div>'
    here = analysis.transcript.turns[turn]
    finding = analysis.finding(turn) or Finding(turn, ())
    risk = any(notice.turn == turn for notice in analysis.risk)
    said = corrections.get(turn)
    parts = [_heading(analysis, here, finding), _words(here, finding), verdict_html(here, finding, said)]
    if risk:
        parts.append(f'<p class="risk-moment">{safe(phrase("risk_moment", turn=turn))}</p>')
    elif finding.codes:
        parts += _codes(analysis, here, finding, own=said is not None and bool(said.codes))
        parts += [_next(analysis, here), _ways(analysis, here, guidance)] if here.role is Role.CLIENT else []
    elif said is None:
        parts.append(_nothing(finding))
    return f'<div class="evidence" data-selected="{turn}">{"".join(parts)}</div>'


def _heading(analysis: Analysis, here: Turn, finding: Finding) -> str:
    kind = family(finding)
    badge = (
        f'<span class="tag {kind}"><span class="sign" aria-hidden="true">{FAMILY_SIGNS[kind]}</span> {FAMILY_WORDS[kind]}</span>'
        if kind
        else ""
    )
    return f"<header><h3>Turn {here.index} · {safe(display_name(analysis.transcript, here.speaker))}</h3>{badge}</header>"


def _words(here: Turn, finding: Finding) -> str:
    return f'<blockquote class="said">{marked(here.text, finding.evidence, str(family(finding) or ""))}</blockquote>'


def _codes(analysis: Analysis, here: Turn, finding: Finding, *, own: bool) -> list[str]:
    """How sure that there is anything, unless it is the reader's `own` code; the clearest code of each family, and the others
    folded away."""
    name = RUPTURE if here.role is Role.CLIENT else Family.STRATEGY.value
    first = clearest(finding.codes)
    others = [code for code in finding.codes if code not in first]
    bias = bias_at(analysis, here.index)
    folded = "".join(_code(code, bias=bias) for code in others)
    score = analysis.scores[here.index].get(name, 0.0)
    how_sure = safe(YOUR_CODE if own else f"{sureness(score)}. Which kind it is, is less sure")
    labelled = safe("; ".join(BY_CODE[code].label for code in others))
    return [
        f'<p class="sure"><b>How sure</b> {how_sure}.</p>',
        *(_code(code, bias=bias) for code in first),
        f"<details><summary>Also possible: {labelled}</summary>{folded}</details>" if others else "",
    ]


def _code(code: str, *, bias: bool) -> str:
    row = BY_CODE[code]
    contrast = phrase("bias") if bias else row.contrast
    rows = []
    if contrast:
        rows.append(("Another reading", contrast))
    if row.components:
        rows.append(("Part of the alliance", "; ".join(COMPONENT_WORDS[part] for part in row.components)))
    facts = "".join(f"<dt>{safe(name)}</dt><dd>{safe(text)}</dd>" for name, text in rows)
    may = "The therapist may answer here with" if row.family is Family.STRATEGY else "May show"
    heading = f'<h4>{may}: {safe(row.label)} <span class="code">{code}</span></h4>'
    return f"<section>{heading}<p>{safe(row.definition)}</p><dl>{facts}</dl></section>"


def _nothing(finding: Finding) -> str:
    hints = "".join(
        f'<li>{safe(BY_CODE[code].label)} <span class="code">{code}</span>. {safe(BY_CODE[code].contrast)}</li>'
        for code in finding.hints
    )
    fold = f"<details><summary>Quieter hints, easily wrong</summary><ul>{hints}</ul></details>" if hints else ""
    return f"<p>No marker met the threshold at turn {finding.turn}. You can still ask about it in the chat.</p>{fold}"


def _next(analysis: Analysis, here: Turn) -> str:
    """What the therapist said next, and as which strategy it was coded."""
    after = analysis.transcript.therapist_after(here.index)
    if after is None:
        return ""
    finding = analysis.finding(after.index)
    codes = "; ".join(f"{BY_CODE[code].label} ({code})" for code in finding.codes) if finding else ""
    seen = f"<p>This may answer the strain: {safe(codes)}.</p>" if codes else ""
    return (
        "<section><h4>What the therapist did next "
        f'<button type="button" class="link" data-turn="{after.index}">turn {after.index}</button></h4>'
        f'<blockquote class="said therapist">{safe(after.text)}</blockquote>{seen}</section>'
    )


def _ways(analysis: Analysis, here: Turn, guidance: Guidance) -> str:
    """Suggestions for the episode this turn belongs to, each with sources that open."""
    episode = analysis.episode_at(here.index)
    position = analysis.episodes.index(episode) if episode else -1
    found = [s for s in analysis.suggestions if s.episode == position]
    if not found:
        return ""
    ways = "".join(_way(s, guidance) for s in found)
    return f'<section><h4>What others do with such a moment</h4><ol class="ways">{ways}</ol></section>'


def _way(suggestion: Suggestion, guidance: Guidance) -> str:
    row = BY_CODE[suggestion.strategy]
    sources = "".join(source_html(guidance.passages[id], guidance) for id in suggestion.passages if id in guidance.passages)
    heading = f'<p><b>{safe(row.label.capitalize())}</b> <span class="code">{row.code}</span></p>'
    return f'<li>{heading}<p class="try">{safe(suggestion.text)}</p>{sources}</li>'


def source_html(passage: Passage, guidance: Guidance) -> str:
    """A passage that opens: its document, its words as they stand, what they rest on, and the references."""
    references = [
        guidance.references[key] for key in passage.references if key in guidance.references and guidance.references[key].shown
    ]
    listed = "".join(f"<li>{safe(reference_words(reference))}</li>" for reference in references)
    evidence = guidance.evidence.get(passage.document, "")
    basis = f'<p class="basis">{safe(evidence)}</p>' if evidence else ""
    return (
        f'<details class="source"><summary>Source: {safe(passage.title)} · {safe(passage.heading)}</summary>'
        f"<blockquote>{safe(passage.text)}</blockquote>{basis}{f'<ul>{listed}</ul>' if listed else ''}</details>"
    )


def reference_words(reference: Reference) -> str:
    """One reference as a line of text; the DOI is text too, since nothing is fetched."""
    parts = [reference.authors, f"({reference.year})" if reference.year else None, reference.title, reference.source]
    line = ". ".join(part.rstrip(".") for part in parts if part).replace(". (", " (")
    return f"{line}. doi:{reference.doi}" if reference.doi else f"{line}."
