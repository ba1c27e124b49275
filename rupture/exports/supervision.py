"""One page of an analysis to bring to supervision, as a document: the words at up to three moments, what held, and open questions
in the therapist's own voice. Pure. Advice stays out of it, and so does everything but the words where there is risk language.
"""

import re
from collections.abc import Container, Sequence

from rupture.analysis import Analysis, Finding, State
from rupture.assistant.caution import bias_at, may_be_bias, no_coaching, violence_in_joint_session
from rupture.assistant.draft import phrase
from rupture.assistant.focus import ranked_moments
from rupture.assistant.held import degree, held
from rupture.assistant.moment_text import slice_of
from rupture.codebook import BY_CODE, clearest, family_of
from rupture.exports.document import Block, Bullets, Heading, Item, Notice, Paragraph, Quote, Rule, Span
from rupture.guidance.values import Guidance, PassageRole
from rupture.guidance.wording import first_sentence
from rupture.prompts import table
from rupture.transcript import clean_speaker_names
from rupture.words import CONSENT, labels, outcome, plain_name, risk_notice

_MOST = 3
"""Moments on the page."""
_MOST_HELD = 2
_WORDS = 40
"""Words of a turn that are quoted; of a longer one those around its longest evidence."""
_BEFORE = 10
"""Words quoted before the evidence."""
_LEAST_QUESTIONS = 4
_VARIANTS = 3
"""Questions that `prompts/phrases.yaml` has for each family."""


def supervision_blocks(analysis: Analysis, guidance: Guidance) -> tuple[Block, ...]:
    """The page; moments in the order of the session. Of a session in which partners may not be safe with each other, and of one
    that was not analysed, it holds no questions and nothing that held."""
    moments = [f for turn in sorted(ranked_moments(analysis)[:_MOST]) if (f := analysis.finding(turn)) and f.codes]
    notice = risk_notice(analysis)
    blocks: list[Block] = [Heading(1, f"For supervision: {plain_name(analysis.transcript.id)}")]
    blocks += [Notice(notice)] if notice else []
    blocks.append(Paragraph(outcome(analysis, None)))
    for moment in moments:
        blocks += _words_alone(analysis, moment) if no_coaching(analysis, moment.turn) else _moment(analysis, moment)
    if analysis.state is not State.NOT_ANALYSED and not violence_in_joint_session(analysis):
        open_ones = [moment for moment in moments if not no_coaching(analysis, moment.turn)]
        blocks += [*_held(analysis), *_questions(analysis, open_ones, guidance)]
    return (*blocks, Rule(), Paragraph(CONSENT))


def _moment(analysis: Analysis, moment: Finding) -> list[Block]:
    turn, rows = moment.turn, [BY_CODE[code] for code in clearest(moment.codes)]
    blocks: list[Block] = [
        Heading(2, f"{_title(analysis, turn)}: {labels(moment)}"),
        _excerpt(analysis.transcript.turns[turn].text, moment.evidence),
        Paragraph(" ".join(f"{row.code}, {row.label}. {row.definition}" for row in rows), lead="May show."),
    ]
    if bias_at(analysis, turn):
        blocks.append(Paragraph(phrase("bias")))
    elif not may_be_bias(analysis, turn):
        blocks.append(Paragraph(" ".join(row.contrast for row in rows), lead=phrase("leads.reading")))
    return [*blocks, *_next(analysis, turn)]


def _words_alone(analysis: Analysis, moment: Finding) -> list[Block]:
    turn = moment.turn
    name = "risk_session" if violence_in_joint_session(analysis) else "risk_moment"
    words = _excerpt(analysis.transcript.turns[turn].text, ())
    return [Heading(2, _title(analysis, turn)), words, Notice(phrase(name, turn=turn))]


def _title(analysis: Analysis, turn: int) -> str:
    speaker = analysis.transcript.turns[turn].speaker
    return f"Turn {turn}, {clean_speaker_names(analysis.transcript)[speaker]}"


def _excerpt(text: str, spans: Sequence[Span]) -> Quote:
    """The text with its marks, or of a long one the words around its longest mark, with an ellipsis for what is left out."""
    words = list(re.finditer(r"\S+", text))
    if len(words) <= _WORDS:
        return Quote(text, tuple(spans))
    start, _ = max(spans, key=lambda span: span[1] - span[0], default=(0, 0))
    marked = sum(word.end() <= start for word in words)
    first = max(0, min(marked - _BEFORE, len(words) - _WORDS))
    begin, end = words[first].start(), words[first + _WORDS - 1].end()
    left, right = "… " if first else "", " …" if end < words[-1].end() else ""
    kept = ((max(a, begin), min(b, end)) for a, b in spans)
    shift = len(left) - begin
    return Quote(f"{left}{text[begin:end]}{right}", tuple((a + shift, b + shift) for a, b in kept if a < b))


def _next(analysis: Analysis, turn: int) -> list[Block]:
    after = analysis.transcript.therapist_after(turn)
    return [Paragraph(f"Turn {after.index}: {slice_of(after.text)}", lead="What the therapist said next.")] if after else []


def _held(analysis: Analysis) -> list[Block]:
    """Answers after which the strain seems to ease; where none did, those that were tried."""
    repairs = held(analysis).repairs
    eased = [repair for repair in repairs if repair.episode and degree(repair.episode) != "open"]
    told = []
    for repair in (eased or repairs)[:_MOST_HELD]:
        turn, row = repair.turn, BY_CODE[repair.code]
        words = slice_of(analysis.transcript.turns[turn].text)
        after = phrase(f"repair_after.{degree(repair.episode)}") if repair.episode else ""
        told.append(f"{phrase('repair', seed=turn, turn=turn, quote=words, label=row.label, code=row.code)} {after}".strip())
    return [Heading(2, phrase("leads.held").rstrip(".")), Bullets(tuple(map(Item, told or [phrase("no_repair")])))]


def _questions(analysis: Analysis, moments: Sequence[Finding], guidance: Guidance) -> list[Block]:
    """Four to six questions, the first ones about single moments, and how to bring them; none without a moment."""
    if not moments:
        return []
    # A complaint of bias is not asked to be read otherwise, and this question does not say which moment it is about.
    reading = "" if any(may_be_bias(analysis, moment.turn) for moment in moments) else phrase("questions.reading")
    shared = [question for question in (phrase("questions.share"), reading, phrase("questions.next")) if question]
    asked: dict[str, int] = {}
    for moment in moments:
        asked[_unasked(moment, asked)] = moment.turn
    while len(asked) + len(shared) < _LEAST_QUESTIONS:
        asked[_unasked(moments[0], asked)] = moments[0].turn
    items = [*(Item(f"At turn {turn}: {question}") for question, turn in asked.items()), *map(Item, shared)]
    return [Heading(2, phrase("leads.asking").rstrip(".")), Bullets(tuple(items)), *_how_to_bring_it(guidance)]


def _unasked(moment: Finding, asked: Container[str]) -> str:
    """The next question for the moment's family; where to begin depends on the turn, as in the chat."""
    name = f"questions.{family_of(moment.codes[0])}"
    return next(q for step in range(_VARIANTS) if (q := phrase(name, seed=moment.turn + step)) not in asked)


def _how_to_bring_it(guidance: Guidance) -> list[Block]:
    documents = table("situations")["supervision"]
    found = next((p for p in guidance.passages.values() if p.document in documents and p.role is PassageRole.DO), None)
    return [Paragraph(f"{first_sentence(found)} (Source: {found.title}, {found.heading})")] if found else []
