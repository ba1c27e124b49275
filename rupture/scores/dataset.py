"""The Parquet data set on any file system: what is done, and one part after the other put in place as a whole.

A part is one file a table, named after the ids in it. It is written aside (`stage`) by whoever analysed it, and moved in
(`commit`) by the one process that runs the batch, its sessions last: a session is done when its row is in `sessions`. Knows
nothing of how an analysis comes about.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rupture.errors import MissingPackage, RunError
from rupture.files import hold
from rupture.scores.tables import EPISODES, SCHEMA, SESSIONS, SET_ASIDE, TABLES, TURNS

if TYPE_CHECKING:
    import pyarrow as pa

_ABOUT = "_rupture.json"
_STAGED = "_staged"
_LOCK = ".lock"
"""Of the run that writes; by its name no input, and no part of a table for anything that reads these."""
_IN_ORDER = (TURNS, EPISODES, SET_ASIDE, SESSIONS)


@dataclass(frozen=True, slots=True)
class ScoreSet:
    """A data set at `out`, a folder or a URI that fsspec knows."""

    out: str

    def stage(self, part: str, tables: "Mapping[str, pa.Table]") -> None:
        """Writes the tables of a part aside; written again, it replaces itself. RunError when they cannot be written."""
        import pyarrow.parquet as pq

        files, root = file_system(self.out)
        with _writing(self.out):
            for name, table in tables.items():
                folder = f"{root}/{_STAGED}/{part}"
                files.makedirs(folder, exist_ok=True)
                with files.open(f"{folder}/{name}.parquet.writing", "wb") as file:
                    pq.write_table(table, file, compression="zstd")
                files.mv(f"{folder}/{name}.parquet.writing", f"{folder}/{name}.parquet")

    def commit(self, part: str) -> None:
        """Moves a staged part into its tables, its sessions last. RunError when it is not there, or cannot be moved."""
        files, root = file_system(self.out)
        aside = f"{root}/{_STAGED}/{part}"
        with _writing(self.out):
            files.invalidate_cache(aside)  # another process wrote it
            staged = [table for table in _IN_ORDER if files.exists(f"{aside}/{table}.parquet")]
            if SESSIONS not in staged and SET_ASIDE not in staged:
                raise RunError(
                    f"{self.out}: a part that was written is not there any more. See that no other run writes this data set and "
                    "that all machines reach it under this name, and run again; what is done is kept."
                )
            for table in staged:
                files.makedirs(f"{root}/{table}", exist_ok=True)
                files.mv(f"{aside}/{table}.parquet", f"{root}/{table}/{part}.parquet")
            if files.exists(aside):
                files.rm(aside, recursive=True)

    def done(self) -> set[str]:
        """Ids that have a row in `sessions`."""
        import pyarrow.parquet as pq

        files, root = file_system(self.out)
        ids: set[str] = set()
        for part in _parts(files, root, SESSIONS).values():
            try:
                with files.open(part, "rb") as file:
                    ids.update(pq.read_table(file, columns=["session_id"])["session_id"].to_pylist())
            except (OSError, ValueError, KeyError) as error:
                raise RunError(
                    f"{part}: cannot be read as a part of this data set ({type(error).__name__}). Move it away with the parts "
                    "of the same name in the other tables, and run again."
                ) from error
        return ids

    def tidy(self) -> None:
        """Removes what a run that was stopped left: staged parts, and rows of turns and episodes without their sessions."""
        files, root = file_system(self.out)
        with _writing(self.out):
            if files.exists(f"{root}/{_STAGED}"):
                files.rm(f"{root}/{_STAGED}", recursive=True)
            whole = _parts(files, root, SESSIONS)
            for table in (TURNS, EPISODES):
                for part, path in _parts(files, root, table).items():
                    if part not in whole:
                        files.rm_file(path)


def open_scores(out: str, digest: str, *, words: bool, fresh: bool = False) -> ScoreSet:
    """The data set at `out`, begun or gone on with, tidied, and with nothing set aside, since failures are tried again; a path is
    made absolute, since processes elsewhere write there too.

    RunError when something else lies there, or a data set by another model (`digest`), of another schema, or with words where
    none are wanted, and the reverse; with `fresh` a data set is removed first, and nothing else is.
    """
    files, root = file_system(out)
    about = {"schema": SCHEMA, "model": digest, "words": words}
    with _writing(out):
        files.invalidate_cache()
        found = _about(files, root, out)
        if found is not None and fresh:
            for name in (*TABLES, _STAGED):
                if files.exists(f"{root}/{name}"):
                    files.rm(f"{root}/{name}", recursive=True)
        elif found is not None:
            _check(out, found, about)
        files.makedirs(root, exist_ok=True)
        with files.open(f"{root}/{_ABOUT}.writing", "wb") as file:
            file.write(json.dumps(about).encode())
        files.mv(f"{root}/{_ABOUT}.writing", f"{root}/{_ABOUT}")
        if files.exists(f"{root}/{SET_ASIDE}"):
            files.rm(f"{root}/{SET_ASIDE}", recursive=True)
    scores = ScoreSet(root if is_local(files) else out)
    scores.tidy()
    with _writing(out):
        # Made here, so that no shared folder remembers for this machine that it is missing when others write there.
        files.makedirs(f"{root}/{_STAGED}", exist_ok=True)
    return scores


@contextmanager
def alone(out: str) -> Iterator[None]:
    """Keeps other runs off the data set at `out` until the end of the block, where that is a folder on a file system with locks.
    RunError when another run is at it, or something else lies there."""
    files, root = file_system(out)
    lock: AbstractContextManager[object] = nullcontext()
    if is_local(files):
        with _writing(out):
            _about(files, root, out)  # nothing is put into a folder of something else
            files.makedirs(root, exist_ok=True)
        try:
            lock = closing(hold(Path(root, _LOCK)))
        except BlockingIOError:
            raise RunError(f"{out}: another run is writing there. Wait for its end, or name another folder.") from None
        except OSError:
            pass  # a file system without locks; where nothing can be written, whoever writes says so
    with lock:
        yield


def is_score_set(out: str) -> bool:
    """Whether `--out` names a data set and no JSONL file: a URI, a folder, or a name that ends like one."""
    return "://" in out or out.endswith(("/", ".parquet")) or Path(out).is_dir()


def part_name(ids: Iterable[str]) -> str:
    """The same for the same ids in any order, so that a part that is written twice is there once."""
    return "part-" + sha256(json.dumps(sorted(ids)).encode()).hexdigest()[:24]


def file_system(path: str) -> tuple[Any, str]:
    """The fsspec file system of `path` and the path on it. MissingPackage without fsspec or what this file system needs;
    RunError when it is none that fsspec knows."""
    try:
        import fsspec
    except ImportError:
        raise MissingPackage("Parquet", "ray") from None
    try:
        files, root = fsspec.url_to_fs(path)
    except ImportError as error:
        raise RunError(f"{path.partition('://')[0]}:// needs another package: {error}") from None
    except ValueError:
        raise RunError(f"{path.partition('://')[0]}:// is no file system that fsspec knows. Check the address.") from None
    return files, root.rstrip("/")


def is_local(files: Any) -> bool:
    """Whether these are the machine's own file systems."""
    protocols = (files.protocol,) if isinstance(files.protocol, str) else files.protocol  # one of them is called filecache
    return "file" in protocols


