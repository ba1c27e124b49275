"""PDF by pypdf: the text of its pages, arranged as the page was read."""

from io import BytesIO
from typing import TYPE_CHECKING

from rupture.errors import UnreadableTranscript
from rupture.formats import printed
from rupture.formats.blocks import Document
from rupture.formats.parsed import DocumentFormat

if TYPE_CHECKING:
    from pypdf import PdfReader

_MAX_PAGES = 500


def extract(data: bytes) -> Document:
    """The lines of all pages. UnreadableTranscript for a file with a password, or pages that are pictures."""
    import pypdf

    reader = pypdf.PdfReader(BytesIO(data))
    if reader.is_encrypted and not _opens(reader):
        raise UnreadableTranscript("the PDF is protected with a password. Save it without one.")
    if len(reader.pages) > _MAX_PAGES:
        raise UnreadableTranscript(
            f"the PDF has {len(reader.pages):,} pages; at most {_MAX_PAGES} are read. Split it into sessions."
        )
    pages = [[line.strip() for line in page.extract_text().splitlines() if line.strip()] for page in reader.pages]
    if not any(pages):
        raise UnreadableTranscript("the PDF holds no text, only pictures of pages. Have its text recognised (OCR) first.")
    return printed.arranged(pages)


def _opens(reader: "PdfReader") -> bool:
    """Whether the file opens without a password; some ciphers need a package that is not installed."""
    try:
        return bool(reader.decrypt(""))
    except Exception:  # pypdf's own, or one of the package that is missing
        return False


PDF = DocumentFormat("PDF", (".pdf",), lambda data: b"%PDF-" in data[:1_024], extract)
