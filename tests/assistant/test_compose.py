"""Composed replies: never wrong about what was said, every claim in the corpus's words, short, and silent where it must be."""

import re
from dataclasses import replace

import pytest
import written_sessions as sessions
from written_sessions import analysed

from rupture.analyse import Decisions
from rupture.assistant.assistant import Assistant
from rupture.assistant.draft import phrase
from rupture.assistant.reply import Conversation
from rupture.fakes import ScriptedDetector
from rupture.guidance.topics import fits, topics_in
from rupture.guidance.values import PassageRole
from rupture.guidance.wording import sentences, wordings
from rupture.prompts import table

ALL = {
    name: getattr(sessions, name)
    for name in ("WITHDRAWAL", "CONFRONTATION", "COUPLE", "BIAS", "RISK", "VIOLENCE", "NOTHING", "SHORT")
}
QUESTIONS = (
    "",
    "what happened here",
    "what could I have said?",
    "what could I have said at turn 7",
    "how do I bring this up next session",
    "why did you flag turn 3",
    "why is that not just agreement?",
    "and the second one?",
    "a CBT way?",
    "something warmer",
    "what would a psychodynamic therapist do",
    "how do I respond when a client says therapy is not working",
)


@pytest.fixture(scope="module")
def replies(assistant_with):
    """(session, question, reply) of every question put to every session, in one conversation each."""
    found = []
    for name, text in ALL.items():
        conversation = Conversation(analysed(name, text))
        for question in QUESTIONS:
            *_, (reply, conversation) = assistant_with().answer(question, conversation)
            found.append((name, question, reply))
    return found


def _from_session(text, quotes):
    return [quote for quote in quotes if any(quote in line for line in text.splitlines())]


def test_every_quotation_is_an_exact_slice_of_the_session_or_the_corpus(replies, guidance):
    words = {w for p in guidance.passages.values() for _, w in wordings(p)}
    for name, question, reply in replies:
        turns = [turn.text for turn in analysed(name, ALL[name]).transcript.turns]
        for quote in re.findall(r"“([^”]*)”", reply.text):
            assert quote in words or any(quote in text for text in turns), (name, question, quote)


def test_every_turn_a_reply_shows_is_the_turn_it_names(replies):
    for name, question, reply in replies:
        turns = analysed(name, ALL[name]).transcript.turns
        for number, quote in re.findall(r"turn (\d+)[^“”.]*?: “([^”]*)”", reply.text):
            assert quote in turns[int(number)].text, (name, question)


def test_every_claim_holds_a_sentence_or_wording_of_each_passage_it_cites(replies, guidance):
    claims = [(claim, guidance) for _, _, reply in replies for claim in reply.claims]
    assert len(claims) > 100
    for claim, _ in claims:
        assert claim.passages
        for id in claim.passages:
            passage = guidance.passages[id]
            slices = [*sentences(passage.text), *(words for _, words in wordings(passage))]
            assert any(piece in claim.text for piece in slices), (claim, id)


def test_citation_numbers_are_places_in_the_list_of_passages(replies):
    for _, _, reply in replies:
        cited = {int(n) for n in re.findall(r"\[(\d+)\]", reply.text)}
        assert cited == set(range(1, len(reply.passages) + 1))


