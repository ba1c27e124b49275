"""The screen against hostile requests, third part: uploads. They stay in their folder, and of those that are refused, broken off
or not asked for no byte stays. The first part, `test_web_routes.py`, names what is proven elsewhere.
"""

import contextlib
import json
import socket
import threading
import time

import pytest

from rupture.privacy.hardening import MAX_REQUEST_BYTES
from tests.assurance.visitor import Visitor
from tests.assurance.web_screen import ask, kept, multipart, opened
from tests.ui.standins import SESSION

pytestmark = pytest.mark.timeout(600)
UPLOAD = "/gradio_api/upload"


@pytest.fixture(scope="module")
def screen(tmp_path_factory):
    with opened(tmp_path_factory.mktemp("web")) as found:
        yield found


NAMES = (
    *(
        b"../../up.txt",
        b"..\\..\\up.txt",
        b"/etc/up.txt",
        b"C:\\up.txt",
        b"\\\\host\\share\\up.txt",
        b"%2e%2e%2fup.txt",
        b"x" * 5000 + b".txt",
    ),
    *(
        b".",
        b"..",
        b"",
        b" ",
        b"up.txt\x00.exe",
        b"CON.txt",
        b"nul",
        b"up.txt:stream",
        b"~",
        b"-rf",
        b"$(touch x).txt",
        b"`x`.txt",
    ),
    *(b"<img src=x onerror=1>.txt", "Übung ‮txt.exe".encode(), b"\xff\xfe.txt", b"a\nb.txt", b"in-use", b".htaccess"),
)


def test_uploads_stay_in_the_folder_whatever_they_are_called(screen):
    port, folder = screen
    around = {path for path in folder.rglob("*") if "temp" not in path.parts}
    for name in NAMES:
        body, kind = multipart((name, b"words"))
        answer = ask(port, "/gradio_api/upload", "POST", body, Content_Type=kind)
        assert answer.status < 500 or answer.body == b"Internal Server Error", name
    (root,) = (folder / "temp").glob("rupture-screen-*")
    assert all(root in path.parents for path in kept(folder))
    assert not [path for path in (folder / "temp").rglob("*") if path.is_symlink()]
    assert {path for path in folder.rglob("*") if "temp" not in path.parts} == around
    for path in kept(folder):
        path.unlink()


def part(head, content=b"waldrapp"):
    return b"--b\r\nContent-Disposition: form-data; " + head + b"\r\n\r\n" + content + b"\r\n"


FILE = part(b'name="files"; filename="a.txt"')
END = b"--b--\r\n"
FORM = "multipart/form-data; boundary=b"
UNFINISHED = {
    "of which a later file has a bad name": FILE + part(b'name="files"; filename=".."') + END,
    "of which a later field is no file": FILE + part(b'name="files"') + END,
    "for a field nobody asked for": part(b'name="other"; filename="a.txt"') + END,
    "whose field is nameless": FILE + part(b'filename="a.txt"') + END,
    "without an end": FILE + part(b'name="files"; filename="b.txt"')[:-10],
    "that ends in a head": FILE + b'--b\r\nContent-Disposition: form-data; name="fi',
    "with a head too long": FILE + part(b'name="files"; filename="' + b"x" * 20_000 + b'"') + END,
    "with one file too many": b"".join(part(b'name="files"; filename="%d.txt"' % n) for n in range(1_001)) + END,
    "with one field too many": FILE + b"".join(part(b'name="x%d"' % n, b"") for n in range(1_001)) + END,
    "that is something else": b"x" * 1_000,
}


@pytest.mark.parametrize("what", UNFINISHED)
@pytest.mark.parametrize("query", ["", "?upload_id=x"])
def test_of_a_broken_form_no_byte_stays_that_no_answer_names(screen, what, query):
    port, folder = screen
    answer = ask(port, UPLOAD + query, "POST", UNFINISHED[what], Content_Type=FORM)
    named = json.loads(answer.body) if answer.status == 200 else []
    assert [str(path) for path in kept(folder)] == sorted(named)
    for path in kept(folder):
        path.unlink()


def test_an_upload_that_is_no_form_is_refused_and_leaves_nothing(screen):
    port, folder = screen
    large, kind = multipart((b"large.txt", b"x" * (MAX_REQUEST_BYTES + 10)))
    for type_ in ("multipart/form-data", "application/json", "text/plain"):
        assert ask(port, UPLOAD, "POST", b'{"files": []}', Content_Type=type_).status in (400, 413, 422)
    # The answer may be lost when the connection is closed on what is still being sent.
    with contextlib.suppress(OSError):
        assert ask(port, UPLOAD, "POST", large, Content_Type=kind).status == 413
    assert kept(folder) == []


