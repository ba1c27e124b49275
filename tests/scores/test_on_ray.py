"""A batch on a Ray cluster of several nodes on this machine: the same results as one process, each session once, though a node is
killed, the run is stopped, or a session ends the process that reads it."""

import json
import os
import stat
import subprocess
import sys
import time
from collections import Counter
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from rupture.batch import run_batch
from rupture.build import build_reading
from rupture.errors import RunError
from rupture.formats import read_many
from rupture.resources import SAMPLES
from rupture.scores.apart import Apart
from rupture.scores.dataset import ScoreSet, open_scores
from rupture.scores.inputs import find_inputs
from rupture.scores.local import run_local
from rupture.scores.on_ray import OnRay, run_on_ray
from rupture.scores.ray_session import ray_session
from tests.scores.builders import DIGEST, known
from tests.scores.conftest import TURNS

if find_spec("ray") is None or os.name != "posix":
    pytest.skip("the extra `ray` is not installed, or not for this system", allow_module_level=True)

import pyarrow.parquet as pq

pytestmark = [
    # Ray's own, when it makes its settings.
    pytest.mark.filterwarnings("ignore::DeprecationWarning:ray.data.context"),
    pytest.mark.timeout(600),
]
RUPTURE = Path(sys.executable).with_name("rupture")
CLOSED = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",
    "RAY_AUTH_MODE": "token",
    "RAY_AUTH_TOKEN": "t" * 64,
    "RAY_BACKEND_LOG_LEVEL": "fatal",
}
OUTSIDE = dict(os.environ)
"""What a program beside the cluster of these tests starts with."""
NODE = {"include_dashboard": False, "node_ip_address": "127.0.0.1", "object_store_memory": 100_000_000}


@pytest.fixture(scope="module")
def cluster():
    """Three nodes: one that runs nothing, as a head should, and two with one core each."""
    before = dict(os.environ)
    os.environ.update(CLOSED)
    import ray
    from ray.cluster_utils import Cluster

    folder = TemporaryDirectory(prefix="t", dir="/tmp")
    made = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "temp_dir": folder.name, **NODE})
    nodes = [made.add_node(num_cpus=1, **NODE) for _ in range(2)]
    ray.init(address=made.address, log_to_driver=False, logging_level="ERROR")
    try:
        yield made, nodes
    finally:
        ray.shutdown()
        made.shutdown()
        folder.cleanup()
        os.environ.clear()
        os.environ.update(before)


@pytest.fixture
def out(tmp_path):
    return tmp_path / "scores"


def running(files, out, builder, *, part=4, actors=2, seconds=60.0):
    how = OnRay(Apart(builder=f"tests.scores.builders:{builder}", seconds=seconds), actors=actors, part=part)
    with ray_session():
        yield from run_on_ray(find_inputs(str(files)), open_scores(str(out), DIGEST, words=True), how, words=True)


def rows(out, table):
    return pq.read_table(f"{out}/{table}").to_pylist()


def in_order(out, table):
    return sorted(rows(out, table), key=lambda row: (row["session_id"], row.get("turn", 0)))


def test_what_one_process_finds_is_found_here_and_poison_is_set_aside(cluster, sessions, out, tmp_path):
    good = [f"s{n}" for n in range(20)]
    sessions([*good[:10], "crash-1", "bug-1"], "one.jsonl", '{"id": "torn", "turns"\n')
    sessions([*good[10:], "fails-1", "hang-1"], "two.jsonl")
    sessions([], "half \udcff.parquet", "no Parquet")
    outcomes = list(running(tmp_path / "inputs", out, "poisoned", seconds=5))
    assert Counter(o.state for o in outcomes) == {"analysed": 20, "failed": 6}
    assert {row["session_id"]: row["kind"] for row in rows(out, "set_aside")} == {
        "one/crash-1": "crashed", "one/bug-1": "failed", "two/fails-1": "failed", "two/hang-1": "slow", "one:13": "unreadable",
        "half \\udcff:unread": "unreadable",
    }  # fmt: skip
    here = tmp_path / "here"
    sound = (s for s in read_many(tmp_path / "inputs") if s.id.rpartition("/")[2] in good)
    for _ in run_local(sound, known, open_scores(str(here), DIGEST, words=True), words=True):
        pass
    for table in ("sessions", "turns", "episodes"):
        assert in_order(out, table) == in_order(here, table)


