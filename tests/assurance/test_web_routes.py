"""The screen against hostile requests, first part: which routes there are, and that neither a path nor a message makes the server
read a file or go anywhere. One server in a process of its own, under the guard of this folder.

Proven elsewhere and not repeated: foreign hosts and origins at the upload, every header, sizes by length and while streaming,
listening on this machine alone (`tests/ui/test_server.py`); logins, cookies, origins and hosts of a shared screen
(`tests/ui/test_login.py`); what XSS payloads do in a real browser (`tests/ui/test_journeys.py`, `test_more_journeys.py`,
`test_escape.py`); files that are bombs (`tests/formats/test_hostile_files.py`); addresses of language models
(`tests/assistant/test_chat_models.py`); nothing sent by itself (`test_egress.py`).
"""

import asyncio
import contextlib
import os
import re
import socket
import threading
import time

import pytest

from rupture.privacy.hardening import HEADERS
from rupture.ui.guard import ROUTES
from tests.assurance.visitor import Visitor
from tests.assurance.web_screen import CANARY, ask, kept, opened, raw
from tests.ui.standins import SESSION

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def screen(tmp_path_factory):
    with opened(tmp_path_factory.mktemp("web")) as found:
        yield found


OPEN = {
    "/",
    "/assets/",
    "/config",
    "/favicon.ico",
    "/gradio_api/app_id",
    "/gradio_api/cancel",
    "/gradio_api/heartbeat/",
    "/gradio_api/info",
    "/gradio_api/queue/data",
    "/gradio_api/queue/join",
    "/gradio_api/reset",
    "/gradio_api/run/predict",
    "/gradio_api/upload",
    "/gradio_api/upload_progress",
    "/static/",
    "/theme.css",
}


def served(routes):
    for route in routes:
        if hasattr(route, "effective_candidates"):
            yield from served(route.effective_candidates())
        elif getattr(route, "routes", None):
            yield from served(route.routes)
        else:
            yield route.path


@pytest.fixture(scope="module")
def gradio_routes():
    """Every path that Gradio serves below the guard, with `x` where a part is open."""
    import gradio as gr
    from fastapi import FastAPI

    async def paths():
        app = FastAPI()
        gr.mount_gradio_app(app, gr.Blocks(analytics_enabled=False), path="/", ssr_mode=False)
        return {re.sub(r"\{[^}]*\}", "x", path) for path in served(app.routes)}

    return asyncio.run(paths())


def test_the_routes_that_are_open_are_these_and_each_has_a_reason():
    assert set(ROUTES) == OPEN
    assert all(len(reason) > 5 for reason in ROUTES.values())


def test_every_other_route_that_gradio_serves_is_shut(screen, gradio_routes):
    port, _ = screen
    below = tuple(route for route in OPEN if route.endswith("/") and route != "/")
    shut = {path for path in gradio_routes if path not in OPEN and not path.startswith(below)}
    assert len(shut) > 50
    for path in shut | {"/login", "/logout", "/nowhere", "/gradio_api/queue/status", "/gradio_api/file=x"}:
        for method in ("GET", "POST"):
            answer = ask(port, path, method, b"{}" if method == "POST" else None, Content_Type="application/json")
            assert (answer.status, answer.body) == (404, b"Not here."), (method, path)


def test_the_policy_is_this_one_on_every_kind_of_answer(screen):
    port, _ = screen
    policy = (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; media-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; "
        "frame-src 'none'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
    )
    for path, status in (("/", 200), ("/config", 200), ("/theme.css", 200), ("/nowhere", 404), ("/gradio_api/queue/join", 405)):
        answer = ask(port, path)
        assert answer.status == status
        assert [value for name, value in answer.getheaders() if name.lower() == "content-security-policy"] == [policy]
        assert {name: answer.getheader(name) for name in HEADERS} == dict(HEADERS)


STEPS = (
    *(
        "../",
        "..%2f",
        "%2e%2e/",
        "%2e%2e%2f",
        "..%252f",
        "%252e%252e%252f",
        "..\\",
        "..%5c",
        "..%255c",
        "..%c0%af",
        "..%e0%80%af",
    ),
    *(
        "..%ef%bc%8f",
        "....//",
        "....%2f%2f",
        "..;/",
        ".%00./",
        "..%00/",
        "%u002e%u002e/",
        "./../",
        "x/../../",
        "/../",
        "%2f..%2f",
    ),
    *("..%2f..\\", "..%09/"),
)
BASES = (
    *(
        "/",
        "/assets/",
        "/static/",
        "/static/img/",
        "/gradio_api/file=",
        "/gradio_api/file/",
        "/gradio_api/heartbeat/",
        "/svelte/",
    ),
    *("/gradio_api/custom_component/1/client/component/", "/gradio_api/stream/x/1/1/", "/gradio_api/proxy=", "/monitoring/"),
    *("/gradio_api/upload/", "/gradio_api/call/x/", "/pwa_icon/"),
)


