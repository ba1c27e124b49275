"""What the reports call the names and the numbers that are scored."""

from rupture.codebook import BY_CODE, RUPTURE, Family
from rupture.evaluation.samples import FAMILIES

GROUPS: tuple[str, ...] = (*FAMILIES, Family.STRATEGY.value)
"""The names that every report opens with."""
HEADLINES = {"auroc": "AUROC pooled", "auroc_within": "AUROC within", "ap": "AP", "kappa": "κ of codes"}

_NAMES = {RUPTURE: "any rupture", Family.STRATEGY.value: "any strategy"}


def title(name: str) -> str:
    """A code with its label, or what a family is called."""
    return f"{name} {BY_CODE[name].label}" if name in BY_CODE else _NAMES.get(name, name)
