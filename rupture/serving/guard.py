"""Guard: a small ASGI layer around the API. Host names, no web pages, the token, the size of a request and the time it takes
to come in, fixed headers; counts each answer, and turns what nobody expected into an answer without words."""

import logging
import secrets
import time
from collections.abc import Mapping

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rupture.errors import kind_and_place
from rupture.listening import TOO_LARGE, Incoming
from rupture.privacy.hardening import HEADERS, MAX_REQUEST_BYTES
from rupture.serving.access import Access
from rupture.serving.metrics import Metrics
from rupture.serving.problems import problem

ANALYSES, LIVE, READY, METRICS, OPENAPI = "/v1/analyses", "/health/live", "/health/ready", "/metrics", "/openapi.json"
ROUTES = frozenset((ANALYSES, LIVE, READY, METRICS, OPENAPI))
OPEN = frozenset((LIVE, READY))
"""Answered without a token: they say one word each."""
BODY_SECONDS = 30.0
"""A request that takes longer than this to come in is given up."""
_HEADERS = {**HEADERS, "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'"}
_RAW = [(name.lower().encode(), value.encode()) for name, value in _HEADERS.items()]
_log = logging.getLogger("rupture.serving")


class Guard:
    """Wraps the application."""

    def __init__(self, app: ASGIApp, access: Access, metrics: Metrics) -> None:
        self.app, self._access, self._metrics = app, access, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, status = time.perf_counter(), 0
        incoming = Incoming(receive, BODY_SECONDS)

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message = {**message, "headers": [*message["headers"], *_RAW]}
            await send(message)

        async def send_unless_refused(message: Message) -> None:
            # What parses a body answers the error by itself, in words that say less.
            if incoming.refused is None:
                await send_with_headers(message)

        answer = self._refusal(scope)
        if answer is None:
            answer = await self._asked(scope, incoming, send_unless_refused)
        if answer is not None and not status:
            await answer(scope, receive, send_with_headers)
        route = scope["path"] if scope["path"] in ROUTES else "other"
        self._metrics.answers.labels(route, str(status)).inc()
        self._metrics.answer_seconds.labels(route).observe(time.perf_counter() - began)

    async def _asked(self, scope: Scope, incoming: Incoming, send: Send) -> Response | None:
        """Has the application answer; what is to be answered in its place, if anything is."""
        try:
            await self.app(scope, incoming, send)
        except Exception as error:
            if incoming.refused is None:
                mark = secrets.token_hex(3)
                _log.error("error %s: %s", mark, kind_and_place(error))
                return problem(500, f"Something went wrong inside the tool (error {mark}). Try again, or report the error.")
        return problem(incoming.refused.status, incoming.refused.why) if incoming.refused else None

    def _refusal(self, scope: Scope) -> Response | None:
        headers = dict(scope["headers"])
        if not self._access.knows(headers.get(b"host", b"")):
            return problem(400, "This host name is not one the server answers to. Start it with --trusted-host NAME.")
        # Browsers say that a page asks; a page of somebody else's must not even learn that the server runs here.
        if b"origin" in headers or headers.get(b"sec-fetch-site", b"none") != b"none":
            return problem(403, "Web pages are not answered, only programs. The screen is: rupture chat")
        if scope["path"] not in OPEN and not self._access.admits(headers.get(b"authorization", b"")):
            detail = "The token is missing or another one. Send it as a header, Authorization: Bearer TOKEN"
            return problem(401, detail, {"WWW-Authenticate": "Bearer"})
        if scope["method"] == "POST":
            return _unreadable(headers)
        return None


def _unreadable(headers: Mapping[bytes, bytes]) -> Response | None:
    """Why a body is not read, from its `headers` alone."""
    if headers.get(b"content-type", b"").partition(b";")[0].strip().lower() != b"application/json":
        return problem(415, "Expected JSON. Send it with a header, Content-Type: application/json")
    length = headers.get(b"content-length", b"0")
    return problem(413, TOO_LARGE) if not length.isdigit() or int(length) > MAX_REQUEST_BYTES else None
