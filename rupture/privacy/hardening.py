"""Keeps words on this machine: environment, a private temp folder, server settings, and the check that all of it took hold.

`harden()` runs before gradio, langchain or a Hugging Face library is imported, since they read the environment when imported.
`self_test` reads the settings back from the built server, which does not start when one differs. Standard library only.
"""

import atexit
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

HOST = "127.0.0.1"
HOST_NAMES = ("127.0.0.1", "localhost", "[::1]")
LOOPBACK = frozenset(name.strip("[]") for name in HOST_NAMES)
"""Addresses that this machine alone reaches. Every other one, and every other host name, needs a login."""
MAX_REQUEST_BYTES = 2_000_000
MAX_WAITING = 100
DELETE_CACHE = (60, 300)

SET: Mapping[str, str] = {
    "ANONYMIZED_TELEMETRY": "False",
    "DISABLE_SAFETENSORS_CONVERSION": "1",
    "DO_NOT_TRACK": "1",
    "FASTAPI_OTEL_AUTO_CONFIGURE": "false",
    "GRADIO_ANALYTICS_ENABLED": "False",
    "GRADIO_CHAT_FLAGGING_MODE": "never",
    "GRADIO_FLAGGING_MODE": "never",
    "GRADIO_MCP_SERVER": "False",
    "GRADIO_NUM_WORKERS": "1",
    "GRADIO_RUN_HISTORY": "False",
    "GRADIO_SHARE": "False",
    "GRADIO_SSR_MODE": "False",
    "HF_HUB_DISABLE_TELEMETRY": "True",
    "HF_HUB_OFFLINE": "1",
    "LANGCHAIN_TRACING_V2": "false",
    "LANGSMITH_TRACING": "false",
    # HTTP libraries send even loopback requests through a proxy unless told not to.
    "NO_PROXY": "127.0.0.1,localhost,::1",
    "OLLAMA_NO_CLOUD": "1",
    # From 1.29 on, onnxruntime itself tells its maker of every model it loads, and keeps a number for this machine on disk.
    "ORT_DISABLE_TELEMETRY": "1",
    # Nobody else's code is loaded into ours; looking for it takes a twentieth of a short command.
    "PYDANTIC_DISABLE_PLUGINS": "__all__",
    "TOKENIZERS_PARALLELISM": "false",
    "TRANSFORMERS_OFFLINE": "1",
    "no_proxy": "127.0.0.1,localhost,::1",
}
"""What every process of the tool runs with. A user who turns a remote model on does so per session, not through these."""

REMOVED = (
    "HF_TOKEN",
    "HUGGING_FACE_HUB_TOKEN",
    "OPENAI_LOG",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "http_proxy",
    "https_proxy",
    "all_proxy",
)
REMOVED_PREFIXES = ("CHROMA_OTEL_", "GRADIO_", "LANGCHAIN_", "LANGSMITH_", "OTEL_")
"""`GRADIO_` as a whole: paths, buckets, host names and debug switches are the server's business, not the shell's."""

MOUNT: Mapping[str, Any] = {
    "allowed_paths": [],
    "enable_monitoring": False,
    "footer_links": [],
    "max_file_size": MAX_REQUEST_BYTES,
    "mcp_server": False,
    "run_history": False,
    "show_error": False,
    "ssr_mode": False,
}
"""Settings of the Gradio app as it is mounted."""

HEADERS: Mapping[str, str] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; media-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; "
        "frame-src 'none'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""On every response. Gradio needs inline and evaluated scripts; the rest keeps the page from reaching anywhere else."""

_PREFIX = "rupture-screen-"
_HELD = "held"
"""What stands in the lock of a folder once it is held."""
_MAKING = 60.0
"""Seconds within which a folder that is not held yet is taken for one that is being made."""
_locks: list[IO[str]] = []


def harden() -> Path:
    """Puts the environment in order and returns the private temp folder, which is removed when the process ends."""
    for name in list(os.environ):
        if name in REMOVED or (name.startswith(REMOVED_PREFIXES) and name not in SET):
            del os.environ[name]
    os.environ.update(SET)
    folder = _private_folder()
    os.environ["GRADIO_TEMP_DIR"] = str(folder)
    return folder


