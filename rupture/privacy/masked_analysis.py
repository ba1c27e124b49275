"""A whole analysis with its names masked, for files that leave the machine: words, labels, notes and the session's name.

Takes an Analysis and the names somebody typed, gives one with the same turns, roles, codes and scores. Evidence moves with the
words it covers. Suggestions stay as they are: their words come from the corpus. Like `masking`, it errs towards masking and
cannot promise that nobody can be recognised. Knows no file format and no screen.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from rupture.analysis import Analysis
from rupture.names import names_in, names_of
from rupture.privacy.masking import Mask, mask_spans, masked, with_masks
from rupture.transcript import Transcript, Turn, clean_speaker_names

Span = tuple[int, int]

NO_NAME = "session"
"""What a session is called whose own name may tell who it is about."""
_OTHER = "Other"
"""What a label is called that no turn bears."""


def masked_analysis(analysis: Analysis, names: Iterable[str]) -> Analysis:
    """`analysis` with `names`, the speakers' labels, whatever else looks like a name and what the rules of `masking` find
    replaced wherever session words stand; speakers are called by their roles. Masking the outcome again changes nothing."""
    transcript = analysis.transcript
    hidden = _names_to_hide(transcript, names)
    masks = {turn.index: mask_spans(turn.text, hidden) for turn in transcript.turns}
    called = clean_speaker_names(transcript)
    return replace(
        analysis,
        transcript=Transcript(
            _masked_id(transcript.id, hidden),
            tuple(_masked_turn(turn, masks[turn.index], called[turn.speaker]) for turn in transcript.turns),
            tuple(masked(note, hidden) for note in transcript.notes),
        ),
        notes=tuple(masked(note, hidden) for note in analysis.notes),
        findings=tuple(replace(f, evidence=_moved(f.evidence, masks[f.turn])) for f in analysis.findings),
        episodes=tuple(replace(e, speakers=tuple(called.get(s, _OTHER) for s in e.speakers)) for e in analysis.episodes),
        talk_share={called.get(speaker, _OTHER): share for speaker, share in analysis.talk_share.items()},
    )


def _moved(spans: Iterable[Span], masks: Sequence[Mask]) -> tuple[Span, ...]:
    """Where `spans` of a text are in the text with its `masks`, in reading order. A span with a part of what a mask hides takes
    the whole mask; spans that come to overlap by that become one."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        here = (_place(start, masks, ends=False), _place(end, masks, ends=True))
        if joined and here[0] < joined[-1][1]:
            here = (joined[-1][0], max(here[1], joined.pop()[1]))
        joined.append(here)
    return tuple(joined)


def _place(offset: int, masks: Iterable[Mask], *, ends: bool) -> int:
    """The place of `offset` in the masked text: where a mask that hides it starts, or ends for the place where a span `ends`."""
    grown = 0
    for start, end, mark in masks:
        if offset <= start:
            break
        if offset < end:
            return start + grown + (len(mark) if ends else 0)
        grown += len(mark) - (end - start)
    return offset + grown


def _names_to_hide(transcript: Transcript, typed: Iterable[str]) -> frozenset[str]:
    """The names `typed`, and every word that looks like one here. A masked word may have been all that spoke against another
    one's being a name, so that the rest is looked through until nothing new is found."""
    hidden = frozenset([*typed, *names_of(transcript)])
    while found := names_in([replace(turn, text=masked(turn.text, hidden)) for turn in transcript.turns]) - hidden:
        hidden |= found
    return hidden


def _masked_turn(turn: Turn, masks: Sequence[Mask], speaker: str) -> Turn:
    return replace(turn, speaker=speaker, text=with_masks(turn.text, masks))


def _masked_id(id: str, hidden: Collection[str]) -> str:
    """The session's name where no name, date or long number is in it. File names run words together, so that a part of a word
    counts too."""
    parts = {word for name in hidden for word in name.casefold().split() if len(word) > 1}
    spoken = id.replace("_", " ").replace("-", " ")
    return NO_NAME if mask_spans(spoken, hidden) or any(part in id.casefold() for part in parts) else id
