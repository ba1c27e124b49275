"""Coders' files, each format read back from what our own exports write, as a coder would change it; and broken ones."""

import json
import re
from copy import deepcopy
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rupture.analysis import Analysis, Finding, ModelCard, State
from rupture.codebook import MARKERS, STRATEGIES
from rupture.coding.code_files.cells import inert, original
from rupture.coding.code_files.marks import OWN, codes_in, shown
from rupture.coding.code_files.reading import read_argument, read_codes
from rupture.coding.codings import read_codings
from rupture.coding.written import written
from rupture.corrections import Correction, Verdict
from rupture.errors import CorpusError
from rupture.exports.data import DATA_FORMATS
from rupture.formats.cleaning import MAX_BYTES
from rupture.transcript import Role, Transcript, Turn
from tests.ui.test_escape import PAYLOADS

SPOKEN = (("Dr. Okafor", Role.THERAPIST), ("Jo", Role.CLIENT), ("Sam", Role.CLIENT))
HOSTILE = [*PAYLOADS, "=1+1", "'=1", "-", "W5[1]|C2[2]", "#Text=x", "a\tb\\t", "one\n\ntwo", "😊 [laughs]", "]]>", '"', "\u2028"]


TALK = ("How was it?", "Fine.", "Not for me, I said 'no'.", "So it is my part.", "Yes.", "No!")


def analysis(findings, texts=TALK, id="own-1"):
    turns = tuple(Turn(i, *SPOKEN[i % 3], text, i + 1) for i, text in enumerate(texts))
    found = tuple(Finding(turn, codes) for turn, codes in findings.items())
    return Analysis(Transcript(id, turns), State.ANALYSED, scores=tuple({} for _ in turns), findings=found)


def exported(tmp_path, name, given, stem="anna"):
    path = tmp_path / f"{stem}.{DATA_FORMATS[name].suffix}"
    path.write_bytes(DATA_FORMATS[name].write(given))
    return path


def codes_of(file):
    return {mark.turn: mark.codes for mark in file.marks if mark.codes}


FINDINGS = {1: ("W2",), 2: ("C2", "C6"), 3: ("R5", "R4"), 5: ("C2",)}


@pytest.mark.parametrize("name", ["csv", "label-studio", "elan", "inception"])
def test_an_export_read_back_gives_its_codes_turns_and_roles(tmp_path, name):
    file = read_codes(exported(tmp_path, name, analysis(FINDINGS)))
    assert codes_of(file) == FINDINGS
    (transcript,) = file.transcripts.values()
    assert [turn.role for turn in transcript.turns] == [role for _, role in SPOKEN] * 2
    assert transcript.id == ("own-1" if name != "inception" else OWN)
    # every turn was read, coded or not
    assert {mark.turn for mark in file.marks} == set(range(6))
    assert {mark.coder for mark in file.marks} == {OWN}


def test_a_session_saved_by_the_screen_read_back_gives_its_codes(tmp_path):
    path = tmp_path / "ben.txt"
    kept = {turn: Correction(turn, Verdict.AGREE) for turn in FINDINGS}
    path.write_text(written(analysis(FINDINGS), kept, "own-1", "a setting"), encoding="utf-8")
    file = read_codes(path)
    # In their order, the clearest first.
    assert codes_of(file) == FINDINGS
    assert not file.ratings


words = st.text(min_size=1, max_size=12).filter(lambda text: re.search(r"\w", text)) | st.sampled_from(
    [text for text in HOSTILE if re.search(r"\w", text)]
)


@st.composite
def coded_sessions(draw):
    texts = draw(st.lists(words, min_size=1, max_size=7))
    findings = {}
    for turn in range(len(texts)):
        known = STRATEGIES if turn % 3 == 0 else MARKERS
        if codes := draw(st.lists(st.sampled_from(known), max_size=3, unique=True)):
            findings[turn] = tuple(codes)
    return analysis(findings, texts)


