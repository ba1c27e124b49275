"""Data files, each read back by other means than it was written by: the csv module, an XML parser with the references of EAF
followed, Label Studio's own way to count, and a small reader of WebAnno TSV."""

import csv
import io
import json
import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rupture.analysis import Analysis, Finding, ModelCard, State
from rupture.codebook import BY_CODE, MARKERS
from rupture.evidence import clauses
from rupture.exports.data import DATA_FORMATS
from rupture.exports.label_studio import label_config
from rupture.formats import read_file
from rupture.transcript import Role, Transcript, Turn, clean_speaker_names
from tests.ui.test_escape import PAYLOADS

THERAPIST, CLIENT, OTHER = Role.THERAPIST, Role.CLIENT, Role.OTHER
SAMPLES = sorted((Path(__file__).parents[2] / "corpus" / "samples").glob("*.txt"))
COUPLE = (("Dr. Okafor", THERAPIST), ("Jo", CLIENT), ("Sam", CLIENT))
HOSTILE = [
    *PAYLOADS,
    "]]>",
    "&amp;",
    "\\t \\\\ \\",
    "a\tb",
    "#Text=x\n1-1\t0-1\tx\t_",
    "W5[1]|C2[2]",
    "_",
    "*",
    "->",
    "😊[👩‍👩‍👧]",
    "\x00\x0b\x1f",
]
HOSTILE += ["one\n\ntwo\n", " lead", "trail ", "\u2028", "\x85", "e\u0301", "", " "]


def couple(*texts, starts=None, findings=(), state=State.ANALYSED, **more):
    """A session in which the therapist and two clients speak in turn."""
    turns = tuple(
        Turn(i, *COUPLE[i % 3], text, i + 1, start)
        for i, (text, start) in enumerate(zip(texts, starts or [None] * len(texts), strict=True))
    )
    scores = () if state is State.NOT_ANALYSED else tuple({} for _ in turns)
    return Analysis(Transcript("s", turns), state, scores=scores, findings=tuple(findings), **more)


def written(name, analysis):
    return DATA_FORMATS[name].write(analysis)


words = st.text(max_size=12) | st.sampled_from(HOSTILE)


@st.composite
def sessions(draw):
    """Couples who say anything at all. Evidence begins and ends with words, none of it overlaps, and some findings have none."""
    texts = draw(st.lists(st.lists(words, max_size=4).map(" ".join), max_size=5))
    findings = []
    for index, text in enumerate(texts):
        codes = tuple(draw(st.lists(st.sampled_from(MARKERS), max_size=3, unique=True)))
        spoken = [match.span() for match in re.finditer(r"\S+", text)]
        ends = sorted(draw(st.sets(st.integers(0, max(len(spoken) - 1, 0)), max_size=4))) if spoken else []
        evidence = tuple((spoken[a][0], spoken[b][1]) for a, b in zip(ends[::2], ends[1::2], strict=False))
        findings.append(Finding(index, codes, (), evidence if codes else ()))
    return couple(*texts, findings=[f for f in findings if f.codes])


def sample(path):
    """A written session in which every third client turn is coded for one of its clauses."""
    transcript = read_file(path).transcript
    turns = [turn for turn in transcript.turns if turn.role is CLIENT][::3]
    findings = tuple(Finding(t.index, ("W5", "C2"), (), tuple(clauses(t.text)[:1])) for t in turns)
    return Analysis(transcript, State.ANALYSED, scores=tuple({} for _ in transcript.turns), findings=findings)


def xml_can_hold(text):
    """`text` with U+FFFD for each character that XML 1.0 rules out, and for carriage returns."""

    def allowed(number):
        return number in (9, 10) or 0x20 <= number <= 0xD7FF or 0xE000 <= number <= 0xFFFD or number >= 0x10000

    return "".join(character if allowed(ord(character)) else "\ufffd" for character in text)


def marked(analysis):
    """(turn, code, words) for each code and piece of evidence; the whole turn where a finding has none."""
    texts = {turn.index: turn.text for turn in analysis.transcript.turns}
    return sorted(
        (f.turn, code, words)
        for f in analysis.findings
        for words in ([texts[f.turn][a:b] for a, b in f.evidence] or [texts[f.turn].strip()])
        for code in f.codes
        if words
    )


