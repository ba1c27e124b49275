"""When a reply holds back: risk language, violence between partners, complaints of bias. Pure."""

import re
from dataclasses import replace

from rupture.analysis import Analysis
from rupture.episodes import REACH
from rupture.guidance.values import Guidance
from rupture.privacy.risk import ends_joint_work
from rupture.transcript import Role

_JOINT = frozenset({"couples", "family"})
_WHO = (
    r"black|brown|asian|gay|lesbian|bi|queer|trans|woman|muslim|jewish|hindu|sikh|disabled|deaf|blind|autistic|old|young|fat"
    r"|foreign|foreigner|poor|immigrant"
)
_BIAS = re.compile(
    r"\b(?:racis\w*|sexis\w*|homophob\w*|transphob\w*|islamophob\w*|antisemit\w*|ableis\w*|ageis\w*|xenophob\w*|prejudice\w*"
    r"|bigot\w*|stereotyp\w*|discriminat\w*|microaggress\w*|white (?:therapists?|people|person|woman|man|guy|lady)"
    rf"|(?:because|cause|cos) i(?:'m| am) (?:an? )?(?:{_WHO})|people like me|you people|misgender\w*|pronouns"
    r"|(?:my|our) (?:accent|skin|race|religion|culture|hijab|turban))\b",
    re.IGNORECASE,
)


def complains_of_bias(text: str) -> bool:
    """Whether the words speak of unfair treatment for who the person is; such a complaint is never given another reading."""
    return bool(_BIAS.search(text.replace("’", "'")))


def bias_at(analysis: Analysis, turn: int) -> bool:
    """Whether the speaker of `turn` complains of bias there or shortly before: what follows such a complaint belongs to it."""
    turns = analysis.transcript.turns
    return any(
        complains_of_bias(t.text)
        for t in turns[max(0, turn - REACH) : turn + 1]
        if t.role is Role.CLIENT and t.speaker == turns[turn].speaker
    )


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
