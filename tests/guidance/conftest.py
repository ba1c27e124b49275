"""A corpus small enough to read, and the real one: with a hashing encoder for most tests, with the model for a few."""

import shutil
from pathlib import Path

import pytest
from small_corpus import DOCUMENT, REFERENCES, HashingEncoder

from rupture.guidance import documents
from rupture.guidance.vectors import exact_index
from rupture.resources import CORPUS


@pytest.fixture
def corpus(tmp_path):
    folder = tmp_path / "corpus"
    (folder / "guidance").mkdir(parents=True)
    (folder / "guidance" / "too-easy.md").write_text(DOCUMENT, encoding="utf-8")
    (folder / "references.yaml").write_text(REFERENCES, encoding="utf-8")
    return folder


@pytest.fixture
def encoder():
    return HashingEncoder()


@pytest.fixture(scope="session")
def guidance():
    return documents.load(CORPUS)


@pytest.fixture
def small(corpus):
    return documents.load(corpus)


@pytest.fixture(scope="session")
def real(guidance):
    """The real corpus under the real encoder: about ten seconds, once."""
    from rupture.encoder import GUIDANCE_FOLDER, Encoder
    from rupture.guidance.retriever import HybridRetriever
    from rupture.guidance.scope import read_scope

    model = Encoder(GUIDANCE_FOLDER)
    index = exact_index(guidance, model)
    return model, index, HybridRetriever(guidance, model, index, read_scope(GUIDANCE_FOLDER))


@pytest.fixture(scope="session")
def built(guidance, tmp_path_factory):
    """A sound index of the real corpus, to be copied and then broken."""
    from rupture.guidance.index import open_index

    cache = tmp_path_factory.mktemp("built")
    open_index(guidance, HashingEncoder(), cache)
    return cache


@pytest.fixture
def cache(built, tmp_path):
    return Path(shutil.copytree(built, tmp_path / "cache"))
