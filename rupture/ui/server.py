"""The server: this machine only unless there is a login, known host names only, nothing to fetch from elsewhere, and no start
when a setting is not as it must be.
"""

import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import gradio as gr
from fastapi import FastAPI
from gradio.routes import App
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.routing import Mount

from rupture.assistant.assistant import Assistant
from rupture.assistant.chat_models import chat_model_from_environment
from rupture.build import workspace_file
from rupture.errors import ServerError
from rupture.listening import connection, listen, shown, trusted_names
from rupture.privacy.hardening import HOST, HOST_NAMES, LOOPBACK, MAX_WAITING, MOUNT, self_test
from rupture.protocols import ChatModel
from rupture.resources import SAMPLES
from rupture.ui.forgetting import forget_tabs
from rupture.ui.guard import Guard
from rupture.ui.handlers import Wiring
from rupture.ui.login import TWELVE_HOURS, Login, read_users
from rupture.ui.mishaps import log_no_words
from rupture.ui.page import build_page, new_blocks, theme
from rupture.ui.uploads import Uploads
from rupture.ui.words import LOCAL, REMOTE, SHARED

DEFAULT_PORT = 7860
_CSS = Path(__file__).parent / "screen.css"


@dataclass(frozen=True, slots=True)
class Access:
    """The address that is listened on, the host names the screen is reached under, hashes of passwords by user (nobody: there is
    no login), and how long one stays logged in, in seconds."""

    host: str = HOST
    names: Sequence[str] = HOST_NAMES
    users: Mapping[str, str] = field(default_factory=dict)
    lifetime: float = TWELVE_HOURS

    @property
    def secure(self) -> bool:
        """Whether other machines reach the screen under one of the names, which is over HTTPS or not at all."""
        return not set(self.names) <= set(HOST_NAMES)


ALONE = Access()
"""This machine only, no login."""


def chosen_access(host: str | None = None, users: Path | None = None, trusted: Sequence[str] = ()) -> Access:
    """What is given, else what `RUPTURE_HOST`, `RUPTURE_USERS` and `RUPTURE_TRUSTED_HOSTS` (apart by commas) say, else this
    machine only. ServerError or LoginError when other machines could reach the screen without a login."""
    host = host or os.environ.get("RUPTURE_HOST", "").strip() or HOST
    file = users or (Path(named) if (named := os.environ.get("RUPTURE_USERS", "").strip()) else None)
    names = trusted_names(trusted or os.environ.get("RUPTURE_TRUSTED_HOSTS", "").split(","))
    if file is None and (names or host not in LOOPBACK):
        raise ServerError(
            "The screen does not start: other machines could reach it, and there is no login. Make one with: rupture user add "
            "NAME --users FILE, then start with --users FILE or RUPTURE_USERS=FILE (see docs/shared-install.md)."
        )
    if not names and host not in LOOPBACK:
        raise ServerError(
            f"The screen does not start on {host}: it is not said under which names it may be reached. Give each one with "
            "--trusted-host NAME, or all in RUPTURE_TRUSTED_HOSTS, apart by commas (see docs/shared-install.md)."
        )
    hashes = read_users(file) if file else {}
    if file and not hashes:
        raise ServerError(f"The screen does not start: {file} holds no user. Add one with: rupture user add NAME --users {file}")
    return Access(host, names or HOST_NAMES, hashes)


