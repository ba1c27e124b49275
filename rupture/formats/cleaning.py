"""From bytes or pasted text to text with plain line ends and no invisible characters, with a note for whatever was changed."""

import codecs
import re
import unicodedata
from pathlib import Path

from rupture.errors import UnreadableTranscript
from rupture.formats.encodings import guess, mend
from rupture.formats.parsed import counted

MAX_TEXT = 2_000_000
"""Characters of one transcript; a 50-minute session has about 55,000."""
MAX_BYTES = 4 * MAX_TEXT

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NOT_TEXT = (
    ("%PDF", "PDF"),
    ("PK\x03\x04", "Word, Excel or zip"),
    ("<?xml", "XML"),
)
_FOREIGN = (
    (b"\xd0\xcf\x11\xe0", "an old Office file, or one with a password. Save it as DOCX or XLSX without one."),
    (b"\x89PNG", "a picture. Have its text recognised (OCR) first."),
    (b"\xff\xd8\xff", "a picture. Have its text recognised (OCR) first."),
    (b"ID3", "a recording. Have it transcribed first."),
    (b"OggS", "a recording. Have it transcribed first."),
    (b"RIFF", "a recording. Have it transcribed first."),
    (b"\x1f\x8b", "a packed file. Unpack it first."),
)

_GUESSED = "The file is not UTF-8; it was read as {encoding}. Check accents and quotation marks."
_PIECE = 64_000
"""Bytes that are read at once from a file of any size."""

_ANSI = re.compile(r"\x1b\[[0-9;?]{0,20}[ -/]?[@-~]")
_LINE_END = re.compile("\r\n|[\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029]")
_REMOVED = (
    (_ANSI, "terminal colour code"),
    (re.compile("\x00"), "NUL character"),
    (re.compile("[\x01-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f]"), "control character"),
    (re.compile("[\u200b\u2060\ufeff\u00ad\u180e]"), "invisible character"),
    (re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f]"), "text direction character"),
    (re.compile("[\U000e0000-\U000e007f]"), "hidden tag character"),
)
_SURROGATE = re.compile("[\ud800-\udfff]")


def check_bytes(data: bytes) -> None:
    """UnreadableTranscript when `data` is more than a transcript needs."""
    if len(data) > MAX_BYTES:
        raise UnreadableTranscript(f"the file has {len(data):,} bytes; at most {MAX_BYTES:,} are read. {_SPLIT}")


def decode(data: bytes) -> tuple[str, tuple[str, ...]]:
    """The text of a file and a note when its encoding had to be guessed; UnreadableTranscript when it is not text."""
    check_bytes(data)
    if (encoding := _by_mark(data)) is not None:
        return data.decode(encoding, errors="replace"), ()
    for signature, found in _FOREIGN:
        if data.startswith(signature):
            raise UnreadableTranscript(f"found {found}")
    if (encoding := marked_encoding(data)) is not None:
        return _checked(data.decode(encoding, errors="replace")), ()
    try:
        return _checked(data.decode("utf-8")), ()
    except UnicodeDecodeError:
        encoding = guess(data)
    text = _checked(data.decode(encoding, errors="replace"))
    if encoding == "utf-8":
        broken = text.count("\ufffd") - data.count("\ufffd".encode())
        return text, (f"{counted(broken, 'broken character')} replaced by \ufffd.",)
    return text, (_GUESSED.format(encoding=encoding),)


def marked_encoding(head: bytes) -> str | None:
    """The encoding that the start of a file tells: by a byte order mark, or by every other byte being empty."""
    if (encoding := _by_mark(head)) is not None:
        return encoding
    if head[:1_000].count(0) > 0.4 * len(head[:1_000]):
        return "utf-16-le" if head[1:2] == b"\0" else "utf-16-be"
    return None


def _by_mark(data: bytes) -> str | None:
    return next((encoding for mark, encoding in _MARKS if data.startswith(mark)), None)


def encoding_of(file: Path) -> tuple[str, tuple[str, ...]]:
    """The encoding of a file of text of any size, and a note when it had to be guessed or some of it is damaged."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    sample, sound = b"", True
    with file.open("rb") as stream:
        if told := marked_encoding(stream.read(1_000)):
            return told, ()
        stream.seek(0)
        while sound and (piece := stream.read(_PIECE)):
            if not piece.isascii() and len(sample) < _PIECE:
                sample += piece
            try:
                decoder.decode(piece)
            except UnicodeDecodeError:
                sound, sample = False, sample + piece
    if sound:
        return "utf-8", ()
    encoding = guess(sample)
    return encoding, (
        "Broken characters were replaced by \ufffd." if encoding == "utf-8" else _GUESSED.format(encoding=encoding),
    )


def clean(text: str) -> tuple[str, tuple[str, ...]]:
    """`text` with `\\n` line ends and nothing invisible in it, and notes on what was removed."""
    if len(text) > MAX_TEXT:
        raise UnreadableTranscript(f"the text has {len(text):,} characters; at most {MAX_TEXT:,} are read. {_SPLIT}")
    text, mended = mend(_composed(_checked(text).removeprefix("\ufeff")))
    text, removed = plain(text)
    return text, (*mended, *removed)


def plain(text: str) -> tuple[str, list[str]]:
    """`text` without what cannot be seen, and what was taken out."""
    notes = []
    text = _LINE_END.sub("\n", text)
    for pattern, noun in _REMOVED:
        text, number = pattern.subn("", text)
        if number:
            notes.append(f"{counted(number, noun)} removed.")
    text, number = _SURROGATE.subn("\ufffd", text)
    if number:
        notes.append(f"{counted(number, 'broken character')} replaced by \ufffd.")
    return _composed(text), notes


def _composed(text: str) -> str:
    """One way to write a letter with its accent, so that the same words are the same text. Nothing changes for the eye."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


_SPLIT = "Split it into sessions and read them one by one."


def _checked(text: str) -> str:
    head = text[:2_000].lstrip("\ufeff \t\r\n").lower()
    for signature, kind in _NOT_TEXT:
        if head.startswith(signature.lower()):
            raise UnreadableTranscript(f"found {kind} data, expected plain text. Open it, copy the conversation and paste it.")
    controls = sum(len(pattern.findall(text[:20_000])) for pattern, noun in _REMOVED if "control" in noun or "NUL" in noun)
    if controls > 0.1 * len(text[:20_000]):
        raise UnreadableTranscript("found binary data, expected plain text. Export the transcript as text and try again.")
    return text
