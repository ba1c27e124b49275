"""The tab on which sessions are coded and compared with their raters: what stands there, and what happens to it.

Nothing is kept unless the trainee says so, and then in one file on this computer; where several people share the program nothing
can be. The sessions are invented, and every comparison says who coded them.
"""

import functools
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import gradio as gr

from rupture.assistant.assistant import Assistant
from rupture.codebook import Family
from rupture.detection.card import read_card
from rupture.escape import safe
from rupture.practice import store
from rupture.practice.attempt import Attempt, Mode, begin
from rupture.practice.explanations import LEVELS, SETTINGS
from rupture.practice.feedback import feedback, turn_feedback
from rupture.practice.progress import progress
from rupture.practice.reading import reference_analysis, reply_turns
from rupture.practice.reply_feedback import example_words, reply_feedback
from rupture.practice.returning import Answer
from rupture.practice.sets import PracticeSession, Wish, practice_sessions
from rupture.practice.wording import said
from rupture.report import sources
from rupture.resources import MODEL
from rupture.ui import practice_script, scripts
from rupture.ui.feedback_view import feedback_html, moment_html
from rupture.ui.mishaps import said_of
from rupture.ui.practice_desk import (
    PracticeDesk,
    Told,
    cleared,
    finished,
    looked_again,
    next_session,
    returned,
    shown,
    undecided,
    waiting,
)
from rupture.words import risk_notice

_ANY = "any"
_READING = [("turn by turn", Mode.TURN_BY_TURN.value), ("all of it first", Mode.WHOLE.value)]
Update = Mapping[Any, Any]


@dataclass(frozen=True, slots=True)
class Practice:
    """Everything on the tab that changes or is clicked. `file` is where attempts may be kept, None where nothing may be."""

    file: Path | None
    desk: gr.State
    level: gr.Dropdown
    family: gr.Dropdown
    setting: gr.Dropdown
    reading: gr.Radio
    strategies: gr.Checkbox
    begin: gr.Button
    again: gr.Button
    note: gr.HTML
    coding: gr.HTML
    feedback: gr.HTML
    course: gr.HTML
    keep: gr.Checkbox
    forget: gr.Button
    sure: gr.Textbox

    @property
    def outputs(self) -> list[Any]:
        """Every component a handler may change."""
        return [self.desk, self.again, self.note, self.coding, self.feedback, self.course, self.keep, self.forget]


def build_practice(file: Path | None, time_to_live: float) -> Practice:
    """Lays the tab out inside the open blocks."""
    parts: dict[str, Any] = {"file": file, "desk": gr.State(PracticeDesk(), time_to_live=time_to_live)}
    gr.HTML(f"<h2>Practice</h2><p>{safe(said('screen.intro'))}</p>", elem_id="practice-intro", apply_default_css=False)
    with gr.Row(elem_id="practice-wish"):
        levels = [(_ANY, 0), *((f"{level}", level) for level in LEVELS)]
        families = [(_ANY, ""), *((family.value, family.value) for family in (Family.WITHDRAWAL, Family.CONFRONTATION))]
        settings = [(_ANY, ""), *((setting.replace("_", " and "), setting) for setting in SETTINGS)]
        parts["level"] = gr.Dropdown(levels, value=0, label="Level", filterable=False, min_width=90)
        parts["family"] = gr.Dropdown(families, value="", label="Kind", filterable=False, min_width=120)
        parts["setting"] = gr.Dropdown(settings, value="", label="Setting", filterable=False, min_width=120)
        parts["reading"] = gr.Radio(_READING, value=_READING[0][1], label="Read", min_width=280)
        parts["strategies"] = gr.Checkbox(False, label="The therapist's answers too", min_width=160)
    with gr.Row(elem_id="practice-buttons"):
        parts["begin"] = gr.Button("Begin a session", variant="primary", elem_id="practice-begin")
        parts["again"] = gr.Button("Look again", elem_id="practice-again", visible=False)
    parts["note"] = gr.HTML("", elem_id="practice-note", apply_default_css=False)
    parts["coding"] = gr.HTML("", elem_id="coding", js_on_load=practice_script.CODING, apply_default_css=False)
    parts["feedback"] = gr.HTML("", elem_id="practice-feedback", apply_default_css=False)
    parts["course"] = gr.HTML("", elem_id="practice-course", apply_default_css=False)
    with gr.Row(elem_id="practice-keep", visible=file is not None):
        parts["keep"] = gr.Checkbox(False, label=said("screen.keep"), info=str(file or ""))
        parts["forget"] = gr.Button("Forget what is kept", size="sm", elem_id="practice-forget", visible=False)
    parts["sure"] = gr.Textbox(visible=False)
    return Practice(**parts)


