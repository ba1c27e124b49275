"""`rupture serve` under load on this machine: sessions arrive at random moments whether or not earlier ones have been
answered (an open loop, Poisson arrivals), at steps of offered load, from a quarter to twice of what the server manages at
best.

Writes bench/serving.md: waiting times against load, the knee, what happens beyond it, memory of each process, what a
hand-over costs, and what it would bring, and change, to score sessions of several senders in one call. Nothing is asserted:
read the ratios."""

import asyncio
import json
import os
import platform
import random
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import httpx
import numpy as np

from bench import ROOT, RUPTURE, long_session
from rupture.build import build_detector
from rupture.transcript import Transcript

LOADS = (0.3, 0.6, 0.8, 1.0, 1.5, 2.0)
"""Offered load as a share of the most that the server answered."""
SESSIONS = {"short": 20, "long": 300}
"""Turns of a session."""
WORKERS = (1, 2)
SECONDS = float(os.environ.get("BENCH_SECONDS", "30"))
"""Of one step, and longer where that would be fewer than FEWEST sessions."""
FEWEST = 12
WAITING = 8
JSON = {"Content-Type": "application/json"}
COMPANY = 8
"""Sessions in one call, where they are scored together."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of offered load: sessions a second as offered and answered, seconds of the answers and of the refusals."""

    offered: float
    answered: float
    seconds: list[float]
    refusals: list[float]

    @property
    def row(self) -> str:
        """As a row of the table."""
        found = [f"{np.quantile(self.seconds, q):.2f}" if self.seconds else "" for q in (0.5, 0.95, 0.99)]
        refused = len(self.refusals) / max(1, len(self.refusals) + len(self.seconds))
        last = f"{1000 * np.quantile(self.refusals, 0.95):.0f} ms" if self.refusals else ""
        return f"| {self.offered:.2f} | {self.answered:.2f} | {' | '.join(found)} | {refused:.0%} | {last} |"


@contextmanager
def server(workers: int) -> Iterator[tuple[str, int]]:
    """Address and process number of a server that is ready."""
    command = [RUPTURE, "serve", "--port", "0", "--workers", str(workers), "--waiting", str(WAITING)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        try:
            found = re.search(r"http://\S+", process.stdout.readline() if process.stdout else "")
            if not found:
                raise RuntimeError("the server did not start")
            while numbers(found[0]).get("rupture_workers", 0) < workers:
                time.sleep(0.1)
            yield found[0], process.pid
        finally:
            process.terminate()


def numbers(address: str) -> dict[str, float]:
    """What the server counts, by name; nothing while it does not listen yet."""
    try:
        lines = httpx.get(f"{address}/metrics").text.splitlines()
    except httpx.ConnectError:
        return {}
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines if not line.startswith("#")}


def body(turns: int) -> bytes:
    """A request with a session of `turns` turns."""
    said = [{"role": t.role.value, "speaker": t.speaker, "text": t.text} for t in long_session(turns).turns]
    return json.dumps({"id": "bench", "turns": said}).encode()


async def ask(client: httpx.AsyncClient, session: bytes) -> tuple[int, float]:
    """Status and seconds of one answer."""
    start = time.perf_counter()
    answer = await client.post("/v1/analyses", content=session, headers=JSON)
    return answer.status_code, time.perf_counter() - start


async def capacity(client: httpx.AsyncClient, session: bytes, workers: int) -> float:
    """Sessions a second with every worker busy all the time."""
    each = 5

    async def in_a_row() -> None:
        for _ in range(each):
            await ask(client, session)

    # One more than there are workers, so that a session waits whenever a worker is done.
    start = time.perf_counter()
    await asyncio.gather(*(in_a_row() for _ in range(workers + 1)))
    return each * (workers + 1) / (time.perf_counter() - start)


async def step(client: httpx.AsyncClient, session: bytes, rate: float) -> Step:
    """`rate` sessions a second for SECONDS."""
    draw = random.Random(7)  # noqa: S311 - arrivals, not secrets
    length = max(SECONDS, FEWEST / rate)
    start = time.perf_counter()
    moment, asked = 0.0, []
    while (moment := moment + draw.expovariate(rate)) < length:
        await asyncio.sleep(max(0.0, start + moment - time.perf_counter()))
        asked.append(asyncio.create_task(ask(client, session)))
    answers = await asyncio.gather(*asked)
    took = time.perf_counter() - start
    served = [seconds for status, seconds in answers if status == 200]
    return Step(len(answers) / length, len(served) / took, served, [seconds for status, seconds in answers if status == 429])


