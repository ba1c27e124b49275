"""A text as the layers read it: one kind of space, apostrophe and hyphen, nothing invisible, full-width letters made plain; each
character knows where it comes from. Pure."""

import unicodedata
from itertools import pairwise

from rupture.masking.spans import View

_PLAIN = {
    **dict.fromkeys("’‘ʼ´′‛", "'"),
    **dict.fromkeys("‐‑‒–—―−﹣", "-"),
}
_FOLDED = str.maketrans("łŁøØđĐıŧħ", "lLoOdDith")
"""Letters with a stroke, which Unicode does not take apart."""


def normal(text: str) -> View:
    """`text` without characters that cannot be seen, its other characters in their plain form. New lines stay."""
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for start, end in _clusters(text):
        plain = _plain(text[start:end])
        parts.append(plain)
        starts += [start] * len(plain)
        ends += [end] * len(plain)
    return View("".join(parts), starts, ends)


def folded(text: str) -> str:
    """`text` without accents, character for character: what speech recognition writes for Żaneta."""
    return "".join(_bare(character) for character in text).translate(_FOLDED)


def _bare(character: str) -> str:
    base = unicodedata.normalize("NFD", character)[0]
    return base if unicodedata.category(base) != "Mn" else character


def _clusters(text: str) -> list[tuple[int, int]]:
    """Each character with the accents that follow it."""
    edges = [i for i, character in enumerate(text) if i == 0 or not _hangs(character)]
    return list(pairwise([*edges, len(text)]))


def _hangs(character: str) -> bool:
    return character > "\u02ff" and unicodedata.category(character) in ("Mn", "Cf")


def _plain(cluster: str) -> str:
    if len(cluster) == 1 and cluster.isascii():
        return cluster if cluster == "\n" or not cluster.isspace() else " "
    seen = "".join(_PLAIN.get(c, c) for c in cluster if unicodedata.category(c) != "Cf")
    if seen.isspace():
        return "\n" if seen in ("\n", "\u2028", "\u2029", "\x85") else " "
    return "".join(_PLAIN.get(c, c) for c in unicodedata.normalize("NFKC", seen))
