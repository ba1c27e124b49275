"""The session as a whole as HTML: state and notes, ratings with their meaning, the therapist's share as a question. Pure."""

from rupture.analysis import Analysis, State
from rupture.escape import safe
from rupture.ui.balance_view import balance_html, components_html, held_html
from rupture.words import RATING_MEANING, contribution_question, outcome, plain_name, rating_words, risk_notice


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


def session_html(analysis: Analysis, miss_rate: float | None) -> str:
    """Ratings and the question about the therapist's share, what held, the parts of the alliance, and who spoke how much."""
    first = f"<div>{_ratings(analysis)}{components_html(analysis)}</div>"
    second = f"<div>{held_html(analysis, miss_rate)}{balance_html(analysis)}</div>"
    return f'<div class="session-facts">{first}{second}</div>'


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