class Practising:
    """The handlers of the tab. `assistant` is a call that waits until the assistant has been built."""

    def __init__(self, tab: Practice, assistant: Callable[[], Assistant]) -> None:
        self.tab = tab
        self.assistant = assistant

    def connect(self, tab: gr.Tab) -> None:
        """Binds every event; `tab` brings in what is kept when it is opened."""
        here = self.tab
        wish = [here.level, here.family, here.setting, here.reading, here.strategies]
        self._on(tab.select, self.opened, [here.desk])
        for begun in (
            self._on(here.begin.click, self.begin, [here.desk, *wish, here.sure], js=practice_script.LEAVE),
            self._on(here.again.click, self.look_again, [here.desk, here.sure], js=practice_script.LEAVE),
        ):
            begun.then(None, None, None, js=practice_script.BEGIN)
        self._on(here.coding.apply, self.compare, [here.desk, here.keep]).then(None, None, None, js=practice_script.TO_FEEDBACK)
        self._on(here.forget.click, self.forget, [here.desk, here.sure], js=scripts.REALLY)

    def _on(self, event: Any, handler: Callable[..., Iterator[Update]], inputs: list[Any], js: str | None = None) -> Any:
        return event(self._told(handler), inputs, self.tab.outputs, api_visibility="private", show_progress="hidden", js=js)

    def _told(self, handler: Callable[..., Iterator[Update]]) -> Callable[..., Iterator[Update]]:
        """What `handler` gives, with a note of what went wrong in place of the rest. What comes late is heard only while no other
        session was begun and nothing was forgotten since."""

        # Gradio looks at the handler's own parameters for the one that takes the event.
        @functools.wraps(handler, assigned=("__name__", "__doc__", "__annotations__"))
        def run(*given: Any) -> Iterator[Update]:
            lane = given[0].lane
            mine: int | None = None
            so_far: dict[Any, Any] = {self.tab.note: ""}
            try:
                for update in handler(*given):
                    if mine not in (None, lane.last):
                        return
                    mine = lane.last
                    so_far |= update
                    yield {**so_far}
                    # Said once: by the next update the trainee may be at another session.
                    so_far.pop(self.tab.desk, None)
                    so_far.pop(self.tab.coding, None)
                if mine is None:
                    # Where nothing is given at all, Gradio would empty every output.
                    yield {self.tab.note: gr.skip()}
            except Exception as error:
                note = f'<p role="alert">{safe(said_of(error, handler.__name__))}</p>'
                if mine in (None, lane.last):
                    yield {**so_far, self.tab.note: note}

        return run

    def opened(self, desk: PracticeDesk) -> Iterator[Update]:
        """The tab was opened: what is kept counts too."""
        kept = self._kept()
        if not desk.attempts and not desk.answers:
            desk = replace(desk, attempts=kept.attempts, answers=kept.answers)
        there = bool(kept.attempts or kept.answers or kept.damaged)
        lines = ", ".join(map(str, kept.damaged))
        note = f"<p>{safe(said('terminal.damaged', file=self.tab.file, lines=lines))}</p>" if lines else ""
        # After the first time the box is as the trainee left it.
        keep: dict[Any, Any] = {} if desk.opened else {self.tab.keep: there}
        desk = replace(desk, opened=True)
        yield {**self._course(desk), **keep, self.tab.forget: gr.update(visible=there), self.tab.note: note}

    def begin(  # noqa: PLR0913 - one parameter a component
        self, desk: PracticeDesk, level: int, family: str, setting: str, reading: str, strategies: bool, sure: str
    ) -> Iterator[Update]:
        """The next session that is wished for."""
        if sure != "true":
            return
        wish = Wish(level or None, Family(family) if family else None, setting or None)
        chosen = next_session(desk, _sessions(), wish, seed=int(time.time()))
        if chosen is None:
            yield {self.tab.note: f"<p>{safe(said('screen.none'))}</p>"}
            return
        desk = replace(desk, attempt=begin(chosen.id, Mode(reading), _now(), strategies=strategies), moment=None)
        yield self._open(desk)

    def look_again(self, desk: PracticeDesk, sure: str) -> Iterator[Update]:
        """The first moment that is due."""
        if sure == "true":
            yield self._open(returned(desk, _sessions(), _today()))

    def compare(self, desk: PracticeDesk, keep: bool, event: gr.EventData) -> Iterator[Update]:
        """What was marked, beside what the raters marked."""
        told = Told.of(event)
        if undecided(desk, told, _sessions()):
            nothing = f"<p>{safe(said('terminal.nothing_read'))}</p>"
            yield {**self._course(replace(desk, attempt=None, moment=None)), self.tab.coding: "", self.tab.note: nothing}
        elif desk.moment is not None:
            yield from self._compare_moment(desk, told, keep)
        elif desk.attempt is not None:
            yield from self._compare_session(desk, told, keep)

    def _compare_session(self, desk: PracticeDesk, told: Told, keep: bool) -> Iterator[Update]:
        done = finished(desk, told, _now())
        attempt = done.attempts[-1]
        practice = _sessions()[attempt.session]
        found = feedback(practice, attempt)
        self._keep(attempt, keep)
        waits = {turn: [said("screen.reading")] for turn in attempt.replies}
        closed = {**self._course(done), self.tab.coding: "", **self._forgettable(keep)}
        examples = {
            reply.turn: [example_words(reply)]
            for reply in reply_turns(practice)
            if reply.turn < attempt.read and reply.turn not in attempt.replies
        }
        notice = risk_notice(reference_analysis(practice))
        yield {**closed, self.tab.feedback: feedback_html(practice.transcript, found, waits, examples, notice)}
        if waits:
            words = {turn: self._on_reply(practice, turn, text) for turn, text in attempt.replies.items()}
            yield {self.tab.feedback: feedback_html(practice.transcript, found, words, examples, notice)}

    def _compare_moment(self, desk: PracticeDesk, told: Told, keep: bool) -> Iterator[Update]:
        assert desk.moment is not None  # noqa: S101 - the caller looked
        done = looked_again(desk, told, _sessions(), _now())
        answer, practice = done.answers[-1], _sessions()[desk.moment.session]
        self._keep(answer, keep)
        found = turn_feedback(practice, desk.moment.turn, answer.codes)
        words = moment_html(practice.transcript, desk.moment.start, found, said(f"screen.{'right' if answer.right else 'back'}"))
        yield {**self._course(done), self.tab.coding: "", self.tab.feedback: words, **self._forgettable(keep)}

    def _on_reply(self, practice: PracticeSession, turn: int, text: str) -> list[str]:
        assistant = self.assistant()
        found = reply_feedback(practice, turn, text, assistant, read_card(MODEL).measured)
        passages = dict.fromkeys(id for proposal in found.proposals for id in proposal.passages)
        cited = [said("terminal.sources"), *sources(passages, assistant.guidance).splitlines()] if passages else []
        proposed = [proposal.told for proposal in found.proposals]
        return [said("terminal.your_reply", turn=turn, reply=text), *proposed, *found.told, *cited]

    def forget(self, desk: PracticeDesk, sure: str) -> Iterator[Update]:
        """Nothing is kept any more, and nothing of this tab is left."""
        if sure != "true" or self.tab.file is None:
            return
        store.forget(self.tab.file)
        desk.lane.enter()
        gone = {self.tab.keep: False, self.tab.forget: gr.update(visible=False), self.tab.feedback: "", self.tab.coding: ""}
        yield {**self._course(cleared(desk)), **gone, self.tab.note: f"<p>{safe(said('screen.forgotten'))}</p>"}

    def _open(self, desk: PracticeDesk) -> Update:
        # With a number of its own: what the page has drawn already it would leave as it is, with the codes given there.
        number, session = desk.lane.enter(), shown(desk, _sessions())
        return {self.tab.desk: desk, self.tab.coding: session and f"{session}<!-- {number} -->", self.tab.feedback: ""}

    def _course(self, desk: PracticeDesk) -> dict[Any, Any]:
        """How far the trainee has come, and what is due."""
        tab, due = self.tab, len(waiting(desk, _sessions(), _today()))
        told = "".join(f"<li>{safe(line)}</li>" for line in _course_lines(desk)) if desk.attempts else ""
        fold = f"<details><summary>{safe(said('screen.course'))}</summary><ul>{told}</ul></details>" if told else ""
        return {tab.desk: desk, tab.course: fold, tab.again: gr.update(visible=due > 0, value=f"Look again ({due} due)")}

    def _kept(self) -> store.Kept:
        return store.kept(self.tab.file) if self.tab.file else store.Kept()

    def _keep(self, entry: Attempt | Answer, keep: bool) -> None:
        if keep and self.tab.file:
            store.keep(self.tab.file, entry)

    def _forgettable(self, keep: bool) -> dict[Any, Any]:
        return {self.tab.forget: gr.update(visible=True)} if keep and self.tab.file else {}


@functools.cache
def _sessions() -> dict[str, PracticeSession]:
    return {session.id: session for session in practice_sessions()}


def _course_lines(desk: PracticeDesk) -> list[str]:
    found = progress(desk.attempts, list(_sessions().values()))
    return [*found.told, *(marker.told for marker in found.markers)]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _today() -> Any:
    return datetime.now(UTC).date()
