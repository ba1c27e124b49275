"""Coded sessions written out in a test as the corpus writes them, a language model on this machine, and one way for Hypothesis
to behave everywhere."""

import importlib.util
from textwrap import dedent

import pytest
from hypothesis import settings
from local_server import NEEDED, LocalServer

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


@pytest.fixture(scope="session")
def start_model_server(tmp_path_factory):
    """Starts one more server each time it is called; all are stopped at the end."""
    # `.ci/run` looks for these words among the reasons of skipped tests.
    for package in NEEDED:
        if importlib.util.find_spec(package) is None:
            pytest.skip(f"no local language model: {package} is not installed")
    folder = tmp_path_factory.mktemp("model")
    running = []

    def started():
        running.append(LocalServer(folder))
        if not running[-1].url:
            pytest.skip(f"no local language model: the server did not start: {running[-1].log.read_text()[-300:]}")
        return running[-1]

    yield started
    for process in running:
        process.kill()


@pytest.fixture(scope="session")
def model_server(start_model_server):
    """The server that all tests may ask; those that kill one start their own."""
    return start_model_server()
