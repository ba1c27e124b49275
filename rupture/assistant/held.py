"""What held in a session, as values: the therapist's answers that may have met a strain, and the longest calm. The one place
for the chat, which words it, and for the screen, which draws it. Pure.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from rupture.analysis import Analysis, Episode, State
from rupture.assistant.caution import may_be_bias, no_coaching, violence_in_joint_session
from rupture.codebook import STRATEGIES
from rupture.transcript import Role

_CALM = 4
"""Client turns in a row without a marker that are worth a word."""
_EASED = 4
"""The degree of resolution, 1 to 5, from which a stretch of strain is said to ease by its end."""


@dataclass(frozen=True, slots=True)
class Repair:
    """A therapist turn that was given a strategy, its first code, and the episode it falls in, if any."""

    turn: int
    code: str
    episode: Episode | None


@dataclass(frozen=True, slots=True)
class Held:
    """All repairs, those of the best resolved episodes first, and the client turns of the longest stretch without a marker;
    a stretch too short to mention is empty."""

    repairs: tuple[Repair, ...] = ()
    calm: tuple[int, ...] = ()


def held(analysis: Analysis) -> Held:
    """What held; nothing of moments with risk language or a complaint of bias, which are not to be called well, nothing of a
    session that was not read, and nothing where partners may be together and one may fear the other."""
    if analysis.state is State.NOT_ANALYSED or violence_in_joint_session(analysis):
        return Held()
    repairs = sorted(_repairs(analysis), key=lambda repair: (-(repair.episode.resolved if repair.episode else 0), repair.turn))
    calm = max(_calm(analysis), key=len, default=())
    return Held(tuple(repairs), calm if len(calm) >= _CALM else ())


def degree(episode: Episode) -> str:
    """How a stretch of strain with an answer in it ends, as the key of the phrase about it: `eased` when it was answered and
    the client then went on without a marker; `open` when strain came up again, or the client did not speak again. Several
    answers of one stretch share its end, strain may have gone on between them, and none of them need have brought it about: so
    the phrases speak of the stretch and not of the answer."""
    return "eased" if episode.resolved >= _EASED else "open"


def guarded(analysis: Analysis, turn: int) -> bool:
    """Whether nothing about `turn` may be called well: risk language, or perhaps a complaint of bias."""
    return no_coaching(analysis, turn) or may_be_bias(analysis, turn)


def _repairs(analysis: Analysis) -> Iterator[Repair]:
    for finding in analysis.findings:
        code = next((code for code in finding.codes if code in STRATEGIES), None)
        episode = analysis.episode_at(finding.turn)
        if code and not guarded(analysis, finding.turn) and not (episode and guarded(analysis, episode.peak)):
            yield Repair(finding.turn, code, episode)


def _calm(analysis: Analysis) -> list[tuple[int, ...]]:
    """Stretches of client turns without a code."""
    marked = {finding.turn for finding in analysis.findings if finding.codes}
    marked |= {notice.turn for notice in analysis.risk} | {notice.turn for notice in analysis.bias}
    clients = [turn.index for turn in analysis.transcript.turns if turn.role is Role.CLIENT]
    return [tuple(turns) for coded, turns in groupby(clients, key=lambda turn: turn in marked) if not coded]
