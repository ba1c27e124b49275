"""How cost grows: with the turns of a session, with the number of sessions, with the passages that are searched."""

import statistics
from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from rupture.encoder import GUIDANCE_FOLDER, Encoder
from rupture.guidance.retriever import HybridRetriever
from rupture.guidance.scope import read_scope
from rupture.guidance.search import search_guidance
from rupture.guidance.values import Guidance
from rupture.guidance.vectors import VectorIndex
from rupture.guidance.wording import sentences

TURNS = (10, 30, 100, 300, 1_000, 3_000, 10_000)
SESSIONS = (1, 4, 16)
PASSAGES = (1_000, 10_000, 100_000)
QUESTION = "she agrees with everything I say"


def exponent(seconds: Mapping[int, float], least: int = 1) -> float:
    """Slope of log time on log size, from sizes of at least `least`: 1 is linear."""
    points = [(size, time) for size, time in seconds.items() if size >= least]
    return float(np.polyfit(*np.log(points).T, 1)[0])


def of_passages(guidance: Guidance, seconds: Callable[[Callable[[], object]], list[float]]) -> dict[int, list[float]]:
    """Seconds of searches by how many passages there are: sentences of the corpus put together anew, under vectors drawn at
    random."""
    return {size: seconds(_search(guidance, size)) for size in PASSAGES}


def _search(guidance: Guidance, size: int) -> Callable[[], object]:
    rng = np.random.default_rng(0)
    real = list(guidance.passages.values())
    said = [sentence for passage in real for sentence in sentences(passage.text)]
    passages = {}
    for number in range(size):
        text = " ".join(said[i] for i in rng.integers(len(said), size=8))
        passages[f"d{number}#1"] = replace(real[number % len(real)], id=f"d{number}#1", document=f"d{number}", text=text)
    made = Guidance(passages, guidance.references, "")
    vectors = rng.standard_normal((size, 384)).astype(np.float32)
    index = VectorIndex(tuple(passages), vectors / np.linalg.norm(vectors, axis=1, keepdims=True))
    retriever = HybridRetriever(made, Encoder(GUIDANCE_FOLDER), index, read_scope(GUIDANCE_FOLDER))
    return lambda: search_guidance(QUESTION, made, retriever)


def table(title: str, unit: str, seconds: Mapping[int, list[float]], note: str) -> str:
    """A table of medians with the smallest and largest, and what follows from them."""
    rows = "\n".join(f"| {size:,} | {statistics.median(t):.4g} s ({min(t):.4g}–{max(t):.4g}) |" for size, t in seconds.items())
    return f"## {title}\n\n| {unit} | measured |\n|---:|---|\n{rows}\n\n{note}\n"