def _about(files: Any, root: str, out: str) -> dict[str, Any] | None:
    """What the data set at `root` says of itself; None when there is nothing. RunError for anything else there."""
    if not files.exists(root) or (
        files.isdir(root) and all(path.rpartition("/")[2] == _LOCK for path in files.ls(root, detail=False))
    ):
        return None
    refusal = RunError(f"{out}: holds something other than a data set of scores. Name another folder.")
    if not files.exists(f"{root}/{_ABOUT}"):
        raise refusal
    try:
        found = json.loads(files.cat_file(f"{root}/{_ABOUT}"))
    except ValueError:
        raise refusal from None
    if not isinstance(found, dict):
        raise refusal
    return found


def _check(out: str, found: Mapping[str, Any], about: Mapping[str, Any]) -> None:
    other = "Name another folder, or use --fresh to start over."
    if found.get("schema") != about["schema"]:
        raise RunError(f"{out} is of schema {found.get('schema')}, this version writes {about['schema']}. {other}")
    if found.get("model") != about["model"]:
        raise RunError(
            f"{out} holds analyses by another model ({str(found.get('model'))[:12]}, now {str(about['model'])[:12]}). {other}"
        )
    if found.get("words") != about["words"]:
        kept = "with" if found.get("words") else "without"
        raise RunError(f"{out} was begun {kept} the words of the sessions. Go on {kept} --words, or: {other}")


def _parts(files: Any, root: str, table: str) -> dict[str, str]:
    """Name → path of the parts of a table."""
    folder = f"{root}/{table}"
    if not files.exists(folder):
        return {}
    paths = sorted(path for path in files.ls(folder, detail=False) if path.endswith(".parquet"))
    return {path.rpartition("/")[2].removesuffix(".parquet"): path for path in paths}


@contextmanager
def _writing(out: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise RunError(
            f"{out} cannot be written ({error.strerror or type(error).__name__}). Make room or name another folder, and run "
            "again; what is done is kept."
        ) from error