def test_a_stopped_run_goes_on_and_nothing_is_done_twice(cluster, sessions, out):
    file = sessions([f"s{n}" for n in range(40)])
    first = running(file, out, "steady")
    begun = [next(first).id for _ in range(6)]
    first.close()
    done = ScoreSet(str(out)).done()
    assert set(begun) <= done
    assert len(done) < 40
    states = Counter(o.state for o in running(file, out, "steady"))
    assert states == {"skipped": len(done), "analysed": 40 - len(done)}
    assert Counter(row["session_id"] for row in rows(out, "sessions")) == {f"s{n}": 1 for n in range(40)}
    assert {o.state for o in running(file, out, "steady")} == {"skipped"}


def test_two_inputs_with_one_id_stop_the_run(cluster, sessions, out):
    file = sessions(["a", "b", "c", "d", "a", "e"])
    with pytest.raises(RunError, match="two inputs have the id 'a'"):
        list(running(file, out, "steady", part=2))
    assert Counter(row["session_id"] for row in rows(out, "sessions")).total() <= 5


def test_a_model_that_cannot_be_loaded_stops_the_run(cluster, sessions, out):
    with pytest.raises(RunError, match=r"encoder\.onnx is missing"):
        list(running(sessions(["a"]), out, "missing"))


def test_readers_wait_while_actors_are_busy(cluster, out, tmp_path):
    """There is more to read than the nodes can hold in memory: what is read too early would be put on disk."""
    folder = tmp_path / "inputs"
    folder.mkdir()
    long = {"role": "client", "text": "and then " * 100_000}
    rows = [json.dumps({"id": f"s{n}", "turns": [*TURNS, long]}) + "\n" for n in range(16)]
    files = [folder / f"{name}.jsonl" for name in range(24)]
    for file in files:
        file.write_text("".join(rows), encoding="utf-8")
        os.utime(file, (0, file.stat().st_mtime))
    assert sum(file.stat().st_size for file in files) > 3 * NODE["object_store_memory"]
    if not _keeps_times_of_reading(tmp_path):
        pytest.skip("this file system keeps no times of reading")
    run = running(folder, out, "slow", part=1)
    outcomes = [next(run) for _ in range(12)]
    begun = sum(file.stat().st_atime > 0 for file in files)
    run.close()
    for file in files:
        file.unlink()
    assert {outcome.state for outcome in outcomes} == {"analysed"}
    assert 0 < begun < len(files) / 2  # all of them where Ray is told not to hold back


def _keeps_times_of_reading(folder):
    file = folder / "probe"
    file.write_text("read", encoding="utf-8")
    os.utime(file, (0, file.stat().st_mtime))
    file.read_text(encoding="utf-8")
    return file.stat().st_atime > 0


def actors_on(node):
    """Processes of actors that a node has started."""
    raylet = node.all_processes["raylet"][0].process.pid
    shown = subprocess.run(["ps", "--ppid", str(raylet), "-o", "args="], capture_output=True, text=True)
    return [line for line in shown.stdout.splitlines() if "MapWorker" in line]


def test_a_node_that_is_killed_loses_nothing_and_doubles_nothing(cluster, sessions, out, tmp_path):
    import ray

    made, nodes = cluster
    ids = [f"{name}{n}" for name in "abcdefghijklmnop" for n in range(20)]
    for start in range(0, len(ids), 20):
        sessions(ids[start : start + 20], f"{ids[start][0]}.jsonl")
    seen = Counter()
    killed_at = 0
    for outcome in running(tmp_path / "inputs", out, "steady"):
        seen[outcome.id] += 1
        if not killed_at and all(map(actors_on, nodes)):
            made.remove_node(nodes.pop(), allow_graceful=False)
            killed_at = seen.total()
    assert 0 < killed_at < len(ids) - 40
    expected = {f"{id[0]}/{id}": 1 for id in ids}
    assert seen == expected
    assert Counter(row["session_id"] for row in rows(out, "sessions")) == expected
    assert Counter(row["session_id"] for row in rows(out, "turns")) == dict.fromkeys(expected, 6)
    assert not (out / "_staged").exists()
    while sum(node["Alive"] for node in ray.nodes()) != 2:  # the head takes its time to believe it
        time.sleep(1)


