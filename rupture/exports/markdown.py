"""A document as Markdown. Every word is made inert, so that nothing said in a session becomes a link, a picture or a heading."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from rupture.escape import inert
from rupture.exports.document import Block, Bullets, Heading, Item, Notice, Paragraph, Piece, Quote, Rule


def write(blocks: Sequence[Block]) -> str:
    """The whole document; ends with a newline."""
    return "\n\n".join(map(_block, blocks)) + "\n"


def _block(block: Block) -> str:
    match block:
        case Heading():
            return f"{'#' * block.level} {_line(block.text)}"
        case Notice():
            return f"**{_line(block.text)}**"
        case Paragraph():
            return f"**{_line(block.lead)}** {_line(block.text)}" if block.lead else _line(block.text)
        case Quote():
            return "\n".join(f"> {_quoted(line)}".rstrip() for line in block.lines)
        case Bullets():
            return "\n".join(_entries(block.items, depth=0))
        case Rule():
            return "---"


def _entries(items: Iterable[Item], depth: int) -> Iterator[str]:
    for item in items:
        yield f"{'  ' * depth}- {_line(item.text)}"
        yield from _entries(item.under, depth + 1)


def _line(text: str) -> str:
    return " ".join(inert(text).splitlines())


def _quoted(line: Sequence[Piece]) -> str:
    # Without white space at its start, which would make code of it.
    return "".join(_marked(piece.text) if piece.marked else _inside(piece.text) for piece in line).strip()


def _marked(text: str) -> str:
    """Bold from the first letter to the last: asterisks beside a full stop and a letter would stand there as asterisks."""
    letters = [place for place, character in enumerate(text) if unicodedata.category(character)[0] in "LMN"]
    if not letters:
        return _inside(text)
    first, last = letters[0], letters[-1] + 1
    return f"{_inside(text[:first])}**{_inside(text[first:last])}**{_inside(text[last:])}"


def _inside(text: str) -> str:
    """Words somewhere in a line, whose white space counts: `inert` takes it from the start of one."""
    indent = re.match(r"[ \t]*", text)
    return (indent[0] if indent else "") + inert(text)
