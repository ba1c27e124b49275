"""Paragraphs about one moment: what was seen, another reading, ways to respond, what to avoid, what came next. Each adds to a
Draft."""

import re
from collections.abc import Sequence
from typing import Any

from rupture.analysis import Analysis, Finding
from rupture.assistant.draft import Draft, phrase
from rupture.assistant.fitting import Words
from rupture.assistant.moments import Material
from rupture.codebook import BY_CODE, CODES, MARKERS, RUPTURE, clearest, family_of
from rupture.guidance.values import Guidance, Passage, PassageRole
from rupture.guidance.wording import first_sentence, sentences
from rupture.transcript import Turn, clean_speaker_names

_QUOTE_WORDS = 30
_NEAR = 0.05
"""Probability from which the marker that comes nearest is named."""
_SHORT_READING = 12
"""A reading whose first sentence has fewer words than this is given its second as well."""
_ANOTHER_CODE = re.compile(r"\b(?:" + "|".join(row.code for row in CODES) + r")\b")


def add_seen(draft: Draft, analysis: Analysis, turn: int, *, again: bool = False) -> None:
    """The words at `turn` and what they may be; only the words when they were spoken of just now."""
    finding = analysis.finding(turn)
    if not finding or not finding.codes:
        _add_nothing(draft, analysis, turn, finding)
    elif again:
        draft.say(phrase("again", turn=turn, quote=quote_of(analysis, turn)), lead="seen")
    else:
        draft.say(phrase("seen", seed=turn, **_slots(analysis, turn, finding.codes)), lead="seen")


def add_explained(draft: Draft, analysis: Analysis, turn: int) -> None:
    """The words at `turn`, what came before, what the code means and how sure; nothing but the first where nothing was found."""
    finding = analysis.finding(turn)
    if not finding or not finding.codes:
        _add_nothing(draft, analysis, turn, finding)
        return
    before = analysis.transcript.therapist_before(turn)
    row = BY_CODE[finding.codes[0]]
    draft.say(
        phrase("seen", seed=turn, **_slots(analysis, turn, finding.codes)),
        phrase("preceding", seed=turn, quote=slice_of(before.text)) if before else "",
        phrase("definition", code=row.code, definition=_lowered(row.definition)),
        _sure(analysis, turn),
        lead="seen",
    )
    if before:
        draft.say(phrase("share"))


def add_not_found(draft: Draft, analysis: Analysis, turn: int, miss_rate: float | None) -> None:
    """Why nothing was found at `turn`: how it scored, the marker that comes nearest, and how often the tool misses one."""
    _add_nothing(draft, analysis, turn, None)
    scores = analysis.scores[turn]
    hundredths = round(100 * scores.get(RUPTURE, 0.0))
    nearest = max(MARKERS, key=lambda code: scores.get(code, 0.0))
    told = [phrase("why_not.near", hundredths=hundredths) if hundredths > 1 else phrase("why_not.far")]
    if scores.get(nearest, 0.0) >= _NEAR:
        row = BY_CODE[nearest]
        told.append(phrase("why_not_nearest", code=row.code, label=row.label, definition=row.definition))
    if miss_rate is not None:
        told.append(phrase("why_not_missed", missed=round(10 * miss_rate)))
    draft.say(*told)


def add_tool_view(draft: Draft, analysis: Analysis, turn: int) -> None:
    """What the finding rests on, for somebody who reads it otherwise."""
    finding = analysis.finding(turn)
    if finding and finding.codes:
        draft.say(phrase("challenge_words", **_slots(analysis, turn, finding.codes)), _sure(analysis, turn), lead="seen")
    else:
        _add_nothing(draft, analysis, turn, finding)


def add_reading(draft: Draft, analysis: Analysis, turn: int, reading: Passage | None, *, full: bool = False) -> None:
    """An innocent or cultural reading, which a complaint of unfair treatment is never given: the corpus's, and when `full`
    also what the codebook tells it apart from."""
    finding = analysis.finding(turn)
    contrast = _contrast(finding.codes[0]) if finding and finding.codes else ""
    if reading is None:
        draft.say(contrast, phrase("reading_unless") if contrast else "", lead="reading")
        return
    told = sentences(reading.text)
    most = 2 if full or len(told[0].split()) < _SHORT_READING else 1
    draft.say(
        contrast if full else "", draft.claim(" ".join(told[:most]), [reading.id]), phrase("reading_unless"), lead="reading"
    )


def add_ways(draft: Draft, found: Material, turn: int, *, most: int) -> None:
    """Two ways to respond, more up to `most` while there is room; each the passage's own advice with example words, cited."""
    parts: list[str] = []
    reserved = len(first_sentence(found.avoid).split()) if found.avoid else 0
    for position, way in enumerate(found.ways[:most]):
        text = way_text(way.advice, way.words, seed=turn + position)
        if position >= 2 and len(" ".join([*parts, text]).split()) + reserved > draft.room():
            break
        parts.append(draft.claim(text, way.passages))
        draft.strategies.append(way.strategy)
    draft.say(*parts, lead="respond")


