"""Cells of free text in tables that people open in a spreadsheet, which takes some texts for formulas and would run them.

Such a cell gets an apostrophe in front (OWASP, "CSV Injection"), and one that begins with apostrophes and then such a sign one
more, so that it can be taken off again without doubt.
"""

import re

_FORMULA = re.compile(r"'*(?:[\s\0-\x1f]*[=+\-@＝＋－＠]|[\t\r\n])")


def inert(text: str) -> str:
    """`text` as a cell that no spreadsheet computes."""
    return f"'{text}" if _FORMULA.match(text) else text


def original(cell: str) -> str:
    """The text of a cell that `inert` wrote."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
