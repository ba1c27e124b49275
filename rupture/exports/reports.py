"""A document in the format somebody chose: one table of formats, so that the screen and the command line offer the same ones."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from rupture.exports import docx, html, markdown, pdf
from rupture.exports.document import Block


class Format(NamedTuple):
    """How a kind of file is called on the web, and what writes it from blocks and a title."""

    media_type: str
    write: Callable[[Sequence[Block], str], str | bytes]


FORMATS: Mapping[str, Format] = {
    "md": Format("text/markdown", lambda blocks, _: markdown.write(blocks)),
    "html": Format("text/html", html.write),
    "docx": Format("application/vnd.openxmlformats-officedocument.wordprocessingml.document", docx.write),
    "pdf": Format("application/pdf", pdf.write),
}
"""By the suffix of the file, without its dot."""


def render(blocks: Sequence[Block], suffix: str, title: str) -> bytes:
    """The file with `suffix`, one of FORMATS (KeyError for another); the same blocks give the same bytes."""
    written = FORMATS[suffix].write(blocks, title)
    # Halves of characters, which no file can hold, become question marks.
    return written if isinstance(written, bytes) else written.encode("utf-8", "replace")
