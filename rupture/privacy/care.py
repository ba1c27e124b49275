"""What calls for care in a text: kinds of risk language, and a complaint of unfair treatment for who somebody is. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from rupture.privacy.bias import complains_of_bias
from rupture.privacy.risk import kinds


@dataclass(frozen=True, slots=True)
class Care:
    """`risk` are kinds of risk language, without repeats; empty where none was noticed, which means nothing. `bias` says
    that the words complain of bias, `perhaps_bias` that they may."""

    risk: tuple[str, ...] = ()
    bias: bool = False
    perhaps_bias: bool = False


def by_patterns(texts: Sequence[str], *, asked: bool = False) -> list[Care]:
    """What the fixed patterns notice in each text, asked or not: a `CareReader` that needs no model."""
    return [Care(kinds(text), plain := complains_of_bias(text), plain) for text in texts]
