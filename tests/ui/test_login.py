"""A screen shared by several people, at HTTP level and from outside: nothing is open without a session. The server runs in a
process of its own on this machine, set up as behind a reverse proxy for the name rupture.test; the proxy is the test.
"""

import base64
import contextlib
import http.client
import json
import os
import re
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlencode

import pytest

from rupture.privacy.hardening import HEADERS, MAX_REQUEST_BYTES, MAX_WAITING
from rupture.ui.login import Failures, LoginError, Sessions, add_user, fits, read_users
from tests.ui.conftest import ROOT, free_port
from tests.ui.standins import SESSION

NAME = "rupture.test"
ORIGIN = f"https://{NAME}"
PASSWORDS = {"ana": "correct horse battery", "ben": "Überraschung für Ben"}
SERVE = """
import json, sys
from pathlib import Path
from rupture.privacy.hardening import harden
harden()
from rupture.listening import listen
from rupture.ui import server
from rupture.ui.login import read_users
from tests.ui.standins import assistant

def walk(routes):
    for route in routes:
        if hasattr(route, 'effective_candidates'):
            yield from walk(route.effective_candidates())
        elif getattr(route, 'routes', None):
            yield from walk(route.routes)
        else:
            yield route.path, sorted(route.methods or ())

port, users, lifetime = int(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3])
listener = listen(port)
shared = server.Access(names=('rupture.test',), users=read_users(users), lifetime=lifetime)
app = server.build_app(assistant, Path('nowhere'), access=shared)
print(json.dumps(list(walk(app.routes))), flush=True)
server._run(app, listener)
"""


@pytest.fixture(scope="module")
def users(tmp_path_factory):
    file = tmp_path_factory.mktemp("login") / "private" / "users"
    for name, password in PASSWORDS.items():
        add_user(file, name, password)
    return file


@contextlib.contextmanager
def running(folder, users, lifetime):
    """(port, routes, temp folder) of a shared screen."""
    (folder / "temp").mkdir()
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(port), str(users), str(lifetime)],
        cwd=folder,
        env={**os.environ, "TMPDIR": str(folder / "temp"), "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
    )
    try:
        routes = json.loads(process.stdout.readline())
        deadline = time.monotonic() + 60
        while not reachable(port):
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.1)
        yield port, routes, folder / "temp"
    finally:
        process.terminate()
        process.wait(20)
        process.stdout.close()


def reachable(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="module")
def shared(tmp_path_factory, users):
    with running(tmp_path_factory.mktemp("shared"), users, 12 * 3600) as screen:
        yield screen


