"""What held in a session, as values: repairs, and the longest calm."""

from dataclasses import replace

from written_sessions import BIAS, CONFRONTATION, NOTHING, RISK, VIOLENCE, WITHDRAWAL, analysed

from rupture.analysis import State
from rupture.assistant.draft import phrase
from rupture.assistant.held import Held, degree, held


def test_repairs_of_eased_episodes_come_before_those_outside_any():
    found = held(analysed("w", WITHDRAWAL))
    assert [(repair.turn, repair.code) for repair in found.repairs] == [(14, "R4"), (16, "R5"), (6, "R3")]
    assert [repair.episode and degree(repair.episode) for repair in found.repairs] == ["eased", "eased", None]


ANSWERED_EARLY = """
T: How was it?
Cl [W2]: Fine.
T: And the rest of it?
Cl [W5]: Whatever you think.
T [R4]: What is that like?
Cl [C3]: Pointless.
"""


def test_strain_that_went_on_after_an_answer_is_not_said_to_ease():
    # By the rule of episodes 3 of 5: answered, but strain came up again.
    (repair,) = held(analysed("o", ANSWERED_EARLY)).repairs
    assert (repair.turn, repair.episode.resolved, degree(repair.episode)) == (4, 3, "open")


def test_an_answer_is_told_by_the_end_of_its_stretch_and_not_by_what_came_right_after_it():
    # Strain comes up once more after the answer at 4, is met at 6, and eases.
    session = f"{ANSWERED_EARLY}T [R5]: I have been pushing this.\nCl: Thanks for saying so.\n"
    assert [(repair.turn, degree(repair.episode)) for repair in held(analysed("e", session)).repairs] == [
        (4, "eased"),
        (6, "eased"),
    ]
    assert phrase("repair_after.eased").startswith("By the end of this stretch")
    assert phrase("repair_after.open").startswith("In this stretch")


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
