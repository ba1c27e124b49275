"""Does the detector read the same session the same when only what should not matter has changed?

Names: short sessions with the names of 24 origins in turn; no score may move. Recognised speech: a session in lower case without
punctuation, as speech recognition writes it; little may be lost. A session under way: each turn by what was said so far, without
what was answered; how much that costs is said.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from string import Template
from typing import Any

import numpy as np
import yaml

from rupture.coding.values import CodedSession
from rupture.errors import CorpusError
from rupture.evaluation.intervals import estimate, resampled
from rupture.evaluation.markdown import count, interval, table
from rupture.evaluation.metrics import auroc
from rupture.evaluation.samples import FAMILIES, sample
from rupture.evaluation.values import Prediction
from rupture.formats import read
from rupture.transcript import Transcript

STEADY = 0.02
"""A score that moves by less than this when names are swapped counts as unmoved."""


def named(path: Path) -> dict[str, dict[str, Transcript]]:
    """Session id to its versions by origin of the names; CorpusError when the file is not as it should be."""
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        origins = {origin: _slots(names) for origin, names in data["origins"].items()}
        return {
            session["id"]: {
                origin: read(Template(session["text"]).substitute(slots), id=f"{session['id']}/{origin}").transcript
                for origin, slots in origins.items()
            }
            for session in data["sessions"]
        }
    except (OSError, yaml.YAMLError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise CorpusError(f"{path}: expected origins with names and sessions with slots ({type(error).__name__})") from None


def _slots(names: Mapping[str, Any]) -> dict[str, str]:
    (woman, woman_family), (man, man_family) = names["woman"], names["man"]
    return {"woman": woman, "woman_family": woman_family, "man": man, "man_family": man_family, "other": names["other"]}


def as_recognised(session: CodedSession) -> CodedSession:
    """The session in lower case without punctuation, notes in brackets left out; its id ends in `/recognised`."""
    turns = tuple(replace(turn, text=_recognised(turn.text)) for turn in session.transcript.turns)
    return replace(session, transcript=replace(session.transcript, id=f"{session.transcript.id}/recognised", turns=turns))


def _recognised(text: str) -> str:
    spoken = re.sub(r"\[[^\]]*\]", " ", text.lower())
    return " ".join(re.sub(r"[^\w'’\s]|(?<!\w)['’]|['’](?!\w)", " ", spoken).split())


def name_shifts(versions: Mapping[str, Sequence[Prediction]]) -> dict[str, Any]:
    """How far each score moves over the versions of its session: the largest distance, the share over STEADY, and how many."""
    shifts: dict[str, list[float]] = defaultdict(list)
    for predictions in versions.values():
        for turn in zip(*(prediction.scores for prediction in predictions), strict=True):
            for name in turn[0]:
                scores = [version[name] for version in turn]
                shifts[name].append(max(scores) - min(scores))
    everything = np.array([shift for values in shifts.values() for shift in values])
    return {
        "scores": len(everything),
        "sessions": len(versions),
        "origins": max(len(predictions) for predictions in versions.values()),
        "largest": float(everything.max()),
        "moved": float((everything > STEADY).mean()),
        "by_name": {name: float(max(values)) for name, values in shifts.items()},
    }


def loss(sessions: Sequence[CodedSession], plain: Sequence[Prediction], otherwise: Sequence[Prediction]) -> dict[str, Any]:
    """Pooled AUROC of each family on the sessions as they are and told otherwise, and the loss, with paired intervals."""
    weights = resampled(len(sessions))
    result = {}
    for name in FAMILIES:
        before, after = (auroc(sample(name, sessions, predictions), weights) for predictions in (plain, otherwise))
        values = {"auroc": before, "otherwise": after, "loss": before - after}
        result[name] = {key: estimate(value, len(sessions)).to_dict() for key, value in values.items()}
    return result


def report(scores: Mapping[str, Any], model: str) -> str:
    """All checks in Markdown."""
    names = scores["names"]
    moved = [[name, f"{value:.3f}"] for name, value in sorted(names["by_name"].items(), key=lambda item: -item[1])[:8]]
    return f"""# The same session, told otherwise

Model {model}.

## Names of other origins

{names["sessions"]} invented sessions, each with the names of {names["origins"]} origins; {count(names["scores"])} scores (a turn
and a head each). Largest distance between two origins: **{names["largest"]:.3f}**. Share of scores that move by more than
{STEADY}: **{names["moved"]:.1%}**.

{table(["head", "largest distance"], moved)}
## As speech recognition writes it

The {scores["sessions"]} test sessions in lower case, without punctuation and notes. AUROC pooled, with 95 % session-bootstrap
intervals, paired for the loss.

{_losses(scores["recognised"], "as recognised")}
## As the session goes on

The same sessions turn by turn (`rupture.detection.streaming`): each turn scored when it comes, by what was said so far.

{_losses(scores["under_way"], "when it comes")}"""


def _losses(found: Mapping[str, Any], otherwise: str) -> str:
    rows = [[name, *(interval(numbers[key]) for key in ("auroc", "otherwise", "loss"))] for name, numbers in found.items()]
    return table(["", "as written", otherwise, "loss"], rows)
