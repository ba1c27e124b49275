"""Desk: everything one browser tab has on it, and every change to it as a pure function from desk to desk. Knows no Gradio."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from rupture import formats
from rupture.analysis import Analysis
from rupture.assistant.assistant import Assistant
from rupture.assistant.draft import phrase
from rupture.assistant.reply import Conversation, Letter, Reply
from rupture.corrections import Correction, corrected
from rupture.errors import RuptureError, UnreadableTranscript
from rupture.formats.reading import Reading, words_of_file
from rupture.privacy.masked_analysis import masked_analysis
from rupture.privacy.risk import kinds
from rupture.transcript import Role
from rupture.ui.lane import Lane, while_last
from rupture.ui.words import FILE_GONE, NO_SPEAKERS
from rupture.words import plain_name


@dataclass(frozen=True, slots=True)
class Said:
    """One entry of the chat: the user's words, a reply, or a plain line from the tool."""

    role: str
    text: str = ""
    reply: Reply | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """One tab. `reading` waits for its speakers to be confirmed; `question` came with it. `selected` is the turn looked at.
    `found` is the analysis as the detector left it, `corrections` what the reader said to it, by turn. `names` are left out of
    the session and of what is sent elsewhere, and `kept_here` says that nothing of this session may be. `shelf` holds the other
    sessions that are open, each a desk without a chat."""

    said: tuple[Said, ...] = ()
    reading: Reading | None = None
    roles: Mapping[str, Role] = field(default_factory=dict)
    question: str = ""
    conversation: Conversation = field(default_factory=Conversation)
    selected: int | None = None
    found: Analysis | None = None
    corrections: Mapping[int, Correction] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    kept_here: bool = False
    shelf: tuple["Desk", ...] = ()
    lane: Lane = field(default_factory=Lane, compare=False)

    @property
    def analysis(self) -> Analysis | None:
        """The analysis that the conversation is about."""
        return self.conversation.analysis

    @property
    def title(self) -> str:
        """What its session is called, with its length; empty while there is none."""
        transcript = self.reading.transcript if self.reading else self.analysis.transcript if self.analysis else None
        return f"{plain_name(transcript.id)} ({len(transcript.turns)} turns)" if transcript else ""

    def say(self, text: str) -> "Desk":
        """The desk with a plain line from the tool at the end of the chat."""
        return replace(self, said=(*self.said, Said("assistant", text)))


def receive(
    desk: Desk, text: str, files: tuple[str, ...] = (), harm: Callable[[str], bool] = lambda text: bool(kinds(text))
) -> Desk:
    """The desk after a message: a transcript in it waits for confirmation, further ones on the shelf, and a question waits in
    `question`. In a text that has no speakers language about `harm` is noticed all the same."""
    if files:
        return _with_files(desk, [Path(file) for file in files], text.strip(), harm)
    question, pasted = formats.split_question(text)
    if pasted:
        return _with_reading(desk, formats.read(pasted), question)
    return ask(desk, text.strip())


def ask(desk: Desk, question: str) -> Desk:
    """The desk with a question that waits for its answer."""
    return replace(desk, said=(*desk.said, Said("user", question)), question=question)


def _with_files(desk: Desk, files: Sequence[Path], question: str, harm: Callable[[str], bool]) -> Desk:
    """The first file that can be read is open; what is wrong with one keeps nobody from the others, nor from the answer to a
    question."""
    single = len(files) == 1
    readings = []
    for file in files:
        name = "" if single else f"{plain_name(file.stem)}: "
        try:
            reading = _read(file)
        except RuptureError as error:
            if single:
                raise
            desk = desk.say(f"{name}{error}")
            continue
        if reading.transcript.turns:
            readings.append(reading)
        else:
            desk = _unreadable(desk, name, words_of_file(file), harm)
    if not readings:
        return ask(desk, question) if question else desk
    for reading in reversed(readings[1:]):
        desk = replace(desk, shelf=(_waiting(Desk(), reading), *desk.shelf))
    return _with_reading(desk, readings[0], question)


def _read(file: Path) -> Reading:
    """The reading of an upload, which may have lain in the box for so long that it was deleted."""
    if not file.exists():
        raise UnreadableTranscript(FILE_GONE)
    return formats.read_file(file)


def _with_reading(desk: Desk, reading: Reading, question: str) -> Desk:
    shown = f"A session of {len(reading.transcript.turns)} turns" + (f": {question}" if question else "")
    asked = replace(desk, said=(*desk.said, Said("user", shown)), shelf=_shelved(desk))
    return replace(_waiting(asked, reading), question=question)


def _waiting(desk: Desk, reading: Reading) -> Desk:
    """`reading` on the desk, and nothing else but its chat and shelf."""
    roles = {speaker: reading.transcript.role_of(speaker) for speaker in reading.transcript.speakers}
    return Desk(said=desk.said, shelf=desk.shelf, reading=reading, roles=roles, lane=desk.lane)


def _shelved(desk: Desk) -> tuple[Desk, ...]:
    """The shelf with the session that is open on it, if there is one; a question that came with it waits with it."""
    if not desk.title:
        return desk.shelf
    return (*desk.shelf, replace(desk, said=(), shelf=(), question=desk.question if desk.reading else ""))


