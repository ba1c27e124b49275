"""The default reply: composed from the analysis, passages and reviewed phrases, without a language model.

One function an intent; each adds paragraphs to the draft of a request. Replies without a session are in `general`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from rupture.analysis import Analysis, State
from rupture.assistant import general
from rupture.assistant.caution import (
    bias_at,
    explains_by_person,
    fitting_guidance,
    may_be_bias,
    no_coaching,
    violence_in_joint_session,
)
from rupture.assistant.draft import Draft, phrase
from rupture.assistant.focus import beyond_the_session, compared_turns, ranked_moments
from rupture.assistant.moment_text import (
    add_answer,
    add_avoid,
    add_explained,
    add_lines,
    add_not_found,
    add_reading,
    add_seen,
    add_tool_view,
    add_ways,
)
from rupture.assistant.moments import Asked, Material, material
from rupture.assistant.reply import Conversation, Reply
from rupture.assistant.session_text import add_compared, add_held, add_questions, add_summary
from rupture.corrections import limits
from rupture.guidance.query import question_query
from rupture.guidance.values import Guidance, PassageRole
from rupture.privacy.care import Care
from rupture.privacy.risk import ends_joint_work
from rupture.protocols import Retriever


@dataclass(slots=True)
class Request:
    """What one reply is made from, and the draft it is made in. `conversation` already says what is in focus and what the
    question is after, `care` what calls for care in the question, `again` that the last reply spoke of the same
    turn; `miss_rate` is the detector's measured share of missed turns, or None when it was not measured.
    """

    question: str
    conversation: Conversation
    guidance: Guidance
    care: Care = field(default_factory=Care)
    again: bool = False
    miss_rate: float | None = None
    found: Material = field(default_factory=Material)
    draft: Draft = field(default_factory=Draft)


def compose(request: Request, retriever: Retriever) -> Reply:
    """The reply. Risk language in the question ends it with the notice; in the session it adds the notice and ends coaching
    on its episodes."""
    draft, conversation = request.draft, request.conversation
    analysis = conversation.analysis
    risk = _add_risk(draft, request.care.risk, conversation)
    guidance = fitting_guidance(analysis, request.guidance)
    if request.care.risk:
        return draft.reply(risk=risk)
    if analysis is None or not _about_the_session(request, analysis):
        covered = general.add(draft, conversation.intent, request.question, guidance, retriever)
        return draft.reply(covered=covered, risk=risk)
    _about_session(request, analysis, guidance, retriever)
    return draft.reply(risk=risk)


def _about_the_session(request: Request, analysis: Analysis) -> bool:
    """Whether the session at hand answers the question. So does a complaint of bias in focus where a general question could
    lead away from it."""
    conversation, turn = request.conversation, request.conversation.focus
    general_one = conversation.intent in ("question", "evidence") and turn is not None and turn < len(analysis.transcript.turns)
    if general_one and turn is not None and (may_be_bias(analysis, turn) or explains_by_person(request.question)):
        request.conversation = replace(conversation, intent="respond")
    return request.conversation.intent in ABOUT_SESSION


def _add_risk(draft: Draft, asked: tuple[str, ...], conversation: Conversation) -> bool:
    notices = conversation.analysis.risk if conversation.analysis else ()
    if not asked and not notices:
        return False
    turns = ", ".join(str(turn) for turn in dict.fromkeys(notice.turn for notice in notices))
    where = phrase("risk_where_question") if asked else phrase("risk_where_turns", turns=turns)
    told = "risk_again" if conversation.noticed and not asked else "risk_notice"
    joint = ends_joint_work([*asked, *(notice.kind for notice in notices)])
    draft.notice(phrase(told, where=where), phrase("risk_joint") if joint else "")
    return True


def _about_session(request: Request, analysis: Analysis, guidance: Guidance, retriever: Retriever) -> None:
    draft, turn = request.draft, request.conversation.focus
    if analysis.state is State.NOT_ANALYSED:
        draft.say(phrase("not_analysed", reasons=" ".join(analysis.notes)))
    elif request.conversation.intent in _WHOLE:
        _about_whole(request, analysis)
    elif turn is None:
        draft.say(phrase("no_marker", turns=len(analysis.transcript.turns), missed=_missed(request)))
    elif turn >= len(analysis.transcript.turns):
        draft.say(phrase("no_such_turn", turn=turn, last=len(analysis.transcript.turns) - 1))
    else:
        _about_turn(request, analysis, turn, guidance, retriever)


def _missed(request: Request) -> str:
    """How often the tool misses a turn, as far as it is known."""
    if request.miss_rate is None:
        return phrase("no_marker_unknown")
    return phrase("no_marker_missed", missed=round(10 * request.miss_rate))


def _about_whole(request: Request, analysis: Analysis) -> None:
    if analysis.state is State.PARTLY:
        request.draft.say(phrase("partly", reasons=limits(analysis)))
    if violence_in_joint_session(analysis):
        request.draft.say(phrase("risk_whole"))
        return
    _WHOLE[request.conversation.intent](request, analysis)


def _about_turn(request: Request, analysis: Analysis, turn: int, guidance: Guidance, retriever: Retriever) -> None:
    draft = request.draft
    if analysis.state is State.PARTLY and not request.again:
        draft.say(phrase("partly", reasons=limits(analysis)))
    draft.turns.append(turn)
    if no_coaching(analysis, turn):
        add_seen(draft, analysis, turn)
        draft.say(phrase("risk_session" if violence_in_joint_session(analysis) else "risk_moment", turn=turn))
        return
    finding, intent = analysis.finding(turn), request.conversation.intent
    if not finding or not finding.codes:
        if bias_at(analysis, turn) or explains_by_person(request.question):
            request.found = material(analysis, turn, guidance, retriever, Asked(request.question, bias=True, at_word=True))
            _taken_at_word(request, analysis, turn)
            return
        if intent in _ABOUT_A_FINDING:
            add_not_found(draft, analysis, turn, request.miss_rate)
            return
    if not finding or not (finding.codes or finding.hints):
        _nothing_found(request, analysis, turn, guidance, retriever)
        return
    request.guidance = guidance
    request.found = _found(request, analysis, turn, retriever)
    (_taken_at_word if explains_by_person(request.question) else _MOMENT[intent])(request, analysis, turn)


def _found(request: Request, analysis: Analysis, turn: int, retriever: Retriever) -> Material:
    """What the guidance has for the moment; where something else is asked for, what was not offered before, if there is any."""
    conversation = request.conversation
    at_word = may_be_bias(analysis, turn) or explains_by_person(request.question)
    asked = Asked(request.question, conversation.modality, bias=request.care.bias, at_word=at_word)
    if conversation.intent == "another":
        left = material(analysis, turn, request.guidance, retriever, replace(asked, offered=conversation.offered))
        if left.ways:
            return left
        request.draft.say(phrase("no_more"))
    return material(analysis, turn, request.guidance, retriever, asked)


def _nothing_found(request: Request, analysis: Analysis, turn: int, guidance: Guidance, retriever: Retriever) -> None:
    """A turn without a marker: what the question itself says went wrong is all there is to look up."""
    add_seen(request.draft, analysis, turn)
    if not general.add_if_clear(request.draft, request.question, guidance, retriever):
        request.draft.say(phrase("no_finding_ask"))


def _overview(request: Request, analysis: Analysis, turn: int) -> None:
    draft, moments = request.draft, ranked_moments(analysis)
    if moments and not request.again:
        draft.say(phrase("overview_count.one") if len(moments) == 1 else phrase("overview_count.many", count=len(moments)))
    add_seen(draft, analysis, turn)
    _add_reading(request, analysis, turn)
    add_ways(draft, request.found, turn, most=2)
    add_avoid(draft, request.found.avoid)
    if others := [str(moment) for moment in moments if moment != turn][:4]:
        draft.say(phrase("also.one" if len(others) == 1 else "also.many", turns=", ".join(others)))


def _explain(request: Request, analysis: Analysis, turn: int) -> None:
    add_explained(request.draft, analysis, turn)
    _add_reading(request, analysis, turn)
    add_answer(request.draft, analysis, turn)


def _challenge(request: Request, analysis: Analysis, turn: int) -> None:
    draft = request.draft
    if may_be_bias(analysis, turn):
        add_seen(draft, analysis, turn, again=request.again)
        _add_reading(request, analysis, turn)
        add_ways(draft, request.found, turn, most=2)
        add_avoid(draft, request.found.avoid)
        return
    draft.say(phrase("challenge", seed=turn), "" if request.found.reading else phrase("reading_unless"))
    add_tool_view(draft, analysis, turn)
    add_reading(draft, analysis, turn, request.found.reading, full=True)
    draft.say(phrase("challenge_tell"))


def _respond(request: Request, analysis: Analysis, turn: int) -> None:
    draft, found = request.draft, request.found
    add_seen(draft, analysis, turn, again=request.again)
    asked = request.conversation.modality
    if asked and not any(asked in way.advice.modality for way in found.ways):
        draft.say(phrase("no_modality" if found.ways else "no_ways"))
    elif not found.ways:
        draft.say(phrase("no_ways"))
    if PassageRole.AVOID in question_query(request.question).roles:
        add_avoid(draft, found.avoid, most=3)
        add_ways(draft, found, turn, most=1)
        return
    add_ways(draft, found, turn, most=3)
    add_avoid(draft, found.avoid)


def _taken_at_word(request: Request, analysis: Analysis, turn: int) -> None:
    """What the question explains by what the client is like is not argued: the words stand, and ways to answer them."""
    draft = request.draft
    add_seen(draft, analysis, turn, again=request.again)
    draft.say(phrase("take_at_word"))
    add_ways(draft, request.found, turn, most=2)
    add_avoid(draft, request.found.avoid)


def _add_reading(request: Request, analysis: Analysis, turn: int) -> None:
    if bias_at(analysis, turn):
        request.draft.say(phrase("bias"))
    elif not may_be_bias(analysis, turn):
        add_reading(request.draft, analysis, turn, request.found.reading)


def _rehearse(request: Request, analysis: Analysis, turn: int) -> None:
    add_seen(request.draft, analysis, turn, again=request.again)
    add_lines(request.draft, request.found, request.guidance, turn)


def _supervision(request: Request, analysis: Analysis, turn: int) -> None:
    add_questions(request.draft, analysis, turn, request.guidance, reading=not may_be_bias(analysis, turn))


def _compare(request: Request, analysis: Analysis) -> None:
    missing = beyond_the_session(request.question, analysis)
    turns = compared_turns(request.question, request.conversation)
    if missing is not None:
        request.draft.say(phrase("no_such_turn", turn=missing, last=len(analysis.transcript.turns) - 1))
        return
    if turns is None:
        request.draft.say(phrase("compare_which"))
        return
    add_compared(request.draft, analysis, *turns)
    for turn in (turn for turn in turns if no_coaching(analysis, turn)):
        request.draft.say(phrase("risk_moment", turn=turn))


_MOMENT: Mapping[str, Callable[[Request, Analysis, int], None]] = {
    "overview": _overview,
    "explain": _explain,
    "why_not": _explain,
    "challenge": _challenge,
    "respond": _respond,
    "another": _respond,
    "rehearse": _rehearse,
    "supervision": _supervision,
}
_WHOLE: Mapping[str, Callable[[Request, Analysis], None]] = {
    "compare": _compare,
    "went_well": lambda request, analysis: add_held(request.draft, analysis, _missed(request)),
    "summary": lambda request, analysis: add_summary(request.draft, analysis, _missed(request)),
}
_ABOUT_A_FINDING = ("explain", "why_not", "challenge")
"""Where nothing was found, these ask why not."""
ABOUT_SESSION = (*_MOMENT, *_WHOLE)
"""Intents that speak of the session at hand."""
