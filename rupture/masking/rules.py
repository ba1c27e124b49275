"""All rules over the texts of a session. Pure."""

from collections.abc import Sequence

from rupture.masking import people
from rupture.masking.addresses import ADDRESSES
from rupture.masking.contacts import CONTACTS
from rupture.masking.dates import AGES, DATES
from rupture.masking.numbers import CODES, DIGITS
from rupture.masking.spans import Found

RULES = sorted((*DATES, *AGES, *CONTACTS, *CODES, *ADDRESSES, *DIGITS), key=lambda rule: not rule.led)
"""Every rule but those for names, which look at capitals. Of two that find the same stretch the first says what it is: rather one
that is led there by the words before."""


def find(texts: Sequence[str]) -> list[list[Found]]:
    """What the rules hide in each of `texts`; stretches may overlap."""
    return [[*(found for rule in RULES for found in rule.find(text)), *people.find(text)] for text in texts]
