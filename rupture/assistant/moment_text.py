"""Paragraphs about one moment: what was seen, another reading, ways to respond, what to avoid, what came next. Each adds to a
Draft."""

import re

from rupture.analysis import Analysis, Finding
from rupture.assistant.draft import Draft, phrase
from rupture.assistant.moments import Material
from rupture.codebook import BY_CODE, RUPTURE
from rupture.guidance.wording import first_sentence, sentences
from rupture.transcript import Role, Turn, clean_speaker_names

_QUOTE_WORDS = 30


def add_seen(draft: Draft, analysis: Analysis, turn: int, *, brief: bool = False) -> None:
    """The words at `turn` and what they may be; not `brief`: with what came before, the definition and how sure."""
    finding = analysis.finding(turn) or Finding(turn, ())
    if not finding.codes:
        hint = next((BY_CODE[code] for code in finding.hints), None)
        draft.say(
            phrase("no_finding", turn=turn),
            phrase("no_finding_hint", label=hint.label, code=hint.code) if hint else "",
            lead="seen",
        )
        return
    here = analysis.transcript.turns[turn]
    speaker = clean_speaker_names(analysis.transcript)[here.speaker]
    rows = [BY_CODE[code] for code in finding.codes]
    seen = phrase(
        "seen",
        seed=turn,
        turn=turn,
        speaker=speaker,
        quote=quoted(here, finding),
        family=phrase(f"family.{rows[0].family}"),
        label=" and ".join(row.label for row in rows),
        code=", ".join(finding.codes),
    )
    if brief:
        draft.say(seen, lead="seen")
        return
    before = next((t for t in reversed(analysis.transcript.turns[:turn]) if t.role is Role.THERAPIST), None)
    preceding = phrase("preceding", seed=turn, quote=shortened(before.text)) if before else ""
    draft.say(seen, preceding, *(row.definition for row in rows[:1]), _sure(analysis, turn), lead="seen")


def add_reading(draft: Draft, analysis: Analysis, turn: int, found: Material, *, bias: bool, most: int) -> None:
    """An innocent or cultural reading from the codebook and the corpus; none for a complaint about bias."""
    if bias:
        draft.say(phrase("bias"), lead="reading")
        return
    finding = analysis.finding(turn)
    contrast = BY_CODE[finding.codes[0]].contrast if finding and finding.codes else ""
    quoted_reading = draft.claim(" ".join(sentences(found.reading.text)[:most]), [found.reading.id]) if found.reading else ""
    if contrast or quoted_reading:
        draft.say(contrast, quoted_reading, lead="reading")


def add_ways(draft: Draft, found: Material, turn: int, *, most: int) -> None:
    """Up to `most` ways to respond, each the passage's own advice with example words, each cited."""
    parts = []
    for position, way in enumerate(found.ways[:most]):
        advice = first_sentence(way.advice)
        text = (
            phrase("way", seed=turn + position, advice=advice, words=way.words)
            if way.words
            else phrase("way_bare", advice=advice)
        )
        parts.append(draft.claim(text, way.passages))
        draft.strategies.append(way.strategy)
    if parts:
        draft.say(*parts, lead="respond")


def add_avoid(draft: Draft, found: Material) -> None:
    """What the corpus says goes wrong here."""
    if found.avoid:
        draft.say(draft.claim(first_sentence(found.avoid), [found.avoid.id]), lead="avoid")


def add_answer(draft: Draft, analysis: Analysis, turn: int) -> None:
    """What the therapist did next within the episode, if it was coded as answering the strain."""
    episode = analysis.episode_at(turn)
    use = next((use for use in episode.strategies if use.turn > turn), None) if episode else None
    if use:
        row = BY_CODE[use.code]
        draft.turns.append(use.turn)
        draft.say(phrase("strategy_then", turn=use.turn, label=row.label, code=row.code), lead="answered")


def quoted(turn: Turn, finding: Finding) -> str:
    """The evidence words as they stand in the turn, the first stretch if there are several; shortened at a word."""
    start, end = finding.evidence[0] if finding.evidence else (0, len(turn.text))
    return shortened(turn.text[start:end])


def shortened(text: str) -> str:
    """The first thirty words as they stand, with an ellipsis when more follow."""
    ends = [word.end() for word in re.finditer(r"\S+", text)]
    return text.strip() if len(ends) <= _QUOTE_WORDS else text[: ends[_QUOTE_WORDS - 1]].lstrip() + " …"


def _sure(analysis: Analysis, turn: int) -> str:
    probability = analysis.scores[turn].get(RUPTURE, 0.0)
    return phrase("sure.high" if probability >= 0.5 else "sure.low", tenths=max(1, min(9, round(10 * probability))))
