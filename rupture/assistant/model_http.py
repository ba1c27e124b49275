"""HTTP to a language model: to this machine and nowhere else, or to the one host the user turned on; no proxy, no redirect,
and an end to every answer. Imports httpx."""

import ipaddress
import time
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit, urlunsplit

import httpx

from rupture.errors import ChatModelError

SECONDS = 120
"""An answer that takes longer than this in all is given up."""
_MOST_BYTES = 4_000_000


def loopback_url(url: str) -> str:
    """The URL with `localhost` written as an address; ChatModelError unless it names a loopback address of this machine.

    Addresses must be written out in full: names, short, decimal, octal, hexadecimal and mapped forms are refused, since programs
    read them differently, and nothing is ever looked up.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        parts, host, port = urlsplit(""), "", None
    plain = url.isascii() and url.isprintable() and not set(url) & set(" @\\?#%")
    if parts.scheme not in {"http", "https"} or not plain or not _is_loopback(host):
        raise ChatModelError(
            f"The chat model's address {parts.scheme or '?'}://{host or '?'} is not on this machine, so it is refused: "
            "a session must not leave it. Use a server at 127.0.0.1 or localhost."
        )
    address = "127.0.0.1" if host == "localhost" else f"[{host}]" if ":" in host else host
    return urlunsplit((parts.scheme, address if port is None else f"{address}:{port}", parts.path, "", ""))


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback and getattr(address, "ipv4_mapped", None) is None


def remote_url(url: str) -> str:
    """The URL of a model elsewhere, as it is; ChatModelError unless it is https to a named host, without a name or password
    in it."""
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme != "https" or not parts.hostname or parts.username or not url.isascii() or set(url) & set(" @\\?#"):
        raise ChatModelError(
            "RUPTURE_CHAT_URL of a remote model must be https://HOST/…, without a password, a question mark or a hash."
        )
    return url


def local_client() -> httpx.Client:
    """A client that sends to loopback addresses only."""
    return _client(lambda url: loopback_url(str(url.copy_with(query=None, fragment=None))))


def remote_client(host: str) -> httpx.Client:
    """A client that sends to `host` only, over TLS."""

    def only_there(url: httpx.URL) -> None:
        if url.scheme != "https" or url.host != host:
            raise httpx.UnsupportedProtocol("the model's host is not the one that was turned on")

    return _client(only_there)


def _client(check: Callable[[httpx.URL], object]) -> httpx.Client:
    # Neither a proxy from the environment nor a redirect may carry the session elsewhere.
    return httpx.Client(
        transport=_CheckedTransport(check),
        trust_env=False,
        follow_redirects=False,
        timeout=SECONDS,
        headers={"accept-encoding": "identity"},
    )


class _CheckedTransport(httpx.BaseTransport):
    """Checks every request once more when it is sent, and bounds what comes back."""

    def __init__(self, check: Callable[[httpx.URL], object]) -> None:
        self._check = check
        # No connection stays open when its answer is read.
        self._inner = httpx.HTTPTransport(trust_env=False, retries=0, limits=httpx.Limits(max_keepalive_connections=0))

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._check(request.url)
        answer = self._inner.handle_request(request)
        if answer.is_redirect or "content-encoding" in answer.headers:
            answer.close()
            raise httpx.RemoteProtocolError("the server redirected or compressed its answer")
        return httpx.Response(answer.status_code, headers=answer.headers, stream=_Bounded(answer), extensions=answer.extensions)

    def close(self) -> None:
        self._inner.close()


class _Bounded(httpx.SyncByteStream):
    """A body that ends with an error once it is too long or takes too long."""

    def __init__(self, answer: httpx.Response) -> None:
        self._answer = answer
        self._ends = time.monotonic() + SECONDS

    def __iter__(self) -> Iterator[bytes]:
        left = _MOST_BYTES
        for chunk in self._answer.iter_raw():
            left -= len(chunk)
            if left < 0 or time.monotonic() > self._ends:
                raise httpx.ReadError("the server's answer is too long or takes too long")
            yield chunk

    def close(self) -> None:
        self._answer.close()
