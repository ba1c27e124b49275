"""Wires the page: each handler takes the desk, calls one pure function or one method of the assistant, and shows the desk
again.
"""

import functools
import json
import logging
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr

from rupture import formats
from rupture.assistant.assistant import Assistant
from rupture.errors import RuptureError
from rupture.privacy.masking import masked
from rupture.ui import desk as desks
from rupture.ui import scripts
from rupture.ui.desk import Desk
from rupture.ui.page import Page
from rupture.ui.report import report
from rupture.ui.show import Shown, chat_of, everything, evidence_of, remote_of, session_of

_log = logging.getLogger("rupture.ui")
Update = Mapping[Any, Any]
Handler = Callable[..., Iterator[Update]]


class Wiring:
    """The handlers of one page. `assistant` is a call that waits until the assistant has been built."""

    def __init__(self, page: Page, assistant: Callable[[], Assistant]) -> None:
        self.page = page
        self.assistant = assistant
        self.shown = Shown(page, assistant)

    def connect(self) -> None:
        """Binds every event. All share one lane, so that a slow model is never asked twice at once."""
        page = self.page
        self._on(page.box.submit, self.send, [page.box, page.desk])
        self._on(page.analyse.click, self.analyse, [page.desk, page.roles], js=scripts.CHOSEN)
        self._on(page.leave_out.click, self.leave_out, [page.desk])
        self._on(page.set_aside.click, self.set_aside, [page.desk])
        self._on(page.clear.click, self.clear, [page.desk])
        self._on(page.remote_names.submit, self.mask, [page.remote_names, page.remote_text, page.desk])
        self._on(page.remote_names.blur, self.mask, [page.remote_names, page.remote_text, page.desk])
        self._on(page.send.click, self.send_out, [page.remote_names, page.remote_text, page.desk])
        self._on(page.keep_here.click, self.keep_here, [page.desk])
        for picker in (page.moments, page.transcript, page.evidence):
            picked = self._on(picker.select, self.pick, [page.desk])
            picked.then(None, None, None, js=scripts.TO_EVIDENCE, api_visibility="private")
        for path, button in page.sample_buttons:
            self._on(button.click, functools.partial(self.sample, path), [page.desk])
        page.understood.click(lambda: gr.update(visible=False), outputs=page.consent, api_visibility="private")
        for button, save in ((page.report, self.save_report), (page.data, self.save_data)):
            saved = button.click(save, page.desk, page.download, api_visibility="private", show_progress="hidden")
            saved.then(None, page.download, page.download, js=scripts.DOWNLOAD, api_visibility="private")

    def _on(self, event: Any, handler: Handler, inputs: list[Any], js: str | None = None) -> Any:
        outputs = list(self.shown.outputs)
        happened = event(
            _guarded(handler, self.shown),
            inputs,
            outputs,
            api_visibility="private",
            show_progress="hidden",
            concurrency_id="desk",
            concurrency_limit=1,
            js=js,
        )
        return happened.then(None, None, None, js=scripts.SHOW_SELECTED, api_visibility="private")

    def send(self, message: Mapping[str, Any], desk: Desk) -> Iterator[Update]:
        """A message: a question is answered, a session waits for its speakers."""
        files = tuple(message.get("files") or ())
        try:
            desk = desks.receive(
                desk, str(message.get("text") or ""), files, lambda said: bool(self.assistant().care([said])[0].risk)
            )
        finally:
            for file in files:
                Path(file).unlink(missing_ok=True)
        yield {**chat_of(self.shown, desk), self.page.box: None}
        if desk.question and desk.reading is None:
            yield from self._answer(desk)

    def analyse(self, desk: Desk, roles: str) -> Iterator[Update]:
        """The waiting session with the roles chosen on the page."""
        yield from self._analyse(desks.set_roles(desk, json.loads(roles)))

    def _analyse(self, desk: Desk) -> Iterator[Update]:
        if desk.reading is None:
            return
        turns = len(desk.reading.transcript.turns)
        yield {**chat_of(self.shown, desk.say(f"Reading {turns} turns …")), self.page.confirm: gr.update(visible=False)}
        desk = desks.analysed(desk, self.assistant())
        yield {**session_of(self.shown, desk), **chat_of(self.shown, desk)}
        yield from self._answer(desk)

    def sample(self, path: Path, desk: Desk) -> Iterator[Update]:
        """A sample session; its labels say who is who, so nothing needs confirming."""
        yield from self._analyse(desks.with_sample(desk, formats.read_file(path)))

    def _answer(self, desk: Desk) -> Iterator[Update]:
        looked_at = None
        for answered in desks.answers(desk, self.assistant()):
            moved = answered.selected != looked_at
            looked_at = answered.selected
            yield {**chat_of(self.shown, answered), **(evidence_of(self.shown, answered) if moved else {})}
            desk = answered
        yield remote_of(self.shown, desk)

    def mask(self, names: str, user: str, desk: Desk) -> Iterator[Update]:
        """Names to leave out of what would be sent, as it stands on the screen."""
        desk = desks.with_names(desk, names)
        yield {self.page.desk: desk, self.page.remote_text: masked(user, desk.names)}

    def send_out(self, names: str, user: str, desk: Desk) -> Iterator[Update]:
        """The text on the screen goes to the remote model, without the names typed beside it."""
        desk = desks.with_names(desk, names)
        yield {self.page.remote: gr.update(visible=False)}
        for answered in desks.sent(desk, self.assistant(), masked(user, desk.names)):
            yield chat_of(self.shown, answered)
            desk = answered
        yield remote_of(self.shown, desk)

    def keep_here(self, desk: Desk) -> Iterator[Update]:
        """Nothing of this session is sent, and it is not asked again."""
        yield remote_of(self.shown, desks.keep_here(desk))

    def leave_out(self, desk: Desk) -> Iterator[Update]:
        """The waiting session is not wanted."""
        yield chat_of(self.shown, desks.drop_reading(desk))

    def pick(self, desk: Desk, event: gr.EventData) -> Iterator[Update]:
        """A turn to look at."""
        yield evidence_of(self.shown, desks.select(desk, event.turn))

    def set_aside(self, desk: Desk) -> Iterator[Update]:
        """The selected moment is read otherwise by the clinician."""
        yield session_of(self.shown, desks.set_aside(desk, self.assistant()))

    def clear(self, desk: Desk) -> Iterator[Update]:
        """Nothing of the tab is left."""
        yield everything(self.shown, Desk())

    def save_report(self, desk: Desk) -> str:
        """The report, packed for the browser to save."""
        if desk.analysis is None:
            return ""
        assistant = self.assistant()
        return _packed(
            "rupture-report.md", "text/markdown", report(desk.analysis, assistant.guidance, assistant.decisions.miss_rate)
        )

    def save_data(self, desk: Desk) -> str:
        """The analysis as JSON of schema 1, likewise."""
        if desk.analysis is None:
            return ""
        return _packed(
            "rupture-analysis.json", "application/json", json.dumps(desk.analysis.to_dict(), ensure_ascii=False, indent=1)
        )


def _packed(name: str, type: str, text: str) -> str:
    return json.dumps({"name": name, "type": type, "text": text})


def _guarded(handler: Handler, shown: Shown) -> Handler:
    """The only place that catches everything: what the user can mend is said in the chat, the rest gets an id and no words."""

    @functools.wraps(handler, assigned=("__name__", "__doc__", "__annotations__"))
    def run(*args: Any) -> Iterator[Update]:
        desk = next(arg for arg in args if isinstance(arg, Desk))
        # The page may draw only the last of several quick updates, so each one holds what came before it.
        so_far: dict[Any, Any] = {}
        try:
            for update in handler(*args):
                so_far |= update
                yield {**so_far}
        except RuptureError as error:
            yield chat_of(shown, replace(desk, reading=None, question="").say(str(error)))
        except Exception as error:
            mark = secrets.token_hex(3)
            _log.error("error %s: %s in %s", mark, type(error).__name__, getattr(handler, "__name__", "sample"))
            yield chat_of(
                shown,
                replace(desk, question="").say(
                    f"Something went wrong inside the tool (error {mark}). Your session is untouched; please try again."
                ),
            )

    return run
