"""Speed and memory of what users wait for, beside a plain sentence-transformers pipeline and the machine's own matrix rate,
in one run.

Writes bench/results.md. Sessions are made of our own practice sessions, one after the other; nothing here is asserted, since
machines differ: read the ratios.
"""

import json
import os
import platform
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

import ceiling
import curves
import numpy as np
import peers

from rupture.analyse import analyse, decide
from rupture.analysis import State
from rupture.build import build_care, build_detector, build_reading, build_retriever
from rupture.coding.sessions import read_sessions
from rupture.detection.card import read_decisions
from rupture.detection.detector import OnnxDetector
from rupture.detection.streaming import SessionStream
from rupture.encoder import Encoder
from rupture.guidance.search import search_guidance
from rupture.resources import MODEL, SESSIONS
from rupture.transcript import Role, Transcript, Turn, word_count

ROOT = Path(__file__).resolve().parent.parent
RUPTURE = Path(sys.executable).with_name("rupture")
TURNS = 300
WORDS = 14
"""The fewest words of a turn with which 300 of them make 8,000, as an hour of talk does; our own sessions have half of that."""
REPEATS, PEERS = 5, 3
SEARCHES = 100


def long_session(turns: int, words: int = 1) -> Transcript:
    """`turns` turns of our own sessions in a row, as one session of two speakers; what they say is taken together until each
    turn has `words` words."""
    names = {Role.THERAPIST: "Therapist", Role.CLIENT: "Client"}
    said: list[tuple[Role, str]] = []
    held = dict.fromkeys(names, "")
    for turn in (t for s in read_sessions(sorted(SESSIONS.glob("*.txt"))) for t in s.transcript.turns if t.role in names):
        held[turn.role] = f"{held[turn.role]} {turn.text}".strip()
        if min(len(text.split()) for text in held.values()) >= words:
            said += held.items()
            held = dict.fromkeys(names, "")
    return Transcript("bench", tuple(Turn(i, names[role], role, text) for i, (role, text) in enumerate(said[:turns])))


def timed(action: Callable[[], object], repeats: int = REPEATS) -> list[float]:
    """Seconds of each of `repeats` runs after one that is not counted."""
    action()
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        action()
        seconds.append(time.perf_counter() - start)
    return seconds


def spread(seconds: list[float]) -> str:
    """Median with the smallest and largest, in milliseconds below ten seconds."""
    low, middle, high = min(seconds), statistics.median(seconds), max(seconds)
    return (
        f"{middle:.2f} s ({low:.2f}–{high:.2f})" if middle >= 0.1 else f"{middle * 1e3:.0f} ms ({low * 1e3:.0f}–{high * 1e3:.0f})"
    )


def command(*arguments: str) -> list[float]:
    """Wall seconds of `rupture ARGUMENTS` as a whole process."""
    return timed(lambda: subprocess.run([RUPTURE, *arguments], check=True, stdout=subprocess.DEVNULL))


def peak_memory(*arguments: str) -> int:
    """Peak resident memory of `rupture ARGUMENTS` in MB."""
    code = "import resource,subprocess,sys; subprocess.run(sys.argv[1:],check=True,stdout=subprocess.DEVNULL); "
    code += "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    found = subprocess.run([sys.executable, "-c", code, str(RUPTURE), *arguments], check=True, capture_output=True, text=True)
    return int(found.stdout) // 1024


def screen() -> tuple[float, int]:
    """Seconds from start to the first page of the screen, and its resident memory in MB a few seconds later."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "app.py"],
        cwd=ROOT,
        env={**os.environ, "PORT": str(port)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        seconds = wait_for_page(f"http://127.0.0.1:{port}/", start)
        time.sleep(20)  # the guidance is read and indexed behind the page
        status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
        resident = next(int(line.split()[1]) // 1024 for line in status.splitlines() if line.startswith("VmRSS"))
        return seconds, resident
    finally:
        process.terminate()
        process.wait()


def wait_for_page(url: str, start: float) -> float:
    """Seconds since `start` until `url` answers."""
    while time.perf_counter() - start < 60:
        try:
            with urllib.request.urlopen(url, timeout=1) as answer:  # noqa: S310  # our own loopback address
                if answer.status == 200:
                    return time.perf_counter() - start
        except OSError:
            time.sleep(0.05)
    raise TimeoutError(url)


def streamed(detector: OnnxDetector, session: Transcript) -> list[float]:
    """Seconds from a turn's arrival to revised scores, for the last twenty turns of `session`."""
    stream = SessionStream(detector)
    took = []
    for turn in session.turns:
        start = time.perf_counter()
        stream.add(turn)
        took.append(time.perf_counter() - start)
    return took[-20:]


