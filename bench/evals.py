"""Memory and time of `rupture eval run` against the number of sessions: `python bench/evals.py [N …]`. Writes bench/evals.md.

Sessions of the training part are repeated under new ids, so that only the amount differs. Peak resident memory of the process is
read from /proc (Linux), once when the last session is answered and once at the end, after scoring and the report.
"""

import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bench import ROOT
from rupture.coding.sessions import split_sessions
from rupture.resources import BLIND_CODES, SESSIONS

SIZES = (20, 100, 1000)


@dataclass(frozen=True, slots=True)
class Measured:
    """One run: MB and seconds up to the last answer, and of all of it."""

    sessions: int
    turns: int
    run_mb: float
    all_mb: float
    run_s: float
    all_s: float


def write_set(path: Path, sessions: int) -> int:
    """A case set of that many sessions; the number of its turns."""
    train, turns = split_sessions(SESSIONS, BLIND_CODES)["train"], 0
    with path.open("w", encoding="utf-8") as file:
        for number in range(sessions):
            session = train[number % len(train)]
            rows = [
                {"role": t.role.value, "speaker": t.speaker, "text": t.text, "codes": list(session.codes(t.index))}
                for t in session.transcript.turns
            ]
            turns += len(rows)
            file.write(json.dumps({"id": f"g{number:05}", "turns": rows}, ensure_ascii=False) + "\n")
    return turns


def peak_mb(pid: int) -> float:
    """Peak resident memory so far; 0 when the process is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


def ended(folder: Path) -> bool:
    """Whether every session has been answered."""
    try:
        return bool(json.loads((folder / "run.json").read_text())["ended"])
    except (OSError, ValueError):
        return False


def measure(sessions: int) -> Measured:
    """Runs the command on a set of that size in a process of its own."""
    with tempfile.TemporaryDirectory() as name:
        cases, out = Path(name, "cases.jsonl"), Path(name, "run")
        turns, began = write_set(cases, sessions), time.perf_counter()
        rupture = Path(sys.executable).with_name("rupture")
        process = subprocess.Popen([rupture, "eval", "run", cases, "--out", out, "--quiet"], stdout=subprocess.DEVNULL)
        run_mb = run_s = all_mb = 0.0
        while process.poll() is None:
            all_mb = max(all_mb, peak_mb(process.pid))
            if not run_s and ended(out):
                run_mb, run_s = all_mb, time.perf_counter() - began
            time.sleep(0.1)
        if process.returncode:
            raise RuntimeError(f"rupture eval run ended with {process.returncode}")
        return Measured(sessions, turns, run_mb, all_mb, run_s, time.perf_counter() - began)


def main() -> None:
    """Measures each size and writes the table."""
    rows = [measure(int(size)) for size in sys.argv[1:] or SIZES]
    told = [
        f"| {m.sessions:,} | {m.turns:,} | {m.run_mb:.0f} MB | {m.all_mb:.0f} MB | {m.run_s:.0f} s | {m.all_s:.0f} s |"
        for m in rows
    ]
    head = [
        "# `rupture eval run` against the number of sessions\n",
        "By `bench/evals.py`: generated case sets, the shipped detector, one process. The run holds one session at a time;",
        "scoring holds codes and scores of all of them.\n",
        "| sessions | turns | peak, run | peak, with scoring and report | run | all |",
        "|---:|---:|---:|---:|---:|---:|",
    ]
    (ROOT / "bench" / "evals.md").write_text("\n".join([*head, *told, ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
