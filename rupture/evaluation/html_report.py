"""A report as one HTML page that needs nothing beside it: Markdown with its pictures drawn into the page, its style in its head.

Takes Markdown as our reports write it and pictures as SVG of our own; gives text. The page runs no script and fetches nothing,
and its policy says so to the browser; HTML in the Markdown is shown as text. Wide tables and pictures scroll inside their box,
which the keyboard reaches. Knows no run.
"""

import base64
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise, takewhile

from markdown_it import MarkdownIt
from markdown_it.token import Token

from rupture.escape import safe, visible

_STYLE = """
:root { color-scheme: light dark; --ink: #1c2430; --paper: #ffffff; --soft: #5b6675; --line: #c9d1db; --band: #f1f4f8;
  --link: #0b57a4; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6eaf0; --paper: #14181e; --soft: #9aa6b5; --line: #3a4452; --band: #1d242d; --link: #8cc0f5; }
}
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.55 system-ui, "Segoe UI", Roboto, sans-serif; }
main { max-width: 76rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; overflow-wrap: anywhere; }
p, ul, blockquote, h1, h2, h3 { max-width: 46rem; }
h1, h2, h3 { line-height: 1.3; margin: 2.2rem 0 .6rem; }
h1 { font-size: 1.7rem; margin-top: 0; }
h2 { font-size: 1.35rem; border-top: 1px solid var(--line); padding-top: 1rem; }
h3 { font-size: 1.1rem; }
a { color: var(--link); }
ul { padding-inline-start: 1.4rem; }
blockquote { margin: .8rem 0; padding: .1rem 1rem; border-inline-start: 4px solid var(--line); color: var(--soft); }
code { font-size: .9em; }
.box { overflow-x: auto; margin: .8rem 0 1.4rem; border: 1px solid var(--line); border-radius: 6px; }
.box:focus-visible, a:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.box svg { display: block; }
table { border-collapse: collapse; font-size: .92rem; overflow-wrap: normal; }
th, td { padding: .35rem .7rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; min-width: 5rem; }
tbody tr:last-child > * { border-bottom: 0; }
thead th, thead td { background: var(--band); vertical-align: bottom; }
th[scope="row"] { position: sticky; inset-inline-start: 0; background: var(--paper); font-weight: 500; min-width: 7rem;
  max-width: min(24rem, 42vw); }
.right { text-align: right; font-variant-numeric: tabular-nums; min-width: 0; }
td.right { white-space: nowrap; }
@page { margin: 14mm; }
@media print {
  :root { --ink: #000000; --paper: #ffffff; --soft: #333333; --line: #888888; --band: #ffffff; --link: #000000; }
  body { font-size: 9pt; }
  main { max-width: none; padding: 0; }
  .box { overflow: visible; border: 0; }
  .box svg { max-width: 100%; height: auto; }
  th[scope="row"] { position: static; }
  h1, h2, h3 { break-after: avoid; }
  tr, svg { break-inside: avoid; }
}
"""
_CONTENTS = 3
"""From so many sections on, a page begins with a list of them."""
# Where a picture names one of its own parts.
_OWN_PART = re.compile(r'(?<=\sid=")|(?<=href="#)|(?<=url\(#)')
_OWN_PARTS = re.compile(r'(?<=\s)(aria-labelledby|aria-describedby)="([^"]*)"')


def html_report(title: str, markdown: str, pictures: Mapping[str, str]) -> str:
    """The whole page, in UTF-8 once encoded; ends with a newline. `title` is what the browser calls it, `pictures` are SVG by the
    name under which the Markdown refers to them; a picture that is not among them is named in words."""
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = parser.parse(visible(markdown))
    _name_cells(tokens)
    _add_contents(tokens)
    body = parser.renderer.render(list(_boxed(tokens, pictures)), parser.options, {})
    digest = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return (
        '<!doctype html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{safe(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n{body}</main>\n</body>\n</html>\n"
    )


