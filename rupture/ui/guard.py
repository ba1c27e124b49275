"""Guard: a small ASGI layer around everything. Size limit while a request streams in, own origins only, unused routes shut,
fixed headers.
"""

from collections.abc import Sequence
from urllib.parse import urlsplit

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rupture.privacy.hardening import HEADERS, HOST_NAMES, LOOPBACK, MAX_REQUEST_BYTES

# Routes of Gradio that this screen does not use; what is not there cannot be misused.
_SHUT = (
    "/docs",
    "/openapi.json",
    "/redoc",
    "/gradio_api/mcp",
    "/gradio_api/custom_component",
    "/gradio_api/deep_link",
    # The server would fetch the address itself, which the page's content security policy could not stop; the second is the old
    # way to write the first.
    "/gradio_api/file=http",
    "/gradio_api/file/",
    "/gradio_api/process_recording",
    "/gradio_api/proxy=",
    "/gradio_api/runs",
    "/gradio_api/stream",
    "/gradio_api/undo-vibe",
    "/gradio_api/vibe",
    "/monitoring",
    "/proxy=",
)
_HEADERS = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
_NAMES = {name.encode() for name in (header.lower() for header in HEADERS)}
# Gradio would take the page's own address from these. It stands in `Host`, which has been checked.
_DROPPED = (b"x-forwarded-host", b"x-gradio-server")


class _TooLarge(Exception):
    """Raised into the application when a request without a length turns out too large."""


class Guard:
    """Wraps the application, for a screen reached under the host names `names`."""

    def __init__(self, app: ASGIApp, names: Sequence[str] = HOST_NAMES) -> None:
        self.app = app
        self._names = {name.strip("[]") for name in names}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        scope = {**scope, "headers": [(name, value) for name, value in scope["headers"] if name not in _DROPPED]}
        taken, started = 0, False

        async def limited() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > MAX_REQUEST_BYTES:
                raise _TooLarge
            return message

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                kept = [(name, value) for name, value in message["headers"] if name.lower() not in _NAMES]
                # What parses a body may answer the error above by itself, with a status that says less.
                status = 413 if taken > MAX_REQUEST_BYTES else message["status"]
                message = {**message, "status": status, "headers": [*kept, *_HEADERS]}
            await send(message)

        refusal = self._refusal(scope)
        try:
            await (refusal or self.app)(scope, limited, send_with_headers)
        except _TooLarge:
            if not started:
                await _too_large()(scope, receive, send_with_headers)

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        headers = dict(scope["headers"])
        if scope["path"].startswith(_SHUT):
            return PlainTextResponse("Not here.", 404)
        origin = headers.get(b"origin", b"").decode("latin-1")
        if origin and not self._is_own(origin):
            return PlainTextResponse("This screen answers its own page only.", 403)
        length = headers.get(b"content-length", b"0")
        if not length.isdigit() or int(length) > MAX_REQUEST_BYTES:
            return _too_large()
        return None

    def _is_own(self, origin: str) -> bool:
        """Beyond this machine, a page that came over plain HTTP may have been written by anybody on the way."""
        try:
            parts = urlsplit(origin)
        except ValueError:
            return False
        return parts.hostname in self._names and (parts.scheme == "https" or parts.hostname in LOOPBACK)


def _too_large() -> PlainTextResponse:
    return PlainTextResponse(f"At most {MAX_REQUEST_BYTES:,} bytes are taken. Split the session.", 413)
