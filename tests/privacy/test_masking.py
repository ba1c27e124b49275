"""Masking a text: what was typed is gone, the rest stays as it is, marks are steady, and places can be found again."""

import os
import re
import subprocess
import sys
import unicodedata

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rupture.masking.diminutives import forms
from rupture.masking.normal import folded, normal
from rupture.masking.spans import MARK, Found, Kind, Places, joined, outside, shown
from rupture.privacy.masking import mask_session, masked, with_masks

MANY = 10_000 if os.environ.get("RUPTURE_ASSURANCE") == "1" else 300


def plainly(text, names=(), known=()):
    """`text` masked without the optional packages."""
    return with_masks(text, mask_session([text], names, known, plain=True)[0])


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("Write to jo.smith@example.org today.", "Write to [EMAIL_1] today."),
        ("It is on https://example.org/a?b=1 now", "It is on [LINK_1] now"),
        ("Since 12 March 2021 and 3rd of May", "Since [DATE_1] and [DATE_2]"),
        ("Call 0044 20 7946 0958.", "Call [PHONE_1]."),
        ("at 12 Old Mill Road, SW1A 1AA", "at [ADDRESS_1], [POSTCODE_1]"),
        ("My name is Ada and my boy is called Kit.", "My name is [NAME_1] and my boy is called [NAME_2]."),
        ("turn 12, Client: It was 3 of 5.", "turn 12, Client: It was 3 of 5."),
    ],
)
def test_by_rule(text, after):
    assert masked(text) == plainly(text) == after


@pytest.mark.parametrize(
    ("text", "names", "after"),
    [
        ("Ann told ANN BROWN that Annabel rang ann's mother.", ["Ann"], "[1] told [1] BROWN that Annabel rang [1]'s mother."),
        (
            "ann brown, Ann and a brown coat, Brown's and anns car",
            ["Ann Brown"],
            "[1] [2], [1] and a brown coat, [2]'s and [1]s car",
        ),
        ("Zoe and ZOË, zoe\u0308", ["Zoë"], "[1] and [1], [1]"),
        ("Zane\u0301ta, zaneta", ["Żaneta"], "[1], [1]"),
        ("WEISS, weiß and Weiss", ["Weiß"], "[1], [1] and [1]"),
        ("O’Neil, O'NEIL and oneil", ["O'Neil"], "[1]’[2], [1]'[2] and [3]"),
        ("Ji-eun, ji eun, JIEUN", ["Ji-eun"], "[1]-[2], [1] [2], [3]"),
        ("Mari\u200bgold and M\u00ada\u00adrigold", ["Marigold"], "[1] and [1]"),
        ("Ｍａｒｉｇｏｌｄ marigold", ["Marigold"], "[1] [1]"),
        ("Ann\u00a0\u2003Brown\nAnn\n Brown", ["Ann Brown"], "[1]\u00a0\u2003[2]\n[1]\n [2]"),
        ("will he? I will, Will.", ["Will"], "[1] he? I [1], [1]."),
        ("Jo2 and 3jo but not joy", ["Jo"], "[1]2 and 3[1] but not joy"),
        ("flat 12 or 120", ["12"], "flat [1] or 120"),
    ],
)
def test_what_was_typed_goes_however_it_is_written(text, names, after):
    assert re.sub(r"\[(?:NAME|ADDRESS|HANDLE)_(\d+)\]", r"[\1]", plainly(text, names)) == after


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("Liz, Beth and LIZZIE came, Elizabeth", "[NAME_1], [NAME_1] and [NAME_1] came, [NAME_1]"),
        ("i bet you betty", "i bet you [NAME_1]"),
    ],
)
def test_short_forms_are_the_same_person(text, after):
    assert plainly(text, ["Elizabeth"]) == after


def test_a_short_form_that_is_a_word_goes_with_a_capital_only():
    assert plainly("the bill came, and Bill paid the bill", ["William"]) == "the bill came, and [NAME_1] paid the bill"


