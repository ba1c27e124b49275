"""Paragraphs about a session as a whole, or two of its moments: what held, a summary, questions for supervision, two turns
side by side. Each adds to a Draft."""

from rupture.analysis import Analysis
from rupture.assistant.draft import Draft, phrase
from rupture.assistant.focus import ranked_moments
from rupture.assistant.held import degree, guarded, held
from rupture.assistant.moment_text import quote_of, slice_of, who_says
from rupture.codebook import BY_CODE, clearest, family_of
from rupture.guidance.values import Guidance, Passage, PassageRole
from rupture.guidance.wording import first_sentence
from rupture.prompts import table

_MOST = 3
"""Moments or repairs in one reply."""


def add_held(draft: Draft, analysis: Analysis, missed: str) -> None:
    """Repairs, the best answered first, and the longest stretch without a marker."""
    found = held(analysis)
    for position, repair in enumerate(found.repairs[:_MOST]):
        turn, row = repair.turn, BY_CODE[repair.code]
        draft.turns.append(turn)
        draft.say(
            phrase("repair", seed=turn, turn=turn, quote=_words(analysis, turn), label=row.label, code=row.code),
            phrase(f"repair_after.{degree(repair.episode)}") if repair.episode else "",
            lead="" if position else "held",
        )
    if not found.repairs:
        draft.say(phrase("no_repair"), lead="held")
    if calm := found.calm:
        draft.say(phrase("calm", first=calm[0], last=calm[-1], count=len(calm), missed=missed))


def add_summary(draft: Draft, analysis: Analysis, missed: str) -> None:
    """What was found, in a few lines that stand on their own: no advice."""
    moments = ranked_moments(analysis)
    many = {0: "none", 1: "one"}.get(len(moments), "many")
    count = phrase(f"summary_moments.{many}", count=len(moments))
    draft.say(phrase("summary_count", turns=len(analysis.transcript.turns), moments=count), lead="summary")
    if not moments:
        draft.say(phrase("summary_missed", missed=missed))
    shown = sorted(moments[:_MOST])
    for position, turn in enumerate(shown):
        finding, episode = analysis.finding(turn), analysis.episode_at(turn)
        if any(analysis.episode_at(later) == episode for later in shown[position + 1 :]):
            episode = None
        named = "; ".join(
            phrase("named", code=code, label=BY_CODE[code].label) for code in clearest(finding.codes if finding else ())
        )
        use = analysis.answer_to(turn) if episode else None
        row = BY_CODE[use.code] if use else None
        draft.turns.append(turn)
        draft.say(
            phrase("summary_moment", turn=turn, who=who_says(analysis, turn), quote=quote_of(analysis, turn), named=named),
            phrase("summary_answered", turn=use.turn, label=row.label, code=row.code) if use and row else "",
            phrase("summary_open") if episode and not use else "",
            phrase(f"repair_after.{degree(episode)}") if use and episode and not guarded(analysis, turn) else "",
        )


def add_questions(draft: Draft, analysis: Analysis, turn: int, guidance: Guidance, *, reading: bool) -> None:
    """Questions about the moment to take to supervision, and how to bring it; a complaint of bias has no other `reading`."""
    finding = analysis.finding(turn)
    asked = phrase(f"questions.{family_of(finding.codes[0]).value}", seed=turn) if finding and finding.codes else ""
    draft.say(phrase("questions.opening", turn=turn, quote=quote_of(analysis, turn)), lead="asking")
    for question in (asked, phrase("questions.share"), phrase("questions.reading") if reading else "", phrase("questions.next")):
        draft.say(f"– {question}" if question else "")
    if how := _how_to_bring_it(guidance):
        draft.say(draft.claim(first_sentence(how), [how.id]))


def add_compared(draft: Draft, analysis: Analysis, first: int, second: int) -> None:
    """Two client turns side by side: the words of both, what each may be, and how far they lie apart."""
    for turn in (first, second):
        draft.turns.append(turn)
        draft.say(phrase("shown", turn=turn, who=who_says(analysis, turn), quote=quote_of(analysis, turn)))
    episode = analysis.episode_at(first)
    together = episode is not None and episode.onset <= second <= episode.end
    apart = (
        phrase("compare_apart.one", onset=episode.onset, end=episode.end)
        if episode and together
        else phrase("compare_apart.two", turns=second - first - 1)
    )
    draft.say(_difference(analysis, first, second), apart, lead="beside")
    before = [said for turn in (first, second) if (said := analysis.transcript.therapist_before(turn))]
    draft.say(*(phrase("before_it", turn=said.index, quote=slice_of(said.text)) for said in before), phrase("compare_ask"))


def _difference(analysis: Analysis, first: int, second: int) -> str:
    codes = [finding.codes[0] if (finding := analysis.finding(turn)) and finding.codes else "" for turn in (first, second)]
    named = [phrase("named", code=code, label=BY_CODE[code].label) if code else "" for code in codes]
    families = [phrase(f"family.{BY_CODE[code].family.value}") if code else "" for code in codes]
    if not any(codes):
        return phrase("compare.none")
    if not all(codes):
        return phrase("compare.one", turn=first if codes[0] else second, first=named[0] or named[1])
    if codes[0] == codes[1]:
        return phrase("compare.same", family=families[0], code=codes[0], label=BY_CODE[codes[0]].label)
    if families[0] == families[1]:
        return phrase("compare.family", family=families[0], first=named[0], second=named[1])
    return phrase("compare.differ", first_family=families[0], first=named[0], second_family=families[1], second=named[1])


def _words(analysis: Analysis, turn: int) -> str:
    return slice_of(analysis.transcript.turns[turn].text)


def _how_to_bring_it(guidance: Guidance) -> Passage | None:
    documents = table("situations")["supervision"]
    return next((p for p in guidance.passages.values() if p.document in documents and p.role is PassageRole.DO), None)
