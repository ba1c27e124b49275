"""The policy: probabilities in, codes and hints out. Thresholds are .5 unless a test sets one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rupture.analysis import Finding
from rupture.codebook import MARKER_FAMILIES, MARKERS, STRATEGIES, family_of
from rupture.policy import Policy, find, top_moments
from rupture.transcript import Role, Transcript, Turn

CLIENT = Transcript("t", (Turn(0, "Client", Role.CLIENT, "Sure, whatever you think."),))
THERAPIST = Transcript("t", (Turn(0, "Therapist", Role.THERAPIST, "I think I pushed you there."),))
OTHER = Transcript("t", (Turn(0, "Interpreter", Role.OTHER, "She says yes."),))

probability = st.floats(0, 1)
client_scores = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("rupture", "withdrawal", "confrontation", *MARKERS), probability)
)
thresholds = st.dictionaries(st.sampled_from(["rupture", "withdrawal", "confrontation", *MARKERS]), st.floats(0.05, 1))


def decided(transcript, scores, **policy):
    findings = find(transcript, [scores], Policy(**policy))
    return (findings[0].codes, findings[0].hints) if findings else None


def test_a_family_over_its_threshold_yields_the_markers_over_theirs_clearest_first():
    scores = {"rupture": 0.9, "withdrawal": 0.8, "W2": 0.6, "W5": 0.7, "W1": 0.2}
    assert decided(CLIENT, scores) == (("W5", "W2"), ())


def test_a_family_over_its_threshold_yields_at_least_its_best_marker():
    assert decided(CLIENT, {"withdrawal": 0.5, "W1": 0.1, "W5": 0.3}) == (("W5",), ())


def test_both_families_can_show_in_one_turn_clearer_one_first():
    scores = {"withdrawal": 0.6, "confrontation": 0.7, "W5": 0.6, "C2": 0.4, "C3": 0.3}
    assert decided(CLIENT, scores) == (("C2", "W5"), ())


def test_a_marker_over_its_threshold_is_not_coded_while_its_family_is_under():
    assert decided(CLIENT, {"withdrawal": 0.2, "W5": 0.9}) is None


@pytest.mark.parametrize(
    ("withdrawal", "confrontation", "expected"),
    [
        (0.30, 0.20, "W5"),  # .30/.5 is closer than .20/.5
        (0.20, 0.30, "C2"),
    ],
)
def test_rupture_alone_switches_on_the_nearer_family(withdrawal, confrontation, expected):
    scores = {"rupture": 0.6, "withdrawal": withdrawal, "confrontation": confrontation, "W5": 0.3, "C2": 0.3}
    codes, _ = decided(CLIENT, scores)
    assert codes == (expected,)


def test_nearer_is_measured_against_each_familys_own_threshold():
    # Withdrawal is at .30 of .60, one half; confrontation at .20 of .25, four fifths.
    scores = {"rupture": 0.6, "withdrawal": 0.30, "confrontation": 0.20, "W5": 0.3, "C2": 0.1}
    assert decided(CLIENT, scores, codes={"withdrawal": 0.6, "confrontation": 0.25}) == (("C2",), ("W5",))


def test_a_familys_leaning_is_a_hint_from_half_its_threshold():
    assert decided(CLIENT, {"withdrawal": 0.25, "W5": 0.2}) == ((), ("W5",))
    assert decided(CLIENT, {"withdrawal": 0.24, "W5": 0.2}) is None
    assert decided(CLIENT, {"withdrawal": 0.30, "W5": 0.2}, hint=0.8) is None


def test_a_code_has_its_own_threshold_where_the_card_gives_one():
    scores = {"confrontation": 0.9, "C2": 0.35, "C6": 0.35}
    assert decided(CLIENT, scores, codes={"C2": 0.3}) == (("C2",), ())


@given(client_scores, thresholds)
def test_hints_never_overlap_codes_nor_share_their_family(scores, codes):
    for finding in find(CLIENT, [scores], Policy(codes)):
        coded = {family_of(code) for code in finding.codes}
        assert coded.isdisjoint(family_of(hint) for hint in finding.hints)
        assert coded <= set(MARKER_FAMILIES)


@given(client_scores, thresholds)
def test_every_family_or_rupture_over_its_threshold_is_coded(scores, codes):
    policy = Policy(codes)
    over = {f for f in MARKER_FAMILIES if scores.get(f.value, 0.0) >= policy.threshold(f.value)}
    findings = find(CLIENT, [scores], policy)
    found = {family_of(code) for finding in findings for code in finding.codes}
    if over:
        assert found == over
    else:
        assert bool(found) == (scores.get("rupture", 0.0) >= policy.threshold("rupture"))


def test_a_therapist_turn_under_the_strategy_threshold_has_no_strategy():
    assert decided(THERAPIST, {"strategy": 0.4, "R5": 0.9}) is None


def test_a_therapist_turn_over_it_has_its_strategies_or_at_least_the_best():
    assert decided(THERAPIST, {"strategy": 0.6, "R5": 0.7, "R4": 0.6, "R1": 0.1}) == (("R4", "R5"), ())
    assert decided(THERAPIST, {"strategy": 0.6, "R5": 0.2, "R9": 0.3}) == (("R9",), ())


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(("strategy", *STRATEGIES, *MARKERS, "rupture"), probability)))
def test_a_therapist_turn_is_never_given_a_marker(scores):
    for finding in find(THERAPIST, [scores], Policy()):
        assert set(finding.codes) <= set(STRATEGIES)
        assert finding.hints == ()


def test_turns_without_scores_have_no_finding():
    assert find(OTHER, [{}], Policy()) == ()
    assert find(CLIENT, [{}], Policy()) == ()


def test_scores_must_be_one_mapping_a_turn():
    with pytest.raises(ValueError, match="shorter"):
        find(CLIENT, [], Policy())


def moments(rupture, episodes_of, **policy):
    findings = [Finding(turn, ("W5",)) for turn in range(len(rupture))]
    return top_moments(findings, [{"rupture": value} for value in rupture], episodes_of, Policy(**policy))


def test_top_moments_are_the_surest_of_each_episode():
    # Turns 0 and 1 share an episode: .8 beats .7. Turn 3 is under .6.
    assert moments([0.7, 0.8, 0.9, 0.5], {0: 0, 1: 0, 2: 1, 3: 2}) == (2, 1)


def test_at_most_three_are_shown_and_ties_go_to_the_earlier_turn():
    assert moments([0.7, 0.9, 0.9, 0.8], {0: 0, 1: 1, 2: 2, 3: 3}) == (1, 2, 3)


def test_a_finding_with_hints_alone_is_no_top_moment():
    findings = [Finding(0, (), ("W5",)), Finding(1, ("C2",))]
    assert top_moments(findings, [{"rupture": 0.9}, {"rupture": 0.7}], {1: 0}, Policy()) == (1,)


def test_a_therapist_turn_is_no_top_moment_even_if_it_was_once_scored_as_a_clients():
    # Roles may be put right after the scoring: turn 0 turned out to be the therapist's, and no episode holds it.
    findings = [Finding(0, ("R4",)), Finding(1, ("C2",))]
    assert top_moments(findings, [{"rupture": 0.9}, {"rupture": 0.7}], {1: 0}, Policy()) == (1,)
