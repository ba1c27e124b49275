"""From the blocks of a document to utterances: a table with a turn in each row, or text read like any other."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import zip_longest

from rupture.errors import UnreadableTranscript
from rupture.formats.blocks import Aside, Block, Document, Table
from rupture.formats.fields import field_names, is_transcript
from rupture.formats.labels import find_start
from rupture.formats.parsed import Parsed, Unread, Utterance, counted
from rupture.formats.roles import is_speaker_word
from rupture.formats.tables import Header, Row, parsed_rows, row_of
from rupture.formats.times import seconds

ParseText = Callable[[str], Parsed]
_MOST_COLUMNS = 12
_BESIDE = "beside the table of turns"


def parsed_document(document: Document, parse_text: ParseText) -> Parsed:
    """The turns, from the rows of tables where these hold more of the words, else from the text as `parse_text` reads it.

    Lines are counted over all blocks, a row of a table of turns as one; what was set aside has no line.
    """
    found = _from_tables(document)
    if found is None or _words(found.utterances) < _words_beside(document):
        found = _from_text(document, parse_text)
    return replace(found, notes=(*document.notes, *found.notes))


def header_of(rows: Sequence[Sequence[str]]) -> tuple[Header, bool] | None:
    """Which columns hold words, speaker and time, and whether the first row says so itself. None for any other table."""
    if not rows:
        return None
    names = field_names(rows[0])
    if is_transcript(names):
        return Header("\t", {field: list(rows[0]).index(name) for field, name in names.items()}, len(rows[0])), True
    guessed = _guessed_columns(list(zip_longest(*rows, fillvalue="")))
    return (Header("\t", guessed, max(map(len, rows))), False) if guessed else None


def _guessed_columns(columns: Sequence[Sequence[str]]) -> dict[str, int] | None:
    """By what is in them: most words, labels that come back or name a role, times."""
    if not 2 <= len(columns) <= _MOST_COLUMNS:
        return None
    text = max(range(len(columns)), key=lambda i: sum(len(cell.split()) for cell in columns[i]))
    speaker = next((i for i, cells in enumerate(columns) if i != text and _are_labels(cells)), None)
    if speaker is None:
        return None
    start = next((i for i, cells in enumerate(columns) if i not in (text, speaker) and _are_times(cells)), None)
    return {"text": text, "speaker": speaker} | ({} if start is None else {"start": start})


def _are_labels(cells: Sequence[str]) -> bool:
    filled = [_label(cell) for cell in cells if cell.strip()]
    found = [find_start(f"{label}: x") for label in filled]
    if len(filled) < 2 or not all(start and start.label == label for start, label in zip(found, filled, strict=True)):
        return False
    return 2 * len(set(filled)) <= len(filled) or (len(filled) == 2 and all(map(is_speaker_word, filled)))


def _are_times(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell.strip()]
    return bool(filled) and all(seconds(cell) is not None for cell in filled)


def _label(cell: str) -> str:
    return cell.strip().rstrip(":：").rstrip()


def _from_tables(document: Document) -> Parsed | None:
    """The turns of the tables whose columns can be told; what is beside them is unread. None without such a table."""
    number, found, unread, filled = 1, list[Row](), list[Unread](), 0
    for block in document.blocks:
        if isinstance(block, Table) and (header := header_of(block.rows)):
            rows, blanks = _rows(block, *header, number)
            found += rows
            filled += blanks
        else:
            unread += [Unread(line, _BESIDE, text) for line, text in enumerate(_lines(block), start=number) if text.strip()]
        number += len(block.rows if isinstance(block, Table) else _lines(block))
    if not found:
        return None
    if len({row.session for row in found}) > 1:
        raise UnreadableTranscript("found several sessions in one table, expected one. Save it as CSV and read it as a batch.")
    parsed = parsed_rows(found)
    notes = (f"{counted(filled, 'row')} without a speaker read as the speaker's above.",) if filled else ()
    return Parsed(parsed.utterances, (*sorted((*parsed.unread, *unread)), *_asides(document)), notes)


def _rows(table: Table, header: Header, named: bool, number: int) -> tuple[list[Row], int]:
    """The rows below the header, a cell without a speaker filled from above, and how many were."""
    found, filled, speaker = [], 0, ""
    column = header.columns.get("speaker", len(header.columns))
    for line, row in enumerate(table.rows[named:], start=number + named):
        cells = list(row)
        if "speaker" in header.columns and column < len(cells):
            label = _label(cells[column])
            filled += not label and bool(speaker)
            speaker = cells[column] = label or speaker
        if any(cell.strip() for cell in row):
            found.append(row_of(line, cells, header))
    return found, filled


def _lines(block: Block) -> list[str]:
    """The lines of a paragraph; of a table its rows, or the lines in its cells where it lays out a page. None of an aside."""
    if isinstance(block, Aside):
        return []
    if not isinstance(block, Table):
        return block.text.split("\n")
    if any("\n" in cell.strip() for row in block.rows for cell in row):
        return [line for row in block.rows for cell in row for line in cell.split("\n")]
    return ["\t".join(cell.strip() for cell in row) for row in block.rows]


def _from_text(document: Document, parse_text: ParseText) -> Parsed:
    parsed = parse_text("\n".join(text for block in document.blocks for text in _lines(block)))
    return replace(parsed, unread=(*parsed.unread, *_asides(document)))


def _asides(document: Document) -> list[Unread]:
    return [Unread(None, block.reason, block.text) for block in document.blocks if isinstance(block, Aside)]


def _words(utterances: Sequence[Utterance]) -> int:
    return sum(len(u.text.split()) for u in utterances)


def _words_beside(document: Document) -> int:
    """Words in paragraphs and in tables that hold no turns."""
    beside = [b for b in document.blocks if not isinstance(b, Aside) and not (isinstance(b, Table) and header_of(b.rows))]
    return sum(len(text.split()) for block in beside for text in _lines(block))
