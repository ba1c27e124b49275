"""The episode rule, worked by hand on coded sessions. Turns count from 0; `REACH` is 8 turns, `TAIL` is 4."""

from itertools import pairwise
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rupture.analysis import StrategyUse
from rupture.codebook import MARKERS, STRATEGIES, Family
from rupture.episodes import REACH, TAIL, episode_of_turn, find_episodes
from rupture.transcript import Role, Transcript, Turn

QUIET = "T: And the rest of the week?\nC: Busy, but all right.\n"


@pytest.fixture
def episodes(coded):
    def find(lines):
        session = coded(dedent(lines))
        return find_episodes(session.transcript, {t.index: session.codes(t.index) for t in session.transcript.turns})

    return find


def test_a_session_without_codes_has_no_episode(episodes):
    assert episodes("T: How was it?\nC: It was good, I wrote it all down.") == ()


def test_one_coded_turn_is_an_episode_with_a_tail_of_four_turns(episodes):
    # Turn 1 is coded; the episode ends at 1 + 4, although the session goes on to turn 7.
    (episode,) = episodes("T: How about the diary?\nC: Sure, whatever. {W5}\n" + QUIET * 3)
    assert (episode.onset, episode.peak, episode.end) == (1, 1, 1 + TAIL)
    assert episode.speakers == ("Client",)
    assert (episode.family, episode.codes, episode.strategies) == ("withdrawal", ("W5",), ())


def test_the_tail_stops_with_the_record(episodes):
    (episode,) = episodes("T: How about the diary?\nC: Sure, whatever. {W5}\nT: Good.")
    assert episode.end == 2


def test_coded_turns_eight_apart_are_one_episode_and_ten_apart_are_two(episodes):
    near = "T: The diary?\nC: Fine. {W2}\n" + QUIET * 3 + "T: And now?\nC: Fine. {W2}\n"  # coded: 1 and 9
    far = "T: The diary?\nC: Fine. {W2}\n" + QUIET * 4 + "T: And now?\nC: Fine. {W2}\n"  # coded: 1 and 11
    assert REACH == 8
    assert [(e.onset, e.end) for e in episodes(near)] == [(1, 9)]
    assert [(e.onset, e.end) for e in episodes(far)] == [(1, 5), (11, 11)]


def test_a_chain_may_be_longer_than_its_reach(episodes):
    # 1, 7 and 13: each within 8 of the one before, though 13 is 12 past the first.
    lines = ("T: The diary?\nC: Fine. {W2}\n" + QUIET * 2) * 2 + "T: And?\nC: Fine. {W2}\n"
    (episode,) = episodes(lines)
    assert (episode.onset, episode.end) == (1, 13)


def test_the_peak_is_the_turn_with_most_codes_and_the_first_of_equals(episodes):
    (episode,) = episodes("""
        T: The diary?
        C: Fine. {W2}
        T: You sound flat.
        C: Do I. You'd know. {C1, C2}
        T: What do you mean?
        C: You tell me, you wrote the plan. {C2, C7}
    """)
    assert episode.peak == 3


def test_both_families_make_it_mixed_and_codes_come_by_frequency(episodes):
    # C2 twice, then C1 and W5 once each, in order of their names.
    (episode,) = episodes("""
        T: The diary?
        C: Sure, if you like. {W5}
        T: You don't sound keen.
        C: It's a silly task. {C2}
        T: Silly?
        C: Yes, and you know it is. {C2, C1}
    """)
    assert episode.family == "mixed"
    assert episode.families == (Family.WITHDRAWAL, Family.CONFRONTATION)
    assert episode.codes == ("C2", "C1", "W5")


@pytest.mark.parametrize(
    ("coded_turns", "severity"),
    [(1, 1), (2, 2), (3, 3), (4, 3), (5, 4), (7, 4), (8, 5), (20, 5)],
)
def test_severity_grows_with_the_number_of_coded_turns(episodes, coded_turns, severity):
    (episode,) = episodes("T: Go on.\nC: Mm. {W2}\n" * coded_turns)
    assert episode.severity == severity


@pytest.mark.parametrize(("first", "severity"), [("{W5}", 2), ("{W5, C2}", 3)])
def test_a_second_family_adds_one_to_severity(episodes, first, severity):
    # Two coded turns are 2; with both families 3.
    (episode,) = episodes(f"T: The diary?\nC: Sure. {first}\nT: And?\nC: Mm. {{W2}}")
    assert episode.severity == severity


def test_severity_ends_at_five(episodes):
    (episode,) = episodes("T: Go on.\nC: Mm. {W2, C2}\n" * 9)
    assert episode.severity == 5


