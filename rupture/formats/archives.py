"""Zip files that hold documents (DOCX, XLSX): known by their parts, and checked for bombs before a parser sees them."""

from io import BytesIO
from zipfile import ZipFile

from rupture.errors import UnreadableTranscript

MAX_UNPACKED = 20_000_000
"""Bytes of all parts unpacked; the text of a long session in Word takes about five million."""
_MAX_RATIO = 100
_SMALL = 1_000_000
"""Bytes up to which a part may be packed as tightly as it likes: one turn repeated packs a thousand times."""
_MAX_PARTS = 2_000
_SIGNATURE = b"PK\x03\x04"
_FORBIDDEN = tuple(
    mark.encode(encoding) for mark in ("<!DOCTYPE", "<!ENTITY") for encoding in ("utf-8", "utf-16-le", "utf-16-be")
)


def holds(data: bytes, part: str) -> bool:
    """Whether `data` is a zip file with `part` in its list of contents, which stands at its end."""
    return data.startswith(_SIGNATURE) and part.encode() in data


def checked(data: bytes) -> BytesIO:
    """`data` to read from, when its parts unpack to what a document may hold and its XML declares nothing of its own.

    UnreadableTranscript else; BadZipFile when it is no zip file. No part unpacks to more than it declares: `zipfile` stops there.
    """
    with ZipFile(BytesIO(data)) as archive:
        parts = archive.infolist()
        if len(parts) > _MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
            raise UnreadableTranscript(
                f"the file unpacks to more than {MAX_UNPACKED // 1_000_000} MB. Take out pictures, or paste the conversation."
            )
        if any(part.flag_bits & 1 for part in parts):
            raise UnreadableTranscript("the file is protected with a password. Save it without one.")
        for part in parts:
            if part.file_size > _SMALL and part.file_size > _MAX_RATIO * part.compress_size:
                raise UnreadableTranscript(
                    "the file is packed far more tightly than a document is. Save it again from Word or Excel."
                )
            if part.filename.endswith((".xml", ".rels")) and any(mark in archive.read(part) for mark in _FORBIDDEN):
                raise UnreadableTranscript("the file declares XML entities, which no document needs. Save it again.")
    return BytesIO(data)
