"""How well the plain pipeline does its work, and in what time: sentence-transformers over windows that end with a turn, a
logistic regression for each family. Writes bench/plain.md, beside the numbers of the detector in evals/results.

    python bench/plain.py path/to/annomi.csv

Tested as the detector is: fold by fold on AnnoMI, and on our test sessions; trained on the sessions of the same kind and on all
that the detector learns from. Nothing is chosen on what is reported: scikit-learn's own settings, each window its own row.
"""

import argparse
import json
import statistics
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import peers
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

import bench
from rupture.analyse import analyse
from rupture.build import build_care, build_detector
from rupture.coding.annomi import fold_ids, read_annomi
from rupture.coding.sessions import split_sessions
from rupture.coding.values import CodedSession
from rupture.detection.card import read_decisions
from rupture.encoder import Encoder
from rupture.evaluation.markdown import number
from rupture.evaluation.metrics import auroc, auroc_within, average_precision
from rupture.evaluation.samples import FAMILIES, sample
from rupture.evaluation.values import Prediction
from rupture.resources import ANNOTATIONS, BLIND_CODES, MODEL, SESSIONS
from rupture.transcript import Role

BEFORE = (0, 1)
"""Turns of a window before the one that is scored."""
METRICS = (auroc, auroc_within, average_precision)
SETS = (("annomi", "AnnoMI"), ("own", "own test"))
Rows = NDArray[np.float32]
Encode = Callable[[Sequence[str]], Rows]


def vectors(sessions: Sequence[CodedSession], encode: Encode, before: int) -> dict[str, dict[int, Rows]]:
    """For each session the vectors of the windows that end with a client's turn, by turn."""
    ends = [(s.transcript.id, turn.index) for s in sessions for turn in s.transcript.turns if turn.role is Role.CLIENT]
    windows = {s.transcript.id: peers.windows([turn.text for turn in s.transcript.turns], before) for s in sessions}
    found: dict[str, dict[int, Rows]] = {id: {} for id in windows}
    for (id, turn), row in zip(ends, encode([windows[id][turn] for id, turn in ends]), strict=True):
        found[id][turn] = row
    return found


def scored(
    train: Sequence[CodedSession], test: Sequence[CodedSession], rows: Mapping[str, Mapping[int, Rows]]
) -> list[Prediction]:
    """What logistic regressions learned from `train` say of the client turns of `test`."""
    found: list[list[dict[str, float]]] = [[{} for _ in session.transcript.turns] for session in test]
    for name in FAMILIES:
        known = [
            (row, truth)
            for s in train
            for turn, row in rows[s.transcript.id].items()
            if (truth := s.reference(turn, name)) is not None
        ]
        model = LogisticRegression(max_iter=1000).fit(np.stack([row for row, _ in known]), [truth for _, truth in known])
        for session, turns in zip(test, found, strict=True):
            asked = rows[session.transcript.id]
            for turn, chance in zip(asked, model.predict_proba(np.stack([*asked.values()]))[:, 1], strict=True):
                turns[turn][name] = float(chance)
    return [Prediction(s.transcript.id, tuple(turns), ((),) * len(turns)) for s, turns in zip(test, found, strict=True)]


def measured(sessions: Sequence[CodedSession], predictions: Sequence[Prediction]) -> list[str]:
    """A cell a family: AUROC pooled, within sessions, average precision."""
    samples = [sample(name, sessions, predictions) for name in FAMILIES]
    whole = np.ones((1, len(sessions)))
    return [" / ".join(number(float(metric(rows, whole)[0])) for metric in METRICS) for rows in samples]


def ours(source: str) -> list[str]:
    """The same cells of the detector, from its committed run."""
    file = bench.ROOT / "evals" / "results" / "detection.scores.json"
    names = json.loads(file.read_text(encoding="utf-8"))["sets"][source]["names"]
    return [" / ".join(number(names[name][metric]["value"]) for metric in ("auroc", "auroc_within", "ap")) for name in FAMILIES]


def cells(annomi: Sequence[CodedSession], encode: Encode, before: int) -> Iterator[tuple[str, str, list[str]]]:
    """For each data set, and what was learned from, what the pipeline reaches."""
    folds, parts = fold_ids(ANNOTATIONS), split_sessions(SESSIONS, BLIND_CODES)
    train, test = parts["train"], parts["test"]
    rows = vectors([*annomi, *train, *test], encode, before)
    for learned, more in (("AnnoMI", []), ("both", train)):
        held: list[CodedSession] = []
        predictions: list[Prediction] = []
        for fold in sorted(set(folds.values())):
            out = [s for s in annomi if folds[s.transcript.id] == fold]
            held += out
            predictions += scored([*(s for s in annomi if folds[s.transcript.id] != fold), *more], out, rows)
        yield "AnnoMI", learned, measured(held, predictions)
    for learned, sessions in (("own", train), ("both", [*train, *annomi])):
        yield "own test", learned, measured(test, scored(sessions, test, rows))


def main() -> None:
    """Prints the table and writes it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("annomi", type=Path)
    annomi = read_annomi(parser.parse_args().annomi, ANNOTATIONS)
    session = bench.long_session(bench.TURNS, bench.WORDS)
    texts = [turn.text for turn in session.turns]
    detector, decisions, care = build_detector(Encoder()), read_decisions(MODEL), build_care()
    whole = statistics.median(bench.timed(lambda: analyse(session, detector, decisions, read_care=care)))
    codes = statistics.median(bench.timed(lambda: analyse(session, detector, decisions)))
    encode = peers.sentence_encoder()
    taken = f"{whole:.2f} s ({codes:.2f} s)"
    lines = [f"| `rupture` | {title} | both | {' | '.join(ours(source))} | {taken} | |" for source, title in SETS]
    took = {
        before: statistics.median(bench.timed(lambda before=before: encode(peers.windows(texts, before)), 3)) for before in BEFORE
    }
    for before, seconds in took.items():
        ratio = f"{seconds / whole:.1f} × ({seconds / codes:.1f} ×)"
        for title, learned, row in cells(annomi, encode, before):
            lines.append(f"| turn and {before} before it | {title} | {learned} | {' | '.join(row)} | {seconds:.2f} s | {ratio} |")
    text = "\n".join([HEAD, *lines, ""])
    (bench.ROOT / "bench" / "plain.md").write_text(text, encoding="utf-8")
    sys.stdout.write(text)


HEAD = """# What a plain pipeline takes, and how well it does the work

By `python bench/plain.py path/to/annomi.csv`. all-MiniLM-L6-v2 by sentence-transformers over windows that end with a turn,
scikit-learn's logistic regression for each family. Tested as the detector is (AnnoMI: five folds; own: the test sessions),
trained on sessions of the same kind or on both kinds, as the detector is. AUROC pooled / mean AUROC within a session / average
precision. Seconds for the 300 turns and 8,000 words of `results.md`; ratio of these to an analysis of `rupture`, and in brackets
to one without the model that reads for risk and bias, which the pipeline has nothing of.

| window | tested on | trained on | any rupture | withdrawal | confrontation | 300 turns | ratio |
|---|---|---|---|---|---|---|---|"""


if __name__ == "__main__":
    main()
