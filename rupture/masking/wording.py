"""What is said of every masked text: that it is a draft, and how much was masked in our test set.

The figures are those of the suite `masking`, kept in `measured.json` as its run wrote them. Never said: that nobody can be
recognised.
"""

import json
import math
from collections.abc import Mapping
from pathlib import Path

MEASURED = Path(__file__).with_name("measured.json")

DRAFT = "Masked draft — check before sharing."
PLAIN = (
    "Only typed names, speakers' labels and rules were used, and these are all there is without the optional packages: most names "
    "that nobody typed are still there. For more: pip install 'rupture[masking]'."
)
CHOSEN_PLAIN = "Only typed names, speakers' labels and rules were used, as asked: most names that nobody typed are still there."


def measured() -> Mapping[str, float]:
    """Shares of what was masked in the test set."""
    figures: Mapping[str, float] = json.loads(MEASURED.read_text(encoding="utf-8"))
    return figures


def warning(*, extra: bool, plain: bool = False) -> str:
    """What goes with a masked text: made with the `extra`, or with the `plain` layers alone."""
    if plain or not extra:
        return f"{DRAFT} {CHOSEN_PLAIN if extra else PLAIN}"
    found = measured()
    return (
        f"{DRAFT} In our test set {share(found['names'])} of names ({share(found['names_lower'])} in text without capitals) and "
        f"{share(found['identifiers'])} of all identifiers were masked, but everything in only {share(found['sessions'])} of sessions; "
        "real talk will fare worse. Occupations, medications and life details are mostly not masked."
    )


def share(figure: float) -> str:
    """`99%` of .997: whole per cent, rounded down, so that what was missed is never rounded away."""
    return f"{math.floor(round(100 * figure, 6))}%"
