"""The body of a guidance document to its sections: headings, attributes and text, each problem with its line. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from rupture.codebook import MARKERS, STRATEGIES
from rupture.guidance.frontmatter import Problem
from rupture.guidance.values import PassageRole
from rupture.guidance.vocabulary import ANY, MODALITIES, REGISTERS, STAGES
from rupture.guidance.wording import WORDING, sentences

CURATED = tuple(role for role in PassageRole if role is not PassageRole.OWN)
"""Roles that a section may have."""
MAX_WORDS = 200
COUNT = (3, 6)
"""How many sections a document has."""
WORDINGS = (3, 5)
"""How many wordings a `say` section has."""
_ATTRIBUTE = re.compile(r'(\w+)="([^"]*)"')
_ALLOWED: dict[str, tuple[str, ...]] = {
    "role": CURATED,
    "strategies": STRATEGIES,
    "stage": STAGES,
    "markers": MARKERS,
    "modality": (ANY, *MODALITIES),
}
_AT_MOST = {"role": 1, "strategies": 2, "stage": 1}


@dataclass(frozen=True, slots=True)
class Section:
    """One `## heading {attributes}` with its text; `attributes` holds the values of each attribute that is given."""

    line: int
    heading: str
    attributes: dict[str, tuple[str, ...]]
    text: str

    @property
    def role(self) -> PassageRole | None:
        """What the section is for; None when the document does not say so rightly."""
        values = self.attributes.get("role", ())
        return PassageRole(values[0]) if values and values[0] in CURATED else None


def split(lines: Iterable[tuple[int, str]], file: str) -> tuple[list[Section], list[Problem]]:
    """Sections of a body given as numbered lines, and everything wrong with their form and their words."""
    sections: list[Section] = []
    problems: list[Problem] = []
    block: list[tuple[int, str]] = []
    for number, line in [*lines, (0, "## ")]:
        if line.startswith("## "):
            if block and block[0][1].startswith("## "):
                section, found = _section(block, file)
                sections.append(section)
                problems += found
            elif stray := next((n for n, text in block if text.strip()), None):
                problems.append(Problem(file, stray, "text before the first '## heading {role=\"…\"}'"))
            block = []
        block.append((number, line))
    return sections, problems


def _section(block: list[tuple[int, str]], file: str) -> tuple[Section, list[Problem]]:
    (number, line), *rest = block
    heading, attributes, problems = _heading(number, line, file)
    section = Section(number, heading, attributes, "\n".join(text for _, text in rest).strip())
    stray = [n for n, text in rest if text.startswith("#")]
    problems += [Problem(file, n, "only '## ' headings split a document; write this one as text") for n in stray]
    words = len(section.text.split())
    if not words:
        problems.append(Problem(file, number, "the section has no text"))
    elif words > MAX_WORDS:
        problems.append(Problem(file, number, f"the section has {words} words, at most {MAX_WORDS} are allowed"))
    if section.role is PassageRole.SAY:
        problems += _wording_problems(number, rest, file)
    return section, problems


def _heading(number: int, line: str, file: str) -> tuple[str, dict[str, tuple[str, ...]], list[Problem]]:
    heading, brace, rest = line.removeprefix("## ").partition("{")
    if not brace or not rest.rstrip().endswith("}") or not heading.strip():
        text = "expected '## heading {role=\"…\"}', with words before the braces and nothing after them"
        return heading.strip(), {}, [Problem(file, number, text)]
    body = rest.rstrip().removesuffix("}")
    problems = []
    if left := _ATTRIBUTE.sub("", body).strip():
        problems.append(Problem(file, number, f'attributes are written name="values", found {left[:40]!r}'))
    attributes: dict[str, tuple[str, ...]] = {}
    for name, values in _ATTRIBUTE.findall(body):
        if name in attributes:
            problems.append(Problem(file, number, f"attribute {name!r} is given more than once"))
        attributes[name] = tuple(values.split())
        problems += [Problem(file, number, text) for text in _attribute_problems(name, attributes[name])]
    if "role" not in attributes:
        problems.append(Problem(file, number, f"the section has no role, expected one of {', '.join(CURATED)}"))
    return heading.strip(), attributes, problems


def _attribute_problems(name: str, values: tuple[str, ...]) -> list[str]:
    allowed = _ALLOWED.get(name)
    if allowed is None:
        return [f"unknown attribute {name!r}, expected one of {', '.join(_ALLOWED)}"]
    if not values:
        return [f"{name}: found no value, expected one of {', '.join(allowed)}"]
    problems = [f"{name}: found {value!r}, expected one of {', '.join(allowed)}" for value in values if value not in allowed]
    if len(values) > (limit := _AT_MOST.get(name, len(allowed))):
        problems.append(f"{name}: found {len(values)} values, at most {limit} allowed")
    return problems


def _wording_problems(number: int, lines: list[tuple[int, str]], file: str) -> list[Problem]:
    given = [(n, text.strip()) for n, text in lines if text.strip()]
    expected = f'expected one wording a line, - {"|".join(REGISTERS)}: "words", with straight quotes around the words only'
    problems = []
    for line, text in given:
        match = WORDING.fullmatch(text)
        if not match:
            problems.append(Problem(file, line, expected))
        elif (count := len(sentences(match[2]))) > 2:
            problems.append(Problem(file, line, f"a wording is one or two sentences, found {count}"))
    if given and not WORDINGS[0] <= len(given) <= WORDINGS[1]:
        problems.append(Problem(file, number, f"a say section has {WORDINGS[0]} to {WORDINGS[1]} wordings, found {len(given)}"))
    return problems
