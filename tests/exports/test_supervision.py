from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rupture import formats
from rupture.analysis import BiasNotice, RiskNotice, State
from rupture.assistant.draft import phrase
from rupture.codebook import MARKERS
from rupture.exports.document import Bullets, Heading, Notice, Paragraph, Quote
from rupture.exports.supervision import supervision_blocks
from rupture.words import CONSENT
from tests.exports.blocks import under, words_of
from tests.ui.standins import SESSION, assistant

LONG = (
    " ".join(f"word{i}" for i in range(60))
    + ". Whatever, whatever you think is best. "
    + " ".join(f"more{i}" for i in range(60))
    + "."
)
QUESTIONS = "Questions to take along"


def analysed(text):
    return assistant().analyse(formats.read(text).transcript)


@pytest.fixture(scope="module")
def analysis():
    return analysed(SESSION)


@pytest.fixture(scope="module")
def couple():
    return analysed(SESSION.replace("Client:", "Anna:") + "Ben: I was only trying to help.\nBen: She knows that.\n")


def blocks_of(analysis):
    return supervision_blocks(analysis, assistant().guidance)


def questions(blocks):
    (items,) = [block for block in under(blocks, QUESTIONS) if isinstance(block, Bullets)]
    return [item.text for item in items.items]


def test_a_moment_has_the_words_what_they_may_show_and_what_came_next(analysis):
    heading, quote, shows, reading, after = under(blocks_of(analysis), "Turn 7")
    assert heading == Heading(2, "Turn 7, Client: objects to the tasks")
    assert quote == Quote(analysis.transcript.turns[7].text, analysis.finding(7).evidence)
    assert shows.lead == "May show."
    assert shows.text.startswith("C3, objects to the tasks. ")
    assert reading.lead == phrase("leads.reading")
    assert after == Paragraph(f"Turn 8: “{analysis.transcript.turns[8].text}”", lead="What the therapist said next.")


def test_at_most_three_moments_in_the_order_of_the_session():
    many = analysed(SESSION.replace("I suppose.", "whatever you think.").replace("Well, a bit", "It is pointless, a bit"))
    assert len([f for f in many.findings if f.codes and f.codes[0] in MARKERS]) > 3
    headings = [block for block in blocks_of(many) if isinstance(block, Heading) and block.text.startswith("Turn ")]
    turns = [int(heading.text.split()[1].rstrip(",")) for heading in headings]
    assert len(turns) == 3
    assert turns == sorted(turns)


def test_of_a_long_turn_the_words_around_the_evidence_are_quoted_and_the_mark_stays_on_them():
    long = analysed(SESSION + f"Client: {LONG}\n")
    quote = next(block for block in under(blocks_of(long), "Turn 12") if isinstance(block, Quote))
    inner = quote.text.removeprefix("… ").removesuffix(" …")
    assert quote.text == f"… {inner} …"
    assert inner in LONG
    assert len(inner.split()) == 40
    (whole,) = long.finding(12).evidence
    (mark,) = quote.marks
    assert quote.text[slice(*mark)] in LONG[slice(*whole)]
    assert quote.text[slice(*mark)].startswith(LONG[slice(*whole)][:20])


def test_what_held_is_an_answer_after_which_the_strain_eased(analysis):
    _, told = under(blocks_of(analysis), "What held")
    assert len(told.items) == 1
    assert "turn 8" in told.items[0].text
    assert told.items[0].text.endswith(phrase("repair_after.eased"))
    unanswered = replace(analysis, findings=tuple(f for f in analysis.findings if f.turn != 8))
    assert words_of(under(blocks_of(unanswered), "What held"))[1] == phrase("no_repair")


@given(st.sets(st.sampled_from([1, 3, 5, 7, 9, 11]), min_size=1), st.data())
def test_there_are_four_to_six_different_questions(turns, data):
    base = analysed(SESSION)
    finding = base.finding(3)
    codes = {turn: data.draw(st.sampled_from(MARKERS)) for turn in sorted(turns)}
    plain = [BiasNotice(turn, plain=data.draw(st.booleans())) for turn in sorted(turns) if data.draw(st.booleans())]
    found = replace(
        base,
        findings=tuple(replace(finding, turn=turn, codes=(code,), evidence=()) for turn, code in codes.items()),
        top_moments=(),
        bias=tuple(plain),
    )
    asked = questions(blocks_of(found))
    assert 4 <= len(asked) <= 6
    assert len({question.split(": ", 1)[-1] for question in asked}) == len(asked)
    assert all(question.endswith("?") for question in asked)


def test_the_page_ends_with_how_to_bring_it_and_consent(analysis):
    blocks = blocks_of(analysis)
    assert "Taking a rupture to supervision" in under(blocks, QUESTIONS)[-1].text
    assert blocks[-1] == Paragraph(CONSENT)


def test_without_a_moment_there_are_no_questions_and_nothing_is_called_well(analysis):
    none = replace(analysis, findings=(), episodes=(), top_moments=())
    blocks = blocks_of(none)
    assert "No marker met the threshold" in blocks[1].text
    assert Heading(2, QUESTIONS) not in blocks


def test_beside_risk_language_only_the_words_stand(analysis):
    blocks = blocks_of(replace(analysis, risk=(RiskNotice(3, "self_harm"),)))
    assert isinstance(blocks[1], Notice)
    for turn in (3, 7):  # one episode
        words = Quote(analysis.transcript.turns[turn].text)
        assert under(blocks, f"Turn {turn}") == [
            Heading(2, f"Turn {turn}, Client"),
            words,
            Notice(phrase("risk_moment", turn=turn)),
        ]
    assert words_of(under(blocks, "What held"))[1] == phrase("no_repair")
    assert Heading(2, QUESTIONS) not in blocks


def test_a_complaint_of_bias_is_not_asked_to_be_read_otherwise(analysis):
    plain = blocks_of(replace(analysis, bias=(BiasNotice(7, plain=True),)))
    perhaps = blocks_of(replace(analysis, bias=(BiasNotice(7, plain=False),)))
    assert Paragraph(phrase("bias")) in under(plain, "Turn 7")
    for blocks in (plain, perhaps):
        assert phrase("leads.reading") not in " ".join(words_of(under(blocks, "Turn 7")))
        assert phrase("leads.reading") in " ".join(words_of(under(blocks, "Turn 3")))
        assert phrase("questions.reading") not in questions(blocks)
    assert phrase("questions.reading") in questions(blocks_of(analysis))


def test_where_partners_may_not_be_safe_with_each_other_no_advice_and_nothing_that_held(couple):
    blocks = blocks_of(replace(couple, risk=(RiskNotice(0, "partner_violence"),)))
    text = " ".join(words_of(blocks))
    assert phrase("risk_joint") in text
    assert phrase("risk_session", turn=3) in text
    assert "May show." not in text
    assert {Heading(2, QUESTIONS), Heading(2, "What held")}.isdisjoint(blocks)
    assert {Heading(2, QUESTIONS), Heading(2, "What held")} <= {
        block for block in blocks_of(couple) if isinstance(block, Heading)
    }
    assert any(isinstance(block, Heading) and block.text.startswith("Turn 3, Client A") for block in blocks)


def test_what_was_not_analysed_says_why_and_asks_nothing(analysis):
    refused = replace(
        analysis, state=State.NOT_ANALYSED, notes=("It has one speaker.",), findings=(), episodes=(), scores=(), top_moments=()
    )
    assert words_of(blocks_of(refused))[1:] == ["This could not be analysed: It has one speaker.", CONSENT]
