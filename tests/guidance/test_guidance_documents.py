"""The validator: what it says about broken documents, where, and what a sound corpus becomes."""

import re

import pytest
from small_corpus import DOCUMENT, FILLER

from rupture.errors import CorpusError
from rupture.guidance import documents
from rupture.guidance.values import PassageRole
from rupture.guidance.vocabulary import ANY, AUDIENCES, KINDS, MODALITIES, REGISTERS, STAGES
from rupture.guidance.wording import first_sentence, sentences, wordings
from rupture.resources import CORPUS

RECOGNISE = '## What it can look like {role="recognise"}'
DO = '## Ask for the doubt {role="do" strategies="R4 R9" stage="in_the_moment"}'

# What is replaced in a sound document, by what, and the line and words of the problem that must be named.
BROKEN = {
    "unknown key": ("kind: marker", "kind: marker\ncolour: red", 5, "unknown key 'colour'"),
    "missing key": ("cautions: Pressing can shame.\n", "", 2, "key 'cautions' is missing"),
    "key twice": ("kind: marker", "kind: marker\nkind: topic", 5, "key 'kind' is given more than once"),
    "unknown kind": ("kind: marker", "kind: essay", 4, "kind: found 'essay', expected one of marker, strategy, topic"),
    "unknown marker": ("markers: [W5]", "markers: [W9]", 5, "markers: found 'W9'"),
    "strategy as marker": ("markers: [W5]", "markers: [R4]", 5, "markers: found 'R4'"),
    "unknown modality": ("modality: [any]", "modality: [yoga]", 7, "modality: found 'yoga'"),
    "any and another": ("modality: [any]", "modality: [any, cbt]", 7, "'any' cannot stand beside"),
    "modality not a list": ("modality: [any]", "modality: any", 7, "modality: should be a valid list, found text"),
    "nobody's": ("audience: [therapist]", "audience: []", 8, "audience"),
    "id is not the file": ("id: too-easy", "id: other", 2, "id is 'other', expected the file's name 'too-easy'"),
    "bad id": ("id: too-easy", "id: Too Easy", 2, "id: found 'Too Easy', expected the pattern"),
    "long remark": ("Pressing can shame.", "One. Two. Three.", 10, "expected one or two sentences, found 3"),
    "empty remark": ("Pressing can shame.", "''", 10, "cautions: should have at least 1 character"),
    "unknown reference": ("[B01]", "[B01, B99]", 12, "reference 'B99' is not in references.yaml"),
    "recalled reference": ("[B01]", "[B02]", 12, "reference 'B02' is only recalled"),
    "colon in text": ("Expert consensus only.", "weak: one study", 9, "this is not YAML"),
    "no front matter": ("---\nid", "id", 1, "expected front matter"),
    "stray text": (RECOGNISE, f"Hello.\n\n{RECOGNISE}", 15, "text before the first"),
    "no attributes": (RECOGNISE, "## What it can look like", 15, "expected '## heading {role="),
    "no role": (RECOGNISE, '## What it can look like {stage="next_session"}', 15, "the section has no role"),
    "unknown role": (RECOGNISE, RECOGNISE.replace("recognise", "hint"), 15, "role: found 'hint'"),
    "unknown attribute": (RECOGNISE, RECOGNISE.replace("}", ' mood="x"}'), 15, "unknown attribute 'mood'"),
    "curly quotes": (RECOGNISE, "## What {role=“recognise”}", 15, 'attributes are written name="values"'),
    "three strategies": ("R4 R9", "R4 R9 R5", 19, "strategies: found 3 values, at most 2"),
    "unknown strategy": ("R4 R9", "R11", 19, "strategies: found 'R11'"),
    "unknown stage": ("in_the_moment", "now", 19, "stage: found 'now'"),
    "wider markers": ('R4 R9"', 'R4" markers="C1"', 19, "markers: 'C1' is not among the document's (W5)"),
    "smaller heading": ("Then wait.", "\n### Then wait.", 22, "only '## ' headings"),
    "long section": ("Then wait.", FILLER + FILLER, 19, "words, at most 200 are allowed"),
    "empty section": ("A yes to everything. " + FILLER, "", 15, "the section has no text"),
    "unquoted wording": ('"And the doubt?"', "And the doubt?", 27, "expected one wording a line"),
    "unknown register": ("- brief:", "- loud:", 27, "plain|warm|brief"),
    "long wording": ("And the doubt?", "One. Two. Three.", 27, "a wording is one or two sentences, found 3"),
    "two wordings": ('- brief: "And the doubt?"\n', "", 23, "3 to 5 wordings, found 2"),
    "short document": ("yes to everything. " + FILLER, "yes.", 13, "words, expected 250 to 700"),
    "same heading": ("## Words {", "## What goes wrong {", 13, "two sections have the heading 'What goes wrong'"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_document_is_named_with_line_and_problem(corpus, case):
    old, new, line, words = BROKEN[case]
    assert old in DOCUMENT
    file = corpus / "guidance" / "too-easy.md"
    file.write_text(DOCUMENT.replace(old, new, 1), encoding="utf-8")
    problems = documents.check(corpus)
    assert any(p.startswith(f"{file}:{line}: ") and words in p for p in problems), problems
    with pytest.raises(CorpusError, match=re.escape(problems[0])):
        documents.load(corpus)


def test_check_lists_all_problems_in_order_and_load_says_how_many_more(corpus):
    file = corpus / "guidance" / "too-easy.md"
    file.write_text(DOCUMENT.replace("[W5]", "[W9]").replace("R4 R9", "R77"), encoding="utf-8")
    problems = documents.check(corpus)
    assert [int(p.removeprefix(f"{file}:").split(":")[0]) for p in problems] == [5, 19]
    with pytest.raises(CorpusError, match="1 more: rupture guidance check"):
        documents.load(corpus)


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("year: 2018", "year: soon", 4, "year"),
        ("state: seen", "state: heard", 9, "state: found 'heard'"),
        ("10.1037/pst0000172", "https://doi.org/10.1/x", 7, "doi: found"),
        ("key: B02", "key: B01", 11, "key 'B01' is used more than once"),
        ("  source: Psychotherapy\n", "", 2, "key 'source' is missing"),
        ("- key: B01", "- [key: B01", 3, "this is not YAML"),
    ],
)
def test_a_broken_reference_is_named(corpus, old, new, line, words):
    file = corpus / "references.yaml"
    file.write_text(file.read_text().replace(old, new, 1))
    problems = documents.check(corpus)
    assert any(p.startswith(f"{file}:{line}: ") and words in p for p in problems), problems