def test_forms_of_a_name_know_each_other():
    assert {"liz", "beth"} <= forms("elizabeth")
    assert {"elizabeth"} <= forms("liz")
    assert forms("folasade") == frozenset()


def test_a_known_name_that_is_a_word_goes_with_a_capital_only():
    text = "I will see Will, and will Jo hope for hope, said Hope?"
    assert plainly(text, known=["Will", "Jo"]) == "I will see [NAME_1], and will [NAME_2] hope for hope, said Hope?"


def test_one_name_has_one_mark_in_all_texts():
    texts = ["Dr Okafor saw Jo.", "okafor and JO's mum", "jo"]
    after = [with_masks(text, masks) for text, masks in zip(texts, mask_session(texts, ["Jo"], plain=True), strict=True)]
    assert after == ["Dr [NAME_1] saw [NAME_2].", "[NAME_1] and [NAME_2]'s mum", "[NAME_2]"]


def test_what_was_hidden_once_is_hidden_everywhere():
    text = "my reg is AB12 CDE. It said ab12 cde on it. My name is Ada. ada? ADA!"
    assert plainly(text) == "my reg is [NUMBER_1]. It said [NUMBER_1] on it. My name is [NAME_1]. [NAME_1]? [NAME_1]!"


def test_numbers_go_on_after_those_that_stand_there():
    assert plainly("[NAME_3] and Jo, [DATE_1], 3 May", ["Jo"]) == "[NAME_3] and [NAME_4], [DATE_1], [DATE_2]"


def test_marks_are_no_words():
    assert plainly("[NAME_1] named name", ["name"]) == "[NAME_1] named [NAME_2]"


@given(st.text(alphabet="abcdefgh ,.?!'", max_size=80))
def test_plain_talk_stays_as_it_is(text):
    assume(not re.search(r"(?:\b[a-h]\b[ ,.'?!]*){2,}", text))
    assert plainly(text) == text


DENIED = ["Jo", "Marigold", "Ann Brown", "O'Neil", "van Dyk", "Ji-eun", "Żaneta", "Weiß", "Will", "Åse", "12 Mill Lane", "May"]
FILLERS = [
    "",
    " ",
    "\n",
    ", ",
    "\u00a0",
    "\u200b",
    "\u2009",
    "'s ",
    "s ",
    "-",
    "_",
    " (",
    "»",
    ": ",
    "\u00ad",
    "😊",
    "2",
    "[NAME_1]",
    "[",
]
WRITTEN = [str, str.lower, str.upper, str.title, str.swapcase, lambda s: s.replace(" ", "\u2003"), lambda s: "\u200b".join(s)]
WRITTEN += [lambda s: s.replace("'", "’"), lambda s: unicodedata.normalize("NFD", s), lambda s: s.replace(" ", "  \n")]
PIECES = st.one_of(
    st.builds(lambda name, write: write(name), st.sampled_from(DENIED), st.sampled_from(WRITTEN)),
    st.sampled_from(
        ["I", "hope", "on 12 March", "me@example.org", "call 0044 20 7946", "Dr. Okafor", "at 12 Old Mill Road", "Joy", "annoy"]
    ),
    st.text(max_size=6),
)
TEXTS = st.lists(st.tuples(PIECES, st.sampled_from(FILLERS)), max_size=8).map(lambda parts: "".join(map("".join, parts)))


def key(text):
    """Letters and digits with what else parts words made one space, so that a name can be looked for however it was written."""
    plain = folded(normal(MARK.sub(" | ", text)).text).replace("ß", "ss").replace("ẞ", "ss").casefold()
    return re.sub(r"[\W_]+", " ", plain.replace("|", " \x00 ").replace("\x00", "QQ")).strip()


