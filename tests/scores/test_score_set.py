"""The Parquet data set: what stands in its rows, what counts as done, and that pandas, DuckDB and other file systems read it."""

import errno
import json
import re
from hashlib import sha256

import pytest

from rupture.analysis import Analysis, State
from rupture.batch import json_line, run_batch
from rupture.build import build_reading
from rupture.errors import RunError, UnreadableTranscript
from rupture.formats import Source, read, read_many
from rupture.resources import IN_CHECKOUT, SAMPLES
from rupture.scores import dataset
from rupture.scores.dataset import ScoreSet, alone, file_system, is_score_set, open_scores, part_name
from rupture.scores.local import run_local, stage
from rupture.scores.tables import SCHEMA, SCORES, SetAside, schemas, tables_of
from rupture.transcript import Role, Transcript, Turn
from tests.scores.builders import DIGEST, OBJECTION, TEXT, known

pa = pytest.importorskip("pyarrow", reason="the extra `ray` is not installed")
pq = pytest.importorskip("pyarrow.parquet")


def source(id, text=TEXT):
    return Source(id, lambda: read(text, id="a file's name"))


def broken(id, message="line 3: expected a turn"):
    def fail():
        raise UnreadableTranscript(message)

    return Source(id, fail)


def run(out, sources, *, words=False, part=2, digest=DIGEST, fresh=False):
    return list(run_local(sources, known, open_scores(str(out), digest, words=words, fresh=fresh), words=words, part=part))


def rows(out, table):
    return pq.read_table(f"{out}/{table}").to_pylist()


