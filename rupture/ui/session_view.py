"""The session as a whole as HTML: state and notes, ratings with their meaning, the therapist's share as a question, talk share.
Pure.
"""

from rupture.analysis import Analysis, State
from rupture.escape import safe
from rupture.words import RATING_MEANING, contribution_question, display_name, outcome, plain_name, rating_words, risk_notice


def risk_html(analysis: Analysis | None) -> str:
    """The fixed notice about language of harm, above everything else; empty when there is none."""
    words = risk_notice(analysis) if analysis else ""
    return f'<div class="risk-notice" role="alert"><b>Please read first.</b> {safe(words)}</div>' if words else ""


def outcome_html(analysis: Analysis, miss_rate: float | None) -> str:
    """The headline over the transcript: which session, what it came to, and the notes about how it was read."""
    notes = () if analysis.state is State.NOT_ANALYSED else analysis.notes
    fold = ""
    if notes:
        items = "".join(f"<li>{safe(note)}</li>" for note in notes)
        fold = f'<details class="more"><summary>Notes about this reading ({len(notes)})</summary><ul>{items}</ul></details>'
    name = plain_name(analysis.transcript.id)
    said = f"<h2>{safe(name)}</h2><p>{safe(outcome(analysis, miss_rate))}</p>"
    return f'<header class="outcome {analysis.state}">{said}{fold}</header>'


def session_html(analysis: Analysis) -> str:
    """Ratings, the question about the therapist's share, and who spoke how much."""
    return f'<div class="session-facts">{_ratings(analysis)}{_talk(analysis)}</div>'


def _ratings(analysis: Analysis) -> str:
    rating = analysis.session
    if rating is None:
        return "<section><h3>The session as a whole</h3><p>Not rated.</p></section>"
    values = {"withdrawal": rating.withdrawal, "confrontation": rating.confrontation, "resolution": rating.resolution}
    rows = "".join(_rating(name, value) for name, value in values.items())
    question = contribution_question(rating.therapist_contribution)
    return (
        '<section><h3>The session as a whole</h3><p class="scale">From 1 to 5, an estimate by a model, not a grade.</p>'
        f"<dl>{rows}</dl>"
        f'<p class="question"><b>A question for you.</b> {safe(question)}</p></section>'
    )


def _rating(name: str, value: int | None) -> str:
    said = f"<b>{value}</b> of 5 · {safe(rating_words(name, value))}" if value is not None else "no strain was coded"
    dots = "".join(f'<i class="{"on" if value is not None and step <= value else ""}"></i>' for step in range(1, 6))
    meaning = f"<dt>{name.capitalize()}<span>{RATING_MEANING[name]}</span></dt>"
    return f'<div class="rating">{meaning}<dd><span class="dots" aria-hidden="true">{dots}</span> {said}</dd></div>'


def _talk(analysis: Analysis) -> str:
    if not analysis.talk_share:
        return ""
    rows = "".join(
        f'<div class="share"><span>{safe(display_name(analysis.transcript, speaker))}<small>{safe(speaker[:40])}</small></span>'
        f'<div class="bar" aria-hidden="true"><i style="width:{round(100 * share)}%"></i></div>'
        f"<span>{round(100 * share)} %</span></div>"
        for speaker, share in analysis.talk_share.items()
    )
    return (
        f'<section><h3>Who spoke how much</h3><p class="scale">Share of all words. There is no right share.</p>{rows}</section>'
    )
