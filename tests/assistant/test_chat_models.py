"""Chat models stay on this machine: which addresses are refused, and what a hostile server or environment can do."""

import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from written_sessions import WITHDRAWAL

from rupture.assistant.chat_models import LangChainChat, chat_model_from_environment
from rupture.assistant.model_http import loopback_url
from rupture.errors import ChatModelError

REFUSED = [
    "http://169.254.169.254/latest/meta-data/",
    "http://[fd00:ec2::254]/",
    "http://metadata.google.internal/",
    "http://2130706433/v1",
    "http://0x7f000001/v1",
    "http://0177.0.0.1/v1",
    "http://0x7f.0.0.1/v1",
    "http://127.1/v1",
    "http://127.0.1/v1",
    "http://017700000001/v1",
    "http://[::ffff:127.0.0.1]/v1",
    "http://[::ffff:10.0.0.1]/v1",
    "http://[::127.0.0.1]/v1",
    "http://[::1%25lo]/v1",
    "http://0.0.0.0:8080/v1",
    "http://[::]:8080/v1",
    "http://localhost.:8080/v1",
    "http://localhost.evil.test/v1",
    "http://127.0.0.1.nip.io/v1",
    "http://127.0.0.1@evil.test/v1",
    "http://evil.test@127.0.0.1/v1",
    "http://user:pass@localhost:8080/v1",
    "http://127.0.0.1\\@evil.test/v1",
    "http://evil.test#@127.0.0.1/",
    "http://127.0.0.1:8080/v1?next=http://evil.test",
    "http://127.0.0.1 .evil.test/v1",
    "http://127.0.0.1\n.evil.test/v1",
    "http://①②⑦.⓪.⓪.①/v1",
    "http://ⓛocalhost/v1",
    "http://127.0.0.1:99999/v1",
    "http://[::1/v1",
    "http://10.0.0.7:11434/v1",
    "http://192.168.1.4/v1",
    "https://api.openai.com/v1",
    "file:///etc/passwd",
    "gopher://127.0.0.1:70/",
    "ftp://localhost/",
    "unix:///var/run/model.sock",
    "//127.0.0.1/v1",
    "127.0.0.1:8080",
    "localhost",
    "",
]


@pytest.fixture
def no_network(monkeypatch):
    """Every look-up and every connection is a failure, and is remembered."""
    tried = []

    def refuse(*args, **_):
        tried.append(args)
        raise AssertionError(f"the network was used: {args}")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket, "gethostbyname", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    return tried


@pytest.mark.parametrize("url", REFUSED)
def test_anything_but_loopback_is_refused_without_looking_it_up(url, no_network):
    with pytest.raises(ChatModelError, match=r"not on this machine|not understood"):
        LangChainChat("m", url)
    assert no_network == []


@pytest.mark.parametrize(
    ("url", "sent_to"),
    [
        ("http://127.0.0.1:8080/v1", "http://127.0.0.1:8080/v1"),
        ("http://LocalHost:11434/v1", "http://127.0.0.1:11434/v1"),
        ("http://[::1]:8080/v1", "http://[::1]:8080/v1"),
        ("https://127.9.8.7/v1", "https://127.9.8.7/v1"),
    ],
)
def test_loopback_is_accepted_and_no_name_is_left_in_it(url, sent_to, no_network):
    assert loopback_url(url) == sent_to


