"""Balance, parts of the alliance and what held, as the screen shows them."""

import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from rupture import formats
from rupture.analysis import Finding, RiskNotice, State
from rupture.assistant.draft import phrase
from rupture.assistant.held import held
from rupture.transcript import Role
from rupture.ui.balance_view import balance_html, components_html, held_html
from tests.ui.standins import SESSION, assistant
from tests.ui.test_escape import PAYLOADS

COUPLE = "\n".join(
    f"Therapist: And what was that like?\nDana: We had a good week, I think.\nTherapist: Rob?\nRob: {words}"
    for words in (
        "Sure, whatever you think.",
        "It is pointless.",
        "Whatever. As I said, whatever you think.",
        "Fine.",
        "I was there.",
    )
)

TAGS = {"section", "h3", "h4", "p", "ul", "li", "div", "span", "b", "small", "i", "button", "details", "summary"}


def read(text, **roles):
    transcript = formats.read(text).transcript
    return assistant().analyse(transcript.with_roles({label: Role(role) for label, role in roles.items()}))


@pytest.fixture(scope="module")
def one():
    return read(SESSION)


@pytest.fixture(scope="module")
def couple():
    return read(COUPLE, Therapist="therapist", Dana="client", Rob="client")


def words(shown):
    """The text of a fragment, which has to be well formed to have one."""
    return " ".join("".join(ElementTree.fromstring(f"<div>{shown}</div>").itertext()).split())  # noqa: S314 - our own


def turns_linked(shown):
    return [int(turn) for turn in re.findall(r'<button type="button" class="link" data-turn="(\d+)">turn \1</button>', shown)]


def test_one_client_is_told_shares_and_turns_and_no_comparison(one):
    shown = words(balance_html(one))
    assert "There is no right share." in shown
    assert "<small>" not in balance_html(one)  # labels that are the names shown already
    for speaker, share in one.talk_share.items():
        assert f"{speaker} {round(100 * share)} %" in shown
    assert "6 turns of 11 words on average, the longest 17 words (turn 8); 3 questions" in shown
    assert "Each client" not in shown


def test_several_clients_are_told_apart_by_letters_and_counts(couple):
    shown = words(balance_html(couple))
    assert "Client A Dana" in shown
    assert "Client AIn 5 turns no marker met the threshold." in shown
    assert "Client B3 of 5 turns may show strain: ◁ moves away in 2, ▲ moves against in 1." in shown
    # The therapist follows all of Dana's five turns, and of Rob's five all but the last, which nobody follows.
    assert "The therapist spoke next after 5 of them; if it did not matter who had spoken, it would be about 5." in shown
    assert "The therapist spoke next after 4 of them; if it did not matter who had spoken, it would be about 4." in shown


def test_a_sign_of_a_split_is_a_question_with_its_rule(couple):
    shown = words(balance_html(couple))
    assert "A question for you. 3 of 5 turns of Client B may show strain, and 0 of 5 turns of Client A." in shown
    assert "at least 3 such turns of one client, 2 times the other’s share or more, and at least 20 in 100 turns more" in shown
    even = replace(couple, findings=())
    assert "A question for you" not in words(balance_html(even))


def test_words_of_partner_violence_leave_the_balance_out_and_say_why(couple):
    fearful = replace(couple, risk=(RiskNotice(3, "partner_violence"),))
    for shown in (balance_html(fearful), held_html(fearful, 0.3)):
        assert f"This is left out. {phrase('risk_joint')}" in words(shown)
        assert not re.search(r"%|Client [AB]|turn \d", shown)


def test_partner_violence_is_read_from_the_words_themselves():
    told = read(f"{COUPLE}\nDana: He pushed me against the wall.", Therapist="therapist", Dana="client", Rob="client")
    assert "%" not in balance_html(told)


def test_each_part_has_its_bar_its_count_and_its_turns(one):
    shown = components_html(one)
    assert "bond: trust and warmth between you1 turn: turn 7" in words(shown)
    assert "goal: what the work is forno turn met the threshold" in words(shown)
    assert "task: how you go about it2 turns: turn 3, turn 7" in words(shown)
    assert re.findall(r"width:(\d+)%", shown) == ["50", "0", "100"]
    assert turns_linked(shown) == [7, 3, 7]


def test_many_turns_of_one_part_are_folded_and_none_is_lost(couple):
    coded = [turn.index for turn in couple.transcript.turns if turn.role is Role.CLIENT]
    many = components_html(replace(couple, findings=tuple(Finding(turn, ("W2",)) for turn in coded)))
    assert "10 turns: " in words(many)
    assert "<summary>2 more</summary>" in many
    assert turns_linked(many) == coded


def test_what_held_names_the_turns_of_the_chat_in_its_words(one):
    shown = held_html(one, 0.4)
    assert turns_linked(shown)[0] == held(one).repairs[0].turn == 8
    assert "“You are right, I have been pushing the diary without asking you. What has that been like?”" in words(shown)
    assert phrase("repair_after.eased") in words(shown)


def test_more_repairs_than_a_reply_tells_of_are_folded(couple):
    said = [turn.index for turn in couple.transcript.turns if turn.role is Role.THERAPIST][:5]
    many = held_html(replace(couple, findings=tuple(Finding(turn, ("R4",)) for turn in said), episodes=()), None)
    assert "<summary>2 more</summary>" in many
    assert turns_linked(many)[:5] == said


def test_a_calm_is_told_with_what_is_missed(couple):
    quiet = replace(couple, findings=(), episodes=())
    calm = {"first": 1, "last": 19, "count": 10}
    assert phrase("calm", **calm, missed=phrase("no_marker_missed", missed=4)) in words(held_html(quiet, 0.4))
    assert phrase("calm", **calm, missed=phrase("no_marker_unknown")) in words(held_html(quiet, None))
    assert phrase("no_repair") in words(held_html(quiet, None))


def test_a_session_that_was_not_analysed_shows_none_of_it(couple):
    refused = replace(couple, state=State.NOT_ANALYSED, findings=(), episodes=(), talk_share={})
    assert balance_html(refused) + components_html(refused) + held_html(refused, None) == ""


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_words_and_labels_stay_words(couple, payload):
    turns = tuple(
        replace(turn, text=f"{turn.text} {payload}", speaker=f"{payload}{turn.speaker}") for turn in couple.transcript.turns
    )
    labelled = replace(
        couple,
        transcript=replace(couple.transcript, turns=turns),
        talk_share={f"{payload}{label}": share for label, share in couple.talk_share.items()},
        findings=(*couple.findings, Finding(0, ("R4",))),
        episodes=(),
    )
    for shown in (balance_html(labelled), components_html(labelled), held_html(labelled, 0.3)):
        words(shown)
        assert set(re.findall(r"<(\w+)", shown)) <= TAGS
        assert not re.search(r"[`{}$]", shown)
        assert not re.search(r"<[^>]* on\w+=", shown)
