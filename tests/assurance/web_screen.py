"""A screen for hostile requests, in a process of its own under the guard of this folder, and requests as they are written."""

import contextlib
import http.client
import os
import socket
import subprocess
import sys

from tests.assurance.visitor import free_port, wait_until_open
from tests.assurance.watched import GUARD, ROOT

CANARY = b"waldrapp-in-a-file"
SERVE = """
import sys
from pathlib import Path
from rupture.privacy.hardening import harden
harden()
from rupture import listening
from rupture.listening import listen
from rupture.ui import server
from tests.ui.standins import assistant
listening.HEADER_SECONDS, listening.MOST_CONNECTIONS, server.guard_module.BODY_SECONDS = 2.0, 40, 3.0
listener = listen(int(sys.argv[1]))
server._run(server.build_app(assistant, Path("nowhere")), listener)
""".replace("server.guard_module", "sys.modules[server.Guard.__module__]")


@contextlib.contextmanager
def opened(folder):
    """(port, folder) of a screen whose patience is short; in `folder` are its temp folder, a canary and the guard's log."""
    (folder / "temp").mkdir()
    (folder / "canary.txt").write_bytes(CANARY)
    port = free_port()
    own = {"TMPDIR": str(folder / "temp"), "RUPTURE_GUARD": str(folder / "guard.log")}
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-c", SERVE, str(port)],
            env={**os.environ, **own, "PYTHONPATH": f"{GUARD}{os.pathsep}{ROOT}"},
            cwd=folder,
            stdout=said,
            stderr=said,
        )
        try:
            assert wait_until_open(process, port), (folder / "said").read_text()[-2000:]
            yield port, folder
            assert process.poll() is None, "the server did not outlive the tests"
        finally:
            process.terminate()
            process.wait(30)


def ask(port, path="/", method="GET", body=None, **headers):
    """The whole answer to a request whose path is sent as it is."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    with contextlib.closing(connection):
        connection.putrequest(method, path, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        answer = connection.getresponse()
        try:
            answer.body = answer.read()
        except http.client.IncompleteRead as cut:
            answer.body = cut.partial
        return answer


def raw(port, data, seconds=60.0):
    """What comes back for `data`, sent as it is; empty when the connection is closed without an answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as visitor:
        visitor.sendall(data)
        with contextlib.suppress(ConnectionError):
            return visitor.recv(65_536)
    return b""


def multipart(*files):
    """The body and type of a form with the files (name, content)."""
    parts = b"".join(
        b'--b\r\nContent-Disposition: form-data; name="files"; filename="' + name + b'"\r\n\r\n' + content + b"\r\n"
        for name, content in files
    )
    return parts + b"--b--\r\n", "multipart/form-data; boundary=b"


def kept(folder):
    return sorted(path for path in (folder / "temp").rglob("*") if path.is_file() and path.name != "in-use")
