"""The suite `masking`: what of its identifiers a text still shows, and what else is gone, from the answers of a run.

An identifier counts as masked when no letter or digit of it is left, words of grammar in it apart. Intervals are Wilson's (1927),
95 %. Knows nothing of how anything is masked.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rupture.digests import digest
from rupture.evaluation import runs
from rupture.evaluation.intervals import share
from rupture.evaluation.masking_cases import WRITTEN, Case, Hidden
from rupture.formats.english import is_function_word

Scores = dict[str, Any]
Span = tuple[int, int]
FORMS = ("email", "link", "handle", "phone", "identity", "record", "account", "device", "date", "age", "address", "postcode")
REST = ("place", "organisation", "occupation", "medication")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_TOKEN = re.compile(r"[^\W_]+")


def is_gone(text: str, hidden: Hidden, masks: Iterable[Span]) -> bool:
    """Whether nothing of an identifier that tells anything is left in `text` outside `masks`."""
    covered = {place for start, end in masks for place in range(start, end)}
    return all(
        is_function_word(word[0].lower()) or covered.issuperset(range(*word.span()))
        for word in _TOKEN.finditer(text, hidden.start, hidden.end)
    )


def words_hit(text: str, masks: Sequence[Span], told: Sequence[Span]) -> tuple[int, int]:
    """Words of `text` that tell nothing, being outside of what is `told`, and how many of them `masks` touch."""
    plain = [
        word.span() for word in _WORD.finditer(text) if not any(start < word.end() and word.start() < end for start, end in told)
    ]
    return len(plain), sum(any(start < e and s < end for start, end in masks) for s, e in plain)


def places_of(text: str, phrases: Iterable[str]) -> list[Span]:
    """Where `phrases` stand in `text`, in any case."""
    found = []
    for phrase in phrases:
        pattern = re.escape(phrase).replace("'", "['’]").replace(r"\-", "[- ]")
        found += [match.span() for match in re.finditer(rf"(?<!\w){pattern}(?!\w)", text, re.IGNORECASE)]
    return found


def score(folder: Path, cases: Mapping[str, Case]) -> Scores:
    """Computes everything again from the answers saved in `folder`, writes `scores.json` and returns it. An answer to a
    sentence has `gone`, for each of its identifiers, and `typed` for each name; to a clean session its words and how many
    were `over`-masked; to a session of names whether each name was gone."""
    answers = {answer["id"]: answer for answer in runs.read_answers(folder)}
    told = [
        (case.written, hidden, gone)
        for key, case in cases.items()
        if key in answers
        for hidden, gone in zip(case.hidden, answers[key]["gone"], strict=True)
    ]
    typed = [gone for key in cases if key in answers for gone in answers[key].get("typed", ())]
    scores = {
        **runs.tally(folder, len(answers)),
        "cases": digest([case.text for case in cases.values()]),
        "sets": {
            "forms": _by(told, FORMS, lambda hidden: hidden.kind),
            "names": _names(told),
            "rest": _by(told, REST, lambda hidden: hidden.kind),
            "typed": {"worst": share(typed)},
            "clean": {written: _over(answers, written) for written in ("cased", "lower")},
            "sessions": _sessions(answers),
            "whole": _whole(answers),
        },
    }
    runs.write_json(folder / runs.SCORES, scores)
    return scores


Told = tuple[str, Hidden, bool]


def _by(told: Iterable[Told], groups: Sequence[str], of: Callable[[Hidden], str]) -> Scores:
    """By way of writing: the share in all `groups`, in each, and in the worst."""
    hits: dict[str, dict[str, list[bool]]] = {written: {group: [] for group in groups} for written in WRITTEN}
    for written, hidden, gone in told:
        if of(hidden) in groups:
            hits[written][of(hidden)].append(gone)
    return {written: _shares(found) for written, found in hits.items()}


def _shares(found: Mapping[str, list[bool]]) -> Scores:
    each = {group: share(hits) for group, hits in found.items()}
    known = [one for one in each.values() if one["n"]]
    worst = min(known, key=lambda one: one["value"]) if known else share([])
    return {"all": share([hit for hits in found.values() for hit in hits]), "worst": worst, "each": each}


def _names(told: Sequence[Told]) -> Scores:
    names = [one for one in told if one[1].kind == "name"]
    return _by(names, list(dict.fromkeys(hidden.origin for _, hidden, _ in names)), lambda hidden: hidden.origin)


def _over(answers: Mapping[str, runs.Answer], written: str) -> Scores:
    found = [answer for key, answer in answers.items() if key.startswith(f"clean/{written}/")]
    words, over = (sum(answer[name] for answer in found) for name in ("words", "over"))
    # Shares of words over all sessions; told by n and hits alone, as words of one session are not independent.
    most = max((answer["over"] / answer["words"] for answer in found), default=None)
    return {"sessions": len(found), "words": words, "over": round(over / words, 6) if words else None, "most": most}


def _whole(answers: Mapping[str, runs.Answer]) -> Scores:
    """How many sessions put together lost every identifier, every one but occupations and medications, and every name."""
    found: dict[str, list[runs.Answer]] = defaultdict(list)
    for key, answer in answers.items():
        if key.startswith("whole/"):
            found[key.split("/")[1]].append(answer)
    left_out: dict[str, tuple[str, ...]] = {"all": (), "without_work_and_drugs": REST[2:], "names": (*FORMS, *REST)}
    return {
        written: {
            name: share(
                [all(gone for kind, gone in zip(one["kinds"], one["gone"], strict=True) if kind not in kinds) for one in every]
            )
            for name, kinds in left_out.items()
        }
        | {"identifiers": share([gone for one in every for gone in one["gone"]])}
        for written, every in found.items()
    }


def _sessions(answers: Mapping[str, runs.Answer]) -> Scores:
    whole: dict[str, list[bool]] = defaultdict(list)
    each: dict[str, list[bool]] = defaultdict(list)
    for key, answer in answers.items():
        if key.startswith("session/"):
            written = key.split("/")[1]
            whole[written].append(all(answer["gone"]))
            each[written] += answer["gone"]
    return {written: {"whole": share(whole[written]), "names": share(each[written])} for written in whole}
