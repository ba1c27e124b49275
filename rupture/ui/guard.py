"""Guard: a small ASGI layer around everything. Size limit while a request streams in, own origins only, unused routes shut,
fixed headers.
"""

from urllib.parse import urlsplit

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rupture.privacy.hardening import HEADERS, HOST_NAMES, MAX_REQUEST_BYTES

# Routes of Gradio that this screen does not use; what is not there cannot be misused.
_SHUT = (
    "/docs",
    "/openapi.json",
    "/redoc",
    "/gradio_api/mcp",
    "/gradio_api/proxy=",
    "/gradio_api/deep_link",
    "/gradio_api/runs",
    "/gradio_api/stream",
    "/monitoring",
    "/proxy=",
)
_HEADERS = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
_NAMES = {name.encode() for name in (header.lower() for header in HEADERS)}
_ORIGIN_NAMES = {name.strip("[]") for name in HOST_NAMES}


class _TooLarge(Exception):
    """Raised into the application when a request without a length turns out too large."""


class Guard:
    """Wraps the application."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
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

        refusal = _refusal(scope)
        try:
            await (refusal or self.app)(scope, limited, send_with_headers)
        except _TooLarge:
            if not started:
                await _too_large()(scope, receive, send_with_headers)


def _refusal(scope: Scope) -> PlainTextResponse | None:
    headers = dict(scope["headers"])
    if scope["path"].startswith(_SHUT):
        return PlainTextResponse("Not here.", 404)
    origin = headers.get(b"origin", b"").decode("latin-1")
    if origin and urlsplit(origin).hostname not in _ORIGIN_NAMES:
        return PlainTextResponse("This screen answers its own page only.", 403)
    length = headers.get(b"content-length", b"0")
    if not length.isdigit() or int(length) > MAX_REQUEST_BYTES:
        return _too_large()
    return None


def _too_large() -> PlainTextResponse:
    return PlainTextResponse(f"At most {MAX_REQUEST_BYTES:,} bytes are taken. Split the session.", 413)
