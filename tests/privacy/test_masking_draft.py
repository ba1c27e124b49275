"""The masked draft of a transcript without the optional packages: its shape, what is counted, and what is said with it."""

import pytest

from rupture.analysis import Analysis, State
from rupture.errors import UnreadableTranscript
from rupture.masking import draft
from rupture.masking.draft import Draft, draft_of
from rupture.masking.lexicon import Lexicon
from rupture.masking.spans import Found, Kind, Places, marks_in
from rupture.masking.surrogates import Surrogates
from rupture.masking.wording import CHOSEN_PLAIN, DRAFT, PLAIN, measured, share, warning
from rupture.privacy import masking
from rupture.privacy.masked_analysis import masked_analysis
from rupture.privacy.masking import LAYERS, PLAIN_LAYERS, mask_session, mask_spans, masked, with_masks
from rupture.transcript import Role, Transcript, Turn

SRT = """1
00:00:01,000 --> 00:00:04,500
Jo Lindqvist: I told Kit about it,

2
00:00:04,500 --> 00:00:07,250
Dr Okafor: And Jo?
"""
VTT = """WEBVTT - made by a machine
Kind: captions
Language: en-GB

STYLE
NOTE seen by Kit

1
00:00:01.000 --> 00:00:04.500
<v Jo Lindqvist>I told Kit about it, on 3 May</v>

00:00:04.500 --> 00:00:07.250
<v Dr Okafor>And Jo?</v>
"""


def made(text, *names, name="a.txt", plain=True):
    return draft_of(text.encode(), name, names, plain=plain)


@pytest.fixture
def without_extra(monkeypatch):
    for module in (draft, masking):
        monkeypatch.setattr(module, "has_extra", lambda: False)


@pytest.fixture
def with_extra(monkeypatch):
    """As with the extra, but for the layers that need its packages."""
    for module in (draft, masking):
        monkeypatch.setattr(module, "has_extra", lambda: True)
    monkeypatch.setattr(masking, "_by_words_and_model", lambda: lambda views: [[] for _ in views])


def test_labels_become_roles_wherever_they_stand_and_words_are_masked():
    text = (
        "Jo Lindqvist: I saw Kit, on 3 May.\nkit again\n\n"
        "[00:01] dr okafor: And Jo  said?\nJO  LINDQVIST (00:02): Kit said no.\n12 Jo Lindqvist: Well.\n"
    )
    assert made(text, "Kit").text == (
        "Client: I saw [NAME_1], on [DATE_1].\n[NAME_1] again\n\n"
        "[00:01] Therapist: And [NAME_2]  said?\nClient (00:02): [NAME_1] said no.\n12 Client: Well.\n"
    )


def test_labels_that_name_nobody_stay_as_they_are():
    text = "T: How is Kit?\nC: Fine.\nT: And C: was there?\n"
    assert made(text, "Kit").text == text.replace("Kit", "[NAME_1]")


def test_captions_keep_their_numbers_times_and_headings():
    after = SRT.replace("Jo Lindqvist:", "Client:").replace("Dr Okafor:", "Therapist:")
    after = after.replace("Kit", "[NAME_1]").replace("And Jo?", "And [NAME_2]?")
    assert made(SRT, "Kit", name="a.srt").text == after
    assert made(VTT, "Kit", name="a.vtt").text == (
        VTT.replace("<v Jo Lindqvist>", "<v Client>")
        .replace("<v Dr Okafor>", "<v Therapist>")
        .replace("Kit", "[NAME_1]")
        .replace("on 3 May", "on [DATE_1]")
        .replace("And Jo?", "And [NAME_2]?")
    )


def test_what_is_counted_is_what_stands_in_the_text():
    found = made("T: Kit, on 3 May?\nC: Kit was, call 07911 123456, and Bo rang, on 4 May.\n", "Kit", "Bo")
    assert found.counts == {"NAME": 3, "DATE": 2, "PHONE": 1}
    assert found.summary == f"Masked: name 3, date 2, phone 1.\n{found.warning}"
    assert made("T: Well?\nC: Fine.\n").summary.startswith("Masked: nothing, which does not mean that nothing is there.\n")


