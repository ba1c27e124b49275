"""The tab of kept sessions: what stands there, and what happens to it. Nothing is kept until it is turned on; the file belongs
to whoever runs the program, so it is not offered where several people share one.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import isfinite, nan
from pathlib import Path
from typing import Any, NamedTuple

import gradio as gr

from rupture.corrections import corrected
from rupture.escape import safe
from rupture.kept_series import series_of
from rupture.scales import SCALES, Point
from rupture.series import read_series
from rupture.ui import scripts
from rupture.ui.desk import Desk
from rupture.ui.fields import QUIET
from rupture.ui.kept_view import choices, listed_html, placed
from rupture.ui.mishaps import said_of
from rupture.ui.series_view import series_figure, series_html
from rupture.ui.words import KEEPING_OFF, KEEPING_ON, KEEPING_SHARED, KEEPING_UNKNOWN
from rupture.workspace import KeptSession, Workspace, client_code
from rupture.workspace_file import WorkspaceError, is_there


@dataclass(frozen=True, slots=True)
class OverTime:
    """Everything on the tab that changes or is clicked. `place` is where the file is or would be, None where nothing may be
    kept."""

    place: Path | None
    state: gr.HTML
    turn_on: gr.Button
    kept: gr.Column
    client: gr.Textbox
    day: gr.Textbox
    keep: gr.Button
    clients: gr.Dropdown
    scale: gr.Dropdown
    session: gr.Textbox
    value: gr.Textbox
    add: gr.Button
    figures: tuple[gr.Plot, ...]
    reading: gr.HTML
    sessions: gr.Dropdown
    forget_session: gr.Button
    forget_client: gr.Button
    forget_all: gr.Button
    sure: gr.Textbox

    @property
    def outputs(self) -> list[Any]:
        """Every component a handler may change."""
        return [self.state, self.turn_on, self.kept, self.clients, self.reading, self.sessions, *self.figures]


class Done(NamedTuple):
    """What a handler leaves: the workspace, None where there is none, the client to look at, and what to say."""

    workspace: Workspace | None
    client: str | None = None
    said: str = ""


def build_over_time(place: Path | None) -> OverTime:
    """Lays the tab out inside the open blocks."""
    parts: dict[str, Any] = {"place": place}
    there = _there(place)
    parts["state"] = gr.HTML(_state(place), elem_id="over-state", apply_default_css=False)
    parts["turn_on"] = gr.Button("Keep sessions on this computer", elem_id="turn-on", visible=place is not None and not there)
    with gr.Column(elem_id="kept", visible=there) as parts["kept"]:
        with gr.Row(elem_id="keep-row"):
            parts["client"] = gr.Textbox(label="Code of the client, not a name", elem_id="client", html_attributes=QUIET)
            parts["day"] = gr.Textbox(label="Date, such as 2026-03-14", elem_id="day", html_attributes=QUIET)
            parts["keep"] = gr.Button("Keep the open session", elem_id="keep")
        parts["clients"] = gr.Dropdown([], value=None, label="Look at", elem_id="clients", filterable=False)
        parts["figures"] = tuple(
            gr.Plot(show_label=False, container=False, visible=False, label=f"{name} over time") for name in SCALES
        )
        parts["reading"] = gr.HTML("", elem_id="over-reading", apply_default_css=False)
        with gr.Row(elem_id="measure-row"):
            typed = [name for name, scale in SCALES.items() if not scale.from_transcript]
            parts["scale"] = gr.Dropdown(
                typed, value=typed[0], label="A form the client filled in", elem_id="scale", filterable=False
            )
            # Gradio's field for numbers cannot be empty: it shows 0, which is a score.
            parts["session"] = gr.Textbox(label="At session", elem_id="at-session", html_attributes=QUIET)
            parts["value"] = gr.Textbox(label="Score, empty if left out", elem_id="value", html_attributes=QUIET)
            parts["add"] = gr.Button("Add the score", elem_id="add")
        with gr.Row(elem_id="forget-row"):
            parts["sessions"] = gr.Dropdown([], value=None, label="A kept session", elem_id="sessions", filterable=False)
            parts["forget_session"] = gr.Button("Forget this session", size="sm", elem_id="forget-session")
            parts["forget_client"] = gr.Button("Forget this client", size="sm", elem_id="forget-client")
            parts["forget_all"] = gr.Button("Forget everything", size="sm", elem_id="forget-all")
        parts["sure"] = gr.Textbox(visible=False)
    return OverTime(**parts)


def _state(place: Path | None, said: str = "") -> str:
    if place is None:
        return f"<p>{safe(KEEPING_SHARED)}</p>"
    try:
        words = KEEPING_ON if is_there(place) else KEEPING_OFF
    except WorkspaceError as error:
        words, said = KEEPING_UNKNOWN, said or str(error)
    note = f'<p role="status"><b>{safe(said)}</b></p>' if said else ""
    return f"<p>{safe(words)}</p><p><code>{safe(place)}</code></p>{note}"


def _there(place: Path | None) -> bool:
    """Whether there is a file to look into; not where that cannot be told, which `_state` says."""
    try:
        return place is not None and is_there(place)
    except WorkspaceError:
        return False


class Keeping:
    """The handlers of the tab."""

    def __init__(self, tab: OverTime) -> None:
        self.tab = tab

    def connect(self, tab: gr.Tab, desk: gr.State) -> None:
        """Binds every event; `tab` shows what is kept when it is opened, and `desk` has the session that may be kept."""
        here = self.tab
        self._on(tab.select, self.look, [here.clients])
        self._on(here.turn_on.click, self.turn_on, [])
        self._on(here.keep.click, self.keep, [here.client, here.day, desk])
        self._on(here.clients.input, self.look, [here.clients])
        self._on(here.add.click, self.add, [here.clients, here.scale, here.session, here.value])
        session = [here.clients, here.sessions, here.sure]
        self._on(here.forget_session.click, self.forget_session, session, js=scripts.REALLY_SESSION)
        self._on(here.forget_client.click, self.forget_client, [here.clients, here.sure], js=scripts.REALLY)
        self._on(here.forget_all.click, self.forget_all, [here.clients, here.sure], js=scripts.REALLY)

    def _on(self, event: Any, handler: Callable[..., Done], inputs: list[Any], js: str | None = None) -> None:
        event(self._told(handler), inputs, self.tab.outputs, api_visibility="private", show_progress="hidden", js=js)

    def _told(self, handler: Callable[..., Done]) -> Callable[..., dict[Any, Any]]:
        """What `handler` did with the workspace, which is opened once an event, as the whole tab; or what went wrong."""

        def run(*given: Any) -> dict[Any, Any]:
            place = self.tab.place
            try:
                workspace = Workspace.open(place) if place is not None and is_there(place) else None
                return self._shown(handler(workspace, *given))
            except Exception as error:
                return {self.tab.state: _state(place, said_of(error, handler.__name__))}

        run.__name__ = handler.__name__
        return run

    def look(self, workspace: Workspace | None, client: str | None) -> Done:
        """Another client."""
        return Done(workspace, client)

    def turn_on(self, workspace: Workspace | None) -> Done:
        """From now on sessions may be kept."""
        if workspace is None and self.tab.place is not None:
            workspace = Workspace.open(self.tab.place)
        return Done(workspace, None, "Nothing is kept until you keep it.")

    def keep(self, workspace: Workspace | None, client: str, day: str, desk: Desk) -> Done:
        """The open session under a client's code, with what was corrected in it."""
        if workspace is None or desk.found is None:
            return Done(workspace, client, "There is no session to keep: open one first.")
        code, turns = client_code(client), desk.found.transcript.turns
        before = workspace.sessions_of(code)
        if kept := next((k for k in before if k.analysis and k.analysis.transcript.turns == turns), None):
            taken_back = {row.turn: None for row in workspace.corrections_of(kept.id)}
            workspace.save_corrections(kept.id, {**taken_back, **desk.corrections})
            said = f"{desk.title} was kept already, as session {kept.position} of {code}; what you corrected is kept with it."
            return Done(workspace, code, said)
        # A file's name may name somebody.
        nameless = replace(desk.found, transcript=replace(desk.found.transcript, id="session"))
        id = workspace.save_session(code, nameless, day.strip() or None, f"{len(turns)} turns")
        workspace.save_corrections(id, desk.corrections)
        where = placed(before, workspace.sessions_of(code), id, workspace.measures_of(code))
        return Done(workspace, code, f"{desk.title} is kept. {where}")

    def add(self, workspace: Workspace | None, client: str | None, scale: str, session: str, value: str) -> Done:
        """A score from a form."""
        if workspace is None or not client or not session.strip():
            return Done(workspace, client, "Choose a client and say at which session the form was filled in.")
        position, score = int(_number(session, whole=True)), _number(value) if value.strip() else None
        read_series([Point(position, score, "")], SCALES[scale])  # refuses what the scale does not have
        workspace.save_measure(client, scale, position, score)
        return Done(workspace, client, "The score is kept.")

    def forget_session(self, workspace: Workspace | None, client: str | None, session: int | None, sure: str) -> Done:
        """All that is kept of one session."""
        sessions = workspace.sessions_of(client) if workspace and client else ()
        kept = next((kept for kept in sessions if kept.id == session), None)
        if workspace is None or kept is None or sure != "true":
            return Done(workspace, client, "Nothing was deleted.")
        workspace.forget_session(kept.id)
        gone = f"Session {kept.position} of {client} is forgotten, with its corrections and the scores typed in for it."
        return Done(workspace, client, f"{gone} The others keep their numbers.")

    def forget_client(self, workspace: Workspace | None, client: str | None, sure: str) -> Done:
        """All that is kept of one client."""
        if workspace is None or not client or sure != "true":
            return Done(workspace, client, "Nothing was deleted.")
        workspace.forget_client(client)
        return Done(workspace, None, f"Nothing of {client} is kept any more.")

    def forget_all(self, workspace: Workspace | None, client: str | None, sure: str) -> Done:
        """The file itself."""
        if workspace is None or sure != "true":
            return Done(workspace, client, "Nothing was deleted.")
        workspace.forget_everything()
        return Done(None, None, "The file is deleted. Backups, if this computer makes any, are not this program's to reach.")

    def _shown(self, done: Done) -> dict[Any, Any]:
        tab, workspace = self.tab, done.workspace
        clients = workspace.clients() if workspace else ()
        chosen = done.client if done.client in clients else next(iter(clients), None)
        sessions = tuple(_as_read(workspace, kept) for kept in workspace.sessions_of(chosen)) if workspace and chosen else ()
        measures = workspace.measures_of(chosen) if workspace and chosen else ()
        readings = series_of(sessions, measures)
        figures = dict(zip((reading.scale.name for reading in readings), series_figure(readings), strict=True))
        told = series_html(readings, tab.place) if readings and tab.place else ""
        return {
            tab.state: _state(tab.place, done.said),
            tab.turn_on: gr.update(visible=tab.place is not None and workspace is None),
            tab.kept: gr.update(visible=workspace is not None),
            tab.clients: gr.update(choices=list(clients), value=chosen),
            tab.sessions: gr.update(choices=choices(sessions), value=None),
            tab.reading: f"{listed_html(sessions)}{told}",
            **{
                plot: gr.update(value=figures.get(name), visible=name in figures)
                for name, plot in zip(SCALES, tab.figures, strict=True)
            },
        }


def _number(typed: str, *, whole: bool = False) -> float:
    """The number that was `typed`, with a point or a comma. WorkspaceError when it is none, or not a `whole` one."""
    try:
        number = float(typed.strip().replace(",", "."))
    except ValueError:
        number = nan
    if not isfinite(number) or (whole and not number.is_integer()):
        raise WorkspaceError(
            f"found something else than a {'whole ' if whole else ''}number; give one such as {3 if whole else 34.5}"
        )
    return number


def _as_read(workspace: Workspace, kept: KeptSession) -> KeptSession:
    """The session as its reader left it, with what was corrected."""
    said = {row.turn: row.correction for row in workspace.corrections_of(kept.id) if row.correction}
    return replace(kept, analysis=corrected(kept.analysis, said)) if kept.analysis else kept
