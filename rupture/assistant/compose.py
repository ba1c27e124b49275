"""The default reply: composed from the analysis, passages and reviewed phrases, without a language model.

One function an intent; each adds paragraphs to the draft of a request.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from rupture.analysis import Analysis, State
from rupture.assistant.draft import Draft, phrase
from rupture.assistant.focus import ranked_moments
from rupture.assistant.moment_text import add_answer, add_avoid, add_reading, add_seen, add_ways
from rupture.assistant.moments import Material, complains_of_bias, material
from rupture.assistant.reply import Conversation, Reply
from rupture.codebook import BY_CODE, Family
from rupture.guidance.query import codes_in, question_query
from rupture.guidance.rank import covered, rank
from rupture.guidance.values import PassageRole
from rupture.guidance.wording import first_sentence, sentences
from rupture.privacy.risk import ends_joint_work, kinds
from rupture.protocols import Retriever

_PASSAGES = 3


@dataclass(slots=True)
class _Request:
    """What one reply is made from, and the draft it is made in."""

    question: str
    conversation: Conversation
    retriever: Retriever
    miss_rate: float | None
    risk: bool = False
    draft: Draft = field(default_factory=Draft)

    def reply(self, *, covered: bool = True) -> Reply:
        return self.draft.reply(covered=covered, risk=self.risk)


def compose(question: str, conversation: Conversation, retriever: Retriever, miss_rate: float | None) -> Reply:
    """The reply to `question`; `conversation` already says what is in focus and what the question is after.

    Risk language in the question ends the reply with the notice; in the session it adds the notice and ends coaching on its
    turns.
    `miss_rate` is the detector's measured share of missed turns, or None when it was not measured.
    """
    request = _Request(question, conversation, retriever, miss_rate)
    analysis = conversation.analysis
    asked = kinds(question)
    _add_risk(request, asked, analysis)
    if asked:
        return request.reply()
    if analysis is None or conversation.intent in _ANYTIME:
        return _ANYTIME.get(conversation.intent, _guidance)(request)
    return _about_session(request, analysis)


def _add_risk(request: _Request, asked: tuple[str, ...], analysis: Analysis | None) -> None:
    notices = analysis.risk if analysis else ()
    if not asked and not notices:
        return
    request.risk = True
    turns = ", ".join(str(turn) for turn in dict.fromkeys(notice.turn for notice in notices))
    request.draft.say(
        phrase("risk_notice", where=phrase("risk_where_question") if asked else phrase("risk_where_turns", turns=turns)),
        phrase("risk_joint") if ends_joint_work([*asked, *(notice.kind for notice in notices)]) else "",
    )


def _about_session(request: _Request, analysis: Analysis) -> Reply:
    draft, turn = request.draft, request.conversation.focus
    if analysis.state is State.NOT_ANALYSED:
        draft.say(phrase("not_analysed", reasons=" ".join(analysis.notes)))
    elif turn is None:
        missed = "no_marker_unknown" if request.miss_rate is None else "no_marker_missed"
        tenths = {} if request.miss_rate is None else {"missed": round(10 * request.miss_rate)}
        draft.say(phrase("no_marker", turns=len(analysis.transcript.turns), missed=phrase(missed, **tenths)))
    elif turn >= len(analysis.transcript.turns):
        draft.say(phrase("no_such_turn", turn=turn, last=len(analysis.transcript.turns) - 1))
    else:
        _about_turn(request, analysis, turn)
    return request.reply()


def _about_turn(request: _Request, analysis: Analysis, turn: int) -> None:
    if analysis.state is State.PARTLY:
        request.draft.say(phrase("partly", reasons=" ".join(analysis.notes)))
    request.draft.turns.append(turn)
    if any(notice.turn == turn for notice in analysis.risk):
        request.draft.say(phrase("risk_moment", turn=turn))
        return
    found = material(analysis, turn, request.retriever, request.question, request.conversation.modality)
    _SESSION.get(request.conversation.intent, _overview)(request, analysis, turn, found)


def _overview(request: _Request, analysis: Analysis, turn: int, found: Material) -> None:
    draft, moments = request.draft, ranked_moments(analysis)
    if moments:
        draft.say(phrase("overview_count.one") if len(moments) == 1 else phrase("overview_count.many", count=len(moments)))
    add_seen(draft, analysis, turn, brief=True)
    _add_reading(request, analysis, turn, found, most=1)
    add_ways(draft, found, turn, most=2)
    add_avoid(draft, found)
    if others := [str(moment) for moment in moments if moment != turn][:4]:
        draft.say(phrase("also", turns="turn " + ", ".join(others)))


def _explain(request: _Request, analysis: Analysis, turn: int, found: Material) -> None:
    add_seen(request.draft, analysis, turn)
    _add_reading(request, analysis, turn, found, most=1)
    add_answer(request.draft, analysis, turn)


def _challenge(request: _Request, analysis: Analysis, turn: int, found: Material) -> None:
    request.draft.say(phrase("challenge", seed=turn))
    add_seen(request.draft, analysis, turn, brief=True)
    _add_reading(request, analysis, turn, found, most=2)
    request.draft.say(phrase("challenge_tell"))


def _respond(request: _Request, analysis: Analysis, turn: int, found: Material) -> None:
    add_seen(request.draft, analysis, turn, brief=True)
    add_ways(request.draft, found, turn, most=3)
    add_avoid(request.draft, found)


def _add_reading(request: _Request, analysis: Analysis, turn: int, found: Material, *, most: int) -> None:
    bias = complains_of_bias(analysis.transcript.turns[turn].text)
    add_reading(request.draft, analysis, turn, found, bias=bias, most=most)


def _guidance(request: _Request) -> Reply:
    """A question answered from the corpus alone, or said not to be covered."""
    query = question_query(request.question)
    found = request.retriever.candidates(query)
    if not covered(found, query):
        request.draft.say(phrase("not_covered"))
        return request.reply(covered=False)
    for position, candidate in enumerate(rank(found, query, limit=_PASSAGES)):
        passage = candidate.passage
        if passage.role is PassageRole.SAY:
            text = f"{passage.title}, in words: {' '.join(passage.text.split())}"
        else:
            text = " ".join(sentences(passage.text)[:3]) if position == 0 else first_sentence(passage)
        request.draft.strategies.extend(passage.strategies)
        request.draft.say(request.draft.claim(text, [passage.id]))
    return request.reply()


def _define(request: _Request) -> Reply:
    """Codes the question names, from the codebook; otherwise the corpus is asked."""
    codes = codes_in(request.question)
    if not codes:
        return _guidance(request)
    for row in (BY_CODE[code] for code in codes):
        if row.family is Family.STRATEGY:
            request.draft.say(phrase("definition_strategy", code=row.code, label=row.label, definition=row.definition))
            continue
        family = phrase(f"family.{row.family}")
        request.draft.say(
            phrase(
                "definition_reply",
                code=row.code,
                label=row.label,
                family=family,
                definition=row.definition,
                contrast=row.contrast,
            ),
            phrase("component", components=" and ".join(row.components)),
        )
    return request.reply()


def _about(request: _Request) -> Reply:
    request.draft.say(phrase("about"))
    return request.reply()


_ANYTIME: Mapping[str, Callable[[_Request], Reply]] = {"define": _define, "about": _about, "question": _guidance}
_SESSION: Mapping[str, Callable[[_Request, Analysis, int, Material], None]] = {
    "overview": _overview,
    "explain": _explain,
    "challenge": _challenge,
    "respond": _respond,
}
