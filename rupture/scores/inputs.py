"""Which sessions there are: the files of a folder, a pattern or an address, here or on any file system fsspec knows, and the
sessions in each. Ids are those of `rupture.formats.read_many`, whoever reads the file."""

import itertools
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

from rupture.errors import UnreadableTranscript
from rupture.formats import Source, read_many
from rupture.formats.convokit import is_beside
from rupture.scores.dataset import file_system, is_local
from rupture.scores.parquet_sessions import parquet_sessions, unreadable

PARQUET = ".parquet"
_MAGIC = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file with sessions. `id` is what they are named after; `alone` when the file itself was asked for, so that the ids
    in it stand without its name."""

    id: str
    path: str
    alone: bool


def needs_fsspec(path: str) -> bool:
    """Whether `read_many` alone would not do: an address, or Parquet."""
    return "://" in path or PARQUET in path or (Path(path).is_dir() and any(Path(path).rglob(f"*{PARQUET}")))


def find_inputs(path: str, leave_out: Iterable[str] = ()) -> list[InputFile]:
    """The files at `path`: a folder with its subfolders, a pattern, or one file. Of several those that are, or lie below, one to
    `leave_out`, such as the batch's own results, are none. UnreadableTranscript when there is none."""
    files, root = file_system(path)
    try:
        if files.isfile(root):
            return [InputFile(PurePosixPath(root).stem, files.unstrip_protocol(root), True)]
        folder = files.isdir(root)
        found = files.find(root) if folder else [name for name in files.glob(root) if files.isfile(name)]
    except OSError as error:
        raise UnreadableTranscript(f"{path}: cannot be opened ({type(error).__name__}). Check the address.") from None
    top = root if folder else "/".join(itertools.takewhile(lambda part: not _MAGIC.intersection(part), root.split("/")))
    local = is_local(files)
    own = [_place(*file_system(out)) for out in leave_out]
    names = {
        name: PurePosixPath(name).relative_to(top)
        for name in sorted(found)
        if not PurePosixPath(name).name.startswith(".")
        and not (local and is_beside(Path(name)))
        and not (own and _lies_at(_place(files, name), own))
    }
    if not names:
        raise UnreadableTranscript(f"{path}: found no file, expected a transcript, a folder or a pattern. Check the path.")
    short = sorted(name.with_suffix("").as_posix() for name in names.values())
    shared = {name for name, again in itertools.pairwise(short) if name == again}

    def id_of(at: PurePosixPath) -> str:
        plain = at.with_suffix("").as_posix()
        return at.as_posix() if plain in shared else plain

    return [InputFile(id_of(at), files.unstrip_protocol(name), False) for name, at in names.items()]


def _place(files: Any, path: str) -> str:
    """Where a file is, whatever links led to it."""
    place: str = Path(path).resolve().as_posix() if is_local(files) else files.unstrip_protocol(path)
    return place


def _lies_at(place: str, others: Iterable[str]) -> bool:
    return any(place == other or place.startswith(f"{other}/") for other in others)


def sessions_in(file: InputFile) -> Iterator[Source]:
    """The sessions of a file; each is to be read before the next is asked for. A file that cannot be fetched gives one that
    says so."""
    files, path = file_system(file.path)
    suffix = PurePosixPath(path).suffix
    if suffix == PARQUET:
        try:
            with files.open(path, "rb") as stream:
                yield from parquet_sessions(file.id, "" if file.alone else f"{file.id}/", stream)
        except OSError as error:
            yield unreadable(file.id, f"{file.path}: cannot be opened ({type(error).__name__}). Check that you may read it.")
        return
    # Formats read files, and name sessions after them: so the file is laid into a folder of its own, under the name it has.
    with TemporaryDirectory(prefix="rupture-input-", dir=_private_folder()) as folder:
        here = Path(folder, file.id + suffix)
        try:
            if ".." in here.parts:
                raise PermissionError
            here.parent.mkdir(parents=True, exist_ok=True)
            if is_local(files):
                _lay(path, here)
            else:
                files.get_file(path, str(here))
        except OSError as error:
            yield unreadable(file.id, f"{file.path}: cannot be opened ({type(error).__name__}). Check that you may read it.")
            return
        yield from read_many(here if file.alone else folder)


def _private_folder() -> str | None:
    """The folder that `harden` made, of which a killed process leaves nothing beyond the next start; None where there is none, as
    on the other machines of a cluster."""
    folder = os.environ.get("GRADIO_TEMP_DIR", "")
    return folder if os.access(folder, os.W_OK | os.X_OK) else None


def _lay(path: str, here: Path) -> None:
    """Has the file at `path` stand at `here` too: by a link, by another name where links need a privilege (Windows), else by a
    copy."""
    try:
        here.symlink_to(path)
    except OSError:
        try:
            os.link(path, here)
        except OSError:
            shutil.copyfile(path, here)