WATCH = """
import json, os, subprocess, sys
from pathlib import Path
from rupture.scores.ray_session import ray_session
with ray_session(temp=sys.argv[1]):
    import ray, ray.data
    ray.data.range(2).map_batches(lambda batch: batch).take_all()
    (folder,) = [f for f in Path(sys.argv[1]).glob(f"rupture-{os.getpid()}-*")]
    ours = []
    for p in filter(str.isdigit, os.listdir("/proc")):
        try:
            if str(folder).encode() in open(f"/proc/{p}/environ", "rb").read():
                ours.append(p)
        except OSError:
            pass
    inodes = set()
    for p in ours:
        for f in os.listdir(f"/proc/{p}/fd"):
            try:
                inodes.add(os.readlink(f"/proc/{p}/fd/{f}").partition("[")[2].rstrip("]"))
            except OSError:
                pass
    listening = []
    for name in ("tcp", "tcp6"):
        for line in open(f"/proc/net/{name}").read().splitlines()[1:]:
            cells = line.split()
            if cells[3] == "0A" and cells[9] in inodes:
                listening.append(cells[1].rpartition(":")[0])
    print(json.dumps({"mode": oct(folder.stat().st_mode & 0o777), "listening": sorted(set(listening)), "processes": len(ours),
                      "usage": os.environ["RAY_USAGE_STATS_ENABLED"], "token": len(os.environ["RAY_AUTH_TOKEN"])}))
print(json.dumps({"left": os.listdir(sys.argv[1]), "token": "RAY_AUTH_TOKEN" in os.environ}))
"""


def test_ray_started_here_is_closed_to_others_and_leaves_nothing():
    with TemporaryDirectory(prefix="t", dir="/tmp") as folder:  # pytest's own folders are too deep for sockets
        for name in ("rupture-999999999-00aa", f"rupture-{os.getpid()}-00aa", "rupture-thesis"):
            Path(folder, name).mkdir()
        done = subprocess.run([sys.executable, "-c", WATCH, folder], env=OUTSIDE, capture_output=True, text=True, timeout=300)
        kept = {f"rupture-{os.getpid()}-00aa", "rupture-thesis"}
        assert set(os.listdir(folder)) == kept
    assert done.returncode == 0, done.stderr
    during, after = map(json.loads, done.stdout.splitlines())
    assert during["mode"] == "0o700"
    assert during["processes"] > 4
    # 127.0.0.1, and the same as an IPv6 socket writes it.
    assert set(during["listening"]) <= {"0100007F", "0000000000000000FFFF00000100007F"}
    assert (during["usage"], during["token"]) == ("0", 64)
    assert (set(after["left"]), after["token"]) == (kept, False)


def test_a_folder_too_deep_for_sockets_or_missing_is_refused(tmp_path):
    code = "import sys; from rupture.scores.ray_session import ray_session\nwith ray_session(temp=sys.argv[1]): pass"
    deep = tmp_path / ("d" * 60)
    deep.mkdir()
    for folder, message in ((deep, "too long a path"), (tmp_path / "nothing", "found no folder")):
        done = subprocess.run([sys.executable, "-c", code, str(folder)], capture_output=True, text=True, timeout=60)
        assert message in done.stderr
    assert list(deep.iterdir()) == []


def test_the_command_line_gives_bit_for_bit_what_one_process_gives(tmp_path):
    analyse, decisions = build_reading()
    lines = tmp_path / "analyses.jsonl"
    for _ in run_batch(read_many(SAMPLES), analyse, lines, digest=decisions.model.digest):
        pass
    out = tmp_path / "scores.parquet"
    broken = tmp_path / "broken.jsonl"
    broken.write_text('{"id": "x", "turns": 3}\n')
    command = [RUPTURE, "batch", str(SAMPLES), str(broken), "--engine", "ray", "--ray", "part=2", "--out", str(out)]
    done = subprocess.run(command, env=OUTSIDE, capture_output=True, text=True, timeout=500)
    assert done.returncode == 3, done.stderr
    assert done.stdout.splitlines() == [done.stdout.splitlines()[0], f"reasons: {out}/set_aside"]
    assert "4 analysed" in done.stdout
    expected = {json.loads(line)["id"]: sha256(line + b"\n").hexdigest() for line in lines.read_bytes().splitlines()}
    assert {row["session_id"]: row["json_sha256"] for row in rows(out, "sessions")} == expected
    assert stat.S_ISDIR(out.stat().st_mode)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--out", "x.jsonl", "--engine", "ray"], "writes a Parquet data set"),
        (["--out", "x.jsonl", "--ray", "actors=2"], "--ray is for --engine ray"),
        (["--out", "x.jsonl", "--words"], "--words is for a Parquet data set"),
        (["--out", "x.parquet", "--engine", "ray", "--ray", "actors=none"], "'actors=none': expected one of"),
        (["--out", "x.parquet", "--engine", "ray", "--ray", "part=0"], "'part=0': expected one of"),
        (["--out", "x.parquet", "--engine", "ray", "--ray", "color=red"], "'color=red': expected one of"),
    ],
)
def test_orders_that_do_not_fit_together_are_refused(arguments, message, tmp_path):
    done = subprocess.run([RUPTURE, "batch", str(SAMPLES), *arguments], capture_output=True, text=True, timeout=60, cwd=tmp_path)
    assert done.returncode == 2
    assert message in done.stderr
    assert list(tmp_path.iterdir()) == []
