"""The server: this machine only, known host names only, nothing to fetch from elsewhere, and no start when a setting is not as
it must be.
"""

import errno
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import gradio as gr
from fastapi import FastAPI
from starlette.middleware.trustedhost import TrustedHostMiddleware

from rupture.assistant.assistant import Assistant
from rupture.assistant.chat_models import chat_model_from_environment
from rupture.errors import RuptureError
from rupture.privacy.hardening import HOST, HOST_NAMES, MAX_WAITING, MOUNT, self_test
from rupture.protocols import ChatModel
from rupture.resources import SAMPLES
from rupture.ui.guard import Guard
from rupture.ui.handlers import Wiring
from rupture.ui.page import build_page, new_blocks, theme

DEFAULT_PORT = 7860
_CSS = Path(__file__).parent / "screen.css"


class ServerError(RuptureError):
    """The screen cannot start; the message says what to do."""


def build_app(assistant: Callable[[], Assistant], samples: Path = SAMPLES, *, remote: bool = False) -> FastAPI:
    """The whole web application, `remote` if a model elsewhere is turned on; ServerError when a setting that keeps words on
    this machine did not take hold."""
    blocks = new_blocks()
    page = build_page(blocks, sorted(samples.glob("*.txt")), remote=remote)
    with blocks:
        Wiring(page, assistant).connect()
    blocks.queue(max_size=MAX_WAITING, default_concurrency_limit=1, api_open=False)
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(HOST_NAMES))
    app.add_middleware(Guard)
    gr.mount_gradio_app(app, blocks, path="/", server_name=HOST, theme=theme(), css=_CSS.read_text(encoding="utf-8"), **MOUNT)
    if wrong := self_test(app, blocks):
        raise ServerError(
            f"The screen does not start, because it could not be made private: {'; '.join(wrong)}. Start it with: python app.py"
        )
    return app


def port_from_environment() -> int:
    """`PORT`, or 7860."""
    text = os.environ.get("PORT", "").strip() or str(DEFAULT_PORT)
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise ServerError("PORT must be a whole number from 1 to 65535. For example: PORT=7900")
    return int(text)


def serve(port: int | None = None) -> None:
    """Serves the screen until it is interrupted. The assistant is built meanwhile, so that the page comes up at once."""
    port = port_from_environment() if port is None else port
    chat = chat_model_from_environment()
    listener = _listen(port)
    building: Future[Assistant] = Future()
    app = build_app(building.result, remote=chat is not None and bool(chat.host))
    # Only now, so that the first page does not wait for models to load.
    threading.Thread(target=_build, args=(building, chat), name="build", daemon=True).start()
    sys.stdout.write(f"rupture is at http://{HOST}:{port} and can be reached from this computer only.\nStop it with Ctrl-C.\n")
    sys.stdout.flush()
    _run(app, listener)


def _build(building: "Future[Assistant]", chat: ChatModel | None) -> None:
    """Builds the assistant; what goes wrong is said at the first question."""
    try:
        from rupture.build import build_assistant

        building.set_result(build_assistant(chat))
    except Exception as error:
        building.set_exception(error)


def _listen(port: int) -> socket.socket:
    """A socket bound before anything is loaded, so that a taken port is said at once."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if sys.platform == "win32":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
    else:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except OSError as error:
        listener.close()
        if error.errno == errno.EACCES:
            raise ServerError(
                f"Port {port} may not be used by this account. Choose another one, for example: PORT=7900"
            ) from None
        raise ServerError(
            f"Port {port} is taken, perhaps by another window of rupture: look at http://{HOST}:{port}. "
            f"Or choose another one, for example: PORT={port + 1 if port < 65535 else 7900}"
        ) from None
    return listener


def _run(app: Any, listener: socket.socket) -> None:
    import uvicorn

    # Open pages hold a connection each; they are not waited for when the user stops the server.
    config = uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=1, server_header=False)
    # Uvicorn ends with the signal it was sent; as an exception it lets the temp folder be wiped on the way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    uvicorn.Server(config).run(sockets=[listener])
