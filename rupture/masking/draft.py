"""A transcript as it was read, masked: in the shape it came in where that is lines of text, else as labelled text; or turn by
turn.

Labels that name somebody become roles. Nothing is written to a disk here.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from rupture.formats.cleaning import clean, decode
from rupture.formats.parsed import counted
from rupture.formats.reading import Reading, read_bytes
from rupture.masking.lines import HIDDEN, IN_LINES, Piece, pieces
from rupture.masking.spans import MARK, Mask
from rupture.masking.wording import warning
from rupture.names import names_in_labels
from rupture.privacy.masking import LAYERS, PLAIN_LAYERS, has_extra, mask_session, with_masks
from rupture.transcript import Transcript, clean_speaker_names


@dataclass(frozen=True, slots=True)
class Draft:
    """A masked transcript: its text, or its turns, how often each kind was masked, what must be said with it, and how many labels
    became roles."""

    text: str
    turns: tuple[Mapping[str, Any], ...]
    counts: Mapping[str, int]
    layers: tuple[str, ...]
    warning: str
    renamed: int = 0

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready. The `masks` of a turn say which stretch of the turn as it was read each mark stands for."""
        return {"warning": self.warning, "layers": list(self.layers), "counts": dict(self.counts), "turns": list(self.turns)}

    @property
    def summary(self) -> str:
        """One line by kind with counts, and the warning. Where nothing was masked it is not said that there is nothing."""
        said = [f"{kind.lower()} {count}" for kind, count in sorted(self.counts.items(), key=lambda item: -item[1])]
        said += [f"{counted(self.renamed, 'label')} turned into roles"] if self.renamed else []
        return f"Masked: {', '.join(said) or 'nothing, which does not mean that nothing is there'}.\n{self.warning}"


def draft_of(data: bytes, name: str, names: Iterable[str], *, plain: bool = False) -> Draft:
    """The draft of the transcript in the contents of a file called `name`; UnreadableTranscript where there is none to read."""
    reading = read_bytes(data, id="draft", name=name)
    source = clean(decode(data)[0])[0] if reading.format in IN_LINES else None
    return drafted(reading, source, names, plain=plain)


def drafted(reading: Reading, source: str | None, names: Iterable[str], *, plain: bool = False) -> Draft:
    """The draft of `reading`, without `names` and what else tells who it is about. `source` is the text it was read from, None
    where that was no lines of text; `plain` leaves out what needs the extra."""
    transcript, typed = reading.transcript, list(names)
    known = names_in_labels(transcript)
    called = _called(transcript)
    whole = mask_session([turn.text for turn in transcript.turns], typed, known, plain=plain)
    said = [with_masks(turn.text, masks) for turn, masks in zip(transcript.turns, whole, strict=True)]
    turns = tuple(
        {
            "index": turn.index,
            "speaker": called[turn.speaker],
            "role": turn.role.value,
            "text": text,
            "masks": [list(m) for m in masks],
        }
        for turn, text, masks in zip(transcript.turns, said, whole, strict=True)
    )
    if source is None:
        text = "".join(f"{turn['speaker']}: {turn['text']}\n" for turn in turns)
        counts = _counted(whole)
    else:
        text, counts = _in_lines(pieces(source, reading.format, called), typed, known, plain=plain)
    layers = PLAIN_LAYERS if plain or not has_extra() else LAYERS
    renamed = sum(label != name for label, name in called.items())
    return Draft(text, turns, counts, layers, warning(extra=has_extra(), plain=plain), renamed)


def _called(transcript: Transcript) -> dict[str, str]:
    """What each label becomes: a role where it names somebody, and itself where it does not."""
    roles = clean_speaker_names(transcript)
    names = {name.casefold() for name in names_in_labels(transcript)}
    return {
        label: role if names & {word.casefold() for word in re.findall(r"[\w'’-]+", label)} else label
        for label, role in roles.items()
    }


def _in_lines(cut: Iterable[Piece], typed: Sequence[str], known: Sequence[str], *, plain: bool) -> tuple[str, dict[str, int]]:
    """The text of the pieces with the words among them masked."""
    runs = [("".join(text for text, _ in run), words) for words, run in groupby(cut, key=lambda piece: piece[1])]
    spoken = [text for text, words in runs if words]
    masks = mask_session(spoken, typed, known, plain=plain)
    after = iter(with_masks(text, found) for text, found in zip(spoken, masks, strict=True))
    hidden = sum(text.count(HIDDEN) for text, words in runs if not words)
    return "".join(next(after) if words else text for text, words in runs), _counted(masks) | (
        {"HEADER": hidden} if hidden else {}
    )


def _counted(masks: Iterable[Sequence[Mask]]) -> dict[str, int]:
    return dict(Counter(match[1] for found in masks for _, _, mark in found if (match := MARK.fullmatch(mark))))