@pytest.mark.parametrize("name", ["csv", "label-studio", "elan", "inception"])
@given(session=coded_sessions())
def test_no_words_and_no_codes_are_lost_or_moved_whatever_is_said(tmp_path_factory, name, session):
    file = read_codes(exported(tmp_path_factory.mktemp("x"), name, session))
    assert codes_of(file) == {finding.turn: finding.codes for finding in session.findings}
    (transcript,) = file.transcripts.values()
    assert len(transcript.turns) == len(session.transcript.turns)


@given(text=words | st.sampled_from(HOSTILE))
def test_a_cell_is_taken_back_to_the_text_it_was_made_from(text):
    assert original(inert(text)) == text
    assert not re.match(r"[=+\-@\t\r]", inert(text))


def test_label_studio_names_its_annotators_and_leaves_predictions_and_cancelled_work_out(tmp_path):
    path = exported(tmp_path, "label-studio", analysis({1: ("W2",)}))
    tasks = json.loads(path.read_bytes())
    prediction = tasks[0]["predictions"][0]["result"][0]
    changed = {**prediction, "value": {**prediction["value"], "paragraphlabels": ["W5"]}}
    tasks[0]["annotations"] = [
        {"completed_by": {"id": 3, "email": "anna@example.org"}, "result": [changed]},
        {"completed_by": 4, "result": []},
        {"completed_by": 5, "result": [prediction], "was_cancelled": True},
    ]
    path.write_text(json.dumps(tasks))
    file = read_codes(path)
    assert {mark.coder for mark in file.marks} == {"anna@example.org", "annotator 4"}
    assert codes_of(file) == {1: ("W5",)}
    # an only annotator with a number is whoever the file belongs to
    tasks[0]["annotations"] = [{"completed_by": 1, "result": [changed]}]
    path.write_text(json.dumps(tasks))
    ((_, named),) = read_argument(str(path))
    assert {mark.coder for mark in named.marks} == {"anna"}


def test_a_label_over_several_turns_counts_where_it_can_stand(tmp_path):
    path = exported(tmp_path, "label-studio", analysis({1: ("W2",)}))
    tasks = json.loads(path.read_bytes())
    value = tasks[0]["predictions"][0]["result"][0]["value"]
    value |= {"start": "2", "end": "4", "startOffset": 3, "endOffset": 0, "paragraphlabels": ["C2"]}
    path.write_text(json.dumps(tasks))
    # turn 3 is the therapist's, and of turn 4 nothing is covered
    assert codes_of(read_codes(path)) == {2: ("C2",)}
    value["paragraphlabels"] = ["W22", "R4", "C2"]
    path.write_text(json.dumps(tasks))
    # what is no code, or can stand on no turn it covers, is there to be refused
    assert codes_of(read_codes(path)) == {2: ("W22", "C2"), 3: ("W22", "R4")}
    with pytest.raises(CorpusError, match="found 'W22' for a code"):
        read_codings([str(path)])


def test_two_annotations_by_one_annotator_are_a_problem(tmp_path):
    path = exported(tmp_path, "label-studio", analysis({}))
    tasks = json.loads(path.read_bytes())
    tasks[0]["annotations"] = [{"completed_by": 1, "result": []}, {"completed_by": 1, "result": []}]
    path.write_text(json.dumps(tasks))
    (problem,) = read_codes(path).problems
    assert "task 1 has two annotations by one annotator" in problem


def test_elan_takes_a_second_coder_in_tiers_of_their_own(tmp_path):
    path = exported(tmp_path, "elan", analysis({1: ("W2",)}))
    root = ElementTree.fromstring(path.read_bytes())  # noqa: S314  # our own export
    first = next(tier for tier in root.iter("TIER") if tier.get("TIER_ID") == "Rupture@Client A")
    other = deepcopy(first)
    other.set("TIER_ID", "Rupture@Client A@Ben")
    for value in other.iter("ANNOTATION_VALUE"):
        value.text = "w5, C2"
    root.append(other)
    path.write_bytes(ElementTree.tostring(root))
    coded = {(mark.coder, mark.turn): mark.codes for mark in read_codes(path).marks if mark.codes}
    assert coded == {(OWN, 1): ("W2",), ("Ben", 1): ("W5", "C2")}