def test_hostile_files_are_refused_by_name(corpus):
    (corpus / "guidance" / "huge.md").write_text("x" * 1_000_000)
    (corpus / "guidance" / "latin.md").write_bytes("---\nid: é".encode("latin-1"))
    (corpus / "guidance" / "control.md").write_text("---\nid: \x07\n---\n")
    text = "\n".join(documents.check(corpus))
    assert "huge.md: has 1000000 bytes" in text
    assert "latin.md:2: is not UTF-8" in text
    assert "control.md:2: this is not YAML" in text


def test_a_folder_that_is_not_a_corpus_is_said_to_be_none(tmp_path):
    problems = documents.check(tmp_path)
    assert any("references.yaml: cannot be read" in p for p in problems)
    assert any("found no files ID.md" in p for p in problems)


def test_sections_become_passages_and_inherit_what_they_do_not_narrow(corpus):
    guidance = documents.load(corpus)
    assert list(guidance.passages) == ["too-easy#1", "too-easy#2", "too-easy#3", "too-easy#4"]
    advice = guidance.passages["too-easy#2"]
    assert (advice.role, advice.strategies, advice.stage) == (PassageRole.DO, ("R4", "R9"), "in_the_moment")
    assert advice.markers == ("W5",)
    assert advice.text in DOCUMENT
    assert advice.references == ("B01",)
    assert guidance.mistaken_for == {"too-easy": "Real agreement."}


