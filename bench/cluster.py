"""A batch on Ray beside the same batch in one process: sessions a second with one and two nodes, start-up, memory, storage a
session, and what that comes to for 1,000 to 100,000,000 sessions. Writes bench/cluster.md.

All nodes share this machine. An actor keeps one core busy, one process all of them: two actors and one process are to be compared
on two cores. Ray works ahead of what it hands over, so the time of a session is the difference between a run of all sessions and
one of a few, shared among those that only the first has; what is left of the shorter run is start-up.
"""

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from bench import ROOT, long_session
from rupture.batch import Outcome, run_batch
from rupture.build import build_reading
from rupture.formats import read_many
from rupture.scores.dataset import open_scores
from rupture.scores.inputs import find_inputs
from rupture.scores.local import run_local
from rupture.scores.on_ray import OnRay, run_on_ray
from rupture.scores.tables import TABLES

SESSIONS = 48
FEW = 12
TURNS = 300
PART = 4
CLOSED = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",
    "RAY_BACKEND_LOG_LEVEL": "fatal",
    "RAY_AUTH_MODE": "token",
    "RAY_AUTH_TOKEN": os.urandom(32).hex(),
}


def write_sessions(folder: Path, count: int) -> int:
    """So many sessions as four JSONL files; their bytes."""
    turns = [{"role": t.role.value, "speaker": t.speaker, "text": t.text} for t in long_session(TURNS).turns]
    folder.mkdir()
    for number in range(count):
        line = json.dumps({"id": f"s{number}", "turns": [{**t, "text": f"{t['text']} {number}"} for t in turns]}) + "\n"
        with (folder / f"{number % 4}.jsonl").open("a") as file:
            file.write(line)
    return sum(file.stat().st_size for file in folder.iterdir())


def seconds(outcomes: Iterator[Outcome]) -> float:
    """Until every session is in place."""
    start = time.perf_counter()
    for _ in outcomes:
        pass
    return time.perf_counter() - start


@contextmanager
def nodes(count: int) -> Iterator[None]:
    """A cluster of so many nodes with one actor each, on this machine and closed to others."""
    os.environ.update(CLOSED)
    import ray
    from ray.cluster_utils import Cluster

    settings = {"include_dashboard": False, "node_ip_address": "127.0.0.1", "object_store_memory": 200_000_000}
    made = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, **settings})
    for _ in range(count):
        made.add_node(num_cpus=1, **settings)
    ray.init(address=made.address, log_to_driver=False, logging_level="ERROR")
    try:
        yield
    finally:
        ray.shutdown()
        made.shutdown()


