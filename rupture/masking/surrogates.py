"""Marks that stand for what is hidden: the same for the same name, in all texts of a session, and no number twice. Pure."""

from collections import defaultdict
from collections.abc import Sequence

from rupture.masking.normal import folded, normal
from rupture.masking.spans import MARK, Found, Kind


class Surrogates:
    """Gives a mark to each stretch; numbers go on after those that stand in `texts` already."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._last: dict[str, int] = defaultdict(int)
        self._marks: dict[str, str] = {}
        for match in (match for text in texts for match in MARK.finditer(text)):
            self._last[match[1]] = max(self._last[match[1]], int(match[2]))

    def mark(self, found: Found, text: str) -> str:
        """The mark of a stretch of `text`: that of whom its key names, else that of its words, whatever their case. What was
        first taken for a name stays one where it is taken for a place later."""
        key = found.key or folded(normal(text[found.start : found.end]).text).casefold()
        if key not in self._marks:
            kind = Kind(found.kind)
            self._last[kind] += 1
            self._marks[key] = f"[{kind}_{self._last[kind]}]"
        return self._marks[key]