def differing_environment() -> list[str]:
    """Names of variables that are not as `harden` leaves them, as sentences."""
    wrong = [f"{name} is not {value!r}" for name, value in SET.items() if os.environ.get(name) != value]
    allowed = {*SET, "GRADIO_TEMP_DIR"}
    wrong += [
        f"{name} is set" for name in os.environ if name in REMOVED or (name.startswith(REMOVED_PREFIXES) and name not in allowed)
    ]
    folder = Path(os.environ.get("GRADIO_TEMP_DIR", ""))
    if not folder.name.startswith(_PREFIX) or not folder.is_dir():
        wrong.append("GRADIO_TEMP_DIR is not a private folder of this tool")
    elif os.name == "posix" and folder.stat().st_mode & 0o077:
        wrong.append("GRADIO_TEMP_DIR can be read by other users")
    return wrong


def self_test(app: Any, blocks: Any) -> list[str]:
    """What does not hold of the built server `app` and the Gradio `blocks` inside it; empty when all is well."""
    expected = {**MOUNT, "analytics_enabled": False, "delete_cache": DELETE_CACHE, "share": False}
    # These two are consumed while mounting: the environment above decides their default, the routes below show the result.
    del expected["mcp_server"]
    wrong = [f"{name} is not {value!r}" for name, value in expected.items() if getattr(blocks, name, None) != value]
    wrong += [
        f"event {fn.api_name!r} can be called from outside the page"
        for fn in blocks.fns.values()
        if fn.api_visibility != "private"
    ]
    if getattr(blocks, "mcp_server_obj", None) is not None:
        wrong.append("the MCP server is on")
    if not getattr(blocks, "has_launched", False):
        wrong.append("any file can be handed in, since the page is not known to be running")
    if blocks._queue.max_size != MAX_WAITING:
        wrong.append(f"the queue holds other than {MAX_WAITING} waiting requests")
    return differing_environment() + wrong + _open_doors(app, blocks.server_name)


def _open_doors(app: Any, host: str) -> list[str]:
    """What does not hold of the layers around `app`, outermost first, when it is served on `host`."""
    layers = {layer.cls.__name__: layer.kwargs for layer in app.user_middleware}
    wrong = [f"{name} is missing" for name in ("TrustedHostMiddleware", "Guard") if name not in layers]
    names = list(layers.get("TrustedHostMiddleware", {}).get("allowed_hosts", ()))
    if not names or any("*" in name for name in names):
        wrong.append("any host name is accepted")
    if list(layers.get("Guard", {}).get("names", ())) != names:
        wrong.append("host names and origins accepted are not the same")
    if (host not in LOOPBACK or set(names) - set(HOST_NAMES)) and not layers.get("Login", {}).get("users"):
        wrong.append("it can be reached from other machines without a login")
    if "Login" in layers and list(layers)[-1] != "Login":
        wrong.append("the login stands outside other layers")
    return wrong


def _private_folder() -> Path:
    """A fresh folder that only this user can read. Folders left by a killed process are removed on the way."""
    base = Path(tempfile.gettempdir())
    for left in base.glob(f"{_PREFIX}*"):
        if _is_ours(left) and not _in_use(left):
            shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
    lock = (folder / "in-use").open("w")
    _hold(lock)
    lock.write(_HELD)
    lock.flush()
    _locks.append(lock)
    atexit.register(_wipe, folder, lock)
    return folder


def _wipe(folder: Path, lock: IO[str]) -> None:
    lock.close()
    shutil.rmtree(folder, ignore_errors=True)


def _just_made(folder: Path) -> bool:
    """Whether another process may be about to hold it: it was made a moment ago."""
    try:
        return time.time() - folder.stat().st_mtime < _MAKING
    except OSError:
        return True


def _is_ours(folder: Path) -> bool:
    try:
        if folder.is_symlink() or not folder.is_dir():
            return False
        return sys.platform == "win32" or folder.stat().st_uid == os.getuid()
    except FileNotFoundError:  # another process removes what was left, too
        return False


if sys.platform == "win32":

    def _hold(lock: IO[str]) -> None:
        """An open file cannot be deleted on Windows, which is lock enough."""

    def _in_use(folder: Path) -> bool:
        try:
            (folder / "in-use").unlink()
        except FileNotFoundError:
            return _just_made(folder)
        except OSError:
            return True
        return False

else:
    import fcntl

    def _hold(lock: IO[str]) -> None:
        # It may wait a moment: another process that looks whether this folder is in use holds the lock meanwhile.
        fcntl.flock(lock, fcntl.LOCK_EX)

    def _in_use(folder: Path) -> bool:
        try:
            with (folder / "in-use").open() as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return lock.read() != _HELD and _just_made(folder)
        except BlockingIOError:
            return True
        except OSError:
            return _just_made(folder)
