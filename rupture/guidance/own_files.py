"""The text of a file a user adds to the guidance: Markdown and text as they are, DOCX by python-docx, PDF by pypdf."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from rupture.errors import CorpusError, MissingPackage

if TYPE_CHECKING:
    from docx.table import Table
    from docx.text.paragraph import Paragraph

_MAX_BYTES = 20_000_000


def text_of(file: Path) -> str:
    """The words of `file`, paragraphs apart by an empty line. CorpusError when it cannot be read, MissingPackage when its kind
    needs a package that is not installed."""
    reader = _READERS.get(file.suffix.lower())
    if reader is None:
        raise CorpusError(f"{file.name}: found a file ending in {file.suffix or 'nothing'}, expected {', '.join(_READERS)}")
    try:
        if file.stat().st_size > _MAX_BYTES:
            raise CorpusError(f"{file.name}: larger than {_MAX_BYTES // 1_000_000} MB; split it")
        # A PDF may hold halves of characters, which no file could keep.
        return reader(file).replace("\x00", "").encode("utf-8", "replace").decode().strip()
    except OSError as error:
        raise CorpusError(f"{file.name}: cannot be read ({error.strerror or type(error).__name__})") from error


def _plain(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise CorpusError(f"{file.name}: is not UTF-8; save it as UTF-8") from None


def _docx(file: Path) -> str:
    import docx

    try:
        parts = list(docx.Document(str(file)).iter_inner_content())
    except Exception as error:  # python-docx lets errors of zip, XML and its own through
        raise CorpusError(f"{file.name}: cannot be read as DOCX ({type(error).__name__})") from error
    return "\n\n".join(filter(None, map(_part, parts)))


def _part(part: "Paragraph | Table") -> str:
    """A paragraph, marked if it is a heading; of a table its rows."""
    if hasattr(part, "rows"):
        return "\n\n".join(" | ".join(cell.text.strip() for cell in row.cells) for row in part.rows)
    heading = part.text.strip() and part.style and (part.style.name or "").startswith("Heading")
    return f"## {part.text}" if heading else part.text.strip()


def _pdf(file: Path) -> str:
    try:
        import pypdf
    except ImportError:
        raise MissingPackage("reading PDF", "files") from None
    try:
        return "\n\n".join(page.extract_text() for page in pypdf.PdfReader(file).pages)
    except Exception as error:  # pypdf raises its own family and many others on damaged files
        raise CorpusError(f"{file.name}: cannot be read as PDF ({type(error).__name__})") from error


_READERS: Mapping[str, Callable[[Path], str]] = {".md": _plain, ".txt": _plain, ".docx": _docx, ".pdf": _pdf}
