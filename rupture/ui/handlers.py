"""Wires the page: each handler takes the desk, calls one pure function or one method of the assistant, and shows the desk
again.
"""

import functools
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr

from rupture import formats
from rupture.assistant.assistant import Assistant
from rupture.corrections import Correction, Verdict
from rupture.escape import safe
from rupture.privacy.masking import masked
from rupture.ui import desk as desks
from rupture.ui import scripts
from rupture.ui.desk import Desk
from rupture.ui.intake_view import preview_html
from rupture.ui.mishaps import said_of
from rupture.ui.over_time import Keeping
from rupture.ui.page import Page
from rupture.ui.practice import Practising
from rupture.ui.practice_desk import PracticeDesk
from rupture.ui.show import Shown, chat_of, everything, evidence_of, panel, practice_cleared, remote_of, session_of
from rupture.ui.take_away import saved
from rupture.ui.words import BROKEN_OFF

Update = Mapping[Any, Any]
Handler = Callable[..., Iterator[Update]]
_AT_ONCE = 4
"""Events that run side by side: an answer does not wait for another user's long session."""


class Wiring:
    """The handlers of one page. `assistant` is a call that waits until the assistant has been built."""

    def __init__(self, page: Page, assistant: Callable[[], Assistant]) -> None:
        self.page = page
        self.assistant = assistant
        self.shown = Shown(page, assistant)

    def connect(self) -> None:
        """Binds every event."""
        page = self.page
        Keeping(page.over_time).connect(page.over_time_tab, page.desk)
        Practising(page.practice, self.assistant).connect(page.practice_tab)
        asked = [page.desk, page.looking]
        running = [
            self._on(page.box.submit, self.send, [page.box, *asked]),
            self._on(page.analyse.click, self.analyse, [page.desk, page.roles, page.hide], js=scripts.CHOSEN),
            self._on(page.send.click, self.send_out, [page.remote_names, page.remote_text, page.desk]),
        ]
        for path, button in page.sample_buttons:
            running.append(self._on(button.click, functools.partial(self.sample, path), [page.desk]))
        for question, button in page.question_buttons:
            running.append(self._on(button.click, functools.partial(self.ask, question), asked))
        running.append(self._on(page.evidence.apply, self.correct, [page.desk]))
        left = [page.stop, page.remote, *self.shown.chat_outputs]
        page.stop.click(self.stopped, page.desk, left, cancels=running, api_visibility="private", queue=False)
        self._on(page.leave_out.click, self.leave_out, [page.desk])
        self._on(page.shelf.select, self.take, asked)
        self._on(page.clear.click, self.clear, [page.desk])
        at_once: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden", "queue": False}
        page.clear.click(self.clear_practice, page.practice.desk, page.practice.outputs, **at_once)
        for begun in (page.practice.begin, page.practice.again):
            begun.click(self.can_clear, None, page.clear, **at_once)
        self._on(page.remote_names.submit, self.mask, [page.remote_names, page.remote_text, page.desk])
        self._on(page.remote_names.blur, self.mask, [page.remote_names, page.remote_text, page.desk])
        self._on(page.keep_here.click, self.keep_here, [page.desk])
        page.box.change(
            self.preview, page.box, page.preview, api_visibility="private", show_progress="hidden", trigger_mode="always_last"
        )
        for picker in (page.moments, page.transcript, page.evidence, page.facts):
            # A look at another turn never waits for an answer that is being written, and takes nothing from it.
            picked = picker.select(
                self.pick,
                page.desk,
                [page.looking, page.evidence],
                api_visibility="private",
                show_progress="hidden",
                trigger_mode="always_last",
                concurrency_id="look",
                concurrency_limit=_AT_ONCE,
            )
            shown = picked.then(None, None, None, js=scripts.SHOW_SELECTED, api_visibility="private")
            shown.then(None, None, None, js=scripts.TO_EVIDENCE, api_visibility="private")
        page.understood.click(lambda: gr.update(visible=False), outputs=page.consent, api_visibility="private")
        made = page.take_away.download(
            self.save, page.desk, [page.download, page.save_note], api_visibility="private", show_progress="hidden"
        )
        made.then(None, page.download, page.download, js=scripts.DOWNLOAD, api_visibility="private")

    def _on(self, event: Any, handler: Handler, inputs: list[Any], js: str | None = None) -> Any:
        happened = event(
            _guarded(handler, self.shown),
            inputs,
            list(self.shown.outputs),
            api_visibility="private",
            show_progress="hidden",
            concurrency_id="desk",
            concurrency_limit=_AT_ONCE,
            # By default the page would ignore every later press of what was stopped once.
            trigger_mode="multiple",
            js=js,
        )
        happened.then(None, None, None, js=scripts.SHOW_SELECTED, api_visibility="private")
        return happened

    def send(self, message: Mapping[str, Any], desk: Desk, looking: int | None) -> Iterator[Update]:
        """A message: a question is answered, a session waits for its speakers."""
        text, files = str(message.get("text") or ""), tuple(message.get("files") or ())
        waited = desk.reading
        try:
            desk = self._received(desks.look(desk, looking), text, files)
        except Exception:
            if files:  # They are deleted: the next message would name them again, beside the file that was mended.
                yield {self.page.box: {"text": text, "files": []}}
            raise
        yield {**chat_of(self.shown, desk), self.page.box: None}
        if desk.reading is None and desk.question:
            yield from self._answer(desk)
        elif desk.reading is not None:
            # Names that were typed for the session that waits stay typed while something else is asked.
            yield {**session_of(self.shown, desk), **({} if desk.reading is waited else {self.page.hide: ""})}

    def _received(self, desk: Desk, text: str, files: tuple[str, ...]) -> Desk:
        try:
            return desks.receive(desk, text, files, lambda said: bool(self.assistant().care([said])[0].risk))
        finally:
            for file in files:
                Path(file).unlink(missing_ok=True)

    def ask(self, question: str, desk: Desk, looking: int | None) -> Iterator[Update]:
        """One of the questions that are offered."""
        desk = desks.ask(desks.look(desk, looking), question)
        yield chat_of(self.shown, desk)
        yield from self._answer(desk)

    def analyse(self, desk: Desk, roles: str, names: str) -> Iterator[Update]:
        """The waiting session with the roles chosen on the page, without the names typed there."""
        yield from self._analyse(desks.with_names(desks.set_roles(desk, json.loads(roles)), names))

    def _analyse(self, desk: Desk) -> Iterator[Update]:
        if desk.reading is None:
            return
        turns = len(desk.reading.transcript.turns)
        reading = {**chat_of(self.shown, desk.say(f"Reading {turns} turns …")), self.page.desk: desk}
        yield {**reading, self.page.confirm: gr.update(visible=False), self.page.stop: gr.update(visible=True)}
        desk = desks.analysed(desk, self.assistant())
        yield {**session_of(self.shown, desk), **chat_of(self.shown, desk), self.page.hide: ""}
        yield from self._answer(desk)

    def sample(self, path: Path, desk: Desk) -> Iterator[Update]:
        """A sample session; its labels say who is who, so nothing needs confirming."""
        yield from self._analyse(desks.with_sample(desk, formats.read_file(path)))

    def _answer(self, desk: Desk) -> Iterator[Update]:
        # The panel moves only where the answer is about another turn: meanwhile the reader may have gone elsewhere.
        looked_at = desk.selected
        desk.lane.writing = True
        yield {self.page.stop: gr.update(visible=True)}
        for answered in desks.answers(desk, self.assistant()):
            moved = answered.selected != looked_at
            looked_at = answered.selected
            yield {**chat_of(self.shown, answered), **(evidence_of(self.shown, answered) if moved else {})}
            desk = answered
        yield {**remote_of(self.shown, desk), self.page.stop: gr.update(visible=False)}
        desk.lane.writing = False

    def preview(self, message: Mapping[str, Any]) -> str:
        """What the text in the box looks like, before it is sent."""
        try:
            return preview_html(str((message or {}).get("text") or ""))
        except Exception as error:
            return _note(error, "preview")

    def take(self, desk: Desk, looking: int | None, event: gr.EventData) -> Iterator[Update]:
        """Another of the open sessions."""
        taken = desks.take(desks.look(desk, looking), event.session)
        yield {**session_of(self.shown, taken), **chat_of(self.shown, taken), self.page.hide: ""}

    def correct(self, desk: Desk, event: gr.EventData) -> Iterator[Update]:
        """What the reader says to a turn. An answer that waited for its first sentence meanwhile is given all the same, and where
        half of one stands that is said."""
        said = Correction(event.turn, Verdict(event.verdict), tuple(event.codes))
        desk = desks.correct(desk, said, self.assistant())
        yield session_of(self.shown, desk)
        if desk.lane.broke_off and desk.said[-1].role == "user":
            yield from self._answer(desk)
        elif desk.lane.broke_off and desk.said[-1].reply:
            yield chat_of(self.shown, desk.say(BROKEN_OFF))

    def mask(self, names: str, user: str, desk: Desk) -> Iterator[Update]:
        """Names to leave out of what would be sent, as it stands on the screen."""
        desk = desks.with_names(desk, names)
        yield {self.page.desk: desk, self.page.remote_text: masked(user, desk.names)}

    def send_out(self, names: str, user: str, desk: Desk) -> Iterator[Update]:
        """The text on the screen goes to the remote model, without the names typed beside it."""
        desk = desks.with_names(desk, names)
        waiting = desk.conversation
        desk.lane.writing = True
        yield {self.page.desk: desk, self.page.remote: gr.update(visible=False), self.page.stop: gr.update(visible=True)}
        for answered in desks.sent(desk, self.assistant(), masked(user, desk.names)):
            # Until the answer is whole, its text still waits: after Stop it can be sent again.
            yield {**chat_of(self.shown, answered), self.page.desk: replace(answered, conversation=waiting)}
            desk = answered
        yield {**remote_of(self.shown, desk), self.page.stop: gr.update(visible=False)}
        desk.lane.writing = False

    def stopped(self, desk: Desk) -> Update:
        """What was running has been stopped. A session that waited for its speakers waits again, and so does a text that was to
        be sent, as its reader left it in the panel."""
        desk.lane.enter()
        left = desk if desk.reading else replace(desk, question="")
        try:
            offered = left.conversation.waiting is not None and desks.outgoing(left, self.assistant()) is not None
            stopped = chat_of(self.shown, left.say("Stopped."))
        except Exception as error:
            offered, stopped = False, chat_of(self.shown, left.say(said_of(error, "stopped")))
        return {**stopped, self.page.remote: gr.update(visible=offered), self.page.stop: gr.update(visible=False)}

    def keep_here(self, desk: Desk) -> Iterator[Update]:
        """Nothing of this session is sent, and it is not asked again."""
        yield remote_of(self.shown, desks.keep_here(desk))

    def leave_out(self, desk: Desk) -> Iterator[Update]:
        """The waiting session is not wanted."""
        dropped = desks.drop_reading(desk)
        yield {**session_of(self.shown, dropped), **chat_of(self.shown, dropped), self.page.hide: ""}

    def pick(self, desk: Desk, event: gr.EventData) -> tuple[int | None, str]:
        """A turn to look at."""
        try:
            turn = desks.look(desk, event.turn).selected
            return turn, panel(self.shown, desk, turn)
        except Exception as error:
            return desk.selected, _note(error, "pick")

    def clear(self, desk: Desk) -> Iterator[Update]:
        """Nothing of the tab is left."""
        yield everything(self.shown, desks.cleared(desk))

    def clear_practice(self, practised: PracticeDesk) -> Update:
        """Nor is anything of what was practised, and what is still being said about it is not heard."""
        practised.lane.enter()
        return practice_cleared(self.page, practised)

    def can_clear(self) -> Update:
        """Practice was begun, which can be cleared too."""
        return {self.page.clear: gr.update(visible=True)}

    def save(self, desk: Desk, event: gr.EventData) -> tuple[str, str]:
        """A file for the browser to save, or why there is none."""
        try:
            return saved(desk, str(event.save), self.assistant(), mask=bool(event.mask)), ""
        except Exception as error:
            return "", _note(error, "save")


