"""The index of the guidance in Chroma, kept as a cache that can be thrown away at any time; the only module importing chromadb.

Only vectors and ids of the curated corpus go in, never a word of a client. A kept index is never opened itself: its files are
checked against the manifest and a private copy is opened, because Chroma writes on opening, is not safe for several processes,
and can crash on damaged files. Its vectors are read once and searched in memory, exactly: up to 100,000 passages that is quicker
than a graph, and a passage found by its words carries its similarity too. What cannot be kept, copied or verified is built again.
"""

import hashlib
import json
import os
import shutil
import tempfile
import time
import uuid
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rupture.guidance.index_files import UnusableError, check_plain, check_tables, file_digests, remove, swap
from rupture.guidance.values import Guidance
from rupture.guidance.vectors import Encoder, VectorIndex, Vectors, encode_entries, entry_names, exact_index, index_of

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection

_COLLECTION = "guidance"
_MANIFEST = "manifest.json"
_STORE = "chroma"
_DATABASE = "chroma.sqlite3"
_PROBES = 8
"""How many passages must find themselves before an index is used."""
_SAME = 0.999
_GRAPH = {"space": "cosine", "max_neighbors": 32, "ef_construction": 200, "ef_search": 200}
"""Careful enough that an entry finds itself among thousands; with Chroma's defaults now and then one does not."""
_BATCH = 5_000
"""Chroma takes no more passages at once."""
_STALE_SECONDS = 600
"""Older leftovers of a build that was killed are swept away; younger ones may be a build that is under way."""


