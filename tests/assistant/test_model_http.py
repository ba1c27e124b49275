"""Where the HTTP of a chat model may go, what it says of itself on the way, and where it ends: over real sockets, no model."""

import json
import re
import socket
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from rupture.assistant import model_http
from rupture.assistant.chat_models import LangChainChat, chat_model_from_environment
from rupture.assistant.model_http import local_client, loopback_url, remote_client, remote_url
from rupture.errors import ChatModelError

NAMES = ("RUPTURE_CHAT_MODEL", "RUPTURE_CHAT_URL", "RUPTURE_CHAT_KEY")


@contextmanager
def serving(body=b"fine", status=200, **headers):
    """A server on a free port that keeps connections open; it gives its address, and each request's line, headers and peer."""
    seen = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            length = int(self.headers.get("Content-Length", 0))
            seen.append((self.path, self.headers, self.client_address, self.rfile.read(length)))
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self):
            self.do_GET()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", seen
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("url", "after"),
    [
        ("http://127.0.0.1", "http://127.0.0.1"),
        ("http://localhost/v1", "http://127.0.0.1/v1"),
        ("https://localhost:0443/v1/", "https://127.0.0.1:443/v1/"),
        ("http://[::1]/v1", "http://[::1]/v1"),
        ("HTTP://127.0.0.1:8080/v1", "http://127.0.0.1:8080/v1"),
    ],
)
def test_an_address_of_this_machine_is_written_out_in_numbers(url, after):
    assert loopback_url(url) == after


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("http://evil.test:80/v1", "http://evil.test is"),
        ("ftp://127.0.0.1/", "ftp://127.0.0.1 is"),
        ("http://[::1/v1", "?://? is"),
        ("http://127.0.0.1:99999/", "?://? is"),
        ("/v1", "?://? is"),
        ("http://127.0.0.1/%41", "http://127.0.0.1 is"),
        ("http://127.0.0.1/ü", "http://127.0.0.1 is"),
        ("http://127.0.0.1/\x7f", "http://127.0.0.1 is"),
        ("http://0000:0::1/", "?://? is"),
    ],
)
def test_what_is_refused_is_named_without_its_path(url, told):
    with pytest.raises(ChatModelError) as error:
        loopback_url(url)
    assert str(error.value) == (
        f"The chat model's address {told} not on this machine, so it is refused: a session must not leave it. "
        "Use a server at 127.0.0.1 or localhost."
    )


@pytest.mark.parametrize("url", ["https://models.example.org/v1", "https://models.example.org:8443", "https://10.0.0.7/v1"])
def test_a_remote_address_stays_as_it_is(url):
    assert remote_url(url) == url


@pytest.mark.parametrize(
    "url",
    [
        *(
            "http://models.example.org/v1",
            "https:///v1",
            "https://me@models.example.org/v1",
            "https://:key@models.example.org/v1",
        ),
        *("https://models.example.org/v1?key=1", "https://models.example.org/#a", "https://models.example.org\\@evil.test/"),
        *("https://models.example.org/a b", "https://modëls.example.org/", "https://[::1/v1", "https://@models.example.org/", ""),
    ],
)
def test_a_remote_address_that_could_leak_or_be_read_in_two_ways_is_refused(url):
    with pytest.raises(ChatModelError, match=r"^RUPTURE_CHAT_URL of a remote model must be https://HOST/…, without a password"):
        remote_url(url)


def test_a_local_client_reaches_this_machine_alone():
    with serving() as (url, seen):
        assert local_client().get(f"{url}/v1/x?page=1#top").text == "fine"
        with pytest.raises(ChatModelError, match=r"http://models\.example\.org is not on this machine"):
            local_client().get("http://models.example.org/v1")
    assert [path for path, *_ in seen] == ["/v1/x?page=1"]


@pytest.mark.parametrize("url", ["https://elsewhere.example.org/v1", "http://models.example.org/v1", "https://127.0.0.1/v1"])
def test_a_remote_client_reaches_its_host_alone_and_never_in_the_clear(url):
    with pytest.raises(httpx.UnsupportedProtocol, match=r"^the model's host is not the one that was turned on$"):
        remote_client("models.example.org").get(url)


def test_a_remote_client_does_speak_to_its_host():
    with serving() as (url, seen), pytest.raises(httpx.ConnectError):  # the server speaks no TLS
        remote_client("127.0.0.1").get(url.replace("http:", "https:"))
    assert seen == []


