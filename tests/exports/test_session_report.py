from dataclasses import replace

import pytest

from rupture import formats
from rupture.analysis import BiasNotice, RiskNotice, State, Suggestion
from rupture.assistant.draft import phrase
from rupture.corrections import Correction, Verdict, corrected
from rupture.exports.document import Bullets, Heading, Notice, Paragraph, Quote
from rupture.exports.session_report import report_blocks
from rupture.words import CONSENT, contribution_question
from tests.exports.blocks import under, words_of
from tests.ui.standins import SESSION, assistant


@pytest.fixture(scope="module")
def analysis():
    return assistant().suggest(assistant().analyse(formats.read(SESSION).transcript))


def blocks_of(analysis, miss_rate=0.4):
    return report_blocks(analysis, assistant().guidance, miss_rate)


def test_the_report_says_what_it_came_to_and_what_it_is(analysis):
    words = words_of(blocks_of(analysis))
    assert words[0] == "Your session"
    assert words[1].startswith("2 moments are perhaps worth a second look.")
    assert words[-2] == CONSENT
    assert words[-1].startswith(phrase("about"))
    assert "In our tests the tool missed about 4 in 10 of the turns" in words[-1]
    assert words[-1].endswith("Model: words 000000000000.")
    assert "missed about" not in " ".join(words_of(blocks_of(analysis, None)))


def test_a_moment_has_its_words_marks_codes_and_other_readings(analysis):
    heading, quote, codes = under(blocks_of(analysis), "Turn 7")
    assert heading == Heading(2, "Turn 7, Client: objects to the tasks")
    assert quote == Quote(analysis.transcript.turns[7].text, analysis.finding(7).evidence)
    assert [item.text[:2] for item in codes.items] == list(analysis.finding(7).codes)
    assert "How sure: leaning towards it: of turns that score like this, model raters coded about 7 in 10." in codes.items[0].text
    assert all("Another reading: " in item.text for item in codes.items)


def test_of_a_code_that_the_reader_gave_the_model_is_not_said_to_be_sure(analysis):
    said = {1: Correction(1, Verdict.OTHER_CODE, ("W1", "W2")), 7: Correction(7, Verdict.AGREE)}
    blocks = report_blocks(corrected(analysis, said), assistant().guidance, 0.4, said)
    own, confirmed = (under(blocks, f"Turn {turn}")[-1].items for turn in (1, 7))
    assert ["How sure: your code, not the model’s. Another reading: " in item.text for item in own] == [True, True]
    assert not any("model raters coded" in item.text for item in own)
    assert all("model raters coded about" in item.text for item in confirmed)


def test_ratings_have_their_meaning_and_the_therapist_share_is_a_question(analysis):
    _, ratings, question = under(blocks_of(analysis), "The session as a whole")
    assert ratings.items[0].text == ("Withdrawal: 3 of 5, some, in places (how far the client moved away from you or the work)")
    assert len(ratings.items) == 3
    assert question == Paragraph(contribution_question(3))
    unrated = replace(analysis, session=None)
    assert "The session as a whole" not in words_of(blocks_of(unrated))


def test_suggestions_stand_with_their_sources_and_shown_references(analysis):
    guidance = assistant().guidance
    _, ways = under(blocks_of(analysis), "What others do")
    assert len(ways.items) == len(analysis.suggestions) > 0
    for item, suggestion in zip(ways.items, analysis.suggestions, strict=True):
        assert item.text.endswith(f"({suggestion.strategy}): {suggestion.text}")
        assert [source.text.split("(")[-1].rstrip(")") for source in item.under] == list(suggestion.passages)
        shown = {
            guidance.references[key].title
            for id in suggestion.passages
            for key in guidance.passages[id].references
            if guidance.references[key].shown
        }
        cited = [reference.text for source in item.under for reference in source.under]
        assert len(cited) == len(shown)
        assert all(any(title in line for line in cited) for title in shown)


def test_risk_language_comes_first_and_ends_coaching_on_its_turn_and_episode(analysis):
    blocks = blocks_of(replace(analysis, risk=(RiskNotice(3, "self_harm"),)))
    assert isinstance(blocks[1], Notice)
    assert "language about harm at turn 3" in blocks[1].text
    assert under(blocks, "Turn 3") == [
        Heading(2, "Turn 3, Client"),
        Quote(analysis.transcript.turns[3].text),
        Notice(phrase("risk_moment", turn=3)),
    ]
    assert len(under(blocks, "Turn 7")) == 3
    assert analysis.episode_at(3) == analysis.episode_at(7)
    assert "What others do with such moments" not in words_of(blocks)
    assert not any(isinstance(block, Notice) for block in blocks_of(analysis))


def test_a_complaint_of_bias_is_given_no_other_reading(analysis):
    plain = blocks_of(replace(analysis, bias=(BiasNotice(7, plain=True),)))
    assert under(plain, "Turn 7")[-1] == Paragraph(phrase("bias"))
    assert "Another reading" not in " ".join(words_of(under(plain, "Turn 7")))
    assert "Another reading" in " ".join(words_of(under(plain, "Turn 3")))


def test_partner_violence_leaves_out_what_rests_on_guidance_for_couples(analysis):
    guidance = assistant().guidance
    joint = next(p for p in guidance.passages.values() if set(p.modality) == {"couples"} and p.strategies)
    couples = Suggestion(0, joint.strategies[0], "Words for the two of them.", (joint.id,))
    mixed = replace(analysis, suggestions=(*analysis.suggestions, couples))
    assert couples.text in " ".join(words_of(blocks_of(mixed)))
    elsewhere = replace(mixed, risk=(RiskNotice(0, "partner_violence"),))
    words = " ".join(words_of(blocks_of(elsewhere)))
    assert couples.text not in words
    assert analysis.suggestions[0].text in words
    assert phrase("risk_joint") in words


def test_what_was_not_analysed_says_why_once_and_nothing_found_is_not_called_well(analysis):
    refused = replace(
        analysis, state=State.NOT_ANALYSED, notes=("It has one speaker.",), findings=(), episodes=(), scores=(), session=None
    )
    words = words_of(blocks_of(replace(refused, suggestions=())))
    assert words[1] == "This could not be analysed: It has one speaker."
    assert " ".join(words).count("It has one speaker.") == 1
    nothing = replace(analysis, findings=(), episodes=(), top_moments=(), suggestions=(), notes=("Line 4 was left out.",))
    blocks = blocks_of(nothing)
    assert "No marker met the threshold" in blocks[1].text
    assert isinstance(blocks[2], Bullets)
    assert blocks[2].items[0].text == "Line 4 was left out."


def test_the_same_analysis_gives_the_same_report_after_it_was_saved(analysis):
    assert blocks_of(type(analysis).from_dict(analysis.to_dict())) == blocks_of(analysis)
