"""`rupture serve`, once it is asked for: puts the parts together, listens, and stops in order."""

import asyncio
import logging
import socket
import sys
from collections.abc import Callable, Sequence
from types import FrameType

import uvicorn

from rupture.errors import ModelError, ServerError
from rupture.limits import limit
from rupture.listening import connection, listen, shown, without_message
from rupture.privacy.hardening import differing_environment
from rupture.serving.access import Access
from rupture.serving.api import build_app
from rupture.serving.metrics import Metrics
from rupture.serving.pool import COMMAND, Pool
from rupture.serving.waiting import Line

STOP_SECONDS = 8.0
"""That sessions at work have to end once the server is to stop; containers are often given ten."""


class _Server(uvicorn.Server):
    """Tells `stopping` when it is to stop, within its event loop."""

    def __init__(self, config: uvicorn.Config, stopping: Callable[[asyncio.AbstractEventLoop], None]) -> None:
        super().__init__(config)
        self._stopping = stopping
        self._loop: asyncio.AbstractEventLoop | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """See uvicorn."""
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """A signal to stop."""
        super().handle_exit(sig, frame)
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._stopping, self._loop)


def serve(access: Access, port: int, workers: int, waiting: int, command: Sequence[str] = COMMAND) -> None:
    """Serves until it is stopped, with `workers` processes by `command` and at most `waiting` sessions that wait for one.
    ServerError when it cannot listen or is not as private as it must be, MissingPackage without prometheus_client,
    ModelError when a worker does not come up."""
    if wrong := differing_environment():
        raise ServerError(f"The server does not start, because it could not be made private: {'; '.join(wrong)}.")
    limit(CORE=0)
    metrics, line = Metrics(), Line(waiting)
    listener = listen(port, access.host, "--port ")

    def stop(loop: asyncio.AbstractEventLoop) -> None:
        line.close()
        loop.call_later(STOP_SECONDS, pool.give_up)

    def failed() -> None:
        server.should_exit = True

    pool = Pool(workers, line, metrics, failed, command)
    config = uvicorn.Config(
        build_app(line, pool, metrics, access),
        http=connection(),
        ws="none",
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=int(STOP_SECONDS) + 1,
    )
    logging.getLogger("uvicorn.error").addFilter(without_message)
    server = _Server(config, stop)
    whom = f"for {', '.join(access.names)}, with a token" if access.token else "and can be reached from this computer only"
    sys.stdout.write(f"rupture serves at http://{shown(access.host)}:{listener.getsockname()[1]} {whom}.\nStop it with Ctrl-C.\n")
    sys.stdout.flush()
    server.run(sockets=[listener])
    if pool.reason:
        raise ModelError(pool.reason)
