"""The lists that come with the optional packages, read anew, and what the model of names is asked for."""

from types import SimpleNamespace

import pytest

from rupture.masking import lexicon as lists
from rupture.masking.recogniser import Recogniser
from rupture.masking.spans import Found, Kind
from rupture.privacy.masking import has_extra

NEEDS_EXTRA = pytest.mark.skipif(not has_extra(), reason="the extra `masking` is not installed")


@pytest.fixture(scope="module")
def read():
    return lists.lexicon.__wrapped__()


@NEEDS_EXTRA
def test_names_of_many_countries_are_there_without_accents_and_in_latin_letters(read):
    assert {"ayesha", "tanisha", "zaneta", "siobhan"} <= read.given | read.family
    assert {"smith", "okafor", "lindqvist", "muller"} <= read.family
    assert all(name.islower() and len(name) > 2 and max(map(ord, name)) < 0x250 for name in read.given | read.family)
    assert all(name.replace("-", "").replace("'", "").isalpha() for name in read.given | read.family)


@NEEDS_EXTRA
def test_words_are_no_names_and_nouns_are_no_other_words_names(read):
    assert not read.words & (read.given | read.family)
    assert not read.nouns & (read.given | read.family)
    assert {"walk", "quick", "quickly", "went", "knackered", "therapist"} <= read.words
    assert {"settee", "yoghurt"} <= read.nouns
    assert "harry" not in read.words
    assert all(map(read.is_word, ("went", "children", "walks", "kettles")))
    assert read.is_given("ayesha")


@NEEDS_EXTRA
def test_frequencies_are_zipf_s(read):
    # wordfreq itself gives 7.7 for `the`, 4.9 for `walk`; nothing rarer than 2 is kept.
    assert read.zipf["the"] == pytest.approx(7.73, abs=0.2)
    assert read.zipf["walk"] == pytest.approx(4.9, abs=0.2)
    assert min(read.zipf.values()) == pytest.approx(2.01)


def test_a_model_that_is_not_installed_is_an_import_error(monkeypatch):
    monkeypatch.setattr(lists, "MODEL", "no_such_model")
    with pytest.raises(ImportError, match=r"^no_such_model$"):
        lists.model_folder()
    monkeypatch.setattr(lists, "MODEL", "json")  # a package without the model's folder
    with pytest.raises(ImportError, match=r"^json$"):
        lists.model_folder()


@pytest.mark.parametrize(
    ("name", "plain"),
    [("Żaneta", "zaneta"), ("O'Neil", "o'neil"), ("Anne-Marie", "anne-marie"), ("Al", ""), ("Юлия", ""), ("Jo2", "")],
)
def test_a_name_as_speech_recognition_writes_it(name, plain):
    assert lists._plain(name) == plain


@pytest.mark.parametrize(
    ("word", "of"),
    [
        ("carries", "carry"),
        ("making", "make"),
        ("stopped", "stop"),
        ("boxes", "box"),
        ("loved", "love"),
        ("boggier", "boggy"),
        ("readable", "read"),
        ("lovable", "love"),
        ("can't", "ca"),
        ("doin'", "doing"),
        ("unkind", "kind"),
        ("superglue", "glue"),
    ],
)
def test_what_a_word_may_be_a_form_of(word, of):
    assert of in lists._stems(word)


def test_what_is_too_short_is_no_form_of_anything():
    assert "do" not in lists._stems("redo")  # two letters are no stem of a prefix
    assert "" not in lists._stems("s")
    assert list(lists._stems("ing")) == []


class Engine:
    """What Presidio's engine is asked for, and answers of its shape."""

    def __init__(self):
        self.asked = []
        self.nlp_engine = self

    def process_batch(self, texts, language, batch_size):
        self.asked.append((texts, language))
        return [(text, f"read {text}") for text in texts]

    def analyze(self, text, language, entities, nlp_artifacts):
        self.asked.append((text, language, sorted(entities), nlp_artifacts))
        kinds = (
            "PERSON",
            "LOCATION",
            "ORGANIZATION",
            "PHONE_NUMBER",
            "CREDIT_CARD",
            "IBAN_CODE",
            "IP_ADDRESS",
            "US_SSN",
            "UK_NHS",
        )
        return [SimpleNamespace(start=place, end=place + 1, entity_type=kind) for place, kind in enumerate(kinds)]


def test_the_model_is_asked_in_english_for_what_is_told_here_and_each_text_once():
    engine = Engine()
    found = Recogniser(engine).find(("a", "b"))
    kinds = [Kind.NAME, Kind.PLACE, Kind.ORGANISATION, Kind.PHONE, *[Kind.NUMBER] * 5]
    assert found == [[Found(place, place + 1, kind) for place, kind in enumerate(kinds)]] * 2
    entities = [
        "CREDIT_CARD",
        "IBAN_CODE",
        "IP_ADDRESS",
        "LOCATION",
        "ORGANIZATION",
        "PERSON",
        "PHONE_NUMBER",
        "UK_NHS",
        "US_SSN",
    ]
    assert engine.asked == [
        (["a", "b"], "en"),
        ("a", "en", entities, "read a"),
        ("b", "en", entities, "read b"),
    ]
