"""Uses the real screen for half an hour, or as many minutes as are given: `python scripts/soak.py [MINUTES] [--failing-model]`.
Every two seconds one request, in turn a good session and one of the ninety bad and odd ones; with a failing model a question is
asked of each good session too. Writes soak.json or soak-model.json in evals/results, for the report of `scripts/assurance.py`.

What is watched from outside, through /proc: memory, open files, threads, bytes in the temp folder. The good session has to get
the same answer every time. Exit code 1 when an answer drifted or a request failed. Linux only.
"""

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from rupture.build import cache_folder  # noqa: E402 - a script of a checkout
from tests.assurance.visitor import Visitor, free_port, wait_until_open  # noqa: E402
from tests.test_bad_inputs import GOOD, ROWS  # noqa: E402

RESULTS = ROOT / "evals" / "results"
QUESTION = "What could I say next time?"
EVERY = 2.0
WARM = 0.2
"""Share of the time that belongs to warming up, and to no slope."""


@dataclass
class Seen:
    """Samples of (seconds, resident megabytes, open files, threads, bytes in temp), digests of the good session's answer, errors
    by kind, seconds a request."""

    samples: list[tuple[float, float, int, int, int]] = field(default_factory=list)
    answers: set[str] = field(default_factory=set)
    errors: dict[str, int] = field(default_factory=dict)
    took: list[float] = field(default_factory=list)
    good: int = 0
    questions: int = 0


def environment(folder: Path, port: int) -> dict[str, str]:
    """Of a user who lives in `folder`, with this machine's index of the guidance if it has one."""
    for name in ("temp", "data"):
        (folder / name).mkdir()
    if cache_folder().is_dir():
        shutil.copytree(cache_folder(), folder / "cache")
    own = {"HOME": folder, "TMPDIR": folder / "temp", "RUPTURE_DATA": folder / "data", "RUPTURE_CACHE": folder / "cache"}
    return {"PATH": os.environ["PATH"], "PORT": str(port), **{name: str(path) for name, path in own.items()}}


def sample(process: int, temp: Path) -> tuple[float, int, int, int]:
    """Resident megabytes, open files, threads, bytes in `temp`."""
    status = dict(line.split(":", 1) for line in Path(f"/proc/{process}/status").read_text().splitlines())
    sizes = sum(path.stat().st_size for path in temp.rglob("*") if path.is_file())
    files = len(list(Path(f"/proc/{process}/fd").iterdir()))
    return int(status["VmRSS"].split()[0]) / 1024, files, int(status["Threads"]), sizes


def texts() -> Iterator[str | None]:
    """None for the good session, in turn with each row that can be pasted."""
    rows = [row.text for row in ROWS.values() if isinstance(row.text, str) and row.text.strip() and len(row.text) < 1_500_000]
    for text in cycle(rows):
        yield from (None, text)


def ask(visitor: Visitor, text: str | None) -> str:
    """One request: a text is pasted and, where it can be, analysed; what was sent back."""
    said = visitor.fire("box", "submit", {"text": GOOD if text is None else text.encode(errors="replace").decode(), "files": []})
    return said + visitor.fire("analyse", "click", "[]", "") if text is None else said


def answer(said: str) -> str:
    """A digest of all that the last event put on the page."""
    output = json.dumps(json.loads(said[said.rindex('{"msg":"process_completed"') :])["output"].get("data"), sort_keys=True)
    return hashlib.sha256(output.encode()).hexdigest()


