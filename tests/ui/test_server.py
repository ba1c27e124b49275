"""The screen at HTTP level, from outside: hosts, origins, sizes, headers, routes. Nothing here needs a browser."""

import contextlib
import http.client
import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from rupture.privacy.hardening import HEADERS, MAX_REQUEST_BYTES
from tests.ui.conftest import ROOT


def ask(port: int, path: str = "/", method: str = "GET", body: bytes | None = None, **headers: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.putrequest(method, path, skip_host="Host" in headers)
    for name, value in headers.items():
        connection.putheader(name.replace("_", "-"), value)
    if body is not None and "Content_Length" not in headers:
        connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body)
    with contextlib.closing(connection):
        response = connection.getresponse()
        response.body = response.read()
        return response


FOREIGN = ["evil.test", "evil.test:7860", "127.0.0.1.evil.test", "0.0.0.0", "localhost.evil.test", "10.0.0.1"]  # noqa: S104


@pytest.mark.parametrize("host", FOREIGN)
def test_foreign_hosts_are_refused_without_a_cors_echo(screen, host):
    port, _ = screen
    response = ask(port, Host=host)
    assert response.status == 400
    assert response.getheader("Access-Control-Allow-Origin") is None


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.0.0.1:1234", "localhost:80"])
def test_own_hosts_are_served_with_every_header(screen, host):
    port, _ = screen
    response = ask(port, Host=host)
    assert response.status == 200
    for name, value in HEADERS.items():
        assert response.getheader(name) == value


@pytest.mark.parametrize("origin", ["http://evil.test", "null", "https://127.0.0.1.evil.test", "file://", "http://[127.0.0.1"])
def test_foreign_origins_are_refused_before_anything_is_stored(screen, origin):
    port, folder = screen
    before = sorted((folder / "temp").rglob("*"))
    response = ask(port, "/gradio_api/upload", "POST", b"x" * 1000, Origin=origin, Content_Type="multipart/form-data; boundary=b")
    assert response.status == 403
    assert response.getheader("Access-Control-Allow-Origin") is None
    assert sorted((folder / "temp").rglob("*")) == before


def test_too_large_requests_are_refused_by_length_and_while_streaming(screen):
    port, _ = screen
    response = ask(
        port,
        "/gradio_api/upload",
        "POST",
        b"",
        Content_Length=str(MAX_REQUEST_BYTES + 1),
        Content_Type="multipart/form-data; boundary=b",
    )
    assert response.status == 413
    assert f"{MAX_REQUEST_BYTES:,}" in response.body.decode()
    with socket.create_connection(("127.0.0.1", port), timeout=20) as raw:
        raw.sendall(
            b"POST /gradio_api/queue/join HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
        with contextlib.suppress(OSError):
            for _ in range(MAX_REQUEST_BYTES // 0x10000 + 2):
                raw.sendall(chunk)
        assert b" 413 " in raw.recv(200)


def test_there_is_no_public_api_and_unused_routes_are_shut(screen):
    port, _ = screen
    assert json.loads(ask(port, "/gradio_api/info").body) == {"named_endpoints": {}, "unnamed_endpoints": {}}
    for path in (
        "/docs",
        "/openapi.json",
        "/redoc",
        "/monitoring",
        "/gradio_api/runs",
        "/gradio_api/mcp/sse",
        "/gradio_api/proxy=http://127.0.0.1",
        "/gradio_api/process_recording",
        "/gradio_api/vibe-code",
    ):
        assert ask(port, path).status == 404, path


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        "..%2f..%2fetc%2fpasswd",
        "%2e%2e/%2e%2e/etc/passwd",
        "..\\..\\etc\\passwd",
        "file:///etc/passwd",
        "http://127.0.0.1:9/",
        "%00",
        "C:/Windows/win.ini",
    ],
)
def test_no_file_of_the_machine_is_served(screen, path):
    port, _ = screen
    response = ask(port, f"/gradio_api/file={path}")
    assert response.status in (400, 403, 404)
    assert b"root:" not in response.body


@pytest.mark.parametrize(
    "path", ["file=http://example.org/?words", "file=https://example.org/x.png", "file/https://example.org/"]
)
def test_the_server_fetches_nothing_for_the_page(screen, path):
    port, _ = screen
    response = ask(port, f"/gradio_api/{path}")
    assert response.status == 404
    assert response.body == b"Not here."


def test_the_page_takes_its_address_from_the_host_that_was_checked(screen):
    port, _ = screen
    for name in ("X_Forwarded_Host", "X_Gradio_Server"):
        assert b"evil.test" not in ask(port, "/config", **{name: "http://evil.test"}).body


def test_it_listens_on_this_machine_only(screen):
    port, _ = screen
    address = socket.gethostbyname(socket.gethostname())
    if address.startswith("127."):
        pytest.skip("this machine has no other address to try")
    with socket.socket() as probe:
        probe.settimeout(3)
        assert probe.connect_ex((address, port)) != 0


def test_a_taken_port_and_a_bad_port_are_said_with_what_to_do(screen):
    port, _ = screen
    for value, said in ((str(port), f"Port {port} is taken"), ("seventy", "PORT must be a whole number")):
        result = subprocess.run(
            [sys.executable, str(ROOT / "app.py")],
            env={"PORT": value, "PATH": "/usr/bin", "HOME": str(Path.home())},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert result.returncode == 2
        assert said in result.stderr
        assert "PORT=" in result.stderr
        assert "Traceback" not in result.stderr
