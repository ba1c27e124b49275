"""The words of practice: slots and phrases belong together, and none of them grades anybody."""

import ast
import re
from string import Template

import pytest
import yaml

from rupture.practice.comparison import Outcome
from rupture.practice.wording import said
from rupture.resources import CORPUS, PROMPTS

SOURCES = [*sorted(CORPUS.parent.glob("rupture/**/*.py"))]


def leaves(entry, name=""):
    if isinstance(entry, dict):
        for key, value in entry.items():
            yield from leaves(value, f"{name}.{key}" if name else key)
    else:
        yield name, entry


PHRASES = dict(leaves(yaml.safe_load((PROMPTS / "practice.yaml").read_text(encoding="utf-8"))))
CALLS = [
    (file, node)
    for file in SOURCES
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "said"
]


def names_in(node):
    """Names a call may look up: those written out, also on both sides of an `if`."""
    return [part.value for part in ast.walk(node.args[0]) if isinstance(part, ast.Constant) and part.value in PHRASES]


@pytest.mark.parametrize("name", PHRASES)
def test_a_phrase_is_one_line_whose_slots_can_be_read(name):
    text = PHRASES[name]
    assert isinstance(text, str)
    assert Template(text).is_valid()
    assert "\n" not in text.strip()


def test_every_call_gives_the_slots_of_what_it_says():
    assert CALLS
    for file, node in CALLS:
        given = {keyword.arg for keyword in node.keywords}
        if isinstance(node.args[0], ast.Constant):
            assert node.args[0].value in PHRASES, f"{file.name}:{node.lineno}"
        for name in names_in(node):
            assert set(Template(PHRASES[name]).get_identifiers()) <= given, f"{file.name}:{node.lineno} {name}"


def test_every_phrase_is_used():
    strings = {
        node.value
        for file in SOURCES
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    prefixes = ("outcome.", "family.", "terminal.codes.", "screen.")
    unused = [name for name in PHRASES if name not in strings and not name.startswith(prefixes)]
    assert unused == []
    assert {name.removeprefix("outcome.").removesuffix("_nothing") for name in PHRASES if name.startswith("outcome.")} == {
        outcome.value for outcome in Outcome
    }


def test_nothing_grades_ranks_or_absolves():
    text = " ".join(PHRASES.values()).lower()
    for word in (
        "you passed",
        "you failed",
        "score of",
        "good job",
        "well done",
        "no rupture",
        "incorrect",
        "your rank",
        "mistake you",
    ):
        assert word not in text
    assert not re.search(r"\b(?:resistan|in denial|manipulat|personality|disorder)\w*", text)


def test_the_reference_is_said_to_be_what_it_is():
    assert "not by clinicians" in said("reference.model", raters=3)
    assert "not a licence" in said("progress.line_human", least=10)
