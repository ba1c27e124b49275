"""A suite: what is measured, on which data, what it is compared with, and which numbers must be met.

Ours are one YAML file each in `evals/suites`. Users have their own: a YAML file that names its cases, or the cases alone, for
which a suite is made here. Knows no case and no run.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from rupture.coding.case_formats import SOURCE
from rupture.errors import RunError

_YAML = (".yaml", ".yml")
_OWN = {
    "kind": "detection",
    "measures": "Whether codes are given to the turns that this case set gives them.",
    "cautions": (
        "The numbers say how far the codes follow those of the case set, not how far they are right. Who coded it, how, and how "
        "well such coders agree among themselves is for its owner to say.",
        "Whether the model that ships has seen these sessions was not checked: it learned from the training sessions of this "
        "project and from AnnoMI, so leave those out.",
        "Intervals are 95 % percentile intervals from 1,000 bootstrap draws of whole sessions. They cover what another choice of "
        "sessions of the same kind would change, not what other raters or other kinds of therapy would.",
    ),
    "data": [{"source": SOURCE, "title": "The case set", "held_out": "not checked, see above"}],
}


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
    """One eval suite; `cautions` are printed with every number.

    `kind` says what is run, by default what the suite is named after. `cases` is the user's own case set, for the kind detection
    only; a suite that has it may leave out all but name and title. Without it, that kind is of a `part` of our own sessions.
    """

    name: str
    kind: Literal["detection", "guidance", "care", "replies", "masking"]
    cases: Path | None = None
    part: Literal["test", "practice"] = "test"
    title: str
    measures: str
    cautions: tuple[str, ...] = Field(min_length=1)
    data: tuple[DataSet, ...] = Field(min_length=1)
    gates: tuple[Gate, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _filled(cls, data: Any) -> Any:
        if not isinstance(data, Mapping):
            return data
        return {"kind": data.get("name"), **(_OWN if data.get("cases") is not None else {}), **data}

    @model_validator(mode="after")
    def _own_cases(self) -> Self:
        if self.cases and (self.kind != "detection" or [data.source for data in self.data] != [SOURCE]):
            raise ValueError(f"a suite on cases of its own is of the kind detection and has the data source {SOURCE} only")
        return self

    @model_validator(mode="after")
    def _known_sources(self) -> Self:
        strangers = {gate.source for gate in self.gates} - {data.source for data in self.data}
        if strangers:
            raise ValueError(f"gates name data sets the suite does not have: {', '.join(sorted(strangers))}")
        return self


def find_suite(what: str, ours: Path) -> Suite:
    """The suite that `what` names: one in the folder `ours`, a suite file of the user's, or a case set. RunError when it names
    none of these, a user's suite has no cases, or it is called like one of ours."""
    known = {path.stem: path for path in ours.glob("*.yaml")}
    path = Path(what)
    if what in known or path.resolve() in (file.resolve() for file in known.values()):
        return load_suite(known[path.stem])
    if not path.exists():
        names = ", ".join(sorted(known))
        raise RunError(f"{what}: expected a suite ({names}), a suite file (*.yaml) or a case set; there is none of that name")
    suite = load_suite(path) if path.suffix.lower() in _YAML else suite_of_cases(path)
    if suite.cases is None:
        raise RunError(f"{path.name}: a suite of your own names its case set, with cases: PATH; found none")
    if suite.name in known:
        raise RunError(f"{path.name}: is called like the suite {suite.name} of this project; give it another name")
    return suite


def suite_of_cases(cases: Path) -> Suite:
    """A suite without gates, named after the file or folder."""
    name = cases.resolve().stem if cases.is_file() else cases.resolve().name
    return Suite.model_validate({"name": name, "title": f"Finding ruptures in {name}", "cases": cases})


def load_suite(path: Path) -> Suite:
    """The suite of `path`, its cases found beside it; RunError that names file, field and problem."""
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
    return suite.model_copy(update={"cases": path.parent / suite.cases}) if suite.cases else suite