def test_every_format_has_a_suffix_a_media_type_and_a_writer():
    assert {name: suffix for name, (suffix, _, _) in DATA_FORMATS.items()} == {
        "json": "json",
        "csv": "csv",
        "label-studio": "label-studio.json",
        "elan": "eaf",
        "inception": "tsv",
    }
    assert all(re.fullmatch(r"(application|text)/[a-z+-]+", type) for _, type, _ in DATA_FORMATS.values())


@pytest.mark.parametrize("name", DATA_FORMATS)
@pytest.mark.parametrize("state", [State.ANALYSED, State.NOT_ANALYSED])
def test_no_turns_no_findings_and_bytes_in_a_file_name_break_nothing(name, state):
    for analysis in (couple(state=state), couple("One.", "Two.", "Three.", state=state)):
        analysis = replace(analysis, transcript=replace(analysis.transcript, id="caf\udce9"))
        assert written(name, analysis).decode()


@pytest.mark.parametrize("name", DATA_FORMATS)
def test_the_same_analysis_gives_the_same_file(name):
    assert written(name, sample(SAMPLES[0])) == written(name, sample(SAMPLES[0]))


def test_json_is_the_analysis():
    analysis = sample(SAMPLES[0])
    assert Analysis.from_dict(json.loads(written("json", analysis))) == replace(
        analysis, transcript=replace(analysis.transcript, notes=())
    )


# CSV


def rows(analysis):
    return list(csv.DictReader(io.StringIO(written("csv", analysis).decode("utf-8-sig"), newline="")))


def taken_off(cell):
    """A cell without the apostrophe that keeps a spreadsheet from computing it."""
    return re.sub(r"^'(?='*(?:[\s\x00-\x1f]*[-=+@＝＋－＠]|[\t\r\n]))", "", cell)


def test_a_row_holds_what_was_found_at_its_turn():
    first = couple("So?", 'Yes, yes. I said, "fine".', starts=(None, 62.5))
    finding = Finding(1, ("W5", "C2"), ("W1",), ((0, 4), (10, 16)))
    scores = ({"strategy": 0.1, "R4": 0.3}, {"rupture": 0.9, "withdrawal": 0.8, "confrontation": 0.25, "W5": 0.7})
    heading, *found = csv.reader(
        io.StringIO(written("csv", replace(first, findings=(finding,), scores=scores)).decode("utf-8-sig"), newline="")
    )
    assert heading == [
        *("session", "turn", "line", "start", "speaker", "role", "text", "codes", "hints", "evidence"),
        *("rupture", "withdrawal", "confrontation", "strategy"),
    ]
    assert found == [
        ["s", "0", "1", "", "Therapist", "therapist", "So?", *("", "", ""), *("", "", "", "0.1")],
        [
            *("s", "1", "2", "62.5", "Client", "client", 'Yes, yes. I said, "fine".', "W5 C2", "W1", "Yes, … I said"),
            *("0.9", "0.8", "0.25", ""),
        ],
    ]


def test_the_file_begins_as_excel_wants_it_and_its_lines_end_as_rfc_4180_says():
    data = written("csv", couple("One.", "Two, two."))
    assert data.startswith(b"\xef\xbb\xbfsession,turn,")
    assert data.endswith(b"\r\n")
    assert data.count(b"\r\n") == 3


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\n-x", "＝1", "'=1", "''+1", "\x01=1"])
def test_no_cell_is_a_formula_and_none_is_ambiguous(text):
    analysis = couple(text, findings=[Finding(0, ("R4",), (), ((0, len(text)),))])
    (row,) = rows(replace(analysis, transcript=replace(analysis.transcript, id=text)))
    for cell in (row["text"], row["evidence"], row["session"]):
        assert cell == f"'{text}"
        assert taken_off(cell) == text


@pytest.mark.parametrize("text", ["'cause I said so", "fine - really", "1=1", ""])
def test_talk_is_no_formula(text):
    assert rows(couple(text))[0]["text"] == text


@given(sessions())
def test_csv_reads_back(analysis):
    found = rows(analysis)
    assert [taken_off(row["text"]) for row in found] == [turn.text for turn in analysis.transcript.turns]
    assert [row["codes"].split() for row in found if row["codes"]] == [list(f.codes) for f in analysis.findings]
    for row in found:
        assert not any(re.match(r"[\s\x00-\x1f]*[-=+@]|[\t\r\n]", cell) for cell in row.values())