RESOLUTIONS = [
    (
        1,
        "unanswered, and the record ends",
        """
        T: The diary?
        C: Sure, whatever. {W5}
        T: Good. Next week, then.
        """,
    ),
    (
        2,
        "unanswered, and it fades",
        """
        T: The diary?
        C: Sure, whatever. {W5}
        T: Good. How is work?
        C: Work's better, I had a talk with my manager.
        """,
    ),
    (
        3,
        "answered, and the strain goes on",
        """
        T: The diary?
        C: Sure, whatever. {W5}
        T: What do you make of us doing this? {R4}
        C: It's fine. I said it's fine. {W1}
        T: Right.
        C: So, the bus was late again.
        """,
    ),
    (
        3,
        "answered, but we never hear the client's reply",
        """
        T: The diary?
        C: Sure, whatever. {W5}
        T: What do you make of us doing this? {R4}
        """,
    ),
    (
        3,
        "quiet before the answer is not quiet after it",
        """
        T: The diary?
        C: Sure, whatever. {W5}
        T: How is work?
        C: Work's better.
        T: I think I rushed you before. {R5}
        """,
    ),
    (
        4,
        "answered once, then quiet",
        """
        T: The diary?
        C: Sure, whatever. {W5}
        T: What do you make of us doing this? {R4}
        C: Honestly, I'd rather do it by voice memo.
        """,
    ),
    (
        4,
        "two strategies, none of them exploratory",
        """
        T: The diary?
        C: Why would I. {C3}
        T: Let me say what it is for, and we can do it differently. {R3, R2}
        C: Oh, so it's only for the bad days. I could do that.
        """,
    ),
    (
        5,
        "two strategies, one of them exploratory, then quiet",
        """
        T: The diary?
        C: Why would I. {C3}
        T: I think I sprang that on you. {R5}
        C: A bit, yeah, I'd have liked to be asked.
        T: Shall we leave it and start with the voice memos? {R2}
        C: Yes, I can do those on the bus.
        """,
    ),
]


@pytest.mark.parametrize(("degree", "lines"), [row[::2] for row in RESOLUTIONS], ids=[f"{d}: {why}" for d, why, _ in RESOLUTIONS])
def test_the_degree_of_resolution(episodes, degree, lines):
    (episode,) = episodes(lines)
    assert episode.resolved == degree


def test_strategies_are_those_of_therapist_turns_inside_the_episode(episodes):
    # R4 at 0 is before the onset at 1, R9 at 8 after the end at 5.
    (episode,) = episodes("""
        T: How is it for you, doing this with me? {R4}
        C: Fine, it's fine. {W1}
        T: I may have asked that too soon. {R5, R6}
        C: No, okay.
        T: Mm.
        C: I'm thinking.
        T: Take your time.
        C: Okay.
        T: It makes sense to be careful here. {R9}
        C: Yeah, it does.
    """)
    assert episode.strategies == (StrategyUse(2, "R5"), StrategyUse(2, "R6"))


def test_partners_have_their_own_episodes_over_the_same_turns(episodes):
    found = episodes("""
        T: Who would like to start?
        C1: Whatever he wants. {W5}
        C2: You always take her side. {C1}
        T: I can see how it looks like that. {R9}
        C1: I'd like to start then.
        C2: Go on.
    """)
    assert [(e.onset, e.speakers, e.family, e.resolved) for e in found] == [
        (1, ("Client A",), "withdrawal", 4),
        (2, ("Client B",), "confrontation", 4),
    ]


def test_a_turn_belongs_to_the_episode_of_its_own_speaker(coded):
    session = coded("T: So?\nC1: Nothing. {W2}\nC2: You never listen to me. {C1}\nT: Mm.\nC1: I do hear you.")
    found = find_episodes(session.transcript, {1: ["W2"], 2: ["C1"]})
    assert episode_of_turn(found, session.transcript) == {1: 0, 2: 1, 4: 0}


@st.composite
def coded_sessions(draw):
    """Up to forty turns of a therapist, two partners and an interpreter, coded at random."""
    roles = {"T": Role.THERAPIST, "A": Role.CLIENT, "B": Role.CLIENT, "I": Role.OTHER}
    speakers = draw(st.lists(st.sampled_from(list(roles)), min_size=1, max_size=40))
    turns = tuple(Turn(i, speaker, roles[speaker], "words") for i, speaker in enumerate(speakers))
    codes = {}
    for turn in turns:
        allowed = {Role.THERAPIST: STRATEGIES, Role.CLIENT: MARKERS, Role.OTHER: ()}[turn.role]
        if allowed:
            codes[turn.index] = tuple(draw(st.lists(st.sampled_from(allowed), unique=True, max_size=2)))
    return Transcript("random", turns), codes


@given(coded_sessions())
def test_every_coded_client_turn_lies_in_exactly_one_episode_of_its_speaker(case):
    transcript, codes = case
    found = find_episodes(transcript, codes)
    for turn in transcript.turns:
        own = [e for e in found if turn.speaker in e.speakers and e.onset <= turn.index <= e.end]
        assert len(own) <= 1
        if turn.role is Role.CLIENT and codes.get(turn.index):
            assert len(own) == 1
            assert set(codes[turn.index]) <= set(own[0].codes)


@given(coded_sessions())
def test_episodes_of_one_speaker_do_not_overlap_and_stay_inside_the_session(case):
    transcript, codes = case
    found = find_episodes(transcript, codes)
    assert list(found) == sorted(found, key=lambda e: (e.onset, e.speakers))
    for speaker in transcript.speakers_in(Role.CLIENT):
        own = [e for e in found if e.speakers == (speaker,)]
        assert all(before.end < after.onset for before, after in pairwise(own))
    for e in found:
        assert 0 <= e.onset <= e.peak <= e.end < len(transcript.turns)
        assert codes[e.onset]
        assert codes[e.peak]
        assert 1 <= e.severity <= 5
        assert 1 <= e.resolved <= 5


@given(coded_sessions())
def test_the_same_codes_give_the_same_episodes_however_they_are_written(case):
    transcript, codes = case
    spoken = {turn: list(given) for turn, given in reversed(codes.items()) if given}
    assert find_episodes(transcript, codes) == find_episodes(transcript, spoken)
