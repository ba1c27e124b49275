"""The default reply: composed from the analysis, passages and reviewed phrases, without a language model.

One function an intent; each adds paragraphs to the draft of a request. Replies without a session are in `general`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from rupture.analysis import Analysis, State
from rupture.assistant import general
from rupture.assistant.caution import bias_at, fitting_guidance, no_coaching, violence_in_joint_session
from rupture.assistant.draft import Draft, phrase
from rupture.assistant.focus import ranked_moments
from rupture.assistant.moment_text import add_answer, add_avoid, add_explained, add_reading, add_seen, add_tool_view, add_ways
from rupture.assistant.moments import Material, material
from rupture.assistant.reply import Conversation, Reply
from rupture.guidance.query import question_query
from rupture.guidance.values import Guidance, PassageRole
from rupture.privacy.risk import ends_joint_work, kinds
from rupture.protocols import Retriever


@dataclass(slots=True)
class _Request:
    """What one reply is made from, and the draft it is made in."""

    question: str
    conversation: Conversation
    again: bool
    miss_rate: float | None
    found: Material = field(default_factory=Material)
    draft: Draft = field(default_factory=Draft)


def compose(
    question: str,
    conversation: Conversation,
    guidance: Guidance,
    retriever: Retriever,
    miss_rate: float | None,
    *,
    again: bool = False,
) -> Reply:
    """The reply to `question`; `conversation` already says what is in focus and what the question is after, `again` that the last
    reply spoke of the same turn.

    Risk language in the question ends the reply with the notice; in the session it adds the notice and ends coaching on its
    episodes. `miss_rate` is the detector's measured share of missed turns, or None when it was not measured.
    """
    request = _Request(question, conversation, again, miss_rate)
    draft, analysis = request.draft, conversation.analysis
    asked = kinds(question)
    risk = _add_risk(draft, asked, conversation)
    guidance = fitting_guidance(analysis, guidance)
    if asked:
        return draft.reply(risk=risk)
    if analysis is None or conversation.intent not in _SESSION:
        covered = general.add(draft, conversation.intent, question, guidance, retriever)
        return draft.reply(covered=covered, risk=risk)
    _about_session(request, analysis, guidance, retriever)
    return draft.reply(risk=risk)


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


def _about_session(request: _Request, analysis: Analysis, guidance: Guidance, retriever: Retriever) -> None:
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
        _about_turn(request, analysis, turn, guidance, retriever)


def _about_turn(request: _Request, analysis: Analysis, turn: int, guidance: Guidance, retriever: Retriever) -> None:
    draft = request.draft
    if analysis.state is State.PARTLY and not request.again:
        draft.say(phrase("partly", reasons=" ".join(analysis.notes)))
    draft.turns.append(turn)
    if no_coaching(analysis, turn):
        add_seen(draft, analysis, turn)
        draft.say(phrase("risk_session" if violence_in_joint_session(analysis) else "risk_moment", turn=turn))
        return
    finding = analysis.finding(turn)
    if not finding or not (finding.codes or finding.hints):
        _nothing_found(request, analysis, turn, guidance, retriever)
        return
    request.found = material(analysis, turn, guidance, retriever, request.question, request.conversation.modality)
    _SESSION[request.conversation.intent](request, analysis, turn)


def _nothing_found(request: _Request, analysis: Analysis, turn: int, guidance: Guidance, retriever: Retriever) -> None:
    """A turn without a marker: what the question itself says went wrong is all there is to look up."""
    add_seen(request.draft, analysis, turn)
    if not general.add_if_clear(request.draft, request.question, guidance, retriever):
        request.draft.say(phrase("no_finding_ask"))


def _overview(request: _Request, analysis: Analysis, turn: int) -> None:
    draft, moments = request.draft, ranked_moments(analysis)
    if moments and not request.again:
        draft.say(phrase("overview_count.one") if len(moments) == 1 else phrase("overview_count.many", count=len(moments)))
    add_seen(draft, analysis, turn)
    _add_reading(request, analysis, turn)
    add_ways(draft, request.found, turn, most=2)
    add_avoid(draft, request.found.avoid)
    if others := [str(moment) for moment in moments if moment != turn][:4]:
        draft.say(phrase("also.one" if len(others) == 1 else "also.many", turns=", ".join(others)))


def _explain(request: _Request, analysis: Analysis, turn: int) -> None:
    add_explained(request.draft, analysis, turn)
    _add_reading(request, analysis, turn)
    add_answer(request.draft, analysis, turn)


def _challenge(request: _Request, analysis: Analysis, turn: int) -> None:
    draft = request.draft
    if bias_at(analysis, turn):
        add_seen(draft, analysis, turn, again=request.again)
        _add_reading(request, analysis, turn)
        add_avoid(draft, request.found.avoid)
        return
    draft.say(phrase("challenge", seed=turn))
    add_tool_view(draft, analysis, turn)
    add_reading(draft, analysis, turn, request.found.reading, full=True)
    draft.say(phrase("challenge_tell"))


def _respond(request: _Request, analysis: Analysis, turn: int) -> None:
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


def _add_reading(request: _Request, analysis: Analysis, turn: int) -> None:
    if bias_at(analysis, turn):
        request.draft.say(phrase("bias"))
    else:
        add_reading(request.draft, analysis, turn, request.found.reading)


_SESSION: Mapping[str, Callable[[_Request, Analysis, int], None]] = {
    "overview": _overview,
    "explain": _explain,
    "challenge": _challenge,
    "respond": _respond,
}
