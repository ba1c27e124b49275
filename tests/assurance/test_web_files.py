"""Files somebody else may have put where `rupture` looks: a model, an index, documents, users, kept sessions, practice. Each is
refused with a reason or read as plain words; nothing in it is run, and no link leads a write elsewhere.

Proven elsewhere and not repeated: damaged index files and manifests, what Chroma reads from a folder's settings
(`tests/guidance/test_guidance_index.py`); damaged cards, files that are not the card's
(`tests/detection/test_shipped_model.py`); which names of own documents may be removed
(`tests/guidance/test_own_documents.py`); damaged, newer and foreign workspaces
(`tests/test_workspace.py`); damaged lines of practice (`tests/practice/test_store.py`); files of users that others may read or
that hold anything else (`tests/ui/test_login.py`); markup in reports (`tests/evaluation/test_html_report.py`).
"""

import json
import os
import pickle
import shutil
import sqlite3
from pathlib import Path

import pytest

from rupture.detection.card import CARD, FILES
from rupture.detection.detector import OnnxDetector
from rupture.encoder import Encoder, session
from rupture.errors import CorpusError, ModelError, RuptureError
from rupture.guidance import own
from rupture.resources import MODEL
from rupture.ui.login import LoginError, add_user, read_users

posix = pytest.mark.skipif(os.name != "posix", reason="links and permissions are those of POSIX")


class Running:
    """Runs when a pickle of it is read."""

    def __init__(self, mark):
        self.mark = mark

    def __reduce__(self):
        return (Path.touch, (self.mark,))


def varint(number):
    out = b""
    while number > 0x7F:
        out += bytes([number & 0x7F | 0x80])
        number >>= 7
    return out + bytes([number])


def field(number, data):
    """One field of a protocol buffer: bytes, or a whole number."""
    if isinstance(data, int):
        return varint(number << 3) + varint(data)
    return varint(number << 3 | 2) + varint(len(data)) + data


def onnx_model(node=b"", tensor=b""):
    """A model of one node whose weights are `tensor`, as ONNX writes it (onnx.proto, IR version 8)."""
    graph = field(1, node) + field(2, b"g") + (field(5, tensor) if tensor else b"")
    return field(1, 8) + field(7, graph) + field(8, field(1, b"") + field(2, 17))


def outside(location):
    """Weights that are said to lie in another file."""
    entry = field(1, b"location") + field(2, location.encode())
    return field(1, 4) + field(2, 1) + field(8, b"w") + field(13, entry) + field(14, 1)


def test_a_model_file_that_is_no_model_is_refused_and_not_run(tmp_path):
    mark, path, secret = tmp_path / "ran", tmp_path / "session.onnx", tmp_path / "secret"
    secret.write_bytes(b"waldrapp-in-a-file")
    identity = field(1, b"w") + field(2, b"y") + field(4, b"Identity")
    node = field(1, b"w") + field(2, b"y") + field(4, b"RunThis") + field(7, b"somebody.else")
    (tmp_path / "in").mkdir()
    locations = [
        "../secret",
        str(secret),
        "../../../../../../etc/passwd",
        "file:///etc/passwd",
        "in/../../secret",
        "..\\secret",
        "",
    ]
    hostile = [
        *(b"", b"\x00" * 100, b"<html>", pickle.dumps(Running(mark)), b"PK\x03\x04" + pickle.dumps(Running(mark))),
        *((MODEL / "session.onnx").read_bytes()[:cut] for cut in (10, 1_000, -1_000)),
        *(onnx_model(identity, outside(location)) for location in locations),
        *(onnx_model(node), field(7, varint(2**62) * 50), b"\x3a" + b"\xff" * 9 + b"\x01"),
    ]
    for data in hostile:
        path.write_bytes(data)
        with pytest.raises(ModelError, match=r"session\.onnx: cannot be loaded as a model") as refused:
            session(path)
        assert "waldrapp" not in str(refused.value)
    path.unlink()
    path.mkdir()
    with pytest.raises(ModelError):
        session(path)
    assert not mark.exists()


@pytest.fixture
def folder(tmp_path):
    for name in (*FILES, CARD):
        shutil.copyfile(MODEL / name, tmp_path / name)
    return tmp_path


