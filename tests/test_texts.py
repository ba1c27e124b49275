"""Words and code belong together: codes named in a text exist, slots are filled, and nothing is said twice."""

import ast
import re
from string import Template

import pytest
import yaml

from rupture.codebook import BY_CODE
from rupture.guidance import documents
from rupture.resources import CORPUS, PROMPTS

SOURCES = {file: ast.parse(file.read_text(encoding="utf-8")) for file in sorted(CORPUS.parent.glob("rupture/**/*.py"))}
TEXTS = [*sorted((CORPUS / "guidance").glob("*.md")), *sorted(PROMPTS.iterdir()), CORPUS / "README.md"]
GUIDE = CORPUS / "sessions" / "GUIDE.md"
CODE = re.compile(r"\b[WCR]\d{1,2}\b")


def named(file):
    return file.relative_to(CORPUS.parent).as_posix()


@pytest.mark.parametrize("file", [*TEXTS, GUIDE], ids=named)
def test_every_code_that_is_named_is_in_the_codebook(file):
    # C1 to C3 in GUIDE.md are speakers as well as codes; both are fine.
    assert set(CODE.findall(file.read_text(encoding="utf-8"))) <= set(BY_CODE)


def test_the_guidance_names_every_code():
    everything = " ".join(file.read_text(encoding="utf-8") for file in TEXTS if file.parent.name == "guidance")
    assert set(CODE.findall(everything)) == set(BY_CODE)


def test_the_guidance_is_in_order():
    assert documents.check(CORPUS) == []


def leaves(entry, name=""):
    """(dotted name, text) of every phrase; the variants of a list share a name."""
    if isinstance(entry, dict):
        for key, value in entry.items():
            yield from leaves(value, f"{name}.{key}" if name else key)
    elif isinstance(entry, list):
        for value in entry:
            yield from leaves(value, name)
    else:
        yield name, entry


PHRASES = list(leaves(yaml.safe_load((PROMPTS / "phrases.yaml").read_text(encoding="utf-8"))))


def slots(name):
    """The slots of all variants of a phrase."""
    return {slot for key, text in PHRASES if key == name for slot in Template(text).get_identifiers()}


def calls(function):
    """(where, call) of every call of `function` by its plain name."""
    for file, tree in SOURCES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == function:
                yield f"{named(file)}:{node.lineno}", node


def written_out(function):
    """Calls whose first argument is written out: (where, name, keywords, whether more come by `**`)."""
    for where, call in calls(function):
        if isinstance(call.args[0], ast.Constant):
            keywords = {keyword.arg for keyword in call.keywords}
            yield pytest.param(call.args[0].value, keywords - {None}, None in keywords, id=where)


@pytest.mark.parametrize(("name", "text"), PHRASES, ids=[name for name, _ in PHRASES])
def test_a_phrase_is_one_line_whose_slots_can_be_read(name, text):
    assert isinstance(text, str)
    assert Template(text).is_valid()
    assert "\n" not in text
    assert text == text.strip()


@pytest.mark.parametrize(("name", "given", "more"), list(written_out("phrase")))
def test_a_phrase_is_there_and_given_its_slots(name, given, more):
    assert name in {key for key, _ in PHRASES}
    assert more or slots(name) <= given


def test_every_phrase_is_used():
    """By its name, or by its group in a name put together (`family.{…}`)."""
    constants = {node.value for tree in SOURCES.values() for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    strings = {text for text in constants if isinstance(text, str)}
    unused = {name for name, _ in PHRASES if name not in strings and f"{name.partition('.')[0]}." not in strings}
    assert unused == set()


@pytest.mark.parametrize("file", sorted(PROMPTS.glob("*.md")), ids=named)
def test_a_prompts_slots_can_be_read(file):
    assert Template(file.read_text(encoding="utf-8")).is_valid()


@pytest.mark.parametrize(("name", "given", "more"), list(written_out("fill")))
def test_a_prompt_is_there_and_given_exactly_its_slots(name, given, more):
    text = (PROMPTS / f"{name}.md").read_text(encoding="utf-8")
    assert not more
    assert given == set(Template(text).get_identifiers())


def test_every_prompt_is_used():
    used = {call.args[0].value for _, call in calls("fill") if isinstance(call.args[0], ast.Constant)}
    assert {file.stem for file in PROMPTS.glob("*.md")} <= used


def test_no_example_stands_twice_among_the_intents():
    groups = yaml.safe_load((PROMPTS / "intents.yaml").read_text(encoding="utf-8"))
    examples = [text for _, text in leaves(groups)]
    plain = [re.sub(r"[^a-z0-9 ]", "", text.lower()) for text in examples]
    assert sorted({text for text in plain if plain.count(text) > 1}) == []
    assert len(examples) > 50


def test_no_intent_stands_in_two_groups():
    groups = yaml.safe_load((PROMPTS / "intents.yaml").read_text(encoding="utf-8"))
    names = [intent for intents in groups.values() for intent in intents]
    assert len(set(names)) == len(names)


@pytest.fixture(scope="module")
def passages():
    return documents.load(CORPUS).passages


def test_situations_name_documents_that_are_there(passages):
    situations = yaml.safe_load((PROMPTS / "situations.yaml").read_text(encoding="utf-8"))
    documents_there = {passage.document for passage in passages.values()}
    assert set(situations["bias"]) <= documents_there


def test_reviewed_wordings_stand_in_the_corpus_exactly_so(passages):
    table = yaml.safe_load((PROMPTS / "wordings.yaml").read_text(encoding="utf-8"))
    assert set(table) <= set(passages)
    said = "\n".join(passage.text for passage in passages.values())
    words = [entry["words"] if isinstance(entry, dict) else entry for entries in table.values() for entry in entries]
    assert [text for text in words if text not in said] == []
