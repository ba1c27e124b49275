import json
from dataclasses import replace

import pytest

from rupture.corrections import Correction, Verdict
from rupture.errors import MissingPackage, UnreadableTranscript
from rupture.fakes import ScriptedChat
from rupture.formats import read_file
from rupture.transcript import Role
from rupture.ui import desk as desks
from rupture.ui.desk import Desk
from tests.ui.standins import SESSION, assistant


def analysed(text: str = SESSION) -> Desk:
    return desks.analysed(desks.receive(Desk(), text, ()), assistant())


def analysed_from(desk: Desk) -> Desk:
    return desks.analysed(desk, assistant())


def test_a_pasted_session_waits_for_its_speakers_with_its_question():
    desk = desks.receive(Desk(), f"What could I try here?\n\n{SESSION}", ())
    assert desk.question == "What could I try here?"
    assert desk.roles == {"Therapist": Role.THERAPIST, "Client": Role.CLIENT}
    assert desk.said[-1].text == "A session of 12 turns: What could I try here?"


def test_a_question_alone_is_a_question():
    desk = desks.receive(Desk(), "How do I own my part in a rupture?", ())
    assert desk.reading is None
    assert desk.question == "How do I own my part in a rupture?"


def test_a_file_is_read_under_its_name(tmp_path):
    file = tmp_path / "tuesday.txt"
    file.write_text(SESSION, encoding="utf-8")
    assert desks.receive(Desk(), "", (str(file),)).reading.transcript.id == "tuesday"


def test_a_document_without_speakers_is_read_for_risk_too(tmp_path):
    import docx

    document = docx.Document()
    document.add_paragraph("I want to kill myself. I wrote this down for you because I cannot say it.")
    document.save(tmp_path / "letter.docx")
    desk = desks.receive(Desk(), "", (str(tmp_path / "letter.docx"),))
    assert desk.reading is None
    assert "risk protocol" in desk.said[-1].text


def test_one_of_several_files_that_needs_more_software_keeps_nobody_from_the_others(tmp_path, monkeypatch):
    def lacking(path):
        if path.suffix == ".pdf":
            raise MissingPackage("Reading a PDF", "files")
        return read_file(path)

    monkeypatch.setattr(desks.formats, "read_file", lacking)
    for name in ("scan.pdf", "tuesday.txt"):
        (tmp_path / name).write_text(SESSION, encoding="utf-8")
    desk = desks.receive(Desk(), "", (str(tmp_path / "scan.pdf"), str(tmp_path / "tuesday.txt")))
    assert desk.reading.transcript.id == "tuesday"
    assert [said.text for said in desk.said if "rupture[files]" in said.text and said.text.startswith("Scan: ")]


def test_a_question_beside_files_of_which_none_holds_a_session_is_asked_all_the_same(tmp_path):
    files = [tmp_path / name for name in ("note.txt", "scan.txt")]
    files[0].write_text("Nobody speaks in here.", encoding="utf-8")
    files[1].write_bytes(b"\x89PNG")
    for given in (files, files[:1]):
        desk = desks.receive(Desk(), "What is a rupture?", tuple(map(str, given)))
        assert desk.question == "What is a rupture?"
        *notes, asked = desk.said
        assert (asked.role, asked.text) == ("user", "What is a rupture?")
        assert len(notes) == len(given)
    assert not desks.receive(Desk(), "", (str(files[0]),)).question


def test_text_without_speakers_says_what_to_do_and_adds_the_notice_for_risk(tmp_path):
    file = tmp_path / "note.txt"
    file.write_text("I want to kill myself, he said, and then the hour was over and we both sat there.", encoding="utf-8")
    desk = desks.receive(Desk(), "", (str(file),))
    assert desk.reading is None
    assert "Start each line with who is speaking" in desk.said[-1].text
    assert "emergency services" in desk.said[-1].text


