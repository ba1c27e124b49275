"""The one SQLite file of a workspace: made for its owner alone, checked before use, locked for writing, erased.

Takes a path and gives connections that last one call, so that nothing stands beside the file between calls; a file that is not
what it should be is refused and left as it is. Knows no client, no session and no query over them.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from rupture.errors import RuptureError

VERSION = 1
"""Of the tables, kept as the file's `user_version`; a file with a higher one is refused."""
APPLICATION = 0x72757074
"""The file's `application_id`, so that no other program's database is taken for one of ours."""
WAIT = 15.0
"""Seconds to wait for another process that is writing."""
_PRAGMAS = ("secure_delete = ON", "foreign_keys = ON", "temp_store = MEMORY")
_SIDES = ("-journal", "-wal", "-shm")
_TABLES = """
CREATE TABLE sessions (id INTEGER PRIMARY KEY AUTOINCREMENT, client_code TEXT NOT NULL, position INTEGER NOT NULL, date TEXT,
    title TEXT NOT NULL, analysis BLOB NOT NULL, UNIQUE (client_code, position));
CREATE TABLE measures (client_code TEXT NOT NULL, position INTEGER NOT NULL, date TEXT, scale TEXT NOT NULL, value REAL,
    PRIMARY KEY (client_code, scale, position));
CREATE TABLE corrections (session INTEGER NOT NULL REFERENCES sessions (id) ON DELETE CASCADE, turn INTEGER NOT NULL,
    verdict TEXT NOT NULL, codes TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (session, turn));
"""
_BUSY = "another window or program is using it; close that one, or try again in a moment"
_AWAY = "it is not there or cannot be opened; if it was deleted, open the workspace again to begin a new one"
_DISK = "the disk is full, protected or failing; make room or choose another place, and try again"
_DAMAGED = "it is damaged or not a workspace, and was left as it is; put a copy back, or move it away to begin a new one"
_REASONS = {
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_LOCKED: _BUSY,
    sqlite3.SQLITE_CANTOPEN: _AWAY,
    sqlite3.SQLITE_PERM: _AWAY,
    sqlite3.SQLITE_READONLY: _DISK,
    sqlite3.SQLITE_FULL: _DISK,
    sqlite3.SQLITE_IOERR: _DISK,
}


class WorkspaceError(RuptureError):
    """The file cannot be used, or a value cannot be kept; never quotes what is kept."""


def is_there(path: Path) -> bool:
    """Whether there is anything at `path`. WorkspaceError when that cannot be told."""
    try:
        return path.exists()
    except OSError as error:
        raise _not_usable(path, error) from error


def make_or_check(path: Path) -> None:
    """Makes the file, and its folder, if they are missing: for their owner alone where the system knows owners. WorkspaceError,
    with the file untouched, when there is one of a newer version, a damaged one, or something else."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        with connected(path) as connection:
            if not any(_identity(connection)):
                _make(connection)
            _check(connection, path)
            connection.execute("PRAGMA journal_mode = DELETE")
        path.chmod(0o600)
    except OSError as error:
        raise _not_usable(path, error) from error


@contextmanager
def connected(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection for one call; every error of the database is a WorkspaceError that says what to do."""
    try:
        # `mode=rw`: a file that was deleted meanwhile is not made again by looking for it.
        found = sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True, timeout=WAIT, isolation_level=None)
        with closing(found) as connection:
            for pragma in _PRAGMAS:
                connection.execute(f"PRAGMA {pragma}")
            yield connection
    except sqlite3.Error as error:
        reason = _REASONS.get(getattr(error, "sqlite_errorcode", 0) & 0xFF, _DAMAGED)
        raise WorkspaceError(f"{path}: {reason}") from error


@contextmanager
def writing(path: Path) -> Iterator[sqlite3.Connection]:
    """One transaction: other writers wait from its beginning on, and it is undone when anything in it fails."""
    with connected(path) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield connection
        connection.execute("COMMIT")


def erase(path: Path) -> None:
    """Overwrites the file and all beside it with zeros, then deletes them. WorkspaceError when it is in use."""
    with connected(path) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        _overwrite(path)
    try:
        for side in _SIDES:
            beside = path.with_name(path.name + side)
            _overwrite(beside)
            beside.unlink(missing_ok=True)
        # Deleted once closed, since Windows deletes no open file; whoever opens it in between finds zeros and is refused.
        path.unlink(missing_ok=True)
    except OSError as error:
        raise _not_usable(path, error) from error


def _identity(connection: sqlite3.Connection) -> tuple[int, int, int]:
    """Application, version, and how many tables there are; all 0 in a file that was just made."""
    application, version = (
        int(connection.execute(f"PRAGMA {name}").fetchone()[0]) for name in ("application_id", "user_version")
    )
    return application, version, int(connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])


def _make(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")
    # Asked again under the lock: another process may have made the tables meanwhile.
    if not any(_identity(connection)):
        for statement in _TABLES.split(";"):
            connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION}")
        connection.execute(f"PRAGMA user_version = {VERSION}")
    connection.execute("COMMIT")


def _check(connection: sqlite3.Connection, path: Path) -> None:
    application, version, _ = _identity(connection)
    if application == APPLICATION and version > VERSION:
        raise WorkspaceError(
            f"{path}: found a workspace of version {version}, expected at most {VERSION}; it was made by a newer rupture, so "
            f"please use that one. The file was left as it is"
        )
    (sound,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if (application, version) != (APPLICATION, VERSION) or sound != "ok":
        raise WorkspaceError(f"{path}: {_DAMAGED}")


def _overwrite(path: Path) -> None:
    """Zeros over every byte, as far as the disk; a file that is not there is none to overwrite."""
    with suppress(FileNotFoundError), path.open("r+b", buffering=0) as file:
        left = os.fstat(file.fileno()).st_size
        while left:
            left -= file.write(bytes(min(left, 1 << 20))) or 0
        os.fsync(file.fileno())


def _not_usable(path: Path, error: OSError) -> WorkspaceError:
    return WorkspaceError(
        f"{path}: cannot be looked for, made, opened or removed ({error.strerror}); close other programs or choose another place"
    )