async def steps(address: str, session: bytes, workers: int) -> tuple[float, list[Step]]:
    """The most that was answered a second, and the steps."""
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=address, timeout=600, limits=limits) as client:
        await ask(client, session)
        most = await capacity(client, session, workers)
        return most, [await step(client, session, most * load) for load in LOADS]


def memory(pid: int) -> list[int]:
    """Megabytes that are a process's own share, of the server and of each of its workers."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    found = []
    for process in (str(pid), *children):
        lines = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines()
        found.append(next(int(line.split()[1]) // 1024 for line in lines if line.startswith("Pss:")))
    return found


def company() -> tuple[float, float, float]:
    """Processor seconds a session where sessions of 20 turns are scored alone and in one call, and the largest difference of a
    probability that this makes."""
    detector, source = build_detector(), long_session(COMPANY * SESSIONS["short"]).turns
    chunks = [source[start : start + SESSIONS["short"]] for start in range(0, len(source), SESSIONS["short"])]
    sessions = [Transcript(str(number), turns) for number, turns in enumerate(chunks)]
    spent, scored = [], []
    for together in (False, True):
        best = float("inf")
        for _ in range(5):
            start = time.process_time()
            scores = detector.score(sessions) if together else [detector.score([session])[0] for session in sessions]
            best = min(best, time.process_time() - start)
        spent.append(best / len(sessions))
        scored.append([value for session in scores for turn in session for value in turn.values()])
    return spent[0], spent[1], float(np.max(np.abs(np.subtract(*scored))))


def hand_over(before: dict[str, float], after: dict[str, float]) -> float:
    """Milliseconds of an answer that are neither waiting nor analysis, between two looks at the numbers."""

    def mean(name: str, labels: str = "") -> float:
        total, count = (after[f"{name}_{part}{labels}"] - before.get(f"{name}_{part}{labels}", 0) for part in ("sum", "count"))
        return total / count

    answer = mean("rupture_answer_seconds", '{route="/v1/analyses"}')
    return 1000 * (answer - mean("rupture_analysis_seconds") - mean("rupture_waited_seconds"))


def sections() -> Iterator[str]:
    """The tables, one after the other."""
    for workers in WORKERS:
        for name, turns in SESSIONS.items():
            session = body(turns)
            with server(workers) as (address, pid):
                before = numbers(address)
                for _ in range(10):
                    httpx.post(f"{address}/v1/analyses", content=session, headers=JSON, timeout=600)
                between = hand_over(before, numbers(address))
                most, found = asyncio.run(steps(address, session, workers))
                own = memory(pid)
            held = [each for each in found if not each.refusals]
            knee = f"Up to {max(each.offered for each in held):.2f} a second nobody was refused. " if held else ""
            yield (
                f"## {workers} worker{'s' * (workers > 1)}, {name} sessions ({turns} turns)\n\n"
                f"At most {most:.2f} sessions a second. {knee}Of an answer, {between:.1f} ms are neither waiting nor analysis. "
                f"Memory: server {own[0]} MB, workers {', '.join(map(str, own[1:]))} MB.\n\n"
                "| offered, 1/s | answered, 1/s | p50, s | p95, s | p99, s | refused | p95 of refusals |\n"
                "|---|---|---|---|---|---|---|\n" + "\n".join(each.row for each in found) + "\n"
            )
    alone, together, moved = company()
    yield (
        f"## Sessions of several senders in one call\n\nScoring {COMPANY} sessions of {SESSIONS['short']} turns takes "
        f"{1000 * alone:.0f} ms of processor time a session one by one and {1000 * together:.0f} ms in one call; probabilities "
        f"then differ by up to {moved:.3f}. The same session must get the same answer, so they are scored one by one.\n"
    )


def main() -> None:
    """Prints the tables and writes them with the machine they were measured on."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    cpu = next((line.split(":")[1].strip() for line in lines if "model name" in line), "?")
    busy = os.getloadavg()[0]
    head = (
        "# The server under load\n\nBy `bench/serving.py` on loopback: sessions arrive at random moments, whether or not earlier "
        f"ones have been answered, for {SECONDS:.0f} s a step or {FEWEST} sessions. At most {WAITING} wait, more are refused "
        "(429). The client runs on the same cores.\n\n"
        f"Machine: {cpu}, {os.cpu_count()} cores, Python {platform.python_version()}; load average {busy:.1f} at the start.\n"
    )
    with (ROOT / "bench" / "serving.md").open("w", encoding="utf-8") as out:
        # Each as soon as it is there: all of them take a quarter of an hour.
        for part in chain([head], (f"\n{section}" for section in sections())):
            for told in (out, sys.stdout):
                told.write(part)
                told.flush()


if __name__ == "__main__":
    main()
