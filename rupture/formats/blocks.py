"""What a document that is no plain text holds, in order: paragraphs, tables, and what is no speech. Plain values that pass
between processes as JSON; knows no file format."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rupture.errors import UnreadableTranscript


class Paragraph(NamedTuple):
    """Words on lines of their own; `text` may hold line ends."""

    text: str


class Table(NamedTuple):
    """Rows of cells, as many in each row as it has."""

    rows: Sequence[Sequence[str]]


class Aside(NamedTuple):
    """A line that is no speech, and why."""

    text: str
    reason: str


Block = Paragraph | Table | Aside
_KINDS: dict[str, type[Paragraph | Table | Aside]] = {"paragraph": Paragraph, "table": Table, "aside": Aside}


@dataclass(frozen=True, slots=True)
class Document:
    """The blocks in reading order, and notes for the reader about what is not among them."""

    blocks: tuple[Block, ...]
    notes: tuple[str, ...] = ()


def size(document: Document) -> int:
    """Characters in all blocks."""
    return sum(sum(len(cell) for row in b.rows for cell in row) if isinstance(b, Table) else len(b.text) for b in document.blocks)


def words(document: Document) -> str:
    """All of the words, a paragraph or row a line, asides too."""
    lines = []
    for block in document.blocks:
        lines += ["\t".join(row) for row in block.rows] if isinstance(block, Table) else [block.text]
    return "\n".join(lines)


def to_json(document: Document) -> str:
    """`document` in ASCII, so that halves of characters pass too."""
    return json.dumps({"blocks": [[type(b).__name__.lower(), *b] for b in document.blocks], "notes": document.notes})


def from_json(text: str) -> Document:
    """What `to_json` wrote; UnreadableTranscript when it is anything else."""
    try:
        data = json.loads(text)
        blocks = tuple(_block(kind, values) for kind, *values in data["blocks"])
        return Document(blocks, tuple(map(str, data["notes"])))
    except (ValueError, KeyError, TypeError, RecursionError):
        raise UnreadableTranscript("the file could not be read to its end. Save it as plain text and try again.") from None


def _block(kind: str, values: list[object]) -> Block:
    if kind == "table":
        (rows,) = values
        if not isinstance(rows, list):
            raise TypeError
        return Table([[str(cell) for cell in row] for row in rows])
    return _KINDS[kind](*map(str, values))
