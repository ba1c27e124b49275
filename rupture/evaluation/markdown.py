"""Numbers and tables as the reports write them: two decimals without a leading zero, an interval in brackets, a dash for none."""

from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any

NONE = "–"


def number(value: float | None) -> str:
    """`.84`, `1.00`, `−.05`; a dash for None."""
    if value is None:
        return NONE
    text = f"{abs(value):.2f}"
    sign = "−" if value < 0 and float(text) else ""
    return sign + (text[1:] if text.startswith("0.") else text)


def interval(estimate: Mapping[str, Any]) -> str:
    """`.84 [.80, .88]`, without brackets where no interval was given."""
    if estimate["low"] is None:
        return number(estimate["value"])
    return f"{number(estimate['value'])} [{number(estimate['low'])}, {number(estimate['high'])}]"


def count(value: int | None) -> str:
    """`4,087`."""
    return NONE if value is None else f"{value:,}"


def table(header: Sequence[str], rows: Iterable[Sequence[str]], words: Container[str] = ()) -> str:
    """A Markdown table, the first column and those headed by one of `words` left, the others right; ends with a newline."""
    rules = ["---", *("---" if title in words else "---:" for title in header[1:])]
    return "".join(f"| {' | '.join(cell.replace('|', '/') for cell in row)} |\n" for row in (header, rules, *rows))
