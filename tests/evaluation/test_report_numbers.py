"""Every number of a run's scores and report is computed a second time (`recomputed`) from the saved predictions.

A number in scores.json or report.md that nobody computed again fails a test here, so a new one has to be added.
"""

import json
import re
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import numpy as np
import pytest

from rupture.codebook import CODES
from rupture.coding.sessions import raters_of, read_sessions, split_sessions
from rupture.coding.standoff import coded_by
from rupture.digests import digest_sessions
from rupture.evaluation.agreement import agreement
from rupture.evaluation.detection import run_detection, score
from rupture.evaluation.groups import by_length
from rupture.evaluation.report import report
from rupture.evaluation.runs import PREDICTIONS, Plan, read_record
from rupture.evaluation.suites import load_suite
from rupture.resources import BLIND_CODES, SESSIONS

from . import recomputed
from .helpers import SUITES, noisy
from .recomputed import GROUPS, HEADLINE, MARKERS, Rows

INTERVAL = {"value", "low", "high"}
TITLES = {
    "rupture": "any rupture",
    "withdrawal": "withdrawal",
    "confrontation": "confrontation",
    "strategy": "any strategy",
    **{code.code: f"{code.code} {code.label}" for code in CODES},
}


def uneven(session):
    """`noisy` with gaps and slips: turns without any score, some without one for a marker, codes two turns late, a session
    without ratings."""
    found, turns = noisy(session), session.transcript.turns
    number = int(re.sub(r"\D", "", session.transcript.id))
    scores, codes = list(found.scores), list(found.codes)
    if number % 4 == 0:
        scores[number % len(scores)] = {}
    if number % 3 == 0:
        scores = [{name: value for name, value in turn.items() if name != "C6"} for turn in scores]
    for early, late in pairwise(range(number % 2, len(turns), 2)):
        if early % 6 == number % 2 and turns[early].role == turns[late].role:
            codes[early], codes[late] = codes[late], codes[early]
    rating = None if number % 11 == 0 else found.rating
    return replace(found, scores=tuple(scores), codes=tuple(codes), rating=rating)