def soak(address: str, process: int, temp: Path, seconds: float, *, asking: bool) -> Seen:
    """What was seen in that time, with a question about each good session if `asking`."""
    seen, began = Seen(), time.monotonic()
    visitor = Visitor(address)
    tab = visitor.stay()
    for text in texts():
        at = time.monotonic()
        if at - began > seconds:
            return seen
        try:
            # A good session comes with a page of its own: an answer stands below those before it.
            if text is None:
                tab.close()
                visitor = Visitor(address)
                tab = visitor.stay()
            said = ask(visitor, text)
            if '"success":false' in said or '"msg":"unexpected_error"' in said:
                kind = "good session failed" if text is None else "odd text failed"
                seen.errors[kind] = seen.errors.get(kind, 0) + 1
            elif text is None:
                seen.answers.add(answer(said))
                seen.good += 1
                if asking and '"success":true' not in visitor.fire("box", "submit", {"text": QUESTION, "files": []}):
                    seen.errors["question failed"] = seen.errors.get("question failed", 0) + 1
                seen.questions += asking
        except (OSError, ValueError, KeyError) as error:
            seen.errors[type(error).__name__] = seen.errors.get(type(error).__name__, 0) + 1
        seen.took.append(time.monotonic() - at)
        seen.samples.append((time.monotonic() - began, *sample(process, temp)))
        time.sleep(max(0.0, EVERY - (time.monotonic() - at)))
    return seen


def figures(seen: Seen) -> Mapping[str, object]:
    """What goes into the report. Slopes are of the straight line through the samples after warming up, an hour."""
    samples = np.array(seen.samples)
    later = samples[samples[:, 0] >= samples[-1, 0] * WARM]
    names = ("resident MB", "open files", "threads", "temp bytes")
    hours, measured = later[:, 0] / 3600, later[:, 1:].T
    slopes = {name: round(float(np.polyfit(hours, column, 1)[0]), 2) for name, column in zip(names, measured, strict=True)}
    return {
        "minutes": round(float(samples[-1, 0]) / 60, 1),
        "requests": len(seen.took),
        "good sessions analysed": seen.good,
        "questions asked of a model that fails one in five": seen.questions,
        "different answers to the good session": len(seen.answers),
        "errors": seen.errors,
        "median request, s": round(float(np.median(seen.took)), 2),
        "95th percentile request, s": round(float(np.quantile(seen.took, 0.95)), 2),
        "after warming up": dict(zip(names, map(float, later[0, 1:]), strict=True)),
        "at the end": dict(zip(names, map(float, samples[-1, 1:]), strict=True)),
        "slope an hour": slopes,
    }


def main() -> int:
    """Exit code 1 when an answer drifted or a request failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("minutes", type=float, nargs="?", default=30.0)
    parser.add_argument("--failing-model", action="store_true")
    given = parser.parse_args()
    port, model = free_port(), free_port()
    with tempfile.TemporaryDirectory(prefix="soak-") as name, ExitStack() as running:
        folder = Path(name)
        variables = environment(folder, port)
        if given.failing_model:
            running.enter_context(started([str(ROOT / "scripts" / "failing_model.py"), str(model)], variables))
            variables |= {"RUPTURE_CHAT_MODEL": "openai:soak", "RUPTURE_CHAT_URL": f"http://127.0.0.1:{model}/v1"}
        with started([str(ROOT / "app.py")], variables) as screen:
            if not wait_until_open(screen, port):
                sys.stderr.write("the screen did not start\n")
                return 1
            address, temp = f"http://127.0.0.1:{port}", folder / "temp"
            seen = soak(address, screen.pid, temp, given.minutes * 60, asking=given.failing_model)
        left = [path.name for path in (folder / "temp").iterdir()]
    found = {**figures(seen), "left in temp after the end": left}
    text = json.dumps(found, indent=1) + "\n"
    (RESULTS / ("soak-model.json" if given.failing_model else "soak.json")).write_text(text, encoding="utf-8")
    sys.stdout.write(text)
    # What the model does not word is composed, with a note why; so with a failing one the answers differ by right.
    return 1 if seen.errors or (len(seen.answers) != 1 and not given.failing_model) else 0


@contextmanager
def started(command: list[str], variables: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A Python program that runs meanwhile."""
    with subprocess.Popen([sys.executable, *command], env=variables, stdout=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            process.terminate()


if __name__ == "__main__":
    sys.exit(main())
