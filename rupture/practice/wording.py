"""What a trainee reads, put together from the reviewed phrases of `prompts/practice.yaml`. Pure."""

from collections.abc import Iterable, Sequence
from string import Template
from typing import Any

from rupture.codebook import BY_CODE, family_of
from rupture.practice.comparison import Outcome, Seen
from rupture.prompts import table

_WITHOUT_CODES = frozenset({Outcome.AGREED, Outcome.SPLIT})


def said(name: str, /, **slots: object) -> str:
    """One phrase with its slots filled; dots reach into groups."""
    entry: Any = table("practice")
    for part in name.split("."):
        entry = entry[part]
    return Template(str(entry)).substitute({key: str(value) for key, value in slots.items()})


def named(codes: Iterable[str]) -> str:
    """`W1 (closes a feeling down), W5 (…) and C2 (…)`."""
    *first, last = [said("code", code=code, label=BY_CODE[code].label) for code in codes] or [""]
    return f"{', '.join(first)} and {last}" if first else last


def counted(there: Seen) -> str:
    """How many of how many raters saw what, as one sentence, the most first."""
    seen = [(count, named([code])) for code, count in there.counts.items()]
    if there.nothing:
        seen.append((there.nothing, said("counted.nothing")))
    (most, what), *others = sorted(seen, key=lambda pair: -pair[0])
    told = [said("counted.first", count=most, raters=there.raters, what=what)]
    told += [said("counted.more", count=count, what=what) for count, what in others]
    return ", ".join(told) + "."


def outcome_words(found: Outcome, there: Seen, yours: Sequence[str]) -> str:
    """What the trainee marked and what the raters did, in one or two sentences."""
    if found is Outcome.NOT_ASKED:
        name = "outcome.not_asked" if there.sought else "outcome.not_asked_nothing"
    else:
        name = f"outcome.{found}" if yours or found not in _WITHOUT_CODES else f"outcome.{found}_nothing"
    families = dict.fromkeys(family_of(code) for code in there.sought)
    return said(
        name,
        yours=named(yours),
        sought=named(there.sought),
        shared=named(code for code in yours if code in there.sought),
        who=_who(there),
        family=" and ".join(said(f"family.{family}") for family in families),
    )


def definitions(codes: Iterable[str], mistaken: Iterable[str]) -> tuple[str, ...]:
    """What the codebook says of each code; of `mistaken` ones also what they are easily mistaken for."""
    plain = [_definition("definition", code) for code in codes]
    return (*plain, *(_definition("definition_contrast" if BY_CODE[code].contrast else "definition", code) for code in mistaken))


def _definition(name: str, code: str) -> str:
    row = BY_CODE[code]
    return said(name, code=row.code, label=row.label, definition=row.definition, contrast=row.contrast)


def _who(there: Seen) -> str:
    """How many raters stand behind what is sought: all, most or some."""
    count = min((there.counts[code] for code in there.sought), default=there.nothing)
    return said("who.all" if count == there.raters else "who.most" if 2 * count > there.raters else "who.some")
