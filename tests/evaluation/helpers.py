"""Small coded sessions written as `T: words` / `C: words {CODES}` lines, predictions for them, and AnnoMI where it is at hand."""

import os
import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from rupture.coding.annomi import read_annomi
from rupture.coding.values import CodedSession, Rating, names_for, votes_of
from rupture.evaluation.samples import Sample
from rupture.evaluation.values import Prediction, predict
from rupture.policy import Policy
from rupture.transcript import Role, Transcript, Turn

ROOT = Path(__file__).resolve().parents[2]
ANNOTATIONS = ROOT / "corpus/annotations/annomi"
SUITES = ROOT / "evals/suites"
_ROLES = {"T": ("Therapist", Role.THERAPIST), "C": ("Client", Role.CLIENT), "O": ("Other", Role.OTHER)}


def coded(
    key: str,
    lines: str,
    *second_rater: tuple[int, str],
    rating: Rating | None = None,
    source: str = "own",
) -> CodedSession:
    """A session; with `second_rater` (turn, codes) two raters, of whom the second gave just those codes."""
    turns, codes = [], {}
    for index, line in enumerate(lines.strip().splitlines()):
        match = re.fullmatch(r"\s*(\w): (.*?)(?: \{(.*)\})?", line)
        speaker, role = _ROLES[match[1]]
        turns.append(Turn(index, speaker, role, match[2]))
        if match[3]:
            codes[index] = match[3].split(",")
    transcript = Transcript(key, tuple(turns))
    raters = [codes, {turn: given.split(",") for turn, given in second_rater}] if second_rater else [codes]
    return CodedSession(transcript, votes_of(raters, transcript), rating, source)


def rows(*turns: tuple[int, int, float], sessions: int = 0, threshold: float = 0.5) -> Sample:
    """A sample of (session, truth, score); a turn is coded from `threshold`."""
    session, truth, score = (np.array(column) for column in zip(*turns, strict=True))
    count = sessions or int(session.max()) + 1
    return Sample("rupture", count, session, truth.astype(bool), score.astype(float), score >= threshold)


def random_rows(seed: int, sessions: int = 12, turns: int = 300) -> Sample:
    """Turns of sessions with different rates; scores to one decimal, so that many are tied."""
    rng = np.random.default_rng(seed)
    session = np.sort(rng.integers(0, sessions, turns))
    truth = rng.random(turns) < (session % 4) / 6
    score = np.round(np.clip(rng.normal(0.3 + 0.2 * truth, 0.2), 0, 1), 1)
    return Sample("rupture", sessions, session, truth, score, rng.random(turns) < score)


def noisy(session: CodedSession) -> Prediction:
    """A detector that half knows the reference; the same for the same session."""
    rng = np.random.default_rng(sum(map(ord, session.transcript.id)))
    scores = [
        {name: 0.3 * rng.random() + 0.6 * rng.random() * votes.get(name, 0) for name in names_for(turn.role)}
        for turn, votes in zip(session.transcript.turns, session.votes, strict=True)
    ]
    rating = Rating(*(float(number) for number in rng.integers(1, 6, 4)))
    return replace(predict(session.transcript, scores, Policy(top=0.3, default=0.28)), rating=rating)


def many(count: int = 14, source: str = "own") -> list[CodedSession]:
    """Sessions with withdrawal, confrontation, a repair or nothing at all, and one turn on which two raters split."""
    talk = [
        "T: how was it\nC: fine {W2}\nT: is it me\nC: no it is {W1}\nT: I pushed you {R5}\nC: thanks for saying\nT: so\nC: yes",
        "T: the diary\nC: pointless homework {C3}\nT: tell me {R4}\nC: you never listen {C1}\nT: go on\nC: zebra quartz",
        "T: hello\nC: good week\nT: good\nC: we walked far\nT: nice\nC: and slept\nT: fine\nC: yes",
    ]
    ratings = [Rating(3, 1, 4, 2), Rating(1, 4, 3, 3), Rating(1, 1, None, 1)]
    return [
        coded(f"{source}-{n}", talk[n % 3], *([(1, "W2")] if n % 5 == 0 else []), rating=ratings[n % 3], source=source)
        for n in range(count)
    ]


@cache
def annomi() -> list[CodedSession]:
    """The 108 transcripts with codes; skips the test where their text is not at hand (it may not be in the repository)."""
    text = Path(os.environ.get("RUPTURE_ANNOMI", ROOT / "../shared/annomi/annomi.csv"))
    if not text.is_file():
        pytest.skip("AnnoMI's text is not here; set RUPTURE_ANNOMI to annomi.csv")
    return read_annomi(text, ANNOTATIONS)
