"""Which sessions a batch has: the same, under the same ids, as the batch of one process has; and those in Parquet."""

import errno
import json
import os
import shutil
from pathlib import Path

import pytest

from rupture.errors import RuptureError, UnreadableTranscript
from rupture.formats import read_many
from rupture.scores.inputs import find_inputs, needs_fsspec, sessions_in
from tests.scores.builders import TEXT
from tests.scores.conftest import TURNS

pa = pytest.importorskip("pyarrow", reason="the extra `ray` is not installed")
pq = pytest.importorskip("pyarrow.parquet")
fsspec = pytest.importorskip("fsspec")


def found(sources):
    """(id, number of turns or what is wrong) of each."""
    read = []
    for source in sources:
        try:
            read.append((source.id, len(source.read().transcript.turns)))
        except RuptureError as error:
            read.append((source.id, str(error)))
    return read


def through_files(path):
    return found(source for file in find_inputs(path) for source in sessions_in(file))


def messages_apart(items):
    """Messages name the file as each finds it."""
    return [(id, what if isinstance(what, int) else "a message") for id, what in items]


@pytest.fixture
def folder(tmp_path, sessions):
    sessions(["s1", "s2"], "many.jsonl", '{"id": "s3", "turns": 3}\n{broken\n' + json.dumps({"turns": TURNS}) + "\n")
    sessions(["deep"], "sub/folder/one.more.jsonl")
    root = tmp_path / "inputs"
    (root / "sub" / "plain.txt").write_text(TEXT)
    (root / "twice.txt").write_text(TEXT)
    (root / "twice.md").write_text(TEXT)
    (root / "noname").write_text(TEXT)
    (root / ".hidden.txt").write_text(TEXT)
    rows = [f'{id},{turn["role"]},"{turn["text"]}"' for id in ("t1", "t2") for turn in TURNS]
    (root / "table.csv").write_text("\n".join(["session,role,text", *rows]))
    (root / "corpus").mkdir()
    turn = {"conversation_id": "c1", "speaker": "a", "text": "Some words here."}
    (root / "corpus" / "utterances.jsonl").write_text("".join(json.dumps({**turn, "id": str(n)}) + "\n" for n in range(4)))
    (root / "corpus" / "speakers.json").write_text("{}")
    return root


@pytest.mark.parametrize(
    "what", ["", "many.jsonl", "table.csv", "noname", "sub", "*", "**/*.txt", "sub/*/*.jsonl", "twice.*", "corpus"]
)
def test_ids_and_sessions_are_those_of_one_process(folder, what):
    path = f"{folder}/{what}".rstrip("/")
    here = messages_apart(found(read_many(path)))
    assert here
    assert messages_apart(through_files(path)) == here


def test_the_same_files_elsewhere_have_the_same_sessions(folder):
    memory = fsspec.filesystem("memory")
    try:
        memory.put(f"{folder}/many.jsonl", "/bucket/in/many.jsonl")
        memory.put(f"{folder}/sub/plain.txt", "/bucket/in/sub/plain.txt")
        assert [id for id, _ in through_files("memory://bucket/in")] == [
            "many/s1", "many/s2", "many:3", "many:4", "many:5", "sub/plain",
        ]  # fmt: skip
        assert [id for id, _ in through_files("memory://bucket/in/*.jsonl")][:2] == ["many/s1", "many/s2"]
        assert [id for id, _ in through_files("memory://bucket/in/many.jsonl")][:2] == ["s1", "s2"]
    finally:
        memory.store.clear()


def test_an_address_of_a_local_file_is_that_file(folder):
    assert through_files(f"file://{folder}/table.csv") == [("t1", 6), ("t2", 6)]


@pytest.mark.parametrize("what", ["nothing", "nothing/*.jsonl", "empty"])
def test_no_input_is_said(folder, what):
    (folder / "empty").mkdir()
    with pytest.raises(UnreadableTranscript, match="found no file"):
        find_inputs(f"{folder}/{what}")


