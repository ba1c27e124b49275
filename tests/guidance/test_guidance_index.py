"""The index: it answers as exact search does, is built again after any damage, and is done without where nothing can be kept."""

import json
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from small_corpus import HashingEncoder, few

from rupture.guidance.index import open_index
from rupture.guidance.index_files import swap
from rupture.guidance.query import question_query
from rupture.guidance.retriever import HybridRetriever
from rupture.guidance.vectors import VectorIndex, exact_index

QUESTIONS = ("she agrees with everything", "he complains about me", "silence in the group", "how do I apologise", "W3", "")


def _folder(cache):
    (folder,) = cache.glob("guidance-*")
    return folder


def _store(cache, pattern):
    return next((_folder(cache) / "chroma").rglob(pattern))


def _flip(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)


def _manifest(cache, **changes):
    path = _folder(cache) / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


DAMAGE = {
    "store truncated": lambda cache: os.truncate(_store(cache, "chroma.sqlite3"), 100_000),
    "store zeroed": lambda cache: _store(cache, "chroma.sqlite3").write_bytes(bytes(500_000)),
    "one bit of the store": lambda cache: _flip(_store(cache, "chroma.sqlite3")),
    "one bit of the vectors": lambda cache: _flip(_store(cache, "data_level0.bin")),
    "vectors removed": lambda cache: _store(cache, "data_level0.bin").unlink(),
    "a file too many": lambda cache: (_folder(cache) / "chroma" / "more").write_text("x"),
    "no manifest": lambda cache: (_folder(cache) / "manifest.json").unlink(),
    "half a manifest": lambda cache: (_folder(cache) / "manifest.json").write_text('{"corpus": "'),
    "a manifest of something else": lambda cache: (_folder(cache) / "manifest.json").write_text("[]"),
    "older library": lambda cache: _manifest(cache, chroma="0.4.0"),
    "other weights": lambda cache: _manifest(cache, encoder="hashing-0"),
    "other corpus": lambda cache: _manifest(cache, corpus="0"),
    "other count": lambda cache: _manifest(cache, count=1),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_index_is_built_again(cache, guidance, damage):
    DAMAGE[damage](cache)
    encoder = HashingEncoder()
    index = open_index(guidance, encoder, cache)
    assert not index.note
    assert encoder.calls == 1, "it was not built again"
    assert index.ids == tuple(guidance.passages)
    assert [path.name for path in cache.iterdir()] == [_folder(cache).name], "something was left over"
    again = HashingEncoder()
    open_index(guidance, again, cache)
    assert again.calls == 0, "the new one is not sound"


def test_what_was_kept_is_what_was_made(cache, guidance):
    kept, made = open_index(guidance, HashingEncoder(), cache), exact_index(guidance, HashingEncoder())
    assert kept.ids == made.ids
    assert np.abs(kept.vectors - made.vectors).max() < 1e-6
    for question in QUESTIONS:
        query = question_query(question)
        one, other = (HybridRetriever(guidance, HashingEncoder(), index).candidates(query) for index in (kept, made))
        assert [(c.passage.id, c.score) for c in one] == [(c.passage.id, c.score) for c in other]
        assert [c.similarity for c in one] == pytest.approx([c.similarity for c in other], abs=1e-5)


def test_where_nothing_can_be_written_the_search_is_in_memory_and_says_so(guidance, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("a file where the folder should be")
    index = open_index(guidance, HashingEncoder(), blocked / "cache")
    assert str(blocked) in index.note
    assert "same results" in index.note


@pytest.mark.skipif(sys.platform == "win32", reason="limits of file size are set the POSIX way")
def test_a_full_disk_ends_in_memory_and_heals_when_there_is_room(guidance, tmp_path):
    code = """
import resource, signal, sys
from pathlib import Path
sys.path[:0] = [sys.argv[2]]
from small_corpus import HashingEncoder
from rupture.guidance import documents
from rupture.guidance.index import open_index
from rupture.resources import CORPUS
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
index = open_index(documents.load(CORPUS), HashingEncoder(), Path(sys.argv[1]))
print(bool(index.note), len(index.similarities(HashingEncoder().encode(["trust"])[0])))
"""
    done = _python(code, tmp_path).communicate(timeout=60)[0]
    assert done.split() == ["True", str(len(guidance.passages))]
    assert list(tmp_path.iterdir()) == []
    assert not open_index(guidance, HashingEncoder(), tmp_path).note


def test_two_processes_may_build_at_once(guidance, tmp_path):
    code = """
import sys
from pathlib import Path
sys.path[:0] = [sys.argv[2]]
from small_corpus import HashingEncoder
from rupture.guidance import documents
from rupture.guidance.index import open_index
from rupture.resources import CORPUS
index = open_index(documents.load(CORPUS), HashingEncoder(), Path(sys.argv[1]))
print(len(index.ids), index.note)
"""
    both = [_python(code, tmp_path) for _ in range(2)]
    for process in both:
        assert process.communicate(timeout=120)[0].split() == [str(len(guidance.passages))]
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.timeout(900)
def test_processes_that_mend_one_damaged_index_together_do_not_get_into_each_others_way(guidance, tmp_path):
    code = """
import sys
from pathlib import Path
sys.path[:0] = [sys.argv[2]]
from small_corpus import HashingEncoder, few
from rupture.guidance import documents
from rupture.guidance.index import open_index
from rupture.resources import CORPUS
guidance = few(documents.load(CORPUS))
open_index(guidance, HashingEncoder(), Path(sys.argv[1]))
print("ready", flush=True)
for line in sys.stdin:
    index = open_index(guidance, HashingEncoder(), Path(sys.argv[1]))
    print(len(index.ids), index.note, flush=True)
"""
    open_index(few(guidance), HashingEncoder(), tmp_path)
    name = _folder(tmp_path).name
    processes = [_python(code, tmp_path) for _ in range(8)]
    try:
        assert [process.stdout.readline() for process in processes] == ["ready\n"] * len(processes)
        for damage in ("no manifest", "one bit of the store", "one bit of the vectors") * 2:
            DAMAGE[damage](tmp_path)
            for process in processes:
                process.stdin.write("go\n")
                process.stdin.flush()
            said = [process.stdout.readline() for process in processes]
            assert said == ["40 \n"] * len(processes), damage
            assert [path.name for path in tmp_path.iterdir()] == [name]
            again = HashingEncoder()
            open_index(few(guidance), again, tmp_path)
            assert again.calls == 0, "what they left is not sound"
    finally:
        for process in processes:
            process.communicate(timeout=60)


@pytest.mark.parametrize("before", ["nothing", "damaged", "a file", "a link"])
def test_folders_put_in_one_place_at_once_leave_one_sound_one(tmp_path, before):
    target = tmp_path / "target"
    for _ in range(25):
        if before == "damaged":
            _staged(target, "damaged")
        elif before == "a file":
            target.write_text("damaged")
        elif before == "a link":
            target.symlink_to(_staged(tmp_path / "elsewhere", "damaged"))
        staged = [_staged(tmp_path / f"{number}.building", "sound") for number in range(8)]
        with ThreadPoolExecutor(8) as pool:
            # None raises, and each one leaves a sound folder in place.
            assert all(pool.map(lambda staging: swap(staging, target, lambda: _sound(target)) is None, staged))
        assert _sound(target)
        assert not target.is_symlink()
        assert list(tmp_path.glob("*.damaged")) == []
        if before == "a link":
            assert (tmp_path / "elsewhere" / "file").read_text() == "damaged"
        for path in tmp_path.iterdir():
            shutil.rmtree(path)


def _staged(folder, words):
    folder.mkdir()
    (folder / "file").write_text(words)
    return folder


def _sound(folder):
    try:
        return (folder / "file").read_text() == "sound"
    except OSError:
        return False


def _python(code, cache):
    return subprocess.Popen(
        [sys.executable, "-c", code, str(cache), str(Path(__file__).parent)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )


def test_another_encoder_or_corpus_gets_an_index_of_its_own(cache, guidance):
    for other_guidance, encoder in ((guidance, HashingEncoder("hashing-2")), (replace(guidance, digest="x"), HashingEncoder())):
        open_index(other_guidance, encoder, cache)
        assert encoder.calls == 1
    assert len(list(cache.iterdir())) == 3


def test_leftovers_of_killed_builds_go_and_young_ones_stay(cache, guidance):
    old, young = cache / "guidance-a.1.building", cache / "guidance-b.2.building"
    old.mkdir()
    young.mkdir()
    os.utime(old, (time.time() - 3600,) * 2)
    open_index(guidance, HashingEncoder("hashing-3"), cache)
    assert not old.exists()
    assert young.exists()


def test_the_kept_files_are_never_written_to_by_a_search(cache, guidance):
    before = {path: path.read_bytes() for path in cache.rglob("*") if path.is_file()}
    open_index(guidance, HashingEncoder(), cache).similarities(HashingEncoder().encode(["trust"])[0])
    assert {path: path.read_bytes() for path in cache.rglob("*") if path.is_file()} == before


def test_no_words_of_the_corpus_or_of_a_question_are_stored(cache, guidance):
    index = open_index(guidance, HashingEncoder(), cache)
    HybridRetriever(guidance, HashingEncoder(), index).candidates(question_query("sentinel-question about trust"))
    stored = b"".join(path.read_bytes() for path in cache.rglob("*") if path.is_file())
    assert b"sentinel-question" not in stored
    assert next(iter(guidance.passages.values())).text[:40].encode() not in stored


def test_settings_in_the_working_folder_or_environment_do_not_reach_chroma(cache, guidance, tmp_path, monkeypatch):
    (tmp_path / ".env").write_text("CHROMA_OTEL_COLLECTION_ENDPOINT=http://127.0.0.1:9\nCHROMA_OTEL_GRANULARITY=all\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CHROMA_API_IMPL", "chromadb.api.fastapi.FastAPI")
    monkeypatch.setenv("CHROMA_OTEL_COLLECTION_ENDPOINT", "http://127.0.0.1:9")
    encoder = HashingEncoder()
    assert not open_index(guidance, encoder, cache).note
    assert encoder.calls == 0


def test_without_a_cache_there_is_nothing_to_say(guidance):
    assert open_index(guidance, HashingEncoder(), None).note == ""


def test_similarities_stay_between_minus_one_and_one_and_equal_vectors_tie():
    index = VectorIndex(("a#1", "b#1", "c#1"), np.array([[1, 1e-4], [1, 2e-4], [-1, 0]], np.float32))
    assert index.similarities(np.array([1.00001, 0], np.float32)).tolist() == [1, 1, -1]