def cold_cache(file: Path) -> list[float]:
    """Wall seconds of `rupture analyze` of `file` with nothing of the disk in memory; empty where this user may not empty it."""
    drop = Path("/proc/sys/vm/drop_caches")
    if not os.access(drop, os.W_OK):
        return []
    took = []
    for _ in range(REPEATS):
        os.sync()
        drop.write_text("3")
        start = time.perf_counter()
        subprocess.run([RUPTURE, "analyze", str(file)], check=True, stdout=subprocess.DEVNULL)
        took.append(time.perf_counter() - start)
    return took


@contextmanager
def session_file(session: Transcript) -> Iterator[Path]:
    """`session` as a file."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "session.json"
        turns = [{"role": t.role, "speaker": t.speaker, "text": t.text} for t in session.turns]
        file.write_text(json.dumps({"turns": turns}), encoding="utf-8")
        yield file


Row = tuple[str, str, str]
"""What, measured, budget of ARCHITECTURE.md."""


def analysing() -> list[Row]:
    """Analysis in one process, beside the machine's ceiling and what one would use instead."""
    encoder = Encoder()
    detector, decisions, care = build_detector(encoder), read_decisions(MODEL), build_care()
    float32, int8 = ceiling.rate(int8=False), ceiling.rate(int8=True)
    rows: list[Row] = []
    for words in (WORDS, 1):
        session = long_session(TURNS, words)
        texts = [turn.text for turn in session.turns]
        warm = timed(lambda session=session: analyse(session, detector, decisions, read_care=care))
        codes = timed(lambda session=session: analyse(session, detector, decisions))
        encoding = timed(lambda texts=texts: encoder.layers(texts))
        plain, spacy = timed(peers.plain_pipeline(texts), PEERS), timed(peers.spacy_classifier(texts), PEERS)
        useful = ceiling.tokens(texts) * ceiling.per_token() / statistics.median(encoding) / 1e9
        rows += [
            (f"**{TURNS} turns, {word_count(session.turns):,} words**: analysis, warm, in one process", spread(warm), "≤ 1 s"),
            ("  the same without the model that reads for risk and bias", spread(codes), ""),
            ("  encoding the turns", spread(encoding), ""),
            ("  useful work of the encoder", f"{useful:.0f} GFLOP/s", ""),
            ("  its share of int8 products at best", f"{useful / int8:.0%}", "aim 60%"),
            ("  plain sentence-transformers pipeline", spread(plain), ""),
            ("    ratio to the analysis", ratio(plain, warm), "≥ 5 ×"),
            ("    ratio to what does as much: its codes, risk by patterns", ratio(plain, codes), ""),
            ("  spaCy text classifier", spread(spacy), ""),
            ("    ratio to the analysis", ratio(spacy, warm), ""),
        ]
        if setfit := peers.setfit_classifier(texts):
            seconds = timed(setfit, PEERS)
            rows += [("  SetFit", spread(seconds), ""), ("    ratio to the analysis", ratio(seconds, warm), "")]
    session = long_session(TURNS)
    (scores,) = detector.score([session])
    again = timed(lambda: decide(session, State.ANALYSED, (), scores, decisions))
    stream = streamed(detector, session)
    coder = peers.language_model(session)
    return [
        *rows,
        ("the shorter one decided again from saved scores", spread(again), "≤ 50 ms"),
        (
            "a turn of it as a session under way, at its end, 95th percentile",
            f"{np.quantile(stream, 0.95) * 1e3:.0f} ms",
            "≤ 30 ms",
        ),
        (f"language model of 0.27 billion weights as its coder, scaled from {peers.CODED} turns", f"{coder:.0f} s", ""),
        ("  ratio to its analysis", f"{coder / statistics.median(warm):.0f} ×", ""),
        ("products of an encoder layer at best, float32", f"{float32:.0f} GFLOP/s", ""),
        ("products of an encoder layer at best, int8", f"{int8:.0f} GFLOP/s", ""),
    ]


