"""What fuzzing has found worth keeping is read again, and nothing crashes: see `scripts/fuzz.py`."""

import importlib.util
from contextlib import suppress
from types import ModuleType

import pytest

from .shapes import FIXTURES


def _script() -> ModuleType:
    path = FIXTURES.parents[2] / "scripts" / "fuzz.py"
    spec = importlib.util.spec_from_file_location("fuzz", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


FUZZ = _script()


@pytest.mark.parametrize("target", sorted(FUZZ.SUFFIXES))
def test_what_fuzzing_has_kept(target: str) -> None:
    inputs = FUZZ.saved(target)
    assert len(inputs) >= 20
    run = FUZZ.targets()[target]
    for data in inputs:
        with suppress(*FUZZ.allowed(target)):
            run(data)


def test_a_reading_that_breaks_its_own_rules_is_a_crash() -> None:
    with pytest.raises(AssertionError, match="counted"):
        FUZZ.expect(False, "turns are counted from 0")