def open_index(guidance: Guidance, encoder: Encoder, cache: Path | None) -> VectorIndex:
    """The index of `guidance` under `encoder`, from `cache` if it is there and sound, else built into it.

    Without a `cache` it is made anew each time, and so where none can be written; its note then says so.
    """
    if cache is None:
        return exact_index(guidance, encoder)
    from chromadb.errors import ChromaError

    expected = _expected(guidance, encoder)
    target = cache / f"guidance-{_name(expected)}"
    _sweep(cache)
    try:
        return _opened(target, expected, guidance)
    except (UnusableError, OSError):
        vectors = encode_entries(guidance, encoder)
    try:
        return _built(target, expected, guidance, vectors)
    except (UnusableError, OSError, ChromaError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
        note = f"The search index could not be kept in {cache} ({reason}); it is held in memory instead, with the same results."
        return index_of(guidance, vectors, note)


def _expected(guidance: Guidance, encoder: Encoder) -> dict[str, Any]:
    """What the manifest of a sound index says, beside its files."""
    import chromadb

    return {
        "corpus": guidance.digest,
        "encoder": encoder.digest,
        "chroma": chromadb.__version__,
        "count": len(entry_names(guidance)),
    }


def _name(expected: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(expected, sort_keys=True).encode()).hexdigest()[:16]


def _opened(target: Path, expected: dict[str, Any], guidance: Guidance) -> VectorIndex:
    """The vectors of `target`, read from a private copy; UnusableError when it is not the index that is expected."""
    check_plain(target)
    with tempfile.TemporaryDirectory(prefix="rupture-index-", ignore_cleanup_errors=True) as folder:
        copy = Path(folder) / "index"
        shutil.copytree(target, copy, symlinks=True)
        # The copy, since the original may change meanwhile.
        _check_files(copy, expected)
        check_tables(copy / _STORE / _DATABASE)
        try:
            client = _client(copy / _STORE)
            try:
                collection = client.get_collection(_COLLECTION, embedding_function=None)
                return index_of(guidance, _verified(collection, entry_names(guidance)))
            finally:
                client.close()  # Windows cannot delete what is open
        except Exception as error:  # what Chroma raises on tables that are not its own depends on what it stumbles over
            raise UnusableError(type(error).__name__) from error


def _verified(collection: "Collection", ids: tuple[str, ...]) -> Vectors:
    """The vectors of `ids`, all of them there; some, spread over the corpus, have to find themselves."""
    found = collection.get(include=["embeddings"])
    rows = {name: row for row, name in enumerate(found["ids"])}
    if rows.keys() != set(ids):
        raise UnusableError("passages are missing")
    vectors = np.asarray(found["embeddings"], np.float32)[[rows[name] for name in ids]]
    for row in range(0, len(ids), max(1, len(ids) // _PROBES)):
        nearest = collection.query(query_embeddings=[vectors[row]], n_results=1, include=["distances"])
        distances = nearest["distances"]
        # Not the other way round, since nothing is greater than what is no number.
        if not distances or not distances[0][0] <= 1 - _SAME:
            raise UnusableError("a passage does not find itself")
    return vectors


def _check_files(target: Path, expected: dict[str, Any]) -> None:
    check_plain(target)
    try:
        manifest = json.loads((target / _MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise UnusableError("no manifest") from error
    if not isinstance(manifest, dict) or {key: manifest.get(key) for key in expected} != expected:
        raise UnusableError("the manifest is of another index")
    if file_digests(target / _STORE) != manifest.get("files"):
        raise UnusableError("the files are not those of the manifest")


def _is_sound(target: Path, expected: dict[str, Any], guidance: Guidance) -> bool:
    """Whether it can be opened: files that fit their manifest may have been refused for what is in them."""
    try:
        _opened(target, expected, guidance)
    except (UnusableError, OSError):
        return False
    return True


def _built(target: Path, expected: dict[str, Any], guidance: Guidance, vectors: Vectors) -> VectorIndex:
    """The index, written beside `target`, verified there and put in place in one step: it is there whole or not at all."""
    staging = target.with_name(f"{target.name}.{uuid.uuid4().hex}.building")
    target.parent.mkdir(parents=True, exist_ok=True)
    staging.mkdir(mode=0o700)
    try:
        _fill(staging / _STORE, entry_names(guidance), vectors)
        manifest = {**expected, "files": file_digests(staging / _STORE)}
        with (staging / _MANIFEST).open("w", encoding="utf-8") as file:
            json.dump(manifest, file, indent=1, sort_keys=True)
            file.flush()
            os.fsync(file.fileno())
        # Before others can reach it: they may put their own in its place.
        index = _opened(staging, expected, guidance)
        swap(staging, target, lambda: _is_sound(target, expected, guidance))
        return index
    finally:
        remove(staging)


def _fill(store: Path, ids: tuple[str, ...], vectors: Vectors) -> None:
    store.mkdir()
    client = _client(store)
    try:
        collection = client.create_collection(_COLLECTION, embedding_function=None, configuration={"hnsw": _GRAPH})
        for start in range(0, len(ids), _BATCH):
            collection.add(ids=list(ids[start : start + _BATCH]), embeddings=vectors[start : start + _BATCH])
    finally:
        client.close()


def _sweep(cache: Path) -> None:
    """Delete what killed builds have left."""
    before = time.time() - _STALE_SECONDS
    for folder in [*cache.glob("guidance-*.building"), *cache.glob("guidance-*.damaged")]:
        with suppress(OSError):  # the process it belongs to may put it in place meanwhile
            if folder.lstat().st_mtime < before:
                remove(folder)


def _client(store: Path) -> "ClientAPI":
    import chromadb
    from chromadb.config import Settings

    # Chroma would read settings from the environment and from a .env of the working folder; what could make it speak to anyone is
    # given here. Each folder is opened once, because Chroma keeps one system a path for as long as the process lives.
    settings = Settings(
        _env_file=None,
        anonymized_telemetry=False,
        chroma_otel_granularity="none",
        chroma_otel_collection_endpoint="",
        chroma_api_impl="chromadb.api.rust.RustBindingsAPI",
        chroma_server_host=None,
    )
    return chromadb.PersistentClient(path=str(store), settings=settings)