def quiet_and_not(sessions):
    """The sessions in which most is coded with W5, so that it is counted in the macro average, and some with least."""

    def coded(session):
        return sum(session.reference(turn, "W5") is True for turn in range(len(session.votes)))

    ranked = sorted(sessions, key=coded, reverse=True)
    return [*ranked[:12], *ranked[-3:]], ranked[12:24]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Fifteen of our test sessions, and twelve more coded by two raters only, who split on some turns, in the place of AnnoMI."""
    recomputed.packages()
    folder = tmp_path_factory.mktemp("run")
    sessions = split_sessions(SESSIONS, BLIND_CODES)["test"]
    raters = raters_of(read_sessions(sorted(SESSIONS.glob("*.txt"))), BLIND_CODES)
    ours, theirs = quiet_and_not(sessions)
    two = {s.transcript.id: dict(sorted(raters[s.transcript.id].items())[1:]) for s in theirs}
    theirs = [replace(coded_by(s, two[s.transcript.id].values()), source="annomi") for s in theirs]
    sessions = [*theirs, *ours]
    codings = {"annomi": two, "own": {s.transcript.id: raters[s.transcript.id] for s in ours}}
    groupings = {
        "length": by_length(sessions),
        "half": {s.transcript.id: "odd" if int(s.transcript.id[-1]) % 2 else "even" for s in ours},
    }
    pairs = {source: agreement([s.transcript for s in sessions if s.source == source], codings[source]) for source in codings}
    run_detection(folder, Plan("detection", {"model": "m" * 64}, {"annomi": True}, seed=3), sessions, uneven)
    scores = score(folder, sessions, groupings, pairs)
    return folder, sessions, groupings, codings, scores


@pytest.fixture(scope="module")
def again(run):
    """By data set, everything computed a second time."""
    folder, sessions, groupings, _, _ = run
    answers = {line["id"]: line for line in map(json.loads, (folder / PREDICTIONS).read_text(encoding="utf-8").splitlines())}
    sets = {source: [(s, answers[s.transcript.id]) for s in sessions if s.source == source] for source in ("annomi", "own")}
    return {source: recomputed.data_set(pairs, groupings) for source, pairs in sets.items()}


def leaves(data, path=()):
    """Path and value of every single value; an estimate counts as its value."""
    if isinstance(data, dict) and data.keys() >= INTERVAL:
        rest = {key: value for key, value in data.items() if key not in {"low", "high"}}
        yield from leaves(rest if len(rest) > 1 else data["value"], path)
    elif isinstance(data, (dict, list)):
        for key, value in data.items() if isinstance(data, dict) else enumerate(data):
            yield from leaves(value, (*path, str(key)))
    else:
        yield path, data


def test_every_point_estimate_in_the_scores_is_what_other_means_give(run, again):
    *_, codings, scores = run
    saved = json.loads((run[0] / "scores.json").read_text(encoding="utf-8"))
    assert saved == scores
    second = {"sets": again, "raters": {source: raters_again(run, source) for source in codings}}
    found, expected = (dict(leaves({key: data[key] for key in ("sets", "raters")})) for data in (saved, second))
    assert found.keys() == expected.keys()
    for path, value in expected.items():
        if isinstance(value, float):
            # irrCAC gives five digits, scores.json keeps six
            assert found[path] == pytest.approx(value, abs=1.1e-5 if "ac1" in path else 1e-6), path
        else:
            assert found[path] == value, path
    assert len(found) > 3500


def raters_again(run, source):
    _, sessions, _, codings, _ = run
    return recomputed.of_raters([s for s in sessions if s.source == source], codings[source])


def test_what_the_scores_say_of_the_run_is_so(run):
    _, sessions, _, _, scores = run
    rest = {key: value for key, value in scores.items() if key not in {"sets", "raters"}}
    assert rest == {
        "schema": 1,
        "suite": "detection",
        "items": 27,
        "answered": 27,
        "failed": 0,
        "missing": 0,
        "cases": digest_sessions(sessions),
        "bootstrap": {"draws": 1000, "seed": 20240229, "unit": "session", "level": 0.95},
    }


def test_the_test_covers_what_it_should(again):
    """Gaps, splits, groups too small for an interval and every kind of difference are there."""
    assert any(row["disputed"] for row in again["annomi"]["names"].values())
    assert again["own"]["names"]["C6"]["unscored"] > again["own"]["names"]["rupture"]["unscored"] > 0
    assert again["own"]["ratings"]["withdrawal"]["sessions"] < 15
    assert all(again["own"]["missed"]["turns"].values())
    assert again["own"]["moments_within"]["2"]["rupture"]["matched"] > again["own"]["moments_within"]["1"]["rupture"]["matched"]
    assert {found["sessions"] < 10 for groups in again["own"]["groups"].values() for found in groups.values()} == {True, False}
    assert again["own"]["macro_ap"]["markers"]
    assert again["own"]["top_moments"]["sessions_without_rupture"]


# ---- intervals -------------------------------------------------------------------------------------------------------------


def percentile(values, share):
    """By linear interpolation between the ordered values."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = int(place)
    return ordered[below] + (place - below) * (ordered[min(below + 1, len(ordered) - 1)] - ordered[below])


def drawn_sessions(count):
    """A thousand times the sessions of a draw, each as often as it was drawn, with the seed the scores state."""
    rng = np.random.default_rng(20240229)
    for draw in rng.multinomial(count, [1 / count] * count, size=1000):
        yield [number for number, times in enumerate(draw) for _ in range(times)]


def plain_kappa(one, other):
    agree = sum(a == b for a, b in zip(one, other, strict=True)) / len(one)
    chance = (sum(one) * sum(other) + (len(one) - sum(one)) * (len(one) - sum(other))) / len(one) ** 2
    return (agree - chance) / (1 - chance)


