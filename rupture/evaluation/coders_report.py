"""The report on coders, in Markdown and as one HTML file, made from what `coders.compare` gives and nothing else."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from rupture.codebook import BY_CODE, MARKERS, RUPTURE, STRATEGIES, Family
from rupture.escape import inert
from rupture.evaluation.coder_turns import CODE, FAMILY, NONE, WHETHER
from rupture.evaluation.markdown import count, number, table
from rupture.files import as_json, write_whole
from rupture.formats.parsed import counted

TITLE = "Coders side by side"
FILES = ("agreement.json", "report.md", "report.html")
LISTED = 100
"""Turns a list shows; all of them are in `agreement.json`."""

Data = Mapping[str, Any]

_FAMILIES = {
    RUPTURE: "any rupture",
    **{family.value: family.value for family in (Family.WITHDRAWAL, Family.CONFRONTATION)},
    Family.STRATEGY.value: "any strategy",
}
_WORDS = ("role", "codes", "words", "instead", "instead of", "rating, 1 to 5")
"""Columns that hold no numbers."""
_MARK = " (reference)"
_KINDS = {
    WHETHER: "whether there is anything to code",
    FAMILY: "which family",
    CODE: "which code of a family",
}
_CAUTIONS = """\
> - These numbers say how far coders agree, not who is right, and they grade nobody.
> - Who the coders are is not known here. Raters A to E, blind-1, blind-2 and the writers of this project's own codes are language
>   models, not clinicians.
> - κ of a rare code rests on few turns: look at how many each coder gave before reading it.
"""
_READING = """\
- **κ** (Cohen 1960): agreement of two coders beyond what their own rates would give by chance. 1 is full agreement, 0 what chance
  gives. In brackets the 95 % interval when whole sessions are drawn again; none below ten sessions.
- **AC1** (Gwet 2008): the same question with another idea of chance, which stays steady where a code is rare.
- **α** (Krippendorff 2004, nominal): agreement of all coders at once, also where each read only some of the sessions.
- **ICC(2,1)** (Shrout and Fleiss 1979): how far single session ratings of different coders mean the same number.
- A reference that came as a file of its own is no coder: it counts in its pairs alone, never in what is said of all coders.
- A turn both coders read and left uncoded counts as agreement that there is nothing to code. Markers are asked of client turns,
  strategies of therapist turns.

