"""Guard: a small ASGI layer around everything. The routes that the page uses and no others, its own origin only, limits to the
size of a request and to the time it takes to come in, fixed headers.
"""

from collections.abc import Mapping, Sequence
from urllib.parse import SplitResult, urlsplit

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rupture.listening import TOO_LARGE, Incoming, RefusedError
from rupture.privacy.hardening import HEADERS, HOST_NAMES, LOOPBACK, MAX_REQUEST_BYTES

BODY_SECONDS = 60.0
"""A request that takes longer than this to come in is given up."""
ROUTES: Mapping[str, str] = {
    "/": "the page",
    "/assets/": "its scripts and styles",
    "/config": "its settings once more, after the connection was lost",
    "/favicon.ico": "browsers ask for it",
    "/gradio_api/app_id": "whether it is still the same server, after the connection was lost",
    "/gradio_api/cancel": "the Stop button",
    "/gradio_api/heartbeat/": "whether the tab is still open; what it held goes when it is not",
    "/gradio_api/info": "the events that may be called from elsewhere: none",
    "/gradio_api/queue/data": "answers",
    "/gradio_api/queue/join": "questions",
    "/gradio_api/run/predict": "what the Stop button says, which waits for nobody",
    "/gradio_api/reset": "the Stop button, at the server's end",
    "/gradio_api/upload": "a session as a file",
    "/gradio_api/upload_progress": "how much of it has come in",
    "/static/": "its pictures and fonts",
    "/theme.css": "its colours",
}
"""What the page asks for, and why; those that end in a slash stand for all below them. The rest of what Gradio serves is shut:
what is not there cannot be misused."""
_LOGIN = frozenset({"/login", "/logout"})
_BELOW = tuple(route for route in ROUTES if route.endswith("/") and route != "/")
_HEADERS = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
_NAMES = {name.encode() for name in (header.lower() for header in HEADERS)}
# Gradio would take the page's own address from these. It stands in `Host`, which has been checked.
_DROPPED = (b"x-forwarded-host", b"x-gradio-server")
_PORTS = {"http": 80, "https": 443}


class Guard:
    """Wraps the application, for a screen reached under the host names `names`, with a `login` or without one."""

    def __init__(self, app: ASGIApp, names: Sequence[str] = HOST_NAMES, *, login: bool = False) -> None:
        self.app = app
        self._names = {name.strip("[]") for name in names}
        self._routes = ROUTES.keys() | (_LOGIN if login else frozenset())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        scope = {**scope, "headers": [(name, value) for name, value in scope["headers"] if name not in _DROPPED]}
        incoming = Incoming(receive, BODY_SECONDS)
        started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                kept = [(name, value) for name, value in message["headers"] if name.lower() not in _NAMES]
                # What parses a body may answer the error by itself, with a status that says less.
                status = incoming.refused.status if incoming.refused else message["status"]
                message = {**message, "status": status, "headers": [*kept, *_HEADERS]}
            await send(message)

        refusal = self._refusal(scope)
        try:
            await (refusal or self.app)(scope, incoming, send_with_headers)
        except RefusedError as error:
            if not started:
                await PlainTextResponse(error.why, error.status)(scope, receive, send_with_headers)

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        headers = dict(scope["headers"])
        if not self._is_open(scope["path"]):
            return PlainTextResponse("Not here.", 404)
        if not self._is_own(headers) or _is_elsewhere(headers):
            return PlainTextResponse("This screen answers its own page only.", 403)
        length = headers.get(b"content-length", b"0")
        if not length.isdigit() or int(length) > MAX_REQUEST_BYTES:
            return PlainTextResponse(TOO_LARGE, 413)
        return None

    def _is_open(self, path: str) -> bool:
        # Servers before this one may read such parts as a way up; no route of the page has any.
        plain = not {".", "..", ""} & set(path.split("/")[1:-1]) and path.isprintable() and "\\" not in path
        return plain and (path in self._routes or path.startswith(_BELOW))

    def _is_own(self, headers: Mapping[bytes, bytes]) -> bool:
        """Whether the request is of a page that came from where it goes to, port included: another program of this machine has
        the same host name. Beyond this machine, a page that came over plain HTTP may have been written by anybody on the way."""
        origin = headers.get(b"origin", b"").decode("latin-1")
        if not origin:
            return True
        try:
            page = urlsplit(origin)
            asked = urlsplit(f"{page.scheme}://{headers.get(b'host', b'').decode('latin-1')}")
            same = _place(page) == _place(asked)
        except ValueError:
            return False
        return same and page.hostname in self._names and (page.scheme == "https" or page.hostname in LOOPBACK)


def _is_elsewhere(headers: Mapping[bytes, bytes]) -> bool:
    """Whether a page of somebody else's asks for a part of this one, and so could tell that it runs here. A link to it may be
    followed. Browsers say so themselves (W3C, Fetch Metadata Request Headers); others send no such header."""
    if headers.get(b"sec-fetch-site", b"none") in (b"none", b"same-origin"):
        return False
    return headers.get(b"sec-fetch-mode") != b"navigate" or headers.get(b"sec-fetch-dest") != b"document"


def _place(url: SplitResult) -> tuple[str | None, int | None]:
    return url.hostname, url.port or _PORTS.get(url.scheme)