@settings(max_examples=MANY)
@given(TEXTS, st.lists(st.sampled_from(DENIED), min_size=1, unique=True))
def test_no_typed_name_is_left(text, names):
    left = f" {key(plainly(text, names))} "
    for name in names:
        said = key(name)
        # A number goes on with digits, a word with letters.
        before = r"(?<!\d)" if said[0].isdigit() else r"(?<![^\W\d_])"
        assert not re.search(rf"{before}{re.escape(said)}(?:'?s)?(?![^\W_])", left), (name, left)


@settings(max_examples=MANY)
@given(TEXTS, st.lists(st.sampled_from(DENIED), max_size=4, unique=True))
def test_masking_twice_changes_nothing_more(text, names):
    once = plainly(text, names)
    assert plainly(once, names) == once


@settings(max_examples=MANY)
@given(TEXTS, st.lists(st.sampled_from(DENIED), max_size=4, unique=True))
def test_masks_are_in_order_and_places_map_back(text, names):
    masks = mask_session([text], names, plain=True)[0]
    edges = [edge for start, end, _ in masks for edge in (start, end)]
    assert edges == sorted(edges)
    assert all(start < end for start, end, _ in masks)
    after, places = with_masks(text, masks), Places(masks)
    assert shown(text, masks).text == after
    for start, end, mark in masks:
        at = places.masked(start, ends=False)
        assert after[at : at + len(mark)] == mark
        assert (places.original(at, ends=False), places.original(at + len(mark), ends=True)) == (start, end)
    hidden = {place for start, end, _ in masks for place in range(start, end)}
    for place in set(range(len(text))) - hidden:
        assert after[places.masked(place, ends=False)] == text[place]
        assert places.original(places.masked(place, ends=False), ends=False) == place


@given(st.lists(st.sampled_from(["Jo", "jo", "JO", "Marigold", "on 3 May"]), min_size=1, max_size=8))
def test_the_same_name_has_the_same_mark(words):
    text = " and ".join(words)
    marks = {}
    for start, end, mark in mask_session([text], ["Jo", "Marigold"], plain=True)[0]:
        marks.setdefault(text[start:end].lower(), set()).add(mark)
    assert all(len(found) == 1 for found in marks.values())
    assert len(set.union(*marks.values())) == len(marks)


@pytest.mark.parametrize(
    ("found", "after"),
    [
        ([(0, 3), (5, 8)], [(0, 3), (5, 8)]),
        ([(0, 5), (3, 8)], [(0, 8)]),
        ([(0, 8), (2, 4)], [(0, 8)]),
        ([(0, 3), (3, 6)], [(0, 3), (3, 6)]),
    ],
)
def test_overlapping_stretches_become_one(found, after):
    assert [(one.start, one.end) for one in joined(Found(*span, Kind.NAME) for span in found)] == after


def test_the_longest_says_what_it_is():
    assert joined([Found(0, 2, Kind.NAME, "jo"), Found(0, 9, Kind.EMAIL)]) == [Found(0, 9, Kind.EMAIL)]
    assert joined([Found(0, 2, Kind.PLACE), Found(0, 2, Kind.NAME, "jo")]) == [Found(0, 2, Kind.NAME, "jo")]


def test_what_lies_in_a_mark_is_cut_out():
    assert outside(Found(0, 20, Kind.NAME, "k"), [(5, 13)]) == [Found(0, 5, Kind.NAME), Found(13, 20, Kind.NAME)]
    assert outside(Found(5, 13, Kind.NAME), [(5, 13)]) == []
    assert outside(Found(0, 4, Kind.NAME, "k"), [(5, 13)]) == [Found(0, 4, Kind.NAME, "k")]


def test_plain_masking_loads_no_package():
    code = (
        "import sys; from rupture.privacy.masking import mask_session; import rupture.privacy.masked_analysis;"
        "mask_session(['Jo saw Dr Okafor', 'on 3 May'], ['Jo'], plain=True);"
        "heavy = {'spacy', 'presidio_analyzer', 'faker', 'wordfreq', 'tldextract', 'numpy'}; "
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout.strip() == "[]"
