"""The ways in which words reach a page: `safe` for HTML, `inert` for Markdown, `visible` for formats without markup. Hostile text
goes through one of them."""

import html
import re

# Gradio passes HTML values through a template engine, so its marks become entities too.
_TEMPLATE = str.maketrans({"$": "&#36;", "{": "&#123;", "}": "&#125;", "`": "&#96;", "\0": "\N{REPLACEMENT CHARACTER}"})
# Right-to-left overrides can make a line read as what it is not; they are shown, not obeyed.
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
# What XML cannot hold, and halves of characters, which no file can.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")

# Only what can start markup, so that a copied answer stays readable: a bare [1] is a citation and may stand.
_MARKS = re.compile(
    r"[\\`*_<>~|${}@]|&(?=[#\w])|\[(?!\d{1,2}\](?![(:]))|(?<=http):|(?<=https):|(?<=ftp):|(?<=www)\.", re.IGNORECASE
)
_LINE_STARTS = re.compile(r"^[ \t]*(?:([#+=-])|(\d{1,9})([.)]))?", re.MULTILINE)


def safe(text: object) -> str:
    """`text` as the words of an HTML element or attribute, and nothing else."""
    return html.escape(_BIDI.sub("\N{WHITE SQUARE}", str(text)), quote=True).translate(_TEMPLATE)


def inert(text: object) -> str:
    """`text` as the words of Markdown paragraphs: no links, images, HTML, headings, lists, code or formulas. Line breaks stay."""
    plain = _MARKS.sub(lambda mark: _entity(mark[0]), _BIDI.sub("\N{WHITE SQUARE}", str(text)))
    return _LINE_STARTS.sub(lambda start: _entity(start[1]) if start[1] else (start[2] or "") + _entity(start[3] or ""), plain)


def visible(text: str) -> str:
    """`text` for a format without markup, such as DOCX or PDF: what would be obeyed or could not be written stands as a mark."""
    return _UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", _BIDI.sub("\N{WHITE SQUARE}", text))


def _entity(character: str) -> str:
    return f"&#{ord(character)};" if character else ""
