"""Twenty people at once: each pastes a session of sixty turns, has it analysed, asks two questions and looks at ten turns, at the
real screen, over the same events as the page uses. Writes bench/people.md.
"""

import json
import os
import secrets
import statistics
import subprocess
import sys
import threading
import time
from collections import defaultdict
from typing import Any

import httpx
import numpy as np

from bench import ROOT, long_session, wait_for_page

PEOPLE = int(os.environ.get("PEOPLE", "20"))
TURNS = 60
LOOKS = 10
PORT = 7899
URL = f"http://127.0.0.1:{PORT}"


class Visitor:
    """One open page, as the server sees it: events by the name of their component, state kept by the server."""

    def __init__(self, config: dict[str, Any]) -> None:
        self._http = httpx.Client(base_url=URL, timeout=300, trust_env=False)
        self._session = secrets.token_hex(6)
        names = {part["id"]: part["props"].get("elem_id") for part in config["components"]}
        self._events = {(names.get(target), event): call for call in config["dependencies"] for target, event in call["targets"]}
        self._states = {part["id"] for part in config["components"] if part["type"] == "state"}

    def fire(self, component: str, event: str, *values: Any, data: dict[str, Any] | None = None) -> float:
        """Seconds until the event's handler is done; RuntimeError when it failed. `values` fill the inputs that are no state."""
        call = self._events[component, event]
        given = iter(values)
        start = time.perf_counter()
        body = {
            "fn_index": call["id"],
            "session_hash": self._session,
            "data": [None if part in self._states else next(given) for part in call["inputs"]],
            "event_data": data,
        }
        self._http.post("/gradio_api/queue/join", json=body).raise_for_status()
        with self._http.stream("GET", "/gradio_api/queue/data", params={"session_hash": self._session}) as lines:
            for line in lines.iter_lines():
                if not line.startswith("data:"):
                    continue
                message = json.loads(line[5:])
                if message["msg"] == "process_completed":
                    if not message["success"]:
                        raise RuntimeError(f"{component} {event} failed")
                    return time.perf_counter() - start
        raise RuntimeError(f"{component} {event} was not answered")


def visit(config: dict[str, Any], text: str, took: dict[str, list[float]], failed: list[str]) -> None:
    """One person's visit."""
    try:
        visitor = Visitor(config)
        took["paste"].append(visitor.fire("box", "submit", {"text": text, "files": []}))
        took["analyse"].append(visitor.fire("analyse", "click", "[]", ""))
        for turn in range(LOOKS):
            took["look at a turn"].append(visitor.fire("transcript", "select", data={"turn": turn}))
        for question in ("What could I have said there?", "And what went well?"):
            took["question"].append(visitor.fire("box", "submit", {"text": question, "files": []}))
    except (RuntimeError, httpx.HTTPError) as error:
        failed.append(f"{type(error).__name__}: {error}")


def main() -> int:
    """Exit code 1 when anything failed."""
    environment = {**os.environ, "PORT": str(PORT)}
    process = subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    took: dict[str, list[float]] = defaultdict(list)
    failed: list[str] = []
    try:
        wait_for_page(URL, time.perf_counter())
        config = httpx.get(f"{URL}/config", trust_env=False).json()
        text = "\n".join(f"{turn.speaker}: {turn.text}" for turn in long_session(TURNS).turns)
        visit(config, text, defaultdict(list), failed)  # models are loaded by the first visit
        people = [threading.Thread(target=visit, args=(config, text, took, failed)) for _ in range(PEOPLE)]
        start = time.perf_counter()
        for person in people:
            person.start()
        for person in people:
            person.join()
        whole = time.perf_counter() - start
    finally:
        process.terminate()
        process.wait()
    rows = [
        f"| {what} | {len(seconds)} | {statistics.median(seconds):.2f} s | {np.quantile(seconds, 0.95):.2f} s |"
        for what, seconds in took.items()
    ]
    said = (
        f"# {PEOPLE} people at once\n\nBy `bench/people.py`: each pastes a session of {TURNS} turns, has it analysed, looks at "
        f"{LOOKS} turns and asks two questions, over the same events as the page uses.\n\n"
        f"{os.cpu_count()} cores; all began at the same moment; {whole:.0f} s until the last was done; {len(failed)} errors.\n\n"
        "| event | n | median | 95th percentile |\n|---|---|---|---|\n" + "\n".join(rows) + "\n"
    )
    (ROOT / "bench" / "people.md").write_text(said, encoding="utf-8")
    sys.stdout.write(said + "\n".join(failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