def files_below(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


@pytest.fixture
def out(tmp_path):
    return tmp_path / "scores"


def test_a_row_says_what_was_found_in_its_turn(out):
    assert [(o.id, o.state) for o in run(out, [source("a")])] == [("a", "analysed")]
    turns = rows(out, "turns")
    assert [t["turn"] for t in turns] == [0, 1, 2, 3, 4, 5]
    assert [t["role"] for t in turns] == ["therapist", "client"] * 3
    moment = turns[3]
    assert moment["session_id"] == "a"
    assert (moment["codes"], moment["components"], moment["top_moment"], moment["words"]) == (["C1"], ["bond"], True, 7)
    assert (moment["p_rupture"], moment["p_C1"], moment["p_W1"], moment["p_R1"]) == (0.9, 0.7, 0.05, None)
    assert turns[0]["codes"] == []
    (session,) = rows(out, "sessions")
    assert (session["state"], session["turns"], session["words"], session["episodes"]) == ("analysed", 6, 54, 1)
    assert (session["top_moments"], session["model_digest"]) == ([3], DIGEST)
    (episode,) = rows(out, "episodes")
    assert (episode["onset"], episode["peak"], episode["family"], episode["codes"]) == (3, 3, "confrontation", ["C1"])


def test_words_and_labels_are_kept_only_when_asked_for(tmp_path):
    text = TEXT.replace("T:", "Dr. Amara Lindqvist:").replace("C:", "Mrs Oyelaran:")
    without, with_them = tmp_path / "without", tmp_path / "with"
    run(without, [source("a", text)])
    run(with_them, [source("a", text)], words=True)
    for file in without.rglob("*.parquet"):
        shown = str(pq.read_table(file).to_pylist())
        assert "Lindqvist" not in shown
        assert "Oyelaran" not in shown
        assert "sister" not in shown
    assert {turn["speaker"] for turn in rows(without, "turns")} == {"Therapist", "Client"}
    kept = rows(with_them, "turns")[3]
    assert (kept["label"], kept["text"], kept["speaker"]) == ("Mrs Oyelaran", OBJECTION, "Client")


def test_the_columns_are_the_same_whatever_is_in_a_part():
    everything = tables_of(
        [known(Transcript("a", read(TEXT, id="a").transcript.turns))], [SetAside("b", "slow", "…")], words=True
    )
    assert set(everything) == set(schemas())
    for name, table in everything.items():
        assert table.schema.equals(schemas()[name], check_metadata=True)
    assert set(tables_of([], [], words=False)) == set()
    assert schemas()["turns"].metadata == {b"rupture_schema": str(SCHEMA).encode()}
    assert len(SCORES) == 3 + 1 + 24


def test_the_digest_is_that_of_the_line_in_jsonl(tmp_path):
    analyse, decisions = build_reading()
    files = sorted(SAMPLES.glob("*.txt"))[:2]
    lines = tmp_path / "analyses.jsonl"
    for _ in run_batch((s for file in files for s in read_many(file)), analyse, lines, digest=decisions.model.digest):
        pass
    scores = open_scores(str(tmp_path / "scores"), decisions.model.digest, words=False)
    for _ in run_local((s for file in files for s in read_many(file)), analyse, scores, words=False):
        pass
    expected = {json.loads(line)["id"]: sha256(line + b"\n").hexdigest() for line in lines.read_bytes().splitlines()}
    assert {row["session_id"]: row["json_sha256"] for row in rows(tmp_path / "scores", "sessions")} == expected
    saved = {json.loads(line)["id"]: Analysis.from_dict(json.loads(line)) for line in lines.read_bytes().splitlines()}
    for row in rows(tmp_path / "scores", "turns"):
        turn = saved[row["session_id"]].scores[row["turn"]]
        assert {name: row[f"p_{name}"] for name in SCORES if row[f"p_{name}"] is not None} == turn


def test_a_run_goes_on_where_it_stopped(out):
    outcomes = run_local([source(id) for id in "abcd"], known, open_scores(str(out), DIGEST, words=False), words=False, part=2)
    assert [next(outcomes).id, next(outcomes).id] == ["a", "b"]
    outcomes.close()
    assert ScoreSet(str(out)).done() == {"a", "b"}
    assert [(o.id, o.state) for o in run(out, [source(id) for id in "abcd"])] == [
        ("a", "skipped"), ("b", "skipped"), ("c", "analysed"), ("d", "analysed"),
    ]  # fmt: skip
    assert sorted(row["session_id"] for row in rows(out, "sessions")) == ["a", "b", "c", "d"]
    assert len(rows(out, "turns")) == 24


def test_what_was_set_aside_is_tried_again(out):
    assert [(o.id, o.state, o.reason) for o in run(out, [broken("a"), source("b")])] == [
        ("b", "analysed", ""), ("a", "failed", "line 3: expected a turn"),
    ]  # fmt: skip
    assert rows(out, "set_aside") == [{"session_id": "a", "kind": "unreadable", "reason": "line 3: expected a turn"}]
    assert [o.state for o in run(out, [source("a"), source("b")])] == ["skipped", "analysed"]
    assert not (out / "set_aside").exists()


@pytest.mark.parametrize("moved", [0, 1, 2, 3], ids=["nothing", "turns", "and episodes", "and what was set aside"])
def test_a_part_that_was_moved_in_by_half_is_not_there(out, moved):
    scores = open_scores(str(out), DIGEST, words=False)
    part, _ = stage(scores, [known(read(TEXT, id="a").transcript), SetAside("b", "slow", "…")], words=False)
    for table in ("turns", "episodes", "set_aside")[:moved]:
        (out / table).mkdir()
        (out / "_staged" / part / f"{table}.parquet").rename(out / table / f"{part}.parquet")
    assert scores.done() == set()
    assert [o.state for o in run(out, [source("a")])] == ["analysed"]
    assert len(rows(out, "turns")) == 6
    assert files_below(out) == [
        "_rupture.json",
        *(f"{table}/{part_name('a')}.parquet" for table in ("episodes", "sessions", "turns")),
    ]


def test_a_part_written_twice_is_there_once(out):
    scores = open_scores(str(out), DIGEST, words=False)
    for _ in range(2):
        part, _ = stage(scores, [known(read(TEXT, id=id).transcript) for id in "ab"], words=False)
        scores.commit(part)
    assert sorted(row["session_id"] for row in rows(out, "sessions")) == ["a", "b"]
    assert part_name("ab") == part_name("ba") != part_name(["ab"])


def test_two_inputs_with_one_id_stop_the_run_and_keep_what_is_in_place(out):
    with pytest.raises(RunError, match="two inputs have the id 'a'"):
        run(out, [source("a"), source("b"), source("c"), source("a")])
    assert ScoreSet(str(out)).done() == {"a", "b", "c"}


def test_a_part_that_is_gone_before_it_is_moved_in_is_said(out):
    scores = open_scores(str(out), DIGEST, words=False)
    part, _ = stage(scores, [known(read(TEXT, id="a").transcript)], words=False)
    open_scores(str(out), DIGEST, words=False)  # as another run begins
    with pytest.raises(RunError, match=r"not there any more.*no other run"):
        scores.commit(part)
    assert ScoreSet(str(out)).done() == set()


def test_a_relative_path_means_one_folder_wherever_it_is_written_from(tmp_path, monkeypatch):
    for name in ("here", "elsewhere"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path / "here")
    scores = open_scores("scores.parquet", DIGEST, words=False)
    monkeypatch.chdir(tmp_path / "elsewhere")
    part, _ = stage(scores, [known(read(TEXT, id="a").transcript)], words=False)
    scores.commit(part)
    assert ScoreSet(str(tmp_path / "here" / "scores.parquet")).done() == {"a"}
    assert files_below(tmp_path / "elsewhere") == []


def test_one_run_at_a_time_is_alone_with_a_data_set(out, monkeypatch):
    with alone(str(out)):
        run(out, [source("a")])
        with pytest.raises(RunError, match="another run is writing there"), alone(f"{out}/"):
            pass
    with alone(str(out)):
        assert [o.state for o in run(out, [source("a")])] == ["skipped"]
    with alone("memory://bucket/scores"), alone("memory://bucket/scores"):
        pass

    def without_locks(path):
        raise OSError(errno.EACCES, "cannot be opened or locked")

    monkeypatch.setattr(dataset, "hold", without_locks)
    with alone(str(out)):
        assert [o.state for o in run(out, [source("a")])] == ["skipped"]


def test_what_was_done_before_a_run_broke_off_is_kept(out):
    def sources(error):
        yield source("a")
        raise error

    for number, error in enumerate((KeyboardInterrupt(), ZeroDivisionError())):
        with pytest.raises(type(error)):
            run(f"{out}{number}", sources(error), part=64)
        assert ScoreSet(f"{out}{number}").done() == {"a"}


def test_an_error_nobody_thought_of_costs_its_own_session(out):
    def failing(transcript):
        if transcript.id == "b":
            raise ZeroDivisionError(OBJECTION)
        return known(transcript)

    scores = open_scores(str(out), DIGEST, words=False)
    outcomes = list(run_local([source(id) for id in "abc"], failing, scores, words=False))
    assert [(o.id, o.state) for o in outcomes] == [("a", "analysed"), ("c", "analysed"), ("b", "failed")]
    (aside,) = rows(out, "set_aside")
    assert (aside["session_id"], aside["kind"]) == ("b", "failed")
    assert "ZeroDivisionError" in aside["reason"]
    assert OBJECTION not in aside["reason"]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"digest": "e" * 64}, "analyses by another model"),
        ({"words": True}, "begun without the words"),
    ],
)
def test_another_kind_of_data_set_is_left_alone(out, settings, message):
    run(out, [source("a")])
    before = {name: (out / name).read_bytes() for name in files_below(out)}
    with pytest.raises(RunError, match=message):
        run(out, [source("b")], **settings)
    assert {name: (out / name).read_bytes() for name in files_below(out)} == before
    assert [o.id for o in run(out, [source("b")], fresh=True, **settings)] == ["b"]
    assert [row["session_id"] for row in rows(out, "sessions")] == ["b"]


