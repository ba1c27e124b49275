"""The index of a corpus of four passages: built once, believed only when every file of it is as it was written."""

import json
import os
import time
from dataclasses import replace

import numpy as np
import pytest
from small_corpus import HashingEncoder

from rupture.guidance import index as kept
from rupture.guidance.index import open_index
from rupture.guidance.index_files import UnusableError
from rupture.guidance.vectors import encode_entries, entry_names, exact_index


class Failing(HashingEncoder):
    """An encoder that must not be asked."""

    def encode(self, texts):
        raise AssertionError("it was built again")


@pytest.fixture
def home(small, tmp_path):
    """A sound index of the small corpus."""
    cache = tmp_path / "kept"
    open_index(small, HashingEncoder(), cache)
    return cache


def folder_of(cache):
    (folder,) = cache.iterdir()
    return folder


def manifest_of(cache):
    return json.loads((folder_of(cache) / "manifest.json").read_text(encoding="utf-8"))


def test_a_sound_index_is_read_and_not_built_again(home, small):
    found, made = open_index(small, Failing(), home), exact_index(small, HashingEncoder())
    assert found.ids == made.ids
    assert found.note == ""
    assert np.allclose(found.vectors, made.vectors, atol=1e-6)
    assert np.allclose(found.queries, made.queries, atol=1e-6)
    assert found.owners == made.owners


def test_the_manifest_names_what_the_index_is_of_and_each_of_its_files(home, small):
    told = manifest_of(home)
    store = folder_of(home) / "chroma"
    assert (told["corpus"], told["encoder"], told["count"]) == (small.digest, "hashing-1", len(entry_names(small)))
    assert set(told) == {"corpus", "encoder", "count", "chroma", "files"}
    assert set(told["files"]) == {path.relative_to(store).as_posix() for path in store.rglob("*") if path.is_file()}
    assert all(len(digest) == 64 for digest in told["files"].values())
    assert {path.name for path in folder_of(home).iterdir()} == {"chroma", "manifest.json"}


@pytest.mark.parametrize("part", ["corpus", "encoder", "count", "chroma", "files"])
def test_a_manifest_that_lacks_or_changes_a_part_is_not_believed(home, small, part):
    path = folder_of(home) / "manifest.json"
    told = manifest_of(home)
    for changed in ({**told, part: "another"}, {key: value for key, value in told.items() if key != part}):
        path.write_text(json.dumps(changed), encoding="utf-8")
        encoder = HashingEncoder()
        assert open_index(small, encoder, home).note == ""
        assert encoder.calls == 1
        assert manifest_of(home) == {**told, "files": manifest_of(home)["files"]}


def test_a_file_that_is_changed_moved_or_added_is_seen(home, small):
    store = folder_of(home) / "chroma"
    for damage in (
        lambda: (store / "more").mkdir() or (store / "more" / "a").write_bytes(b""),
        lambda: (store / "chroma.sqlite3").rename(store / "chroma.sqlite"),
        lambda: (store / "chroma.sqlite3").write_bytes((store / "chroma.sqlite3").read_bytes()[:-1]),
    ):
        damage()
        encoder = HashingEncoder()
        open_index(small, encoder, home)
        assert encoder.calls == 1
    assert [path.name for path in home.iterdir()] == [folder_of(home).name]


def _collection(ids, vectors, nearest=0.0):
    class Collection:
        def get(self, include):
            assert include == ["embeddings"]
            return {"ids": list(reversed(ids)), "embeddings": vectors[::-1].tolist()}

        def query(self, query_embeddings, n_results, include):
            assert (len(query_embeddings), n_results, include) == (1, 1, ["distances"])
            return {"distances": [[nearest]] if nearest is not None else None}

    return Collection()


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", '"corpus"', "[" * 100_000, "\udc80"],
    ids=["empty", "half", "list", "null", "word", "deep", "bytes"],
)
def test_a_manifest_that_is_none_is_not_believed(home, small, text):
    (folder_of(home) / "manifest.json").write_text(text, encoding="utf-8", errors="surrogateescape")
    encoder = HashingEncoder()
    open_index(small, encoder, home)
    assert encoder.calls == 1


