"""Which turn a question is about."""

import pytest
from written_sessions import CONFRONTATION, COUPLE, NOTHING, WITHDRAWAL, analysed

from rupture.assistant.focus import named_turn, ranked_moments, turn_in_focus
from rupture.assistant.reply import Conversation


@pytest.mark.parametrize(
    ("question", "number"),
    [
        ("what could I have said at turn 14?", 14),
        ("Turn 3, please", 3),
        ("and #7", 7),
        ("turns 4 and 5", 4),
        ("what happened in the second half", None),
        ("I saw her for 14 sessions", None),
        ("", None),
    ],
)
def test_a_number_counts_as_a_turn_only_where_it_is_called_one(question, number):
    assert named_turn(question) == number


@pytest.mark.parametrize(
    ("question", "intent", "focus", "turn"),
    [
        ("what could I have said at turn 9", "respond", None, 9),
        ("what should I have said at turn 10", "respond", None, 9),  # the therapist's turn answers the one before
        ("turn 0", "explain", None, 1),  # no client turn before it: the one after
        ("turn 99", "explain", 13, 99),
        ("what could I have said", "respond", 11, 11),
        ("what could I have said", "respond", None, 13),
        ("where did it go wrong", "overview", 7, 13),
        ("and the first one?", "explain", 7, 13),
        ("and the second one?", "explain", 13, 11),
        ("the last one", "explain", 13, 7),
        ("and the next one?", "explain", 11, 9),
        ("and the next one?", "explain", 7, 7),
        ("the other moment", "explain", 13, 11),
        ('why is "yes, that too" not just agreement?', "challenge", 13, 9),
        ("what about when he said “You're the expert”?", "explain", 13, 7),
        ("what about 'whatever you think is best'", "explain", 13, 7),
        ("I said 'could you say a little more' there", "respond", 7, 11),  # the therapist's words, the turn before them
        ("when she said 'something that is nowhere'", "explain", 9, 9),
    ],
)
def test_focus_in_a_session_with_one_client(question, intent, focus, turn):
    assert turn_in_focus(question, intent, Conversation(analysed("w", WITHDRAWAL), focus=focus)) == turn


@pytest.mark.parametrize(
    ("question", "focus", "turn"),
    [
        ("what could I have said to Rob?", None, 8),
        ("what about rob", 2, 2),
        ("what about Client B?", None, 8),
        ("what about Dana?", 8, 8),  # nothing was found for her
        ("Dana and Rob?", 2, 2),
    ],
)
def test_a_client_who_is_named_has_the_focus_among_several(question, focus, turn):
    assert turn_in_focus(question, "respond", Conversation(analysed("c", COUPLE), focus=focus)) == turn


def test_there_is_no_focus_without_a_session_or_a_finding():
    assert turn_in_focus("turn 3", "explain", Conversation()) is None
    assert turn_in_focus("what could I have said", "respond", Conversation(analysed("n", NOTHING))) is None
    assert turn_in_focus("turn 3", "explain", Conversation(analysed("n", NOTHING))) == 3


def test_top_moments_come_first_then_the_surest():
    assert ranked_moments(analysed("w", WITHDRAWAL)) == [13, 11, 9, 7]
    assert ranked_moments(analysed("c", CONFRONTATION)) == [5, 3, 1]
