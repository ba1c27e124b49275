"""The numbers of a detection run computed a second time, from the lines of predictions.jsonl and the raters' votes alone.

By scikit-learn, krippendorff, irrCAC and scipy where they have it, by plain loops where they do not; nothing here comes from the
metrics, samples, moments, ratings or counts of `rupture.evaluation`. A number that is undefined is None.
"""

from collections import Counter, defaultdict
from fractions import Fraction
from functools import cache
from math import ceil, floor, isnan, nan

import pytest

from rupture.codebook import CODES
from rupture.episodes import find_episodes

FAMILIES = ("rupture", "withdrawal", "confrontation")
LETTERS = {"rupture": "WC", "withdrawal": "W", "confrontation": "C", "strategy": "R"}
CODE_NAMES = [code.code for code in CODES]
MARKERS = [code for code in CODE_NAMES if code[0] != "R"]
NAMES = (*FAMILIES, *MARKERS, "strategy")
GROUPS = (*FAMILIES, "strategy")
HEADLINE = ("auroc", "auroc_within", "ap", "kappa")
RATINGS = ("withdrawal", "confrontation", "resolution", "therapist_contribution")


@cache
def packages():
    """scikit-learn's metrics, krippendorff's alpha, irrCAC's raw coefficients, scipy's statistics and pandas."""
    reason = "the packages of the extras 'models' and 'agreement' compute the numbers again"
    names = ("sklearn.metrics", "krippendorff", "irrCAC.raw", "scipy.stats", "pandas")
    return [pytest.importorskip(name, reason=reason) for name in names]


def gives(name, codes):
    return any(code == name or code[0] in LETTERS.get(name, "") for code in codes)


def truth(session, turn, name):
    """True, False, or None where exactly half of the raters gave it."""
    share = session.votes[turn].get(name, 0)
    return None if share == 0.5 else share > 0.5


def turns_of(session, role):
    return [turn.index for turn in session.transcript.turns if turn.role == role]


def ratio(top, bottom):
    return top / bottom if bottom else None


def defined(value):
    return None if value is None or isnan(value) else float(value)


class Rows:
    """The scored turns of one name, as plain lists."""

    def __init__(self, name, pairs):
        self.session, self.truth, self.score, self.coded = [], [], [], []
        self.disputed = self.unscored = 0
        for number, (session, answer) in enumerate(pairs):
            for turn in turns_of(session, "therapist" if name == "strategy" else "client"):
                held = truth(session, turn, name)
                if held is None:
                    self.disputed += 1
                elif name not in answer["scores"][turn]:
                    self.unscored += 1
                else:
                    self.session.append(number)
                    self.truth.append(held)
                    self.score.append(answer["scores"][turn][name])
                    self.coded.append(gives(name, answer["codes"][turn]))

    def inside(self):
        """(truths, scores) of each session that has both classes."""
        by = defaultdict(list)
        for number, held, score in zip(self.session, self.truth, self.score, strict=True):
            by[number].append((held, score))
        return [tuple(zip(*rows, strict=True)) for rows in by.values() if len({held for held, _ in rows}) == 2]

    def rates(self):
        """For each turn the rate of positives in its session."""
        every, positive = Counter(self.session), Counter(n for n, held in zip(self.session, self.truth, strict=True) if held)
        return [positive[number] / every[number] for number in self.session]


def kappa(one, other, **how):
    sklearn, *_ = packages()
    return None if len(set(one) | set(other)) < 2 else defined(sklearn.cohen_kappa_score(list(one), list(other), **how))


def alpha(one, other, level):
    krippendorff = packages()[1]
    if len(set(one) | set(other)) < 2:
        return None
    data = [[float(value) for value in side] for side in (one, other)]
    return float(krippendorff.alpha(reliability_data=data, level_of_measurement=level))


def ac1(one, other):
    _, _, irr, _, pandas = packages()
    frame = pandas.DataFrame({"one": list(map(int, one)), "other": list(map(int, other))})
    return float(irr.CAC(frame, categories=[0, 1]).gwet()["est"]["coefficient_value"])


def bins(score):
    """For each score its bin of ten, cut at the deciles; a score on an edge belongs below it."""
    ordered = [Fraction(value) for value in sorted(score)]
    edges = []
    for tenth in range(1, 10):
        place = Fraction(tenth * (len(ordered) - 1), 10)
        below, above = ordered[floor(place)], ordered[ceil(place)]
        edges.append(below + (place - floor(place)) * (above - below))
    return [sum(edge < Fraction(value) for edge in edges) for value in score]