def test_what_chroma_gives_back_is_put_in_order_and_tried(small):
    names, vectors = entry_names(small), encode_entries(small, HashingEncoder())
    found = kept._verified(_collection(names, vectors), names)
    assert found.dtype == np.float32
    assert np.allclose(found, vectors)
    assert np.allclose(kept._verified(_collection(names, vectors, 0.0009), names), vectors)
    for nearest in (0.0011, 1.0, float("nan"), None):
        with pytest.raises(UnusableError, match=r"^a passage does not find itself$"):
            kept._verified(_collection(names, vectors, nearest), names)
    for ids in (names[1:], (*names, "more"), ("other", *names[1:])):
        with pytest.raises(UnusableError, match=r"^passages are missing$"):
            kept._verified(_collection(names, vectors), ids)


def test_eight_passages_spread_over_the_corpus_are_tried():
    for size, tried in ((1, 1), (7, 7), (8, 8), (16, 8), (100, 9)):
        asked = []
        names = tuple(map(str, range(size)))
        collection = _collection(names, np.eye(size, dtype=np.float32))
        answer = collection.query

        def query(answer=answer, asked=asked, **told):
            asked.append(int(np.argmax(told["query_embeddings"][0])))
            return answer(**told)

        collection.query = query
        kept._verified(collection, names)
        assert len(asked) == tried
        assert asked == [row * max(1, size // 8) for row in range(tried)]


def test_more_passages_than_chroma_takes_at_once_go_in_by_parts(small, tmp_path, monkeypatch):
    monkeypatch.setattr(kept, "_BATCH", 2)
    found = open_index(small, HashingEncoder(), tmp_path / "parts")
    assert found.note == ""
    assert np.allclose(found.vectors, exact_index(small, HashingEncoder()).vectors, atol=1e-6)


def test_where_nothing_can_be_kept_the_reason_is_told_once(small, tmp_path, monkeypatch):
    cache = tmp_path / "kept"

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(kept, "_fill", full)
    encoder = HashingEncoder()
    found = open_index(small, encoder, cache)
    why = "No space left on device"
    assert (
        found.note
        == f"The search index could not be kept in {cache} ({why}); it is held in memory instead, with the same results."
    )
    assert encoder.calls == 1
    assert np.allclose(found.vectors, exact_index(small, HashingEncoder()).vectors)
    assert list(cache.iterdir()) == []


@pytest.mark.parametrize(
    ("error", "reason"), [(OSError("odd"), "OSError"), (UnusableError("the files are not those"), "UnusableError")]
)
def test_an_error_without_words_is_told_by_its_kind(small, tmp_path, monkeypatch, error, reason):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr(kept, "swap", fail)
    assert f"({reason})" in open_index(small, HashingEncoder(), tmp_path / "kept").note


def test_the_slower_of_two_builders_leaves_the_sound_index_of_the_other(home, small):
    before = {path: path.stat().st_mtime_ns for path in home.rglob("*")}
    expected = kept._expected(small, HashingEncoder())
    kept._built(folder_of(home), expected, small, encode_entries(small, HashingEncoder()))
    assert {path: path.stat().st_mtime_ns for path in home.rglob("*") if path != home} == {
        path: when for path, when in before.items() if path != home
    }


def test_an_index_of_something_else_gets_a_folder_of_its_own(home, small):
    open_index(replace(small, digest="another"), HashingEncoder(), home)
    open_index(small, HashingEncoder("hashing-2"), home)
    names = sorted(path.name for path in home.iterdir())
    assert len(names) == 3
    assert all(name.startswith("guidance-") and len(name) == len("guidance-") + 16 for name in names)


def test_what_killed_builds_left_is_swept_away_after_ten_minutes(home, small):
    young, old = (home / f"guidance-{name}" for name in ("a.1.building", "b.1.building"))
    damaged, other, ours = home / "guidance-c.1.damaged", home / "notes.building", home / "guidance-d"
    for folder in (young, old, damaged, other, ours):
        (folder / "chroma").mkdir(parents=True)
    for folder, seconds in ((young, 590), (old, 610), (damaged, 610), (other, 10_000), (ours, 10_000)):
        os.utime(folder, (time.time() - seconds,) * 2)
    open_index(small, Failing(), home)
    assert young.exists()
    assert other.exists()
    assert ours.exists()
    assert not old.exists()
    assert not damaged.exists()


def test_no_copy_of_the_index_is_left_behind(home, small, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    open_index(small, Failing(), home)
    assert list((tmp_path / "temporary").iterdir()) == []
