"""Two runs side by side, over the sessions both answered: what each number was and is, and the turns that changed.

The difference is taken within the same resampled sessions, so that what makes a session easy or hard for both cancels out. Takes
predictions and the sessions they are of; gives plain data, and its report in Markdown without a word of any session. Knows no run
folder.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from rupture.codebook import MARKERS, RUPTURE, Family
from rupture.coding.values import CodedSession
from rupture.errors import RunError
from rupture.escape import inert
from rupture.evaluation.detection import HEADLINE, TURN_METRICS, checked
from rupture.evaluation.intervals import DRAWS, LEAST_SESSIONS, SEED, estimate, resampled
from rupture.evaluation.markdown import count, interval, table
from rupture.evaluation.samples import NAMES, Floats, sample, shows
from rupture.evaluation.titles import GROUPS, HEADLINES, title
from rupture.evaluation.values import Prediction

Comparison = dict[str, Any]
Turn = dict[str, Any]
"""`session`, its id, and `turn`, an index."""

LISTED = 20
"""Sessions or turns that are named one by one."""
UNTOLD = "nothing"
"""Said of a difference that the interval does not tell from none."""


def compare(before: Sequence[Prediction], after: Sequence[Prediction], sessions: Sequence[CodedSession]) -> Comparison:
    """For each data set and name: every headline metric before, after and as a difference with its paired interval; and the turns
    on which the codes came to agree with the reference (`gained`) or ceased to (`lost`). JSON-ready.

    Over turns both gave a score. `shared` counts the sessions compared, `only_before` and `only_after` name those that one alone
    answered. RunError when none is shared, or when a prediction does not fit its session.
    """
    first, second = _by_session(before), _by_session(after)
    shared = [session for session in sessions if session.transcript.id in first.keys() & second.keys()]
    if not shared:
        raise RunError(
            f"nothing to compare: of {len(first)} and {len(second)} answered sessions none is in both runs and among the "
            f"{len(sessions)} sessions given; compare two runs over the same sessions"
        )
    known = {session.transcript.id for session in sessions}
    pairs = [_both_scored(session, first[session.transcript.id], second[session.transcript.id]) for session in shared]
    return {
        "schema": 1,
        "shared": len(shared),
        "only_before": sorted(first.keys() - second.keys()),
        "only_after": sorted(second.keys() - first.keys()),
        "not_given": sorted((first.keys() & second.keys()) - known),
        "bootstrap": {"draws": DRAWS, "seed": SEED, "unit": "session", "level": 0.95},
        "sets": {
            source: _compared([row for row in zip(shared, pairs, strict=True) if row[0].source == source])
            for source in dict.fromkeys(session.source for session in shared)
        },
    }


def _by_session(predictions: Iterable[Prediction]) -> dict[str, Prediction]:
    return {prediction.session: prediction for prediction in predictions}


def _both_scored(session: CodedSession, before: Prediction, after: Prediction) -> tuple[Prediction, Prediction]:
    """Both without the scores that only one of them gave, so that both are measured on the same turns."""
    one, other = checked(session, before), checked(session, after)
    names = [a.keys() & b.keys() for a, b in zip(one.scores, other.scores, strict=True)]

    def kept(prediction: Prediction) -> Prediction:
        scores = ({n: v for n, v in turn.items() if n in both} for turn, both in zip(prediction.scores, names, strict=True))
        return replace(prediction, scores=tuple(scores))

    return kept(one), kept(other)


def _compared(rows: Sequence[tuple[CodedSession, tuple[Prediction, Prediction]]]) -> Comparison:
    sessions = [session for session, _ in rows]
    before, after = [pair[0] for _, pair in rows], [pair[1] for _, pair in rows]
    weights = resampled(len(sessions))
    return {"sessions": len(sessions), "names": {name: _of_name(name, sessions, (before, after), weights) for name in NAMES}}


def _of_name(
    name: str, sessions: Sequence[CodedSession], runs: tuple[Sequence[Prediction], Sequence[Prediction]], weights: Floats
) -> Comparison:
    rows = [sample(name, sessions, predictions) for predictions in runs]
    found: Comparison = {"n": len(rows[0]), "positives": rows[0].positives}
    for metric in HEADLINE:
        was, now = (TURN_METRICS[metric](each, weights) for each in rows)
        values = {"before": was, "after": now, "difference": now - was}
        found[metric] = {key: estimate(value, len(sessions)).to_dict() for key, value in values.items()}
    gained, lost = _changed(name, sessions, runs)
    return found | {"gained": gained, "lost": lost}


def _changed(
    name: str, sessions: Sequence[CodedSession], runs: tuple[Sequence[Prediction], Sequence[Prediction]]
) -> tuple[list[Turn], list[Turn]]:
    """The turns on which the codes are right now and were not, and the other way round."""
    gained: list[Turn] = []
    lost: list[Turn] = []
    for session, before, after in zip(sessions, *runs, strict=True):
        for turn in session.transcript.turns:
            truth = session.reference(turn.index, name)
            was, now = (shows(name, prediction.codes[turn.index]) for prediction in (before, after))
            if was != now and truth is not None and name in before.scores[turn.index]:
                (gained if now == truth else lost).append({"session": session.transcript.id, "turn": turn.index})
    return gained, lost


def compare_report(comparison: Mapping[str, Any], names: tuple[str, str]) -> str:
    """The comparison in Markdown; ends with a newline. `names` are those of the run before and of the run after."""
    before, after = map(inert, names)
    parts = [
        f"# {after} beside {before}\n",
        f"{count(comparison['shared'])} sessions answered in both. Differences are {after} less {before}, with 95 % intervals "
        f"from {count(comparison['bootstrap']['draws'])} draws of whole sessions, the same for both.\n",
        *_warnings(comparison, before, after),
    ]
    for source, found in comparison["sets"].items():
        parts.append(f"## {inert(source)}\n\n{count(found['sessions'])} sessions.\n")
        parts.append(_said(found["names"], before, after))
        for heading, chosen in (("Families", GROUPS), ("Markers", MARKERS)):
            parts.append(f"### {heading}\n\n" + _numbers({name: found["names"][name] for name in chosen}, before, after))
        parts.append(_turns(found["names"], before, after))
    return "\n".join(parts)


def _warnings(comparison: Mapping[str, Any], before: str, after: str) -> Iterator[str]:
    left_out = {
        f"answered in {before} alone": comparison["only_before"],
        f"answered in {after} alone": comparison["only_after"],
        "of which the sessions were not at hand": comparison["not_given"],
    }
    for what, ids in left_out.items():
        if ids:
            some = ", ".join(map(inert, ids[:LISTED])) + (", …" if len(ids) > LISTED else "")
            yield f"> **The runs differ in their sessions.** Left out: {count(len(ids))} {what} ({some}).\n"


def _said(found: Mapping[str, Any], before: str, after: str) -> str:
    """In words, which differences the interval tells from none."""
    rows = [(name, metric, values[metric]["difference"]) for name, values in found.items() for metric in HEADLINE]
    judged = [row for row in rows if row[2]["low"] is not None]
    lines = [
        f"- {title(name)}, {HEADLINES[metric]}: {_direction(difference, before, after)}, difference {interval(difference)}.\n"
        for name, metric, difference in judged
        if _direction(difference, before, after) != UNTOLD
    ]
    notes = [f"Of {count(len(judged))} differences with an interval, {count(len(lines))} leave zero out"]
    notes.append("; about one in twenty would by chance alone. Of the others nothing can be said." if judged else ".")
    if len(rows) > len(judged):
        notes.append(
            f" {count(len(rows) - len(judged))} have no interval: there are fewer than {LEAST_SESSIONS} sessions, or the number "
            "is undefined, and nothing can be said of them."
        )
    return f"{''.join(notes)}\n\n{''.join(lines)}"


def _direction(difference: Mapping[str, Any], before: str, after: str) -> str:
    if difference["low"] is None or difference["low"] <= 0 <= difference["high"]:
        return UNTOLD
    return f"higher in {after}" if difference["low"] > 0 else f"higher in {before}"


def _numbers(found: Mapping[str, Any], before: str, after: str) -> str:
    rows = [
        [
            title(name),
            HEADLINES[metric],
            count(values["n"]),
            count(values["positives"]),
            *(interval(values[metric][key]) for key in ("before", "after", "difference")),
            _direction(values[metric]["difference"], before, after),
        ]
        for name, values in found.items()
        for metric in HEADLINE
    ]
    header = ["", "number", "turns", "positive", before, after, "difference", "what can be said"]
    return table(header, rows, words={"number", "what can be said"})


def _turns(found: Mapping[str, Any], before: str, after: str) -> str:
    rows = [
        [title(name), count(len(values["gained"])), count(len(values["lost"]))]
        for name, values in found.items()
        if values["gained"] or values["lost"]
    ]
    counted = table(["", f"right in {after} alone", f"right in {before} alone"], rows) if rows else "None.\n"
    listed = [
        f"{title(name)}, right in {run} alone: {_places(found[name][key])}.\n"
        for name in (RUPTURE, Family.STRATEGY.value)
        for key, run in (("gained", after), ("lost", before))
        if found[name][key]
    ]
    return "\n".join([f"### Turns that changed\n\n{counted}", *listed])


def _places(turns: Sequence[Mapping[str, Any]]) -> str:
    some = ", ".join(f"{inert(turn['session'])} {turn['turn']}" for turn in turns[:LISTED])
    return some + (f", and {count(len(turns) - LISTED)} more" if len(turns) > LISTED else "")
