"""What the tests of documents look at: their words as lines, and the blocks under one heading."""

from collections.abc import Sequence

from rupture.exports.document import Block, Bullets, Heading, Item, Rule


def words_of(blocks: Sequence[Block]) -> list[str]:
    """All words, one line a block or entry."""
    lines: list[str] = []
    for block in blocks:
        if isinstance(block, Bullets):
            lines += [line for item in block.items for line in _told(item)]
        elif not isinstance(block, Rule):
            lines.append(f"{getattr(block, 'lead', '')} {block.text}".strip())
    return lines


def under(blocks: Sequence[Block], heading: str) -> list[Block]:
    """The blocks from the heading that begins with these words to the next heading or rule."""
    start = next(i for i, block in enumerate(blocks) if isinstance(block, Heading) and block.text.startswith(heading))
    end = next(i for i, block in enumerate([*blocks, Rule()]) if i > start and isinstance(block, (Heading, Rule)))
    return list(blocks[start:end])


def _told(item: Item) -> list[str]:
    return [item.text, *(line for entry in item.under for line in _told(entry))]
