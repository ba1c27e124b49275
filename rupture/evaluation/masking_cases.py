"""The cases of the suite `masking`: sentences with what must be masked in them, made from `evals/cases/masking` with a fixed
seed, in four ways of writing. Every case knows where its identifiers stand. Knows nothing of how anything is masked."""

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

from rupture.errors import CorpusError
from rupture.evaluation.masking_forms import filled, read_aloud

PARTS = ("development", "test")
WRITTEN = ("cased", "lower", "heard", "upper")
"""As in print; the same without capitals; as speech recognition gives it, without punctuation too; in capitals."""
FORMS = 200
"""Generated forms of each kind."""
_REPEATS = 6
"""How often each frame for places, organisations, occupations and medications is filled."""
_NAMES_EACH = 3
"""Sentences for each first name."""
_SEED = 20261118


@dataclass(frozen=True, slots=True)
class Hidden:
    """An identifier at `start` to before `end` of a case's text."""

    start: int
    end: int
    kind: str
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """A text with what must be masked in it."""

    id: str
    part: str
    written: str
    text: str
    hidden: tuple[Hidden, ...]


def read_cases(folder: Path, part: str) -> list[Case]:
    """All cases of a part; CorpusError names a file that is not as it should be."""
    forms, frames, names = (_yaml(folder / f"{name}.yaml") for name in ("forms", "frames", "names"))
    try:
        pieces = [*_forms(forms, names, part), *_names(frames[part]["names"], names, part), *_values(frames, part)]
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise CorpusError(f"{folder}: expected frames, names and forms with slots ({type(error).__name__})") from None
    return [
        _case(f"{part}/{written}/{number}", part, written, template, values)
        for written in WRITTEN
        for number, (template, values) in enumerate(pieces)
    ]


Values = Mapping[str, tuple[str, str, str]]
"""Slot to its words, kind and origin."""


def _case(id: str, part: str, written: str, template: str, values: Values) -> Case:
    text, hidden = "", []
    for piece, slot in _pieces(template):
        plain = _as(piece, written)
        # Without punctuation a piece may have lost all that stood between two words.
        text += plain if not (text.endswith(" ") or not text) or not plain.startswith(" ") else plain[1:]
        if slot:
            words, kind, origin = values[slot]
            said = _as(read_aloud(words) if written == "heard" and kind in _READ else words, written).strip()
            hidden.append(Hidden(len(text), len(text) + len(said), kind, origin))
            text += said
    return Case(id, part, written, text.rstrip(), tuple(hidden))


_READ = frozenset(("email", "link", "handle", "phone", "identity", "record", "account", "device", "postcode"))


def _pieces(template: str) -> Iterator[tuple[str, str]]:
    """Literal text and the slot after it; the last one has none."""
    done = 0
    for match in Template.pattern.finditer(template):
        yield template[done : match.start()], match["named"]
        done = match.end()
    yield template[done:], ""


def _as(words: str, written: str) -> str:
    if written == "upper":
        return words.upper()
    if written == "cased":
        return words
    low = words.lower()
    if written == "lower":
        return low
    return re.sub(r"\s+", " ", re.sub(r"[^\w'\s]|(?<!\w)'|'(?!\w)", " ", low))


def _forms(forms: Mapping[str, Any], names: Mapping[str, Any], part: str) -> Iterator[tuple[str, Values]]:
    first = [name for origin in names.values() for name in origin[part]["first"]]
    for kind, made in forms.items():
        rng = random.Random(f"{_SEED} {kind} {part}")  # noqa: S311 - nothing secret
        shapes, contexts = made[part]["shapes"], made[part]["contexts"]
        for number in range(FORMS):
            value = filled(shapes[number % len(shapes)], rng, first)
            if made["read_out"] and rng.random() < 0.5:
                value = read_aloud(value)
            yield contexts[rng.randrange(len(contexts))], {"it": (value, kind, "")}


def _names(frames: Sequence[str], names: Mapping[str, Any], part: str) -> Iterator[tuple[str, Values]]:
    rng = random.Random(f"{_SEED} names {part}")  # noqa: S311 - nothing secret
    order: list[str] = []
    for origin, parts in names.items():
        first, family = parts[part]["first"], parts[part]["family"]
        for number in range(len(first) * _NAMES_EACH):
            order = order or rng.sample(list(frames), len(frames))
            name = first[number % len(first)]
            other = rng.choice([one for one in first if one != name])
            drawn = {"first": name, "other": other, "family": family[number % len(family)]}
            yield order.pop(), {slot: (words, "name", origin) for slot, words in drawn.items()}


def _values(frames: Mapping[str, Any], part: str) -> Iterator[tuple[str, Values]]:
    for group, values in frames["values"].items():
        kind = group.removesuffix("s")
        rng = random.Random(f"{_SEED} {group} {part}")  # noqa: S311 - nothing secret
        words = values[part]
        for number, frame in enumerate([*frames[part][group]] * _REPEATS):
            yield frame, {kind: (words[(number + rng.randrange(len(words))) % len(words)], kind, "")}


def _yaml(path: Path) -> Any:
    import yaml

    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise CorpusError(f"{path.name}: cannot be read ({type(error).__name__})") from None
