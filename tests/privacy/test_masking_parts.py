"""The parts that the layers of masking share, by answers worked by hand."""

import re

import pytest

from rupture.analysis import Analysis, Finding, State
from rupture.masking import people
from rupture.masking.contacts import counts_up
from rupture.masking.normal import folded, normal
from rupture.masking.numbers import _is_code, _is_spelled, _is_spoken_code
from rupture.masking.patterns import Rule, rule
from rupture.masking.propagation import again
from rupture.masking.spans import Found, Kind, joined, outside, shown
from rupture.masking.traps import is_trap
from rupture.masking.typed import find, known, typed
from rupture.privacy.masked_analysis import masked_analysis
from rupture.transcript import Role, Transcript, Turn

NAME, PLACE = Kind.NAME, Kind.PLACE


@pytest.mark.parametrize(
    ("text", "plain", "starts", "ends"),
    [
        ("a b\nc\td", "a b\nc d", range(7), range(1, 8)),
        ("e\u0301a", "éa", [0, 2], [2, 3]),
        ("a\u200bb", "ab", [0, 2], [2, 3]),  # what cannot be seen belongs to the letter before it
        ("\u200ba", "a", [1], [2]),
        ("ﬁn", "fin", [0, 0, 1], [1, 1, 2]),
        ("Ａ１", "A1", [0, 1], [1, 2]),
        ("x’y‘z´ʼ", "x'y'z''", range(7), range(1, 8)),
        ("a‐b–c—d−e", "a-b-c-d-e", range(9), range(1, 10)),
        ("a\u00a0b\u2003c", "a b c", range(5), range(1, 6)),
        ("a\u2028b\x85c\u2029d", "a\nb\nc\nd", range(7), range(1, 8)),
        ("", "", [], []),
    ],
)
def test_one_kind_of_space_apostrophe_and_hyphen_and_where_each_comes_from(text, plain, starts, ends):
    view = normal(text)
    assert (view.text, list(view.starts), list(view.ends)) == (plain, list(starts), list(ends))


def test_a_view_knows_where_a_stretch_comes_from():
    view = normal("e\u0301 ﬁ\u200b!")
    assert view.text == "é fi!"
    assert [view.origin(0, 1), view.origin(0, 3), view.origin(3, 4), view.origin(2, 5)] == [(0, 2), (0, 5), (3, 5), (3, 6)]


def test_accents_and_strokes_are_taken_off_letter_for_letter():
    assert folded("Żaneta Łøđ ŁØĐıŧħ ñß 한") == "Zaneta Lod LODith nß 한"[:-1] + folded("한")
    assert len(folded("Åse\u0301 한글")) == len("Åse\u0301 한글")
    assert folded("a\u0301") == "a\u0301"  # an accent by itself stays


def places(text, wanted):
    return [(text[one.start : one.end], one.key) for one in find([text], wanted)[0]]


def test_a_typed_name_its_words_and_its_short_forms():
    wanted = typed(["Elizabeth Brown", "  ", "elizabeth  BROWN"])
    assert places("Elizabeth Brown", wanted)[:2] == [("Elizabeth", ""), ("Brown", "")]
    assert places("so Liz and lizzie, the brown bag, and Brown", wanted) == [
        ("Brown", ""),
        ("Liz", "elizabeth"),
        ("lizzie", "elizabeth"),
    ]
    assert [one.key for one in typed(["the Jo"])] == ["", ""]  # `the` is grammar, and `jo` stands for itself
    assert typed([]) == []
    assert typed(["–", "' '"]) == []


def test_longer_names_come_before_shorter_ones():
    patterns = [one.pattern for one in typed(["Jo", "Jo Lee", "Ann"])]
    assert [bool(pattern.search("jo lee")) for pattern in patterns[:3]] == [True, False, True]
    assert [bool(one.pattern.search("Jo Lee")) for one in known(["Jo", "Jo Lee"])] == [True, True]
    assert known(["Jo", "Jo Lee"])[0].pattern.search("Jo") is None