def ask(port, path="/", method="GET", body=None, **headers):
    """One request as the reverse proxy passes it on; a header given as None is left out."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    sent = {"Host": NAME, "X-Forwarded-Proto": "https", **({"Origin": ORIGIN} if method == "POST" else {})}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    with contextlib.closing(connection):
        connection.request(method, path, body, {name: value for name, value in sent.items() if value is not None})
        response = connection.getresponse()
        response.body = response.read()
        return response


def log_in(port, name, password, **headers):
    form = urlencode({"name": name, "password": password})
    return ask(port, "/login", "POST", form, Content_Type="application/x-www-form-urlencoded", **headers)


def cookie(port, name="ana"):
    """The cookie of a new session, as a browser sends it."""
    response = log_in(port, name, PASSWORDS[name])
    assert response.status == 303
    return response.getheader("Set-Cookie").partition(";")[0]


def test_name_and_password_open_the_screen(shared):
    port, _, _ = shared
    response = log_in(port, "ana", PASSWORDS["ana"])
    assert (response.status, response.getheader("Location")) == (303, "/")
    value, *flags = response.getheader("Set-Cookie").split("; ")
    assert sorted(flag.lower() for flag in flags) == ["httponly", "max-age=43200", "path=/", "samesite=strict", "secure"]
    name, _, token = value.partition("=")
    assert name == "__Host-rupture"
    assert len(base64.urlsafe_b64decode(token + "=")) == 32
    page = ask(port, Cookie=value)
    assert page.status == 200
    assert b"gradio" in page.body
    assert b'href=\\"/logout\\"' in page.body
    assert cookie(port) not in (cookie(port), value)


def test_letters_may_be_written_with_other_code_points(shared):
    port, _, _ = shared
    assert log_in(port, "ben", "U\u0308berraschung fu\u0308r Ben").status == 303


def test_every_route_refuses_without_a_session(shared):
    port, routes, temp = shared
    paths = {path for path, _ in routes}
    assert {"/", "/config", "/static/{path:path}", "/assets/{path:path}", "/gradio_api/upload"} <= paths
    assert {"/gradio_api/queue/join", "/gradio_api/queue/data", "/gradio_api/file={path_or_url:path}"} <= paths
    before = sorted(temp.rglob("*"))
    for path, methods in [*routes, ["/nowhere", ["GET", "POST", "PUT", "DELETE", "OPTIONS"]]]:
        for method in methods:
            if (path, method) == ("/login", "POST"):
                continue
            at = re.sub(r"\{[^}]*\}", "x", path)
            for stale in (None, "__Host-rupture=", f"__Host-rupture={'A' * 43}"):
                refused = ask(port, at, method, b"x" if method == "POST" else None, Cookie=stale, Origin=ORIGIN)
                said = (refused.status, refused.getheader("Location"))
                assert said in ((401, None), (404, None), (303, "/login")), (path, method, said)
                assert refused.body in (b"", b"Log in first.", b"Not here."), path
                assert (said[0] == 303) == (path in ("/", "/logout")), path
    assert sorted(temp.rglob("*")) == before
    static = next(iter(re.findall(rb'"\./(assets/[^"]+)"', ask(port, Cookie=cookie(port)).body))).decode()
    assert ask(port, f"/{static}").status == 401
    assert ask(port, f"/{static}", Cookie=cookie(port)).status == 200


def test_a_websocket_is_refused_without_a_session(shared):
    port, _, _ = shared
    key = base64.b64encode(bytes(16)).decode()
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": key}
    for path in ("/login", "/gradio_api/queue/join"):
        assert ask(port, path, **upgrade).status in (200, 401)
        assert ask(port, path, **upgrade, Origin="https://evil.test").status == 403
        assert ask(port, path, **{**upgrade, "Host": "evil.test"}).status == 400


FORMS = {
    "wrong password": urlencode({"name": "ana", "password": "correct horse batterz"}),
    "no password": urlencode({"name": "ana", "password": ""}),
    "another's password": urlencode({"name": "ana", "password": PASSWORDS["ben"]}),
    "no such user": urlencode({"name": "eve", "password": PASSWORDS["ana"]}),
    "nothing": "",
    "not a form": json.dumps({"name": "ana", "password": PASSWORDS["ana"]}),
    "too long": urlencode({"name": "ana", "password": PASSWORDS["ana"], "more": "x" * 5000}),
    "not text": b"name=ana&password=%ff%fe\xff",
}


def test_every_failure_looks_the_same(shared):
    port, _, _ = shared
    answers = {
        kind: ask(port, "/login", "POST", form, X_Forwarded_For=f"192.0.2.{i}") for i, (kind, form) in enumerate(FORMS.items())
    }
    assert {answer.status for answer in answers.values()} == {401}
    assert len({answer.body for answer in answers.values()}) == 1
    assert {answer.getheader("Set-Cookie") for answer in answers.values()} == {None}
    assert b"were not accepted" in answers["nothing"].body


def test_pages_of_the_login_carry_every_header_and_no_script(shared):
    port, _, _ = shared
    known = cookie(port)
    for path, value in (("/login", None), ("/logout", known), ("/config", None)):
        response = ask(port, path, Cookie=value)
        assert {name: response.getheader(name) for name in HEADERS} == dict(HEADERS)
        assert b"<script" not in response.body
        # With the policy of the header alone, browsers would send the form with the origin "null", which is refused.
        assert (b'<meta name="referrer" content="same-origin">' in response.body) == (path != "/config")


def test_after_five_failures_the_right_password_is_refused_too(shared):
    port, _, _ = shared
    for _ in range(5):
        assert log_in(port, "ben", "not Ben's password", X_Forwarded_For="198.51.100.1").status == 401
    locked = log_in(port, "ben", PASSWORDS["ben"], X_Forwarded_For="198.51.100.1")
    assert locked.status == 429
    assert locked.getheader("Set-Cookie") is None
    assert log_in(port, "ben", PASSWORDS["ben"], X_Forwarded_For="198.51.100.2").status == 303
    assert log_in(port, "ana", PASSWORDS["ana"], X_Forwarded_For="198.51.100.1").status == 303


def test_failures_are_counted_by_pair_by_address_and_by_name_for_a_quarter_of_an_hour():
    now = [0.0]
    failures = Failures(lambda: now[0])
    for _ in range(5):
        assert not failures.locked("ana", "here")
        failures.add("ana", "here")
    assert failures.locked("ana", "here")
    assert not failures.locked("ana", "there")
    assert not failures.locked("ben", "here")
    for number in range(15):
        failures.add(f"guess {number}", "here")
    assert failures.locked("ben", "here")
    failures.forget("ana", "here")
    assert failures.locked("ana", "here")
    for number in range(45):
        failures.add("ana", f"{number}")
    assert failures.locked("ana", "anywhere")
    now[0] = 15 * 60
    assert not failures.locked("ana", "anywhere")
    assert not failures.locked("ben", "here")


def test_a_success_forgets_the_failures_before_it():
    failures = Failures()
    for _ in range(4):
        failures.add("ana", "here")
    failures.forget("ana", "here")
    failures.add("ana", "here")
    assert not failures.locked("ana", "here")


def test_logging_out_ends_this_session_and_no_other(shared):
    port, _, _ = shared
    one, other = cookie(port), cookie(port)
    asked = ask(port, "/logout", Cookie=one)
    assert asked.status == 200
    assert b'<form method="post" action="/logout">' in asked.body
    assert ask(port, "/config", Cookie=one).status == 200
    left = ask(port, "/logout", "POST", Cookie=one)
    assert (left.status, left.getheader("Location")) == (303, "/login")
    gone = left.getheader("Set-Cookie").lower()
    assert gone.startswith('__host-rupture=""; ')
    assert {"max-age=0", "path=/", "secure"} <= set(gone.split("; "))
    assert ask(port, "/config", Cookie=one).status == 401
    assert ask(port, "/config", Cookie=other).status == 200


def test_logging_in_again_ends_the_session_before(shared):
    port, _, _ = shared
    first = cookie(port)
    assert log_in(port, "ana", PASSWORDS["ana"], Cookie=first).status == 303
    assert ask(port, "/config", Cookie=first).status == 401


@pytest.mark.parametrize("origin", [None, "null", "https://evil.test", f"http://{NAME}", f"https://{NAME}.evil.test"])
def test_posts_of_other_origins_are_refused(shared, origin):
    port, _, temp = shared
    known = cookie(port)
    before = sorted(temp.rglob("*"))
    assert log_in(port, "ana", PASSWORDS["ana"], Origin=origin).status == 403
    assert ask(port, "/logout", "POST", Cookie=known, Origin=origin).status == 403
    upload = ask(
        port,
        "/gradio_api/upload",
        "POST",
        b"x" * 1000,
        Cookie=known,
        Origin=origin,
        Content_Type="multipart/form-data; boundary=b",
    )
    assert upload.status == 403
    assert upload.getheader("Access-Control-Allow-Origin") is None
    assert sorted(temp.rglob("*")) == before
    assert ask(port, "/config", Cookie=known).status == 200


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "evil.test", f"{NAME}.evil.test", f"www.{NAME}", "test", "0.0.0.0"])  # noqa: S104
def test_other_host_names_are_refused(shared, host):
    port, _, _ = shared
    known = cookie(port)
    for path in ("/", "/login"):
        assert ask(port, path, Host=host, Cookie=known).status in (400, 403)
    assert log_in(port, "ana", PASSWORDS["ana"], Host=host).status in (400, 403)
    assert ask(port, Host=f"{NAME}:8443", Cookie=known).status == 200


def test_the_page_takes_its_address_from_the_trusted_name(shared):
    port, _, _ = shared
    config = ask(port, "/config", Cookie=cookie(port), X_Forwarded_Host="evil.test").body
    assert json.loads(config)["root"] == ORIGIN


def say(port, known, tab, text):
    """The events of one message sent from the tab, as they come back."""
    config = json.loads(ask(port, "/config", Cookie=known).body)
    kinds = {part["id"]: part["type"] for part in config["components"]}
    send = next(event for event in config["dependencies"] if event["api_name"] == "send")
    data = [{"text": text, "files": []} if kinds[part] == "multimodaltextbox" else None for part in send["inputs"]]
    event = {"data": data, "fn_index": send["id"], "session_hash": tab, "event_data": None, "trigger_id": None}
    joined = ask(port, "/gradio_api/queue/join", "POST", json.dumps(event), Cookie=known, Content_Type="application/json")
    assert joined.status == 200
    return ask(port, f"/gradio_api/queue/data?session_hash={tab}", Cookie=known).body.decode()


def test_users_see_nothing_of_each_other(shared):
    port, _, _ = shared
    ana, ben = cookie(port, "ana"), cookie(port, "ben")
    assert "A session of 12 turns" in say(port, ana, "tab-of-ana", SESSION)
    seen = say(port, ben, "tab-of-ben", "How do I own my part?")
    assert "process_completed" in seen
    assert "12 turns" not in seen
    assert "12 turns" not in ask(port, Cookie=ben).body.decode()


def test_a_session_ends_after_its_time():
    now = [0.0]
    sessions = Sessions(12 * 3600, lambda: now[0])
    token = sessions.open()
    assert sessions.holds(token)
    assert not sessions.holds(token[:-1])
    now[0] = 12 * 3600 - 1
    assert sessions.holds(token)
    now[0] += 1
    assert not sessions.holds(token)
    sessions.close(token)


def test_an_ended_session_is_no_session(tmp_path, users):
    with running(tmp_path, users, 0) as (port, _, _):
        ended = cookie(port)
        assert ask(port, "/config", Cookie=ended).status == 401
        assert ask(port, Cookie=ended).getheader("Location") == "/login"


def test_the_file_of_users_is_private_and_holds_no_password(users):
    if os.name == "posix":
        assert stat.S_IMODE(users.stat().st_mode) == 0o600
        assert stat.S_IMODE(users.parent.stat().st_mode) == 0o700
    text = users.read_text(encoding="utf-8")
    assert re.fullmatch(r"ana:scrypt-15-8-3\$[^:$\n]{24}\$[^:$\n]{44}\nben:[^:\n]+\n", text)
    hashes = read_users(users)
    assert [[fits(password, stored) for password in PASSWORDS.values()] for stored in hashes.values()] == [
        [True, False],
        [False, True],
    ]
    assert not list(users.parent.glob("*.part"))


def test_a_password_is_changed_and_the_same_one_never_has_the_same_hash(tmp_path):
    file = tmp_path / "users"
    assert not add_user(file, "ana", PASSWORDS["ana"])
    first = read_users(file)
    assert add_user(file, "ana", PASSWORDS["ana"])
    second = read_users(file)
    assert first != second
    assert fits(PASSWORDS["ana"], second["ana"])


@pytest.mark.skipif(os.name != "posix", reason="modes are checked on POSIX systems only")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660, 0o666, 0o602])
def test_a_file_that_others_may_read_is_refused(tmp_path, users, mode):
    file = tmp_path / "users"
    file.write_bytes(users.read_bytes())
    file.chmod(mode)
    with pytest.raises(LoginError, match="chmod 600"):
        read_users(file)
    with pytest.raises(LoginError, match="chmod 600"):
        add_user(file, "eve", PASSWORDS["ana"])
    assert file.read_bytes() == users.read_bytes()


LINE = "ana:scrypt-15-8-3$AAAAAAAAAAAAAAAAAAAAAA==$" + "A" * 43 + "="


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ana:correct horse battery\n", "line 1"),
        (f"{LINE}\n\nana\n", "line 3"),
        (f"{LINE}\n{LINE}\n", "line 2"),
        (f"{LINE}:more\n", "line 1"),
        (f"{LINE.replace('15', '10')}\n", "line 1"),
        (f"a na{LINE[3:]}\n", "line 1"),
        (b"\xff\xfe", "not a text file"),
        (None, "No such file"),
    ],
)
def test_a_file_that_holds_anything_else_is_refused_without_quoting_it(tmp_path, text, said):
    file = tmp_path / "users"
    if text is not None:
        file.touch(0o600)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(LoginError, match=said) as raised:
        read_users(file)
    assert "rupture user add" in str(raised.value)
    assert "horse" not in str(raised.value)
    assert "AAAA" not in str(raised.value)


@pytest.mark.parametrize("name", ["", "a b", "a:b", "a\n", "a" * 65, "<b>"])
def test_names_that_would_break_the_file_are_refused(tmp_path, name):
    with pytest.raises(LoginError, match="A name is"):
        add_user(tmp_path / "users", name, PASSWORDS["ana"])
    assert not (tmp_path / "users").exists()


@pytest.mark.parametrize("password", ["", "eleven char", "x" * 257])
def test_passwords_too_short_or_too_long_are_refused_without_quoting_them(tmp_path, password):
    with pytest.raises(LoginError, match="12 to 256") as raised:
        add_user(tmp_path / "users", "ana", password)
    assert "eleven char" not in str(raised.value)


def test_a_file_that_cannot_be_written_is_an_error_with_its_reason(tmp_path):
    (tmp_path / "plain").touch()
    with pytest.raises(LoginError, match=r"cannot be written"):
        add_user(tmp_path / "plain" / "users", "ana", PASSWORDS["ana"])


COMMAND = """
import typer
from rupture.cli import users
app = typer.Typer(pretty_exceptions_enable=False)
users.register(app)
app()
"""


def command(*arguments, **options):
    """`rupture user add …` in a process of its own."""
    environment = {name: value for name, value in os.environ.items() if name != "RUPTURE_USERS"} | options.pop("env", {})
    return subprocess.Popen(
        [sys.executable, "-c", COMMAND, "user", "add", *arguments], env={**environment, "PYTHONPATH": str(ROOT)}, **options
    )


def test_the_command_reads_the_password_from_standard_input(tmp_path):
    file = tmp_path / "users"
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    said, wrong = command("ana", "--users", str(file), **pipes).communicate(f"{PASSWORDS['ana']}\n")
    assert (said.startswith("ana: added in "), wrong) == (True, "")
    said, _ = command("ana", env={"RUPTURE_USERS": str(file)}, **pipes).communicate("another long password")
    assert said.startswith("ana: password changed in ")
    assert fits("another long password", read_users(file)["ana"])
    _, wrong = command("ana", **pipes).communicate("another long password\n")
    assert "RUPTURE_USERS=FILE" in wrong


def test_the_command_asks_at_a_terminal_and_shows_nothing_of_the_password(tmp_path):
    screen, terminal = pytest.importorskip("pty").openpty()
    process = command("ana", "--users", str(tmp_path / "users"), stdin=terminal, stdout=terminal, stderr=terminal)
    os.close(terminal)
    seen = b""
    for prompt in (b"Password: ", b"Once more: "):
        while prompt not in seen:
            seen += os.read(screen, 1000)
        os.write(screen, PASSWORDS["ana"].encode() + b"\n")
    with contextlib.suppress(OSError):
        while more := os.read(screen, 1000):
            seen += more
    os.close(screen)
    assert process.wait(30) == 0
    assert b"ana: added" in seen
    assert b"horse" not in seen
    assert fits(PASSWORDS["ana"], read_users(tmp_path / "users")["ana"])


def start(program, **environment):
    """The program, which should not come up."""
    return subprocess.run(
        program,
        env={"PATH": "/usr/bin", "HOME": str(Path.home()), "PORT": str(free_port()), "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


ANY = "0.0.0.0"  # noqa: S104
CHAT = [Path(sys.executable).with_name("rupture"), "chat"]


def test_a_screen_for_others_does_not_start_without_users_and_names(users):
    refusals = [
        (start([*CHAT, "--host", ANY, "--users", users]), "--trusted-host NAME"),
        (start([sys.executable, ROOT / "app.py"], RUPTURE_HOST=ANY), "rupture user add NAME --users FILE"),
        (start([*CHAT, "--host", "192.0.2.1", "--users", users, "--trusted-host", NAME]), "not an address of this machine"),
    ]
    for done, said in refusals:
        assert done.returncode == 2, said
        assert said in done.stderr, done.stderr
        assert "Traceback" not in done.stderr
        assert done.stdout == ""


def child(code, *given):
    """What `code` prints, one JSON value, in a hardened process that was given these values."""
    begin = "import json, os, sys\nfrom pathlib import Path\nfrom rupture.errors import RuptureError\n"
    begin += "from rupture.privacy.hardening import harden, self_test\nharden()\n"
    done = subprocess.run(
        [sys.executable, "-c", begin + "from rupture.ui import server\n" + code, json.dumps(given, default=str)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_page_on_shared_installs_gives_the_limits_that_hold():
    page = (ROOT / "docs" / "shared-install.md").read_text(encoding="utf-8")
    assert f"client_max_body_size {MAX_REQUEST_BYTES};" in page
    assert f"max_size {MAX_REQUEST_BYTES // 1_000_000}MB" in page
    assert f"more than {MAX_WAITING} waiting requests" in page


CHOOSE = """
said = []
for (host, users, trusted), environment in json.loads(sys.argv[1]):
    os.environ.update({f'RUPTURE_{name}': environment.get(name, '') for name in ('HOST', 'USERS', 'TRUSTED_HOSTS')})
    try:
        chosen = server.chosen_access(host, users and Path(users), trusted)
        said.append([chosen.host, list(chosen.names), sorted(chosen.users), chosen.secure])
    except RuptureError as error:
        said.append(str(error))
