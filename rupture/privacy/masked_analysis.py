"""A whole analysis with its names masked, for files that leave the machine: words, labels, notes and the session's name.

Takes an Analysis and the names somebody typed, gives one with the same turns, roles, codes and scores. Evidence moves with the
words it covers. Suggestions stay as they are: their words come from the corpus. Like `masking`, it errs towards masking and
cannot promise that nobody can be recognised. Knows no file format and no screen.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from rupture.analysis import Analysis
from rupture.names import names_in_labels
from rupture.privacy.masking import Mask, Places, mask_session, with_masks
from rupture.transcript import Transcript, Turn, clean_speaker_names

Span = tuple[int, int]

NO_NAME = "session"
"""What a session is called whose own name may tell who it is about."""
_OTHER = "Other"
"""What a label is called that no turn bears."""
_SHORTEST = 2
"""Letters of a word that a session's name is searched for."""


def masked_analysis(analysis: Analysis, names: Iterable[str]) -> Analysis:
    """`analysis` with `names`, the speakers' labels and whatever else `masking` finds replaced wherever session words stand,
    by the same marks in all of them; speakers are called by their roles. Masking the outcome again changes nothing."""
    transcript, typed, known = analysis.transcript, list(names), names_in_labels(analysis.transcript)
    texts = [turn.text for turn in transcript.turns]
    every = [*texts, *transcript.notes, *analysis.notes]
    masks = mask_session(every, typed, known)
    said = [with_masks(text, found) for text, found in zip(every, masks, strict=True)]
    notes = said[len(texts) :]
    places = {turn.index: Places(found) for turn, found in zip(transcript.turns, masks, strict=False)}
    called = clean_speaker_names(transcript)
    hidden = {*typed, *known, *_hidden_words(every, masks)}
    return replace(
        analysis,
        transcript=Transcript(
            _masked_id(transcript.id, hidden),
            tuple(_masked_turn(turn, text, called[turn.speaker]) for turn, text in zip(transcript.turns, said, strict=False)),
            tuple(notes[: len(transcript.notes)]),
        ),
        notes=tuple(notes[len(transcript.notes) :]),
        findings=tuple(replace(f, evidence=_moved(f.evidence, places[f.turn])) for f in analysis.findings),
        episodes=tuple(replace(e, speakers=tuple(called.get(s, _OTHER) for s in e.speakers)) for e in analysis.episodes),
        talk_share={called.get(speaker, _OTHER): share for speaker, share in analysis.talk_share.items()},
    )


def _moved(spans: Iterable[Span], places: Places) -> tuple[Span, ...]:
    """Where `spans` of a text are in the masked one. A span with a part of what a mask hides takes the whole mask; spans that
    come to overlap by that become one."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        here = (places.masked(start, ends=False), places.masked(end, ends=True))
        if joined and here[0] < joined[-1][1]:
            here = (joined[-1][0], max(here[1], joined.pop()[1]))
        joined.append(here)
    return tuple(joined)


def _hidden_words(texts: Iterable[str], masks: Iterable[Sequence[Mask]]) -> set[str]:
    return {
        text[start:end]
        for text, found in zip(texts, masks, strict=True)
        for start, end, mark in found
        if mark.startswith("[NAME")
    }


def _masked_turn(turn: Turn, text: str, speaker: str) -> Turn:
    return replace(turn, speaker=speaker, text=text)


def _masked_id(id: str, hidden: Collection[str]) -> str:
    """The session's name where no name, date or long number is in it. File names run words together, so that a part of a word
    counts too."""
    parts = {word for name in hidden for word in name.casefold().split() if len(word) >= _SHORTEST}
    spoken = id.replace("_", " ").replace("-", " ")
    found = mask_session([id, spoken], hidden, plain=True)
    return NO_NAME if any(found) or any(part in id.casefold() for part in parts) else id
