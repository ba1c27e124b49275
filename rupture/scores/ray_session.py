"""Ray on this machine for one run, closed to everybody else; or a cluster that is there.

Of its own accord Ray reports usage, opens a dashboard, listens on every address, and keeps a folder under /tmp that all can read,
where it puts what does not fit into memory, words of sessions included. Here it reports nothing, has no dashboard, listens on
loopback with a token that only this run knows, and its folder is private and removed at the end.
"""

import logging
import os
import re
import secrets
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from rupture.errors import MissingPackage, RunError

_NAME = re.compile(r"rupture-(\d+)-[0-9a-f]{4}")
"""Of the folder, with the process that made it; short, for the reason below."""
_LONGEST = 38
"""Characters of the folder's path: below it Ray needs up to 68 for its sockets, whose paths may have 107."""


@contextmanager
def ray_session(address: str = "", temp: str = "") -> Iterator[None]:
    """Joins the cluster at `address`, else starts Ray here with its folder in `temp`, else in the system's. A cluster this
    process has joined before is used, and left as it is. MissingPackage without Ray; RunError when it cannot be joined or
    started."""
    if find_spec("ray") is None:
        raise MissingPackage("--engine ray", "ray")
    if "ray" in sys.modules:
        import ray

        if not ray.is_initialized():
            raise RunError("Ray was imported before its settings could be made. Call ray.init first, or start a new process.")
        yield
    elif address:
        os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
        with _connected(address=address):
            yield
    else:
        closed = {"address": "local", "include_dashboard": False, "_node_ip_address": "127.0.0.1"}
        with _private_folder(temp) as folder, _environment(folder), _connected(**closed, _temp_dir=str(folder / "r")):
            yield


@contextmanager
def _connected(**settings: object) -> Iterator[None]:
    import ray

    try:
        ray.init(log_to_driver=False, logging_level=logging.ERROR, **settings)
    except Exception as error:  # Ray raises ConnectionError, ValueError, RuntimeError and its own, by what is amiss
        ray.shutdown()
        raise RunError(
            f"Ray cannot be started or reached ({type(error).__name__}). Check its address and the temp folder."
        ) from error
    try:
        yield
    finally:
        ray.shutdown()


@contextmanager
def _environment(folder: Path) -> Iterator[None]:
    """What Ray and its processes read; set before Ray is imported."""
    settings = {
        "RAY_USAGE_STATS_ENABLED": "0",
        "RAY_BACKEND_LOG_LEVEL": "fatal",
        "RAY_AUTH_MODE": "token",
        "RAY_AUTH_TOKEN": secrets.token_hex(32),
        # Whatever its name says: when it is off, Ray keeps to the loopback address.
        "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",
        # Files fetched from elsewhere lie there while they are read.
        **{"TMPDIR": str(folder), "GRADIO_TEMP_DIR": str(folder)},
    }
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextmanager
def _private_folder(temp: str) -> Iterator[Path]:
    """A folder that only this user can read, removed at the end; Ray's is inside it, since Ray opens its own to everybody.
    Folders of runs that were killed are removed on the way."""
    base = Path(temp or tempfile.gettempdir()).absolute()
    if not base.is_dir():
        raise RunError(f"{base}: found no folder for Ray's temporary files. Make it, or name another.")
    folder = base / f"rupture-{os.getpid()}-{secrets.token_hex(2)}"
    if len(str(folder)) > _LONGEST:
        raise RunError(f"{base}: too long a path for Ray, whose sockets lie below it. Name a folder nearer to the root.")
    for left in base.glob("rupture-*"):
        if left.is_dir() and not left.is_symlink() and left.stat().st_uid == os.getuid() and _forgotten(left):
            shutil.rmtree(left, ignore_errors=True)
    try:
        folder.mkdir(mode=0o700)
    except OSError as error:
        raise RunError(f"{base}: cannot be written ({error.strerror}). Name another folder.") from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _forgotten(folder: Path) -> bool:
    """Whether `folder` is one of these, and the process that made it is gone."""
    named = _NAME.fullmatch(folder.name)
    try:
        if named:
            os.kill(int(named[1]), 0)
    except (ProcessLookupError, OverflowError):
        return True
    except OSError:
        return False
    return False
