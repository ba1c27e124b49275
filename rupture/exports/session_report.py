"""The report of an analysis as a document, for a supervision folder: the same words as the screen, codes beside labels. Pure, and
without a date, so that the same analysis gives the same report.
"""

from collections.abc import Mapping
from types import MappingProxyType

from rupture.analysis import Analysis, Finding, State, Suggestion
from rupture.assistant.caution import bias_at, fitting_guidance, no_coaching
from rupture.assistant.draft import phrase
from rupture.codebook import BY_CODE
from rupture.corrections import Correction
from rupture.exports.document import Block, Bullets, Heading, Item, Notice, Paragraph, Quote, Rule
from rupture.guidance.search import cite
from rupture.guidance.values import Guidance
from rupture.transcript import clean_speaker_names
from rupture.words import (
    CONSENT,
    RATING_MEANING,
    YOUR_CODE,
    contribution_question,
    labels,
    outcome,
    plain_name,
    rating_words,
    risk_notice,
    sureness,
)


def report_blocks(
    analysis: Analysis,
    guidance: Guidance,
    miss_rate: float | None,
    corrections: Mapping[int, Correction] = MappingProxyType({}),
) -> tuple[Block, ...]:
    """The whole report; every paragraph tentative, every suggestion with its sources. `miss_rate` is the detector's measured
    share of missed turns, 0 to 1, or None when it was not measured. `corrections` are those that are in the analysis: of a code
    that the reader gave, the model is not said to be sure."""
    notice = risk_notice(analysis)
    # Where nothing was analysed, the outcome already tells the notes.
    notes = () if analysis.state is State.NOT_ANALYSED else analysis.notes
    names = clean_speaker_names(analysis.transcript)
    own = {turn for turn, said in corrections.items() if said.codes}
    return (
        Heading(1, plain_name(analysis.transcript.id)),
        *([Notice(notice)] if notice else ()),
        Paragraph(outcome(analysis, miss_rate)),
        *([Bullets(tuple(map(Item, notes)))] if notes else ()),
        *_ratings(analysis),
        *(block for finding in analysis.moments for block in _moment(analysis, finding, names, own=finding.turn in own)),
        *_ways(analysis, guidance),
        Rule(),
        Paragraph(CONSENT),
        Paragraph(_about(analysis, miss_rate)),
    )


def _ratings(analysis: Analysis) -> tuple[Block, ...]:
    rating = analysis.session
    if rating is None:
        return ()
    values = {"withdrawal": rating.withdrawal, "confrontation": rating.confrontation, "resolution": rating.resolution}
    told = (
        Item(f"{name.capitalize()}: {value} of 5, {rating_words(name, value)} ({RATING_MEANING[name]})")
        for name, value in values.items()
        if value is not None
    )
    question = Paragraph(contribution_question(rating.therapist_contribution))
    return (Heading(2, "The session as a whole"), Bullets(tuple(told)), question)


def _moment(analysis: Analysis, finding: Finding, names: Mapping[str, str], *, own: bool) -> tuple[Block, ...]:
    """A turn's words and what they may show; beside language about harm only the words."""
    turn = analysis.transcript.turns[finding.turn]
    heading = f"Turn {turn.index}, {names[turn.speaker]}"
    if any(notice.turn == turn.index for notice in analysis.risk):
        return (Heading(2, heading), Quote(turn.text), Notice(phrase("risk_moment", turn=turn.index)))
    bias = bias_at(analysis, turn.index)
    scores = analysis.scores[turn.index] if analysis.scores else {}
    codes = []
    for row in (BY_CODE[code] for code in finding.codes):
        reading = "" if bias else f" Another reading: {row.contrast}"
        sure = YOUR_CODE if own else sureness(scores.get(row.code, 0.0))
        codes.append(Item(f"{row.code}, {row.label}. {row.definition} How sure: {sure}.{reading}"))
    return (
        Heading(2, f"{heading}: {labels(finding)}"),
        Quote(turn.text, finding.evidence),
        Bullets(tuple(codes)),
        *([Paragraph(phrase("bias"))] if bias else ()),
    )


def _ways(analysis: Analysis, guidance: Guidance) -> tuple[Block, ...]:
    """Suggestions with their sources, without those that an analysis made elsewhere may hold against the rules on risk."""
    fitting = fitting_guidance(analysis, guidance).passages
    ways = tuple(
        _way(analysis, suggestion, guidance)
        for suggestion in analysis.suggestions
        if not no_coaching(analysis, analysis.episodes[suggestion.episode].peak)
        and all(id in fitting for id in suggestion.passages if id in guidance.passages)
    )
    return (Heading(2, "What others do with such moments"), Bullets(ways)) if ways else ()


def _way(analysis: Analysis, suggestion: Suggestion, guidance: Guidance) -> Item:
    episode, row = analysis.episodes[suggestion.episode], BY_CODE[suggestion.strategy]
    sources, told = [], set[str]()
    for passage in (guidance.passages[id] for id in suggestion.passages if id in guidance.passages):
        keys = [key for key in passage.references if key in guidance.references and key not in told]
        told.update(keys)
        cited = tuple(Item(cite(guidance.references[key])) for key in keys if guidance.references[key].shown)
        sources.append(Item(f"Source: {passage.title}, {passage.heading} ({passage.id})", cited))
    return Item(f"Turns {episode.onset} to {episode.end}, {row.label} ({row.code}): {suggestion.text}", tuple(sources))


def _about(analysis: Analysis, miss_rate: float | None) -> str:
    missed = "" if miss_rate is None else phrase("no_marker_missed", missed=round(10 * miss_rate))
    model = f"Model: {analysis.model.id} {analysis.model.digest[:12]}." if analysis.model else ""
    return " ".join(part for part in (phrase("about"), missed[:1].upper() + missed[1:], model) if part)
