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
from rupture.episodes import find_episodes
from rupture.formats.reading import Reading
from rupture.privacy.risk import kinds
from rupture.transcript import Role
from rupture.ui.words import NO_SPEAKERS


@dataclass(frozen=True, slots=True)
class Said:
    """One entry of the chat: the user's words, a reply, or a plain line from the tool."""

    role: str
    text: str = ""
    reply: Reply | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """One tab. `reading` waits for its speakers to be confirmed; `question` came with it. `selected` is the turn looked at.
    `names` are to be masked before anything is sent elsewhere, and `kept_here` says that nothing of this session may be."""

    said: tuple[Said, ...] = ()
    reading: Reading | None = None
    roles: Mapping[str, Role] = field(default_factory=dict)
    question: str = ""
    conversation: Conversation = field(default_factory=Conversation)
    selected: int | None = None
    names: tuple[str, ...] = ()
    kept_here: bool = False

    @property
    def analysis(self) -> Analysis | None:
        """The analysis that the conversation is about."""
        return self.conversation.analysis

    def say(self, text: str) -> "Desk":
        """The desk with a plain line from the tool at the end of the chat."""
        return replace(self, said=(*self.said, Said("assistant", text)))


def receive(
    desk: Desk, text: str, files: tuple[str, ...] = (), harm: Callable[[str], bool] = lambda text: bool(kinds(text))
) -> Desk:
    """The desk after a message: a transcript in it waits for confirmation, a question waits in `question`. In a text that has no
    speakers language about `harm` is noticed all the same."""
    if files:
        file = Path(files[0])
        reading = formats.read_file(file)
        if not reading.transcript.turns:
            return _unreadable(desk, file.read_text(encoding="utf-8", errors="replace"), harm)
        return _with_reading(desk, reading, text.strip())
    question, pasted = formats.split_question(text)
    if pasted:
        return _with_reading(desk, formats.read(pasted), question)
    return replace(desk, said=(*desk.said, Said("user", text.strip())), question=text.strip())


def _with_reading(desk: Desk, reading: Reading, question: str) -> Desk:
    shown = f"A session of {len(reading.transcript.turns)} turns" + (f": {question}" if question else "")
    roles = {speaker: reading.transcript.role_of(speaker) for speaker in reading.transcript.speakers}
    return replace(desk, said=(*desk.said, Said("user", shown)), reading=reading, roles=roles, question=question)


def _unreadable(desk: Desk, text: str, harm: Callable[[str], bool]) -> Desk:
    """What to do about a text without speakers; language about harm in it is noticed all the same."""
    notice = phrase("risk_notice", where="one place or more") if harm(text) else ""
    return desk.say(f"{notice}\n\n{NO_SPEAKERS}".strip())


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
    return replace(desk, reading=None, roles={}, question="").say("Left out. Paste another session, or ask a question.")


def analysed(desk: Desk, assistant: Assistant) -> Desk:
    """The waiting transcript analysed, with suggestions, and the first moment to look at chosen."""
    if desk.reading is None:
        return desk
    analysis = assistant.suggest(assistant.analyse(desk.reading.transcript.with_roles(desk.roles)))
    return replace(
        desk,
        reading=None,
        roles={},
        conversation=Conversation(analysis),
        selected=first_moment(analysis),
        kept_here=False,
        names=(),
    )


def answers(desk: Desk, assistant: Assistant) -> Iterator[Desk]:
    """The desk with the answer to the waiting question growing at the end of the chat; the last one is final."""
    for reply, conversation in assistant.answer(desk.question, desk.conversation):
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
    for reply, conversation in assistant.send(replace(told, user=user), desk.conversation):
        yield replace(desk, said=(*desk.said, Said("assistant", reply.text, reply)), conversation=conversation)


def keep_here(desk: Desk) -> Desk:
    """The desk of a session of which nothing is to be sent."""
    return replace(desk, kept_here=True, conversation=replace(desk.conversation, waiting=None))


def select(desk: Desk, turn: int) -> Desk:
    """The desk looking at `turn`, which also becomes what a follow-up question is about."""
    if desk.analysis is None or not 0 <= turn < len(desk.analysis.transcript.turns):
        return desk
    return replace(desk, selected=turn, conversation=replace(desk.conversation, focus=turn))


def set_aside(desk: Desk, assistant: Assistant) -> Desk:
    """The selected finding taken out because the clinician reads it otherwise; episodes follow from what is left."""
    analysis = desk.analysis
    if analysis is None or desk.selected is None:
        return desk
    findings = tuple(f for f in analysis.findings if f.turn != desk.selected)
    left = replace(
        analysis,
        findings=findings,
        episodes=find_episodes(analysis.transcript, {f.turn: f.codes for f in findings}),
        top_moments=tuple(turn for turn in analysis.top_moments if turn != desk.selected),
        notes=(*analysis.notes, f"Turn {desk.selected} was set aside by the reader; session ratings are from before that."),
        suggestions=(),
    )
    return replace(desk, conversation=Conversation(assistant.suggest(left)), selected=desk.selected)


def first_moment(analysis: Analysis) -> int | None:
    """The turn to open with: the first top moment, else the first client turn with a code."""
    clients = (f.turn for f in analysis.findings if f.codes and analysis.transcript.turns[f.turn].role is Role.CLIENT)
    return next(iter(analysis.top_moments), next(clients, None))


def _within(turn: int | None, analysis: Analysis | None) -> int | None:
    return turn if turn is not None and analysis and turn < len(analysis.transcript.turns) else None
