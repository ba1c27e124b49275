"""An order for a batch, in this process: kept as JSONL or Parquet, gone on with, and its own results never read as inputs."""

import json
from collections import Counter
from itertools import islice

import pytest

from rupture.errors import RunError
from rupture.resources import SAMPLES
from rupture.scores.running import Batch, outcomes_of, reasons_at

pa = pytest.importorskip("pyarrow", reason="the extra `ray` is not installed")
pq = pytest.importorskip("pyarrow.parquet")
TURNS = [{"speaker": role, "text": f"Some words of turn {n}, said by one of the two."} for n, role in enumerate("TCTCTC")]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "sub").mkdir()
    for name in ("a.txt", "sub/a.txt"):
        (tmp_path / name).write_text((SAMPLES / "sleep-diary.txt").read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "broken.json").write_text("{")
    return tmp_path


@pytest.mark.parametrize("out", ["analyses.jsonl", "scores.parquet"])
def test_a_batch_writes_among_its_inputs_and_goes_on(folder, out):
    pq.write_table(pa.Table.from_pylist([{"id": "p", "turns": TURNS}]), folder / "in.parquet")
    order = Batch((str(folder),), str(folder / out))
    # A batch that reads what it writes has no end.
    assert Counter(o.state for o in islice(outcomes_of(order), 20)) == {"analysed": 3, "failed": 1}
    assert Counter((o.id, o.state) for o in islice(outcomes_of(order), 20)) == {
        ("a", "skipped"): 1, ("sub/a", "skipped"): 1, ("in/p", "skipped"): 1, ("broken", "failed"): 1,
    }  # fmt: skip
    if out.endswith(".parquet"):
        ids = [row["session_id"] for row in pq.read_table(folder / out / "sessions").to_pylist()]
        aside = pq.read_table(reasons_at(order.out)).to_pylist()[0]["session_id"]
    else:
        ids = [json.loads(line)["id"] for line in (folder / out).read_text(encoding="utf-8").splitlines()]
        with open(reasons_at(order.out), encoding="utf-8") as reasons:
            aside = json.loads(reasons.readline())["id"]
    assert sorted(ids) == ["a", "in/p", "sub/a"]
    assert aside == "broken"


def test_parquet_goes_into_jsonl(folder, tmp_path):
    pq.write_table(pa.Table.from_pylist([{"id": "p", "turns": TURNS}]), tmp_path / "in.parquet")
    order = Batch((str(tmp_path / "in.parquet"),), str(tmp_path / "out.jsonl"))
    assert [(o.id, o.state) for o in outcomes_of(order)] == [("p", "analysed")]


def test_no_order_is_begun_that_cannot_be_carried_out(folder):
    before = sorted(folder.rglob("*"))
    with pytest.raises(RunError, match="--words is for a Parquet data set"):
        list(outcomes_of(Batch((str(folder),), str(folder / "x.jsonl"), words=True)))
    assert sorted(folder.rglob("*")) == before


def test_a_second_run_on_one_data_set_is_refused_and_the_first_goes_on(folder):
    order = Batch((str(folder),), str(folder / "scores.parquet"))
    first = outcomes_of(order)
    begun = next(first)
    with pytest.raises(RunError, match=r"scores\.parquet: another run is writing there"):
        list(outcomes_of(order))
    assert Counter(o.state for o in (begun, *first)) == {"analysed": 2, "failed": 1}
