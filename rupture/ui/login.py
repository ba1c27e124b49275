"""Login: who may see a screen that other machines can reach. A file of names and password hashes, sessions held in memory, and a
small ASGI layer beside `Guard` that lets nothing through without one: page, queue, uploads, files, static parts.

Gradio's own login is not used: its cookies last until the server stops, one of them goes over plain HTTP, tries are not counted,
and the static parts stay open. Knows nothing of the screen; passwords are never kept, logged or shown.
"""

import asyncio
import base64
import contextlib
import hashlib
import hmac
import os
import re
import secrets
import time
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from rupture.errors import RuptureError

TWELVE_HOURS = 12 * 3600.0
LOG_OUT_LINK = '<a href="/logout">Log out</a>'
_SHORTEST_PASSWORD, _LONGEST_PASSWORD = 12, 256
_LONGEST_FORM = 4_000
_NAME = re.compile(r"[\w.@-]{1,64}")

# scrypt (Percival 2009) at OWASP's 2024 setting for 32 MiB: N = 2**15, r = 8, p = 3. Another setting gets another name.
_KIND = "scrypt-15-8-3"
_STORED = re.compile(rf"{_KIND}\$([\w-]{{22}}==)\$([\w-]{{43}}=)", re.ASCII)
# Nobody's password has this hash; checked for names that are not there, so that they take as long as others.
_NOBODY = f"{_KIND}${'A' * 22}==${'A' * 43}="

# Failures within the window after which no further try is looked at. A name alone locks late, so that a stranger who knows it
# does not shut its owner out with a few tries.
_WINDOW = 15 * 60.0
_MOST_PAIR, _MOST_ADDRESS, _MOST_NAME = 5, 20, 50


class LoginError(RuptureError):
    """The file of users, a name or a password cannot be used; the message says what to do."""


def add_user(file: Path, name: str, password: str) -> bool:
    """Adds `name` to `file`, which is made for this account's eyes only, or changes the password of a name that is there; whether
    it was there. LoginError when name, password or file will not do."""
    name, password = _normal(name), _normal(password)
    if not _NAME.fullmatch(name):
        raise LoginError("A name is 1 to 64 letters, digits, dots, dashes, underscores or @, without spaces or colons.")
    if not _SHORTEST_PASSWORD <= len(password) <= _LONGEST_PASSWORD:
        raise LoginError(
            f"Found a password of {len(password)} characters; give one of {_SHORTEST_PASSWORD} to {_LONGEST_PASSWORD}."
        )
    users = read_users(file) if file.exists() else {}
    lines = "".join(f"{user}:{stored}\n" for user, stored in {**users, name: hashed(password)}.items())
    part = file.with_name(f"{file.name}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8", newline="\n") as kept:
            kept.write(lines)
        part.replace(file)
    except OSError as error:
        raise LoginError(f"{file} cannot be written ({error.strerror}). Name another one with --users FILE.") from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
    return name in users


def read_users(file: Path) -> dict[str, str]:
    """Hashes by name, from lines `name:hash`. LoginError when the file is not there, holds anything else, or may be read by
    others on this machine (POSIX)."""
    try:
        with file.open(encoding="utf-8") as lines:
            if os.name == "posix" and os.fstat(lines.fileno()).st_mode & 0o077:
                raise LoginError(f"{file} can be read by other accounts of this machine. Mend it with: chmod 600 {file}")
            text = lines.read()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not a text file"
        raise LoginError(f"{file} cannot be read ({reason}). Make it with: rupture user add NAME --users {file}") from error
    users = {}
    for number, line in enumerate(text.splitlines(), 1):
        name, _, stored = line.strip().partition(":")
        if not line.strip():
            continue
        if not _NAME.fullmatch(name) or not _STORED.fullmatch(stored) or name in users:
            raise LoginError(
                f"{file}, line {number}: expected name:hash as `rupture user add` writes it, each name once. Take the line out "
                "and add the user again."
            )
        users[name] = stored
    return users


def hashed(password: str) -> str:
    """The scrypt hash of `password` with a fresh random salt of 128 bits, as it stands in the file."""
    salt = secrets.token_bytes(16)
    return f"{_KIND}${_text(salt)}${_text(_scrypt(password, salt))}"


def fits(password: str, stored: str) -> bool:
    """Whether `password` has the hash `stored`, compared in constant time."""
    _, salt, digest = stored.split("$")
    return hmac.compare_digest(_scrypt(password, base64.urlsafe_b64decode(salt)), base64.urlsafe_b64decode(digest))


def _scrypt(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(errors="surrogatepass"), salt=salt, n=2**15, r=8, p=3, maxmem=2**26, dklen=32)


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode()


def _normal(text: str) -> str:
    # Keyboards of different systems write the same letter with different code points.
    return unicodedata.normalize("NFC", text)


class Sessions:
    """Who is logged in: digests of random 256-bit tokens with their end, held in memory and gone with the process."""

    def __init__(self, lifetime: float = TWELVE_HOURS, clock: Callable[[], float] = time.monotonic) -> None:
        """`lifetime` in seconds of `clock`."""
        self._lifetime, self._clock = lifetime, clock
        self._ends: dict[bytes, float] = {}

    def open(self) -> str:
        """The token of a new session; those that have ended are forgotten on the way."""
        now = self._clock()
        self._ends = {digest: end for digest, end in self._ends.items() if end > now}
        token = secrets.token_urlsafe(32)
        self._ends[_digest(token)] = now + self._lifetime
        return token

    def holds(self, token: str) -> bool:
        """Whether `token` is that of a session that has not ended."""
        return self._ends.get(_digest(token), 0.0) > self._clock()

    def close(self, token: str) -> None:
        """Ends the session, if there is one."""
        self._ends.pop(_digest(token), None)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


