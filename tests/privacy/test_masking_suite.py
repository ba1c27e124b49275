"""The suite `masking`: its cases say where their identifiers stand, its scores what is left, its figures are those of its run."""

import json

import pytest

from rupture.evaluation.gates import State, verdict
from rupture.evaluation.masking import is_gone, places_of, score, words_hit
from rupture.evaluation.masking_cases import FORMS, WRITTEN, Case, Hidden, read_cases
from rupture.evaluation.masking_forms import number_words, read_aloud
from rupture.evaluation.runs import Plan, run
from rupture.evaluation.suites import load_suite
from rupture.masking.wording import measured
from rupture.measure_masking import figures
from rupture.resources import CASES, SUITES

FOLDER = CASES / "masking"
RESULTS = CASES.parent / "results"


@pytest.fixture(scope="module", params=["development", "test"])
def cases(request):
    return read_cases(FOLDER, request.param)


def test_identifiers_stand_where_the_cases_say(cases):
    for case in cases:
        assert case.text == case.text.strip()
        for one in case.hidden:
            said = case.text[one.start : one.end]
            assert said, case
            assert said == said.strip()
            assert not case.text[one.end : one.end + 1].isalnum(), (case.text, said)
            assert not case.text[one.start - 1 : one.start].isalnum() or one.start == 0, (case.text, said)
            assert "$" not in case.text


def test_every_way_of_writing_has_the_same_sentences(cases):
    by_written = {written: [case for case in cases if case.written == written] for written in WRITTEN}
    assert len({len(found) for found in by_written.values()}) == 1
    for cased, lower, upper in zip(by_written["cased"], by_written["lower"], by_written["upper"], strict=True):
        assert (cased.text.lower(), cased.text.upper()) == (lower.text, upper.text)
    assert all(case.text == case.text.lower() and "," not in case.text for case in by_written["heard"])


def test_there_is_enough_of_everything(cases):
    cased = [case for case in cases if case.written == "cased"]
    kinds = [one.kind for case in cased for one in case.hidden]
    assert len({kind for kind in kinds if kinds.count(kind) == FORMS}) == 12
    assert len({one.origin for case in cased for one in case.hidden if one.origin}) == 24


def test_the_parts_share_no_frame_no_shape_and_no_name():
    import yaml

    frames, forms, names = (yaml.safe_load((FOLDER / f"{name}.yaml").read_text()) for name in ("frames", "forms", "names"))
    for kind in frames["test"]:
        assert not set(frames["development"][kind]) & set(frames["test"][kind])
    for values in frames["values"].values():
        assert not set(values["development"]) & set(values["test"])
    for kind in forms.values():
        assert not set(kind["development"]["contexts"]) & set(kind["test"]["contexts"])
    for origin in names.values():
        assert not set(origin["development"]["first"]) & set(origin["test"]["first"])
    assert sum(len(found) for part in ("development", "test") for found in frames[part].values()) >= 100


def test_the_same_seed_makes_the_same_cases(cases):
    assert read_cases(FOLDER, cases[0].part) == cases


@pytest.mark.parametrize(
    ("written", "aloud"),
    [
        ("AB12 CDE", "a b one two c d e"),
        ("07911 123456", "oh seven nine one one one two three four five six"),
        ("jo_smith@example.co.uk", "jo underscore smith at example dot co dot uk"),
        ("10.0.3.12", "one oh dot oh dot three dot one two"),
        ("555-01", "five five five oh one"),
    ],
)
def test_read_aloud(written, aloud):
    assert read_aloud(written) == aloud
    assert [number_words(n) for n in (0, 12, 40, 99)] == ["zero", "twelve", "forty", "ninety nine"]


@pytest.mark.parametrize(
    ("masks", "gone"),
    [([(3, 9)], True), ([(3, 6), (6, 9)], True), ([(3, 8)], False), ([], False), ([(0, 14)], True)],
)
def test_an_identifier_is_gone_when_no_letter_of_it_is_left(masks, gone):
    assert is_gone("of Amelia, yes", Hidden(3, 9, "name"), masks) is gone


def test_words_of_grammar_in_an_identifier_may_stay():
    assert is_gone("on the 3rd of May", Hidden(3, 17, "date"), [(7, 10), (14, 17)])


def test_over_masked_is_what_tells_nothing():
    text = "I saw Ada on 3 May, twice."
    told = places_of(text, ["ada", "3 May"])
    assert told == [(6, 9), (13, 18)]
    assert words_hit(text, [(6, 9), (13, 18)], told) == (4, 0)
    assert words_hit(text, [(0, 9)], told) == (4, 2)


def test_scores_by_hand(tmp_path):
    name, date = Hidden(0, 2, "name", "Irish"), Hidden(3, 8, "date")
    cases = {
        "a": Case("a", "test", "cased", "Jo 3 May", (name, date)),
        "b": Case("b", "test", "lower", "jo 3 may", (name, date)),
    }
    answers = {
        "a": {"gone": [True, False], "typed": [True]},
        "b": {"gone": [False, True], "typed": [True]},
        "clean/cased/s": {"words": 50, "over": 1},
        "clean/lower/s": {"words": 50, "over": 5},
        "session/cased/s/Irish": {"gone": [True, True]},
        "session/cased/s/Polish": {"gone": [True, False]},
        "whole/cased/Irish": {"kinds": ["name", "occupation"], "gone": [True, False]},
    }
    run(tmp_path, Plan("masking", {}), answers, lambda answer: dict(answer))
    sets = score(tmp_path, cases)["sets"]
    assert sets["names"]["cased"]["each"]["Irish"]["value"] == 1
    assert sets["names"]["lower"]["worst"]["value"] == 0
    assert (sets["forms"]["cased"]["all"]["value"], sets["forms"]["lower"]["each"]["date"]["value"]) == (0, 1)
    assert (sets["typed"]["worst"]["value"], sets["typed"]["worst"]["n"]) == (1, 2)
    assert (sets["clean"]["cased"]["over"], sets["clean"]["lower"]["most"]) == (0.02, 0.1)
    assert (sets["sessions"]["cased"]["whole"]["value"], sets["sessions"]["cased"]["names"]["value"]) == (0.5, 0.75)
    whole = sets["whole"]["cased"]
    assert [whole[part]["value"] for part in ("names", "without_work_and_drugs", "all", "identifiers")] == [1, 1, 0, 0.5]


def test_what_is_told_is_what_the_committed_run_measured():
    scores = json.loads((RESULTS / "masking.scores.json").read_text(encoding="utf-8"))
    assert measured() == figures(scores)
    assert verdict(load_suite(SUITES / "masking.yaml"), scores).state is State.PASSED