print(json.dumps(said))
"""


def test_the_command_line_wins_over_the_environment_and_half_a_setting_is_refused(users, tmp_path):
    empty, loose, none = tmp_path / "empty", tmp_path / "loose", (None, None, [])
    empty.touch(0o600)
    loose.touch(0o644)
    shared = {"HOST": ANY, "USERS": users, "TRUSTED_HOSTS": " Two.test, 10.0.0.1 ,"}
    both, two, own = ["ana", "ben"], ["two.test", "10.0.0.1"], ["127.0.0.1", "localhost", "[::1]"]
    cases = [
        (none, {}, ["127.0.0.1", own, [], False]),
        (("::1", None, []), {}, ["::1", own, [], False]),
        ((None, users, []), {}, ["127.0.0.1", own, both, False]),
        ((ANY, users, ["localhost"]), {}, [ANY, ["localhost"], both, False]),
        (none, shared, [ANY, two, both, True]),
        (("127.0.0.1", users, ["one.test"]), {**shared, "USERS": empty}, ["127.0.0.1", ["one.test"], both, True]),
        ((ANY, None, [NAME]), {}, "there is no login"),
        ((None, None, [NAME]), {}, "there is no login"),
        (("127.0.0.2", None, []), {}, "there is no login"),
        (("::", users, []), {}, "RUPTURE_TRUSTED_HOSTS"),
        ((NAME, None, []), {}, "there is no login"),
        ((ANY, empty, [NAME]), {}, "holds no user"),
        ((ANY, loose, [NAME]), {}, "chmod 600"),
        ((ANY, tmp_path / "gone", [NAME]), {}, "rupture user add NAME"),
        *(((ANY, users, [name]), {}, "bare name") for name in ("*", "*.rupture.test", f"https://{NAME}", f"{NAME}:80", "a/b")),
    ]
    for (given, environment, expected), said in zip(cases, child(CHOOSE, *(case[:2] for case in cases)), strict=True):
        if isinstance(expected, str):
            assert expected in said, given
        else:
            assert said == expected, (given, environment)


PLANT = """
from starlette.middleware import Middleware
said, kept = [], []
try:
    server.build_app(lambda: None, Path('nowhere'), access=server.Access('0.0.0.0'))
