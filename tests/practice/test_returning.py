"""What was missed returns after 1, 3, 7 and 21 days; nothing is lost on the way, and the moment does not give the answer away."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rupture.codebook import MARKERS
from rupture.coding.values import CodedSession, votes_of
from rupture.practice.attempt import AttemptError
from rupture.practice.explanations import Contrast, ExplainedTurn
from rupture.practice.returning import BEFORE, DAYS, Answer, Item, answered, due, items, moment_for
from rupture.practice.sets import PracticeSession
from rupture.transcript import Role, Transcript, Turn

from .small import LINES, attempted

DAY = datetime(2026, 1, 1, 10, tzinfo=UTC)


def at(day):
    return (DAY + timedelta(days=day)).isoformat()


def missed(day, codes, session="x9-01"):
    return replace(attempted(session, 8, codes), ended=at(day))


def answer(day, right, pair=("W5", "W2"), session="x9-01", turn=1):
    return Answer(pair, session, turn, ("W5",) if right else ("W2",), right, at(day))


def on(day):
    return date(2026, 1, 1) + timedelta(days=day)


def test_what_was_taken_for_what_is_due_the_next_day(rated):
    found = items([missed(0, {1: ["W2"], 7: ["W1"]})], [], [rated()])
    assert found == (
        Item(("C3", None), 0, on(1), "x9-01", 3),
        Item(("W5", "W2"), 0, on(1), "x9-01", 1),
        Item((None, "W1"), 0, on(1), "x9-01", 7),
    )
    assert due(found, on(0)) == ()
    assert due(found, on(1)) == found
    assert due(found, on(30)) == found


def test_right_answers_move_it_on_and_it_stays_in_the_last_box(rated):
    attempt = missed(0, {1: ["W2"], 3: ["C3"]})
    answers, boxes = [], []
    for day in (1, 4, 11, 32, 53):
        answers.append(answer(day, right=True))
        (item,) = items([attempt], answers, [rated()])
        boxes.append((item.box, item.due))
    assert boxes == [(1, on(4)), (2, on(11)), (3, on(32)), (3, on(53)), (3, on(74))]


def test_a_wrong_answer_or_missing_it_again_brings_it_back(rated):
    attempt, first = missed(0, {1: ["W2"], 3: ["C3"]}), [answer(1, right=True), answer(4, right=True)]
    (wrong,) = items([attempt], [*first, answer(11, right=False, session="x9-09", turn=4)], [rated()])
    assert (wrong.box, wrong.due, wrong.session, wrong.turn) == (0, on(12), "x9-09", 4)
    (again,) = items([attempt, missed(20, {1: ["W2"], 3: ["C3"]})], first, [rated()])
    assert (again.box, again.due) == (0, on(21))


def test_the_order_in_which_things_are_kept_does_not_matter(rated):
    attempt, answers = missed(0, {1: ["W2"], 3: ["C3"]}), [answer(1, right=True), answer(4, right=False)]
    assert items([attempt], answers, [rated()]) == items([attempt], answers[::-1], [rated()])


def test_a_reading_of_a_rater_and_an_unfinished_attempt_bring_nothing_back(rated):
    practice = rated("T: So?\nC: Sure. {W5}", {}, {1: ["W5"]})
    assert items([replace(attempted("x9-01", 2, {}), ended=at(0))], [], [practice]) == ()
    assert items([attempted("x9-01", 8, {1: ["W2"]})], [], [rated()]) == ()
    assert items([missed(0, {1: ["W2"]}, session="gone")], [], [rated()]) == ()


steps = st.lists(st.tuples(st.integers(0, 60), st.sampled_from([("W5", "W2"), ("C3", None)]), st.booleans()), max_size=12)


@given(steps=steps)
def test_no_item_is_ever_lost_nor_due_at_once(steps):
    practice = _session()
    attempt = missed(0, {1: ["W2"]})
    first = {item.pair for item in items([attempt], [], [practice])}
    found = items([attempt], [answer(day + 1, right, pair) for day, pair, right in steps], [practice])
    assert {item.pair for item in found} == first == {("W5", "W2"), ("C3", None)}
    for item in found:
        last = max([0, *(day + 1 for day, pair, _ in steps if pair == item.pair)])
        assert item.due == on(last) + timedelta(days=DAYS[item.box])
    assert list(found) == sorted(found, key=lambda item: item.due)
    assert set(due(found, max(item.due for item in found))) == set(found)


def _session():
    speakers = (("T", Role.THERAPIST), ("C", Role.CLIENT))
    turns = tuple(Turn(n, *speakers[n % 2], "Hm.") for n in range(8))
    transcript = Transcript("x9-01", turns)
    votes = votes_of([{1: ["W5"], 3: ["C3"]}] * 3, transcript)
    return PracticeSession(CodedSession(transcript, votes, None, "own"), 3)


@pytest.fixture
def bordering(rated, explained):
    """Three sessions. In each, turn 1 is W5 and not W2; turn 5 tempts to W4; in the third, turn 5 tempts to W5."""
    tempting = ExplainedTurn(5, (), (0, 16), "Own detail.", Contrast("W5", "It brings own words."))
    third = replace(explained, session="s3", turns=(*explained.turns[:3], tempting))
    return [
        rated(id="s1", explained=replace(explained, session="s1")),
        rated(id="s2", explained=replace(explained, session="s2")),
        rated(id="s3", explained=third),
    ]


def test_a_moment_lies_on_the_border_and_is_another_than_the_last(bordering):
    item = Item(("W5", "W2"), 0, on(1), "s1", 1)
    for day in range(12):
        moment = moment_for(item, bordering, on(day))
        assert (moment.session, moment.turn) in {("s2", 1), ("s3", 1)}
        assert moment.start == 0
        assert moment == moment_for(item, bordering, on(day))
    assert len({moment_for(item, bordering, on(day)).session for day in range(12)}) == 2


def test_it_may_lie_on_either_side_of_the_border(bordering):
    # "W4 or nothing" is shown by what only tempts; so is "nothing taken for W4".
    for pair in (("W4", None), (None, "W4")):
        moment = moment_for(Item(pair, 0, on(1), "s1", 1), bordering, on(1))
        assert (moment.session, moment.turn) in {("s1", 5), ("s2", 5)}
        assert moment.start == 5 - BEFORE
    moment = moment_for(Item(("W5", None), 0, on(1), "s1", 1), bordering, on(1))
    assert (moment.session, moment.turn) == ("s3", 5)


def test_where_nothing_lies_on_the_border_a_code_of_the_pair_will_do_and_then_the_same_moment(bordering):
    moment = moment_for(Item(("C3", "C5"), 0, on(1), "s1", 3), bordering, on(1))
    assert (moment.session, moment.turn) in {("s2", 3), ("s3", 3)}
    alone = bordering[:1]
    assert moment_for(Item(("C3", "C5"), 0, on(1), "s1", 3), alone, on(1)).turn == 3
    assert moment_for(Item((None, "C7"), 0, on(1), "s1", 7), alone, on(1)).turn == 7
    assert moment_for(Item(("C7", None), 0, on(1), "gone", 7), alone, on(1)) is None


def test_a_moment_shown_today_is_not_shown_again(bordering):
    item = Item(("W5", "W2"), 0, on(1), "s1", 1)
    assert moment_for(item, bordering, on(1), [("s2", 1)]).session == "s3"


def test_moments_on_which_the_raters_agree_come_first(rated, explained):
    agreed = rated(id="s1", explained=replace(explained, session="s1"))
    disputed = rated(LINES, {1: ["W5"]}, {}, id="s2", explained=replace(explained, session="s2"))
    item = Item(("W5", "W2"), 0, on(1), "s9", 0)
    assert {moment_for(item, [disputed, agreed], on(day)).session for day in range(9)} == {"s1"}


def test_strategies_come_back_as_therapists_turns(bordering):
    moment = moment_for(Item(("R5", "R4"), 0, on(1), "s1", 2), bordering, on(1))
    assert moment.turn == 2


def test_an_answer_is_right_when_it_is_a_reading_of_the_raters(bordering):
    item = Item(("W5", "W2"), 0, on(1), "s1", 1)
    moment = moment_for(item, bordering[:2], on(1))
    assert answered(moment, bordering[1], ["W5"], at(1)).right
    wrong = answered(moment, bordering[1], [], at(1))
    assert (wrong.right, wrong.pair, wrong.session, wrong.turn, wrong.codes) == (False, ("W5", "W2"), "s2", 1, ())
    with pytest.raises(AttemptError, match="R5 cannot stand on a turn of role client"):
        answered(moment, bordering[1], ["R5"], at(1))


@given(pair=st.tuples(st.sampled_from(MARKERS), st.none() | st.sampled_from(MARKERS)), right=st.booleans())
def test_an_answer_that_was_saved_comes_back(pair, right):
    found = Answer(pair, "s1", 3, ("W5",), right, at(0))
    assert Answer.from_dict(found.to_dict()) == found


@pytest.mark.parametrize("change", [{"pair": (None, None)}, {"pair": ("X1", None)}, {"codes": ("X1",)}, {"at": "today"}])
def test_an_answer_that_cannot_be_is_refused(change):
    with pytest.raises(AttemptError, match="turn 3"):
        Answer(**{"pair": ("W5", None), "session": "s1", "turn": 3, "codes": (), "right": True, "at": at(0)} | change)


def test_our_own_sessions_have_a_moment_for_what_can_be_missed_in_them(ours):
    attempts = [replace(attempted(practice.id, len(practice.transcript.turns), {}), ended=at(0)) for practice in ours]
    found = items(attempts, [], ours)
    assert len(found) == 14
    for item in found:
        moment = moment_for(item, ours, on(1))
        assert (moment.session, moment.turn) != (item.session, item.turn)
