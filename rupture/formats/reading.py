"""From text or a file to a Reading: the transcript, why each speaker has the role, and every line that is in no turn."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rupture.errors import UnreadableTranscript
from rupture.formats.blocks import words
from rupture.formats.cha import CHA
from rupture.formats.cleaning import MAX_BYTES, MAX_TEXT, clean, decode, plain
from rupture.formats.confined import extract
from rupture.formats.convokit import utterances_file
from rupture.formats.documents import parsed_document
from rupture.formats.docx import DOCX
from rupture.formats.eaf import EAF
from rupture.formats.html_pages import HTML
from rupture.formats.json_turns import JSON
from rupture.formats.jsonl import JSONL
from rupture.formats.labelled import LABELLED
from rupture.formats.parsed import DocumentFormat, Format, Parsed, Unread, Utterance, counted
from rupture.formats.pdf import PDF
from rupture.formats.roles import guess_roles, known_role, label_key
from rupture.formats.rtf import RTF
from rupture.formats.srt import SRT
from rupture.formats.tables import TABLE
from rupture.formats.teams_text import TEAMS_TEXT
from rupture.formats.unread import harm_beside, notes_on
from rupture.formats.webvtt import WEBVTT
from rupture.formats.xlsx import XLSX
from rupture.transcript import Role, Transcript, Turn

FORMATS: tuple[Format | DocumentFormat, ...] = (
    *(DOCX, XLSX, PDF, RTF, EAF, HTML),
    *(WEBVTT, SRT, TEAMS_TEXT, CHA, JSONL, JSON, TABLE, LABELLED),
)
"""In the order in which they are tried; the last one takes any text."""
DOCUMENTS = tuple(f for f in FORMATS if isinstance(f, DocumentFormat))
TEXTS = tuple(f for f in FORMATS if isinstance(f, Format))

MAX_TURNS = 10_000
MAX_SPEAKERS = 12


@dataclass(frozen=True, slots=True)
class Reading:
    """A transcript and how it was read. `reasons` says for each speaker why the role was chosen."""

    transcript: Transcript
    format: str
    reasons: Mapping[str, str]
    unread: tuple[Unread, ...] = ()

    @property
    def summary(self) -> str:
        """`142 turns, 2 speakers, 3 lines in no turn`."""
        turns, speakers = counted(len(self.transcript.turns), "turn"), counted(len(self.transcript.speakers), "speaker")
        return f"{turns}, {speakers}, {counted(len(self.unread), 'line')} in no turn"


def read(text: str, *, id: str = "pasted", name: str | None = None) -> Reading:
    """The transcript in `text`. `name` is a file name whose suffix settles the format; without it the text does.

    UnreadableTranscript when the text is too large, or breaks the rules of its format. A text without any speaker gives a
    reading without turns, with its lines in `unread`.
    """
    if document := document_in(text):
        return _read_document(document, text.encode("utf-8", errors="replace"), id)
    text, notes = clean(text)
    chosen = _format_of(text, name)
    return reading(id, chosen, chosen.parse(text), notes)


def read_bytes(data: bytes, *, id: str, name: str) -> Reading:
    """The transcript in the contents of a file called `name`. MissingPackage when its format needs one that is not installed."""
    if document := _document_of(data, name):
        return _read_document(document, data, id)
    text, notes = decode(data)
    found = read(text, id=id, name=name)
    return replace(found, transcript=replace(found.transcript, notes=notes + found.transcript.notes))


def read_file(path: Path | str) -> Reading:
    """The transcript in the file at `path`, with the file's name as its id; or of a ConvoKit folder with one conversation."""
    path = Path(path)
    file = utterances_file(path) or path
    return read_bytes(bytes_of(file), id=path.stem, name=file.name)


def words_of_file(path: Path) -> str:
    """All the words in the file at `path`, whoever says them: for what must be noticed though it holds no transcript."""
    data = bytes_of(path)
    if document := _document_of(data, path.name):
        return words(extract(document.extract, data, document.name))
    return decode(data)[0]


def document_in(text: str) -> DocumentFormat | None:
    """The format whose source `text` is, when that is no plain text: RTF, HTML or ELAN."""
    head = text[:4_000].encode("utf-8", errors="replace")
    return next((f for f in DOCUMENTS if f.recognises(head)), None)


