"""The sessions to practise on, and which one comes next.

Takes coded sessions and their explanations; gives frozen values. Which session comes next never says whether it has a rupture.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rupture.codebook import MARKER_FAMILIES, Family
from rupture.coding.sessions import split_sessions
from rupture.coding.standoff import read_raters
from rupture.coding.values import CodedSession
from rupture.practice.explanations import Explained, read_explained
from rupture.resources import BLIND_CODES, CORPUS, SESSIONS
from rupture.transcript import Role, Transcript

EXPLANATIONS = CORPUS / "practice"
_DECOYS = 1 / 3
"""Share of sessions without any rupture when a family is chosen: as many as the sessions were written with."""


@dataclass(frozen=True, slots=True)
class PracticeSession:
    """A coded session to practise on. `raters` is how many coded it; `human` says that they were people and not language models;
    `explained` is None where nobody has written explanations."""

    coded: CodedSession
    raters: int
    explained: Explained | None = None
    human: bool = False

    @property
    def id(self) -> str:
        """The session's id."""
        return self.coded.transcript.id

    @property
    def transcript(self) -> Transcript:
        """What is read."""
        return self.coded.transcript

    @property
    def families(self) -> tuple[Family, ...]:
        """The families a majority of the raters saw somewhere in it; none in a decoy."""
        clients = [turn.index for turn in self.transcript.turns if turn.role is Role.CLIENT]
        return tuple(f for f in MARKER_FAMILIES if any(self.coded.reference(turn, f.value) for turn in clients))


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to practise; None leaves it open. With a `family` some sessions without any rupture are mixed in, so
    that the choice gives nothing away."""

    level: int | None = None
    family: Family | None = None
    setting: str | None = None


def practice_sessions(
    sessions: Path = SESSIONS, annotations: Path = BLIND_CODES, explanations: Path = EXPLANATIONS
) -> tuple[PracticeSession, ...]:
    """The part `practice` of our own sessions, those that are explained: there is no practice without feedback. CorpusError when
    a session, a code or an explanation breaks its format."""
    coded = split_sessions(sessions, annotations)["practice"]
    blind = read_raters(annotations)
    return tuple(
        # One more than coded it blind: who wrote a session coded it too.
        PracticeSession(session, len(blind[session.transcript.id]) + 1, read_explained(path, session))
        for session in coded
        if (path := explanations / f"{session.transcript.id}.yaml").exists()
    )


def in_turn(
    sessions: Sequence[PracticeSession], wish: Wish, *, seed: int, done: Sequence[str] = ()
) -> tuple[PracticeSession, ...]:
    """The sessions that meet `wish`, in the order to take them: those never done first, then those done longest ago; empty when
    none does.

    `done` are ids in order of doing, repeats and strangers allowed. With a family chosen, about a third are sessions without any
    rupture, of other levels and settings too where there are too few. The same seed gives the same order.
    """
    meeting = [session for session in sessions if _meets(session, wish)]
    draw = random.Random(seed)  # noqa: S311 - which session comes next is no secret
    if wish.family is None:
        return tuple(_fresh_first([meeting], done, draw))
    showing = [session for session in meeting if wish.family in session.families]
    others = [session for session in sessions if session not in meeting]
    decoys = [[session for session in group if not session.families] for group in (meeting, others)]
    return tuple(_mixed(_fresh_first([showing], done, draw), _fresh_first(decoys, done, draw), draw))


def _meets(session: PracticeSession, wish: Wish) -> bool:
    explained = session.explained
    level, setting = (explained.level, explained.setting) if explained else (None, None)
    return wish.level in (None, level) and wish.setting in (None, setting)


def _fresh_first(groups: Sequence[Sequence[PracticeSession]], done: Sequence[str], draw: random.Random) -> list[PracticeSession]:
    """The groups one after the other, each shuffled; then what was done goes behind, the latest last."""
    last = {id: position for position, id in enumerate(done)}
    shuffled = [session for group in groups for session in draw.sample(list(group), len(group))]
    return sorted(shuffled, key=lambda session: last.get(session.id, -1))


def _mixed(showing: Sequence[PracticeSession], decoys: Sequence[PracticeSession], draw: random.Random) -> list[PracticeSession]:
    """Both in their order, a decoy at each place with the same chance until the sessions that show the family run out."""
    mixed: list[PracticeSession] = []
    left, rest = list(reversed(showing)), list(reversed(decoys))
    while left:
        mixed.append(rest.pop() if rest and draw.random() < _DECOYS else left.pop())
    return mixed
