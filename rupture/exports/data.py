"""The data formats an Analysis can be saved in, as one table. A new format is a module and a row."""

import json
from collections.abc import Callable, Mapping
from typing import NamedTuple

from rupture.analysis import Analysis
from rupture.exports.csv_table import csv_table
from rupture.exports.elan import elan
from rupture.exports.inception import inception
from rupture.exports.label_studio import label_studio


class DataFormat(NamedTuple):
    """How a file's name ends, without its dot; its media type; and what makes its content."""

    suffix: str
    media_type: str
    write: Callable[[Analysis], bytes]


def _json(analysis: Analysis) -> bytes:
    """The JSON of schema 1 (ARCHITECTURE.md), readable back by `Analysis.from_dict`."""
    # The name of a file may hold bytes that are no characters.
    return json.dumps(analysis.to_dict(), ensure_ascii=False, indent=1).encode(errors="replace")


DATA_FORMATS: Mapping[str, DataFormat] = {
    "json": DataFormat("json", "application/json", _json),
    "csv": DataFormat("csv", "text/csv", csv_table),
    "label-studio": DataFormat("label-studio.json", "application/json", label_studio),
    "elan": DataFormat("eaf", "text/x-eaf+xml", elan),
    "inception": DataFormat("tsv", "text/tab-separated-values", inception),
}
