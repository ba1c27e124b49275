"""Pieces of recognised speech, from single words to whole segments, put together into turns. Knows no service."""

from collections.abc import Iterable
from typing import NamedTuple

from rupture.formats.parsed import Parsed, Unread, Utterance, counted

GAP = 2.0
"""Seconds of silence up to which two pieces of one speaker are one turn."""


class Piece(NamedTuple):
    """Words of one speaker; `glued` when no space stands before them. Times are seconds from the start, where they are known."""

    speaker: str | None
    text: str
    start: float | None = None
    end: float | None = None
    glued: bool = False


def joined(pieces: Iterable[Piece]) -> Parsed:
    """A turn for each speaker's stretch. Where no piece names a speaker there are no turns, and every piece is unread."""
    found = [piece for piece in pieces if piece.text.strip()]
    if not any(piece.speaker for piece in found):
        unread = tuple(Unread(None, "nobody is named as the speaker", piece.text) for piece in found)
        note = f"None of {counted(len(found), 'piece')} says who speaks. Have the recording transcribed with speakers told apart."
        return Parsed((), unread, (note,) if found else ())
    turns: list[tuple[str, float | None, list[str]]] = []
    end: float | None = None
    for piece in found:
        speaker = piece.speaker or "Unknown"
        pause = piece.start - end if piece.start is not None and end is not None else 0.0
        if turns and (piece.glued or (turns[-1][0] == speaker and pause <= GAP)):
            turns[-1][2].append(piece.text.strip() if piece.glued else f" {piece.text.strip()}")
        else:
            turns.append((speaker, piece.start, [piece.text.strip()]))
        end = piece.end if piece.end is not None else end
    return Parsed(tuple(Utterance(speaker, "".join(words), None, start) for speaker, start, words in turns))