@pytest.mark.parametrize(
    ("text", "name", "found"),
    [
        ("jo's, Jos, Jo2, 2jo, jo_x, joy, ajo", "Jo", ["jo", "Jo", "Jo", "jo", "jo"]),
        ("12 and 120 and a12b and 312", "12", ["12", "12"]),
        ("an-na, an   na, an     na", "An Na", ["an", "na", "an", "na"]),
        ("WEISS weiß WEIẞ", "Weiss", ["WEISS", "weiß", "WEIẞ"]),
    ],
)
def test_where_a_typed_name_begins_and_ends(text, name, found):
    assert [said for said, _ in places(text, typed([name])[:1])] == found


def test_a_known_name_that_is_a_word_needs_a_capital_inside_a_sentence():
    wanted = known(["hope", "Okafor", "", "Hope"])
    assert len(wanted) == 2
    assert [said for said, _ in places("Hope, so Hope! (Hope) hope; Hope] Hope okafor", wanted)] == [
        "okafor",
        "Hope",
        "Hope",
        "Hope",
    ]


def test_what_was_found_in_one_text_is_found_in_all():
    texts = ["Zoë and Hope, hope", "jo@example.org, 12, AB 1234"]
    found = [
        [Found(0, 3, NAME), Found(8, 12, PLACE)],
        [Found(0, 14, Kind.EMAIL), Found(16, 18, Kind.NUMBER), Found(20, 27, Kind.NUMBER), Found(0, 2, Kind.DATE)],
    ]
    layer = again(texts, found)
    views = ["ZOE, zoë's, Zoes, zoey", "so Hope; hope. Hope", "at JO@EXAMPLE.ORG 12 ab 1234 jo"]
    assert [[(view[one.start : one.end], one.kind) for one in hits] for view, hits in zip(views, layer(views), strict=True)] == [
        [("ZOE", NAME), ("zoë", NAME), ("Zoe", NAME)],
        [("Hope", PLACE)],
        [("JO@EXAMPLE.ORG", Kind.EMAIL), ("ab 1234", Kind.NUMBER)],
    ]


def test_grammar_single_letters_dates_and_ages_are_not_looked_for_elsewhere():
    texts = ["the x 34 3 May and Bo"]
    found = [[Found(0, 3, NAME), Found(4, 5, NAME), Found(6, 8, Kind.AGE), Found(9, 14, Kind.DATE), Found(19, 21, NAME)]]
    view = "the x 34 3 May bo"
    assert [view[one.start : one.end] for one in again(texts, found)([view])[0]] == ["bo"]
    assert again(["Bo"], [[]])(["Bo"]) == [[]]


def test_of_two_names_the_longer_is_taken():
    view = "ann brown and ann"
    hits = again(["Ann", "Ann Brown"], [[Found(0, 3, NAME)], [Found(0, 9, PLACE)]])([view])[0]
    assert [(view[one.start : one.end], one.kind) for one in hits] == [("ann brown", PLACE), ("ann", NAME)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Dr Okafor and Mrs. Jean Lee's hat", ["Okafor", "Jean", "Lee"]),
        ("i saw dr okafor and professor-x", ["okafor"]),
        ("My name is Ada Lovelace. The name's Bond.", ["Ada", "Lovelace", "Bond"]),
        ("my last name is nguyen", ["nguyen"]),
        ("he is called Kit, known as Kit Marlowe", ["Kit", "Kit", "Marlowe"]),
        ("my name is not, my name is on it, called That", []),
        ("Aunt May, Sir Ian", ["May", "Ian"]),
    ],
)
def test_names_after_titles_and_introductions(text, found):
    hits = sorted({(one.start, one.end) for one in people.find(text)})
    assert [text[start:end] for start, end in hits] == found
    assert {one.kind for one in people.find(text)} <= {NAME}


def test_a_rule_hides_the_group_it_names_where_it_holds():
    led = rule(Kind.AGE, r"aged (?P<it>\d+)", lambda said: said != "99")
    assert led.led
    assert list(led.find("AGED 12, aged 99, aged 7")) == [Found(5, 7, Kind.AGE), Found(23, 24, Kind.AGE)]
    plain = rule(Kind.AGE, r"\d*")
    assert not plain.led
    assert list(plain.find("a1")) == [Found(1, 2, Kind.AGE)]  # nothing is not hidden
    assert list(Rule(NAME, re.compile("a")).find("Aa")) == [Found(1, 2, NAME)]


