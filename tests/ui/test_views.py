import dataclasses
import html
import json
import re

import pytest

from rupture import formats
from rupture.analysis import Finding, RiskNotice, State
from rupture.assistant.draft import phrase
from rupture.corrections import Correction, Verdict, corrected
from rupture.detection.card import read_card
from rupture.resources import MODEL
from rupture.transcript import Role
from rupture.ui import desk as desks
from rupture.ui.about_view import about_html
from rupture.ui.chat import messages, reply_text
from rupture.ui.desk import Desk
from rupture.ui.evidence_view import evidence_html
from rupture.ui.intake_view import preview_html, shelf_html, speakers_html
from rupture.ui.session_view import outcome_html, risk_html, session_html
from rupture.ui.timeline import timeline
from rupture.ui.transcript_view import conversation_html, filters_html, marked, moments_html
from rupture.words import sureness
from tests.ui.standins import SESSION, assistant
from tests.ui.test_escape import PAYLOADS


@pytest.fixture(scope="module")
def analysis():
    return assistant().suggest(assistant().analyse(formats.read(SESSION).transcript))


@pytest.fixture(scope="module")
def hostile():
    lines = [f"{'Therapist' if i % 2 else 'Client <b>'}: whatever you think {payload}" for i, payload in enumerate(PAYLOADS)]
    transcript = formats.read("\n".join(lines)).transcript
    found = assistant().analyse(
        transcript.with_roles({label: Role.CLIENT for label in transcript.speakers if label.startswith("Client")})
    )
    return assistant().suggest(found)


