"""What held in a session, as values: repairs, and the longest calm."""

from dataclasses import replace

from written_sessions import BIAS, CONFRONTATION, NOTHING, RISK, VIOLENCE, WITHDRAWAL, analysed

from rupture.analysis import State
from rupture.assistant.held import Held, degree, held


def test_repairs_of_eased_episodes_come_before_those_outside_any():
    found = held(analysed("w", WITHDRAWAL))
    assert [(repair.turn, repair.code) for repair in found.repairs] == [(14, "R4"), (16, "R5"), (6, "R3")]
    assert [repair.episode and degree(repair.episode) for repair in found.repairs] == ["eased", "eased", None]


def test_the_longest_calm_holds_client_turns_alone():
    assert held(analysed("c", CONFRONTATION)).calm == (7, 9, 11, 13, 15)
    assert held(analysed("n", NOTHING)) == Held((), (1, 3, 5, 7, 9))


def test_a_short_calm_is_not_told():
    assert held(analysed("b", BIAS)).calm == ()


def test_moments_with_risk_or_a_complaint_of_bias_are_not_called_well():
    for session in (RISK, BIAS):
        analysis = analysed("guarded", session)
        noticed = {notice.turn for notice in (*analysis.risk, *analysis.bias)}
        found = held(analysis)
        assert noticed
        assert noticed.isdisjoint(found.calm)
        assert noticed.isdisjoint(repair.episode.peak for repair in found.repairs if repair.episode)


def test_nothing_is_called_well_where_one_partner_may_fear_the_other():
    assert held(analysed("v", VIOLENCE)) == Held()


def test_a_session_that_was_not_read_is_not_said_to_be_calm():
    analysis = replace(analysed("n", NOTHING), state=State.NOT_ANALYSED, findings=(), episodes=())
    assert held(analysis) == Held()