@pytest.mark.parametrize(
    "head",
    [
        '<!DOCTYPE ANNOTATION_DOCUMENT [<!ENTITY a "W5">]>',
        '<!DOCTYPE x [<!ENTITY a "a"><!ENTITY b "&a;&a;">]>',
        '<!DOCTYPE x SYSTEM "file:///etc/hostname">',
    ],
)
def test_no_entity_and_no_document_type_is_let_in(tmp_path, head):
    path = tmp_path / "x.eaf"
    path.write_text(f'<?xml version="1.0"?>{head}<ANNOTATION_DOCUMENT><TIER TIER_ID="Rupture@C"/></ANNOTATION_DOCUMENT>')
    with pytest.raises(CorpusError, match="document type or entities"):
        read_codes(path)


TABLE = "session,turn,codes\ns,0,\ns,1,W5\n"


@pytest.mark.parametrize(
    "data",
    [
        TABLE.encode(),
        TABLE.encode("utf-8-sig"),
        TABLE.replace(",", ";").encode(),
        TABLE.replace(",", "\t").encode("utf-16"),
        TABLE.replace("\n", "\r\n").encode(),
        TABLE.replace("\n", "\r").encode(),
        TABLE.replace("session,turn,codes", "Transcript_ID,Utterance ID,Code").encode(),
        TABLE.replace("W5", "w5 ").encode("cp1252"),
    ],
)
def test_tables_are_read_as_spreadsheets_save_them(tmp_path, data):
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    assert [(m.session, m.turn, m.codes) for m in read_codes(path).marks] == [("s", 0, ()), ("s", 1, ("W5",))]


def test_a_table_gives_a_transcript_only_when_it_has_every_turn_and_says_who_speaks(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('session,turn,speaker,text,codes\ns,0,Therapist,"a\nb",\ns,1,Client B,\'=1,W5\nt,1,Client,x,W5\n')
    file = read_codes(path)
    assert {id: [(t.role, t.text, t.line) for t in found.turns] for id, found in file.transcripts.items()} == {
        "s": [(Role.THERAPIST, "a\nb", 2), (Role.CLIENT, "=1", 4)]
    }
    path.write_text(TABLE)
    assert not read_codes(path).transcripts


def test_one_row_a_code_and_one_row_a_turn_say_the_same(tmp_path):
    path = tmp_path / "long.csv"
    path.write_text("session,turn,rater,code\ns,1,A,W5\ns,1,A,C2\ns,2,B,R1\n")
    found = [(mark.coder, mark.turn, mark.codes) for mark in read_codes(path).marks]
    assert found == [("A", 1, ("W5",)), ("A", 1, ("C2",)), ("B", 2, ("R1",))]


TIMED = (
    '<ANNOTATION_DOCUMENT><TIME_ORDER><TIME_SLOT TIME_SLOT_ID="t" TIME_VALUE="{}"/></TIME_ORDER>'
    '<TIER TIER_ID="C"><ANNOTATION><ALIGNABLE_ANNOTATION TIME_SLOT_REF1="t"/></ANNOTATION></TIER>'
    '<TIER TIER_ID="Rupture@C" PARENT_REF="C"/></ANNOTATION_DOCUMENT>'
)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.csv", "session,turn\ns,1\n", "found the columns session, turn; expected the columns session, turn and codes"),
        ("a.csv", "", "found the columns none that are known"),
        ("a.csv", 'session,turn,codes\ns,1,"W5\n', "a.csv:2: not a readable table row"),
        ("a.csv", "PK\x03\x04 a workbook", "save the sheet as CSV"),
        ("a.json", "[1, 2", "is not JSON"),
        ("a.json", '{"turns": []}', "expected Label Studio's export"),
        ("a.json", '[{"data": {"dialogue": [{"text": 1}]}}]', "not as Label Studio writes it"),
        ("a.json", "[" * 100_000, "is not JSON"),
        ("a.eaf", "<ANNOTATION_DOCUMENT>\n<TIER", "a.eaf:2: is not well-formed XML"),
        ("a.eaf", "<ANNOTATION_DOCUMENT/>", "expected an ELAN document"),
        ("a.eaf", '<?xml version="1.0" encoding="foo"?><ANNOTATION_DOCUMENT/>', "names an encoding that cannot be read"),
        ("a.eaf", '<?xml version="1.0" encoding="big5"?><ANNOTATION_DOCUMENT/>', "names an encoding that cannot be read"),
        ("a.eaf", TIMED.format("1.5"), "has no time"),
        ("a.eaf", TIMED.format("9" * 5_000), "has no time"),
        ("a.eaf", f"<ANNOTATION_DOCUMENT>{' ' * MAX_BYTES}</ANNOTATION_DOCUMENT>", "a.eaf: the file has "),
        ("a.tsv", "#FORMAT=WebAnno TSV 3.3\n#T_SP=other.Layer|value\n\n\n#Text=x\n", "has no layer custom.Span"),
        ("a.tsv", "#FORMAT=WebAnno TSV 3.3\n#T_SP=custom.Span|label\n\n\n#Text=x\n1-1\t0-1\tx\n", "a.tsv:6: not a token"),
        ("a.tsv", "#FORMAT=WebAnno TSV 3.3\n#T_SP=custom.Span|label\n\n\n#Text=x\n7-1\t0-1\tx\t_\n", "a.tsv:6: not a token"),
        ("a.txt", "=== id: a\nT: hello {W5}\nS: -\n", "a.txt:2: W5 cannot stand on a therapist turn"),
    ],
)
def test_broken_files_are_named_with_what_was_expected(tmp_path, name, text, said):
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(CorpusError) as error:
        read_codes(path)
    assert said in str(error.value)


