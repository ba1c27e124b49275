"""What is said about a session as a whole, two of its moments, and lines to try."""

import re

import pytest
from written_sessions import BIAS, CONFRONTATION, NOTHING, RISK, WITHDRAWAL, analysed

from rupture.assistant.draft import phrase
from rupture.assistant.reply import Conversation
from rupture.guidance.values import PassageRole
from rupture.guidance.wording import sentences, wordings


def test_what_held_names_the_therapists_turns_the_best_answered_first(ask):
    reply, after = ask(WITHDRAWAL, "what did we do well together in this session?")
    assert after.intent == "went_well"
    assert reply.turns[:2] == (14, 16)
    assert "“Thank you for telling me. I think I went straight to the sheet and didn't ask.”" in reply.text
    assert phrase("repair_after.eased") in reply.text
    assert reply.claims == ()


def test_a_long_calm_is_told_with_what_is_missed(ask):
    missed = phrase("no_marker_missed", missed=3)
    assert phrase("calm", first=7, last=15, count=5, missed=missed) in ask(CONFRONTATION, "what went well here?")[0].text


def test_no_repair_is_not_said_to_mean_none(ask):
    assert phrase("no_repair") in ask(NOTHING, "what did i do well in this session?")[0].text


def test_a_summary_counts_quotes_and_gives_no_advice(ask):
    reply, after = ask(WITHDRAWAL, "give me a short summary for supervision")
    assert after.intent == "summary"
    assert "18 turns; 4 turns may be worth a second look" in reply.text
    for turn in (9, 11, 13):
        assert f"Turn {turn}, the client: “" in reply.text
    assert reply.text.count("Answered at turn 14") == 1  # once an episode
    assert reply.claims == ()


def test_a_summary_of_a_quiet_session_says_so(ask):
    assert phrase("summary_moments.none") in ask(NOTHING, "give me a short summary for supervision")[0].text


@pytest.mark.parametrize(
    ("question", "turns"),
    [
        ("how do turns 7 and 13 differ?", (7, 13)),
        ("compare turn 13 with turn 7", (7, 13)),
        ("compare the first and the second one", (11, 13)),
        ("compare turn 7 with the one before", (7, 13)),  # the other is the one that ranks first
    ],
)
def test_two_turns_stand_side_by_side_in_order(ask, question, turns):
    reply, after = ask(WITHDRAWAL, question)
    assert after.intent == "compare"
    assert reply.turns == turns


def test_what_two_turns_have_in_common_is_named(ask):
    told = ask(WITHDRAWAL, "how do turns 7 and 13 differ?")[0].text
    assert "W5, goes along without engaging" in told
    assert "W2, goes quiet or clipped" in told
    assert phrase("compare_apart.one", onset=7, end=17) in told
    same = ask(WITHDRAWAL, "how do turns 11 and 13 differ?")[0].text
    assert "of the same kind (W2" in same
    none = ask(WITHDRAWAL, "how do turns 1 and 3 differ?")[0].text
    assert phrase("compare.none") in none


def test_nothing_to_compare_asks_for_turns(ask):
    assert ask(NOTHING, "compare the two moments")[0].text == phrase("compare_which")


def test_a_compared_moment_with_risk_language_gets_no_coaching(ask):
    assert "There is no coaching on turn 3" in ask(RISK, "how do turns 1 and 3 differ?")[0].text


def test_lines_to_try_are_wordings_each_with_a_risk_of_the_corpus(ask, guidance):
    reply, after = ask(CONFRONTATION, "give me three lines I could try out, and what each of them risks")
    assert after.intent == "rehearse"
    spoken = {words: p.id for p in guidance.passages.values() if p.role is PassageRole.SAY for _, words in wordings(p)}
    assert 2 <= len(reply.claims) <= 3
    risks = []
    for claim in reply.claims:
        words = re.findall(r"“([^”]+)”", claim.text)[0]
        assert spoken[words] == claim.passages[0]
        if len(claim.passages) > 1:
            passage = guidance.passages[claim.passages[1]]
            assert passage.role is PassageRole.AVOID
            risks += [text for text in sentences(passage.text) if text in claim.text]
    assert risks
    assert len(risks) == len(set(risks))