def ratio(theirs: list[float], ours: list[float]) -> str:
    """How many times as long as ours theirs takes, by medians; with the least and the most that the runs allow."""
    middle = statistics.median(theirs) / statistics.median(ours)
    return f"{middle:.1f} × ({min(theirs) / max(ours):.1f}–{max(theirs) / min(ours):.1f})"


def processes() -> list[Row]:
    """Whole processes, and the screen."""
    rows: list[Row] = []
    for words in (WORDS, 1):
        session = long_session(TURNS, words)
        with session_file(session) as file:
            cached, memory, cold = command("analyze", str(file)), peak_memory("analyze", str(file)), cold_cache(file)
        said = f"{word_count(session.turns):,} words"
        rows += [
            (f"`rupture analyze`, {TURNS} turns, {said}, whole process, warm disk cache", spread(cached), "≤ 1.5 s"),
            ("  cold disk cache", spread(cold) if cold else "not measured: needs root", "≤ 2.5 s"),
            ("  peak memory", f"{memory} MB", "≤ 450 MB"),
        ]
    screen()  # as the command above, with the disk in memory
    page, resident = screen()
    return [
        ("`rupture --help`, whole process", spread(command("--help")), "≤ 0.3 s"),
        *rows,
        ("first page of the screen", f"{page:.1f} s", "≤ 5 s"),
        ("resident memory of the screen", f"{resident} MB", "≤ 700 MB"),
    ]


def growing() -> str:
    """The curves."""
    guidance, _ = build_retriever()
    read, _ = build_reading()
    sessions = {n: long_session(n) for n in {*curves.TURNS, TURNS}}
    turns = {n: timed(lambda n=n: read(sessions[n]), 1 if n > 1000 else 3) for n in curves.TURNS}
    many = {n: timed(lambda n=n: [read(sessions[TURNS]) for _ in range(n)], 2) for n in curves.SESSIONS}
    passages = curves.of_passages(guidance, lambda search: timed(search, SEARCHES))
    slope = curves.exponent({n: statistics.median(t) for n, t in turns.items()}, 100)
    along = curves.exponent({n: statistics.median(t) for n, t in many.items()})
    largest = np.quantile(passages[curves.PASSAGES[-1]], 0.95) * 1e3
    return "\n".join(
        [
            curves.table(
                "Turns of a session", "turns", turns, f"From 100 turns on time grows with exponent {slope:.2f} (≤ 1.05)."
            ),
            curves.table("Sessions in a row", f"sessions of {TURNS} turns", many, f"Exponent {along:.2f}."),
            curves.table("Passages searched", "passages", passages, f"95th percentile at the most: {largest:.0f} ms (≤ 150 ms)."),
        ]
    )


def searching() -> list[Row]:
    """Search of the guidance that ships."""
    guidance, retriever = build_retriever()
    search = timed(lambda: search_guidance(curves.QUESTION, guidance, retriever), SEARCHES)
    found = f"{np.quantile(search, 0.95) * 1000:.0f} ms; median {spread(search)}"
    return [("guidance search, warm, 95th percentile", found, "≤ 50 ms")]


def main() -> None:
    """Prints the table and writes it with the machine it was measured on."""
    cpu = next(
        (line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line), "?"
    )
    versions = ", ".join(
        f"{package} {version(package)}" for package in ("onnxruntime", "sentence-transformers", "torch", "numpy")
    )
    rows = [*analysing(), *processes(), *searching()]
    table = "\n".join(f"| {what} | {measured} | {budget} |" for what, measured, budget in rows)
    text = (
        "# Speed and memory\n\n"
        f"By `make bench`. Medians with smallest and largest of {REPEATS} runs after a warm-up ({PEERS} of peers).\n\n"
        f"Machine: {cpu}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}, {versions}.\n\n"
        f"| what | measured | budget |\n|---|---|---|\n{table}\n\n{growing()}"
    )
    (ROOT / "bench" / "results.md").write_text(text, encoding="utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
