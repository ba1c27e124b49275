"""Small sessions with several raters, written out in a test."""

from dataclasses import replace

import pytest

from rupture.coding.values import votes_of
from rupture.practice.explanations import Contrast, Explained, ExplainedTurn, ReplyTurn
from rupture.practice.sets import PracticeSession, practice_sessions

from .small import LINES


@pytest.fixture(scope="session")
def ours():
    """The real practice sessions."""
    return practice_sessions()


@pytest.fixture
def rated(coded):
    """A practice session of `lines`, whose writer and `others` (codes by turn) are its raters."""

    def build(lines=LINES, *others, id="x9-01", explained=None, human=False):
        session = coded(lines, id)
        writer = {turn: session.codes(turn) for turn in range(len(session.votes)) if session.codes(turn)}
        raters = [writer, *others]
        return PracticeSession(replace(session, votes=votes_of(raters, session.transcript)), len(raters), explained, human)

    return build


@pytest.fixture
def explained():
    """What is said about the session of LINES: each coded turn, and turn 5, which tempts."""
    return Explained(
        session="x9-01",
        level=2,
        setting="health",
        about="A van driver and a dietitian.",
        look_for="Hear how compliance turns into an objection.",
        turns=(
            ExplainedTurn(1, ("W5",), (6, 24), "It hands the choice back.", Contrast("W2", "It is not only short.")),
            ExplainedTurn(2, ("R5",), (2, 21), "A part is owned.", Contrast(None, "It is more than a remark.")),
            ExplainedTurn(3, ("C3",), (4, 15), "The task is called stupid.", Contrast("C1", "Not the person.")),
            ExplainedTurn(5, (), (0, 16), "An answer with own detail.", Contrast("W4", "It stays with the diary.")),
        ),
        replies=(ReplyTurn(3, ("R2", "R5"), "Then let's drop it. What would do instead?", "It takes the objection up."),),
    )