@pytest.mark.parametrize(
    ("said", "counted"),
    [
        ("one two three", True),
        ("Ten, nine, eight", True),
        ("one one one", True),
        ("one three five", False),
        ("one two four", False),
        ("zero one", True),
        ("nine ten eleven", True),
        ("one", False),
        ("", False),
    ],
)
def test_digits_that_are_counted_are_told_from_those_of_a_number(said, counted):
    assert counts_up(said) is counted


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("AB123", True),
        ("ab-12", True),
        ("A1234", True),
        ("abcd1", False),
        ("A12", False),
        ("1990s", False),
        ("covid19", False),
        ("20mg", False),
        ("2019-2020", False),
        ("12345th", True),
    ],
)
def test_letters_and_digits_that_are_a_code(said, code):
    assert _is_code(said) is code


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("b c one two", True),
        ("b one two", False),
        ("b c one", False),
        ("one four two", True),
        ("one two three", False),
        ("a i one two", False),
        ("12 four two", True),
    ],
)
def test_spoken_digits_and_letters_that_are_a_code(said, code):
    assert _is_spoken_code(said) is code


def test_letters_alone_spell_no_number():
    assert _is_spelled("b c 4")
    assert not _is_spelled("b c d")


def test_stretches_that_overlap_are_told_by_the_longest():
    assert joined([Found(4, 9, PLACE), Found(0, 5, NAME, "a")]) == [Found(0, 9, NAME, "a")]
    assert joined([Found(0, 3, NAME, "a"), Found(2, 9, PLACE, "b"), Found(8, 10, Kind.AGE)]) == [Found(0, 10, PLACE, "b")]
    assert joined([Found(0, 3, NAME, "a"), Found(1, 4, PLACE, "b")]) == [Found(0, 4, NAME, "a")]
    assert joined([Found(0, 3, NAME), Found(1, 4, PLACE), Found(2, 6, Kind.AGE)]) == [Found(0, 6, Kind.AGE)]
    assert joined([Found(0, 2, NAME), Found(2, 4, NAME), Found(0, 2, NAME)]) == [Found(0, 2, NAME), Found(2, 4, NAME)]
    assert joined([]) == []


def test_what_is_left_of_a_stretch_outside_marks():
    marks = [(2, 4), (6, 8), (10, 12)]
    assert outside(Found(0, 9, NAME, "k"), marks) == [Found(0, 2, NAME), Found(4, 6, NAME), Found(8, 9, NAME)]
    assert outside(Found(4, 6, NAME, "k"), marks) == [Found(4, 6, NAME, "k")]
    assert outside(Found(3, 7, NAME, "k"), marks) == [Found(4, 6, NAME)]
    assert outside(Found(8, 10, NAME, "k"), []) == [Found(8, 10, NAME, "k")]


def test_a_character_of_a_mark_comes_from_all_that_it_hides():
    view = shown("abcdef", [(1, 3, "[X]"), (5, 6, "[]")])
    assert view.text == "a[X]de[]"
    assert list(view.starts) == [0, 1, 1, 1, 3, 4, 5, 5]
    assert list(view.ends) == [1, 3, 3, 3, 4, 5, 6, 6]


def test_words_that_are_names_too_are_traps():
    assert is_trap("hope")
    assert not is_trap("folasade")


@pytest.mark.parametrize(
    ("id", "after"),
    [
        ("session-3", "session-3"),
        ("with-folasade", "session"),
        ("FolasadeB", "session"),
        ("x_folasade_1", "session"),
        ("2024_03_12", "session"),
        ("b-1", "b-1"),
    ],
)
def test_a_session_s_name_with_a_part_of_a_name_in_it_goes(id, after):
    turns = (Turn(0, "T", Role.THERAPIST, "Hello."), Turn(1, "Folasade B", Role.CLIENT, "Fine, thanks."))
    analysis = Analysis(Transcript(id, turns), State.ANALYSED, findings=(Finding(1, ("W5",), (), ((6, 12), (0, 4))),))
    found = masked_analysis(analysis, [])
    assert found.transcript.id == after
    assert found.findings[0].evidence == ((0, 4), (6, 12))
