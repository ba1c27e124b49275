"""Names by their words, with a lexicon small enough to work the answers by hand: no optional package is needed."""

import pytest

from rupture.masking.casing import Casing, casing
from rupture.masking.lexicon import Lexicon
from rupture.masking.names import NameFinder, is_written_so
from rupture.masking.recognised import find as sieved
from rupture.masking.recognised import with_capitals
from rupture.masking.spans import Found, Kind

FREQUENT = {"saw": 5.0, "teapot": 3.5, "kettle": 4.5, "leeds": 4.0, "quill": 3.0, "mei": 3.5, "hao": 3.7, "said": 6.0, "pot": 4.3}


def words(
    given="ayesha tanisha grace will",
    family="okafor smith quill brown",
    words="saw said run go wander bag came ask come friend ring",
    nouns="pot kettle fog",
):
    return Lexicon(*(frozenset(part.split()) for part in (given, family, words, nouns)), dict(FREQUENT))


def hidden(text, how=Casing.PRINT, lexicon=None, others=()):
    return [
        (text[one.start : one.end], one.kind.value) for one in NameFinder(lexicon or words(), how, [text, *others]).find(text)
    ]


def names(text, how=Casing.PRINT, **lists):
    return " ".join(said for said, _ in hidden(text, how, words(**lists)))


@pytest.mark.parametrize(
    ("word", "given", "trap", "known", "strange"),
    [
        ("ayesha", True, False, False, True),
        ("will", False, True, False, True),  # a name and a trap: rare, and the dictionary here has neither
        ("out", False, True, True, False),
        ("grace", False, True, False, True),
        ("said", False, True, True, False),
        ("kettle", False, False, True, False),
        ("kettles", False, False, True, False),
        ("runs", False, False, True, False),
        ("goes", False, False, True, False),
        ("wandered", False, False, True, False),
        ("unwander", False, False, True, False),
        ("foggy", False, False, True, False),
        ("teapot", False, False, False, False),  # in no dictionary, but not rare
        ("zzyzx", False, False, False, True),
        ("aaaa", False, False, False, False),
        ("xq", False, False, False, False),
        ("mei", False, False, False, True),  # reads like a Chinese name, and rare enough for one
        ("hao", False, False, False, False),
    ],
)
def test_what_the_lists_say_of_a_word(word, given, trap, known, strange):
    lexicon = words()
    assert lexicon.is_given(word) is given
    assert lexicon.is_trap(word) is trap
    for _ in range(2):  # the second answer is the remembered one
        assert lexicon.is_word(word) is known
    assert lexicon.is_strange(word) is strange


@pytest.mark.parametrize(
    ("frequency", "trap", "cased"), [(4.7, False, False), (4.8, True, False), (4.19, False, True), (4.2, False, False)]
)
def test_a_frequent_word_of_a_list_of_names_says_nothing(frequency, trap, cased):
    lexicon = Lexicon(frozenset(), frozenset(), frozenset(), frozenset(), {"ola": frequency})
    assert lexicon.is_trap("ola") is trap
    assert lexicon.may_be_cased("ola") is cased


@pytest.mark.parametrize(("frequency", "strange"), [(3.09, True), (3.1, False)])
def test_a_rare_word_in_no_dictionary_may_be_a_name(frequency, strange):
    assert Lexicon(frozenset(), frozenset(), frozenset(), frozenset(), {"brvt": frequency}).is_strange("brvt") is strange


def test_first_names_are_written_with_a_capital_however_frequent_and_words_of_grammar_are_not():
    lexicon = Lexicon(frozenset({"anna"}), frozenset(), frozenset(), frozenset(), {"anna": 4.5, "the": 7.0})
    assert lexicon.may_be_cased("anna")
    assert lexicon.may_be_cased("zzyzx")
    assert not lexicon.may_be_cased("the")