def test_windows_line_ends_and_a_byte_order_mark_change_nothing_that_is_read(corpus):
    before = documents.load(corpus)
    (corpus / "guidance" / "too-easy.md").write_bytes(b"\xef\xbb\xbf" + DOCUMENT.replace("\n", "\r\n").encode())
    assert documents.load(corpus).passages == before.passages


def test_ratings_say_how_useful_a_passage_is_and_wrong_ones_are_named(corpus):
    first = corpus / "first.csv"
    first.write_text("marker,passage,rater_1,rater_2\nW5,too-easy#2,9,6\n")
    assert documents.load(corpus).passages["too-easy#2"].useful == {"W5": 0.75}
    first.write_text("marker,passage,rater_1,rater_2\nW5,too-easy#2,9,11\nC1,too-easy#1,1,1\nW5,gone#1,1,1\nW5,too-easy#1,x,1\n")
    assert [problem.split(":")[1] for problem in documents.check(corpus)] == ["2", "3", "4", "5"]


def test_the_digest_changes_with_any_byte_or_name_and_with_nothing_else(corpus):
    file = corpus / "guidance" / "too-easy.md"
    digest = documents.load(corpus).digest
    file.write_text(DOCUMENT)
    assert documents.load(corpus).digest == digest
    file.write_text(DOCUMENT + "\n")
    assert documents.load(corpus).digest != digest
    file.write_text(DOCUMENT)
    (corpus / "references.yaml").write_text((corpus / "references.yaml").read_text() + "# more\n")
    assert documents.load(corpus).digest != digest


def test_first_sentence_and_wordings_are_slices(corpus):
    passages = documents.load(corpus).passages
    assert first_sentence(passages["too-easy#2"]) == "Ask, e.g. gently, for the doubt before you take the yes."
    assert wordings(passages["too-easy#3"])[1] == ("warm", "I would like to hear the no as well. It helps me.")
    assert wordings(passages["too-easy#2"]) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two? Three!", ["One.", "Two?", "Three!"]),
        ('"Why?" asks the client. Then stop.', ['"Why?" asks the client.', "Then stop."]),
        ("Dr. Smith said 72.6 per cent. So what", ["Dr. Smith said 72.6 per cent.", "So what"]),
        ("Wait… and see.", ["Wait… and see."]),
        ("", []),
    ],
)
def test_sentences(text, expected):
    assert sentences(text) == expected


def test_the_corpus_we_ship_is_sound_and_every_advice_can_be_quoted(guidance):
    assert documents.check(CORPUS) == []
    for passage in guidance.passages.values():
        assert first_sentence(passage) in passage.text
        if passage.role is PassageRole.SAY:
            assert all(words in passage.text for _, words in wordings(passage))
            assert 3 <= len(wordings(passage)) <= 5


def test_the_lists_for_writers_are_those_that_are_checked():
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", (CORPUS / "README.md").read_text(encoding="utf-8"), re.MULTILINE))
    # The table of attributes comes second and repeats `modality`; the one of keys is read from the text before it.
    keys = (CORPUS / "README.md").read_text(encoding="utf-8").split("### Sections")[0]
    modality = re.search(r"^\| `modality` \| (.*) \|$", keys, re.MULTILINE)[1]
    assert re.findall(r"`(\w+)`", modality) == [ANY, *MODALITIES]
    assert re.findall(r"`(\w+)`", rows["kind"]) == list(KINDS)
    assert re.findall(r"`(\w+)`", rows["audience"]) == list(AUDIENCES)
    assert re.findall(r"`(\w+)`", rows["stage"]) == list(STAGES)
    assert re.findall(r"`(\w+)`", rows["role"]) == [role.value for role in PassageRole if role is not PassageRole.OWN]
    assert all(f"`{register}`" in (CORPUS / "README.md").read_text(encoding="utf-8") for register in REGISTERS)