def reliability(rows):
    by = defaultdict(list)
    for place, score, held in zip(bins(rows.score), rows.score, rows.truth, strict=True):
        by[place].append((score, held))
    return [
        {
            "score": sum(score for score, _ in points) / len(points),
            "rate": sum(held for _, held in points) / len(points),
            "n": len(points),
        }
        for _, points in sorted(by.items())
    ]


def headline(rows):
    sklearn, *_ = packages()
    both = len(set(rows.truth)) == 2
    within = [sklearn.roc_auc_score(*each) for each in rows.inside()]
    return {
        "n": len(rows.truth),
        "positives": sum(rows.truth),
        "disputed": rows.disputed,
        "unscored": rows.unscored,
        "sessions_within": len(within),
        "auroc": float(sklearn.roc_auc_score(rows.truth, rows.score)) if both else None,
        "auroc_within": sum(within) / len(within) if within else None,
        "ap": float(sklearn.average_precision_score(rows.truth, rows.score)) if any(rows.truth) else None,
        "kappa": kappa(rows.truth, rows.coded),
    }


def turn_numbers(rows):
    sklearn, *_ = packages()
    curve = reliability(rows)
    shares = {
        key: defined(getattr(sklearn, f"{key}_score")(rows.truth, rows.coded, zero_division=nan))
        for key in ("precision", "recall", "f1")
    }
    return headline(rows) | {
        "kappa_at_half": kappa(rows.truth, [score >= 0.5 for score in rows.score]),
        **shares,
        "ac1": ac1(rows.truth, rows.coded),
        "alpha": alpha(rows.truth, rows.coded, "nominal"),
        "ece": sum(point["n"] * abs(point["score"] - point["rate"]) for point in curve) / len(rows.truth),
        "reliability": curve,
    }


def oracle(rows):
    """Every turn scored with its session's rate; coded from the rate with the best kappa, the lowest of equals."""
    rows.score = rows.rates()
    found = {rate: kappa(rows.truth, [score >= rate for score in rows.score]) or 0.0 for rate in sorted(set(rows.score))}
    best = min(rate for rate, value in found.items() if value > max(found.values()) - 1e-9)
    rows.coded = [score >= best for score in rows.score]
    return rows


def constant(rows):
    rows.score, rows.coded = [sum(rows.truth) / len(rows.truth)] * len(rows.truth), [False] * len(rows.truth)
    return rows


def macro_ap(names):
    chosen = [code for code in MARKERS if names[code]["positives"] >= 20]
    values = [names[code]["ap"] for code in chosen]
    return {"value": sum(values) / len(values) if values else None, "markers": chosen}


def confusions(pairs):
    """Clearest marker of the reference, then the first given."""
    kinds = (*MARKERS, "none")
    counts = {one: dict.fromkeys(kinds, 0) for one in kinds}
    for session, answer in pairs:
        for turn in turns_of(session, "client"):
            held = truth(session, turn, "rupture")
            if held is None or not answer["scores"][turn]:
                continue
            row = "none"
            if held:
                votes = {code: session.votes[turn].get(code, 0) for code in MARKERS}
                most = max(votes.values())
                first = [code for code in MARKERS if votes[code] == most]
                if len(first) > 1 and most <= 0.5:
                    continue
                row = first[0]
            counts[row][(answer["codes"][turn] or ["none"])[0]] += 1
    return counts


def prf(matched, found, reference):
    return {
        "matched": matched,
        "found": found,
        "reference": reference,
        "precision": ratio(matched, found),
        "recall": ratio(matched, reference),
        "f1": ratio(2 * matched, found + reference),
    }


def pair_off(found, reference, far, allowed):
    """Takes away the nearest allowed pair, the earliest of equals, until there is none; how many there were."""
    found, reference, matched = list(found), list(reference), 0
    while near := [(far(f, r), i, j) for i, f in enumerate(found) for j, r in enumerate(reference) if allowed(f, r)]:
        _, i, j = min(near)
        del found[i], reference[j]
        matched += 1
    return matched


