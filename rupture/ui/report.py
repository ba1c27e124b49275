"""The Markdown report of an analysis, for a supervision folder: the same words as the screen, made inert, codes beside labels.
Pure.
"""

from rupture.analysis import Analysis, Finding, Suggestion
from rupture.assistant.draft import phrase
from rupture.codebook import BY_CODE, Family
from rupture.escape import inert
from rupture.guidance.values import Guidance
from rupture.transcript import clean_speaker_names
from rupture.ui.evidence_view import reference_words
from rupture.words import (
    CONSENT,
    RATING_MEANING,
    contribution_question,
    family,
    labels,
    outcome,
    plain_name,
    rating_words,
    risk_notice,
    sureness,
)


def report(analysis: Analysis, guidance: Guidance, miss_rate: float | None) -> str:
    """The whole report; every paragraph tentative, every suggestion with its sources."""
    notice = risk_notice(analysis)
    moments = [f for f in analysis.findings if f.codes and family(f) is not Family.STRATEGY]
    parts = [
        f"# {inert(plain_name(analysis.transcript.id))}",
        f"**{inert(notice)}**" if notice else "",
        inert(outcome(analysis, miss_rate)),
        "\n".join(f"- {inert(note)}" for note in analysis.notes),
        _ratings(analysis),
        *(_moment(analysis, finding) for finding in moments),
        _ways(analysis, guidance),
        f"---\n\n{inert(CONSENT)}",
        f"{inert(phrase('about'))}"
        + (f" Model: {inert(analysis.model.id)} {inert(analysis.model.digest[:12])}." if analysis.model else ""),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _ratings(analysis: Analysis) -> str:
    rating = analysis.session
    if rating is None:
        return ""
    values = {"withdrawal": rating.withdrawal, "confrontation": rating.confrontation, "resolution": rating.resolution}
    lines = [
        f"- {name.capitalize()}: {value} of 5, {rating_words(name, value)} ({RATING_MEANING[name]})"
        for name, value in values.items()
        if value is not None
    ]
    return "\n".join(["## The session as a whole", "", *lines, "", contribution_question(rating.therapist_contribution)])


def _moment(analysis: Analysis, finding: Finding) -> str:
    turn = analysis.transcript.turns[finding.turn]
    name = clean_speaker_names(analysis.transcript)[turn.speaker]
    rows = [BY_CODE[code] for code in finding.codes]
    scores = analysis.scores[finding.turn] if analysis.scores else {}
    lines = [
        f"## Turn {finding.turn}, {inert(name)}: {inert(labels(finding))}",
        "",
        *(f"> {inert(line)}" for line in turn.text.splitlines()),
        "",
    ]
    for row in rows:
        lines.append(
            f"- {row.code}, {row.label}. {row.definition} How sure: {sureness(scores.get(row.code, 0.0))}. "
            f"Another reading: {row.contrast}"
        )
    return "\n".join(lines)


def _ways(analysis: Analysis, guidance: Guidance) -> str:
    if not analysis.suggestions:
        return ""
    return "\n".join(
        [
            "## What others do with such moments",
            "",
            *(_way(analysis, suggestion, guidance) for suggestion in analysis.suggestions),
        ]
    )


def _way(analysis: Analysis, suggestion: Suggestion, guidance: Guidance) -> str:
    episode = analysis.episodes[suggestion.episode]
    row = BY_CODE[suggestion.strategy]
    lines = [f"- Turns {episode.onset} to {episode.end}, {row.label} ({row.code}): {inert(suggestion.text)}"]
    passages = [guidance.passages[id] for id in suggestion.passages if id in guidance.passages]
    keys = dict.fromkeys(key for passage in passages for key in passage.references)
    references = [guidance.references[key] for key in keys if key in guidance.references and guidance.references[key].shown]
    lines += [f"  - Source: {inert(passage.title)}, {inert(passage.heading)} ({passage.id})" for passage in passages]
    return "\n".join([*lines, *(f"    - {inert(reference_words(reference))}" for reference in references)])
