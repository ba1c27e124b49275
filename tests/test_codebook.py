"""The codebook is the 3RS list: fourteen markers, ten strategies, each row complete enough to be shown to people."""

import pytest

from rupture.codebook import (
    BY_CODE,
    CODES,
    MARKERS,
    STRATEGIES,
    Component,
    Family,
    components_of,
    describe,
    family_of,
    markers_of,
)


def test_the_codes_are_those_of_the_3rs_in_order():
    assert MARKERS == ("W1", "W2", "W3", "W4", "W5", "W6", "W7", "C1", "C2", "C3", "C4", "C5", "C6", "C7")
    assert STRATEGIES == ("R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8", "R9", "R10")
    assert tuple(BY_CODE) == MARKERS + STRATEGIES


@pytest.mark.parametrize("field", ["code", "name", "label", "definition"])
def test_no_two_rows_share_a(field):
    values = [getattr(row, field) for row in CODES]
    assert len(set(values)) == len(values)


@pytest.mark.parametrize("row", CODES, ids=lambda row: row.code)
def test_the_letter_of_a_code_says_its_family(row):
    assert row.family is {"W": Family.WITHDRAWAL, "C": Family.CONFRONTATION, "R": Family.STRATEGY}[row.code[0]]
    assert family_of(row.code) is row.family


@pytest.mark.parametrize("row", CODES, ids=lambda row: row.code)
def test_a_marker_names_what_it_strains_and_what_it_is_mistaken_for(row):
    is_marker = row.family is not Family.STRATEGY
    assert bool(row.components) is is_marker
    assert bool(row.contrast) is is_marker


@pytest.mark.parametrize("row", CODES, ids=lambda row: row.code)
def test_definitions_are_sentences_and_labels_are_not(row):
    assert row.definition.endswith(".")
    assert row.definition[0].isupper()
    assert not row.label.endswith(".")
    assert row.label[0].islower()


def test_families_split_the_codes_without_rest():
    assert sum((markers_of(family) for family in Family), ()) == tuple(BY_CODE)


def test_an_unknown_code_has_no_family():
    with pytest.raises(KeyError):
        family_of("W8")


def test_components_come_once_each_in_the_order_of_the_codes():
    # W7 strains bond and goal, C2 the task, W1 the bond again.
    assert components_of(["W7", "C2", "W1"]) == (Component.BOND, Component.GOAL, Component.TASK)
    assert components_of(["C2", "W7"]) == (Component.TASK, Component.BOND, Component.GOAL)
    assert components_of(["R4"]) == ()


def test_describe_gives_one_line_a_code_in_the_order_asked():
    lines = describe(["C4", "W5"]).splitlines()
    assert [line.split(" ", 1)[0] for line in lines] == ["C4", "W5"]
    assert lines[1] == (
        "W5 goes along without engaging: Agrees, complies or flatters to avoid friction, without real engagement."
    )
    assert describe([]) == ""