def test_intervals_are_those_of_a_plain_loop_over_draws_of_sessions(run):
    folder, sessions, *_, scores = run
    answers = {line["id"]: line for line in map(json.loads, (folder / PREDICTIONS).read_text(encoding="utf-8").splitlines())}
    pairs = [(s, answers[s.transcript.id]) for s in sessions if s.source == "own"]
    each = [Rows("rupture", [pair]) for pair in pairs]
    moments = [recomputed.moments_within([pair], "withdrawal", 2) for pair in pairs]
    ratings = [recomputed.rated([pair], "withdrawal") for pair in pairs]
    sklearn = recomputed.packages()[0]
    values = {"ap": [], "kappa": [], "moments": [], "mae": []}
    for drawn in drawn_sessions(len(pairs)):
        held, given = ([x for n in drawn for x in getattr(each[n], side)] for side in ("truth", "score"))
        values["ap"].append(sklearn.average_precision_score(held, given))
        values["kappa"].append(plain_kappa(held, [x for n in drawn for x in each[n].coded]))
        matched, found, sought = (sum(moments[n][key] for n in drawn) for key in ("matched", "found", "reference"))
        values["moments"].append(2 * matched / (found + sought))
        both = [pair for n in drawn for pair in ratings[n]]
        values["mae"].append(sum(abs(given - held) for given, held in both) / len(both))
    own = scores["sets"]["own"]
    saved = {
        "ap": own["names"]["rupture"]["ap"],
        "kappa": own["names"]["rupture"]["kappa"],
        "moments": own["moments_within"]["2"]["withdrawal"]["f1"],
        "mae": own["ratings"]["withdrawal"]["mae"],
    }
    for key, estimate in saved.items():
        expected = [percentile(values[key], share) for share in (0.025, 0.975)]
        assert [estimate["low"], estimate["high"]] == pytest.approx(expected, abs=1e-6), key


# ---- the report ------------------------------------------------------------------------------------------------------------

NUMBER = re.compile(r"−?\d[\d,]*\.\d+|−?\.\d+|\d[\d,]*")


class Cell:
    """What stands in a cell or line: words with a # for each number, and the numbers. A number that is None is a dash."""

    def __init__(self, words, *values):
        self.words, self.values = words, values

    def check(self, text, where):
        words, numbers = self.words, list(self.values)
        for value in numbers:
            words = words.replace("#", "–" if value is None else "\0", 1)
        assert NUMBER.sub("\0", text) == words, where
        printed = NUMBER.findall(text)
        assert len(printed) == sum(value is not None for value in numbers), where
        for shown, value in zip(printed, (value for value in numbers if value is not None), strict=True):
            plain = Decimal(shown.replace("−", "-").replace(",", ""))
            if isinstance(value, int):
                assert shown == f"{value:,}", where
            else:
                assert re.fullmatch(r"−?(\d+|)\.\d\d", shown), where
                assert not shown.startswith(("0", "−0")), where
                assert abs(plain - Decimal(value)) <= Decimal("0.00502"), where
                assert not (plain == 0 and shown.startswith("−")), where


def estimate(value, saved):
    """A number computed again, with the interval that was saved for it."""
    return Cell("# [#, #]", value, saved["low"], saved["high"]) if saved["low"] is not None else Cell("#", value)


def joined(between, *cells):
    return Cell(between.join(cell.words for cell in cells), *(value for cell in cells for value in cell.values))


def number(value):
    return Cell("#", value)


def with_words(words, cell):
    return Cell(words.replace("@", cell.words), *cell.values)


def headline_cell(values):
    return Cell(" / ".join("#" * len(HEADLINE)), *(values[metric] for metric in HEADLINE))