def test_length(replies):
    for name, question, reply in replies:
        notice = phrase("risk_notice", where="").split()
        allowed = 195 + (len(notice) + 40 if reply.risk else 0)
        assert 12 <= len(reply.text.split()) <= allowed, (name, question, len(reply.text.split()))
    about_moments = [len(r.text.split()) for _, _, r in replies if r.claims and r.turns and not r.risk]
    assert sorted(about_moments)[len(about_moments) // 2] <= 165
    assert min(about_moments) >= 45


def test_the_same_question_twice_is_the_same_reply(assistant_with):
    for text in ALL.values():
        conversation = Conversation(analysed("same", text))
        for question in QUESTIONS:
            first, second = (list(assistant_with().answer(question, conversation)) for _ in range(2))
            assert first == second


def test_no_reading_is_offered_for_a_complaint_of_bias(ask, guidance):
    for question in ("", "why turn 3", "maybe she simply misread me there", "couldn't that be cultural at turn 5?", "turn 7"):
        reply, _ = ask(sessions.BIAS, question)
        assert phrase("leads.reading") not in reply.text
        assert phrase("bias") in reply.text
        assert not [id for id in reply.passages if guidance.passages[id].role is PassageRole.READING]
        assert not any(variant in reply.text for variant in table("phrases")["challenge"])


def test_advice_on_a_complaint_of_bias_is_that_about_bias(ask):
    reply, _ = ask(sessions.BIAS, "how do I respond at turn 3?")
    assert {id.split("#")[0] for id in reply.passages} <= set(table("situations")["bias"])
    assert reply.claims
    assert reply.claims


def test_risk_in_the_question_is_answered_by_the_notice_alone(ask):
    for session in (None, sessions.WITHDRAWAL):
        reply, _ = ask(session, "my client says she wants to kill herself, what do I say?")
        assert reply.risk
        assert not reply.claims
        assert reply.text == phrase("risk_notice", where=phrase("risk_where_question"))


def test_risk_at_the_turn_or_in_its_episode_ends_coaching_there(ask):
    for turn in (1, 3, 5, 7):
        reply, _ = ask(sessions.RISK, f"what could I have said at turn {turn}?")
        assert reply.risk
        assert not reply.claims
        assert phrase("risk_moment", turn=turn) in reply.text


def test_risk_elsewhere_adds_the_notice_and_coaching_goes_on(ask):
    calm = "\n".join(["T: Mm.", "Sam: I see."] * 8)
    reply, _ = ask(
        f"{sessions.RISK.strip()}\n{calm}\nT: And now?\nSam [C3]: That sheet is useless to me.", "at turn 29, what now?"
    )
    assert reply.risk
    assert reply.text.startswith(phrase("risk_notice", where=phrase("risk_where_turns", turns="3")))
    assert reply.claims


def test_the_notice_is_given_in_full_once_and_recalled_after_that(ask):
    reply, conversation = ask(sessions.RISK, "", "what could I have said at turn 3?")
    assert conversation.noticed
    assert phrase("risk_again", where=phrase("risk_where_turns", turns="3")) in reply.text


def test_violence_between_partners_ends_advice_for_the_joint_session(ask, assistant_with):
    for question in (
        "",
        "how do I get Paul back?",
        "why turn 8",
        "isn't turn 8 just agreement?",
        "how would a couples therapist respond?",
    ):
        reply, _ = ask(sessions.VIOLENCE, question)
        assert phrase("risk_joint") in reply.text
        assert not reply.claims
        assert phrase("leads.reading") not in reply.text
    assert not assistant_with().suggest(analysed("v", sessions.VIOLENCE)).suggestions


def test_violence_told_by_one_client_alone_drops_joint_documents(ask, guidance):
    told = sessions.WITHDRAWAL.strip().replace("It's okay. I could do", "My husband hit me on Sunday. I could do")
    calm = "\n".join(["T: Mm.", "Cl: I see."] * 4)
    reply, _ = ask(f"{told}\n{calm}\nT: The sheet?\nCl [C1 C2]: You never listen.", "a couples way at turn 27?")
    assert phrase("risk_joint") in reply.text
    assert reply.claims
    assert not [id for id in reply.passages if {"couples", "family"} & set(guidance.passages[id].modality)]


def test_pages_for_couples_lead_where_couples_are_asked_about(ask, guidance):
    def first(question):
        reply, _ = ask(sessions.COUPLE, question)
        return guidance.passages[reply.passages[0]]

    assert "couples" in first("what could I have said to Rob, in couples work?").modality
    assert set(first("what could I have said to Rob?").markers)  # what is about the marker comes before what is about the setting


def test_what_the_guidance_does_not_cover_is_said(ask):
    for session in (None, sessions.WITHDRAWAL):
        reply, _ = ask(session, "what is the tallest mountain in Europe and how do I climb it?")
        assert not reply.covered
        assert not reply.claims


@pytest.mark.parametrize("question", ["does she have a personality disorder?", "is he lying to me", "write to my client as me"])
def test_what_is_not_this_tools_business_is_declined(ask, question):
    for session in (None, sessions.CONFRONTATION):
        reply, _ = ask(session, question)
        assert reply.text == phrase("outside")
        assert not reply.covered


def test_nothing_found_is_worded_with_the_miss_rate_or_without(ask):
    measured, _ = ask(sessions.NOTHING, "", miss_rate=0.34)
    unknown, _ = ask(sessions.NOTHING, "", miss_rate=None)
    assert phrase("no_marker_missed", missed=3) in measured.text
    assert phrase("no_marker_unknown") in unknown.text
    assert not measured.claims


def test_a_turn_without_a_marker_gets_no_advice_made_up_for_it(ask):
    reply, _ = ask(sessions.NOTHING, "what could I have said at turn 3?")
    assert phrase("no_finding_ask") in reply.text
    assert not reply.claims
    told, _ = ask(sessions.NOTHING, "at turn 3 the client gave me one-word answers and went quiet, what could I have said?")
    assert told.claims


def test_partly_analysed_is_said_once_with_the_finding(ask):
    first, conversation = ask(sessions.SHORT, "")
    assert first.text.startswith(phrase("partly", reasons=" ".join(conversation.analysis.notes)))
    assert first.claims
    second, _ = ask(sessions.SHORT, "", "what could I have said?")
    assert phrase("partly", reasons="") not in second.text


def test_not_analysed_gives_its_reason_and_nothing_else(ask):
    reply, conversation = ask(sessions.UNREADABLE, "what do you see")
    assert reply.text == phrase("not_analysed", reasons=" ".join(conversation.analysis.notes))


def test_a_turn_that_is_not_there_is_said_to_be_missing(ask):
    reply, _ = ask(sessions.SHORT, "what could I have said at turn 40?")
    assert reply.text == phrase("no_such_turn", turn=40, last=2)


def test_a_session_question_without_a_session_asks_for_one(ask):
    for question in ("what could I have said?", "why did you flag turn 4?", "what happened there"):
        assert ask(None, question)[0].text == phrase("no_session")


def test_follow_ups_do_not_repeat_what_was_just_shown(ask):
    reply, _ = ask(sessions.WITHDRAWAL, "", "what could I have said?")
    assert phrase("again", turn=13, quote="“Not really. It's fine.”") in reply.text


def test_a_modality_leads_and_stays_for_the_next_ways_to_respond(ask, guidance):
    for questions in (("a CBT way?",), ("a CBT way?", "something warmer")):
        reply, conversation = ask(sessions.WITHDRAWAL, *questions)
        assert conversation.modality == "cbt"
        assert guidance.passages[reply.claims[0].passages[0]].modality == ("cbt",)
    _, conversation = ask(sessions.WITHDRAWAL, "a CBT way?", "why that turn?")
    assert conversation.modality is None


def test_a_modality_without_a_page_is_said(guidance, retriever, intents):
    kept = {name: passage for name, passage in guidance.passages.items() if "schema" not in passage.modality}
    assistant = Assistant(ScriptedDetector({}), Decisions(), replace(guidance, passages=kept), retriever, intents)
    conversation = Conversation(analysed("test", sessions.WITHDRAWAL))
    *_, (reply, _) = assistant.answer("how would a schema therapist respond at turn 9?", conversation)
    assert phrase("no_modality") in reply.text
    assert reply.claims


def test_next_session_asks_for_later_steps_first(ask, guidance):
    now, _ = ask(sessions.WITHDRAWAL, "what could I have said at turn 9?")
    later, _ = ask(sessions.WITHDRAWAL, "how do I bring turn 9 up next session?")
    assert guidance.passages[now.passages[0]].stage == "in_the_moment"
    assert guidance.passages[later.passages[0]].stage == "next_session"


def test_a_register_asked_for_is_used(ask, guidance):
    reply, _ = ask(sessions.WITHDRAWAL, "something shorter for turn 13")
    assert "“Quiet's all right too.”" in reply.text


def test_a_documents_situation_must_be_named_before_a_moment_uses_it(ask, guidance):
    for turn in (7, 9, 11, 13):
        reply, _ = ask(sessions.WITHDRAWAL, f"what could I have said at turn {turn}?")
        assert all(fits(guidance.passages[id].topics, ()) for id in reply.passages)
    assert "adolescents" in topics_in("what could I say to this teenager?")


def test_reviewed_tables_stand_in_the_corpus(guidance):
    spoken = {words for p in guidance.passages.values() for _, words in wordings(p)}
    for advice, entries in table("wordings").items():
        assert guidance.passages[advice].role is PassageRole.DO
        for entry in entries:
            assert (entry if isinstance(entry, str) else entry["words"]) in spoken
    documents = {passage.document for passage in guidance.passages.values()}
    assert set(table("situations")["bias"]) <= documents


def test_suggestions_rest_on_passages_and_skip_risk(assistant_with, guidance):
    for name in ("WITHDRAWAL", "CONFRONTATION", "COUPLE", "BIAS"):
        suggested = assistant_with().suggest(analysed(name, ALL[name]))
        assert suggested.suggestions
        for suggestion in suggested.suggestions:
            assert any(suggestion.text in guidance.passages[id].text for id in suggestion.passages)
    assert not assistant_with().suggest(analysed("r", sessions.RISK)).suggestions


def test_definitions_come_from_the_codebook(ask):
    from rupture.codebook import BY_CODE

    for question, codes in {
        "what is W5?": ["W5"],
        "difference between w1 and C6": ["W1", "C6"],
        "what does R4 mean": ["R4"],
    }.items():
        reply, _ = ask(None, question)
        assert all(BY_CODE[code].definition in reply.text for code in codes)
    assert ask(None, "what is a confrontation rupture")[0].text.count("C") >= 7
    assert ask(None, "what is a rupture exactly")[0].text == phrase("definition_rupture")


def test_a_set_aside_finding_leaves_no_trace_in_the_reply(ask, assistant_with):
    analysis = analysed("w", sessions.WITHDRAWAL)
    left = replace(analysis, findings=(), episodes=(), top_moments=())
    *_, (reply, _) = assistant_with().answer("what could I have said at turn 13?", Conversation(left))
    assert not reply.claims


def test_violence_drops_joint_documents_from_general_answers_too(ask, guidance):
    question = "how do I repair a rupture with a couple when one partner blames me"
    assert "repair-with-couples" in {id.split("#")[0] for id in ask(sessions.COUPLE, question)[0].passages}
    reply, _ = ask(sessions.VIOLENCE, question)
    assert reply.risk
    assert not [id for id in reply.passages if {"couples", "family"} & set(guidance.passages[id].modality)]


def test_what_is_known_is_answered_from_what_is_written_about_evidence(ask, guidance):
    reply, after = ask(None, "what does the research say about dropout after ruptures?")
    assert after.intent == "evidence"
    assert {guidance.passages[id].role for id in reply.passages} == {PassageRole.EVIDENCE}
