"""Masking a whole analysis: nothing of the typed names is left, evidence stays on its words, and the rest is as it was."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rupture.analysis import Analysis, Episode, Finding, SessionRating, State, StrategyUse, Suggestion
from rupture.codebook import Family
from rupture.masking.spans import MARK
from rupture.names import names_in_labels
from rupture.privacy.masked_analysis import masked_analysis
from rupture.privacy.masking import mask_session, mask_spans, masked, with_masks
from rupture.transcript import Role, Transcript, Turn

THERAPIST, CLIENT, OTHER = Role.THERAPIST, Role.CLIENT, Role.OTHER
TURNS = (
    ("Dr. Okafor", THERAPIST, "Jo, what did Sam say when you rang on 12 March?"),
    ("Jo Lindqvist", CLIENT, "Well, sam lindqvist is never wrong. Whatever you think, Dr. Okafor, is best."),
    ("Sam", CLIENT, "Fine."),
)


def session(*, id="plain", evidence=((6, 34), (45, 61)), notes=()):
    """The couple above; by default the evidence is `sam lindqvist is never wrong` and `you think, Dr. O`."""
    turns = tuple(Turn(i, speaker, role, text, i + 1, float(i)) for i, (speaker, role, text) in enumerate(TURNS))
    return Analysis(
        transcript=Transcript(id, turns, notes),
        state=State.PARTLY,
        notes=notes,
        scores=({}, {"rupture": 0.9, "W5": 0.8}, {}),
        findings=(Finding(1, ("W5",), ("C2",), evidence),),
        episodes=(Episode(1, 1, 2, ("Jo Lindqvist",), (Family.WITHDRAWAL,), ("W5",), 1, (StrategyUse(2, "R4"),), 1),),
        top_moments=(1,),
        session=SessionRating(2, 1, None, 2),
        talk_share={"Dr. Okafor": 0.5, "Jo Lindqvist": 0.4, "Sam": 0.1},
        suggestions=(Suggestion(0, "R4", "What was that like?", ("a#1",)),),
    )


def strings(data):
    """Every text in plain data, keys included."""
    if isinstance(data, dict):
        return [text for pair in data.items() for part in pair for text in strings(part)]
    if isinstance(data, (list, tuple)):
        return [text for part in data for text in strings(part)]
    return [data] if isinstance(data, str) else []


def pieces(analysis, turn):
    finding = analysis.finding(turn)
    return [analysis.transcript.turns[turn].text[start:end] for start, end in finding.evidence]


def test_words_labels_and_evidence_of_a_couple():
    after = masked_analysis(session(), [])
    assert [turn.text for turn in after.transcript.turns] == [
        "[NAME_1], what did [NAME_2] say when you rang on [DATE_1]?",
        "Well, [NAME_2] [NAME_3] is never wrong. Whatever you think, Dr. [NAME_4], is best.",
        "Fine.",
    ]
    assert [turn.speaker for turn in after.transcript.turns] == ["Therapist", "Client A", "Client B"]
    assert [turn.role for turn in after.transcript.turns] == [THERAPIST, CLIENT, CLIENT]
    assert after.episodes[0].speakers == ("Client A",)
    assert after.talk_share == {"Therapist": 0.5, "Client A": 0.4, "Client B": 0.1}
    # The second span ended inside `Okafor` and has grown to the whole mask.
    assert pieces(after, 1) == ["[NAME_2] [NAME_3] is never wrong", "you think, Dr. [NAME_4]"]


def test_all_but_words_and_labels_is_as_it_was():
    before, after = session(), masked_analysis(session(), ["Jo"])
    assert replace(after.findings[0], evidence=()) == replace(before.findings[0], evidence=())
    assert [(t.index, t.line, t.start) for t in after.transcript.turns] == [(0, 1, 0.0), (1, 2, 1.0), (2, 3, 2.0)]
    for part in ("state", "scores", "top_moments", "session", "suggestions", "model", "risk", "bias"):
        assert getattr(after, part) == getattr(before, part)
    assert Analysis.from_dict(after.to_dict()) == after


@pytest.mark.parametrize(
    ("evidence", "after"),
    [
        (((10, 12), (13, 16)), ["[NAME_3]"]),  # `li`, `dqv`: both within one mask
        (((0, 11), (12, 22)), ["Well, [NAME_2] [NAME_3] is"]),  # `Well, sam l`, `ndqvist is`
        (((0, 4), (19, 28)), ["Well", " is never"]),  # `Well`, ` is never`: they end and begin where the mask does not reach
        (((0, 6), (6, 19), (19, 22)), ["Well, ", "[NAME_2] [NAME_3]", " is"]),  # side by side
    ],
)
def test_spans_about_a_mask(evidence, after):
    assert pieces(masked_analysis(session(evidence=evidence), []), 1) == after


@pytest.mark.parametrize(
    ("id", "after"),
    [
        ("sleep-diary", "sleep-diary"),
        ("jo-3", "session"),
        ("3_JoAndSam", "session"),
        ("LINDQVIST", "session"),
        ("ma_2024-03-12", "session"),
        ("chart_00482913", "session"),
        ("with Marigold", "session"),
    ],
)
def test_the_session_keeps_its_name_only_when_that_tells_nobody(id, after):
    assert masked_analysis(session(id=id), ["Marigold"]).transcript.id == after


def test_notes_are_masked():
    note = "Lines 2 and 3 start with words and a colon; Marigold speaks once."
    after = masked_analysis(session(notes=(note,)), ["Marigold"])
    assert after.notes == after.transcript.notes == (note.replace("Marigold", "[NAME_5]"),)


def test_a_word_that_is_a_name_only_once_others_are_masked_is_masked_too():
    # `hope` in lower case, all that speaks against `Hope` being a name, stands in the link alone.
    texts = ("Did you see Hope then?", "It is on https://example.org/hope for all.")
    turns = tuple(
        Turn(i, f"Speaker {i}", role, text) for i, (role, text) in enumerate(zip((THERAPIST, CLIENT), texts, strict=True))
    )
    after = masked_analysis(Analysis(Transcript("s", turns), State.ANALYSED), [])
    assert [turn.text for turn in after.transcript.turns] == ["Did you see [NAME_1] then?", "It is on [LINK_1] for all."]


def test_speakers_who_are_labelled_by_a_word_that_everybody_says_leave_that_word_in_the_text():
    texts = (
        ("Me", THERAPIST, "What did you tell me, and what did your mum say to you?"),
        ("You", CLIENT, "I told Kofi, not you."),
    )
    texts = (*texts, ("Mum", CLIENT, "You tell Mum about Kofi, and me about nothing."))
    turns = tuple(Turn(i, *said) for i, said in enumerate(texts))
    after = masked_analysis(Analysis(Transcript("s", turns), State.ANALYSED), [])
    assert all("Kofi" not in turn.text for turn in after.transcript.turns)
    assert [re.sub(r"\[.*?\]", "Kofi", turn.text) for turn in after.transcript.turns] == [text for _, _, text in texts]
    assert [turn.speaker for turn in after.transcript.turns] == ["Therapist", "Client A", "Client B"]


def test_an_analysis_without_turns_or_findings():
    empty = Analysis(Transcript("empty", ()), State.NOT_ANALYSED, ("No turns were found.",))
    assert masked_analysis(empty, ["Jo"]) == empty


NAMES = ["Marigold", "Jo", "Ann Brown", "O'Neil", "van Dyk", "Ji-eun", "Żaneta"]
PHRASES = ["well", "I", "think", "hope", "Hope", "fine,", "no.", "-", "😊", "Dr. Okafor", "on 12 March", "me@example.org"]
PHRASES += [
    "jo",
    "ANN BROWN",
    "Ann\nBrown",
    "O’Neil",
    "call 0044 20 7946",
    "at 12 Old Mill Road",
    "[NAME_1]",
    "[DATE_1]",
    "[",
    "e-mail",
]
WORDS = st.sampled_from([*NAMES, *PHRASES])
TEXTS = st.lists(st.tuples(WORDS, st.sampled_from([" ", "\n", ", ", ""])), max_size=9).map(lambda p: "".join(map("".join, p)))


@st.composite
def sessions(draw):
    """Turns of a therapist and two clients called by name, with findings whose evidence is anywhere in range."""
    labels = draw(st.permutations([*NAMES, "Dr. Okafor", "Client", "Therapist"]))[:3]
    spoken = draw(st.lists(st.tuples(st.sampled_from([0, 1, 2]), TEXTS), max_size=5))
    turns = tuple(Turn(i, labels[who], (THERAPIST, CLIENT, CLIENT)[who], text) for i, (who, text) in enumerate(spoken))
    findings = []
    for turn in turns:
        edges = sorted(draw(st.sets(st.integers(0, len(turn.text)), max_size=6)))
        findings.append(Finding(turn.index, ("W5",), (), tuple(zip(edges[::2], edges[1::2], strict=False))))
    id = draw(st.sampled_from(["plain", "session-3", *NAMES, "with_jo", "2024-05-06"]))
    speakers = dict.fromkeys(turn.speaker for turn in turns)
    return Analysis(
        transcript=Transcript(id, turns, (draw(TEXTS),)),
        state=State.ANALYSED,
        notes=(draw(TEXTS),),
        scores=tuple({} for _ in turns),
        findings=tuple(findings),
        episodes=tuple(Episode(0, 0, 0, (s,), (Family.WITHDRAWAL,), ("W5",), 1, (), 1) for s in speakers),
        talk_share=dict.fromkeys(speakers, 0.25),
    )


some_names = st.lists(st.sampled_from(NAMES), unique=True)


@given(sessions(), some_names)
def test_no_typed_name_is_left_anywhere(analysis, names):
    gone = {*names, *analysis.transcript.speakers} - {"Therapist", "Client"}
    for text in strings(masked_analysis(analysis, names).to_dict()):
        left = " ".join(MARK.sub("|", text).split())
        for name in gone:
            assert not re.search(rf"(?<!\w){re.escape(name)}(?!\w)", left, re.IGNORECASE), (name, text)


@given(sessions(), some_names)
def test_masking_twice_is_masking_once(analysis, names):
    once = masked_analysis(analysis, names)
    assert masked_analysis(once, names) == once


@given(sessions(), some_names)
def test_evidence_stays_in_range_apart_and_on_its_words(analysis, names):
    after = masked_analysis(analysis, names)
    transcript = analysis.transcript
    said = [*(turn.text for turn in transcript.turns), *transcript.notes, *analysis.notes]
    found = mask_session(said, names, names_in_labels(transcript))
    assert [f.codes for f in after.findings] == [f.codes for f in analysis.findings]
    for before, turn, finding in zip(analysis.transcript.turns, after.transcript.turns, after.findings, strict=True):
        edges = [edge for span in finding.evidence for edge in span]
        assert edges == sorted(edges)
        assert not edges or (edges[0] >= 0 and edges[-1] <= len(turn.text))
        masks = found[before.index]
        assert with_masks(before.text, masks) == turn.text
        came_from = origins(before.text, masks)
        meant = {place for start, end in analysis.finding(before.index).evidence for place in range(start, end)}
        covered = {place for start, end in finding.evidence for place in range(start, end)}
        assert covered == {place for place, origin in enumerate(came_from) if origin & meant}


def origins(text, masks):
    """For each character of the masked text the offsets in `text` that it stands for: its own, or all that its mask hides."""
    found = [{offset} for offset in range(len(text))]
    for start, end, mark in reversed(masks):
        found[start:end] = [set(range(start, end))] * len(mark)
    return found


@given(TEXTS, some_names)
def test_spans_are_what_masking_replaces(text, names):
    spans = mask_spans(text, names)
    assert with_masks(text, spans) == masked(text, names)
    edges = [edge for start, end, _ in spans for edge in (start, end)]
    assert edges == sorted(edges)
    assert all(start < end and text[start:end] != mark for start, end, mark in spans)