def _name_cells(tokens: Sequence[Token]) -> None:
    """Says of each head of a column or row what it heads. Alignment becomes a class, since the policy lets no style through."""
    first, tag = False, ""
    for token, after in pairwise(tokens):
        if token.type == "tr_open":
            first = True
        elif token.type in ("th_open", "td_open"):
            head = token.type == "th_open"
            attributes: dict[str, str | int | float] = {}
            token.tag = tag = "th" if after.content.strip() and (head or first) else "td"
            if tag == "th":
                attributes["scope"] = "col" if head else "row"
            if token.attrGet("style") == "text-align:right":
                attributes["class"] = "right"
            token.attrs = attributes
            first = False
        elif token.type in ("th_close", "td_close"):
            token.tag = tag


def _add_contents(tokens: list[Token]) -> None:
    """Gives each section a name to jump to, and lists them after the title of the page where there are several."""
    sections = [(token, after.content) for token, after in pairwise(tokens) if token.type == "heading_open" and token.tag == "h2"]
    for number, (token, _) in enumerate(sections, start=1):
        token.attrSet("id", f"section-{number}")
    if len(sections) >= _CONTENTS:
        links = "".join(f'<li><a href="#section-{n}">{safe(words)}</a></li>' for n, (_, words) in enumerate(sections, start=1))
        after_title = sum(1 for _ in _until(tokens, "heading_close")) + 1
        tokens.insert(after_title, _raw(f'<nav aria-label="Sections"><ul>{links}</ul></nav>\n'))


def _boxed(tokens: Sequence[Token], pictures: Mapping[str, str]) -> Iterator[Token]:
    """The page's tokens with tables and pictures in boxes, and without heads of tables that say nothing."""
    heading, drawn, hidden = "", 0, False
    for place, token in enumerate(tokens):
        if token.type == "heading_open":
            heading = tokens[place + 1].content
        elif token.type == "thead_open":
            hidden = not any(cell.tag == "th" for cell in _until(tokens[place:], "thead_close"))
        picture = _picture(token)
        if token.type == "table_open":
            yield _raw(_box(f"Table: {heading}"))
        if picture is not None:
            drawn += 1
            yield _drawn(picture, pictures, f"picture-{drawn}-")
        elif not hidden and not _around_picture(tokens, place):
            yield token
        if token.type == "table_close":
            yield _raw("</div>\n")
        elif token.type == "thead_close":
            hidden = False


def _until(tokens: Sequence[Token], end: str) -> Iterator[Token]:
    return takewhile(lambda token: token.type != end, tokens)


def _picture(token: Token) -> Token | None:
    """The picture, where a paragraph is nothing else."""
    children = token.children or []
    return children[0] if len(children) == 1 and children[0].type == "image" else None


def _around_picture(tokens: Sequence[Token], place: int) -> bool:
    """Whether this opens or closes a paragraph that is nothing but a picture."""
    step = {"paragraph_open": 1, "paragraph_close": -1}.get(tokens[place].type)
    return step is not None and _picture(tokens[place + step]) is not None


def _drawn(image: Token, pictures: Mapping[str, str], prefix: str) -> Token:
    """The picture itself, the names of its parts made its own."""
    name, words = str(image.attrGet("src")), image.content
    if name not in pictures:
        return _raw(f"<p>{safe(words)}</p>\n")
    svg = _OWN_PART.sub(prefix, pictures[name][pictures[name].index("<svg") :])
    svg = _OWN_PARTS.sub(lambda found: f'{found[1]}="{" ".join(prefix + part for part in found[2].split())}"', svg)
    return _raw(f"{_box(words)}{svg}</div>\n")


def _box(words: str) -> str:
    return f'<div class="box" role="group" tabindex="0" aria-label="{safe(words)}">'


def _raw(text: str) -> Token:
    """Markup of our own, which the renderer leaves as it is."""
    return Token("html_block", "", 0, content=text)
