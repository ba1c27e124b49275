"""Where coders differ, turn by turn: which codes they take for one another, the turns that split them, and what one missed or
added beside a reference.

Takes transcripts and codes by session and coder; gives ids, turn numbers and codes, JSON-ready, and never a word.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from rupture.codebook import BY_CODE, MARKERS, STRATEGIES
from rupture.evaluation.agreement import ROLES, Coded
from rupture.transcript import Transcript

NONE = "none"
WHETHER, FAMILY, CODE = "whether", "family", "code"
"""How deep a split goes: some coded the turn and some did not; other families; other codes of the same families."""

Shared = Sequence[tuple[Transcript, Coded, Coded]]


def confusions(shared: Shared) -> dict[str, dict[str, dict[str, int]]]:
    """For `markers` and `strategies` how often the first coder's code (key) met the second's (key below it), pairs that never
    met left out.

    A code both gave a turn meets itself. Of the others on the turn, each of the first coder's meets each of the second's, or
    `none` where one has no other.
    """
    counts = {"markers": Counter[tuple[str, str]](), "strategies": Counter[tuple[str, str]]()}
    for transcript, first, second in shared:
        for turn in transcript.turns:
            if turn.role in ROLES:
                kind = "markers" if turn.role is ROLES[0] else "strategies"
                counts[kind].update(_met(first.codes.get(turn.index, ()), second.codes.get(turn.index, ())))
    names = {"markers": (*MARKERS, NONE), "strategies": (*STRATEGIES, NONE)}
    return {
        kind: {one: row for one in names[kind] if (row := {other: n for other in names[kind] if (n := found[one, other])})}
        for kind, found in counts.items()
    }


def _met(first: Iterable[str], second: Iterable[str]) -> Iterator[tuple[str, str]]:
    one, other = set(first), set(second)
    both = one & other
    yield from ((code, code) for code in both)
    left, right = one - both or {NONE}, other - both or {NONE}
    if not both or (left, right) != ({NONE}, {NONE}):
        yield from product(left, right)


def splits(transcripts: Iterable[Transcript], coders: Mapping[str, Mapping[str, Coded]]) -> list[dict[str, Any]]:
    """Every turn that two of its coders coded otherwise, in order: `session`, `turn`, `role`, `kind` and `codes` by coder."""
    found = []
    for transcript in transcripts:
        by_coder = coders[transcript.id]
        for turn in transcript.turns:
            codes = {coder: list(given.codes.get(turn.index, ())) for coder, given in sorted(by_coder.items())}
            if len({frozenset(given) for given in codes.values()}) > 1:
                entry = {"session": transcript.id, "turn": turn.index, "role": turn.role.value, "kind": _kind(codes.values())}
                found.append({**entry, "codes": codes})
    return found


def _kind(codes: Iterable[Sequence[str]]) -> str:
    families = {frozenset(BY_CODE[code].family for code in given) for given in codes}
    if frozenset() in families:
        return WHETHER
    return FAMILY if len(families) > 1 else CODE


def missed_and_added(shared: Shared) -> dict[str, list[dict[str, Any]]]:
    """Turns with codes of the reference (first) that the coder (second) has not, as `missed`, and with codes that only the
    coder has, as `added`; a turn coded otherwise is in both."""
    missed, added = [], []
    for transcript, reference, coder in shared:
        for turn in transcript.turns:
            wanted, given = reference.codes.get(turn.index, ()), coder.codes.get(turn.index, ())
            place = {"session": transcript.id, "turn": turn.index}
            if lost := [code for code in wanted if code not in given]:
                missed.append({**place, "codes": lost, "instead": [code for code in given if code not in wanted]})
            if extra := [code for code in given if code not in wanted]:
                added.append({**place, "codes": extra, "instead_of": lost})
    return {"missed": missed, "added": added}