def reading(id: str, chosen: Format | DocumentFormat, parsed: Parsed, notes: tuple[str, ...] = ()) -> Reading:
    """The Reading of what a format parsed: limits held, each speaker called one thing, roles guessed, notes gathered."""
    utterances = _one_name_each([_cleaned(utterance) for utterance in parsed.utterances])
    _check_size(utterances)
    roles, reasons = guess_roles(utterances)
    turns = tuple(Turn(i, u.speaker, roles[u.speaker], u.text, u.line, u.start) for i, u in enumerate(utterances))
    notes = (*notes, *parsed.notes, *notes_on(parsed), *_warnings(utterances, roles))
    return Reading(Transcript(id, turns, notes, harm_beside(parsed)), chosen.name, reasons, parsed.unread)


def _read_document(chosen: DocumentFormat, data: bytes, id: str) -> Reading:
    return reading(id, chosen, parsed_document(extract(chosen.extract, data, chosen.name), _parse_text))


def _parse_text(text: str) -> Parsed:
    """The turns in the text of a document, which may itself be in any of the formats of text."""
    text, notes = clean(text)
    parsed = _format_of(text, None).parse(text)
    return replace(parsed, notes=(*notes, *parsed.notes))


def _document_of(data: bytes, name: str) -> DocumentFormat | None:
    """By the bytes, whatever the file is called; else by its suffix."""
    known = next((f for f in DOCUMENTS if f.recognises(data)), None)
    return known or next((f for f in DOCUMENTS if _suffix(name) in f.suffixes), None)


def _format_of(text: str, name: str | None) -> Format:
    suffix = _suffix(name)
    named = next((f for f in TEXTS[:-1] if suffix in f.suffixes), None)
    return named or next(f for f in TEXTS if f.recognises(text))


def _suffix(name: str | None) -> str:
    return Path(name).suffix.lower() if name else ""


def bytes_of(path: Path) -> bytes:
    """The contents of a file, a little more than is read at most; UnreadableTranscript when there is none to open."""
    if not path.is_file():
        found = "a folder" if path.is_dir() else "nothing"
        raise UnreadableTranscript(f"{path}: found {found} there, expected a file with a transcript. Check the path.")
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise UnreadableTranscript(f"{path}: cannot be opened ({error.strerror}). Check that you may read it.") from None


def _cleaned(utterance: Utterance) -> Utterance:
    """Escapes in JSON can hold what cleaning the text has taken out."""
    return replace(utterance, speaker=plain(utterance.speaker)[0].strip() or "Unknown", text=plain(utterance.text)[0].strip())


def _one_name_each(utterances: Sequence[Utterance]) -> tuple[Utterance, ...]:
    """Spellings of one label (`Client`, `CLIENT`) become the first of them."""
    names: dict[str, str] = {}
    return tuple(replace(u, speaker=names.setdefault(label_key(u.speaker), u.speaker)) for u in utterances)


def _check_size(utterances: tuple[Utterance, ...]) -> None:
    if len(utterances) > MAX_TURNS:
        raise UnreadableTranscript(f"found {len(utterances):,} turns; at most {MAX_TURNS:,} are read. Split it into sessions.")
    speakers = len({u.speaker for u in utterances})
    if speakers > MAX_SPEAKERS:
        raise UnreadableTranscript(
            f"found {speakers:,} different speakers; at most {MAX_SPEAKERS} are read. Start each turn with who speaks."
        )
    if sum(len(u.text) for u in utterances) > MAX_TEXT:
        raise UnreadableTranscript(f"the turns have more than {MAX_TEXT:,} characters. Split the transcript into sessions.")


def _warnings(utterances: tuple[Utterance, ...], roles: Mapping[str, Role]) -> tuple[str, ...]:
    notes = []
    timed = [(i, u.start) for i, u in enumerate(utterances) if u.start is not None]
    back = next((i for (_, before), (i, after) in itertools.pairwise(timed) if after < before), None)
    if back is not None:
        notes.append(f"Time stamps go backwards at turn {back}; the order of the input was kept.")
    other = next((i for i, u in enumerate(utterances) if u.role and known_role(u.role) not in (None, roles[u.speaker])), None)
    if other is not None:
        notes.append(f"A speaker changes role at turn {other}; the speaker's first role was kept. Check the labels.")
    return tuple(notes)
