"""XLSX by openpyxl: every sheet as a table. A formula is read as its text and never worked out."""

import sys
from collections.abc import Iterable

from rupture.formats import archives
from rupture.formats.blocks import Document, Table
from rupture.formats.parsed import DocumentFormat

_COLUMNS = 60
"""Cells of a row that are looked at; a sheet may claim sixteen thousand."""


def extract(data: bytes) -> Document:
    """The filled rows of the sheets, in the order of the workbook."""
    # It is imported by openpyxl where it is installed, and takes time and memory for nothing here.
    sys.modules.setdefault("numpy", None)  # type: ignore[arg-type]
    import openpyxl  # type: ignore[import-untyped]

    book = openpyxl.load_workbook(archives.checked(data), read_only=True, data_only=False)
    return Document(tuple(Table(_rows(sheet.iter_rows(max_col=_COLUMNS, values_only=True))) for sheet in book.worksheets))


def _rows(rows: Iterable[tuple[object, ...]]) -> list[list[str]]:
    """Cells as text, without the empty ones at the end of a row and the empty rows."""
    found = []
    for row in rows:
        cells = ["" if cell is None else str(cell) for cell in row]
        while cells and not cells[-1].strip():
            cells.pop()
        if cells:
            found.append(cells)
    return found


XLSX = DocumentFormat("Excel (XLSX)", (".xlsx",), lambda data: archives.holds(data, "xl/workbook.xml"), extract)