def test_a_korean_name_written_apart_is_no_pair_of_words():
    lexicon = words(words="sun young")
    assert lexicon.is_pair("ji", "eun")
    assert lexicon.is_pair("sun", "hee")
    assert not lexicon.is_pair("sun", "young")
    assert not lexicon.is_pair("ji", "kettle")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("I saw Ayesha there.", "Ayesha"),
        ("i saw ayesha there.", "ayesha"),
        ("Then Ayesha's mum and Tanishas bag", "Ayesha Tanishas"),
        ("Grace said so. I will.", "Grace"),
        ("so I saw Grace there", "Grace"),
        ("We had Kettle for tea, then Pot.", "Kettle Pot"),
        ("We had Kettle for tea, and a kettle.", ""),
        ("my sister Kettle and her kettle", "Kettle"),
        ("It is Dr Kettle and a kettle", "Kettle"),
        ("Kettle is hot. Zzyzx is not. Okafor is late.", "Zzyzx Okafor"),
        ("Brown is a colour", ""),
        ("Ayesha Pot and Ayesha, Pot. Ayesha-Pot", "Ayesha Pot Ayesha Pot Ayesha-Pot"),
        ("Ayesha pot", "Ayesha"),
        ("Ayesha Monday", "Ayesha"),
        ("She did the CBT and TV and MRI on Monday with Mum, at the NHS, said QQ", ""),
        ("so QQQQ came, and I'm off, and I'LL go", "QQQQ"),
        ("Turn Client: Therapist A b", ""),
        ("It was Zoë-Ayesha then", "Zoë-Ayesha"),
    ],
)
def test_names_in_a_session_written_as_in_print(text, found):
    assert names(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("i saw ayesha and tanishas bag", "ayesha tanishas"),
        ("zzyzx was there with the kettles", "zzyzx"),
        ("the brvts of brvt", "brvts brvt"),
        ("the pots and the wanders", ""),
        ("my sister teapot", ""),
        ("my sister quill came and the quill", "quill quill"),
        ("they ask ji eun to come", "ji eun"),
        ("ayesha okafor and ayesha brown", "ayesha okafor ayesha brown"),
        ("ayesha, kettle", "ayesha"),
        ("ayesha zzyzx and ayesha said", "ayesha zzyzx ayesha"),
        ("zzyzx-brvt and kettle", "zzyzx-brvt"),
        ("ji-eun", "ji-eun"),
    ],
)
def test_names_in_a_session_without_capitals(text, found):
    assert names(text, Casing.LOWER) == found
    assert names(text.upper(), Casing.UPPER) == found.upper()


def test_a_noun_after_my_friend_is_a_name_where_it_is_rare_and_no_plain_word():
    lists = {"family": "", "nouns": "quill teapot kettle"}
    assert names("my friend quill rings", Casing.LOWER, **lists) == "quill"
    assert names("hi quill", Casing.LOWER, **lists) == "quill"
    assert names("the quill rings", Casing.LOWER, **lists) == ""
    assert names("my friend teapot rings", Casing.LOWER, **lists) == ""
    assert names("my friend quill rings", Casing.LOWER, family="", nouns="", words="quill friend ring") == ""
    # Of 3.3 and more a noun is taken at its word.
    lexicon = Lexicon(frozenset(), frozenset(), frozenset({"friend", "ring"}), frozenset({"quill"}), {"quill": 3.3})
    assert hidden("my friend quill rings", Casing.LOWER, lexicon) == []


def test_a_word_with_a_capital_is_a_name_only_if_no_text_of_the_session_has_it_without():
    assert hidden("so I saw Fog there") == [("Fog", "NAME")]
    assert hidden("so I saw Fog there", others=["a fog came down"]) == []
    assert hidden("so I saw Fog there", others=["A FOG. Fog!"]) == [("Fog", "NAME")]


def test_after_a_word_that_leads_to_a_place_it_is_a_place_unless_it_is_a_first_name():
    assert hidden("we live in Zzyzx now") == [("Zzyzx", "PLACE")]
    assert hidden("we heard from Ayesha now") == [("Ayesha", "NAME")]
    assert hidden("Zzyzx is nice") == [("Zzyzx", "NAME")]


def test_marks_are_no_words_and_places_stay_where_they_are():
    text = "[NAME_1] Ayesha [PLACE_2]"
    assert [(one.start, one.end) for one in NameFinder(words(), Casing.PRINT, [text]).find(text)] == [(9, 15)]


def test_days_and_titles_are_written_so():
    assert is_written_so("monday")
    assert not is_written_so("ayesha")


