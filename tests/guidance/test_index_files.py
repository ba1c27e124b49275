"""The files of a kept index by themselves: what may be read, what they add up to, how they are put in place and taken away."""

import os
import sqlite3
import sys
from contextlib import closing

import pytest

from rupture.guidance.index_files import UnusableError, check_plain, check_tables, file_digests, remove, swap


def test_the_files_of_a_folder_are_told_by_their_paths_and_contents(tmp_path):
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "a").write_bytes(b"abc")
    (tmp_path / "a").write_bytes(b"")
    assert file_digests(tmp_path) == {
        "a": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "b/a": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    }


@pytest.mark.skipif(sys.platform == "win32", reason="accounts and pipes are those of POSIX")
def test_only_folders_and_files_of_this_account_are_read(tmp_path):
    inner = tmp_path / "folder" / "inner"
    inner.mkdir(parents=True)
    (inner / "file").write_bytes(b"12345")
    check_plain(tmp_path / "folder")
    with pytest.raises(UnusableError, match=r"^a link, or something else that is no file$"):
        check_plain(inner / "file")
    for path in (inner / "file", inner, tmp_path / "folder"):
        mode = path.stat().st_mode
        path.chmod(mode | 0o002)
        with pytest.raises(UnusableError, match=r"^others may have written it$"):
            check_plain(tmp_path / "folder")
        path.chmod(mode)
    for target in (inner / "file", tmp_path):
        (inner / "link").symlink_to(target)
        with pytest.raises(UnusableError, match=r"^a link, or something else that is no file$"):
            check_plain(tmp_path / "folder")
        (inner / "link").unlink()
    os.mkfifo(inner / "pipe")
    with pytest.raises(UnusableError, match=r"^a link, or something else that is no file$"):
        check_plain(tmp_path / "folder")


def test_no_more_is_read_than_an_index_holds(tmp_path, monkeypatch):
    for name in ("a", "b", "c"):
        (tmp_path / name).write_bytes(b"12345")
    monkeypatch.setattr("rupture.guidance.index_files._MOST_FILES", 3)
    monkeypatch.setattr("rupture.guidance.index_files._MOST_BYTES", 15)
    check_plain(tmp_path)
    monkeypatch.setattr("rupture.guidance.index_files._MOST_BYTES", 14)
    with pytest.raises(UnusableError, match=r"^more than an index holds$"):
        check_plain(tmp_path)
    monkeypatch.setattr("rupture.guidance.index_files._MOST_BYTES", 15)
    (tmp_path / "d").mkdir()
    with pytest.raises(UnusableError, match=r"^more than an index holds$"):
        check_plain(tmp_path)


def test_a_database_that_does_something_by_itself_is_not_opened(tmp_path):
    path = tmp_path / "a b?.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE t (a PRIMARY KEY)")
        connection.commit()
    check_tables(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE VIEW v AS SELECT * FROM t")
        connection.commit()
    with pytest.raises(UnusableError, match=r"^not only tables$"):
        check_tables(path)
    path.write_bytes(b"no database " * 100)
    for missing in (path, tmp_path / "none"):
        with pytest.raises(UnusableError, match=r"^no database$"):
            check_tables(missing)
    assert not (tmp_path / "none").exists()


def test_a_folder_takes_the_place_of_a_damaged_one_and_of_no_sound_one(tmp_path):
    staging, target = tmp_path / "new", tmp_path / "index"
    for folder, told in ((staging, "new"), (target, "old")):
        folder.mkdir()
        (folder / "told").write_text(told)
    swap(staging, target, lambda: True)
    assert (target / "told").read_text() == "old"
    assert staging.exists()
    swap(staging, target, lambda: False)
    assert (target / "told").read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["index"]


def test_a_folder_that_cannot_be_put_in_place_is_an_error_in_the_end(tmp_path):
    tried = []
    with pytest.raises(OSError, match="No such file"):
        swap(tmp_path / "none", tmp_path / "index", lambda: bool(tried.append(1)))
    assert len(tried) == 50


def test_whatever_lies_there_is_taken_away_and_no_more(tmp_path):
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "file").write_text("x")
    (tmp_path / "link").symlink_to(tmp_path / "kept")
    (tmp_path / "file").write_text("x")
    (tmp_path / "folder" / "inner").mkdir(parents=True)
    for name in ("link", "file", "folder", "none"):
        remove(tmp_path / name)
    assert [path.name for path in tmp_path.rglob("*")] == ["kept", "file"]