def test_roles_change_one_at_a_time_and_nonsense_changes_nothing():
    desk = desks.receive(Desk(), SESSION, ())
    assert desks.set_roles(desk, [(0, "other")]).roles == {"Therapist": Role.OTHER, "Client": Role.CLIENT}
    assert desks.set_roles(desk, [(9, "client"), (0, "admin"), (-1, "other")]) == desk
    assert desks.set_roles(Desk(), [(0, "client")]) == Desk()


def test_analysis_opens_at_the_first_top_moment():
    desk = analysed()
    assert desk.selected == desk.analysis.top_moments[0] == 3
    assert desk.reading is None
    assert desk.analysis.suggestions


def test_a_follow_up_stays_with_the_turn_looked_at():
    desk = desks.look(analysed(), 7)
    (after,) = desks.answers(desks.receive(desk, "what could I say?", ()), assistant())
    assert after.said[-1].reply.turns[0] == 7


def test_turns_that_are_not_there_cannot_be_selected():
    desk = analysed()
    assert desks.look(desk, 99) == desk
    assert desks.look(desk, -1) == desk
    assert desks.look(Desk(), 0) == Desk()


def test_a_moment_that_is_no_rupture_leaves_findings_and_episodes_and_can_be_taken_back():
    desk = analysed()
    set_aside = Correction(3, Verdict.NOT_A_RUPTURE)
    after = desks.correct(desk, set_aside, assistant())
    assert after.analysis.finding(3) is None
    assert 3 not in after.analysis.top_moments
    assert all(episode.onset != 3 for episode in after.analysis.episodes)
    assert "set aside" in after.analysis.notes[-1]
    assert desks.correct(after, set_aside, assistant()).analysis == desk.analysis


def test_another_code_takes_the_place_of_the_ones_before_and_gets_suggestions_of_its_own():
    other = Correction(3, Verdict.OTHER_CODE, ("W1",))
    desk = desks.correct(desks.correct(analysed(), Correction(3, Verdict.AGREE), assistant()), other, assistant())
    assert desk.analysis.finding(3).codes == ("W1",)
    assert desk.corrections == {3: other}
    assert desk.analysis.suggestions


def test_names_to_leave_out_are_gone_from_the_session_and_evidence_still_fits():
    text = SESSION.replace("You're the expert", "You're the expert, Marigold")
    desk = desks.analysed(desks.with_names(desks.receive(Desk(), text), "Marigold"), assistant())
    assert "Marigold" not in json.dumps(desk.analysis.to_dict())
    turn, (start, end) = desk.analysis.transcript.turns[3], desk.analysis.finding(3).evidence[0]
    assert turn.text[start:end] == "whatever you think is best."


def test_several_files_stand_on_the_shelf_and_are_taken_in_turn(tmp_path):
    files = []
    for name in ("monday", "tuesday", "note"):
        files.append(tmp_path / f"{name}.txt")
        files[-1].write_text(SESSION if name != "note" else "Nobody speaks in here.", encoding="utf-8")
    desk = desks.receive(Desk(), "", tuple(map(str, files)))
    assert (desk.title, [other.title for other in desk.shelf]) == ("Monday (12 turns)", ["Tuesday (12 turns)"])
    assert "Note: Not analysed" in desk.said[0].text
    desk = desks.analysed(desk, assistant())
    other = desks.take(desk, 0)
    assert (other.title, [o.title for o in other.shelf]) == ("Tuesday (12 turns)", ["Monday (12 turns)"])
    assert other.reading is not None
    back = desks.take(other, 0)
    assert back.analysis == desk.analysis
    assert back.selected == desk.selected
    assert desks.take(back, 9) == back


def test_all_desks_of_a_tab_share_one_lane_and_only_the_last_to_enter_is_heard():
    desk = desks.receive(Desk(), SESSION)
    first = desk.lane.enter()
    for later in (
        analysed_from(desk),
        desks.drop_reading(desk),
        desks.cleared(desk),
        desks.take(desks.receive(desk, SESSION), 0),
    ):
        assert later.lane is desk.lane
    assert desk.lane.last == first
    assert desk.lane.enter() != first
    assert Desk().lane is not Desk().lane