More in `docs/coding.md`.
"""


def write(folder: Path, found: Data) -> Path:
    """Writes the three FILES into `folder`; gives the path of the HTML report."""
    from rupture.evaluation.html_report import html_report

    folder.mkdir(parents=True, exist_ok=True)
    text = report(found)
    contents = (as_json(found), text.encode(), html_report(TITLE, text, {}).encode())
    write_whole({folder / name: [content] for name, content in zip(FILES, contents, strict=True)})
    return folder / FILES[2]


def report(found: Data) -> str:
    """The whole report; ends with a newline. It holds no word of a session unless `found` does."""
    parts = [_head(found), _pairs(found["pairs"])]
    if found["overall"]:
        parts.append(_overall(found))
    parts += [_codes(found), _ratings(found), *_confusions(found["pairs"]), _splits(found)]
    if found["reference"]:
        parts += _reference(found["reference"])
    return "\n".join([*parts, f"## How to read this\n\n{_READING}"])


def _head(found: Data) -> str:
    turns = found["turns"]
    spoken = f"{count(turns['client'])} turns of clients, {count(turns['therapist'])} of therapists"
    size = f"{counted(found['sessions'], 'session')}, {spoken}."
    reference = found["reference"]["name"] if found["reference"] else None
    rows = [
        [
            inert(coder) + (_MARK if coder == reference else ""),
            *map(count, (c["sessions"], c["turns"]["client"], c["turns"]["therapist"])),
            *(_share(c["given"][name], c["turns"]["therapist" if name == Family.STRATEGY else "client"]) for name in _FAMILIES),
            count(c["rated"]),
        ]
        for coder, c in found["coders"].items()
    ]
    header = ["coder", "sessions", "client turns", "therapist turns", *_FAMILIES.values(), "sessions rated"]
    notes = "".join(f"- {inert(note)}\n" for note in found["notes"])
    return f"# {TITLE}\n\n{size}\n\n{_CAUTIONS}\n{notes}\n## Who coded what\n\n" + table(header, rows)


def _share(part: int, whole: int) -> str:
    return f"{count(part)} ({number(part / whole if whole else None)})"


def _pairs(pairs: Sequence[Data]) -> str:
    header = ["pair", "sessions", *_FAMILIES.values()]
    kappa = [[_pair(p), count(p["sessions"]), *(_kappa(p, name) for name in _FAMILIES)] for p in pairs]
    ac1 = [[_pair(p), *(number(p["ac1"][name]) for name in _FAMILIES)] for p in pairs]
    alike = [[_pair(p), *(number(p["alike"][name]) for name in _FAMILIES)] for p in pairs]
    short = ["pair", *_FAMILIES.values()]
    return (
        f"## Each pair\n\nCohen's κ:\n\n{table(header, kappa)}\nGwet's AC1:\n\n{table(short, ac1)}\n"
        f"Share of turns coded alike:\n\n{table(short, alike)}"
    )


def _pair(pair: Data) -> str:
    return inert("–".join(pair["raters"])) + (_MARK if pair["with_reference"] else "")


def _kappa(pair: Data, name: str) -> str:
    return _bracketed(pair["kappa"][name], pair["kappa_interval"][name])


def _bracketed(value: float | None, interval: Sequence[float] | None) -> str:
    return number(value) if interval is None else f"{number(value)} [{number(interval[0])}, {number(interval[1])}]"


def _overall(found: Data) -> str:
    rows = [
        [title, *(number(found["overall"][name][key]) for key in ("alpha", "ac1", "share"))] for name, title in _FAMILIES.items()
    ]
    return "## All coders together\n\n" + table(["", "α", "AC1", "share of turns coded so"], rows)


def _codes(found: Data) -> str:
    pairs, overall = found["pairs"], found["overall"]
    header = ["code", *map(_pair, pairs), *(["α", "AC1"] if overall else [])]
    rows = [
        [
            f"{code} {BY_CODE[code].label}",
            *(f"{number(p['kappa'][code])} ({'/'.join(map(count, p['given'][code]))})" for p in pairs),
            *(number(overall[code][key]) for key in (("alpha", "ac1") if overall else ())),
        ]
        for code in BY_CODE
    ]
    return "## Code by code\n\nκ, and in brackets how many turns each of the two gave it.\n\n" + table(header, rows)


def _ratings(found: Data) -> str:
    rows = []
    for who, ratings in (("all coders", found["ratings"]), *((_pair(pair), pair["ratings"]) for pair in found["pairs"])):
        for name, row in ratings.items():
            if row["sessions"]:
                rows.append([who, name.replace("_", " "), count(row["sessions"]), _bracketed(row["icc"], row["interval"])])
    if not rows:
        return "## Session ratings\n\nNo session was rated by two coders.\n"
    return "## Session ratings\n\n" + table(["", "rating, 1 to 5", "sessions", "ICC(2,1)"], rows, _WORDS)


def _confusions(pairs: Sequence[Data]) -> Iterator[str]:
    yield (
        "## Codes taken for one another\n\nRows are what the first coder of a pair gave, columns what the second gave on the "
        "same turns. A code both gave meets itself; of the others on the turn, each meets each.\n"
    )
    for pair in pairs:
        for kind, names in (("markers", MARKERS), ("strategies", STRATEGIES)):
            counts = pair["confusions"][kind]
            used = [name for name in names if name in counts or any(name in row for row in counts.values())]
            if used:
                columns = (*used, NONE)
                rows = [[one, *(_cell(counts.get(one, {}).get(other, 0)) for other in columns)] for one in columns]
                yield f"### {_pair(pair)}: {kind}\n\n" + table([f"{inert(pair['raters'][0])} ↓", *columns], rows)


def _cell(turns: int) -> str:
    return count(turns) if turns else "·"


def _splits(found: Data) -> str:
    splits = found["splits"]
    kinds = Counter(split["kind"] for split in splits)
    tally = "; ".join(f"{words}: {count(kinds[kind])}" for kind, words in _KINDS.items())
    rows = [
        [
            inert(split["session"]),
            str(split["turn"]),
            split["role"],
            "; ".join(f"{inert(coder)} {_listed(codes)}" for coder, codes in split["codes"].items()),
            *([inert(" ".join(split["text"].split()))] if "text" in split else []),
        ]
        for split in splits[:LISTED]
    ]
    header = ["session", "turn", "role", "codes", *(["words"] if splits and "text" in splits[0] else [])]
    return f"## Turns that split the coders\n\n{counted(len(splits), 'turn')}. {tally}.{_more(splits)}\n\n" + table(
        header, rows, _WORDS
    )


def _listed(codes: Iterable[str]) -> str:
    return ", ".join(codes) or NONE


def _more(entries: Sequence[Any]) -> str:
    return f" The first {LISTED} are listed, all are in `{FILES[0]}`." if len(entries) > LISTED else ""


def _reference(reference: Data) -> Iterator[str]:
    yield (
        f"## Beside the reference\n\nThe reference is {inert(reference['name'])}. Precision: share of a coder's turns that it "
        f"has too. Recall: share of its turns that the coder has.\n"
    )
    for coder, found in reference["coders"].items():
        names = {**_FAMILIES, **{code: f"{code} {BY_CODE[code].label}" for code in BY_CODE}}
        rows = [
            [title, *(_bracketed(row[m], row["interval"][m]) for m in ("precision", "recall", "f1")), *_counted(row)]
            for name, title in names.items()
            if any((row := found["names"][name])[key] for key in ("both", "missed", "added"))
        ]
        header = ["", "precision", "recall", "F1", "both", "missed", "added"]
        yield f"### {inert(coder)}\n\n{counted(found['sessions'], 'session')}.\n\n" + table(header, rows)
        for title, key, other in (("Missed", "missed", "instead"), ("Coded beside it", "added", "instead_of")):
            lines = [
                [inert(entry["session"]), str(entry["turn"]), _listed(entry["codes"]), _listed(entry[other])]
                for entry in found[key][:LISTED]
            ]
            head = ["session", "turn", "codes", other.replace("_", " ")]
            yield f"{title}: {counted(len(found[key]), 'turn')}.{_more(found[key])}\n\n" + table(head, lines, _WORDS)


def _counted(row: Data) -> list[str]:
    return [count(row[key]) for key in ("both", "missed", "added")]