def test_a_name_that_leads_elsewhere_is_refused(tmp_path):
    memory = fsspec.filesystem("memory")
    try:
        memory.store["/bucket/x/../../outside.txt"] = type(memory).open(memory, "/bucket/plain.txt", "wb")
        (found_file,) = [file for file in find_inputs("memory://bucket") if ".." in file.id]
        ((_, message),) = found(sessions_in(found_file))
        assert "cannot be opened" in message
    finally:
        memory.store.clear()


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read every file")
def test_a_file_that_may_not_be_read_is_set_aside(folder):
    (folder / "noname").chmod(0)
    ((id, message),) = through_files(f"{folder}/noname")
    assert id == "noname"
    assert "cannot be opened" in message


def test_parquet_with_a_session_a_row(tmp_path):
    turns = [{"speaker": turn["role"], "text": turn["text"]} for turn in TURNS]
    rows = [{"id": "a", "turns": turns}, {"id": None, "turns": turns[:2]}, {"id": "c", "turns": None}]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "in.parquet")
    assert through_files(str(tmp_path / "in.parquet")) == [
        ("a", 6), ("in:2", 2), ("c", "row 3: expected a list of turns."),
    ]  # fmt: skip
    assert [id for id, _ in through_files(str(tmp_path))] == ["in/a", "in:2", "in/c"]


def test_parquet_with_a_turn_a_row(tmp_path):
    rows = [{"session_id": id, **turn, "start": float(n)} for id in "ab" for n, turn in enumerate(TURNS)]
    rows += [{"session_id": "a", **TURNS[0], "start": 9.0}]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "in.parquet", row_group_size=5)
    assert through_files(str(tmp_path / "in.parquet")) == [
        ("a", 6), ("b", 6), ("a:13", "row 13: more rows of an earlier session. Sort the table by session."),
    ]  # fmt: skip
    (first, *_) = sessions_in(find_inputs(str(tmp_path / "in.parquet"))[0])
    assert [turn.start for turn in first.read().transcript.turns] == [0, 1, 2, 3, 4, 5]


def test_parquet_without_a_session_column_is_one_session(tmp_path):
    pq.write_table(pa.Table.from_pylist(TURNS), tmp_path / "in.parquet")
    assert through_files(str(tmp_path / "in.parquet")) == [("in", 6)]


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1" + bytes(40) + b"PAR1", None])
def test_what_is_no_parquet_of_sessions_is_set_aside(tmp_path, content):
    file = tmp_path / "in.parquet"
    if content is None:
        pq.write_table(pa.table({"colour": ["red"]}), file)
    else:
        file.write_bytes(content)
    ((_, message),) = through_files(str(file))
    assert "in" in message
    assert "red" not in message


def test_a_parquet_file_that_breaks_off_keeps_the_sessions_above(tmp_path):
    file = tmp_path / "in.parquet"
    rows = [{"id": f"s{n}", "turns": TURNS} for n in range(600)]
    pq.write_table(pa.Table.from_pylist(rows), file, row_group_size=256, use_dictionary=False)
    intact = through_files(str(file))
    assert intact == [(f"s{n}", 6) for n in range(600)]
    with pq.ParquetFile(file) as written:
        page = written.metadata.row_group(1).column(0).data_page_offset
    content = bytearray(file.read_bytes())
    content[page : page + 40] = b"\xff" * 40
    file.write_bytes(content)
    *above, (id, message) = through_files(str(file))
    assert above == intact[:256]
    assert id == "in:unread"
    assert "cannot be read as Parquet" in message


@pytest.mark.parametrize("kind", [pa.large_list, lambda turn: pa.list_(turn, len(TURNS))], ids=["large", "of one size"])
def test_every_kind_of_list_holds_turns(tmp_path, kind):
    turn = pa.struct({"role": pa.string(), "text": pa.string()})
    table = pa.table({"id": pa.array(["a", "b"]), "turns": pa.array([TURNS, TURNS], kind(turn))})
    pq.write_table(table, tmp_path / "in.parquet")
    assert through_files(str(tmp_path / "in.parquet")) == [("a", 6), ("b", 6)]


