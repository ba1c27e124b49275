"""A suite: what is measured, on which data, what it is compared with, and which numbers must be met.

One YAML file each in `evals/suites`.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from rupture.errors import RunError


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Gate(_Part):
    """A number of `scores.json`, by data set and dotted path, and its bound: the point estimate must not pass it."""

    name: str
    source: str
    path: str = Field(pattern=r"^[\w.]+$")
    at_least: float | None = None
    at_most: float | None = None

    @model_validator(mode="after")
    def _one_bound(self) -> Self:
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError("a gate has either at_least or at_most")
        return self


class Published(_Part):
    """A row measured elsewhere, for comparison: by family, AUROC pooled, within a session, AP, kappa (None where not given)."""

    model: str
    trained_on: str
    values: Mapping[str, tuple[float | None, float | None, float | None, float | None]]


class DataSet(_Part):
    """Sessions of one `source` (as coded sessions name it), how they were held out, and what others got on them."""

    source: str
    title: str
    held_out: str
    published: tuple[Published, ...] = ()


class Suite(_Part):
    """One eval suite; `cautions` are printed with every number."""

    name: str
    title: str
    measures: str
    cautions: tuple[str, ...] = Field(min_length=1)
    data: tuple[DataSet, ...] = Field(min_length=1)
    gates: tuple[Gate, ...] = ()

    @model_validator(mode="after")
    def _known_sources(self) -> Self:
        strangers = {gate.source for gate in self.gates} - {data.source for data in self.data}
        if strangers:
            raise ValueError(f"gates name data sets the suite does not have: {', '.join(sorted(strangers))}")
        return self


def load_suite(path: Path) -> Suite:
    """The suite of `path`; RunError that names file, field and problem."""
    import yaml

    try:
        data: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
        suite = Suite.model_validate(data)
    except FileNotFoundError:
        known = ", ".join(sorted(p.stem for p in path.parent.glob("*.yaml"))) or "none"
        raise RunError(f"{path.stem}: no such suite; suites here: {known}") from None
    except yaml.YAMLError as error:
        raise RunError(f"{path.name}: not YAML: {' '.join(str(error).split())}") from None
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'suite'}: {e['msg']}" for e in error.errors())
        raise RunError(f"{path.name}: {problems}") from None
    if suite.name != path.stem:
        raise RunError(f"{path.name}: name is {suite.name!r}; expected {path.stem!r}, the name of the file")
    return suite
