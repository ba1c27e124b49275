"""Counts over a session: who spoke, who was answered, what strains which part of the alliance."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rupture.analyse import talk_share
from rupture.analysis import Analysis, Finding, RiskNotice, State
from rupture.balance import ClientBalance, balance, components, question_count
from rupture.codebook import MARKERS, Component, Family
from rupture.transcript import Role, Transcript, Turn


def analysis_of(*lines, codes=None):
    """An analysis of `speaker: words` lines, where T is the therapist, O is nobody's client, and `codes` are those of a turn."""
    roles = {"T": Role.THERAPIST, "O": Role.OTHER}
    said = [line.split(": ", 1) for line in lines]
    turns = tuple(Turn(i, who, roles.get(who, Role.CLIENT), words) for i, (who, words) in enumerate(said))
    transcript = Transcript("test", turns)
    findings = tuple(Finding(turn, given) for turn, given in sorted((codes or {}).items()))
    return Analysis(transcript, State.ANALYSED, findings=findings, talk_share=talk_share(transcript))


def strained(*clients):
    """An analysis in which each client in turn speaks so often, the first so many of them coded: (name, coded, turns)."""
    lines, codes = [], {}
    for name, coded, count in clients:
        for position in range(count):
            if position < coded:
                codes[len(lines)] = ("W2",)
            lines += [f"{name}: Yes.", "T: Go on."]
    return analysis_of(*lines, codes=codes)


def test_a_speakers_part_is_counted_by_hand():
    found = balance(
        analysis_of(
            "T: How was it?", "C: Fine.", "T: What made it fine? Or did it only look so?!", "C: I do not know. Why do you ask?"
        )
    )
    therapist, client = found.voices
    assert (therapist.speaker, therapist.role, therapist.turns) == ("T", Role.THERAPIST, 2)
    assert therapist.share == 0.591  # 13 of 22 words
    assert client.share == 0.409
    assert (therapist.mean_words, therapist.longest_words, therapist.longest_turn) == (6.5, 10, 2)
    assert (client.mean_words, client.longest_words, client.longest_turn) == (4.5, 8, 3)
    assert (therapist.questions, client.questions) == (3, 1)
    assert (found.clients, found.split, found.left_out) == ((), None, False)


def test_the_longest_turn_is_the_first_that_long():
    assert balance(analysis_of("C: One two.", "T: Yes.", "C: Three four.")).voices[0].longest_turn == 0


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("I wonder why.", 0),
        ("Why?", 1),
        ("What?! No.", 1),
        ("Really?? And then!?", 2),
        ("Right?.. Right.", 1),
        ("He said “why?” and left.", 1),
        ("So was it—what was it?—hard", 1),
        ("On Tuesday (?) or [?] later.", 0),
        ("It was on example.org/find?words=1 I think.", 0),
        ("!" * 50_000, 0),
    ],
)
def test_questions_are_counted_by_their_marks(text, count):
    assert question_count(text) == count


def test_strain_is_counted_by_client_and_family():
    found = balance(
        analysis_of(
            *("T: Well?", "A: Fine.", "B: No.", "T: No?", "B: You two.", "A: Yes.", "B: Sure."),
            codes={1: ("W2",), 2: ("C2",), 3: ("R4",), 4: ("C1", "W6"), 5: ()},
        )
    )
    a, b = found.clients
    assert (a.speaker, a.turns, a.strained, a.by_family) == ("A", 2, 1, {Family.WITHDRAWAL: 1, Family.CONFRONTATION: 0})
    assert (b.speaker, b.turns, b.strained, b.by_family) == ("B", 3, 2, {Family.WITHDRAWAL: 1, Family.CONFRONTATION: 2})


def test_who_is_answered_stands_beside_what_would_fall_to_each_by_chance():
    # Followed by somebody: A three times, B once; by the therapist three times in four.
    a, b = balance(analysis_of("A: 1", "T: 2", "A: 3", "T: 4", "B: 5", "A: 6", "T: 7", "B: 8")).clients
    assert (a.answered, a.expected) == (3, 2.25)
    assert (b.answered, b.expected) == (0, 0.75)


def test_a_client_who_goes_on_is_not_passed_over():
    a, b = balance(analysis_of("A: 1", "A: 2", "T: 3", "B: 4", "O: 5")).clients
    assert (a.answered, a.expected) == (1, 0.5)
    assert (b.answered, b.expected) == (0, 0.5)


