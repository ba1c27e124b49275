"""Bytes that are not UTF-8, and text that was once read in the wrong encoding: what it is likely to have been."""

import re
from collections.abc import Callable

from rupture.formats.parsed import counted

_SAMPLE = 50_000
_MARKS = "‘’“”–—…"
_SUSPECT = re.compile("[ÂÃÄÅâð][\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹Œ‘’“”•–—˜™š›œžŸ]|‚Ä|√[©®±∂º°†]|Â ")
_MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_FEWEST_LETTERS = 40
"""Letters from which another alphabet can be told from a few accents."""
_LONGEST = 200_000
"""Characters of a line that is looked at for mending; JSON may be one line."""


def guess(data: bytes) -> str:
    """The encoding of `data`, which is not wholly UTF-8.

    UTF-8 where most of what is not ASCII is sound; another alphabet where charset-normalizer sees one; else Windows or old
    Macintosh, whichever makes quotation marks and dashes rather than odd letters of the bytes above 127.
    """
    high = sum(byte > 127 for byte in data)
    if 2 * sum(len(found) for found in _MULTIBYTE.findall(data)) > high:
        return "utf-8"
    return _other_alphabet(data[:_SAMPLE]) or max(("cp1252", "mac_roman"), key=lambda name: _marks(data, name))


def mend(text: str) -> tuple[str, tuple[str, ...]]:
    """`text` with the lines mended by ftfy (Speer 2019) in which UTF-8 was read as something else, and notes that say so."""
    if text.isascii() or _SUSPECT.search(text) is None:
        return text, ()
    import ftfy

    lines = text.split("\n")
    mended = [_mended(line, ftfy.fix_encoding) if _SUSPECT.search(line) else line for line in lines]
    number = sum(before != after for before, after in zip(lines, mended, strict=True))
    notes = []
    if number:
        verb = "was" if number == 1 else "were"
        notes.append(f"{counted(number, 'line')} saved in the wrong encoding {verb} mended. Check accents and quotation marks.")
    if any(_SUSPECT.search(line) for line in mended):
        notes.append("Some accents or quotation marks look garbled: the text was probably saved in another encoding.")
    return "\n".join(mended), tuple(notes)


def _mended(line: str, fix: Callable[[str], str]) -> str:
    return fix(line) if len(line) <= _LONGEST else line


def _marks(data: bytes, encoding: str) -> int:
    text = data.decode(encoding, errors="replace")
    return sum(text.count(mark) for mark in _MARKS)


def _other_alphabet(data: bytes) -> str | None:
    """The encoding charset-normalizer finds, if most letters it makes of the bytes above 127 are not Latin."""
    import charset_normalizer

    best = charset_normalizer.from_bytes(data).best()
    if best is None:
        return None
    letters = [ch for ch in data.decode(best.encoding, errors="replace") if ch > "\x7f" and ch.isalpha()]
    foreign = sum(ch > "\u024f" for ch in letters)
    return best.encoding if len(letters) >= _FEWEST_LETTERS and 2 * foreign > len(letters) else None
