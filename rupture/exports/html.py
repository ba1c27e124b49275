"""A document as one HTML file that needs nothing beside it: its style stands in it, it runs no script and fetches nothing. It
follows the reader's light or dark setting and prints without colours. Every word is escaped.
"""

import base64
import hashlib
from collections.abc import Iterable, Sequence

from rupture.escape import safe
from rupture.exports.document import Block, Bullets, Heading, Item, Notice, Paragraph, Piece, Quote, Rule

# Marked words are underlined and bold as well as coloured, for readers who cannot tell the colours apart and for paper.
_STYLE = """
:root { color-scheme: light dark; --ink: #1c2430; --paper: #ffffff; --soft: #5b6675; --line: #c9d1db; --mark: #fdf0c4;
  --notice: #9d2b22; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6eaf0; --paper: #14181e; --soft: #9aa6b5; --line: #3a4452; --mark: #4a3f16; --notice: #f0938a; }
}
body { margin: 0; background: var(--paper); color: var(--ink); font: 1.05rem/1.6 system-ui, "Segoe UI", Roboto, sans-serif; }
main { max-width: 44rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; overflow-wrap: anywhere; }
h1, h2, h3 { line-height: 1.3; margin: 2rem 0 .6rem; }
h1 { font-size: 1.7rem; margin-top: 0; }
h2 { font-size: 1.2rem; }
p, ul, blockquote { margin: .6rem 0; }
ul { padding-inline-start: 1.4rem; }
ul ul { color: var(--soft); }
blockquote { padding: .2rem 1rem; border-inline-start: 4px solid var(--line); }
mark { background: var(--mark); color: inherit; font-weight: 600; text-decoration: underline 2px; text-underline-offset: 3px; }
.notice { border: 2px solid var(--notice); border-radius: 6px; padding: .7rem 1rem; font-weight: 600; }
hr { border: 0; border-top: 1px solid var(--line); margin: 2rem 0 1rem; }
hr ~ p { color: var(--soft); font-size: .95rem; }
@page { margin: 18mm; }
@media print {
  :root { --ink: #000000; --paper: #ffffff; --soft: #333333; --line: #888888; --mark: #ffffff; --notice: #000000; }
  body { font-size: 10.5pt; line-height: 1.4; }
  main { max-width: none; padding: 0; }
  h1, h2, h3 { break-after: avoid; margin: 1rem 0 .3rem; }
  blockquote, li, .notice { break-inside: avoid; }
}
"""


def write(blocks: Sequence[Block], title: str) -> str:
    """The whole file, in UTF-8 once encoded; ends with a newline. `title` is what the browser calls it."""
    digest = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    body = "\n".join(map(_block, blocks))
    return (
        '<!doctype html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{safe(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _block(block: Block) -> str:
    match block:
        case Heading():
            return f"<h{block.level}>{safe(block.text)}</h{block.level}>"
        case Notice():
            return f'<p class="notice">{safe(block.text)}</p>'
        case Paragraph():
            lead = f"<b>{safe(block.lead)}</b> " if block.lead else ""
            return f"<p>{lead}{safe(block.text)}</p>"
        case Quote():
            return f'<blockquote dir="auto">{"<br>".join(map(_line, block.lines))}</blockquote>'
        case Bullets():
            return _entries(block.items)
        case Rule():
            return "<hr>"


def _entries(items: Iterable[Item]) -> str:
    entries = (f"<li>{safe(item.text)}{_entries(item.under) if item.under else ''}</li>" for item in items)
    return f"<ul>{''.join(entries)}</ul>"


def _line(line: Sequence[Piece]) -> str:
    return "".join(f"<mark>{safe(piece.text)}</mark>" if piece.marked else safe(piece.text) for piece in line)
