"""Sockets, connections and the log of a server: a listener bound before anything is loaded, so that a taken port is said at once,
connections and requests with bounds, errors without words. Knows no application.
"""

import asyncio
import errno
import logging
import re
import socket
import sys
from collections.abc import Iterable

from starlette.types import Message, Receive

from rupture.errors import ServerError, kind_and_place
from rupture.privacy.hardening import HOST, MAX_REQUEST_BYTES

HEADER_SECONDS = 10.0
"""A connection on which no request has begun for this long is closed."""
MOST_CONNECTIONS = 400
"""An open page holds up to six."""
TOO_LARGE = f"A request has at most {MAX_REQUEST_BYTES:,} bytes; this one has more. Split the session."
_HOST_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\]")


class RefusedError(Exception):
    """Raised into an application while a request comes in: the status to answer with, and why."""

    def __init__(self, status: int, why: str) -> None:
        self.status, self.why = status, why


class Incoming:
    """What an application receives of one request, until that is too large or takes longer than `seconds` to come in; then
    `refused` says so, for those that answer errors by themselves in other words."""

    def __init__(self, receive: Receive, seconds: float) -> None:
        self.refused: RefusedError | None = None
        self._receive, self._seconds, self._taken, self._whole = receive, seconds, 0, False
        self._ends = asyncio.get_running_loop().time() + seconds

    async def __call__(self) -> Message:
        """The next message; what comes after the whole request, that the sender has gone, may be waited for long."""
        try:
            async with asyncio.timeout_at(None if self._whole else self._ends):
                message = await self._receive()
        except TimeoutError:
            raise self._refuse(408, f"A request has {self._seconds:.0f} seconds to come in.") from None
        self._taken += len(message.get("body", b""))
        self._whole = not message.get("more_body", False)
        if self._taken > MAX_REQUEST_BYTES:
            raise self._refuse(413, TOO_LARGE)
        return message

    def _refuse(self, status: int, why: str) -> RefusedError:
        self.refused = RefusedError(status, why)
        return self.refused


def trusted_names(listed: Iterable[str]) -> tuple[str, ...]:
    """Host names a server is to answer to beside this machine's, in lower case, empty ones left out; ServerError for what is
    none."""
    names = tuple(name for entry in listed if (name := entry.strip().lower()))
    for name in names:
        if not _HOST_NAME.fullmatch(name):
            raise ServerError(
                f"Found {name!r} as a trusted host; give the bare name, without https:// or port: rupture.example.org"
            )
    return names


def shown(host: str) -> str:
    """`host` as it stands in an address."""
    return f"[{host}]" if ":" in host else host


def listen(port: int, host: str = HOST, setting: str = "PORT=") -> socket.socket:
    """A socket bound to `host`, an address and never a name that somebody else's name server would answer for; ServerError
    when it cannot be, which names the `setting` that chooses another port."""
    try:
        family, *_, address = socket.getaddrinfo(
            HOST if host == "localhost" else host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST
        )[0]
        listener = socket.socket(family, socket.SOCK_STREAM)
    except OSError:
        raise ServerError(f"{host} is not an address to listen on. Give this machine's, or 0.0.0.0 for all it has.") from None
    if sys.platform == "win32":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
    else:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(address)
    except OSError as error:
        listener.close()
        raise _not_bound(error, port, host, setting) from None
    return listener


def _not_bound(error: OSError, port: int, host: str, setting: str) -> ServerError:
    if error.errno == errno.EADDRNOTAVAIL:
        return ServerError(f"{host} is not an address of this machine. Give one it has, or 0.0.0.0 for all.")
    if error.errno == errno.EACCES:
        return ServerError(f"Port {port} may not be used by this account. Choose another one, for example: {setting}7900")
    return ServerError(
        f"Port {port} is taken, perhaps by another window or server of rupture: look at http://{shown(host)}:{port}. "
        f"Or choose another one, for example: {setting}{port + 1 if port < 65535 else 7900}"
    )


def connection() -> type[asyncio.Protocol]:
    """What serves one connection: headers of bounded length, which uvicorn's quicker parser does not have; an end to those on
    which no request begins, and to those beyond the limit."""
    from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

    class Connection(H11Protocol):
        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            if len(self.connections) > MOST_CONNECTIONS:
                transport.close()
            self._wait(None)

        def on_response_complete(self) -> None:
            done = self.cycle
            super().on_response_complete()
            self._wait(done)

        def _wait(self, last: RequestResponseCycle | None) -> None:
            self.loop.call_later(HEADER_SECONDS, self._end_after, last)

        def _end_after(self, last: RequestResponseCycle | None) -> None:
            if self.cycle is last:
                self.transport.close()

    return Connection


def without_message(record: logging.LogRecord) -> bool:
    """For a log: an error is told by its kind and place, since its message may quote what was sent."""
    if record.exc_info:
        record.msg, record.args, record.exc_info = "error: %s", (kind_and_place(record.exc_info[1]),), None
    return True
