"""The report of a scored detection run, in Markdown: numbers with n and interval, beside what they should be compared with.

Made from `run.json`, `scores.json` and the suite alone; it holds no word of a transcript and can be committed.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rupture.codebook import BY_CODE, MARKERS, RUPTURE, Family
from rupture.evaluation.detection import ENOUGH_POSITIVES, HEADLINE
from rupture.evaluation.gates import verdict
from rupture.evaluation.intervals import LEAST_SESSIONS
from rupture.evaluation.markdown import NONE, count, interval, number, table
from rupture.evaluation.metrics import BINS
from rupture.evaluation.moments import TOLERANCE
from rupture.evaluation.pictures import confusion, reliability
from rupture.evaluation.runs import Record
from rupture.evaluation.samples import FAMILIES
from rupture.evaluation.sections import gates, head, provenance
from rupture.evaluation.suites import DataSet, Published, Suite

Data = Mapping[str, Any]

_TITLES = {RUPTURE: "any rupture", Family.STRATEGY.value: "any strategy"}
_NAMES = (*FAMILIES, Family.STRATEGY.value)
_RATINGS = {"therapist_contribution": "therapist's contribution"}
_BASELINES = {
    "oracle": "oracle that knows each session's rate and nothing of the turn (κ at the best threshold in hindsight)",
    "constant": "constant: the rate of the data set",
}
_READ_AS = """\
AUROC pooled / mean AUROC within a session / AP / κ.
Pooled AUROC and κ reward telling bad sessions from good ones; AUROC within does not.
"""
_CONFUSION = """\
Client turns by the clearest marker of each side. Turns on which the raters split, over whether or over which, are left out; of
markers a majority gave alike, the first in the codebook stands for the turn.
"""
_FAMILY_COLUMNS = {
    "auroc": "AUROC pooled",
    "auroc_within": "AUROC within (sessions)",
    "ap": "AP",
    "kappa": "κ of codes",
    "kappa_at_half": "κ at .5",
    "precision": "precision",
    "recall": "recall",
    "f1": "F1",
    "ac1": "Gwet's AC1",
}
_MARKER_COLUMNS = {
    "precision": "precision",
    "recall": "recall",
    "f1": "F1",
    "ap": "AP",
    "auroc": "AUROC pooled",
    "auroc_within": "AUROC within",
    "kappa": "κ",
    "ac1": "AC1",
    "ece": "ECE",
}


def report(record: Record, scores: Data, suite: Suite) -> str:
    """The whole report; ends with a newline."""
    outcome = verdict(suite, scores)
    parts = [head(record, scores, suite, outcome, "sessions"), *([gates(outcome)] if suite.gates else [])]
    for data in suite.data:
        if data.source in scores["sets"]:
            parts += _set_sections(data, scores["sets"][data.source])
    titles = {data.source: data.title for data in suite.data}
    for source, pairs in scores["raters"].items():
        if pairs:
            parts.append(_raters(titles[source], pairs, scores["sets"][source]))
    return "\n".join([*parts, provenance(record, scores)])


def pictures(scores: Data, suite: Suite) -> dict[str, str]:
    """The pictures `report` refers to, as SVG by the name of the file that belongs beside it."""
    drawn = {}
    for data in suite.data:
        if found := scores["sets"].get(data.source):
            curves = {_title(name): found["names"][name]["reliability"] for name in _NAMES}
            drawn[_file("reliability", data)] = reliability(f"Calibration: {data.title}", curves)
            drawn[_file("confusion", data)] = confusion(f"Markers taken for one another: {data.title}", found["confusions"])
    return drawn


def _file(kind: str, data: DataSet) -> str:
    return f"{kind}-{data.source}.svg"


def _set_sections(data: DataSet, found: Data) -> Iterator[str]:
    size = f"{count(found['sessions'])} sessions, {count(found['turns'])} turns"
    yield f"## {data.title}\n\n{size}. Held out: {data.held_out.strip()}.\n"
    yield _comparison(found, data.published)
    yield _families(found)
    yield _markers(found)
    yield f"{_CONFUSION}\n![Which marker was taken for which, {data.title}]({_file('confusion', data)})\n"
    yield _calibration(found)
    yield f"![Reliability diagram, {data.title}; its points are in the table above]({_file('reliability', data)})\n"
    yield _session_level(found)
    for title, groups in found["groups"].items():
        if groups:
            yield _groups(title, groups)


def _comparison(found: Data, published: Sequence[Published]) -> str:
    rows = [["**this detector** (κ of its codes)", *(_cell(found["names"][name]) for name in _NAMES)]]
    rows += [[_BASELINES[key], *(_cell(names[name]) for name in _NAMES)] for key, names in found["baselines"].items()]
    for row in published:
        cells = [" / ".join(map(number, row.values[name])) if name in row.values else NONE for name in _NAMES]
        rows.append([f"{row.model}, trained on {row.trained_on} (κ at .5)", *cells])
    return f"### Beside baselines\n\n{_READ_AS}\n" + table(["model", *map(_title, _NAMES)], rows)


def _cell(values: Data) -> str:
    return " / ".join(number(values[metric]["value"]) for metric in HEADLINE)


def _families(found: Data) -> str:
    header = ["", "turns", "positive", "disputed, left out", "no score", *_FAMILY_COLUMNS.values()]
    rows = []
    for name in _NAMES:
        values = found["names"][name]
        within = {"auroc_within": f" ({values['sessions_within']})"}
        cells = [interval(values[column]) + within.get(column, "") for column in _FAMILY_COLUMNS]
        rows.append([_title(name), *(count(values[key]) for key in ("n", "positives", "disputed", "unscored")), *cells])
    return "### With intervals\n\n" + table(header, rows)


def _raters(title: str, pairs: Sequence[Data], found: Data) -> str:
    rows = [["–".join(p["raters"]), count(p["sessions"]), *(interval(p["kappa"][name]) for name in _NAMES)] for p in pairs]
    rows.append(["detector–reference", count(found["sessions"]), *(interval(found["names"][name]["kappa"]) for name in _NAMES)])
    codes = [[_title(code), *(f"{number(p['kappa'][code]['value'])} ({'/'.join(map(count, p['given'][code]))})" for p in pairs)]
             for code in BY_CODE]  # fmt: skip
    note = "Cohen's κ over all turns both raters read; of the detector's codes against the majority, disputed turns left out.\n"
    by_code = "By code: κ, and in brackets how many turns the first and the second rater gave it.\n"
    return (
        f"## Raters among themselves: {title}\n\n{note}\n"
        + table(["pair", "sessions", *map(_title, _NAMES)], rows)
        + f"\n{by_code}\n"
        + table(["code", *("–".join(pair["raters"]) for pair in pairs)], codes)
    )


def _markers(found: Data) -> str:
    header = ["marker", "turns", "positive", *_MARKER_COLUMNS.values()]
    rows = []
    for code in MARKERS:
        values = found["names"][code]
        cells = [interval(values[column]) for column in _MARKER_COLUMNS]
        rows.append([_title(code), count(values["n"]), count(values["positives"]), *cells])
    macro = found["macro_ap"]
    chosen = f"the markers with at least {ENOUGH_POSITIVES} positive turns ({', '.join(macro['markers']) or 'none'})"
    return "### Markers\n\n" + table(header, rows) + f"\nMacro-averaged AP over {chosen}: {interval(macro)}.\n"


def _calibration(found: Data) -> str:
    errors = "; ".join(f"{_title(name)} {interval(found['names'][name]['ece'])}" for name in _NAMES)
    curves = [found["names"][name]["reliability"] for name in _NAMES]
    rows = [
        [str(place + 1), *(_point(curve[place]) if place < len(curve) else NONE for curve in curves)]
        for place in range(max(map(len, curves)))
    ]
    note = f"{BINS} bins of equal mass, cut at quantiles of the scores; equal scores share one. Mean score → rate (turns)."
    body = table(["bin", *map(_title, _NAMES)], rows)
    return f"### Calibration\n\nExpected calibration error: {errors}.\n\n{note}\n\n{body}"


def _point(point: Data) -> str:
    return f"{number(point['score'])} → {number(point['rate'])} ({count(point['n'])})"


def _session_level(found: Data) -> str:
    ratings = [
        [_RATINGS.get(name, name), count(row["sessions"]), interval(row["spearman"]), interval(row["mae"])]
        for name, row in found["ratings"].items()
    ]
    shown, quiet = found["top_moments"], count(found["top_moments"]["sessions_without_rupture"])
    opening = (
        f"Moments a session opens with: precision {interval(shown['precision'])}; share of sessions with a rupture in which one "
        f"is right {interval(shown['hit_rate'])}; in the {quiet} sessions without any rupture, "
        f"{interval(shown['shown_without_rupture'])} are shown on average, {count(shown['most_without_rupture'])} at most.\n"
    )
    labels = {"onset": f"starting within ± {TOLERANCE} turns", "overlap": "overlapping"}
    episodes = [
        [
            labels[key],
            count(row["found"]),
            count(row["reference"]),
            count(row["matched"]),
            interval(row["precision"]),
            interval(row["recall"]),
            interval(row["f1"]),
        ]
        for key, row in found["episodes"].items()
    ]
    return "### Whole sessions\n\n" + "\n".join(
        [
            opening,
            table(["episodes matched by", "found", "reference", "matched", "precision", "recall", "F1"], episodes),
            table(["session rating, 1 to 5", "sessions", "Spearman", "mean absolute error"], ratings),
        ]
    )


def _groups(title: str, groups: Data) -> str:
    rows = []
    for group, values in groups.items():
        for name in _NAMES:
            row = values["names"][name]
            rows.append(
                [
                    group,
                    count(values["sessions"]),
                    _title(name),
                    count(row["n"]),
                    count(row["positives"]),
                    *(interval(row[metric]) for metric in HEADLINE),
                ]
            )
    header = [title, "sessions", "", "turns", "positive", "AUROC pooled", "AUROC within", "AP", "κ of codes"]
    return f"### By {title}\n\nNo interval below {LEAST_SESSIONS} sessions.\n\n" + table(header, rows)


def _title(name: str) -> str:
    return f"{name} {BY_CODE[name].label}" if name in BY_CODE else _TITLES.get(name, name)
