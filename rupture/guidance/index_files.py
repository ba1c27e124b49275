"""The files of a kept index: whether they may be read at all, what they add up to, how they are put in place and taken away.

Takes paths, and says what is wrong with what lies there; somebody else may have put it there. Must not know what the files hold.
"""

import hashlib
import os
import shutil
import sqlite3
import stat
import sys
import uuid
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

_MOST_FILES = 1_000
_MOST_BYTES = 1_000_000_000
"""An index of 100,000 passages takes less than half of it."""
_TRIES = 50
"""Each try but the last fails because another process put its index in place or took the damaged one away."""


class UnusableError(Exception):
    """The kept index is absent, damaged or another's; it is built again."""


def check_plain(folder: Path) -> None:
    """UnusableError unless `folder` and all below it are folders and files of a bounded size, this account's (or the system's, as
    in an image) and not for everybody to write. No link is followed, and no file is opened."""
    count, size, folders = 0, 0, [folder]
    _look(folder, stat.S_ISDIR)
    for inner in folders:
        with os.scandir(inner) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    _look(Path(entry.path), stat.S_ISDIR)
                    folders.append(Path(entry.path))
                else:
                    size += _look(Path(entry.path), stat.S_ISREG).st_size
                count += 1
                if count > _MOST_FILES or size > _MOST_BYTES:
                    raise UnusableError("more than an index holds")


def _look(path: Path, is_kind: Callable[[int], bool]) -> os.stat_result:
    found = path.lstat()
    if not is_kind(found.st_mode):
        raise UnusableError("a link, or something else that is no file")
    if sys.platform != "win32" and (found.st_uid not in (os.getuid(), 0) or found.st_mode & stat.S_IWOTH):
        raise UnusableError("others may have written it")
    return found


def file_digests(folder: Path) -> dict[str, str]:
    """SHA-256 of every file below `folder`, by its path there."""
    digests = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        with path.open("rb") as file:
            digests[path.relative_to(folder).as_posix()] = hashlib.file_digest(file, "sha256").hexdigest()
    return digests


def check_tables(database: Path) -> None:
    """UnusableError when anything in the SQLite file runs by itself when it is read or written: a trigger or a view, which may
    take for ever."""
    try:
        with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
            (count,) = connection.execute("SELECT count(*) FROM sqlite_master WHERE type NOT IN ('table', 'index')").fetchone()
    except sqlite3.Error as error:
        raise UnusableError("no database") from error
    if count:
        raise UnusableError("not only tables")


def swap(staging: Path, target: Path, is_sound: Callable[[], bool]) -> None:
    """Puts the folder `staging` in the place of `target`, unless a sound one is there; several processes may do so at once.
    OSError when it cannot be done."""
    for tries_left in reversed(range(_TRIES)):
        try:
            os.replace(staging, target)
            return
        except OSError:  # something is in the way: another process was quicker, or it is the damaged one
            if is_sound():
                return
            if not tries_left:
                raise
        aside = target.with_name(f"{target.name}.{uuid.uuid4().hex}.damaged")
        with suppress(FileNotFoundError):  # another process has taken it away
            os.replace(target, aside)
            remove(aside)


def remove(path: Path) -> None:
    """Takes away a folder with all in it, or a link or file in its place, as far as that can be done."""
    with suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink()