def take(desk: Desk, place: int) -> Desk:
    """The session at `place` of the shelf, with the one that was open put there instead; a place there is not changes nothing."""
    if not 0 <= place < len(desk.shelf):
        return desk
    put = _shelved(replace(desk, shelf=()))
    shelf = (*desk.shelf[:place], *put, *desk.shelf[place + 1 :])
    return replace(desk.shelf[place], said=desk.said, shelf=shelf, lane=desk.lane).say(f"Open: {desk.shelf[place].title}.")


def _unreadable(desk: Desk, name: str, text: str, harm: Callable[[str], bool]) -> Desk:
    """What to do about a text without speakers; language about harm in it is noticed all the same."""
    notice = phrase("risk_notice", where="one place or more") if harm(text) else ""
    return desk.say(f"{notice}\n\n{name}{NO_SPEAKERS}".strip())


def with_sample(desk: Desk, reading: Reading) -> Desk:
    """The desk with a sample session waiting under its readable name."""
    return _with_reading(desk, reading, "")


def set_roles(desk: Desk, chosen: Sequence[tuple[int, str]]) -> Desk:
    """The roles chosen for speakers by their place in the reading; what does not exist changes nothing."""
    speakers = desk.reading.transcript.speakers if desk.reading else ()
    known = {speakers[place]: Role(role) for place, role in chosen if 0 <= place < len(speakers) and role in set(Role)}
    return replace(desk, roles={**desk.roles, **known})


def drop_reading(desk: Desk) -> Desk:
    """The desk without the waiting transcript."""
    return Desk(said=desk.said, shelf=desk.shelf, lane=desk.lane).say("Left out. Paste another session, or ask a question.")


def analysed(desk: Desk, assistant: Assistant) -> Desk:
    """The waiting transcript analysed, then without the names to leave out, with suggestions and the first moment to look at."""
    if desk.reading is None:
        return desk
    found = assistant.analyse(desk.reading.transcript.with_roles(desk.roles))
    if desk.names:
        found = masked_analysis(found, desk.names)
    analysis = assistant.suggest(found)
    return replace(
        desk,
        reading=None,
        roles={},
        found=found,
        corrections={},
        conversation=Conversation(analysis),
        selected=first_moment(analysis),
        kept_here=False,
    )


def answers(desk: Desk, assistant: Assistant) -> Iterator[Desk]:
    """The desk with the answer to the waiting question growing at the end of the chat; the last one is final."""
    for reply, conversation in while_last(assistant, desk.lane).answer(desk.question, desk.conversation):
        selected = conversation.focus if conversation.focus is not None else desk.selected
        said = (*desk.said, Said("assistant", reply.text, reply))
        yield replace(desk, said=said, conversation=conversation, selected=_within(selected, conversation.analysis), question="")


def outgoing(desk: Desk, assistant: Assistant) -> Letter | None:
    """What a remote model would be sent for the last answer, to be seen first; None where nothing may be sent."""
    return None if desk.kept_here else assistant.letter(desk.conversation, desk.names)


def with_names(desk: Desk, names: str) -> Desk:
    """The desk with names, apart by commas or lines, that are masked from now on."""
    return replace(desk, names=tuple(name.strip() for name in re.split(r"[,;\n]", names) if name.strip()))


def sent(desk: Desk, assistant: Assistant, user: str) -> Iterator[Desk]:
    """The desk with the last answer worded by the remote model, growing, from the text the user has seen and perhaps changed."""
    told = outgoing(desk, assistant)
    if told is None:
        return
    for reply, conversation in while_last(assistant, desk.lane).send(replace(told, user=user), desk.conversation):
        yield replace(desk, said=(*desk.said, Said("assistant", reply.text, reply)), conversation=conversation)


def keep_here(desk: Desk) -> Desk:
    """The desk of a session of which nothing is to be sent."""
    return replace(desk, kept_here=True, conversation=replace(desk.conversation, waiting=None))


def look(desk: Desk, turn: int | None) -> Desk:
    """The desk looking at `turn`, which also becomes what a follow-up question is about; a turn there is not changes nothing."""
    if turn is None or desk.analysis is None or not 0 <= turn < len(desk.analysis.transcript.turns):
        return desk
    return replace(desk, selected=turn, conversation=replace(desk.conversation, focus=turn))


def correct(desk: Desk, correction: Correction, assistant: Assistant) -> Desk:
    """What the reader says to a turn; said twice, it is taken back. Episodes and suggestions follow from what is left."""
    if desk.found is None:
        return desk
    corrections = {turn: said for turn, said in desk.corrections.items() if turn != correction.turn}
    if desk.corrections.get(correction.turn) != correction:
        corrections[correction.turn] = correction
    analysis = assistant.suggest(corrected(desk.found, corrections))
    return replace(
        desk, corrections=corrections, conversation=Conversation(analysis, focus=correction.turn), selected=correction.turn
    )


def cleared(desk: Desk) -> Desk:
    """Nothing of the tab is left."""
    return Desk(lane=desk.lane)


def first_moment(analysis: Analysis) -> int | None:
    """The turn to open with: the first top moment, else the first client turn with a code."""
    return next(iter((*analysis.top_moments, *(finding.turn for finding in analysis.moments))), None)


def _within(turn: int | None, analysis: Analysis | None) -> int | None:
    return turn if turn is not None and analysis and turn < len(analysis.transcript.turns) else None