# Label Studio


def regions(analysis):
    (task,) = json.loads(written("label-studio", analysis))
    (prediction,) = task["predictions"]
    return task["data"], prediction


def in_javascript(text, start, end):
    """What `text.slice(start, end)` is in JavaScript."""
    return text.encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le")


@given(sessions())
def test_label_studio_reads_back(analysis):
    data, prediction = regions(analysis)
    names = clean_speaker_names(analysis.transcript)
    turns = analysis.transcript.turns
    assert [(p["turn"], p["speaker"], p["text"]) for p in data["dialogue"]] == [
        (t.index, names[t.speaker], t.text) for t in turns
    ]
    found = []
    for region in prediction["result"]:
        value = region["value"]
        assert value["start"] == value["end"]
        words = in_javascript(data["dialogue"][int(value["start"])]["text"], value["startOffset"], value["endOffset"])
        assert words == value["text"]
        found += [(int(value["start"]), code, words) for code in value["paragraphlabels"]]
    assert sorted(found) == marked(analysis)
    ids = [region["id"] for region in prediction["result"]]
    assert len(set(ids)) == len(ids)


def test_predictions_belong_to_the_interface():
    view = ElementTree.fromstring(label_config())  # noqa: S314 - our own text
    labels, turns = view.find("ParagraphLabels"), view.find("Paragraphs")
    assert [label.get("value") for label in labels] == list(BY_CODE)
    assert labels.get("toName") == turns.get("name")
    data, prediction = regions(sample(SAMPLES[0]))
    assert turns.get("value").removeprefix("$") in data
    assert {turns.get("nameKey"), turns.get("textKey")} <= data[turns.get("value").removeprefix("$")][0].keys()
    for region in prediction["result"]:
        assert (region["from_name"], region["to_name"]) == (labels.get("name"), turns.get("name"))
        assert region["type"] == labels.tag.lower()


def test_a_finding_without_evidence_rests_on_the_whole_turn_but_not_on_the_space_around_it():
    _, prediction = regions(
        couple(
            " 😊 Fine.\n",
            "  ",
            findings=[
                Finding(0, ("R4",)),
                Finding(1, ("W5",)),
            ],
        )
    )
    (region,) = prediction["result"]
    assert (region["value"]["startOffset"], region["value"]["endOffset"], region["value"]["text"]) == (1, 9, "😊 Fine.")


def test_the_model_is_named_and_nothing_is_predicted_for_what_was_not_analysed():
    analysis = couple("One.", "Two.", model=ModelCard("model-7", "0" * 64, MARKERS))
    assert regions(analysis)[1] == {"model_version": "model-7", "result": []}
    (task,) = json.loads(written("label-studio", couple("One.", state=State.NOT_ANALYSED)))
    assert task["predictions"] == []


# ELAN


def eaf(analysis):
    """The document, after every reference in it was followed and its order held against the schema."""
    root = ElementTree.fromstring(written("elan", analysis))  # noqa: S314 - our own text
    order = ["HEADER", "TIME_ORDER", "TIER", "LINGUISTIC_TYPE", "LANGUAGE", "CONSTRAINT", "CONTROLLED_VOCABULARY"]
    places = [order.index(child.tag) for child in root]
    assert places == sorted(places)
    ids = {
        name: [element.get(name) for element in root.iter() if name in element.keys()]  # noqa: SIM118 - an element is no dict
        for name in ("TIME_SLOT_ID", "TIER_ID", "ANNOTATION_ID", "LINGUISTIC_TYPE_ID", "LANG_ID", "STEREOTYPE", "CV_ID", "CVE_ID")
    }
    for name, found in ids.items():
        assert len(set(found)) == len(found), name
    references = {
        "TIME_SLOT_REF1": "TIME_SLOT_ID",
        "TIME_SLOT_REF2": "TIME_SLOT_ID",
        "PARENT_REF": "TIER_ID",
        "LINGUISTIC_TYPE_REF": "LINGUISTIC_TYPE_ID",
        "ANNOTATION_REF": "ANNOTATION_ID",
        "PREVIOUS_ANNOTATION": "ANNOTATION_ID",
        "CONSTRAINTS": "STEREOTYPE",
        "CONTROLLED_VOCABULARY_REF": "CV_ID",
        "CVE_REF": "CVE_ID",
        "LANG_REF": "LANG_ID",
    }
    for element in root.iter():
        for name, value in element.items():
            if name.endswith("_REF") or name in references:
                assert value in ids[references[name]], (name, value)
    assert int(properties(root)["lastUsedAnnotationId"]) == len(ids["ANNOTATION_ID"])
    return root