def expected_tables(run, again, suite):
    """(heading, header, rows) of every table in the order of the report, from the numbers computed again."""
    _, sessions, _, _, scores = run
    rows = []
    for gate in suite.gates:
        value = again[gate.source]
        for step in gate.path.split("."):
            value = value[step]
        bound = Cell("≥ #", gate.at_least) if gate.at_least is not None else Cell("≤ #", gate.at_most)
        met = value >= gate.at_least if gate.at_least is not None else value <= gate.at_most
        rows.append([gate.name, gate.source, gate.path, bound, number(value), "yes" if met else "**no**"])
    yield "Gates", ["gate", "data", "number", "bound", "found", "met"], rows
    for data in suite.data:
        yield from set_tables(again[data.source], scores["sets"][data.source], data.published)
    for source in scores["raters"]:
        yield from rater_tables(raters_again(run, source), scores["raters"][source], again[source], scores["sets"][source])
    record = read_record(run[0])
    facts = {
        "run": f"{record.started} to {record.ended}",
        "seed": "3",
        **{f"{package} version": version for package, version in record.plan.versions.items()},
        "model digest": f"`{'m' * 16}`",
        "digest of what it was scored against": f"`{digest_sessions(sessions)[:16]}`",
        "settings": "annomi = True",
        "intervals": "1000 draws of whole sessions, seed 20240229",
    }
    yield "How it was run", ["", ""], [list(fact) for fact in facts.items()]


