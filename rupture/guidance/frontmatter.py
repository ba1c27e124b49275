"""The border of the corpus: YAML of front matter and of `references.yaml` to checked values, each problem with its line."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from rupture.codebook import MARKERS, Component
from rupture.guidance.topics import topics
from rupture.guidance.vocabulary import ANY, AUDIENCES, KINDS, MODALITIES, STATES
from rupture.guidance.wording import sentences

# The C parser reads the references in 5 ms where the Python one takes 60; both are safe loaders.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Problem:
    """Where a document breaks the format, and how; line 0 is the file as a whole."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text}" if self.line else f"{self.file}: {self.text}"


def one_of(allowed: tuple[str, ...]) -> Callable[[str], str]:
    """A validator: the value is one of `allowed`."""

    def check(value: str) -> str:
        if value not in allowed:
            raise ValueError(f"found {value!r}, expected one of {', '.join(allowed)}")
        return value

    return check


def _any_stands_alone(values: list[str]) -> list[str]:
    if ANY in values and len(values) > 1:
        raise ValueError(f"{ANY!r} cannot stand beside other modalities")
    return values


def _no_repeats(values: list[str]) -> list[str]:
    if repeated := sorted({value for value in values if values.count(value) > 1}):
        raise ValueError(f"{repeated[0]!r} is given more than once")
    return values


def _at_most_two_sentences(text: str) -> str:
    if (count := len(sentences(text))) > 2:
        raise ValueError(f"expected one or two sentences, found {count}")
    return text


Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Remark = Annotated[Line, AfterValidator(_at_most_two_sentences)]
Marker = Annotated[str, AfterValidator(one_of(MARKERS))]
Part = Annotated[str, AfterValidator(one_of(tuple(Component)))]
Topic = Annotated[str, AfterValidator(lambda value: one_of(tuple(topics()))(value))]
Modality = Annotated[str, AfterValidator(one_of((ANY, *MODALITIES)))]
Audience = Annotated[str, AfterValidator(one_of(AUDIENCES))]


class FrontMatter(BaseModel):
    """What stands above a guidance document; see corpus/README.md."""

    model_config = ConfigDict(extra="forbid", strict=True)

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$")]
    title: Line
    kind: Annotated[str, AfterValidator(one_of(KINDS))]
    markers: Annotated[list[Marker], AfterValidator(_no_repeats)]
    components: Annotated[list[Part], AfterValidator(_no_repeats)]
    topics: Annotated[list[Topic], AfterValidator(_no_repeats)] = []
    modality: Annotated[list[Modality], Field(min_length=1), AfterValidator(_no_repeats), AfterValidator(_any_stands_alone)]
    audience: Annotated[list[Audience], Field(min_length=1), AfterValidator(_no_repeats)]
    evidence: Remark
    cautions: Remark
    mistaken_for: Remark
    references: Annotated[list[str], AfterValidator(_no_repeats)]


class ReferenceEntry(BaseModel):
    """One entry of `references.yaml`; `null` says that a detail is not known."""

    model_config = ConfigDict(extra="forbid", strict=True)

    key: Annotated[str, StringConstraints(pattern=r"^[A-Z]+[0-9]+$")]
    authors: Line | None
    year: int | None
    title: Line
    source: Line | None
    doi: Annotated[str, StringConstraints(pattern=r"^10\.\S+/\S+$")] | None
    pmc: Annotated[str, StringConstraints(pattern=r"^PMC[0-9]+$")] | None
    state: Annotated[str, AfterValidator(one_of(STATES))]


Entry = TypeVar("Entry", bound=BaseModel)


def parse_yaml(text: str, file: str, first_line: int) -> tuple[yaml.Node | None, Any, list[Problem]]:
    """The node tree (it knows the lines), the data, and why they could not be read. `first_line` is where `text` starts."""
    loader = _LOADER(text)
    try:
        node = loader.get_single_node()
        data = loader.construct_document(node) if node is not None else None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = first_line + (mark.line if mark else 0)
        hint = "; put a text that has ': ' or starts with a sign in quotes"
        return None, None, [Problem(file, line, f"this is not YAML: {error.problem}{hint}")]
    except yaml.YAMLError:
        return None, None, [Problem(file, first_line, "this is not YAML: it has characters that YAML does not allow")]
    finally:
        loader.dispose()
    return node, data, []


def checked(
    model: type[Entry], node: yaml.Node | None, data: Any, file: str, first_line: int
) -> tuple[Entry | None, list[Problem]]:
    """`data` as a `model`, or everything that is wrong with it."""
    if not isinstance(node, yaml.MappingNode):
        return None, [Problem(file, first_line, f"expected 'key: value' lines, found {_kind(data)}")]
    lines: dict[str, int] = {}
    problems = []
    for key_node, _ in node.value:
        line = first_line + key_node.start_mark.line
        if lines.setdefault(str(key_node.value), line) != line:
            problems.append(Problem(file, line, f"key {key_node.value!r} is given more than once"))
    start = first_line + node.start_mark.line
    try:
        return model.model_validate(data), problems
    except ValidationError as error:
        for item in error.errors(include_url=False):
            key = str(item["loc"][0])
            problems.append(Problem(file, lines.get(key, start), _message(key, item, model)))
        return None, problems


def _message(key: str, item: Any, model: type[BaseModel]) -> str:
    if item["type"] == "missing":
        return f"key {key!r} is missing"
    if item["type"] == "extra_forbidden":
        return f"unknown key {key!r}, expected one of {', '.join(model.model_fields)}"
    if item["type"] == "value_error":
        return f"{key}: {item['ctx']['error']}"
    if item["type"] == "string_pattern_mismatch":
        return f"{key}: found {item['input']!r}, expected the pattern {item['ctx']['pattern']}"
    return f"{key}: {item['msg'].replace('Input s', 's').replace('String s', 's')}, found {_kind(item['input'])}"


def _kind(value: Any) -> str:
    names = {
        dict: "a mapping",
        list: "a list" if value else "an empty list",
        str: "text" if value else "no text",
        type(None): "nothing",
        int: "a number",
        float: "a number",
        bool: "yes or no",
    }
    return names.get(type(value), type(value).__name__)