class Failures:
    """Failed tries of the last quarter of an hour, by name, by address and by both. Each costs a third of a second and they are
    looked at one after another, which bounds what is held here."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._times: dict[tuple[str, str], list[float]] = {}

    def locked(self, name: str, address: str) -> bool:
        """Whether no further try is looked at for now, be the password right or wrong."""
        since = self._clock() - _WINDOW
        self._times = {key: recent for key, times in self._times.items() if (recent := [at for at in times if at > since])}
        counts = [len(self._times.get(key, ())) for key in _keys(name, address)]
        return any(count >= most for count, most in zip(counts, (_MOST_PAIR, _MOST_ADDRESS, _MOST_NAME), strict=True))

    def add(self, name: str, address: str) -> None:
        """Another failed try."""
        for key in _keys(name, address):
            self._times.setdefault(key, []).append(self._clock())

    def forget(self, name: str, address: str) -> None:
        """The right password was given: this name's failures from there no longer count. The address's do, or one's own password
        would buy more tries at the names of others."""
        self._times.pop(_keys(name, address)[0], None)


def _keys(name: str, address: str) -> tuple[tuple[str, str], ...]:
    return (f"{name}:", address), ("", address), (f"{name}:", "")


class Login:
    """Wraps the application; goes inside `Guard` and the check of host names."""

    def __init__(self, app: ASGIApp, users: Mapping[str, str], *, secure: bool, lifetime: float = TWELVE_HOURS) -> None:
        """`users` as `read_users` gives them; `secure` keeps the cookie to HTTPS; `lifetime` of a session in seconds."""
        self.app = app
        self._users, self._secure, self._lifetime = users, secure, lifetime
        # The prefix makes browsers refuse a cookie of this name that another host of the domain tries to plant.
        self._cookie = "__Host-rupture" if secure else "rupture"
        self._sessions, self._failures = Sessions(lifetime), Failures()
        self._one_by_one = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        answer = None if scope["type"] == "lifespan" else await self._answer(HTTPConnection(scope), receive)
        await (answer or self.app)(scope, receive, send)

    async def _answer(self, asked: HTTPConnection, receive: Receive) -> Response | None:
        """What is answered in place of the application; None when it may answer."""
        method, path = asked.scope.get("method", "GET"), asked.scope["path"]
        # Whose origin it is, `Guard` has looked at; browsers name one with everything but a plain read.
        if method not in ("GET", "HEAD") and "origin" not in asked.headers:
            return PlainTextResponse("This screen answers its own page only.", 403)
        token = asked.cookies.get(self._cookie, "")
        if path == "/login":
            return await self._log_in(asked, receive, token) if method == "POST" else _page(_LOG_IN)
        if not self._sessions.holds(token):
            return RedirectResponse("/login", 303) if path in ("/", "/logout") else PlainTextResponse("Log in first.", 401)
        if path == "/logout":
            return self._log_out(token) if method == "POST" else _page(_LOG_OUT)
        return None

    async def _log_in(self, asked: HTTPConnection, receive: Receive, token: str) -> Response:
        name, password = await _form(receive)
        address = asked.client.host if asked.client else ""
        # One at a time: tries side by side would be over before the first of them counts, and each takes 32 MiB.
        async with self._one_by_one:
            if self._failures.locked(name, address):
                return _page(_REFUSED, 429)
            if not await run_in_threadpool(fits, password, self._users.get(name, _NOBODY)):
                self._failures.add(name, address)
                return _page(_REFUSED, 401)
        self._failures.forget(name, address)
        self._sessions.close(token)
        answer = RedirectResponse("/", 303)
        answer.set_cookie(
            self._cookie,
            self._sessions.open(),
            max_age=int(self._lifetime),
            secure=self._secure,
            httponly=True,
            samesite="strict",
        )
        return answer

    def _log_out(self, token: str) -> Response:
        self._sessions.close(token)
        answer = RedirectResponse("/login", 303)
        answer.delete_cookie(self._cookie, secure=self._secure, httponly=True, samesite="strict")
        return answer


async def _form(receive: Receive) -> tuple[str, str]:
    """Name and password as they were typed; both empty, which nobody's are, when there is no such form."""
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > _LONGEST_FORM:
            return "", ""
    fields = parse_qs(body.decode(errors="replace"))
    name, password = (_normal(fields.get(field, [""])[0]) for field in ("name", "password"))
    return name, password


def _page(body: str, status: int = 200) -> Response:
    return HTMLResponse(_FRAME.replace("BODY", body), status)


# No script. Browsers name no origin with a form when the page's policy is to send no referrer, hence the policy in the frame.
_FRAME = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="same-origin"><title>rupture</title>
<style>
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 22rem; margin: 15vh auto 0; padding: 0 1rem; }
label { display: block; margin-top: 1rem; }
input, button { font: inherit; box-sizing: border-box; width: 100%; padding: .5rem; }
button { margin-top: 1.5rem; }
</style></head><body><main><h1>rupture</h1>
BODY
</main></body></html>"""
_LOG_IN = """<form method="post" action="/login">
<label>Name <input name="name" autocomplete="username" autocapitalize="none" spellcheck="false" required autofocus></label>
<label>Password <input name="password" type="password" autocomplete="current-password" required></label>
<button>Log in</button></form>"""
_REFUSED = f"""<p role="alert">Name and password were not accepted. Check both; after several tries, wait 15 minutes.</p>
{_LOG_IN}"""
_LOG_OUT = """<p>This ends your session in this browser. What other tabs still show stays on the screen until they are closed.</p>
<form method="post" action="/logout"><button>Log out</button></form>
<p><a href="/">Back</a></p>"""