def test_other_options_are_others_until_there_are_none_left(ask):
    seen = []
    for count in range(1, 4):
        reply, _ = ask(WITHDRAWAL, "what could I have said at turn 13?", *["give me something else"] * (count - 1))
        seen.append({claim.text for claim in reply.claims if "“" in claim.text})
    assert seen[0].isdisjoint(seen[1])
    assert (seen[0] | seen[1]).isdisjoint(seen[2])
    *_, reply = [ask(WITHDRAWAL, "what could I have said at turn 13?", *["give me something else"] * 30)[0]]
    assert phrase("no_more") in reply.text
    assert reply.claims


def test_questions_for_supervision_are_about_the_moment_and_cite_how_to_bring_it(ask, guidance):
    reply, after = ask(CONFRONTATION, "which questions should I take to supervision about turn 3?")
    assert after.intent == "supervision"
    assert "About turn 3" in reply.text
    assert phrase("questions.reading") in reply.text
    assert {guidance.passages[id].document for id in reply.passages} == {"taking-a-rupture-to-supervision"}


def test_a_complaint_of_bias_is_not_asked_to_be_read_otherwise(ask):
    reply, _ = ask(BIAS, "which questions should I take to supervision about turn 3?")
    assert phrase("questions.reading") not in reply.text


def test_why_a_turn_was_not_flagged_tells_its_score_and_what_is_missed(ask):
    reply, after = ask(WITHDRAWAL, "why did you not flag turn 3?")
    assert after.intent == "why_not"
    assert phrase("why_not.far") in reply.text
    assert phrase("why_not_missed", missed=3) in reply.text
    assert reply.claims == ()
    assert analysed("w", WITHDRAWAL).transcript.turns[3].text in reply.text


def test_what_to_write_between_sessions_leads_with_what_is_for_then(ask, guidance):
    reply, _ = ask(WITHDRAWAL, "what could I write to her in a message about turn 13?")
    stages = [guidance.passages[id].stage for id in reply.passages if guidance.passages[id].role is PassageRole.DO]
    assert stages[0] == "between_sessions"


def test_this_and_another_are_the_one_last_shown_and_the_one_named(ask):
    reply, _ = ask(WITHDRAWAL, "what could I have said at turn 9?", "how does this compare with turn 11?")
    assert reply.turns == (9, 11)


def test_comparing_with_a_turn_that_is_not_there_says_so(ask):
    assert ask(WITHDRAWAL, "compare turn 7 with turn 400")[0].text == phrase("no_such_turn", turn=400, last=17)


def test_two_numbers_of_one_exchange_are_not_two_moments(ask):
    assert ask(WITHDRAWAL, "compare turn 7 and turn 8")[0].text == phrase("compare_which")


@pytest.mark.parametrize(
    "question", ["why is this flagged?", "what could I say?", "give me lines to try", "questions for supervision?"]
)
def test_a_therapists_turn_in_focus_stands_for_the_client_before_it(assistant_with, question):
    conversation = Conversation(analysed("w", WITHDRAWAL), focus=14)
    *_, (reply, after) = assistant_with().answer(question, conversation)
    assert after.focus == 13
    assert reply.text


def test_nothing_is_called_well_where_there_is_risk_or_a_complaint_of_bias(ask):
    for session in (RISK, BIAS):
        analysis = analysed("guarded", session)
        guarded = {notice.turn for notice in (*analysis.risk, *analysis.bias)}
        assert guarded
        reply, _ = ask(session, "what went well here?")
        assert phrase("repair_after.eased") not in reply.text
        for first, last in re.findall(r"From turn (\d+) to turn (\d+)", reply.text):
            assert guarded.isdisjoint(range(int(first), int(last) + 1))


def test_after_the_whole_session_a_bare_follow_up_is_about_the_turn(ask):
    _, after = ask(WITHDRAWAL, "give me a short summary for supervision", "and turn 9?")
    assert (after.intent, after.focus) == ("explain", 9)