def resident(word: str) -> list[int]:
    """Resident megabytes of each process with `word` in its command line, this one's own left out."""
    found = subprocess.run(["ps", "-eo", "pid,rss,args"], capture_output=True, text=True, check=True).stdout.splitlines()[1:]
    rows = [line.split(None, 2) for line in found]
    return [int(rss) // 1024 for pid, rss, arguments in rows if word in arguments and int(pid) != os.getpid()]


def watched(outcomes: Iterator[Outcome], seen: dict[str, int]) -> Iterator[Outcome]:
    """Passes outcomes on, keeping the largest memory of an actor and of its child."""
    for count, outcome in enumerate(outcomes):
        if count % (2 * PART) == PART:
            for name, word in (("actor", "MapWorker"), ("child", "rupture.scores.apart")):
                seen[name] = max([seen.get(name, 0), *resident(word)])
        yield outcome


def on_ray(count: int, folder: Path, digest: str) -> dict[str, object]:
    """The batch on so many nodes: seconds of start-up and of a session, and what `watched` says."""
    memory: dict[str, int] = {}
    took: dict[str, float] = {}
    words = count == 2
    with nodes(count):
        # What Ray starts once is started by the first.
        for out, given in (("first", "few"), ("few", "few"), ("in", "in")):
            scores = open_scores(str(folder / f"ray-{count}-{out}"), digest, words=words)
            run = run_on_ray(find_inputs(str(folder / given)), scores, OnRay(actors=count, part=PART), words=words)
            took[out] = seconds(watched(run, memory))
    each = (took["in"] - took["few"]) / (SESSIONS - FEW)
    return {"begin": took["first"] - FEW * each, "each": each, "memory": memory}


def size(folder: Path) -> dict[str, int]:
    """Bytes of each table."""
    return {name: sum(f.stat().st_size for f in (folder / name).glob("*.parquet")) for name in TABLES if (folder / name).exists()}


def measure(folder: Path) -> list[tuple[str, str]]:
    """(what, measured)."""
    given = write_sessions(folder / "in", SESSIONS)
    write_sessions(folder / "few", FEW)
    analyse, decisions = build_reading()
    digest = decisions.model.digest if decisions.model else ""
    sessions = sorted((folder / "in").iterdir())
    for _ in zip(range(3), run_batch(read_many(sessions[0]), analyse, folder / "warm.jsonl", digest=digest), strict=False):
        pass

    plain = seconds(run_batch(read_many(folder / "in"), analyse, folder / "out.jsonl", digest=digest)) / SESSIONS
    local = open_scores(str(folder / "local"), digest, words=False)
    parquet = seconds(run_local(read_many(folder / "in"), analyse, local, words=False, part=PART)) / SESSIONS

    cores = os.cpu_count() or 1
    rows = [
        ("one process on all cores, into JSONL", f"{plain:.2f} s a session"),
        ("the same into Parquet", f"{parquet:.2f} s a session ({parquet / plain:.2f} ×)"),
    ]
    memory: dict[str, int] = {}
    rate = 3600 / parquet / cores
    for count in (1, 2):
        # A process for each, since Ray keeps what it learned of a cluster for the life of one.
        order = [sys.executable, __file__, str(count), str(folder), digest]
        found = json.loads(subprocess.run(order, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()[-1])
        memory = {name: max(found["memory"][name], memory.get(name, 0)) for name in found["memory"]}
        rate = max(rate, 3600 / found["each"] / count)
        rows += [
            (
                f"Ray, {count} node{'s' * (count > 1)} with an actor of one core each",
                f"{found['each']:.2f} s a session ({found['each'] / parquet:.2f} ×)",
            ),
            ("  start-up", f"{found['begin']:.0f} s"),
        ]
    without, with_words = size(folder / "ray-1-in"), size(folder / "ray-2-in")
    rows += [
        ("resident memory of an actor, and of its child with the model", f"{memory['actor']} and {memory['child']} MB"),
        ("sessions a core and hour, best of these", f"{rate:,.0f}"),
        ("storage a session: input", f"{given / SESSIONS / 1000:.0f} kB"),
        ("  JSONL of analyses", f"{(folder / 'out.jsonl').stat().st_size / SESSIONS / 1000:.0f} kB"),
        (
            "  Parquet",
            f"{sum(without.values()) / SESSIONS / 1000:.1f} kB, of that turns {without['turns'] / SESSIONS / 1000:.1f}",
        ),
        ("  Parquet with words", f"{sum(with_words.values()) / SESSIONS / 1000:.1f} kB"),
    ]
    return rows + model(rate, sum(without.values()) / SESSIONS)


def model(rate: float, each: float) -> list[tuple[str, str]]:
    """Core-hours and storage of ever more sessions, at `rate` sessions a core and hour and `each` bytes a session."""
    rows = []
    for sessions in (10**power for power in range(3, 9)):
        hours = sessions / rate
        rows.append(
            (f"{sessions:,} sessions", f"{hours:,.1f} core-hours; {hours / 256:,.2f} h on 256 cores; {storage(sessions * each)}")
        )
    return rows


def storage(count: float) -> str:
    """Bytes in the unit that fits."""
    for unit, least in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6)):
        if count >= least:
            return f"{count / least:,.1f} {unit}"
    return f"{count / 1e3:,.0f} kB"


def main() -> None:
    """Prints the table and writes it with the machine it was measured on."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        rows = measure(Path(folder))
    cpu = next(
        (line.partition(":")[2].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line), ""
    )
    text = (
        f"# A batch on Ray\n\nBy `bench/cluster.py`: {SESSIONS} sessions of {TURNS} turns, parts of {PART}, all nodes on one "
        f"machine; {FEW} sessions more to tell start-up from work.\n\n"
        f"Machine: {cpu or platform.processor()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"ray {version('ray')}, pyarrow {version('pyarrow')}, onnxruntime {version('onnxruntime')}; "
        f"load average at the end {os.getloadavg()[0]:.1f}.\n\n"
        "| what | measured |\n|---|---|\n" + "".join(f"| {what} | {measured} |\n" for what, measured in rows)
    )
    (ROOT / "bench" / "cluster.md").write_text(text)
    sys.stdout.write(text)


if __name__ == "__main__":
    if len(sys.argv) == 4:
        sys.stdout.write(json.dumps(on_ray(int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])) + "\n")
    else:
        main()
