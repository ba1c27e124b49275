"""CSV, TSV and Markdown tables with a header row that names the words and the speaker; AnnoMI's columns are among the names."""

import csv
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from rupture.errors import UnreadableTranscript
from rupture.formats.fields import EXPECTED, field_names, is_transcript
from rupture.formats.parsed import Format, Parsed, Unread, Utterance, counted
from rupture.formats.times import rescaled, seconds

DELIMITERS = (",", "\t", ";", "|")


class Row(NamedTuple):
    """A row of a table: the line it starts on, its session where the table has several, and its turn or why it has none, with the
    words in it."""

    line: int
    session: str | None
    utterance: Utterance | None
    reason: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Header:
    """Which column holds what; `framed` when each line ends with one more delimiter, as in Markdown."""

    delimiter: str
    columns: Mapping[str, int]
    width: int
    framed: bool = False


def find_header(line: str) -> Header | None:
    """The header in `line`, if it names the words and the speaker."""
    for delimiter in DELIMITERS:
        head = line[:4_000].strip(" \n")
        framed = delimiter == "|" and head.endswith("|")
        try:
            cells = next(csv.reader([_unframed(head) if framed else head], delimiter=delimiter), [])
        except csv.Error:  # a line break within the line, for one
            continue
        found = field_names(cells)
        if is_transcript(found):
            return Header(delimiter, {field: cells.index(name) for field, name in found.items()}, len(cells), framed)
    return None


def _unframed(line: str) -> str:
    return f"{line.rstrip().removesuffix('|')}\n"


def rows(lines: Iterable[str], header: Header, first_line: int = 2) -> Iterator[Row]:
    """The rows below the header; UnreadableTranscript when the quoting is broken."""
    reader = csv.reader(map(_unframed, lines) if header.framed else lines, delimiter=header.delimiter, strict=True)
    line = first_line
    try:
        for cells in reader:
            if any(cell.strip(" -:") for cell in cells):
                yield row_of(line, cells, header)
            line = first_line + reader.line_num
    except csv.Error:
        raise UnreadableTranscript(f"line {line}: not a readable table row. Check the quotation marks in it.") from None


def parsed_rows(found: Iterable[Row]) -> Parsed:
    """The turns of one session."""
    kept = list(found)
    utterances = [row.utterance for row in kept if row.utterance]
    starts = rescaled([u.start for u in utterances])
    unread = tuple(Unread(row.line, row.reason, row.text) for row in kept if not row.utterance)
    return Parsed(tuple(replace(u, start=s) for u, s in zip(utterances, starts, strict=True)), unread)


def row_of(line: int, cells: Sequence[str], header: Header) -> Row:
    last = header.width - 1
    if len(cells) > header.width and header.columns["text"] == last:  # commas in the words, and no quotation marks around them
        cells = [*cells[:last], header.delimiter.join(cells[last:])]
    values = {field: cells[column].strip() for field, column in header.columns.items() if column < len(cells)}
    session, role = values.get("session"), values.get("role") or None
    if len(cells) > header.width and any(cell.strip() for cell in cells[header.width :]):
        return Row(line, session, None, "more cells than the header has columns", " ".join(cells))
    if "text" not in values:
        return Row(line, session, None, "fewer cells than the header has columns", " ".join(cells))
    speaker = values.get("speaker") or role or "Unknown"
    return Row(line, session, Utterance(speaker, values["text"], line, seconds(values.get("start")), role))


def parse(text: str) -> Parsed:
    """The turns of a table that holds one session."""
    lines = text.split("\n")
    top = next((i for i, line in enumerate(lines) if line.strip()), 0)
    header = find_header(lines[top])
    if header is None:
        raise UnreadableTranscript(f"line {top + 1}: expected a header row with {EXPECTED}. Add one above the first turn.")
    found = list(rows((f"{line}\n" for line in itertools.islice(lines, top + 1, None)), header, first_line=top + 2))
    sessions = {row.session for row in found}
    if len(sessions) > 1:
        raise UnreadableTranscript(f"found {counted(len(sessions), 'session')} in one table, expected one. Read it as a batch.")
    return parsed_rows(found)


def recognises(text: str) -> bool:
    """Whether the first filled line is such a header."""
    return find_header(text.lstrip("\n ")[:4_000].split("\n", 1)[0]) is not None


TABLE = Format("table", (".csv", ".tsv"), recognises, parse)
