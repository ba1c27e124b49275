"""The About tab as HTML: what the tool is, how well it does by its model's own card, where a text goes. Pure; its words are in
`prompts/about.yaml`.
"""

from string import Template

from rupture.codebook import BY_CODE, Family
from rupture.detection.card import Card
from rupture.escape import safe
from rupture.prompts import table


def about_html(card: Card, documents: int) -> str:
    """The whole tab; `documents` is the number of guidance documents."""
    words = table("about")
    missed = card.decisions.miss_rate
    slots = {"missed": "some" if missed is None else str(round(10 * missed)), "documents": str(documents)}
    sections = "".join(
        f"<section><h2>{safe(section['heading'])}</h2>"
        + "".join(f"<p>{safe(Template(line).substitute(slots))}</p>" for line in section["lines"])
        + "</section>"
        for section in words["sections"]
    )
    return f'<div class="about">{sections}{_card(card, words["table"])}</div>'


def _card(card: Card, words: dict[str, str]) -> str:
    rows = "".join(
        f'<tr><th scope="row">{safe(_name(head))}</th><td>{row["positives"]:.0f} of {row["n"]:.0f}</td>'
        f"<td>{row['auroc']:.2f}</td><td>{row['ap']:.2f}</td></tr>"
        for head, row in card.measured.items()
    )
    columns = "".join(f'<th scope="col">{safe(column)}</th>' for column in words["columns"])
    turns = max((round(row["n"]) for row in card.measured.values()), default=0)
    return (
        f"<section><h2>{safe(Template(words['heading']).substitute(id=card.id, digest=card.digest[:12]))}</h2>"
        f'<div class="wide" tabindex="0" role="region" aria-label="Measured quality"><table>'
        f"<caption>{safe(Template(words['caption']).substitute(turns=f'{turns:,}'))}</caption>"
        f"<thead><tr>{columns}</tr></thead><tbody>{rows}</tbody></table></div></section>"
    )


def _name(head: str) -> str:
    row = BY_CODE.get(head)
    if row:
        return f"{row.code} {row.label}"
    return f"any {head}" if head in {*Family} else "any marker"