def test_a_client_says_what_it_must_trusts_no_environment_and_gives_up_in_time(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    client = local_client()
    with serving() as (url, seen):
        assert [client.get(url).status_code for _ in range(2)] == [200, 200]
    assert [headers["Accept-Encoding"] for _, headers, _, _ in seen] == ["identity"] * 2
    assert len({peer for _, _, peer, _ in seen}) == 2, "the connection was kept open"
    assert client.timeout == httpx.Timeout(120)
    assert (client.trust_env, client.follow_redirects) == (False, False)
    client.close()


@pytest.mark.parametrize("told", [{"status": 302, "Location": "http://127.0.0.1:9/"}, {"Content_Encoding": "identity"}])
def test_an_answer_that_leads_elsewhere_or_is_packed_is_no_answer(told):
    with serving(**told) as (url, _), pytest.raises(httpx.RemoteProtocolError, match=r"^the server redirected or compressed"):
        local_client().get(url)


def test_status_and_headers_of_an_answer_come_through():
    with serving(status=404, X_Told="this") as (url, _):
        found = local_client().get(url)
    assert (found.status_code, found.headers["X-Told"], found.extensions["http_version"]) == (404, "this", b"HTTP/1.1")


@pytest.mark.parametrize(("length", "comes"), [(10, True), (11, False)])
def test_an_answer_ends_when_it_is_too_long(monkeypatch, length, comes):
    monkeypatch.setattr(model_http, "_MOST_BYTES", 10)
    with serving(b"a" * length) as (url, _):
        if comes:
            assert local_client().get(url).content == b"a" * length
        else:
            with pytest.raises(httpx.ReadError, match=r"^the server's answer is too long or takes too long$"):
                local_client().get(url)


def test_an_answer_ends_when_it_takes_too_long(monkeypatch):
    with serving() as (url, _), local_client() as client:
        monkeypatch.setattr(model_http, "SECONDS", -1)
        with pytest.raises(httpx.ReadError, match="takes too long"):
            client.get(url)


@pytest.fixture
def environment(monkeypatch):
    """Sets the three variables to these values, or to none."""

    def told(*values):
        for name, value in zip(NAMES, (*values, None, None, None), strict=False):
            if value is None:
                monkeypatch.delenv(name, raising=False)
            else:
                monkeypatch.setenv(name, value)

    return told


@pytest.fixture
def closed():
    """A port of this machine where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


@pytest.mark.parametrize("model", [None, "", "  "])
def test_no_model_is_turned_on_by_itself(environment, model):
    environment(model, "http://127.0.0.1:8080/v1")
    assert chat_model_from_environment() is None


@pytest.mark.parametrize("model", ["ollama", "ollama:", ":llama3.2", "cloud:x", "Ollama:x"])
def test_a_model_that_is_not_understood_is_named_with_what_would_be(environment, model):
    environment(model)
    with pytest.raises(ChatModelError) as error:
        chat_model_from_environment()
    assert str(error.value) == (
        f"RUPTURE_CHAT_MODEL={model!r} is not understood. Use provider:model with one of ollama, llamacpp, openai, "
        "for example ollama:llama3.2; or remote:model for one that is not on this machine (see README)."
    )


def test_a_server_without_a_usual_place_needs_its_address(environment):
    environment("openai:m", " ")
    with pytest.raises(
        ChatModelError, match=r"^Set RUPTURE_CHAT_URL to the server's address on this machine, for example http://127"
    ):
        chat_model_from_environment()


@pytest.mark.parametrize(
    ("url", "key"), [(None, "k"), ("https://models.example.org/v1", None), ("https://models.example.org/v1", " ")]
)
def test_a_remote_model_needs_its_address_and_its_key(environment, url, key):
    environment("remote:big", url, key)
    with pytest.raises(
        ChatModelError, match=r"^A remote model needs its address in RUPTURE_CHAT_URL \(https://…/v1\) and its key"
    ):
        chat_model_from_environment()


def test_a_remote_model_is_told_from_a_local_one_by_its_host(environment, closed):
    environment(" remote:big:70b ", " https://models.example.org/v1 ", " secret ")
    remote = chat_model_from_environment()
    assert (remote.name, remote.host) == ("big:70b", "models.example.org")
    environment("llamacpp:small", f"http://localhost:{closed}/v1", "secret")
    local = chat_model_from_environment()
    assert (local.name, local.host) == ("small", "")
    environment("openai:small", "https://models.example.org/v1")
    with pytest.raises(ChatModelError, match=r"https://models\.example\.org is not on this machine"):
        chat_model_from_environment()


def test_what_a_local_server_is_sent():
    chunks = [
        {"id": "c", "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"content": c}}]} for c in ("So", ".")
    ]
    body = "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks).encode() + b"data: [DONE]\n\n"
    with serving(body, Content_Type="text/event-stream") as (url, seen):
        assert "".join(LangChainChat("small", f"{url}/v1").stream("the rules", "the turns")) == "So."
    (listed, _, _, _), (path, headers, _, sent) = seen
    assert (listed, path) == ("/api/tags", "/v1/chat/completions")
    assert headers["Authorization"] == "Bearer not-needed"
    assert "OpenAI-Organization" not in headers
    assert json.loads(sent) == {
        "model": "small",
        "messages": [{"role": "system", "content": "the rules"}, {"role": "user", "content": "the turns"}],
        "max_completion_tokens": 400,
        "temperature": 0,
        "stream": True,
    }


def test_a_server_that_fails_is_asked_once_and_its_words_are_not_repeated():
    with serving(b"the turns", status=500) as (url, seen):
        with pytest.raises(ChatModelError) as error:
            list(LangChainChat("small", f"{url}/v1").stream("the rules", "the turns"))
        assert re.fullmatch(r"the language model did not answer \(\w+Error\)", str(error.value))
        assert error.value.__cause__ is None
    assert [path for path, *_ in seen] == ["/api/tags", "/v1/chat/completions"]


@pytest.mark.parametrize(
    ("entry", "refused"),
    [
        ({"name": "small", "remote_host": "https://elsewhere.test"}, True),
        ({"model": "SMALL:latest", "remote_model": "huge"}, True),
        ({"name": "other", "model": "small", "remote_model": "huge"}, True),
        ({"name": "small:7b", "remote_host": "https://elsewhere.test"}, False),
        ({"name": "small", "remote_host": "", "remote_model": None}, False),
        ({"remote_host": "https://elsewhere.test"}, False),
        ({"name": "none", "model": "none", "remote_host": "https://elsewhere.test"}, False),
    ],
)
def test_a_model_that_is_listed_as_running_elsewhere_is_refused(entry, refused):
    with serving(json.dumps({"models": [entry]}).encode()) as (url, _):
        if refused:
            with pytest.raises(ChatModelError) as error:
                LangChainChat("Small", f"{url}/v1")
            assert str(error.value) == (
                "The model 'Small' runs on another machine although its port is local, so it is refused. "
                "Choose one that is on this machine."
            )
        else:
            assert LangChainChat("Small", f"{url}/v1").host == ""
