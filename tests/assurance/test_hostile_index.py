"""An index folder that somebody else may have made: each is refused and built again, at once, without following a link out of it,
waiting for anybody, running what stands in it, or touching what lies elsewhere. Where it is said so, the manifest is made to fit.

Damage without intent, and processes that mend it together: `tests/guidance/test_guidance_index.py`.
"""

import hashlib
import json
import os
import pickle
import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from rupture.guidance import documents, index_files
from rupture.guidance.index import open_index
from rupture.resources import CORPUS
from tests.guidance.small_corpus import HashingEncoder, few

posix = pytest.mark.skipif(os.name != "posix", reason="links, pipes and owners are those of POSIX")


@pytest.fixture(scope="module")
def guidance():
    return few(documents.load(CORPUS))


@pytest.fixture(scope="module")
def built(guidance, tmp_path_factory):
    cache = tmp_path_factory.mktemp("built")
    open_index(guidance, HashingEncoder(), cache)
    return cache


@pytest.fixture
def cache(built, tmp_path):
    return Path(shutil.copytree(built, tmp_path / "cache"))


def folder_of(cache):
    (folder,) = cache.glob("guidance-*")
    return folder


def forge(folder):
    """Makes the manifest fit the files that are there."""
    files = {
        path.relative_to(folder / "chroma").as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted((folder / "chroma").rglob("*"))
        if path.is_file()
    }
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps({**manifest, "files": files}))


def built_again(guidance, cache):
    """The index is whole, it was made anew, and the next one finds it."""
    name = folder_of(cache).name
    encoder, next_one = HashingEncoder(), HashingEncoder()
    index = open_index(guidance, encoder, cache)
    assert (index.note, encoder.calls, index.ids) == ("", 1, tuple(guidance.passages))
    assert [path.name for path in cache.iterdir()] == [name]
    assert not (cache / name).is_symlink()
    open_index(guidance, next_one, cache)
    assert next_one.calls == 0


def elsewhere(cache, path):
    """Moves `path` out of the cache and leaves a link."""
    moved = cache.parent / f"elsewhere-{path.name}"
    path.rename(moved)
    path.symlink_to(moved)


def segment(folder):
    return next((folder / "chroma").rglob("data_level0.bin")).parent


LINKS = {
    "folder": lambda folder: folder,
    "store": lambda folder: folder / "chroma",
    "manifest": lambda folder: folder / "manifest.json",
    "database": lambda folder: folder / "chroma" / "chroma.sqlite3",
    "segment": segment,
    "vectors": lambda folder: segment(folder) / "data_level0.bin",
}


@posix
@pytest.mark.parametrize("what", LINKS)
def test_what_is_a_link_is_not_followed_nor_written_through(guidance, cache, what):
    elsewhere(cache, LINKS[what](folder_of(cache)))
    (outside,) = cache.parent.glob("elsewhere-*")
    before = {path: path.read_bytes() for path in [outside, *outside.rglob("*")] if path.is_file()}
    built_again(guidance, cache)
    assert {path: path.read_bytes() for path in [outside, *outside.rglob("*")] if path.is_file()} == before


ENDLESS = {
    "a pipe for a manifest": lambda folder: replaced(folder / "manifest.json", os.mkfifo),
    "a pipe for the database": lambda folder: replaced(folder / "chroma" / "chroma.sqlite3", os.mkfifo),
    "a pipe beside it": lambda folder: os.mkfifo(folder / "chroma" / "more"),
    "a link to what has no end": lambda folder: (folder / "chroma" / "more").symlink_to("/dev/zero"),
    "a manifest that has no end": lambda folder: replaced(folder / "manifest.json", lambda path: path.symlink_to("/dev/zero")),
    "a link to itself": lambda folder: (folder / "chroma" / "more").symlink_to(folder),
    "a pipe in place of the folder": lambda folder: replaced(folder, os.mkfifo),
}


def replaced(path, make):
    index_files.remove(path)
    make(path)


@posix
@pytest.mark.timeout(120)
@pytest.mark.parametrize("what", ENDLESS)
def test_what_has_no_end_is_not_read(guidance, cache, what):
    ENDLESS[what](folder_of(cache))
    built_again(guidance, cache)


def grown(path, size):
    with path.open("r+b") as file:
        file.truncate(size)


LARGE = {
    "a file": lambda folder: grown(folder / "chroma" / "chroma.sqlite3", 10**12),
    "a manifest": lambda folder: grown(folder / "manifest.json", 10**12),
    "segments": lambda folder: [(folder / "chroma" / f"{number:036}").mkdir() for number in range(1_100)],
    "a manifest too deep": lambda folder: (folder / "manifest.json").write_text("[" * 200_000),
    "a manifest of a number": lambda folder: (folder / "manifest.json").write_text('{"count": ' + "9" * 10_000 + "}"),
}