def build_app(
    assistant: Callable[[], Assistant],
    samples: Path = SAMPLES,
    *,
    remote: bool = False,
    access: Access = ALONE,
    workspace: Path | None = None,
) -> FastAPI:
    """The whole web application, `remote` if a model elsewhere is turned on, `workspace` where one person's sessions may be
    kept; ServerError when a setting that keeps words on this machine, or among its users, did not take hold."""
    blocks = new_blocks()
    badge = REMOTE if remote else SHARED if access.users else LOCAL
    page = build_page(blocks, sorted(samples.glob("*.txt")), badge=badge, workspace=workspace, login=bool(access.users))
    with blocks:
        Wiring(page, assistant).connect()
    blocks.queue(max_size=MAX_WAITING, default_concurrency_limit=1, api_open=False)
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    # From the inside out: what a layer added later refuses, the earlier ones never see.
    if access.users:
        app.add_middleware(Login, users=access.users, secure=access.secure, lifetime=access.lifetime)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(access.names), www_redirect=False)
    app.add_middleware(Guard, names=access.names, login=bool(access.users))
    gr.mount_gradio_app(
        app, blocks, path="/", server_name=access.host, theme=theme(), css=_CSS.read_text(encoding="utf-8"), **MOUNT
    )
    inner = _inside(app)
    _uploads_only(inner, blocks)
    forget_tabs(inner.state_holder)
    if wrong := self_test(app, blocks):
        raise ServerError(
            f"The screen does not start, because it could not be made private: {'; '.join(wrong)}. Start it with: python app.py"
        )
    return app


def _inside(app: FastAPI) -> App:
    """Gradio's own application, which is mounted in `app`."""
    (inner,) = (route.app for route in app.routes if isinstance(route, Mount) and isinstance(route.app, App))
    return inner


def _uploads_only(inner: App, blocks: gr.Blocks) -> None:
    """A message names its files by path. Without this, Gradio would take any path of this machine for an app that was mounted, as
    this one is, and fetch any address. What uploads leave behind is looked for in a folder that holds nothing else."""
    from gradio import processing_utils

    private = Path(inner.uploaded_file_dir)
    inner.uploaded_file_dir = str(private / "uploads")
    inner.add_middleware(Uploads, folder=private / "uploads")
    blocks.has_launched = True
    processing_utils.async_ssrf_protected_download = _fetch_nothing


async def _fetch_nothing(url: str, cache_dir: str) -> str:
    raise ServerError("A message named an address instead of a file.")


def port_from_environment() -> int:
    """`PORT`, or 7860."""
    text = os.environ.get("PORT", "").strip() or str(DEFAULT_PORT)
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise ServerError("PORT must be a whole number from 1 to 65535. For example: PORT=7900")
    return int(text)


def serve(port: int | None = None, access: Access = ALONE) -> None:
    """Serves the screen until it is interrupted. The assistant is built meanwhile, so that the page comes up at once."""
    port = port_from_environment() if port is None else port
    chat = chat_model_from_environment()
    if chat is not None and chat.host and access.users:
        raise ServerError(
            "A language model elsewhere is for one person at one computer, who sees what would be sent. Start without "
            "RUPTURE_CHAT_MODEL=remote:…, or without users."
        )
    listener = listen(port, access.host)
    building: Future[Assistant] = Future()
    # What one person keeps is not for others who log in.
    workspace = None if access.users else workspace_file()
    app = build_app(building.result, remote=chat is not None and bool(chat.host), access=access, workspace=workspace)
    # Only now, so that the first page does not wait for models to load.
    threading.Thread(target=_build, args=(building, chat), name="build", daemon=True).start()
    at = f"http://{shown(access.host)}:{port}"
    if access.users:
        said = f"rupture listens at {at} for {', '.join(access.names)}. Users who may log in: {len(access.users)}."
    else:
        said = f"rupture is at {at} and can be reached from this computer only."
    sys.stdout.write(f"{said}\nStop it with Ctrl-C.\n")
    sys.stdout.flush()
    _run(app, listener)


def _build(building: "Future[Assistant]", chat: ChatModel | None) -> None:
    """Builds the assistant; what goes wrong is said at the first question."""
    try:
        from rupture.build import build_assistant

        building.set_result(build_assistant(chat))
    except Exception as error:
        building.set_exception(error)


def _run(app: Any, listener: socket.socket) -> None:
    import uvicorn

    log_no_words()
    # Open pages hold a connection each; they are not waited for when the user stops the server.
    config = uvicorn.Config(
        app, http=connection(), log_level="warning", access_log=False, timeout_graceful_shutdown=1, server_header=False
    )
    # Uvicorn ends with the signal it was sent; as an exception it lets the temp folder be wiped on the way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    uvicorn.Server(config).run(sockets=[listener])