@posix
def test_a_model_whose_files_are_others_is_refused_by_its_digest(folder, tmp_path):
    (folder / "session.onnx").unlink()
    (folder / "session.onnx").symlink_to("/etc/hostname" if Path("/etc/hostname").exists() else "/etc/passwd")
    with pytest.raises(ModelError, match="not those its card describes"):
        OnnxDetector(None, folder)
    (folder / "pytorch_model.bin").write_bytes(pickle.dumps(Running(folder / "ran")))
    (folder / "config.json").write_text('{"auto_map": {"AutoModel": "evil.Model"}, "trust_remote_code": true}')
    shutil.copyfile(MODEL / "session.onnx", folder / "copy")
    (folder / "session.onnx").unlink()
    (folder / "copy").rename(folder / "session.onnx")
    # What lies beside the files of the card is not looked at.
    assert OnnxDetector(None, folder)
    assert not (folder / "ran").exists()


def test_words_that_are_no_tokenizer_are_refused(tmp_path):
    shutil.copyfile(MODEL / "encoder.onnx", tmp_path / "encoder.onnx")
    for data in (b"", b"{}", b"[" * 5000, pickle.dumps(Running(tmp_path / "ran"))):
        (tmp_path / "tokenizer.json").write_bytes(data)
        with pytest.raises(ModelError, match="is damaged"):
            Encoder(tmp_path)
    assert not (tmp_path / "ran").exists()


NAMES = ("../../x", "..", "a/b", "con", "-rf", "a" * 300, "\u202etxt", "<script>", "$(touch x)", "x\n# heading", " ", "own-own-")


@pytest.mark.parametrize("name", NAMES)
def test_own_documents_stay_in_their_folder_whatever_they_are_called(tmp_path, name):
    kept, given = tmp_path / "kept", tmp_path / "given"
    given.mkdir()
    file = given / f"{name.replace('/', '_')[:200]}.md"
    file.write_text("# <script>x()</script>\n\nA plain passage about asking. ![x](http://canary.test)\n", encoding="utf-8")
    before = sorted(given.iterdir())
    added = own.add(kept, file)
    assert [path.stem for path in kept.iterdir()] == [added]
    assert sorted(given.iterdir()) == before
    with pytest.raises(CorpusError):
        own.remove(kept, f"../{name}")
    own.remove(kept, added)
    assert list(kept.iterdir()) == []


@posix
def test_a_file_of_users_is_replaced_and_no_link_is_written_through(tmp_path):
    target, link = tmp_path / "elsewhere", tmp_path / "users"
    add_user(target, "ana", "correct horse battery")
    before = target.read_bytes()
    link.symlink_to(target)
    (tmp_path / "users.part").symlink_to(tmp_path / "planted")
    add_user(link, "ben", "correct horse battery")
    assert target.read_bytes() == before
    assert not (tmp_path / "planted").exists()
    assert not link.is_symlink()
    assert link.stat().st_mode & 0o777 == 0o600
    assert set(read_users(link)) == {"ana", "ben"}
    for place in (tmp_path, tmp_path / "nothing", Path("/dev/null") / "x"):
        with pytest.raises(LoginError):
            read_users(place)


def test_a_database_with_triggers_is_no_workspace(tmp_path):
    from rupture.workspace import Workspace

    path = tmp_path / "workspace.sqlite"
    made = sqlite3.connect(path)
    made.executescript("CREATE TABLE sessions (id); CREATE TRIGGER t AFTER INSERT ON sessions BEGIN DELETE FROM sessions; END;")
    made.close()
    before = path.read_bytes()
    with pytest.raises(RuptureError, match=r"left as it (is|was)"):
        Workspace.open(path)
    assert path.read_bytes() == before


def test_practice_of_others_is_words_and_never_run(tmp_path):
    from rupture.practice.store import kept

    file = tmp_path / "practice.jsonl"
    hostile = [
        {"kind": "attempt", "__class__": "x"},
        {"kind": "answer", "lc": 1},
        {"kind": ["attempt"]},
        {},
        [],
        1e999,
        "x" * 10**6,
    ]
    lines = [
        *(json.dumps(line).encode() for line in hostile),
        pickle.dumps(Running(tmp_path / "ran")).replace(b"\n", b" "),
        b"\xff",
    ]
    file.write_bytes(b"\n".join(lines))
    found = kept(file)
    assert found.attempts == ()
    assert found.answers == ()
    assert len(found.damaged) == len(file.read_bytes().splitlines())
    assert not (tmp_path / "ran").exists()