def begun(port, length=None):
    """A connection on which an upload has begun: its first file is there, and some of the second."""
    sender = socket.create_connection(("127.0.0.1", port), timeout=60)
    size = b"Transfer-Encoding: chunked" if length is None else b"Content-Length: %d" % length
    sender.sendall(b"POST /gradio_api/upload HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: " + FORM.encode() + b"\r\n")
    sender.sendall(size + b"\r\n\r\n")
    start = FILE + part(b'name="files"; filename="b.txt"', b"waldrapp" * 10_000)[:-2]
    sender.sendall(start if length else b"%x\r\n" % len(start) + start + b"\r\n")
    return sender


def gone(folder, seconds=10):
    """Whether nothing is kept any more, soon."""
    ends = time.monotonic() + seconds
    while kept(folder) and time.monotonic() < ends:
        time.sleep(0.05)
    return kept(folder) == []


@pytest.mark.parametrize("length", [500_000, None])
def test_an_upload_that_is_broken_off_leaves_no_byte(screen, length):
    port, folder = screen
    for reset in (False, True):
        with begun(port, length) as sender:
            time.sleep(0.3)
            if reset:
                sender.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        time.sleep(0.3)
        assert gone(folder)
    # One that stops coming in is given up.
    with begun(port, length) as sender:
        assert sender.recv(12) == b"HTTP/1.1 408"
    assert gone(folder)


def test_an_upload_that_is_too_large_and_does_not_say_so_leaves_no_byte(screen):
    port, folder = screen
    with begun(port) as sender:
        chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
        with contextlib.suppress(OSError):
            for _ in range(MAX_REQUEST_BYTES // 0x10000 + 2):
                sender.sendall(chunk)
        with contextlib.suppress(ConnectionError):
            assert sender.recv(12) == b"HTTP/1.1 413"
    assert gone(folder)


def test_uploads_side_by_side_do_not_harm_each_other(screen):
    port, folder = screen
    answers = {}

    def upload(number):
        body, kind = multipart(*((b"%d-%d.txt" % (number, n), b"%d %d" % (number, n) * 5_000) for n in range(5)))
        answers[number] = json.loads(ask(port, UPLOAD, "POST", body, Content_Type=kind).body)

    def spoil():
        for body in UNFINISHED.values():
            ask(port, UPLOAD, "POST", body, Content_Type=FORM)
            begun(port).close()

    threads = [threading.Thread(target=upload, args=(number,)) for number in range(12)]
    threads += [threading.Thread(target=spoil) for _ in range(2)]
    slow = begun(port, 500_000)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    slow.close()
    assert sorted(answers) == list(range(12))
    found = {path: content for number, paths in answers.items() for path, content in zip(paths, contents(number), strict=True)}
    assert {str(path): path.read_bytes() for path in kept(folder) if path.name[0].isdigit() and "-" in path.name} == found
    for path in kept(folder):
        path.unlink()


def contents(number):
    return [b"%d %d" % (number, n) * 5_000 for n in range(5)]


def test_what_was_read_is_gone_and_what_shows_that_the_folder_is_in_use_is_not(screen):
    port, folder = screen
    visitor = Visitor(f"http://127.0.0.1:{port}")
    body, kind = multipart((b"session.txt", SESSION.encode()))
    (path,) = json.loads(ask(port, UPLOAD, "POST", body, Content_Type=kind).body)
    (root,) = (folder / "temp").glob("rupture-screen-*")
    for place in (root / "in-use", root / "uploads" / ".." / "in-use", root / "uploads" / "..", root / "uploads", root):
        for extra in ({}, {"is_stream": True}):
            file = {"path": str(place), "meta": {"_type": "gradio.FileData"}, "orig_name": "session.txt", **extra}
            assert "A session of" not in visitor.fire("box", "submit", {"text": "", "files": [file]})
    assert (root / "in-use").exists()
    file = {"path": path, "meta": {"_type": "gradio.FileData"}, "orig_name": "session.txt"}
    assert "A session of 12 turns" in visitor.fire("box", "submit", {"text": "", "files": [file]})
    assert kept(folder) == []


def test_of_two_visitors_with_the_same_file_neither_takes_it_from_the_other(screen):
    port, folder = screen
    body, kind = multipart((b"session.txt", SESSION.encode()))
    paths = [path for _ in range(2) for path in json.loads(ask(port, UPLOAD, "POST", body, Content_Type=kind).body)]
    assert len(kept(folder)) == 2
    for path in paths:
        file = {"path": path, "meta": {"_type": "gradio.FileData"}, "orig_name": "session.txt"}
        said = Visitor(f"http://127.0.0.1:{port}").fire("box", "submit", {"text": "", "files": [file]})
        assert "A session of 12 turns" in said
    assert kept(folder) == []
    gone = Visitor(f"http://127.0.0.1:{port}").fire("box", "submit", {"text": "", "files": [file]})
    assert "drop it there again" in gone
    assert str(folder) not in gone