def text_of(html_text: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", html_text))


def test_the_screen_opens_at_the_top_moments(analysis):
    shown = moments_html(analysis, 3)
    assert analysis.top_moments[0] == 3
    assert "turn 3 · goes along without engaging" in text_of(shown)
    assert 'data-turn="3" aria-pressed="true"' in shown


def test_every_turn_is_shown_and_marks_are_slices(analysis):
    shown = conversation_html(analysis, 3)
    assert all(turn.text in text_of(shown) for turn in analysis.transcript.turns)
    assert '<mark class="withdrawal">' in shown
    assert "◁" in shown
    assert "▲" in shown
    finding = analysis.finding(3)
    for start, end in finding.evidence:
        assert f">{analysis.transcript.turns[3].text[start:end]}</mark>" in shown


def test_marked_rebuilds_the_text_and_ignores_impossible_spans():
    text = "I <do> not know, really."
    for spans in ((), ((0, 3),), ((2, 6), (4, 9)), ((20, 99),), ((5, 5),)):
        assert text_of(marked(text, spans, "withdrawal")) == text


def test_the_evidence_has_every_part_the_design_names(analysis):
    shown = text_of(evidence_html(analysis, 3, assistant().guidance))
    parts = (
        "goes along without engaging",
        "How sure",
        "model raters coded about 9 in 10",
        "Another reading",
        "Real agreement brings own words",
        "task: how you go about it",
        "What the therapist did next",
        "turn 4",
        "What others do with such a moment",
        "Source:",
    )
    for part in parts:
        assert part in shown


def test_a_source_holds_its_passage_word_for_word_and_only_shown_references(analysis):
    guidance = assistant().guidance
    shown = text_of(evidence_html(analysis, 3, guidance))
    cited = [guidance.passages[id] for s in analysis.suggestions for id in s.passages if s.episode == 0]
    assert cited
    assert all(passage.text in shown for passage in cited)
    assert "href" not in evidence_html(analysis, 3, guidance)


def test_a_moment_with_risk_language_gets_the_notice_and_no_coaching(analysis):
    risky = dataclasses.replace(analysis, risk=(RiskNotice(3, "self_harm"),))
    shown = text_of(evidence_html(risky, 3, assistant().guidance))
    assert phrase("risk_moment", turn=3) in shown
    assert "What others do" not in shown
    assert "emergency services" in text_of(risk_html(risky))
    assert risk_html(analysis) == ""


def test_partner_violence_ends_joint_advice_in_the_notice(analysis):
    assert phrase("risk_joint") in text_of(risk_html(dataclasses.replace(analysis, risk=(RiskNotice(3, "partner_violence"),))))


def test_nothing_found_is_never_said_as_all_well(analysis):
    none = dataclasses.replace(analysis, findings=(), episodes=(), top_moments=())
    assert "No marker met the threshold" in text_of(outcome_html(none, 0.4))
    assert "missed about 4 in 10" in text_of(outcome_html(none, 0.4))
    assert "missed about" not in text_of(outcome_html(none, None))


def test_when_all_was_set_aside_that_is_what_is_said(analysis):
    coded = [f.turn for f in analysis.findings if analysis.transcript.turns[f.turn].role is Role.CLIENT]
    none = corrected(analysis, {turn: Correction(turn, Verdict.NOT_A_RUPTURE) for turn in coded})
    assert "Every moment that was shown has been set aside." in text_of(outcome_html(none, 0.4))
    assert "No marker met the threshold" not in text_of(outcome_html(none, 0.4))


def test_corrections_are_no_reason_why_a_session_was_read_only_in_part(analysis):
    partly = dataclasses.replace(analysis, state=State.PARTLY, notes=("An interpreter speaks (turn 2).",))
    said = {
        1: Correction(1, Verdict.AGREE),
        3: Correction(3, Verdict.OTHER_CODE, ("W1",)),
        5: Correction(5, Verdict.NOT_A_RUPTURE),
    }
    shown = text_of(outcome_html(corrected(partly, said), 0.4)).partition("Notes about this reading")
    assert phrase("partly", reasons="An interpreter speaks (turn 2).") in shown[0]
    assert "by the reader" not in shown[0]
    assert shown[2].count("by the reader") == 3


def test_not_analysed_says_why(analysis):
    refused = dataclasses.replace(analysis, state=State.NOT_ANALYSED, notes=("It has one speaker.",), findings=(), scores=())
    assert "could not be analysed: It has one speaker." in text_of(outcome_html(refused, 0.4))


def test_the_therapist_share_is_a_question_and_never_a_number(analysis):
    shown = text_of(session_html(analysis, 0.4))
    assert "A question for you." in shown
    assert "contribution" not in shown.lower()
    low = dataclasses.replace(analysis, session=dataclasses.replace(analysis.session, therapist_contribution=1))
    assert re.findall(r"\d of 5", shown) == re.findall(r"\d of 5", text_of(session_html(low, 0.4)))


def test_the_timeline_holds_no_words_of_the_session(analysis):
    figure = json.loads(timeline(analysis).to_json())
    assert [trace["name"] for trace in figure["data"]] == ["withdrawal", "confrontation", "therapist answers"]
    assert "diary" not in json.dumps(figure)


def test_hostile_words_stay_words_in_every_view(hostile):
    guidance = assistant().guidance
    views = [
        conversation_html(hostile, 0),
        moments_html(hostile, 0),
        outcome_html(hostile, None),
        session_html(hostile, 0.4),
        filters_html(hostile),
        preview_html("\n".join(f"Client: {payload}" for payload in PAYLOADS)),
        shelf_html(PAYLOADS),
        risk_html(hostile),
    ]
    views += [evidence_html(hostile, turn.index, guidance) for turn in hostile.transcript.turns]
    allowed = re.compile(
        r"</?(?:div|span|button|b|nav|select|option|label|input|h5|details|summary|mark|header|h[234]|p|section|dl|dt|dd|blockquote|ol|ul|li|i|small)\b[^<>]*>"
    )
    for view in views:
        assert not re.search(r"[<>]", allowed.sub("", view))
        assert not re.search(r"[`{}$]", view)
        assert not re.search(r"<[^>]* on\w+=", view)


def test_filters_offer_what_was_found_and_nothing_else(analysis):
    shown = filters_html(analysis)
    offered = re.findall(r'<option value="([A-Z]\d+)"', shown)
    assert offered
    assert set(offered) == {code for finding in analysis.findings for code in finding.codes}
    assert filters_html(dataclasses.replace(analysis, findings=())) == ""


def test_what_is_typed_is_counted_before_it_is_sent():
    assert "12 turns, 2 speakers, 0 lines in no turn" in text_of(preview_html(SESSION))
    assert preview_html("How do I own my part in a rupture?") == ""


def test_a_turn_says_how_it_was_read_and_offers_only_codes_of_its_role(analysis):
    guidance = assistant().guidance
    client, therapist = evidence_html(analysis, 3, guidance), evidence_html(analysis, 4, guidance)
    assert set(re.findall(r'<option value="([A-Z])\d', client)) == {"W", "C"}
    assert set(re.findall(r'<option value="([A-Z])\d', therapist)) == {"R"}
    assert 'aria-pressed="true"' not in client
    agreed = evidence_html(analysis, 3, guidance, {3: Correction(3, Verdict.AGREE)})
    assert 'data-verdict="agree" aria-pressed="true"' in agreed
    assert "You agree." in agreed


def test_of_a_code_that_the_reader_gave_the_model_is_not_said_to_be_sure(analysis):
    said = {
        1: Correction(1, Verdict.OTHER_CODE, ("W1",)),
        3: Correction(3, Verdict.AGREE),
        4: Correction(4, Verdict.OTHER_CODE, ("R4",)),
    }
    after = corrected(analysis, said)
    rows = dict(re.findall(r'data-turn="(\d+)"( data-codes.*?)</div></div>', conversation_html(after, 3, said)))
    sure = {turn: re.search(r'data-sure="(.*?)"', row)[1] for turn, row in rows.items()}
    # The filter leaves out what is below its choice, 0.8 at most; what the reader gave is never below.
    assert sure == {"1": "1.00", "3": "0.91", "4": "1.00", "7": "0.86", "8": "0.80"}
    assert [turn for turn, row in rows.items() if "your code" in row] == ["1", "4"]
    panels = {turn: text_of(evidence_html(after, turn, assistant().guidance, said)) for turn in (1, 3, 4)}
    assert ["How sure your code, not the model’s." in panels[turn] for turn in panels] == [True, False, True]
    assert ["model raters coded about" in panels[turn] for turn in panels] == [False, True, False]


def test_about_tells_the_measured_numbers_and_whose_codes_they_are():
    card = read_card(MODEL)
    shown = text_of(about_html(card, 186))
    assert "made by language models after a codebook, not by clinicians" in shown
    assert "186 documents" in shown
    assert all(f"{row['auroc']:.2f}" in shown for row in card.measured.values())


def test_speakers_show_label_reason_roles_and_what_was_not_understood():
    reading = formats.read("A stray line\n\nDr. Q & Co: How was it?\nAnna: Fine.\nDr. Q & Co: And today?\nAnna: Also fine.\n")
    shown = speakers_html(reading, {label: reading.transcript.role_of(label) for label in reading.transcript.speakers})
    assert "Dr. Q &amp; Co" in shown
    assert shown.count('type="radio"') == 3 * len(reading.transcript.speakers)
    assert all(reason in text_of(shown) for reason in reading.reasons.values())
    assert "4 turns, 2 speakers, 1 line in no turn" in text_of(shown)


def test_chat_replies_are_inert_and_carry_their_sources(analysis):
    desk = desks.receive(Desk(), "what helps <img src=x> ![a](http://b) when clients agree?", ())
    (desk,) = desks.answers(desk, assistant())
    shown = messages(desk.said, assistant().guidance)
    assert "<img" not in shown[0]["content"]
    assert "![" not in shown[0]["content"]
    assert re.match(r"<details><summary>\d sources?</summary>\n", shown[-1]["content"])
    for id in desk.said[-1].reply.passages:
        assert assistant().guidance.passages[id].text.split("\n")[0][:60] in html.unescape(shown[-1]["content"])


def test_ways_to_respond_stand_one_a_line(analysis):
    desk = dataclasses.replace(
        Desk(question="what could I try"), conversation=dataclasses.replace(Desk().conversation, analysis=analysis)
    )
    (desk,) = desks.answers(desk, assistant())
    assert reply_text(desk.said[-1].reply).count("\n- ") >= 2


def test_sureness_is_words_first():
    assert sureness(0.95).startswith("fairly sure")
    assert sureness(0.05).startswith("only a faint sign")
    assert "9 in 10" in sureness(1.0)


def test_findings_with_hints_only_are_quiet(analysis):
    quiet = dataclasses.replace(analysis, findings=(*analysis.findings, Finding(5, (), ("W2",))))
    assert 'data-turn="5"' not in moments_html(quiet, None)
    assert "Quieter hints" in evidence_html(quiet, 5, assistant().guidance)