def add_lines(draft: Draft, found: Material, guidance: Guidance, turn: int) -> None:
    """Up to three lines to try, each with what the document it stands in warns of."""
    used: list[str] = []
    told = []
    for way in found.ways:
        if (words := way.words) is None:
            continue
        there = (p for p in guidance.passages.values() if p.document == way.advice.document)
        avoid = next((p for p in there if p.role is PassageRole.AVOID), found.avoid)
        risk = next((text for text in sentences(avoid.text) if text not in used), "") if avoid else ""
        used.append(risk)
        draft.strategies.append(way.strategy)
        line = phrase("line", words=words.text, risk=risk) if risk else phrase("line_bare", words=words.text)
        told.append(draft.claim(line, [words.passage, *([avoid.id] if avoid and risk else [])]))
    draft.say(*(told or [phrase("no_lines")]), lead="lines" if told else "")
    draft.say(phrase("lines_end", seed=turn) if told else "")


def way_text(advice: Passage, words: Words | None, seed: int) -> str:
    """The advice as the passage puts it, with example words if there are any."""
    told = first_sentence(advice)
    return phrase("way", seed=seed, advice=told, words=words.text) if words else phrase("way_bare", advice=told)


def add_avoid(draft: Draft, avoid: Passage | None, *, most: int = 1) -> None:
    """What the corpus says goes wrong here, its first sentence or more, if there is room for it."""
    told = " ".join(sentences(avoid.text)[:most]) if avoid else ""
    if avoid and len(told.split()) <= draft.room():
        draft.say(draft.claim(told, [avoid.id]), lead="avoid")


def add_answer(draft: Draft, analysis: Analysis, turn: int) -> None:
    """What the therapist did next within the episode, if it was coded as answering the strain."""
    if use := analysis.answer_to(turn):
        row = BY_CODE[use.code]
        draft.turns.append(use.turn)
        draft.say(phrase("strategy_then", turn=use.turn, label=row.label, code=row.code), lead="answered")


def slice_of(text: str) -> str:
    """The first thirty words as they stand, in quotation marks, with an ellipsis when more follow and a full stop when none ends
    them."""
    ends = [word.end() for word in re.finditer(r"\S+", text)]
    cut = text if len(ends) <= _QUOTE_WORDS else text[: ends[_QUOTE_WORDS - 1]]
    end = " …" if cut is not text else "" if cut.rstrip().endswith((".", "?", "!", "…")) else "."
    return f"“{cut.strip()}”{end}"


def who_says(analysis: Analysis, turn: int) -> str:
    """`the client`, or `Client A` where there are several."""
    name = clean_speaker_names(analysis.transcript)[analysis.transcript.turns[turn].speaker]
    return phrase("who.several", name=name) if " " in name else phrase("who.one", name=name)


def _add_nothing(draft: Draft, analysis: Analysis, turn: int, finding: Finding | None) -> None:
    hint = next((BY_CODE[code] for code in finding.hints), None) if finding else None
    draft.say(
        phrase("no_finding", turn=turn, who=who_says(analysis, turn), quote=slice_of(analysis.transcript.turns[turn].text)),
        phrase("no_finding_hint", label=hint.label, code=hint.code) if hint else "",
        lead="seen",
    )


def _slots(analysis: Analysis, turn: int, codes: Sequence[str]) -> dict[str, Any]:
    families = {family_of(code) for code in codes}
    return {
        "turn": turn,
        "who": who_says(analysis, turn),
        "quote": quote_of(analysis, turn),
        "family": phrase(f"family.{next(iter(families))}" if len(families) == 1 else "family.mixed"),
        "named": "; ".join(phrase("named", code=code, label=BY_CODE[code].label) for code in clearest(codes)),
    }


def quote_of(analysis: Analysis, turn: int) -> str:
    """The turn as it stands, if it is short; else its longest stretch of evidence, without a comma left hanging."""
    here: Turn = analysis.transcript.turns[turn]
    finding = analysis.finding(turn)
    if len(here.text.split()) <= _QUOTE_WORDS or not finding or not finding.evidence:
        return slice_of(here.text)
    start, end = max(finding.evidence, key=lambda span: span[1] - span[0])
    return slice_of(here.text[start:end].rstrip(" ,;:—-"))


def _contrast(code: str) -> str:
    """What the code is mistaken for, without what is only there to tell it from another code."""
    told = re.split(r"; |(?<=\.) ", BY_CODE[code].contrast)[0]
    return "" if _ANOTHER_CODE.search(told) else told.rstrip(".") + "."


def _lowered(definition: str) -> str:
    return definition[:1].lower() + definition[1:]


def _sure(analysis: Analysis, turn: int) -> str:
    probability = analysis.scores[turn].get(RUPTURE, 0.0)
    return phrase("sure.high" if probability >= 0.5 else "sure.low", tenths=max(1, min(9, round(10 * probability))))
