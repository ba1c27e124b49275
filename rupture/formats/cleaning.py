"""From bytes or pasted text to text with plain line ends and no invisible characters, with a note for whatever was changed."""

import codecs
import re

from rupture.errors import UnreadableTranscript
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
    ("{\\rtf", "rich text (RTF)"),
    ("%PDF", "PDF"),
    ("PK\x03\x04", "Word, Excel or zip"),
    ("<!doctype html", "HTML"),
    ("<html", "HTML"),
    ("<?xml", "XML"),
)

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
_MOJIBAKE = re.compile("â€[™œ\x9d˜“”\x99\x9c]|Ã[©¨¡±¼¶¤]|Â[£ ]")


def decode(data: bytes) -> tuple[str, tuple[str, ...]]:
    """The text of a file and a note when its encoding had to be guessed; UnreadableTranscript when it is not text."""
    if len(data) > MAX_BYTES:
        raise UnreadableTranscript(f"the file has {len(data):,} bytes; at most {MAX_BYTES:,} are read. {_SPLIT}")
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace"), ()
    if data[:1_000].count(0) > 0.4 * len(data[:1_000]):
        return _checked(data.decode("utf-16-le" if data[1:2] == b"\0" else "utf-16-be", errors="replace")), ()
    try:
        return _checked(data.decode("utf-8")), ()
    except UnicodeDecodeError:
        encoding = _western(data)
    note = f"The file is not UTF-8; it was read as {encoding}. Check accents and quotation marks."
    return _checked(data.decode(encoding, errors="replace")), (note,)


def clean(text: str) -> tuple[str, tuple[str, ...]]:
    """`text` with `\\n` line ends and nothing invisible in it, and notes on what was removed."""
    if len(text) > MAX_TEXT:
        raise UnreadableTranscript(f"the text has {len(text):,} characters; at most {MAX_TEXT:,} are read. {_SPLIT}")
    text, notes = plain(_checked(text).removeprefix("\ufeff"))
    if _MOJIBAKE.search(text):
        notes.append("Some accents or quotation marks look garbled: the text was probably saved in another encoding.")
    return text, tuple(notes)


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
    return text, notes


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


def _western(data: bytes) -> str:
    """Windows or old Macintosh: whichever makes the bytes above 127 quotation marks and dashes rather than odd letters."""
    marks = "‘’“”–—…"
    return max(("cp1252", "mac_roman"), key=lambda name: sum(data.decode(name, errors="replace").count(m) for m in marks))