@pytest.mark.parametrize("fresh", [False, True])
@pytest.mark.parametrize("content", ["[]", "not JSON", None])
def test_a_folder_of_something_else_is_never_touched(out, content, fresh):
    out.mkdir()
    (out / "sessions").mkdir()
    (out / "thesis.txt").write_text("years of work")
    if content is not None:
        (out / "_rupture.json").write_text(content)
    before = files_below(out)
    with pytest.raises(RunError, match="something other than a data set"):
        run(out, [source("a")], fresh=fresh)
    with pytest.raises(RunError, match="something other than a data set"), alone(str(out)):
        pass
    assert files_below(out) == before


def test_a_part_that_cannot_be_read_is_named(out):
    run(out, [source("a")])
    (part,) = (out / "sessions").iterdir()
    part.write_bytes(b"PAR1 and then nothing")
    with pytest.raises(RunError, match=r"part-.*cannot be read as a part"):
        run(out, [source("b")])


def test_any_file_system_will_do(out):
    fsspec = pytest.importorskip("fsspec")
    address = "memory://bucket/scores"
    try:
        assert [o.state for o in run(address, [source("a"), broken("b")])] == ["analysed", "failed"]
        assert [o.state for o in run(address, [source("a"), source("b")])] == ["skipped", "analysed"]
        assert ScoreSet(address).done() == {"a", "b"}
        files, root = file_system(address)
        assert not [name for name in files.find(root) if "staged" in name or name.endswith(".writing")]
    finally:
        fsspec.filesystem("memory").store.clear()