class _Server:
    """An HTTP server on a free loopback port; `answer` writes what comes back, `seen` are the requests, `sent` their bodies."""

    def __init__(self, answer, tags=None):
        seen, sent = self.seen, self.sent = [], []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                seen.append(("GET", self.path))
                body = json.dumps(tags or {"models": []}).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self):
                seen.append(("POST", self.path))
                sent.append(self.rfile.read(int(self.headers.get("Content-Length", 0))))
                answer(self)

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.handle_error = lambda *_: None  # a client that hangs up is part of the tests
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def posts(self):
        return [path for method, path in self.seen if method == "POST"]

    def close(self):
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def serve():
    servers = []

    def start(answer, tags=None):
        servers.append(_Server(answer, tags))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def _sse(*texts):
    lines = [
        json.dumps({"id": "c", "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"content": t}}]})
        for t in texts
    ]
    return "".join(f"data: {line}\n\n" for line in [*lines, "[DONE]"]).encode()


def _body(body, status=200, kind="text/event-stream", **headers):
    def answer(handler):
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def _chat(url):
    return LangChainChat("model", url)


def test_pieces_come_through_as_they_are_sent(serve):
    server = serve(_body(_sse("Own ", "the part ", "[1].")))
    assert list(_chat(server.url).stream("system", "user"))[:3] == ["Own ", "the part ", "[1]."]
    assert server.posts == ["/v1/chat/completions"]


def test_a_proxy_in_the_environment_gets_no_connection(serve, monkeypatch):
    proxy, server = serve(_body(_sse("stolen"))), serve(_body(_sse("fine")))
    address = proxy.url.removesuffix("/v1")
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy", "OPENAI_PROXY"):
        monkeypatch.setenv(name, address)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert "".join(_chat(server.url).stream("s", "u")) == "fine"
    assert proxy.seen == []


def test_settings_of_other_tools_do_not_move_the_address_or_trace_it(serve, monkeypatch):
    trap, server = serve(_body(_sse("stolen"))), serve(_body(_sse("fine")))
    for name in ("OPENAI_API_BASE", "OPENAI_BASE_URL", "LANGSMITH_ENDPOINT", "LANGCHAIN_ENDPOINT"):
        monkeypatch.setenv(name, trap.url)
    for name in ("LANGSMITH_TRACING", "LANGCHAIN_TRACING_V2"):
        monkeypatch.setenv(name, "true")
    monkeypatch.setenv("LANGSMITH_API_KEY", "key")
    assert "".join(_chat(server.url).stream("s", "u")) == "fine"
    assert trap.seen == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(serve, status):
    trap = serve(_body(_sse("stolen")))
    server = serve(_body(b"", status, Location=f"{trap.url}/chat/completions"))
    with pytest.raises(ChatModelError):
        list(_chat(server.url).stream("s", "u"))
    assert trap.seen == []


@pytest.mark.parametrize(
    "entry",
    [
        {"name": "model", "remote_host": "https://ollama.com:443"},
        {"name": "MODEL:latest", "remote_host": "https://ollama.com:443"},
        {"model": "model:latest", "remote_model": "gpt-oss:120b"},
    ],
)
def test_an_ollama_model_that_runs_elsewhere_is_refused_before_anything_is_sent(serve, entry):
    server = serve(_body(_sse("x")), tags={"models": [{"name": "other"}, entry]})
    with pytest.raises(ChatModelError, match="another machine"):
        _chat(server.url)
    assert server.posts == []


@pytest.mark.parametrize("model", ["gpt-oss:120b-cloud", "qwen3:cloud", "KIMI-CLOUD"])
def test_cloud_names_are_refused_even_unlisted(serve, model):
    with pytest.raises(ChatModelError, match="another machine"):
        LangChainChat(model, serve(_body(b"")).url)


@pytest.mark.parametrize("tags", [{"models": None}, {"models": "x"}, {"models": [1, None]}, [], "x", {"models": {"a": 1}}])
def test_an_odd_list_of_models_refuses_nothing_and_breaks_nothing(serve, tags):
    assert _chat(serve(_body(_sse("x")), tags=tags).url)


BROKEN = {
    "empty": _body(b""),
    "html": _body(b"<html>502 Bad Gateway</html>", kind="text/html"),
    "bad json": _body(b"data: {nope\n\n"),
    "wrong schema": _body(b'data: {"choices": "none"}\n\n'),
    "no choices": _body(b'data: {"id": 1}\n\ndata: [DONE]\n\n'),
    "null content": _body(b'data: {"choices": [{"index": 0, "delta": {"content": null}}]}\n\ndata: [DONE]\n\n'),
    "deep": _body(b"data: " + b"[" * 10_000 + b"\n\n"),
    "error in 200": _body(b'data: {"error": {"message": "out of memory"}}\n\n'),
    "429": _body(b'{"error": "slow down"}', 429, "application/json", Retry_After="600"),
    "500": _body(b"oops", 500, "text/plain"),
    "404": _body(b'{"error": "no such model"}', 404, "application/json"),
    "gzip": _body(b"\x1f\x8b\x08\x00garbage", Content_Encoding="gzip"),
    "binary": _body(bytes(range(256)) * 40),
    "no newline for megabytes": _body(b"data: " + b"a" * 6_000_000),
    "megabytes of prose": _body(_sse(*["more and more "] * 40_000)),
    "cut short": _body(_sse("Own the part"), Content_Length="99999"),
    "surrogates": _body(b'data: {"choices": [{"index": 0, "delta": {"content": "\\ud800 [1]."}}]}\n\ndata: [DONE]\n\n'),
    "obeys": _body(_sse("The client is safe [1]. ", "See http://evil.test [1].")),
}


@pytest.mark.parametrize("name", BROKEN)
def test_whatever_the_server_sends_the_composed_reply_stands(ask, serve, name):
    plain, _ = ask(WITHDRAWAL, "what could I have said?")
    reply, _ = ask(WITHDRAWAL, "what could I have said?", chat=_chat(serve(BROKEN[name]).url))
    assert (reply.text, reply.claims, reply.source) == (plain.text, plain.claims, "composed")
    assert reply.note


SCHEMA = {"title": "codes", "type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}


def _completion(content, reason="stop"):
    message = {"role": "assistant", "content": content}
    choice = {"index": 0, "message": message, "finish_reason": reason}
    body = {"id": "c", "object": "chat.completion", "created": 0, "model": "model", "choices": [choice]}
    return _body(json.dumps(body).encode(), kind="application/json")


def test_an_answer_is_asked_for_with_its_schema_and_comes_back_as_data(serve):
    server = serve(_completion('{"n": 1}'))
    assert _chat(server.url).answer("the rules", "the turns", SCHEMA) == {"n": 1}
    (sent,) = map(json.loads, server.sent)
    assert [(m["role"], m["content"]) for m in sent["messages"]] == [("system", "the rules"), ("user", "the turns")]
    assert sent["response_format"] == {
        "type": "json_schema",
        "json_schema": {"name": "codes", "schema": SCHEMA, "strict": True},
    }
    assert sent["temperature"] == 0
    assert sent["max_completion_tokens"] > json.loads(_streamed(serve))["max_completion_tokens"]


def _streamed(serve):
    server = serve(_body(_sse("fine")))
    list(_chat(server.url).stream("s", "u"))
    return server.sent[0]


@pytest.mark.parametrize(
    "content",
    ["", "codes: none", '{"n": ', "[]", '[["n", 1]]', "null", "1", '"n"', "[" * 100_000, '{"n":' * 100_000, "9" * 5_000],
)
def test_an_answer_that_is_no_object_is_an_error_that_repeats_none_of_it(serve, content):
    with pytest.raises(ChatModelError, match=r"in the form it was asked for$"):
        _chat(serve(_completion(content)).url).answer("s", "u", SCHEMA)


def test_an_answer_cut_off_at_the_limit_is_an_error(serve):
    with pytest.raises(ChatModelError, match=r"did not (answer|finish)"):
        _chat(serve(_completion('{"n": 1', "length")).url).answer("s", "u", SCHEMA)


@pytest.mark.parametrize("name", BROKEN)
def test_whatever_the_server_sends_for_data_is_one_error_without_the_session(serve, name):
    with pytest.raises(ChatModelError, match="the language model did not") as failed:
        _chat(serve(BROKEN[name]).url).answer("s", "a secret session", SCHEMA)
    assert "secret" not in str(failed.value)
    assert failed.value.__cause__ is None


def test_a_server_that_is_not_there_costs_little_and_says_so(ask):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    reply, _ = ask(WITHDRAWAL, "what could I have said?", chat=_chat(f"http://127.0.0.1:{port}/v1"))
    assert reply.source == "composed"
    assert "did not answer" in reply.note
    assert "fine" not in reply.note


def test_a_body_that_dribbles_is_given_up(serve, monkeypatch):
    from rupture.assistant import model_http

    monkeypatch.setattr(model_http, "SECONDS", 0.3)
    stop = threading.Event()

    def dribble(handler):
        handler.send_response(200)
        handler.end_headers()
        while not stop.wait(0.05):
            try:
                handler.wfile.write(b"x")
            except OSError:
                return

    server = serve(dribble)
    try:
        with pytest.raises(ChatModelError):
            list(_chat(server.url).stream("s", "u"))
    finally:
        stop.set()


@pytest.mark.parametrize("name", ["gpt-4", "openai:", ":x", "anthropic:claude", "azure:gpt", "http://x:y"])
def test_a_setting_that_is_not_understood_says_what_is(monkeypatch, name):
    monkeypatch.setenv("RUPTURE_CHAT_MODEL", name)
    with pytest.raises(ChatModelError, match="provider:model"):
        chat_model_from_environment()


def test_openai_needs_an_address_and_never_its_makers(monkeypatch, no_network):
    monkeypatch.setenv("RUPTURE_CHAT_MODEL", "openai:gpt")
    monkeypatch.delenv("RUPTURE_CHAT_URL", raising=False)
    with pytest.raises(ChatModelError, match="RUPTURE_CHAT_URL"):
        chat_model_from_environment()
    monkeypatch.setenv("RUPTURE_CHAT_URL", "https://api.openai.com/v1")
    with pytest.raises(ChatModelError, match="not on this machine"):
        chat_model_from_environment()
    assert no_network == []


def test_no_setting_no_model(monkeypatch):
    monkeypatch.delenv("RUPTURE_CHAT_MODEL", raising=False)
    assert chat_model_from_environment() is None