def test_files_that_are_not_there_are_named(tmp_path):
    for argument in ("nothing.csv", "anna=nothing.csv"):
        with pytest.raises(CorpusError, match=r"nothing\.csv: cannot be read"):
            list(read_argument(argument))
    with pytest.raises(CorpusError, match="found no file of codes"):
        list(read_argument(str(tmp_path)))


def test_rows_that_say_nothing_clear_are_named_by_line(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("session,turn,rater,codes\ns,one,A,W5\n,1,A,W5\ns,1,,W5\ns,-1,A,\n\ns,1,A,W5\n")
    file = read_codes(path)
    assert [problem.split(": ", 1)[0].rpartition(":")[2] for problem in file.problems] == ["2", "3", "4", "5"]


def test_who_a_file_belongs_to(tmp_path):
    (tmp_path / "anna.label.csv").write_text(TABLE)
    folder = tmp_path / "ben"
    folder.mkdir()
    (folder / "one.csv").write_text(TABLE)
    (folder / "README.md").write_text("not codes")

    def coders(argument):
        return {mark.coder for _, file in read_argument(argument) for mark in file.marks}

    assert coders(str(tmp_path / "anna.label.csv")) == {"anna"}
    assert coders(f"Dr. Li={tmp_path / 'anna.label.csv'}") == {"Dr. Li"}
    assert coders(str(folder)) == {"ben"}
    (tmp_path / "two.csv").write_text("session,turn,rater,codes\ns,1,A,W5\ns,1,B,W5\n")
    assert coders(str(tmp_path / "two.csv")) == {"A", "B"}
    with pytest.raises(CorpusError, match="holds the codes of 2 coders"):
        coders(f"x={tmp_path / 'two.csv'}")


def test_codes_in_a_cell_and_what_is_shown_of_others():
    assert codes_in(" w5, C2;W5 | r10") == ("W5", "C2", "R10")
    assert codes_in("") == ()
    assert shown("W9") == "'W9'"
    assert "mother" not in shown("mother")


def test_the_model_a_session_was_coded_by_is_no_coder(tmp_path):
    coded = replace(analysis({1: ("W2",)}), model=ModelCard("m", "d", ()))
    for name in ("label-studio", "elan"):
        ((_, file),) = read_argument(str(exported(tmp_path, name, coded, stem="li")))
        assert {mark.coder for mark in file.marks} == {"li"}