def properties(root):
    return {element.get("NAME"): element.text for element in root.iter("PROPERTY")}


def spoken(root):
    """(tier, start, end, words) of the turns in order of time, in milliseconds."""
    times = {slot.get("TIME_SLOT_ID"): int(slot.get("TIME_VALUE")) for slot in root.iter("TIME_SLOT")}
    assert list(times.values()) == sorted(times.values())
    return sorted(
        (
            (tier.get("TIER_ID"), times[a.get("TIME_SLOT_REF1")], times[a.get("TIME_SLOT_REF2")], a[0].text or "")
            for tier in root.iter("TIER")
            for a in tier.iter("ALIGNABLE_ANNOTATION")
        ),
        key=lambda turn: turn[1],
    )


@given(sessions())
def test_elan_reads_back(analysis):
    root, names = eaf(analysis), clean_speaker_names(analysis.transcript)
    turns = spoken(root)
    assert all(start < end for _, start, end, _ in turns)
    expected = [(names[turn.speaker], xml_can_hold(turn.text)) for turn in analysis.transcript.turns]
    assert [(tier, words) for tier, _, _, words in turns] == expected
    found = {}
    for tier in root.iter("TIER"):
        for code in tier.iter("REF_ANNOTATION"):
            assert tier.get("TIER_ID") == f"Rupture@{tier.get('PARENT_REF')}"
            assert code.get("CVE_REF") == f"cve-{code[0].text}"
            chain = found.setdefault(code.get("ANNOTATION_REF"), [None])
            assert code.get("PREVIOUS_ANNOTATION") == chain[-1]
            chain[-1:] = [code[0].text, code.get("ANNOTATION_ID")]
    assert {int(turn[1:]) - 1: tuple(chain[:-1]) for turn, chain in found.items()} == {f.turn: f.codes for f in analysis.findings}


def test_every_speaker_of_a_couple_has_words_and_codes():
    root = eaf(couple("So?", "No.", "Yes.", model=ModelCard("model-7", "0" * 64, MARKERS)))
    tiers = [(tier.get("TIER_ID"), tier.get("PARTICIPANT"), tier.get("ANNOTATOR")) for tier in root.iter("TIER")]
    assert tiers == [
        (tier, speaker, annotator)
        for speaker in ("Therapist", "Client A", "Client B")
        for tier, annotator in ((speaker, None), (f"Rupture@{speaker}", "model-7"))
    ]


@pytest.mark.parametrize(
    ("starts", "begins", "known"),
    [
        ((None, None, None), (0, 1000, 2000), 0),
        ((1.5, 4, 9.25), (1500, 4000, 9250), 3),
        ((0, None, 10), (0, 5000, 10000), 2),  # between its neighbours
        ((None, 3, None), (0, 3000, 4000), 1),  # from the beginning, and a second each at the end
        ((2, 2, 4), (2000, 3000, 4000), 2),  # two turns in one second share it
        ((5, 3, 9), (5000, 7000, 9000), 2),  # backwards
        ((-5, 1, 2), (0, 1000, 2000), 2),
        ((None, None, 0.001), (0, 1000, 2000), 0),  # leaves no time for those before
        ((1e12, 1, 2), (10**15, 10**15 + 1000, 10**15 + 2000), 1),
    ],
)
def test_times_are_the_transcripts_where_they_can_be(starts, begins, known):
    root = eaf(couple("One.", "Two.", "Three.", starts=starts))
    turns = spoken(root)
    assert tuple(start for _, start, _, _ in turns) == begins
    assert [end for _, _, end, _ in turns] == [*begins[1:], begins[-1] + 1000]
    assert properties(root)["rupture:times"].startswith(f"{known} of 3 turns have times from the transcript")


@given(st.lists(st.none() | st.floats(-10, 10_000) | st.integers(0, 3).map(float), max_size=12))
def test_whatever_the_times_turns_follow_each_other(starts):
    turns = spoken(eaf(couple(*map(str, range(len(starts))), starts=starts)))
    assert [words for *_, words in turns] == [str(index) for index in range(len(starts))]
    assert all(start < end for _, start, end, _ in turns)
    assert all(a[2] == b[1] for a, b in pairwise(turns))


