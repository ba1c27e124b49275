"""The form in which a local model must answer: what a validator lets through, and what it refuses."""

import pytest
from jsonschema import Draft202012Validator

from rupture.detection.llm import schema

ITEM = {"turn": 4, "code": "W5", "quote": "Whatever you say.", "confidence": 2}


@pytest.fixture
def form():
    return Draft202012Validator(schema((3, 4)))


def test_the_form_is_sound_and_bears_the_name_it_is_asked_for_by():
    Draft202012Validator.check_schema(schema((3, 4)))
    assert schema((3, 4))["title"] == "codes"
    assert schema((3, 4))["description"] == "The codes of the turns that show one."


@pytest.mark.parametrize(
    "codes", [[], [ITEM], [ITEM, {**ITEM, "turn": 3, "code": "R10", "confidence": 1}], [{**ITEM, "quote": "a" * 200}]]
)
def test_an_answer_in_form_passes(form, codes):
    assert form.is_valid({"codes": codes})


@pytest.mark.parametrize(
    "change",
    [
        *({"turn": 5}, {"turn": "4"}, {"turn": None}, {"code": "W8"}, {"code": ["W5"]}, {"code": "withdrawal"}),
        *({"quote": "a" * 201}, {"quote": 7}, {"confidence": 3}, {"confidence": "2"}, {"reason": "because"}),
        *({name: ...} for name in ITEM),
    ],
)
def test_an_item_out_of_form_does_not(form, change):
    item = {key: value for key, value in {**ITEM, **change}.items() if value is not ...}
    assert not form.is_valid({"codes": [item]})


@pytest.mark.parametrize(
    "answer",
    [
        {},
        [],
        "codes",
        None,
        {"codes": ITEM},
        {"codes": ["W5"]},
        {"codes": [[]]},
        {"codes": [ITEM] * 3},
        {"codes": [], "note": ""},
    ],
)
def test_an_answer_out_of_form_does_not(form, answer):
    assert not form.is_valid(answer)


def test_the_type_of_each_part_is_told_since_some_servers_read_nothing_else():
    told = schema((3, 4))
    item = told["properties"]["codes"]["items"]
    assert (told["type"], told["properties"]["codes"]["type"], item["type"]) == ("object", "array", "object")
    assert {name: part["type"] for name, part in item["properties"].items()} == {
        "turn": "integer", "code": "string", "quote": "string", "confidence": "integer",
    }  # fmt: skip
