"""Coded sessions written out in a test as the corpus writes them, and one way for Hypothesis to behave everywhere."""

from textwrap import dedent

import pytest
from hypothesis import settings

from rupture.coding.sessions import read_sessions

# Derandomised, so that the same input gives the same output here too; no deadline, so that a slow machine fails nothing.
settings.register_profile("suite", deadline=None, derandomize=True, database=None, max_examples=60)
settings.load_profile("suite")


@pytest.fixture
def coded(tmp_path):
    """Reads lines such as `C: Sure, whatever. {W5}` into a coded session, by the reader of the corpus itself."""

    def read(lines, id="test-1"):
        file = tmp_path / f"{id}.txt"
        ratings = "S: withdrawal=1 confrontation=1 resolution=- therapist_contribution=1"
        file.write_text(f"=== id: {id}\n{dedent(lines).strip()}\n{ratings}\n", encoding="utf-8")
        return read_sessions([file])[0]

    return read
