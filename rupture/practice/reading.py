"""A practice session as an Analysis made from its reference, so that the guidance, the rule of episodes and what calls for care
read it like any session. Pure; knows no attempt."""

from rupture.analyse import complaints, notices
from rupture.analysis import Analysis, Finding, State
from rupture.assistant.caution import no_coaching
from rupture.episodes import find_episodes
from rupture.practice.comparison import seen
from rupture.practice.explanations import ReplyTurn
from rupture.practice.sets import PracticeSession
from rupture.privacy.care import by_patterns


def reference_analysis(practice: PracticeSession) -> Analysis:
    """The session with what most raters saw as its findings, their episodes, and notices of risk language and bias. There are no
    scores, since no detector had a part in it.

    Notices are those of the fixed patterns: these sessions are invented and were read by people, so what a model would notice
    besides was looked at and would only close moments that are safe to practise on.
    """
    transcript = practice.transcript
    cares = by_patterns([turn.text for turn in transcript.turns])
    codes = {turn.index: sought for turn in transcript.turns if (sought := seen(practice, turn.index).sought)}
    return Analysis(
        transcript,
        State.ANALYSED,
        findings=tuple(Finding(turn, given) for turn, given in codes.items()),
        episodes=find_episodes(transcript, codes),
        risk=notices(transcript, cares),
        bias=complaints(transcript, cares),
    )


def reply_turns(practice: PracticeSession) -> tuple[ReplyTurn, ...]:
    """The moments at which a reply is asked for, in order: those that are explained, but none on which coaching stops."""
    if practice.explained is None:
        return ()
    analysis = reference_analysis(practice)
    return tuple(reply for reply in practice.explained.replies if not no_coaching(analysis, reply.turn))
