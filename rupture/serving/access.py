"""Who may ask: the address that is listened on, the host names answered to, and the token, from options and environment.

A token is never an option of the command line, where others on the machine can read it.
"""

import hashlib
import hmac
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rupture.errors import ServerError
from rupture.listening import trusted_names
from rupture.privacy.hardening import HOST, HOST_NAMES, LOOPBACK

VARIABLE = "RUPTURE_TOKEN"
_TOKEN = re.compile(r"[!-~]{32,512}", re.ASCII)
_MAKE = 'Make one with: python -c "import secrets; print(secrets.token_urlsafe(32))"'


@dataclass(frozen=True, slots=True)
class Access:
    """The address listened on, the host names answered to, and the token (empty: none is asked for)."""

    host: str = HOST
    names: Sequence[str] = HOST_NAMES
    token: str = field(default="", repr=False)

    def admits(self, authorization: bytes) -> bool:
        """Whether the header `authorization` holds the token. Digests are compared, in constant time, so that neither the
        length nor the beginning of the token can be told from how long a refusal takes."""
        if not self.token:
            return True
        scheme, _, given = authorization.partition(b" ")
        expected = hashlib.sha256(self.token.encode()).digest()
        same = hmac.compare_digest(hashlib.sha256(given.strip()).digest(), expected)
        return same and scheme.lower() == b"bearer"

    def knows(self, host: bytes) -> bool:
        """Whether the header `host` is one of the names, with a port or without."""
        name = host.decode("latin-1").lower()
        bare, colon, port = name.rpartition(":")
        return (bare if colon and port.isdigit() else name) in self.names


def chosen_access(host: str = HOST, token_file: Path | None = None, trusted: Sequence[str] = ()) -> Access:
    """The access that is asked for; ServerError when other machines could reach the server without a token, or the token
    will not do. The token is in `token_file`, else in the variable RUPTURE_TOKEN, which is taken out of the environment."""
    in_environment = os.environ.pop(VARIABLE, "").strip()
    token = _read(token_file) if token_file else in_environment
    if token and not _TOKEN.fullmatch(token):
        raise ServerError(
            f"Found a token of {len(token)} characters in {token_file or VARIABLE}; expected 32 to 512 letters, digits and signs "
            f"without spaces, on one line. {_MAKE}"
        )
    names = trusted_names(trusted)
    if not token and (names or host not in LOOPBACK):
        raise ServerError(
            f"The server does not start: other machines could reach it, and no token is asked for. Put one into a file and give "
            f"--token-file FILE, or set {VARIABLE} (see docs/serving.md). {_MAKE}"
        )
    if not names and host not in LOOPBACK:
        raise ServerError(
            f"The server does not start on {host}: it is not said under which names it may be reached. Give each one with "
            "--trusted-host NAME (see docs/serving.md)."
        )
    return Access(host, (*HOST_NAMES, *names), token)


def _read(file: Path) -> str:
    try:
        with file.open(encoding="ascii") as lines:
            if os.name == "posix" and os.fstat(lines.fileno()).st_mode & 0o077:
                raise ServerError(f"{file} can be read by other accounts of this machine. Mend it with: chmod 600 {file}")
            token = lines.read(2_000).strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not plain text"
        raise ServerError(f"{file} cannot be read ({reason}). {_MAKE} > {file}") from None
    if not token:
        raise ServerError(f"{file} holds no token. {_MAKE} > {file}")
    return token
