"""When a reply holds back: risk language, violence between partners, complaints of bias. Pure."""

import re
from dataclasses import replace

from rupture.analysis import Analysis, BiasNotice
from rupture.episodes import REACH
from rupture.guidance.values import Guidance
from rupture.privacy.risk import ends_joint_work
from rupture.transcript import Role

_JOINT = frozenset({"couples", "family"})
_JUST_BEFORE = 2
"""Turns back to a speaker's words before the therapist's."""
_THEIR = r"(?:his|her|their|the client's)"
_BY_PERSON = re.compile(
    r"\b(?:project(?:ing|ion|s)|(?:over|hyper)[- ]?(?:sensitiv\w*|react\w*)|too sensitive|thin[- ]skinned|touchy"
    r"|transference|paranoi\w*"
    rf"|chip on {_THEIR} shoulder|play(?:ing|s)? the (?:\w+ )?card|victim|exaggerat\w*|imagin(?:ing|es)|making it up"
    rf"|reading (?:too much )?into|sees? it everywhere|mistrust\w*|(?:{_THEIR}|a|an old) (?:\w+ )?patterns?"
    rf"|{_THEIR} (?:history|past|childhood|upbringing|trauma|issues?|personality|attachment|schemas?|insecurit\w*)"
    r"|attachment|avoidant|fears? of (?:closeness|intimacy|abandonment|authority|rejection)|patterns? (?:with|of)|trust issues"
    r"|authority (?:issues?|figures?|thing)|core beliefs?|self[- ]esteem|people[- ]pleas\w*"
    r"|off (?:this|the|that) (?:topic|subject)|mov(?:e|ing) (?:him|her|them|us|on) (?:on|from|away)"
    r"|back to (?:the|our) (?:real|actual|goals?|work|task|agenda))\b",
    re.IGNORECASE,
)


def bias_at(analysis: Analysis, turn: int) -> bool:
    """Whether the speaker of `turn` complains of bias there or shortly before: what follows such a complaint belongs to it."""
    return any(notice.plain for notice in _notices(analysis, turn, REACH))


def may_be_bias(analysis: Analysis, turn: int) -> bool:
    """Whether the words at `turn`, or the same speaker's just before, may be such a complaint: then no other reading is
    offered."""
    return bias_at(analysis, turn) or bool(_notices(analysis, turn, _JUST_BEFORE))


def explains_by_person(question: str) -> bool:
    """Whether the question explains a client's words by what the client is like, which a complaint must never be met with."""
    return bool(_BY_PERSON.search(question))


def _notices(analysis: Analysis, turn: int, reach: int) -> list[BiasNotice]:
    turns = analysis.transcript.turns
    return [n for n in analysis.bias if turn - reach <= n.turn <= turn and turns[n.turn].speaker == turns[turn].speaker]


def no_coaching(analysis: Analysis, turn: int) -> bool:
    """Whether advice on `turn` must stop: risk language there or in its episode, or violence in a session of several clients."""
    if violence_in_joint_session(analysis):
        return True
    episode = analysis.episode_at(turn)
    covered = range(episode.onset, episode.end + 1) if episode else range(turn, turn + 1)
    return any(notice.turn == turn or notice.turn in covered for notice in analysis.risk)


def fitting_guidance(analysis: Analysis | None, guidance: Guidance) -> Guidance:
    """The guidance without documents for several clients together, where one partner may fear the other; else all of it."""
    if analysis is None or not ends_joint_work(notice.kind for notice in analysis.risk):
        return guidance
    return replace(guidance, passages={id: p for id, p in guidance.passages.items() if _JOINT.isdisjoint(p.modality)})


def violence_in_joint_session(analysis: Analysis) -> bool:
    """Whether partners are, or may be, in the room together and one may fear the other: then any advice is joint advice."""
    return ends_joint_work(notice.kind for notice in analysis.risk) and len(analysis.transcript.speakers_in(Role.CLIENT)) > 1