@pytest.mark.timeout(120)
@pytest.mark.parametrize("what", LARGE)
def test_what_is_too_large_is_not_read(guidance, cache, what):
    try:
        LARGE[what](folder_of(cache))
    except OSError:
        pytest.skip("this disk holds no file with so large a hole")
    built_again(guidance, cache)


@posix
@pytest.mark.parametrize("what", LINKS)
def test_what_others_own_or_may_write_is_not_read(guidance, cache, what):
    path = LINKS[what](folder_of(cache))
    path.chmod(path.stat().st_mode | 0o002)
    built_again(guidance, cache)
    if os.getuid() == 0:
        os.chown(LINKS[what](folder_of(cache)), 12_345, 12_345)
        built_again(guidance, cache)


class Running:
    """Runs when a pickle of it is read."""

    def __init__(self, mark):
        self.mark = mark

    def __reduce__(self):
        return (Path.touch, (self.mark,))


@pytest.mark.parametrize("where", ["chroma", "segment"])
def test_no_pickle_in_the_folder_is_run_even_if_the_manifest_fits(guidance, cache, where):
    folder, mark = folder_of(cache), cache.parent / "ran"
    place = folder / "chroma" if where == "chroma" else segment(folder)
    hostile = pickle.dumps(Running(mark))
    (place / "index_metadata.pickle").write_bytes(hostile)
    forge(folder)
    index = open_index(guidance, HashingEncoder(), cache)
    assert (index.note, index.ids) == ("", tuple(guidance.passages))
    assert not mark.exists()
    # The control: it does run when it is read as what it is.
    pickle.loads(hostile)  # noqa: S301
    assert mark.exists()


FOREVER = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x FROM n) SELECT count(*) FROM n"
TABLES = {
    "a trigger": "CREATE TRIGGER t AFTER INSERT ON {0} BEGIN DELETE FROM {0}; END",
    "a trigger on each table": "EACH CREATE TRIGGER t_{0} AFTER UPDATE ON {0} BEGIN SELECT 1; END",
    "a view that never ends": f"ALTER TABLE collections RENAME TO c; CREATE VIEW collections AS {FOREVER}",
    "no collections": "DELETE FROM collections",
    "no tables": "DROP TABLE collections",
    "other columns": "ALTER TABLE collections RENAME COLUMN name TO other",
    "another kind of value": "UPDATE collections SET dimension = 'many', config_json_str = '[[[', schema_str = '{{'",
    "no vectors": "DELETE FROM segments",
    "names that are not there": "UPDATE embeddings SET embedding_id = 'x' || embedding_id",
    "too many rows": """INSERT INTO embeddings (segment_id, embedding_id, seq_id)
        WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 50000)
        SELECT (SELECT segment_id FROM embeddings LIMIT 1), 'more' || x, x FROM n""",
}


@pytest.mark.timeout(120)
@pytest.mark.parametrize("what", TABLES)
def test_tables_that_are_not_the_indexs_own_are_refused_even_if_the_manifest_fits(guidance, cache, what):
    folder = folder_of(cache)
    with closing(sqlite3.connect(folder / "chroma" / "chroma.sqlite3")) as database:
        query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%fulltext%' AND name NOT LIKE 'sqlite%'"
        tables = [name for (name,) in database.execute(query)]
        each, statement = TABLES[what].startswith("EACH "), TABLES[what].removeprefix("EACH ")
        for table in tables if each else ["collections"]:
            database.executescript(statement.format(table))
        database.commit()
    forge(folder)
    built_again(guidance, cache)


def test_a_configuration_that_names_a_function_loads_none(guidance, cache):
    folder = folder_of(cache)
    with closing(sqlite3.connect(folder / "chroma" / "chroma.sqlite3")) as database:
        named = {"type": "known", "name": "openai", "config": {"api_key_env_var": "HOME", "api_base": "http://127.0.0.1:9"}}
        database.execute("UPDATE collections SET config_json_str = ?", [json.dumps({"embedding_function": named})])
        database.commit()
    forge(folder)
    before = set(sys.modules)
    index = open_index(guidance, HashingEncoder(), cache)
    assert (index.note, index.ids) == ("", tuple(guidance.passages))
    assert not {name.partition(".")[0] for name in set(sys.modules) - before} & {"openai", "tiktoken"}


def test_a_database_of_anything_else_is_refused_even_if_the_manifest_fits(guidance, cache):
    original = (folder_of(cache) / "chroma" / "chroma.sqlite3").read_bytes()
    damaged = original[:4096] + bytes(len(original) - 4096)
    for data in (b"", b"SQLite format 3\x00" + b"\xff" * 5_000, pickle.dumps([1]), original[: len(original) // 2], damaged):
        (folder_of(cache) / "chroma" / "chroma.sqlite3").write_bytes(data)
        forge(folder_of(cache))
        built_again(guidance, cache)
