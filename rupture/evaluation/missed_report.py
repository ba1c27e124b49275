"""The section of a report on what was missed and what was coded too much: counts by code, and the clearest turns.

Made from what `missed.summary` keeps: ids, turn indices and codes. Words stand there only for sessions the caller hands over, and
never for a data set whose text may not be passed on.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rupture.codebook import BY_CODE
from rupture.coding.values import CodedSession
from rupture.escape import inert
from rupture.evaluation.markdown import NONE, count, number, table
from rupture.evaluation.missed import LISTED, Difference, Kind

Data = Mapping[str, Any]
Explained = Callable[[str, int], str | None]
"""The sentence that says of a turn of a session why it is coded as it is, if there is one."""

WITHHELD = frozenset({"annomi"})
"""Data sets whose words are never repeated: we hold no right to pass them on."""
LONGEST = 160
"""Characters of a turn that are shown."""

_TITLE = "### What was missed and what was coded too much"
_READ_AS = """\
By code, over the turns on which the raters did not split evenly. "Another code" is any other code of the same turn.
"""
_COLUMNS = {
    "reference": "in the reference",
    "given": "given",
    "both": "both",
    "missed": "missed",
    "missed_for_another": "of these, another code given",
    "too_much": "coded too much",
    "too_much_for_another": "of these, another code in the reference",
}
_WORDS, _WHY = "words", "why"


def unexplained(session: str, turn: int) -> str | None:
    """No sentence for any turn."""
    return None


def missed_section(found: Data, sessions: Sequence[CodedSession] = (), explained: Explained = unexplained) -> str:
    """The section; ends with a newline. `sessions` are those whose words may be shown."""
    kinds = {kind: found["turns"][kind.value] for kind in Kind}
    counted = (
        f"Turns that differ from the reference: {count(kinds[Kind.MISSED])} missed, {count(kinds[Kind.OVER_CODED])} over-coded, "
        f"{count(kinds[Kind.OTHER_CODE])} with another code.\n"
    )
    rows = [
        [f"{code} {BY_CODE[code].label}", *(count(row[key]) for key in _COLUMNS)]
        for code, row in found["codes"].items()
        if row["reference"] or row["given"]
    ]
    parts = [_TITLE + "\n", counted, _READ_AS, table(["code", *_COLUMNS.values()], rows)]
    if found["listed"]:
        parts.append(_listed([Difference.from_dict(row) for row in found["listed"]], sessions, explained))
    return "\n".join(parts)


def _listed(differences: Sequence[Difference], sessions: Sequence[CodedSession], explained: Explained) -> str:
    said = {
        (session.transcript.id, turn.index): turn.text
        for session in sessions
        if session.source not in WITHHELD
        for turn in session.transcript.turns
    }
    extra = {
        _WORDS: [_shown(said.get((each.session, each.turn), "")) for each in differences],
        _WHY: [inert(explained(each.session, each.turn) or NONE) for each in differences],
    }
    extra = {title: cells for title, cells in extra.items() if set(cells) != {NONE}}
    rows = [
        [
            inert(each.session),
            str(each.turn),
            each.kind.value,
            " ".join(each.reference) or NONE,
            " ".join(each.given) or NONE,
            number(each.score),
            *(cells[place] for cells in extra.values()),
        ]
        for place, each in enumerate(differences)
    ]
    note = (
        f"Of each kind at most {LISTED}: missed turns with the lowest score of any rupture or any strategy, the others with the "
        "highest. Over-coded means that nothing was missed. Turns are numbered from 0.\n"
    )
    header = ["session", "turn", "kind", "reference", "given", "score", *extra]
    return f"{note}\n" + table(header, rows, words={"kind", "reference", "given", *extra})


def _shown(text: str) -> str:
    line = " ".join(text.split())
    return inert(line if len(line) <= LONGEST else line[: LONGEST - 1].rstrip() + "…") or NONE