@pytest.mark.parametrize(
    ("texts", "how"),
    [
        ([], Casing.PRINT),
        (["I", "[NAME_1] 12"], Casing.PRINT),
        (["Well, this is it."], Casing.PRINT),
        (["well, this is it, i said"], Casing.LOWER),
        (["WELL, THIS IS IT"], Casing.UPPER),
        (["[NAME_1] well, this is it"], Casing.LOWER),
        (["word " * 99 + "Word"], Casing.LOWER),  # one in a hundred is an accident
        (["word " * 98 + "Word"], Casing.PRINT),
        (["word WORD word WORD WORD"], Casing.LOWER),  # .6 in capitals
        (["word WORD WORD WORD word WORD"], Casing.UPPER),
        (["ok then", "OK THEN", "OK THEN", "OK THEN"], Casing.UPPER),
    ],
)
def test_how_a_session_is_written(texts, how):
    assert casing(texts) is how


class Scripted:
    """A recogniser that finds these words, and keeps what it was shown."""

    def __init__(self, **found):
        self.found, self.shown = found, []

    def find(self, texts):
        self.shown.append(list(texts))
        return [
            [
                Found(text.lower().index(said), text.lower().index(said) + len(said), Kind(kind))
                for said, kind in self.found.items()
            ]
            for text in texts
        ]


def sieve(text, how, **found):
    model = Scripted(**{said.replace("_", " "): kind for said, kind in found.items()})
    (stretches,) = sieved([text], model, words(), how)
    return [text[one.start : one.end] for one in stretches], model.shown


def test_a_text_in_print_is_shown_as_it_is_and_common_words_at_the_start_of_a_sentence_are_taken_out():
    found, shown = sieve(
        "Kettle ayesha. Grace Pot was Zzyzx", Casing.PRINT, kettle_ayesha="NAME", grace_pot="NAME", zzyzx="PLACE"
    )
    assert found == ["Grace", "Pot", "Zzyzx"]
    assert shown == [["Kettle ayesha. Grace Pot was Zzyzx"]]


def test_a_text_without_capitals_is_shown_with_them_and_as_it_is():
    found, shown = sieve("i saw zzyzx and the kettle", Casing.LOWER, saw_zzyzx="NAME", the_kettle="ORGANISATION")
    assert found == ["zzyzx", "zzyzx"]
    assert shown == [["I saw Zzyzx and the kettle"], ["i saw zzyzx and the kettle"]]


def test_a_text_in_capitals_is_shown_in_lower_case_with_those_of_names_alone():
    found, shown = sieve("I SAW ZZYZX", Casing.UPPER, zzyzx="NAME")
    assert (found, shown) == (["ZZYZX"], [["I saw Zzyzx"]])


def test_a_town_that_is_a_noun_too_is_found_after_a_word_that_leads_to_a_place():
    assert sieve("we went to kettle", Casing.LOWER, kettle="PLACE")[0] == ["kettle"] * 2
    assert sieve("we had a kettle", Casing.LOWER, kettle="PLACE")[0] == []
    assert sieve("we went to kettle", Casing.LOWER, kettle="NAME")[0] == []
    assert sieve("we went to wander", Casing.LOWER, wander="PLACE")[0] == []


def test_words_that_tell_nothing_are_taken_out_and_numbers_stay_as_they_were_found():
    text = "so Monday and I and q and the Client"
    for said in ("monday", "i", "q", "the", "client"):
        assert sieve(text, Casing.PRINT, **{said: "NAME"})[0] == []
    assert sieve("ring 020 then", Casing.PRINT, **{"020 then": "PHONE"})[0] == ["020 then"]


def test_marks_are_shown_to_the_model_as_a_name_of_the_same_length():
    assert sieve("so [NAME_1] saw Zzyzx", Casing.PRINT, zzyzx="NAME")[1] == [["so Sam      saw Zzyzx"]]


def test_capitals_change_no_length_and_no_other_letter():
    text = "I SAW ŁUKASZ, i'm ßabc ﬁrst and I'LL"
    after = with_capitals(text, words())
    assert len(after) == len(text)
    assert after.lower() == "".join(low if len(low := c.lower()) == 1 else c for c in text).lower()
    assert with_capitals("then i'm away with zzyzx, i said", words()) == "Then I'm Away with Zzyzx, I said"
    assert with_capitals("", words()) == ""