def test_turns_say_what_each_mark_stands_for():
    told = made("Jo Lindqvist: Kit, on 3 May?\nDr Okafor: Yes, Kit.\n", "Kit").to_dict()
    assert told == {
        "warning": warning(extra=masking.has_extra(), plain=True),
        "layers": ["names typed", "labels", "rules", "capitals", "again everywhere"],
        "counts": {"NAME": 2, "DATE": 1},
        "turns": [
            {
                "index": 0,
                "speaker": "Client",
                "role": "client",
                "text": "[NAME_1], on [DATE_1]?",
                "masks": [[0, 3, "[NAME_1]"], [8, 13, "[DATE_1]"]],
            },
            {"index": 1, "speaker": "Therapist", "role": "therapist", "text": "Yes, [NAME_1].", "masks": [[5, 8, "[NAME_1]"]]},
        ],
    }


def test_what_is_no_text_in_lines_becomes_labelled_text_and_its_own_counts():
    data = '{"turns": [{"speaker": "Jo Lindqvist", "text": "Kit, on 3 May."}, {"speaker": "Therapist", "text": "And Jo?"}]}'
    found = made(data, "Kit", name="a.json")
    assert found.text == "Client: [NAME_1], on [DATE_1].\nTherapist: And [NAME_2]?\n"
    assert found.counts == {"NAME": 2, "DATE": 1}


def test_nothing_to_read_is_an_error():
    with pytest.raises(UnreadableTranscript):
        draft_of(b"%PDF-1.4 no", "a.pdf", ())


def test_which_layers_were_used_is_said(without_extra):
    for plain in (True, False):
        assert made("T: Well?\nC: Fine.\n", plain=plain).layers == PLAIN_LAYERS
    assert made("T: Well?\nC: Fine.\n", plain=False).warning == f"{DRAFT} {PLAIN}"


def test_which_layers_were_used_is_said_with_the_extra_too(with_extra):
    assert made("T: Well?\nC: Fine.\n", plain=False).layers == LAYERS
    assert made("T: Well?\nC: Fine.\n", plain=True).layers == PLAIN_LAYERS
    assert made("T: Well?\nC: Fine.\n", plain=True).warning == f"{DRAFT} {CHOSEN_PLAIN}"


def test_the_warning_tells_the_measured_figures():
    figures = measured()
    said = warning(extra=True)
    for name in ("names", "names_lower", "identifiers", "sessions"):
        assert share(figures[name]) in said
    assert said.startswith(DRAFT)
    assert said.endswith("Occupations, medications and life details are mostly not masked.")
    assert warning(extra=False, plain=True) == warning(extra=False) == f"{DRAFT} {PLAIN}"


def test_a_draft_counts_from_the_most_to_the_least():
    found = Draft("", (), {"AGE": 1, "NAME": 3, "DATE": 2}, (), "w")
    assert found.summary == "Masked: name 3, date 2, age 1.\nw"


def test_a_capital_inside_a_sentence_is_a_name_in_a_session_of_several_texts(without_extra):
    texts = ["So I told Folasade then.", "and Folasade said no"]
    after = [with_masks(text, masks) for text, masks in zip(texts, mask_session(texts), strict=True)]
    assert after == ["So I told [NAME_1] then.", "and [NAME_1] said no"]
    # In one text alone there is too little to tell a name from a habit.
    assert mask_session(texts[:1]) == [[]]


def test_the_optional_layers_are_asked_unless_plain_is_wanted(with_extra, monkeypatch):
    asked = []

    def layer(views):
        asked.append(views)
        return [[Found(0, 3, Kind.PLACE)] if view.startswith("Ede") else [] for view in views]

    monkeypatch.setattr(masking, "_by_words_and_model", lambda: layer)
    assert mask_session(["Ede is far.", "to Ede"]) == [[(0, 3, "[PLACE_1]")], [(3, 6, "[PLACE_1]")]]
    assert asked
    asked.clear()
    assert mask_session(["Ede is far.", "to ede"], plain=True) == [[], []]
    assert asked == []


def test_a_text_without_letters_in_what_is_found_stays():
    assert mask_session(["- - -"], ["-"], plain=True) == [[]]