def test_text_that_is_no_utf8_is_set_aside(tmp_path):
    bad = pa.array([b"fine", b"half \xff"], pa.binary()).view(pa.string())
    pq.write_table(pa.table({"speaker": ["T", "C"], "text": bad}), tmp_path / "in.parquet")
    ((id, message),) = through_files(str(tmp_path / "in.parquet"))
    assert id == "in:unread"
    assert "cannot be read as Parquet" in message


def test_a_session_column_of_lists_names_no_session(tmp_path):
    pq.write_table(pa.Table.from_pylist([{"session_id": ["a"], **turn} for turn in TURNS]), tmp_path / "in.parquet")
    assert through_files(str(tmp_path / "in.parquet")) == [
        ("in", "in: the column that names the session holds lists or objects, expected text or numbers."),
    ]  # fmt: skip


def test_plain_files_need_no_other_package(folder):
    assert not needs_fsspec(str(folder))
    assert needs_fsspec("s3://bucket/x.jsonl")
    pq.write_table(pa.Table.from_pylist(TURNS), folder / "sub" / "in.parquet")
    assert needs_fsspec(str(folder))
    assert needs_fsspec(str(Path(folder, "*.parquet")))


def test_the_results_of_the_batch_are_no_input(folder):
    (folder / "scores.parquet" / "sessions").mkdir(parents=True)
    (folder / "scores.parquet" / "_rupture.json").write_text("{}")
    pq.write_table(pa.Table.from_pylist(TURNS), folder / "scores.parquet" / "sessions" / "part.parquet")
    (folder / "analyses.jsonl").write_text("")
    (folder / "analyses.errors.jsonl").write_text("")
    everything = {file.id for file in find_inputs(str(folder))}
    (folder.parent / "link").symlink_to(folder, target_is_directory=True)
    for at in (folder, folder.parent / "link"):
        ids = {file.id for file in find_inputs(str(folder), [f"{at}/scores.parquet/", f"{at}/analyses.jsonl"])}
        assert everything - ids == {"scores.parquet/_rupture", "scores.parquet/sessions/part", "analyses"}


@pytest.mark.parametrize("hard", [True, False], ids=["by another name", "as a copy"])
def test_where_no_links_may_be_made_files_are_read_all_the_same(folder, monkeypatch, hard):
    def refused(*_):
        raise OSError(errno.EPERM, "a privilege is missing")

    before = through_files(str(folder))
    copied = []
    monkeypatch.setattr(Path, "symlink_to", refused)
    monkeypatch.setattr(shutil, "copyfile", lambda *paths, copy=shutil.copyfile: copied.append(copy(*paths)))
    if not hard:
        monkeypatch.setattr(os, "link", refused)
    assert messages_apart(through_files(str(folder))) == messages_apart(before)
    assert bool(copied) is not hard


def test_what_is_fetched_lies_where_the_next_start_would_remove_it(folder, tmp_path, monkeypatch):
    memory = fsspec.filesystem("memory")
    (private := tmp_path / "private").mkdir()
    try:
        memory.put(f"{folder}/sub/plain.txt", "/bucket/plain.txt")
        (file,) = find_inputs("memory://bucket/plain.txt")
        monkeypatch.setenv("GRADIO_TEMP_DIR", str(private))
        sessions = sessions_in(file)
        assert next(sessions).id == "plain"
        assert [path.read_text() for path in private.rglob("plain.txt")] == [TEXT]
        assert list(sessions) == list(private.iterdir()) == []
        # As on another machine of a cluster.
        monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "nowhere"))
        assert found(sessions_in(file)) == [("plain", 6)]
    finally:
        memory.store.clear()