# INCEpTION


def tsv(data):
    """(text, sentences, spans) of a WebAnno TSV 3.3 file, by its documentation alone: offsets are of UTF-16 code units, a value's
    number in brackets says to which span it belongs, and a span reaches from its first token to its last."""
    lines = data.decode("utf-8").split("\n")
    assert lines[0] == "#FORMAT=WebAnno TSV 3.3"
    assert lines[1] == "#T_SP=custom.Span|label"
    assert lines[2:4] == ["", ""]
    blocks = "\n".join(lines[4:]).removesuffix("\n")
    units, sentences, spans = b"", [], {}
    for number, block in enumerate(blocks.split("\n\n") if blocks else [], start=1):
        heads = [line for line in block.split("\n") if line.startswith("#Text=")]
        tokens = [line.split("\t") for line in block.split("\n")[len(heads) :]]
        text = "\n".join(unescaped(line.removeprefix("#Text=")) for line in heads)
        assert [token[0] for token in tokens] == [f"{number}-{position}" for position in range(1, len(tokens) + 1)]
        offsets = [tuple(map(int, token[1].split("-"))) for token in tokens]
        assert offsets[0][0] == len(units) // 2
        assert all(a < b for a, b in offsets)
        assert all(before[1] <= after[0] for before, after in pairwise(offsets))
        units += text.encode("utf-16-le") + "\n".encode("utf-16-le")
        sentences.append(text)
        for (_, _, words, values), (start, end) in zip(tokens, offsets, strict=True):
            assert units[2 * start : 2 * end].decode("utf-16-le") == words
            for value in values.split("|") if values != "_" else []:
                label, id = re.fullmatch(r"(\w+)\[(\d+)\]", value).groups()
                spans[id] = (number - 1, label, spans.get(id, (0, 0, start))[2], end)
    found = [(turn, label, units[2 * start : 2 * end].decode("utf-16-le")) for turn, label, start, end in spans.values()]
    return sentences, sorted(found)


def unescaped(line):
    return re.sub(r"\\(.)", lambda match: {"t": "\t", "r": "\r", "\\": "\\"}[match[1]], line)


@given(sessions())
def test_inception_reads_back(analysis):
    sentences, spans = tsv(written("inception", analysis))
    names = clean_speaker_names(analysis.transcript)
    assert sentences == [f"{names[turn.speaker]}: {xml_can_hold(turn.text)}" for turn in analysis.transcript.turns]
    assert spans == sorted((turn, code, xml_can_hold(words)) for turn, code, words in marked(analysis))


def test_offsets_count_an_emoji_twice_and_codes_stand_on_every_token():
    analysis = couple("Hm?", "😊 Fine. Whatever.", findings=[Finding(1, ("W5", "C2"), (), ((2, 7),))])
    assert written("inception", analysis).decode() == (
        "#FORMAT=WebAnno TSV 3.3\n#T_SP=custom.Span|label\n\n\n"
        "#Text=Therapist: Hm?\n"
        "1-1\t0-9\tTherapist\t_\n1-2\t9-10\t:\t_\n1-3\t11-13\tHm\t_\n1-4\t13-14\t?\t_\n\n"
        "#Text=Client: 😊 Fine. Whatever.\n"
        "2-1\t15-21\tClient\t_\n2-2\t21-22\t:\t_\n2-3\t23-25\t😊\t_\n"
        "2-4\t26-30\tFine\tW5[1]|C2[2]\n2-5\t30-31\t.\tW5[1]|C2[2]\n2-6\t32-40\tWhatever\t_\n2-7\t40-41\t.\t_\n"
    )


def test_evidence_that_ends_within_a_word_is_kept_to_the_letter():
    analysis = couple("Hm?", "never-ending", findings=[Finding(1, ("W5",), (), ((2, 8),))])
    assert tsv(written("inception", analysis))[1] == [(1, "W5", "ver-en")]


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_written_sessions_read_back(path):
    analysis = sample(path)
    assert len(analysis.findings) > 3
    assert tsv(written("inception", analysis))[1] == marked(analysis)
    assert (
        len(spoken(eaf(analysis)))
        == len(rows(analysis))
        == len(regions(analysis)[0]["dialogue"])
        == len(analysis.transcript.turns)
    )
