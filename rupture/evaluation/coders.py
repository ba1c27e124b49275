"""Compares coders of the same sessions: each pair, all together, and each with a reference if there is one.

Takes `Codings`; gives JSON-ready data with ids, numbers and codes, and a session's words only where they are asked for. Numbers
are rounded to three decimals, None where they are undefined.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from rupture.coding.code_files.marks import RATINGS
from rupture.coding.codings import Codings
from rupture.evaluation.agreement import ROLES, Agreement, Counts, agreement, samples
from rupture.evaluation.coder_turns import Shared, confusions, missed_and_added, splits
from rupture.evaluation.intervals import DRAWS, SEED, Estimate, estimate, resampled
from rupture.evaluation.intraclass import INSTALL, has_intervals, icc
from rupture.evaluation.metrics import Confusion, confusion
from rupture.evaluation.overall_agreement import overall_agreement
from rupture.transcript import Transcript

SCHEMA = 1

Data = dict[str, Any]


def compare(codings: Codings, *, words: bool = False) -> Data:
    """Everything about the coders of `codings`:

    - `coders`: sessions and turns each read, and how many turns each gave what;
    - `pairs`: for each two coders `kappa`, its 95 % interval over sessions, `ac1`, the share of turns coded alike, how many turns
      each gave what, which codes they took for one another, ICC(2,1) of the session ratings, and whether one is the reference;
    - `overall`: alpha, AC1 and prevalence over all coders; `ratings`: ICC(2,1) over sessions that all of them rated; `splits`:
      the turns on which they differ, with their words if `words` is set. A reference that came apart counts in none of the
      three, and where it leaves no session to two coders the first two are empty;
    - `reference`: precision, recall, F1, missed and added turns of each coder, if there is a reference.
    """
    transcripts = list(codings.transcripts.values())
    everybody = sorted({coder for by in codings.coders.values() for coder in by})
    together = _together(codings)
    found = splits(together.transcripts.values(), together.coders)
    if words:
        found = [{**split, "text": codings.transcripts[split["session"]].turns[split["turn"]].text} for split in found]
    return {
        "schema": SCHEMA,
        "sessions": len(transcripts),
        "turns": _turns(transcripts),
        "bootstrap": {"draws": DRAWS, "seed": SEED, "unit": "session", "level": 0.95},
        "coders": {coder: _coder(codings, coder) for coder in everybody},
        "pairs": [_pair(codings, pair) for pair in agreement(transcripts, codings.coders)],
        "overall": _overall(together),
        "ratings": _ratings(together, sorted({coder for by in together.coders.values() for coder in by})),
        "splits": found,
        "reference": _against(codings, codings.reference) if codings.reference else None,
        "notes": [*codings.notes, *([] if has_intervals() else [f"Without scipy ICC has no interval: {INSTALL}"])],
    }


def _together(codings: Codings) -> Codings:
    """Those whose agreement with each other is told: without a reference that came apart, over the sessions two of them read."""
    if not codings.apart:
        return codings
    coders = {id: {name: by[name] for name in by if name != codings.reference} for id, by in codings.coders.items()}
    ids = [id for id, by in coders.items() if len(by) > 1]
    return Codings({id: codings.transcripts[id] for id in ids}, {id: coders[id] for id in ids})


def _turns(transcripts: Sequence[Transcript]) -> dict[str, int]:
    return {role.value: sum(turn.role is role for t in transcripts for turn in t.turns) for role in ROLES}


def _coder(codings: Codings, coder: str) -> Data:
    read = [transcript for id, transcript in codings.transcripts.items() if coder in codings.coders[id]]
    own = samples([(transcript, *2 * (codings.coders[transcript.id][coder],)) for transcript in read])
    return {
        "sessions": len(read),
        "turns": _turns(read),
        "rated": sum(codings.coders[transcript.id][coder].rating is not None for transcript in read),
        "given": {name: sample.positives for name, sample in own.items()},
    }


def _pair(codings: Codings, pair: Agreement) -> Data:
    shared = _shared(codings, *pair.raters)
    return {
        "raters": list(pair.raters),
        "with_reference": codings.reference in pair.raters,
        "sessions": pair.sessions,
        "turns": _turns([transcript for transcript, _, _ in shared]),
        "kappa": {name: _rounded(value.value) for name, value in pair.kappa.items()},
        "kappa_interval": {name: _interval(value) for name, value in pair.kappa.items()},
        "ac1": {name: _rounded(value.value) for name, value in pair.ac1.items()},
        "alike": {name: _alike(counts) for name, counts in pair.counts.items()},
        "given": {name: list(given) for name, given in pair.given.items()},
        "confusions": confusions(shared),
        "ratings": _ratings(codings, pair.raters),
    }


def _alike(counts: Counts) -> float | None:
    """The share of turns on which both gave the name or neither did; None where no turn can have it."""
    both, _, _, neither = counts
    return _rounded((both + neither) / sum(counts)) if sum(counts) else None


def _shared(codings: Codings, first: str, second: str) -> Shared:
    """The sessions both read, with what each gave."""
    return [
        (transcript, by[first], by[second])
        for id, transcript in codings.transcripts.items()
        if {first, second} <= (by := codings.coders[id]).keys()
    ]


def _overall(codings: Codings) -> Data:
    if not codings.coders:
        return {}
    found = overall_agreement(codings.transcripts, codings.coders)
    return {name: {key: _rounded(value) for key, value in values.items()} for name, values in found.items()}


def _ratings(codings: Codings, coders: Sequence[str]) -> Data:
    """ICC(2,1) of each rating over the sessions that all `coders` rated."""
    found = {}
    for name in RATINGS if coders else ():
        rows = [
            [getattr(by[coder].rating, name, None) if coder in by else None for coder in coders] for by in codings.coders.values()
        ]
        table = np.array([row for row in rows if None not in row], np.float64).reshape(-1, len(coders))
        value = icc(table)
        found[name] = {"icc": _rounded(value.value), "interval": _interval(value), "sessions": len(table)}
    return found


def _against(codings: Codings, reference: str) -> Data:
    """Every other coder beside the reference."""
    others = sorted({coder for by in codings.coders.values() if reference in by for coder in by} - {reference})
    found = {}
    for coder in others:
        shared = _shared(codings, reference, coder)
        weights = resampled(len(shared))
        tables = {name: confusion(sample, weights) for name, sample in samples(shared).items()}
        names = {name: _scores(table, len(shared)) for name, table in tables.items()}
        found[coder] = {"sessions": len(shared), "names": names, **missed_and_added(shared)}
    return {"name": reference, "coders": found}


def _scores(table: Confusion, sessions: int) -> Data:
    values = {"precision": table.precision(), "recall": table.recall(), "f1": table.f1()}
    estimates = {metric: estimate(value, sessions) for metric, value in values.items()}
    both, missed, added = (int(cell[0]) for cell in (table.tp, table.fn, table.fp))
    return {
        **{metric: _rounded(value.value) for metric, value in estimates.items()},
        "interval": {metric: _interval(value) for metric, value in estimates.items()},
        "both": both,
        "missed": missed,
        "added": added,
    }


def _interval(value: Estimate) -> list[float | None] | None:
    return None if value.low is None else [_rounded(value.low), _rounded(value.high)]


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