def set_tables(again, saved, published):
    titles = [TITLES[name] for name in GROUPS]
    rows = [["**this detector** (κ of its codes)", *(headline_cell(again["names"][name]) for name in GROUPS)]]
    said = {
        "oracle": "oracle that knows each session's rate and nothing of the turn (κ at the best threshold in hindsight)",
        "constant": "constant: the rate of the data set",
    }
    rows += [[said[key], *(headline_cell(again["baselines"][key][name]) for name in GROUPS)] for key in said]
    for row in published:
        cells = [Cell(" / ".join("####"), *row.values[name]) if name in row.values else "–" for name in GROUPS]
        rows.append([f"{row.model}, trained on {row.trained_on} (κ at .5)", *cells])
    yield "Beside baselines", ["model", *titles], rows
    columns = {
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
    rows = []
    for name in GROUPS:
        values, kept = again["names"][name], saved["names"][name]
        cells = {key: estimate(values[key], kept[key]) for key in columns}
        cells["auroc_within"] = joined(" ", cells["auroc_within"], Cell("(#)", values["sessions_within"]))
        rows.append([TITLES[name], *(number(values[key]) for key in ("n", "positives", "disputed", "unscored")), *cells.values()])
    yield "With intervals", ["", "turns", "positive", "disputed, left out", "no score", *columns.values()], rows
    columns = {
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
    rows = []
    for code in MARKERS:
        values, kept = again["names"][code], saved["names"][code]
        cells = [estimate(values[key], kept[key]) for key in columns]
        rows.append([TITLES[code], number(values["n"]), number(values["positives"]), *cells])
    yield "Markers", ["marker", "turns", "positive", *columns.values()], rows
    curves = [again["names"][name]["reliability"] for name in GROUPS]
    rows = [
        [str(place + 1), *(curve_cell(curve[place]) if place < len(curve) else "–" for curve in curves)]
        for place in range(max(map(len, curves)))
    ]
    yield "Calibration", ["bin", *titles], rows
    rows = [
        [said, *matched(again["episodes"][key], saved["episodes"][key])]
        for key, said in (("onset", "starting within ± 2 turns"), ("overlap", "overlapping"))
    ]
    counted = ["found", "reference", "matched", "precision", "recall", "F1"]
    yield "Whole sessions", ["episodes matched by", *counted], rows
    columns = {
        "spearman": "Spearman",
        "mae": "mean absolute error",
        "quadratic_kappa": "κ, quadratic weights",
        "ordinal_alpha": "α, ordinal",
    }
    rows = []
    for name, values in again["ratings"].items():
        cells = [estimate(values[key], saved["ratings"][name][key]) for key in columns]
        rows.append([name.replace("therapist_", "therapist's "), number(values["sessions"]), *cells])
    yield "Whole sessions", ["session rating, 1 to 5", "sessions", *columns.values()], rows
    rows = [
        [f"{TITLES[name]}, ± {reach} turn{'s' * (reach == '2')}", *matched(values, saved["moments_within"][reach][name])]
        for reach, names in again["moments_within"].items()
        for name, values in names.items()
    ]
    yield "Moments, give or take a turn", ["matched within", *counted], rows
    yield from missed_tables(again["missed"])
    for what, groups in again["groups"].items():
        if groups:
            yield f"By {what}", *group_table(what, groups, saved["groups"][what])


def curve_cell(point):
    return Cell("# → # (#)", point["score"], point["rate"], point["n"])


def matched(values, saved):
    counts = [number(values[key]) for key in ("found", "reference", "matched")]
    return [*counts, *(estimate(values[key], saved[key]) for key in ("precision", "recall", "f1"))]


def missed_tables(again):
    heading = "What was missed and what was coded too much"
    columns = {
        "reference": "in the reference",
        "given": "given",
        "both": "both",
        "missed": "missed",
        "missed_for_another": "of these, another code given",
        "too_much": "coded too much",
        "too_much_for_another": "of these, another code in the reference",
    }
    rows = [
        [TITLES[code], *(number(row[key]) for key in columns)]
        for code, row in again["codes"].items()
        if row["reference"] or row["given"]
    ]
    yield heading, ["code", *columns.values()], rows
    rows = [
        [
            row["session"],
            number(row["turn"]),
            row["kind"],
            " ".join(row["reference"]) or "–",
            " ".join(row["given"]) or "–",
            number(row["score"]),
        ]
        for row in again["listed"]
    ]
    yield heading, ["session", "turn", "kind", "reference", "given", "score"], rows


def group_table(what, groups, saved):
    rows = []
    for group, found in groups.items():
        for name in GROUPS:
            values, kept = found["names"][name], saved[group]["names"][name]
            cells = [estimate(values[metric], kept[metric]) for metric in HEADLINE]
            rows.append(
                [group, number(found["sessions"]), TITLES[name], number(values["n"]), number(values["positives"]), *cells]
            )
    return [what, "sessions", "", "turns", "positive", "AUROC pooled", "AUROC within", "AP", "κ of codes"], rows


def rater_tables(pairs, saved, again, detector):
    names = ["–".join(pair["raters"]) for pair in pairs]
    rows = [
        [name, number(pair["sessions"]), *(estimate(pair["kappa"][each], kept["kappa"][each]) for each in GROUPS)]
        for name, pair, kept in zip(names, pairs, saved, strict=True)
    ]
    cells = [estimate(again["names"][name]["kappa"], detector["names"][name]["kappa"]) for name in GROUPS]
    rows.append(["detector–reference", number(again["sessions"]), *cells])
    yield "Raters among themselves", ["pair", "sessions", *(TITLES[name] for name in GROUPS)], rows
    rows = [
        [TITLES[code.code], *(Cell("# (#/#)", pair["kappa"][code.code], *pair["given"][code.code]) for pair in pairs)]
        for code in CODES
    ]
    yield "Raters among themselves", ["code", *names], rows


def parts(text):
    """The tables as (heading, header, rows), and the other lines."""
    tables, lines, heading, table = [], [], "", None
    for line in text.splitlines():
        if line.startswith("|"):
            cells = line.removeprefix("| ").removesuffix(" |").split(" | ") if line != "|  |  |" else ["", ""]
            if table is None:
                table = (heading, cells, [])
                tables.append(table)
            elif not set(line) <= set("|-: "):
                table[2].append(cells)
            continue
        table = None
        heading = line.lstrip("# ") if line.startswith("#") else heading
        lines.append(line)
    return tables, lines


@pytest.fixture(scope="module")
def written(run):
    suite = load_suite(SUITES / "detection.yaml")
    return parts(report(read_record(run[0]), run[-1], suite)), suite


def test_every_cell_of_every_table_is_a_number_computed_again(run, again, written):
    (tables, _), suite = written
    expected = list(expected_tables(run, again, suite))
    assert [heading.split(":")[0] for heading, _, _ in tables] == [heading for heading, _, _ in expected]
    cells = 0
    for (heading, header, rows), (_, titles, wanted) in zip(tables, expected, strict=True):
        assert header == titles, heading
        assert len(rows) == len(wanted), heading
        for row, cells_wanted in zip(rows, wanted, strict=True):
            assert len(row) == len(cells_wanted), (heading, row)
            for title, text, cell in zip(header, row, cells_wanted, strict=True):
                where = (heading, row[0], title)
                if isinstance(cell, Cell):
                    cell.check(text, where)
                else:
                    assert text == cell, where
                cells += 1
    assert cells > 1500


def expected_lines(again, saved):
    """The lines with numbers that stand outside the tables of one data set."""
    yield Cell("# sessions, # turns. Held out: ", again["sessions"], again["turns"])
    macro = estimate(again["macro_ap"]["value"], saved["macro_ap"])
    markers = ", ".join(again["macro_ap"]["markers"]) or "none"
    yield with_words(f"Macro-averaged AP over the markers with at least 20 positive turns ({markers}): @.", macro)
    errors = [
        with_words(f"{TITLES[name]} @", estimate(again["names"][name]["ece"], saved["names"][name]["ece"])) for name in GROUPS
    ]
    yield with_words("Expected calibration error: @.", joined("; ", *errors))
    shown, kept = again["top_moments"], saved["top_moments"]
    yield joined(
        "",
        with_words("Moments a session opens with: precision @", estimate(shown["precision"], kept["precision"])),
        with_words("; share of sessions with a rupture in which one is right @", estimate(shown["hit_rate"], kept["hit_rate"])),
        Cell("; in the # sessions without any rupture, ", shown["sessions_without_rupture"]),
        with_words("@ are shown on average, ", estimate(shown["shown_without_rupture"], kept["shown_without_rupture"])),
        Cell("# at most.", shown["most_without_rupture"]),
    )
    kinds = (again["missed"]["turns"][kind] for kind in ("missed", "over-coded", "other code"))
    yield Cell("Turns that differ from the reference: # missed, # over-coded, # with another code.", *kinds)


FIXED = (
    "10 bins of equal mass, cut at quantiles of the scores; equal scores share one. Mean score → rate (turns).",
    "pair, the nearest first. The therapist's turns count too: where two people take turns, a client's next turn is 2 away.",
    "Of each kind at most 20: missed turns with the lowest score of any rupture or any strategy, the others with the highest. "
    "Over-coded means that nothing was missed. Turns are numbered from 0.",
    "No interval below 10 sessions.",
    "**Gate not met.** 27 of 27 sessions answered, 0 failed, 0 missing.",
)


def test_every_number_outside_the_tables_is_computed_again_or_said_by_the_suite(run, again, written):
    (_, lines), suite = written
    said = " ".join([suite.title, suite.measures, *suite.cautions, *(" ".join(d.held_out.split()) for d in suite.data)])
    wanted = [cell for data in suite.data for cell in expected_lines(again[data.source], run[-1]["sets"][data.source])]
    left = []
    for line in lines:
        if not re.search(r"\d", line) or line in FIXED or line.lstrip("> -").strip() in said:
            continue
        held_out = next((d.held_out for d in suite.data if line.endswith(f"Held out: {d.held_out.strip()}.")), None)
        left.append(line.removesuffix(f"{held_out.strip()}.") if held_out else line)
    assert len(left) == len(wanted), left
    for line, cell in zip(left, wanted, strict=True):
        # Codes are names, not numbers.
        names = re.compile(r"\b[WC]\d\b")
        cell.words = names.sub("marker", cell.words).replace("at least 20", "at least some")
        cell.check(names.sub("marker", line).replace("at least 20", "at least some"), line)


def test_a_number_nobody_computed_is_found(run, again, written):
    """The walk itself: an altered figure, an added one and a wrong rounding are each caught."""
    cell = estimate(0.4449, {"low": 0.1, "high": 0.9})
    cell.check(".44 [.10, .90]", "right")
    for wrong in (".45 [.10, .90]", ".44 [.10, .91]", ".44 [.10, .90] (3)", "0.44 [.10, .90]", ".444 [.10, .90]", "–"):
        with pytest.raises(AssertionError):
            cell.check(wrong, "wrong")