def forms_of(path):
    """Ways to write the absolute `path` after the beginning of a route."""
    inner, whole = path.lstrip("/"), path.replace("/", "%2f")
    return [
        *(step * 12 + inner for step in STEPS),
        *(path, f"/{path}", whole, path.replace("/", "%252f"), f"file://{path}", f"file:{path}", f"{path}%00.png", f"%00{path}"),
        *(f"C:{path}", f"C:%5c{inner}", f"//localhost{path}", f"%5c%5c127.0.0.1%5cc$%5c{inner}", f"%5c%5c%3f%5c{inner}"),
        *(f"~{path}", f"/proc/self/root{path}", f"/proc/self/cwd/{os.path.basename(path)}", f"/dev/fd/../../{inner}"),
    ]


def test_no_way_to_write_a_path_reads_a_file_of_this_machine(screen):
    port, folder = screen
    os.symlink(folder / "canary.txt", folder / "temp" / "link.txt")
    targets = [str(folder / "canary.txt"), str(folder / "temp" / "link.txt")]
    tried = 0
    for base in BASES:
        for form in (form for target in targets for form in forms_of(target)):
            answer = raw(port, b"GET " + f"{base}{form}".encode() + b" HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            assert CANARY not in answer, base + form
            # Below the heartbeat's address stands a name, whatever it is.
            assert answer.split(b" ")[1][:1] == b"4" or base == "/gradio_api/heartbeat/", (base + form, answer[:200])
            tried += 1
    (folder / "temp" / "link.txt").unlink()
    assert tried == len(BASES) * 2 * (len(STEPS) + 17)


NAMING = ("Referer", "X_Forwarded_For", "X_Forwarded_Host", "X_Gradio_Server", "X_Original_Url", "X_Rewrite_Url", "Forwarded")


def test_a_message_cannot_name_a_file_or_an_address_to_be_read(screen):
    port, folder = screen
    visitor = Visitor(f"http://127.0.0.1:{port}")
    files = [folder / "canary.txt", folder / "temp" / "session.txt", folder / "notes.md"]
    for file in files[1:]:
        file.write_text(SESSION, encoding="utf-8")
    with trap() as (address, asked):
        paths = [*map(str, files), "/etc/passwd", "../canary.txt", "canary.txt", "notes.md", "~/notes.md", "file:///etc/passwd"]
        paths += [f"http://{address}/words.txt", f"{address}/x", "http://192.0.2.1/words.txt", "http://canary.invalid/x.txt"]
        paths += ["http://x/../../notes.md", "\0", ""]
        for path in paths:
            for extra in ({}, {"url": f"http://{address}/u.txt"}, {"url": "http://192.0.2.1/"}, {"is_stream": True}):
                file = {"path": path, "meta": {"_type": "gradio.FileData"}, "orig_name": "a.txt", **extra}
                said = visitor.fire("box", "submit", {"text": "", "files": [file]})
                # What is marked as a stream goes on to the reader, who finds no such file.
                assert '"success":false' in said or ("http" in path and "is_stream" in extra), (path, extra)
                assert "A session of" not in said
        for text in (f"http://{address}/words.txt", f"![x](http://{address}/i.png)", f"<img src=http://{address}/>"):
            assert '"success":true' in visitor.fire("box", "submit", {"text": f"{text}\n{SESSION}{text}", "files": []})
        for name in NAMING:
            assert ask(port, "/config", **{name: f"http://{address}/h"}).status == 200
        assert asked == []
        assert (folder / "guard.log").read_bytes() == b""
        # The control: the trap sees who comes.
        host, at = address.split(":")
        socket.create_connection((host, int(at))).close()
        time.sleep(0.2)
        assert len(asked) == 1
    # None was taken for an upload that has been read and may go.
    assert all(file.exists() for file in files)
    assert kept(folder) == [folder / "temp" / "session.txt"]


@contextlib.contextmanager
def trap():
    """(address, visitors) of a listener that nobody should come to."""
    listener = socket.create_server(("127.0.0.1", 0))
    asked = []

    def listen():
        with contextlib.suppress(OSError):
            while True:
                visitor, _ = listener.accept()
                asked.append(visitor.getpeername())
                visitor.close()

    threading.Thread(target=listen, daemon=True).start()
    with listener:
        yield f"127.0.0.1:{listener.getsockname()[1]}", asked
