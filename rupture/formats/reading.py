"""From text or a file to a Reading: the transcript, why each speaker has the role, and every line that is in no turn."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from rupture.errors import UnreadableTranscript
from rupture.formats.cleaning import MAX_BYTES, MAX_TEXT, clean, decode, plain
from rupture.formats.json_turns import JSON
from rupture.formats.jsonl import JSONL
from rupture.formats.labelled import LABELLED
from rupture.formats.parsed import Format, Parsed, Unread, Utterance, counted
from rupture.formats.roles import guess_roles, known_role
from rupture.formats.srt import SRT
from rupture.formats.tables import TABLE
from rupture.formats.webvtt import WEBVTT
from rupture.transcript import Role, Transcript, Turn

FORMATS: tuple[Format, ...] = (WEBVTT, SRT, JSONL, JSON, TABLE, LABELLED)
"""In the order in which they are tried; the last one takes any text."""

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
    text, notes = clean(text)
    chosen = _format_of(text, name)
    return reading(id, chosen, chosen.parse(text), notes)


def read_file(path: Path | str) -> Reading:
    """The transcript in the file at `path`, with the file's name as its id."""
    path = Path(path)
    text, notes = decode(_bytes_of(path))
    found = read(text, id=path.stem, name=path.name)
    return replace(found, transcript=replace(found.transcript, notes=notes + found.transcript.notes))


def reading(id: str, chosen: Format, parsed: Parsed, notes: tuple[str, ...] = ()) -> Reading:
    """The Reading of what a format parsed: limits held, roles guessed, notes gathered."""
    utterances = tuple(_cleaned(utterance) for utterance in parsed.utterances)
    _check_size(utterances)
    roles, reasons = guess_roles(utterances)
    turns = tuple(Turn(i, u.speaker, roles[u.speaker], u.text, u.line, u.start) for i, u in enumerate(utterances))
    notes = (*notes, *parsed.notes, *_warnings(utterances, roles))
    return Reading(Transcript(id, turns, notes), chosen.name, reasons, parsed.unread)


def _format_of(text: str, name: str | None) -> Format:
    suffix = Path(name).suffix.lower() if name else ""
    named = next((f for f in FORMATS[:-1] if suffix in f.suffixes), None)
    return named or next(f for f in FORMATS if f.recognises(text))


def _bytes_of(path: Path) -> bytes:
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