def test_the_lane_says_whether_an_answer_was_being_written_when_the_last_event_came():
    lane = Desk().lane
    lane.enter()
    assert not lane.broke_off
    lane.writing = True
    lane.enter()
    assert lane.broke_off
    assert not lane.writing
    lane.enter()
    assert not lane.broke_off


def test_a_question_waits_with_the_session_it_came_with():
    desk = desks.receive(Desk(), f"What could I try here?\n\n{SESSION}")
    other = desks.receive(desk, SESSION)
    assert other.question == ""
    assert desks.take(other, 0).question == "What could I try here?"


def test_a_new_session_puts_the_open_one_on_the_shelf_and_leaving_it_out_keeps_that():
    desk = desks.receive(analysed(), SESSION)
    assert desk.analysis is None
    assert [other.title for other in desk.shelf] == ["Your session (12 turns)"]
    assert desks.drop_reading(desk).shelf == desk.shelf


def test_leaving_a_session_out_forgets_it():
    desk = desks.drop_reading(desks.receive(Desk(), SESSION, ()))
    assert desk.reading is None
    assert not desk.roles
    assert not desk.question


def test_a_file_that_cannot_be_read_is_an_error_with_its_reason(tmp_path):
    (tmp_path / "scan.txt").write_bytes(b"\x89PNG")
    with pytest.raises(UnreadableTranscript, match="a picture"):
        desks.receive(Desk(), "", (str(tmp_path / "scan.txt"),))


def test_of_a_file_that_lay_in_the_box_too_long_it_is_said_what_to_do_and_not_where_it_was(tmp_path):
    with pytest.raises(UnreadableTranscript, match="drop it there again") as told:
        desks.receive(Desk(), "", (str(tmp_path / "gone.txt"),))
    assert str(tmp_path) not in str(told.value)


@pytest.fixture
def remote():
    """A desk with an answered question about a session, and an assistant whose model is elsewhere."""
    chat = ScriptedChat("Nothing.", host="models.example.org")
    parts = replace(assistant(), chat=chat)
    desk = desks.receive(desks.analysed(desks.receive(Desk(), SESSION), parts), "what could I try at turn 3?")
    *_, desk = desks.answers(desk, parts)
    return desk, parts, chat


def test_what_could_be_sent_is_shown_and_nothing_goes_out_before(remote):
    desk, parts, chat = remote
    assert "whatever you think is best" in desks.outgoing(desk, parts).user
    assert "diary" not in desks.outgoing(desks.with_names(desk, " diary,\nweek "), parts).user
    assert chat.asked == []


def test_what_is_sent_is_what_the_user_left(remote):
    desk, parts, chat = remote
    *_, after = desks.sent(desk, parts, "Only this.")
    assert [user for _, user in chat.asked] == ["Only this."]
    assert len(after.said) == len(desk.said) + 1
    assert desks.outgoing(after, parts) is None


def test_no_is_for_the_whole_session_and_ends_with_it(remote):
    desk, parts, chat = remote
    kept = desks.keep_here(desk)
    *_, again = desks.answers(desks.receive(kept, "what else could I try at turn 3?"), parts)
    assert desks.outgoing(again, parts) is None
    assert list(desks.sent(again, parts, "All of it.")) == []
    fresh = desks.analysed(desks.receive(again, SESSION), parts)
    *_, asked = desks.answers(desks.receive(fresh, "what could I try at turn 3?"), parts)
    assert desks.outgoing(asked, parts) is not None
    assert chat.asked == []


def test_a_model_is_asked_on_only_while_nothing_else_happens_in_the_tab():
    given = []

    class Endless:
        host = ""

        def stream(self, system, user):
            for number in range(1000):
                given.append(number)
                if number == 3:
                    desk.lane.enter()
                yield "Own your part [1]. "

    desk = desks.ask(analysed(), "What could I say?")
    assert list(desks.answers(desk, replace(assistant(), chat=Endless())))
    assert given == [0, 1, 2, 3]