@pytest.mark.parametrize("address", ["nothing://bucket", "gdrive-of-nobody://x/y"])
def test_a_file_system_nobody_knows_is_said(address):
    with pytest.raises(RunError, match=r"://"):
        open_scores(address, DIGEST, words=False)


def test_any_id_and_any_words_can_be_written(out):
    strange = [source("half \ud83d", TEXT.replace("sister", "sœur “naïve”")), source("line\nend"), broken("fails \ud83d")]
    strange.append(broken("named", "half \udcff.json: cannot be opened"))
    assert [o.state for o in run(out, strange, words=True)] == ["analysed", "analysed", "failed", "failed"]
    again = run(out, strange, words=True)
    assert [o.state for o in again] == ["skipped", "skipped", "failed", "failed"]
    assert [row["reason"] for row in rows(out, "set_aside")][1] == again[-1].reason == "half \\udcff.json: cannot be opened"
    assert "sœur “naïve”" in rows(out, "turns")[5]["text"]


def test_a_session_that_was_not_analysed_has_its_turns_and_no_scores(out):
    run(out, [source("a", "T: Hello there.\nT: Still there?")])
    (session,) = rows(out, "sessions")
    assert session["state"] == State.NOT_ANALYSED
    assert "same speaker" in session["notes"][0]
    assert session["withdrawal"] is None
    assert {turn["p_rupture"] for turn in rows(out, "turns")} == {None}
    assert not (out / "episodes").exists()


def test_speakers_of_a_group_are_told_apart(out):
    turns = tuple(
        Turn(i, speaker, role, f"Some words of turn {i}.")
        for i, (speaker, role) in enumerate([("Dr. X", Role.THERAPIST), ("Ola", Role.CLIENT), ("Per", Role.CLIENT)] * 3)
    )
    scores = open_scores(str(out), DIGEST, words=False)
    part, _ = stage(scores, [known(Transcript("a", turns))], words=False)
    scores.commit(part)
    assert [turn["speaker"] for turn in rows(out, "turns")][:3] == ["Therapist", "Client A", "Client B"]
    assert {share["speaker"] for share in rows(out, "sessions")[0]["talk_share"]} == {"Therapist", "Client A", "Client B"}


def test_duckdb_and_pandas_read_it(out):
    duckdb, pandas = pytest.importorskip("duckdb"), pytest.importorskip("pandas")
    run(out, [source(id) for id in "abc"])
    with duckdb.connect() as base:
        found = base.execute(
            f"select s.session_id, count(*), max(t.p_rupture) from '{out}/sessions/*.parquet' s "  # noqa: S608 - a path of this test
            f"join '{out}/turns/*.parquet' t using (session_id) group by 1 order by 1"
        ).fetchall()
        codes = base.execute(f"select unnest(codes) as code from '{out}/turns/*.parquet'").fetchall()  # noqa: S608
    assert found == [(id, 6, 0.9) for id in "abc"]
    assert codes == [("C1",)] * 3
    turns = pandas.read_parquet(out / "turns")
    assert len(turns) == 18
    assert turns.groupby("session_id").p_C1.max().to_dict() == dict.fromkeys("abc", 0.7)


def test_what_out_names(tmp_path):
    assert is_score_set("scores.parquet")
    assert is_score_set("s3://bucket/scores")
    assert is_score_set("new/")
    assert is_score_set(str(tmp_path))
    assert not is_score_set("analyses.jsonl")
    assert not is_score_set("analyses")


def test_a_line_of_json_is_the_same_however_often_it_is_read():
    analysis = known(read(TEXT, id="a").transcript)
    line = json_line(analysis.to_dict())
    assert json_line(Analysis.from_dict(json.loads(line)).to_dict()) == line


@pytest.mark.skipif(not IN_CHECKOUT, reason="the documents are in a checkout only")
def test_every_column_is_described():
    text = (SAMPLES.parents[1] / "docs" / "scores.md").read_text(encoding="utf-8")
    for table, schema in schemas().items():
        described = text.partition(f"**{table}**")[2].partition("\n**")[0]
        missing = {name for name in schema.names if f"`{name}`" not in described and not re.fullmatch(r"p_[WCR]\d+", name)}
        assert missing == set()
    assert f"## Schema {SCHEMA}\n" in text
