"""Prompt files: every text a language model is told, and the reviewed phrases of composed replies, read from `prompts/`."""

import hashlib
from collections.abc import Mapping
from functools import cache
from string import Template
from typing import Any

from rupture.errors import CorpusError
from rupture.resources import PROMPTS


@cache
def _text(name: str) -> str:
    try:
        return (PROMPTS / name).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise CorpusError(f"{PROMPTS / name}: this prompt file is missing. Reinstall rupture or restore the file.") from None


def fill(name: str, **slots: str) -> str:
    """The text of `prompts/NAME.md` with its `$slots` filled; CorpusError names a slot that is missing or not in the file."""
    template = Template(_text(f"{name}.md"))
    expected = set(template.get_identifiers())
    if expected != set(slots):
        raise CorpusError(f"prompts/{name}.md has the slots {sorted(expected)}, but {sorted(slots)} were given")
    return template.substitute(slots)


def fence(excerpt: str) -> str:
    """A line to put round an excerpt: one its text cannot have been written for, and the same for the same text."""
    return "=" * 8 + hashlib.sha256(excerpt.encode()).hexdigest()[:12]


@cache
def table(name: str) -> Mapping[str, Any]:
    """The mapping in `prompts/NAME.yaml`."""
    import yaml

    data = yaml.safe_load(_text(f"{name}.yaml"))
    if not isinstance(data, dict):
        raise CorpusError(f"prompts/{name}.yaml: expected a mapping, found {type(data).__name__}")
    return data