def top_moments(pairs):
    shown = []
    for session, answer in pairs:
        ruptured = any(truth(session, turn.index, "rupture") for turn in session.transcript.turns)
        shown.append((ruptured, [truth(session, turn, "rupture") for turn in answer["top_moments"]]))
    judged = [held for _, moments in shown for held in moments if held is not None]
    quiet = [len(moments) for ruptured, moments in shown if not ruptured]
    hits = [any(moments) for ruptured, moments in shown if ruptured]
    return {
        "sessions_without_rupture": len(quiet),
        "most_without_rupture": max(quiet, default=None),
        "precision": ratio(sum(judged), len(judged)),
        "hit_rate": ratio(sum(hits), len(hits)),
        "shown_without_rupture": ratio(sum(quiet), len(quiet)),
    }


def moments_within(pairs, name, reach):
    totals = Counter()
    for session, answer in pairs:
        judged = [
            turn
            for turn in turns_of(session, "client")
            if name in answer["scores"][turn] and truth(session, turn, name) is not None
        ]
        speakers = [turn.speaker for turn in session.transcript.turns]
        found = [turn for turn in judged if gives(name, answer["codes"][turn])]
        reference = [turn for turn in judged if truth(session, turn, name)]
        totals["found"] += len(found)
        totals["reference"] += len(reference)
        totals["matched"] += pair_off(
            found,
            reference,
            lambda f, r: abs(f - r),
            lambda f, r, who=speakers: abs(f - r) <= reach and who[f] == who[r],
        )
    return prf(totals["matched"], totals["found"], totals["reference"])


def reference_codes(session, turn):
    """Those of a majority; where a majority saw a rupture and split over which, the first with most votes."""
    codes = [code for code in CODE_NAMES if truth(session, turn, code)]
    if not codes and truth(session, turn, "rupture"):
        votes = session.votes[turn]
        return [max(MARKERS, key=lambda code: (votes.get(code, 0), -MARKERS.index(code)))]
    return codes


def episodes(pairs, close):
    totals = Counter()
    for session, answer in pairs:
        sides = []
        for codes in (answer["codes"].__getitem__, lambda turn, s=session: reference_codes(s, turn)):
            kept = {
                turn.index: tuple(codes(turn.index))
                for turn in session.transcript.turns
                if codes(turn.index) and not (turn.role == "client" and truth(session, turn.index, "rupture") is None)
            }
            sides.append(find_episodes(session.transcript, kept))
        found, reference = sides
        totals["found"] += len(found)
        totals["reference"] += len(reference)
        totals["matched"] += pair_off(
            found, reference, lambda f, r: abs(f.onset - r.onset), lambda f, r: f.speakers == r.speakers and close(f, r)
        )
    return prf(totals["matched"], totals["found"], totals["reference"])


def rated(pairs, name):
    """(given, reference) of the sessions that have both."""
    both = [
        (answer["rating"][name], getattr(session.rating, name))
        for session, answer in pairs
        if answer["rating"] and session.rating
    ]
    return [(given, held) for given, held in both if given is not None and held is not None]


def point(value):
    return min((1, 2, 3, 4, 5), key=lambda step: (abs(step - value), -step))


def rating_numbers(pairs, name):
    sklearn, _, _, stats, _ = packages()
    given, held = zip(*rated(pairs, name), strict=True)
    points = [[point(value) for value in side] for side in (given, held)]
    return {
        "sessions": len(given),
        "spearman": defined(stats.spearmanr(given, held).statistic),
        "mae": float(sklearn.mean_absolute_error(held, given)),
        "quadratic_kappa": kappa(*points, weights="quadratic"),
        "ordinal_alpha": alpha(*points, "ordinal"),
    }


def missed_codes(pairs):
    keys = ("reference", "given", "both", "missed", "missed_for_another", "too_much", "too_much_for_another")
    counts = {code: dict.fromkeys(keys, 0) for code in CODE_NAMES}
    for session, answer in pairs:
        for turn, scores in enumerate(answer["scores"]):
            given = answer["codes"][turn]
            for code in set(scores) & set(CODE_NAMES):
                match (truth(session, turn, code), code in given):
                    case (True, True):
                        hits = ("reference", "given", "both")
                    case (True, False):
                        hits = ("reference", "missed", *(["missed_for_another"] if given else []))
                    case (False, True):
                        wanted = any(truth(session, turn, other) for other in CODE_NAMES)
                        hits = ("given", "too_much", *(["too_much_for_another"] if wanted else []))
                    case _:
                        hits = ()
                for key in hits:
                    counts[code][key] += 1
    return counts


