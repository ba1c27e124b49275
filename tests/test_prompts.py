"""Prompt files: filled from named slots, and named when something is missing."""

import pytest

from rupture import prompts
from rupture.errors import CorpusError


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of prompts of its own; nothing read from it is remembered."""
    monkeypatch.setattr(prompts, "PROMPTS", tmp_path)
    for remembered in (prompts._text, prompts.table):
        remembered.cache_clear()
    yield tmp_path
    for remembered in (prompts._text, prompts.table):
        remembered.cache_clear()


def test_slots_are_filled_and_what_fills_them_is_left_alone(folder):
    (folder / "ask.md").write_text("Turn $turn says: $words\nIt costs $$5.", encoding="utf-8")
    assert prompts.fill("ask", turn="3", words="pay $turn") == "Turn 3 says: pay $turn\nIt costs $5."


@pytest.mark.parametrize("slots", [{"turn": "3"}, {"turn": "3", "words": "x", "more": "y"}, {}])
def test_a_slot_too_few_or_too_many_is_named(folder, slots):
    (folder / "ask.md").write_text("$turn: $words", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"prompts/ask\.md has the slots \['turn', 'words'\], but "):
        prompts.fill("ask", **slots)


def test_a_missing_prompt_says_what_to_do(folder):
    with pytest.raises(CorpusError, match=r"gone\.md: this prompt file is missing\. Reinstall rupture"):
        prompts.fill("gone")


def test_a_table_must_be_a_mapping(folder):
    (folder / "phrases.yaml").write_text("- a\n- b\n", encoding="utf-8")
    with pytest.raises(CorpusError, match="expected a mapping, found list"):
        prompts.table("phrases")
