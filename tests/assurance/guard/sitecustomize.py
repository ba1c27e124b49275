"""Imported by Python itself at the start of every process whose `PYTHONPATH` names this folder: writes down, one a line in the
file `RUPTURE_GUARD` names, each look-up, connection and datagram that is not for this machine, each address listened on that
others can reach, and each import of Chroma's server. It lets them happen: what goes out is counted elsewhere too.
"""

import os
import sys

_SERVER = ("chromadb.app", "chromadb.server")
"""Anybody who reaches Chroma's server can run code in it (CVE-2026-45829)."""


def _watch(file: str) -> None:
    from ipaddress import ip_address

    log = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    # Positions of the address or the host in what Python tells of each event.
    events = {
        "socket.connect": 1,
        "socket.sendto": 1,
        "socket.sendmsg": 1,
        "socket.bind": 1,
        "socket.getaddrinfo": 0,
        "socket.gethostbyname": 0,
        "socket.gethostbyaddr": 0,
        "socket.getnameinfo": 0,
    }

    def outside(host: object) -> bool:
        name = host.decode("utf-8", "replace") if isinstance(host, bytes) else host
        if name in (None, "localhost"):
            return False
        try:
            return not ip_address(str(name).partition("%")[0]).is_loopback
        except ValueError:
            return True

    def hook(event: str, arguments: tuple) -> None:
        if event == "import" and str(arguments[0]).startswith(_SERVER):
            os.write(log, f"import {arguments[0]}\n".encode())
        if event not in events:
            return
        found = arguments[events[event]]
        host = found[0] if isinstance(found, tuple) else found
        in_file_system = isinstance(found, (str, bytes)) and event in ("socket.connect", "socket.bind", "socket.sendto")
        # A number is the address of a family that stays on this machine, such as netlink.
        if not in_file_system and not isinstance(host, int) and outside(host):
            os.write(log, f"{event} {found!r}\n".encode(errors="replace"))

    sys.addaudithook(hook)


if os.environ.get("RUPTURE_GUARD"):
    _watch(os.environ["RUPTURE_GUARD"])
