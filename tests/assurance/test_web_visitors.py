"""The screen against hostile requests, second part: pages of others, guessed sessions, broken bodies, slow visitors. The first
part, `test_web_routes.py`, names what is proven elsewhere; `test_web_uploads.py` is the third.
"""

import contextlib
import json
import socket
import time
from urllib.parse import quote

import pytest

from tests.assurance.visitor import Visitor
from tests.assurance.web_screen import ask, kept, opened, raw
from tests.ui.standins import SESSION, SLOW

pytestmark = pytest.mark.timeout(600)
POSTED = ("/gradio_api/queue/join", "/gradio_api/cancel", "/gradio_api/reset", "/gradio_api/upload")
READ = ("/", "/config", "/theme.css", "/favicon.ico", "/gradio_api/info", "/gradio_api/app_id", "/gradio_api/heartbeat/x")
SIMPLE = ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b", "application/json", "")
"""The first three are what a page of others may send without asking first."""


@pytest.fixture(scope="module")
def screen(tmp_path_factory):
    with opened(tmp_path_factory.mktemp("web")) as found:
        yield found


def elsewhere(port):
    """Headers as browsers send them for pages that are not the screen's own."""
    origins = ["http://evil.test", "https://evil.test", "null", f"http://evil.test:{port}", f"http://127.0.0.1.evil.test:{port}"]
    # Other programs of this machine serve pages too; so may a name that somebody pointed here.
    origins += ["http://127.0.0.1", f"http://127.0.0.1:{port + 1}", "http://localhost:8888", f"http://localhost:{port}"]
    origins += [
        f"https://127.0.0.1:{port + 1}",
        f"http://[::1]:{port}",
        f"http://127.0.0.1@evil.test:{port}",
        "file://",
        "x",
        "http://[",
    ]
    origins += [f"chrome-extension://{'a' * 32}", f"http://0.0.0.0:{port}", f"http://127.1:{port}", f"http://2130706433:{port}"]
    sites = [{"Sec_Fetch_Site": site, "Sec_Fetch_Mode": "no-cors"} for site in ("cross-site", "same-site", "nonsense")]
    sites += [{"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "iframe"}]
    return [{"Origin": origin} for origin in origins] + sites


def test_pages_of_others_can_post_nothing_and_read_nothing(screen):
    port, folder = screen
    before = kept(folder)
    for headers in elsewhere(port):
        for path in POSTED:
            for kind in SIMPLE:
                refused = ask(port, path, "POST", b"--b--\r\n", Content_Type=kind, **headers)
                assert refused.status == 403, (path, headers)
                assert not [name for name, _ in refused.getheaders() if name.lower().startswith("access-control")]
            preflight = ask(port, path, "OPTIONS", Access_Control_Request_Method="POST", **headers)
            assert preflight.status == 403
        for path in READ:
            refused = ask(port, path, **headers)
            assert (refused.status, refused.body) == (403, b"This screen answers its own page only."), (path, headers)
    assert kept(folder) == before
    own = ask(
        port,
        "/gradio_api/reset",
        "POST",
        b'{"event_id": "x"}',
        Content_Type="application/json",
        Origin=f"http://127.0.0.1:{port}",
    )
    assert own.status == 200
    link = {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "document"}
    assert ask(port, "/", **link).status == 200


def test_nobody_reads_or_changes_the_session_of_a_tab_whose_name_they_do_not_know(screen):
    port, _ = screen
    owner = Visitor(f"http://127.0.0.1:{port}")
    assert "A session of 12 turns" in owner.fire("box", "submit", {"text": SESSION, "files": []})
    for path in ("/", "/config", "/gradio_api/info", "/gradio_api/app_id", "/theme.css"):
        said = ask(port, path).body
        assert b"12 turns" not in said
        assert owner._session.encode() not in said
    guesses = ["", "0", "null", "undefined", "*", "%", "%00", owner._session[:-1], owner._session + "0", owner._session.upper()]
    guesses += [f"{owner._session}%00", f"%20{owner._session}", "../" + owner._session, "__proto__", "__class__", "0" * 10_000]
    guesses = [guess for guess in guesses if guess != owner._session]
    for guess in guesses:
        said = ask(port, f"/gradio_api/queue/data?session_hash={guess}").body
        assert b"12 turns" not in said
        assert b"process_" not in said
        body = json.dumps({"session_hash": guess, "event_id": "x", "fn_index": 0}).encode()
        assert ask(port, "/gradio_api/cancel", "POST", body, Content_Type="application/json").status < 500
    other = Visitor(f"http://127.0.0.1:{port}")
    # What is sent along in place of a state is not looked at: it is the tab's own or none.
    for forged in (None, {"session": 1}, owner._session, [[]]):
        assert "12 turns" not in other.fire("analyse", "click", "[]", "") + json.dumps(forged)
    assert "What was seen" in owner.fire("analyse", "click", "[]", "") + owner.fire(
        "box", "submit", {"text": "What was seen?", "files": []}
    )


def test_nobody_stops_or_hears_what_runs_for_another_tab(screen):
    port, _ = screen
    owner, other = Visitor(f"http://127.0.0.1:{port}"), Visitor(f"http://127.0.0.1:{port}")
    long = f"{SESSION}Client: And {SLOW}.\n"
    assert "A session of 13 turns" in owner.fire("box", "submit", {"text": long, "files": []})
    running = owner.begin("analyse", "click", "[]", "")
    time.sleep(1)
    session, event, function = running["session_hash"], running["event_id"], running["fn_index"]
    sessions = ["", other._session, session[:-1], session + "0", session.upper(), f"{session}_{function}", "<gradio-sep>", "*"]
    events = ["", "0", event[:-1], event + "0", "".join(reversed(event)), "<gradio-sep>", "../" + event]
    for guess in sessions:
        for name in events:
            body = json.dumps({"session_hash": guess, "event_id": name, "fn_index": function}).encode()
            for path in ("/gradio_api/cancel", "/gradio_api/reset"):
                assert ask(port, path, "POST", body, Content_Type="application/json").status == 200
        said = ask(port, f"/gradio_api/queue/data?session_hash={quote(guess)}").body
        assert event.encode() not in said
        assert b"turns" not in said
        body = json.dumps({"session_hash": guess, "fn_index": owner._events["stop", "click"]["id"], "data": [None]}).encode()
        said = ask(port, "/gradio_api/run/predict", "POST", body, Content_Type="application/json").body
        assert event.encode() not in said
    # Closing a tab of one's own, or of a guessed name, ends nothing of others.
    for guess in sessions:
        raw(port, f"GET /gradio_api/heartbeat/{quote(guess, safe='')} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
    assert "whatever you think" in owner.hear()
    # The control: who knows the names can stop it.
    assert "A session of 13 turns" in other.fire("box", "submit", {"text": long, "files": []})
    named = other.begin("analyse", "click", "[]", "")
    time.sleep(1)
    assert ask(port, "/gradio_api/cancel", "POST", json.dumps(named).encode(), Content_Type="application/json").status == 200
    assert "whatever you think" not in other.hear()


def bodies():
    deep = "[" * 10_000 + "]" * 10_000
    event = {"fn_index": 0, "session_hash": "x", "data": [], "event_data": None}
    yield from (b"", b"{", b"null", b"[]", b"0", b'"x"', b"\xff\xfe\x00", b"\x00" * 10_000, b"x" * 1_000_000, b"{" * 100_000)
    yield from (deep.encode(), json.dumps(event)[:-1].encode() + b', "data": ' + deep.encode() + b"}")
    yield from (
        json.dumps({**event, "data": [value]}).encode() for value in (float("nan"), float("inf"), 10**400, "\ud800", "x" * 10**6)
    )
    yield from (json.dumps({**event, "fn_index": value}).encode() for value in (-1, 10**30, "0", None, [0], 1.5, True, 10**6))
    yield from (json.dumps({**event, "session_hash": value}).encode() for value in (None, 0, [], {}, "x" * 10**5, "\x00"))
    yield from (json.dumps({**event, "data": value}).encode() for value in (None, {}, "x", [None] * 10**5, [{}] * 3))
    yield json.dumps({f"k{n}": n for n in range(50_000)}).encode()
    yield json.dumps(
        {**event, "trigger_id": "x", "event_data": {"a": {"__class__": "x", "lc": 1, "type": "constructor"}}}
    ).encode()
    yield b'{"fn_index": 0, "fn_index": 1, "session_hash": "x", "__proto__": {}}'


def test_broken_bodies_are_answered_and_the_next_good_one_works(screen):
    port, folder = screen
    kinds = ("application/json", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "x/y; charset=\xff")
    for body in bodies():
        for path in POSTED:
            for kind in kinds if len(body) < 1000 else kinds[:1]:
                answer = ask(port, path, "POST", body, Content_Type=kind)
                assert 200 <= answer.status < 600
                assert b"Traceback" not in answer.body
                assert str(folder).encode() not in answer.body
    for method in ("PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "PROPFIND", "x"):
        for path in ("/", *POSTED):
            assert ask(port, path, method).status in (400, 404, 405, 501)
    for lines in (
        *(
            b"GET / HTTP/1.1\r\n\r\n",
            b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.test\r\n\r\n",
            b"\x16\x03\x01\x02\x00" * 10 + b"\r\n\r\n",
        ),
        *(
            b"GET http://evil.test/ HTTP/1.1\r\nHost: evil.test\r\n\r\n",
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            b"GET / HTTP/9.9\r\n\r\n",
        ),
        b"POST /gradio_api/reset HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nG",
        b"POST /gradio_api/reset HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -5\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + b"x" * 1_000_000 + b"\r\n\r\n",
    ):
        with contextlib.suppress(ConnectionError):
            assert raw(port, lines).split(b" ")[1:2] in ([b"400"], [b"404"], [b"413"], [b"422"], []), lines[:80]
    assert "process_completed" in Visitor(f"http://127.0.0.1:{port}").fire(
        "box", "submit", {"text": "What is a rupture?", "files": []}
    )


def test_slow_visitors_are_sent_away_and_do_not_keep_others_out(screen):
    port, _ = screen
    post = b"POST /gradio_api/queue/join HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    slow = [b"", b"GET", b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-A: b\r\n", post + b"Content-Length: 100\r\n\r\n{"]
    slow += [post + b"Transfer-Encoding: chunked\r\n\r\n", post + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{"]
    with contextlib.ExitStack() as stack:
        visitors = []
        for start in slow * 6:
            visitors.append(stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=60)))
            visitors[-1].sendall(start)
        # One byte at a time is no progress.
        for _ in range(4):
            time.sleep(0.5)
            for visitor in visitors:
                with contextlib.suppress(OSError):
                    visitor.sendall(b"1")
        answers = []
        for visitor in visitors:
            with contextlib.suppress(ConnectionError):
                answers.append(visitor.recv(1000))
        assert {answer[:12] for answer in answers} <= {b"", b"HTTP/1.1 408", b"HTTP/1.1 400"}
        assert b"HTTP/1.1 408" in {answer[:12] for answer in answers}
    crowd = [socket.create_connection(("127.0.0.1", port), timeout=60) for _ in range(60)]
    with contextlib.ExitStack() as stack:
        for visitor in crowd:
            stack.enter_context(visitor)
        turned_away = [visitor for visitor in crowd[45:] if ended(visitor)]
        assert turned_away
        assert all(ended(visitor) for visitor in crowd)
    assert ask(port).status == 200


def ended(visitor):
    try:
        return visitor.recv(10) == b""
    except ConnectionError:
        return True