def _note(error: Exception, where: str) -> str:
    """What is said of an error in a place of its own."""
    return f"<p>{safe(said_of(error, where))}</p>"


def _guarded(handler: Handler, shown: Shown) -> Handler:
    """What every event of the desk goes through: only the last one of a tab is heard, so that nothing that was cleared or left
    comes back; what the user can mend is said in the chat, the rest gets an id and no words."""

    @functools.wraps(handler, assigned=("__name__", "__doc__", "__annotations__"))
    def run(*args: Any) -> Iterator[Update]:
        desk = next(arg for arg in args if isinstance(arg, Desk))
        mine = desk.lane.enter()
        # The page may draw only the last of several quick updates, so each one holds what came before it.
        so_far: dict[Any, Any] = {shown.page.stop: gr.update(visible=False)}
        try:
            for update in handler(*args):
                if desk.lane.last != mine:
                    if len(so_far) == 1:
                        # Where nothing at all is yielded, Gradio empties every part of the page.
                        yield {shown.page.stop: gr.skip()}
                    return
                so_far |= update
                yield {**so_far}
                # The panel is said once: by the next update the reader may be at another turn.
                so_far.pop(shown.page.evidence, None)
                so_far.pop(shown.page.looking, None)
            return
        except Exception as error:
            said = said_of(error, getattr(handler, "__name__", "sample"))
        left = replace(so_far.get(shown.page.desk, desk), question="")
        yield {**so_far, **chat_of(shown, left.say(said)), shown.page.stop: gr.update(visible=False)}

    return run