def test_nobody_answered_is_no_error():
    assert [c.expected for c in balance(analysis_of("A: 1", "B: 2")).clients] == [0, 0]


@pytest.mark.parametrize(
    ("a", "b", "split"),
    [
        ((3, 5), (0, 5), True),
        ((3, 10), (1, 10), True),  # a gap of exactly one in five
        ((4, 10), (2, 10), True),  # exactly twice the share
        ((2, 5), (0, 10), False),  # too few coded turns
        ((3, 5), (0, 4), False),  # the other hardly spoke
        ((6, 10), (4, 10), False),  # not twice the share
        ((3, 30), (0, 30), False),  # too small a part of all turns
        ((0, 8), (0, 8), False),
    ],
)
def test_one_client_is_under_markedly_more_strain_by_the_rule(a, b, split):
    found = balance(strained(("A", *a), ("B", *b))).split
    assert (found is not None) == split
    if found:
        assert (found.more.speaker, found.less.speaker) == ("A", "B")
    swapped = balance(strained(("B", *b), ("A", *a))).split
    assert (swapped and swapped.more.speaker) == (found and found.more.speaker)


def test_of_several_clients_the_most_and_the_least_strained_are_compared():
    found = balance(strained(("A", 2, 10), ("B", 6, 10), ("C", 0, 3), ("D", 1, 10))).split
    assert found
    assert (found.more.speaker, found.less.speaker) == ("B", "D")


def test_words_of_partner_violence_leave_all_of_it_out():
    analysis = replace(strained(("A", 3, 5), ("B", 0, 5)), risk=(RiskNotice(2, "partner_violence"),))
    found = balance(analysis)
    assert found.left_out
    assert (found.voices, found.clients, found.split) == ((), (), None)


def test_no_split_is_asked_about_beside_risk_language():
    analysis = replace(strained(("A", 3, 5), ("B", 0, 5)), risk=(RiskNotice(2, "abuse"),))
    found = balance(analysis)
    assert found.split is None
    assert len(found.voices) == 3


def test_a_session_that_was_not_analysed_has_no_balance():
    transcript = analysis_of("T: Well?", "C: Fine.").transcript
    assert balance(Analysis(transcript, State.NOT_ANALYSED)).voices == ()


def test_each_part_of_the_alliance_has_the_client_turns_that_strain_it():
    analysis = analysis_of(
        *("T: Well?", "C: I am no good.", "T: Hm.", "C: You decide.", "T: Shall we?", "C: Sure.", "C: Maybe."),
        codes={1: ("W7",), 3: ("C7", "W5"), 4: ("R4",), 5: (), 6: ("C5",)},
    )
    assert components(analysis) == {Component.BOND: (1, 3), Component.GOAL: (1, 6), Component.TASK: (3,)}


def test_components_are_all_there_without_a_code():
    assert components(analysis_of("T: Well?", "C: Fine.")) == dict.fromkeys(Component, ())


CODES = st.lists(st.sampled_from(MARKERS), max_size=2, unique=True).map(tuple)
SESSIONS = st.lists(st.tuples(st.sampled_from("TABO"), st.text("ab?! ", max_size=12), CODES), min_size=1, max_size=30)


@given(SESSIONS)
def test_the_counts_add_up(said):
    codes = {i: coded for i, (who, _, coded) in enumerate(said) if who in "AB"}
    analysis = analysis_of(*(f"{who}: a{words}" for who, words, _ in said), codes=codes)
    found = balance(analysis)
    assert [voice.speaker for voice in found.voices] == list(analysis.transcript.speakers)
    assert sum(voice.share for voice in found.voices) == pytest.approx(1, abs=0.0005 * len(found.voices))
    assert sum(voice.turns for voice in found.voices) == len(said)
    assert all(1 <= voice.mean_words <= voice.longest_words for voice in found.voices)
    assert sum(client.expected for client in found.clients) == pytest.approx(sum(c.answered for c in found.clients))
    for client in found.clients:
        assert_possible(client)
    for turns in components(analysis).values():
        assert set(turns) <= {turn for turn, coded in codes.items() if coded}


def assert_possible(client: ClientBalance):
    assert max(client.by_family.values()) <= client.strained <= sum(client.by_family.values())
    assert client.strained <= client.turns
    assert client.answered <= client.turns