def test_one_key_has_one_mark_and_numbers_go_on_after_the_highest_that_stands_there():
    marks = Surrogates(["[NAME_2] [DATE_7]", "[NAME_12] and [NAME_3]"])
    text = "Liz Beth liz LEEDS"
    assert marks.mark(Found(0, 3, Kind.NAME, "elizabeth"), text) == "[NAME_13]"
    assert marks.mark(Found(4, 8, Kind.NAME, "elizabeth"), text) == "[NAME_13]"
    assert marks.mark(Found(9, 12, Kind.NAME), text) == "[NAME_14]"
    assert marks.mark(Found(0, 3, Kind.PLACE), text) == "[NAME_14]"
    assert marks.mark(Found(13, 18, Kind.PLACE), text) == "[PLACE_1]"
    assert marks.mark(Found(13, 18, Kind.DATE, "x"), text) == "[DATE_8]"


def test_where_a_place_goes_about_two_masks():
    #                 0123456789012
    places = Places([(2, 4, "[NAME_1]"), (6, 7, "[DATE_1]")])  # ab[NAME_1]ef[DATE_1]h
    assert [places.masked(place, ends=False) for place in range(9)] == [0, 1, 2, 2, 10, 11, 12, 20, 21]
    assert [places.masked(place, ends=True) for place in range(9)] == [0, 1, 2, 10, 10, 11, 12, 20, 21]
    starts = [0, 1, *[2] * 8, 4, 5, *[6] * 8, 7, 8]
    assert [places.original(place, ends=False) for place in range(22)] == starts
    ends = [0, 1, 2, *[4] * 8, 5, 6, *[7] * 8, 8]
    assert [places.original(place, ends=True) for place in range(22)] == ends


def test_marks_are_told_from_what_only_looks_like_one():
    assert marks_in("[NAME_1] [name_1] [NAME_] [NAME_1234567] [WHAT_1] [PLACE_22]") == [(0, 8), (50, 60)]


def test_the_lists_and_the_model_are_asked_once_for_what_was_not_asked_before(monkeypatch):
    asked = []

    class Model:
        def find(self, texts):
            asked.append(list(texts))
            return [[Found(0, 3, Kind.ORGANISATION)] if text.startswith("Bcd") else [] for text in texts]

    words = Lexicon(frozenset({"ayesha"}), frozenset(), frozenset({"saw"}), frozenset(), {})
    monkeypatch.setattr(masking, "has_extra", lambda: True)
    monkeypatch.setattr("rupture.masking.lexicon.lexicon", lambda: words)
    monkeypatch.setattr("rupture.masking.recogniser.recogniser", Model)
    texts = ["So I saw Ayesha.", "So I saw Ayesha.", "Bcd it was."]
    after = [with_masks(text, masks) for text, masks in zip(texts, mask_session(texts), strict=True)]
    assert after == ["So I saw [NAME_1].", "So I saw [NAME_1].", "[ORGANISATION_1] it was."]
    assert asked[0] == ["So I saw Ayesha.", "Bcd it was."]
    seen = [text for texts in asked for text in texts]
    assert len(seen) == len(set(seen))


def test_names_that_were_typed_and_names_that_are_known_are_told_apart(without_extra):
    text = "will you, Will? I hope so, Jo, and hope."
    assert masked(text, ["Will"], ["Hope", "Jo"]) == "[NAME_1] you, [NAME_1]? I hope so, [NAME_2], and hope."
    assert [mark for _, _, mark in mask_spans(text, ["hope"])] == ["[NAME_1]", "[NAME_1]"]


def test_an_analysis_is_masked_of_what_was_typed_and_of_its_labels(without_extra):
    turns = (Turn(0, "Dr Okafor", Role.THERAPIST, "hope, so marigold? okafor"), Turn(1, "Hope", Role.CLIENT, "I hope so, Hope."))
    after = masked_analysis(Analysis(Transcript("s", turns), State.ANALYSED), ["marigold"])
    assert [turn.text for turn in after.transcript.turns] == ["hope, so [NAME_1]? [NAME_2]", "I hope so, [NAME_3]."]