except server.ServerError as error:
    said.append(str(error))
server.self_test = lambda app, blocks: kept.append(blocks)
app = server.build_app(lambda: None, Path('nowhere'), access=server.Access('0.0.0.0', ('rupture.test',), {'ana': 'x'}))
built = app.user_middleware
for plant in json.loads(sys.argv[1]):
    blocks, app.user_middleware = kept[0], [Middleware(layer.cls, **layer.kwargs) for layer in built]
    guard, hosts, login = app.user_middleware
    exec(plant)
    said.append('; '.join(self_test(app, blocks)))
print(json.dumps(said))
"""
PLANTED = {
    "": "",
    "app.user_middleware.pop()": "without a login",
    "login.kwargs['users'] = {}": "without a login",
    "app.user_middleware.reverse()": "outside other layers",
    "guard.kwargs['names'] = ('evil.test',)": "not the same",
    "hosts.kwargs['allowed_hosts'] = ['*']": "any host name",
    "hosts.kwargs['allowed_hosts'] = ['*.test']": "any host name",
    "hosts.kwargs['allowed_hosts'] = []": "any host name",
    "app.user_middleware.pop(); blocks.server_name = '127.0.0.1'": "without a login",
}


def test_the_check_at_start_finds_every_door_left_open():
    refused, *found = child(PLANT, *PLANTED)
    assert "does not start" in refused
    assert "without a login" in refused
    for (plant, said), seen in zip(PLANTED.items(), found, strict=True):
        assert bool(seen) == bool(said), (plant, seen)
        assert said in seen, plant
