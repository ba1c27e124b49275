"""The report of a scored detection run, in Markdown: numbers with n and interval, beside what they should be compared with.

Made from `run.json`, `scores.json` and the suite alone, it holds no word of a transcript and can be committed; with words only if
the caller asks for them.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rupture.codebook import BY_CODE, MARKERS
from rupture.coding.values import CodedSession
from rupture.evaluation.detection import ENOUGH_POSITIVES, HEADLINE
from rupture.evaluation.gates import verdict
from rupture.evaluation.intervals import LEAST_SESSIONS
from rupture.evaluation.markdown import NONE, count, interval, number, table
from rupture.evaluation.metrics import BINS
from rupture.evaluation.missed_report import Explained, missed_section, unexplained
from rupture.evaluation.moments import TOLERANCE
from rupture.evaluation.pictures import confusion, reliability
from rupture.evaluation.runs import Record
from rupture.evaluation.sections import gates, head, provenance
from rupture.evaluation.suites import DataSet, Published, Suite
from rupture.evaluation.titles import GROUPS, HEADLINES, title

Data = Mapping[str, Any]

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
    "alpha": "Krippendorff's α",
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
    "alpha": "α",
    "ece": "ECE",
}


_MATCH_COLUMNS = ("found", "reference", "matched", "precision", "recall", "F1")
_RATING_COLUMNS = {
    "spearman": "Spearman",
    "mae": "mean absolute error",
    "quadratic_kappa": "κ, quadratic weights",
    "ordinal_alpha": "α, ordinal",
}
_MATCHED = """\
A coded client turn and one of the reference, of the same client, count as one moment when they lie that close; each is in one
pair, the nearest first. The therapist's turns count too: where two people take turns, a client's next turn is 2 away.
"""


def report(
    record: Record,
    scores: Data,
    suite: Suite,
    *,
    sessions: Sequence[CodedSession] = (),
    words: bool = False,
    explained: Explained = unexplained,
) -> str:
    """The whole report; ends with a newline. With `words`, the turns it lists stand there as they were said in `sessions`, those
    of AnnoMI never; `explained` gives a sentence to a turn, where there is one."""
    outcome = verdict(suite, scores)
    parts = [head(record, scores, suite, outcome, "sessions"), *([gates(outcome)] if suite.gates else [])]
    for data in suite.data:
        if data.source in scores["sets"]:
            parts += _set_sections(data, scores["sets"][data.source])
            said = [session for session in sessions if words and session.source == data.source]
            parts.append(missed_section(scores["sets"][data.source]["missed"], said, explained))
            parts += _group_sections(scores["sets"][data.source])
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
            curves = {title(name): found["names"][name]["reliability"] for name in GROUPS}
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
    yield _moments(found["moments_within"])


def _group_sections(found: Data) -> Iterator[str]:
    for what, groups in found["groups"].items():
        if groups:
            yield _groups(what, groups)


def _comparison(found: Data, published: Sequence[Published]) -> str:
    rows = [["**this detector** (κ of its codes)", *(_cell(found["names"][name]) for name in GROUPS)]]
    rows += [[_BASELINES[key], *(_cell(names[name]) for name in GROUPS)] for key, names in found["baselines"].items()]
    for row in published:
        cells = [" / ".join(map(number, row.values[name])) if name in row.values else NONE for name in GROUPS]
        rows.append([f"{row.model}, trained on {row.trained_on} (κ at .5)", *cells])
    return f"### Beside baselines\n\n{_READ_AS}\n" + table(["model", *map(title, GROUPS)], rows)


def _cell(values: Data) -> str:
    return " / ".join(number(values[metric]["value"]) for metric in HEADLINE)


def _families(found: Data) -> str:
    header = ["", "turns", "positive", "disputed, left out", "no score", *_FAMILY_COLUMNS.values()]
    rows = []
    for name in GROUPS:
        values = found["names"][name]
        within = {"auroc_within": f" ({values['sessions_within']})"}
        cells = [interval(values[column]) + within.get(column, "") for column in _FAMILY_COLUMNS]
        rows.append([title(name), *(count(values[key]) for key in ("n", "positives", "disputed", "unscored")), *cells])
    return "### With intervals\n\n" + table(header, rows)


def _raters(data_set: str, pairs: Sequence[Data], found: Data) -> str:
    rows = [["–".join(p["raters"]), count(p["sessions"]), *(interval(p["kappa"][name]) for name in GROUPS)] for p in pairs]
    rows.append(["detector–reference", count(found["sessions"]), *(interval(found["names"][name]["kappa"]) for name in GROUPS)])
    codes = [[title(code), *(f"{number(p['kappa'][code]['value'])} ({'/'.join(map(count, p['given'][code]))})" for p in pairs)]
             for code in BY_CODE]  # fmt: skip
    note = "Cohen's κ over all turns both raters read; of the detector's codes against the majority, disputed turns left out.\n"
    by_code = "By code: κ, and in brackets how many turns the first and the second rater gave it.\n"
    return (
        f"## Raters among themselves: {data_set}\n\n{note}\n"
        + table(["pair", "sessions", *map(title, GROUPS)], rows)
        + f"\n{by_code}\n"
        + table(["code", *("–".join(pair["raters"]) for pair in pairs)], codes)
    )


def _markers(found: Data) -> str:
    header = ["marker", "turns", "positive", *_MARKER_COLUMNS.values()]
    rows = []
    for code in MARKERS:
        values = found["names"][code]
        cells = [interval(values[column]) for column in _MARKER_COLUMNS]
        rows.append([title(code), count(values["n"]), count(values["positives"]), *cells])
    macro = found["macro_ap"]
    chosen = f"the markers with at least {ENOUGH_POSITIVES} positive turns ({', '.join(macro['markers']) or 'none'})"
    return "### Markers\n\n" + table(header, rows) + f"\nMacro-averaged AP over {chosen}: {interval(macro)}.\n"


def _calibration(found: Data) -> str:
    errors = "; ".join(f"{title(name)} {interval(found['names'][name]['ece'])}" for name in GROUPS)
    curves = [found["names"][name]["reliability"] for name in GROUPS]
    rows = [
        [str(place + 1), *(_point(curve[place]) if place < len(curve) else NONE for curve in curves)]
        for place in range(max(map(len, curves)))
    ]
    note = f"{BINS} bins of equal mass, cut at quantiles of the scores; equal scores share one. Mean score → rate (turns)."
    body = table(["bin", *map(title, GROUPS)], rows)
    return f"### Calibration\n\nExpected calibration error: {errors}.\n\n{note}\n\n{body}"


def _point(point: Data) -> str:
    return f"{number(point['score'])} → {number(point['rate'])} ({count(point['n'])})"


def _session_level(found: Data) -> str:
    ratings = [
        [_RATINGS.get(name, name), count(row["sessions"]), *(interval(row[column]) for column in _RATING_COLUMNS)]
        for name, row in found["ratings"].items()
    ]
    shown, quiet = found["top_moments"], count(found["top_moments"]["sessions_without_rupture"])
    opening = (
        f"Moments a session opens with: precision {interval(shown['precision'])}; share of sessions with a rupture in which one "
        f"is right {interval(shown['hit_rate'])}; in the {quiet} sessions without any rupture, "
        f"{interval(shown['shown_without_rupture'])} are shown on average, {count(shown['most_without_rupture'])} at most.\n"
    )
    labels = {"onset": f"starting within ± {TOLERANCE} turns", "overlap": "overlapping"}
    episodes = [[labels[key], *_matched(row)] for key, row in found["episodes"].items()]
    return "### Whole sessions\n\n" + "\n".join(
        [
            opening,
            table(["episodes matched by", *_MATCH_COLUMNS], episodes),
            table(["session rating, 1 to 5", "sessions", *_RATING_COLUMNS.values()], ratings),
        ]
    )


def _moments(found: Data) -> str:
    rows = [
        [f"{title(name)}, ± {reach} turn{'s' if reach != '1' else ''}", *_matched(row)]
        for reach, names in found.items()
        for name, row in names.items()
    ]
    return "### Moments, give or take a turn\n\n" + f"{_MATCHED}\n" + table(["matched within", *_MATCH_COLUMNS], rows)


def _matched(row: Data) -> list[str]:
    counts = [count(row[key]) for key in ("found", "reference", "matched")]
    return [*counts, *(interval(row[key]) for key in ("precision", "recall", "f1"))]


def _groups(what: str, groups: Data) -> str:
    rows = []
    for group, values in groups.items():
        for name in GROUPS:
            row = values["names"][name]
            rows.append(
                [
                    group,
                    count(values["sessions"]),
                    title(name),
                    count(row["n"]),
                    count(row["positives"]),
                    *(interval(row[metric]) for metric in HEADLINE),
                ]
            )
    header = [what, "sessions", "", "turns", "positive", *HEADLINES.values()]
    return f"### By {what}\n\nNo interval below {LEAST_SESSIONS} sessions.\n\n" + table(header, rows)
