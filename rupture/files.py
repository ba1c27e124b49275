"""Files written whole or not at all, and a file held by one program at a time.

Takes paths and what goes there. Knows nothing of what it means; its errors are the system's, to be told by whoever calls.
"""

import errno
import json
import os
import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any


def write_whole(files: Mapping[Path, Iterable[bytes]]) -> None:
    """Writes every file beside its place, as far as the disk, and then moves them there, one after the other: where one cannot be
    written, each is left as it was; where one cannot be moved, those before it are new. The pieces of a file may be read from the
    file itself. OSError when either fails."""
    parts = {path: path.with_name(f"{path.name}.part") for path in files}
    try:
        for path, pieces in files.items():
            with parts[path].open("wb") as file:
                file.writelines(pieces)
                file.flush()
                os.fsync(file.fileno())
        for path, part in parts.items():
            os.replace(part, path)
    finally:
        for part in parts.values():
            part.unlink(missing_ok=True)


def as_json(data: Mapping[str, Any]) -> bytes:
    """JSON as our files hold it: UTF-8, a line a value, a newline at the end. ValueError for what JSON has no number for."""
    return (json.dumps(data, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def hold(path: Path) -> sqlite3.Connection:
    """Holds the file, which is made if it is missing, until the connection is closed or the process ends, however it ends. Nobody
    else should delete it. BlockingIOError when it is held already, here or by another process; OSError when it cannot be."""
    try:
        # The lock of an empty database is one on every system, and no killed process leaves it behind.
        lock = sqlite3.connect(path, timeout=0, isolation_level=None)
        try:
            lock.execute("PRAGMA journal_mode = OFF")  # Nothing is written, so nothing needs to stand beside it.
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error:
            lock.close()
            raise
    except sqlite3.Error as error:
        if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
            raise BlockingIOError(errno.EAGAIN, "is in use", str(path)) from error
        raise OSError(errno.EACCES, "cannot be opened or locked", str(path)) from error
    return lock
