"""RTF by striprtf, whether as a file or as its source pasted."""

from rupture.formats.blocks import Document, Paragraph
from rupture.formats.parsed import DocumentFormat

_CHANGES = (
    "Tracked changes: deleted words cannot be told from the others in RTF; they are read. Save it as DOCX to leave them out."
)


def extract(data: bytes) -> Document:
    """The words of the document, a paragraph a line; cells of a table are apart by `|`."""
    from striprtf.striprtf import rtf_to_text

    source = data.decode("cp1252", errors="replace")
    text: str = rtf_to_text(source, errors="replace")  # type: ignore[no-untyped-call]
    # RTF writes characters beyond the first plane as two halves.
    text = text.encode("utf-16", errors="surrogatepass").decode("utf-16", errors="replace")
    return Document((Paragraph(text),), (_CHANGES,) if "\\deleted" in source else ())


RTF = DocumentFormat("RTF", (".rtf",), lambda data: data[:100].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{\\rtf"), extract)
