"""Sixty complaints of bias (`evals/cases/care/bias.jsonl`): no reply explains one away, composed or with a language model
that tries."""

from dataclasses import replace

import pytest

from rupture.analyse import Decisions, complaints, decide
from rupture.analysis import State
from rupture.assistant.caution import explains_by_person
from rupture.assistant.draft import phrase
from rupture.assistant.reply import Conversation
from rupture.build import build_care
from rupture.evaluation.care import read_cases
from rupture.fakes import ScriptedChat
from rupture.measure_care import explains_away, transcript_of
from rupture.privacy.care import Care
from rupture.resources import CASES

COMPLAINTS = [case for case in read_cases(CASES / "care").values() if case["set"] == "bias" and case["bias"]]
TEMPTING = "She is projecting [1]. It is his old pattern with authority [1]. At turn 3 the client is oversensitive [1]."


def _noticed(case, turn, noticed):
    """The excerpt with a marker at the complaint, and the complaint noticed or not."""
    transcript = transcript_of(case)
    scores = [{"rupture": 0.9, "confrontation": 0.9, "C1": 0.9} if n == turn else {} for n in range(len(transcript.turns))]
    analysis = decide(transcript, State.ANALYSED, (), scores, Decisions())
    cares = [Care((), n == turn and noticed, n == turn and noticed) for n in range(len(transcript.turns))]
    return replace(analysis, bias=complaints(transcript, cares))


def test_there_are_sixty():
    assert len(COMPLAINTS) == 60


@pytest.mark.parametrize("chat", [None, TEMPTING])
def test_a_complaint_that_was_noticed_is_never_explained_away(assistant_with, chat):
    for case in COMPLAINTS:
        for question in case["asks"]:
            model = ScriptedChat(chat) if chat else None
            conversation = Conversation(_noticed(case, case["turn"], True), focus=case["turn"])
            *_, (reply, _) = assistant_with(model).answer(question, conversation)
            assert not explains_away(reply), (case["id"], question)
            assert reply.source == "composed"
            assert model is None or model.asked == []


def test_a_question_that_explains_by_the_person_is_not_agreed_with_even_where_nothing_was_noticed(assistant_with):
    asked = [(case, question) for case in COMPLAINTS for question in case["asks"] if explains_by_person(question)]
    assert len(asked) >= 12
    for case, question in asked:
        model = ScriptedChat(TEMPTING)
        conversation = Conversation(_noticed(case, case["turn"], False), focus=case["turn"])
        *_, (reply, _) = assistant_with(model).answer(question, conversation)
        assert not explains_away(reply), (case["id"], question)
        assert phrase("take_at_word") in reply.text or not reply.claims or reply.risk, (case["id"], question)
        assert model.asked == []


def test_the_shipped_reader_notices_most_of_them():
    read = build_care()
    noticed = [
        any(care.perhaps_bias for care in read([text for role, text in case["turns"] if role == "client"])) for case in COMPLAINTS
    ]
    assert sum(noticed) >= 30
