"""What somebody else may have put in the place of the workspace, of the file of practice or into the ids of a run: nothing is
waited for, nothing lying elsewhere is damaged, and no word goes into a file that another account owns.

Models, documents and users: `test_web_files.py`; the index: `test_hostile_index.py`.
"""

import os
import tempfile
import traceback
from pathlib import Path

import pytest

from rupture.errors import RuptureError
from rupture.evaluation.runs import Plan, read_answers, read_errors, run
from rupture.practice import store
from rupture.practice.returning import Answer
from rupture.workspace import Workspace

posix = pytest.mark.skipif(os.name != "posix", reason="links, pipes and owners are those of POSIX")
pytestmark = pytest.mark.timeout(120)
ANSWER = Answer(("W5", None), "x9-01", 1, ("W5",), True, "2026-01-02T03:04:05+00:00")
WORDS = b"notes of somebody else\n"


def pipe(path):
    os.mkfifo(path)


def endless(path):
    path.symlink_to("/dev/zero")


def folder(path):
    path.mkdir()


@posix
@pytest.mark.parametrize("make", [pipe, endless, folder])
def test_what_is_no_file_is_refused_at_once(tmp_path, make):
    make(tmp_path / "kept")
    for use in (
        lambda: Workspace.open(tmp_path / "kept"),
        lambda: store.kept(tmp_path / "kept"),
        lambda: store.keep(tmp_path / "kept", ANSWER),
        lambda: store.forget(tmp_path / "kept"),
    ):
        with pytest.raises(RuptureError):
            use()


@posix
def test_a_link_to_a_file_of_something_else_leaves_that_as_it_was(tmp_path):
    other, link = tmp_path / "other", tmp_path / "kept"
    other.write_bytes(WORDS)
    other.chmod(0o644)
    link.symlink_to(other)
    with pytest.raises(RuptureError, match="was left as it is"):
        Workspace.open(link)
    assert other.read_bytes() == WORDS
    assert other.stat().st_mode & 0o777 == 0o644
    assert store.kept(link).damaged == (1,)


@posix
@pytest.mark.skipif(os.name == "posix" and os.getuid() != 0, reason="only the system's account may act as two others")
@pytest.mark.parametrize("mode", [0o666, 0o644])
def test_no_word_goes_into_a_file_that_another_account_owns(mode):
    # Not the folder of the test, which is closed to other accounts.
    with tempfile.TemporaryDirectory() as folder:
        theirs = Path(folder)
        theirs.chmod(0o777)
        for name in ("workspace", "practice"):
            (theirs / name).touch()
            (theirs / name).chmod(mode)

        def use():
            os.setgid(12_345)
            os.setuid(12_345)
            for keep in (lambda: Workspace.open(theirs / "workspace"), lambda: store.keep(theirs / "practice", ANSWER)):
                with pytest.raises(RuptureError):
                    keep()

        assert apart(use) == 0
        assert (theirs / "practice").read_bytes() == b""


def apart(use):
    """The exit code of a process that does `use`."""
    process = os.fork()
    if process == 0:
        try:
            use()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


IDS = (
    *("../../x", "..", ".", "/etc/passwd", "C:\\x", "CON", "nul.txt", "x:stream", "a/b", "a\\b", "-rf", "~", "$(touch x)"),
    *("", " ", "a\nb", "a\r\nb", "\x00", "\x1b[2J", "\u202etxt", "\u2028", "\x85"),
    *("a" * 100_000, "<script>x()</script>", "__proto__"),
)


def test_ids_of_a_run_are_words_and_no_paths(tmp_path):
    run_folder = tmp_path / "runs" / "one"

    def produce(item):
        if item % 2:
            raise ValueError("waldrapp")
        return {"number": item}

    items = {key: number for number, key in enumerate(IDS)}
    for _ in range(2):
        run(run_folder, Plan("hostile", {}), items, produce)
        assert {answer["id"]: answer["number"] for answer in read_answers(run_folder)} == {key: items[key] for key in IDS[::2]}
        assert [error["id"] for error in read_errors(run_folder)] == list(IDS[1::2])
        names = {path.name for path in run_folder.iterdir()} - {"run.lock"}
        assert names == {"errors.jsonl", "predictions.jsonl", "run.json"}
        assert [path for path in tmp_path.rglob("*") if path.is_file() and run_folder not in path.parents] == []
        assert not any(b"waldrapp" in path.read_bytes() for path in run_folder.iterdir())