def differing_turns(pairs):
    """(session, turn, kind, reference, given, score) of every turn that differs, in order."""
    found = []
    for session, answer in pairs:
        for turn in session.transcript.turns:
            name = {"client": "rupture", "therapist": "strategy"}.get(turn.role.value)
            if name not in answer["scores"][turn.index]:
                continue
            given, own = answer["codes"][turn.index], [code for code in CODE_NAMES if (code[0] == "R") == (name == "strategy")]
            wanted = [code for code in own if truth(session, turn.index, code)]
            lacking = set(wanted) - set(given)
            if not wanted and truth(session, turn.index, name):
                most = max(session.votes[turn.index].get(code, 0) for code in own)
                wanted = [code for code in own if session.votes[turn.index].get(code, 0) == most]
                lacking = set() if set(wanted) & set(given) else set(wanted)
            surplus = {code for code in given if code not in wanted and truth(session, turn.index, code) is False}
            kind = {(True, True): "other code", (True, False): "missed", (False, True): "over-coded"}.get(
                (bool(lacking), bool(surplus))
            )
            if kind:
                found.append((session.transcript.id, turn.index, kind, wanted, given, answer["scores"][turn.index][name]))
    return found


def missed(pairs):
    found = differing_turns(pairs)
    kinds = ("missed", "over-coded", "other code")
    listed = []
    for kind in kinds:
        rows = [row for row in found if row[2] == kind]
        chosen = sorted(rows, key=lambda row: row[5], reverse=kind != "missed")[:20]
        listed += [row for row in rows if row in chosen]
    keys = ("session", "turn", "kind", "reference", "given", "score")
    return {
        "codes": missed_codes(pairs),
        "turns": {kind: sum(row[2] == kind for row in found) for kind in kinds},
        "listed": [dict(zip(keys, row, strict=True)) for row in listed],
    }


def data_set(pairs, groupings):
    """Everything that `scores.json` says of one data set, with the values alone where that has intervals too."""
    names = {name: turn_numbers(Rows(name, pairs)) for name in NAMES}
    members = {
        what: {group: [p for p in pairs if by.get(p[0].transcript.id) == group] for group in sorted(set(by.values()))}
        for what, by in groupings.items()
    }
    return {
        "sessions": len(pairs),
        "turns": sum(len(session.transcript.turns) for session, _ in pairs),
        "names": names,
        "macro_ap": macro_ap(names),
        "confusions": confusions(pairs),
        "baselines": {
            title: {name: headline(make(Rows(name, pairs))) for name in GROUPS}
            for title, make in (("oracle", oracle), ("constant", constant))
        },
        "top_moments": top_moments(pairs),
        "moments_within": {str(reach): {name: moments_within(pairs, name, reach) for name in FAMILIES} for reach in (1, 2)},
        "episodes": {
            "onset": episodes(pairs, lambda f, r: abs(f.onset - r.onset) <= 2),
            "overlap": episodes(pairs, lambda f, r: max(f.onset, r.onset) <= min(f.end, r.end)),
        },
        "ratings": {name: rating_numbers(pairs, name) for name in RATINGS},
        "missed": missed(pairs),
        "groups": {
            what: {
                group: {"sessions": len(inside), "names": {name: headline(Rows(name, inside)) for name in GROUPS}}
                for group, inside in by.items()
                if inside
            }
            for what, by in members.items()
        },
    }


def of_raters(sessions, codings):
    """What `scores.json` says of each pair of raters, in order of their names."""
    people = sorted({who for session in sessions for who in codings[session.transcript.id]})
    found = []
    for place, one in enumerate(people):
        for other in people[place + 1 :]:
            shared = [s for s in sessions if {one, other} <= set(codings[s.transcript.id])]
            if not shared:
                continue
            row = {"raters": [one, other], "sessions": len(shared), "kappa": {}, "ac1": {}, "given": {}}
            for name in (*GROUPS, *CODE_NAMES):
                role = "therapist" if name == "strategy" or name[0] == "R" else "client"
                marks = [
                    [gives(name, codings[s.transcript.id][who].codes.get(turn, ())) for s in shared for turn in turns_of(s, role)]
                    for who in (one, other)
                ]
                row["kappa"][name] = kappa(*marks)
                row["ac1"][name] = ac1(*marks)
                row["given"][name] = [sum(side) for side in marks]
            found.append(row)
    return found
