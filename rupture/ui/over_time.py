"""The tab of kept sessions: what stands there, and what happens to it. Nothing is kept until it is turned on; the file belongs
to whoever runs the program, so it is not offered where several people share one.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import gradio as gr

from rupture.corrections import corrected
from rupture.errors import RuptureError
from rupture.escape import safe
from rupture.kept_series import series_of
from rupture.scales import SCALES, Point
from rupture.series import read_series
from rupture.ui import scripts
from rupture.ui.desk import Desk
from rupture.ui.series_view import series_figure, series_html
from rupture.ui.words import KEEPING_OFF, KEEPING_ON, KEEPING_SHARED
from rupture.workspace import KeptSession, Workspace, client_code

_QUIET = gr.InputHTMLAttributes(autocomplete="off", spellcheck=False)


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
    session: gr.Number
    value: gr.Number
    add: gr.Button
    figures: tuple[gr.Plot, ...]
    reading: gr.HTML
    forget_client: gr.Button
    forget_all: gr.Button
    sure: gr.Textbox

    @property
    def outputs(self) -> list[Any]:
        """Every component a handler may change."""
        return [self.state, self.turn_on, self.kept, self.clients, self.reading, *self.figures]


def build_over_time(place: Path | None) -> OverTime:
    """Lays the tab out inside the open blocks."""
    parts: dict[str, Any] = {"place": place}
    parts["state"] = gr.HTML(_state(place), elem_id="over-state", apply_default_css=False)
    parts["turn_on"] = gr.Button(
        "Keep sessions on this computer", elem_id="turn-on", visible=place is not None and not place.exists()
    )
    with gr.Column(elem_id="kept", visible=place is not None and place.exists()) as parts["kept"]:
        with gr.Row(elem_id="keep-row"):
            parts["client"] = gr.Textbox(label="Code of the client, not a name", elem_id="client", html_attributes=_QUIET)
            parts["day"] = gr.Textbox(label="Date, such as 2026-03-14", elem_id="day", html_attributes=_QUIET)
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
            parts["session"] = gr.Number(None, label="At session", precision=0, minimum=1, elem_id="at-session")
            parts["value"] = gr.Number(None, label="Score, empty if left out", elem_id="value")
            parts["add"] = gr.Button("Add the score", elem_id="add")
        with gr.Row(elem_id="forget-row"):
            parts["forget_client"] = gr.Button("Forget this client", size="sm", elem_id="forget-client")
            parts["forget_all"] = gr.Button("Forget everything", size="sm", elem_id="forget-all")
        parts["sure"] = gr.Textbox(visible=False)
    return OverTime(**parts)


def _state(place: Path | None, said: str = "") -> str:
    if place is None:
        return f"<p>{safe(KEEPING_SHARED)}</p>"
    words = KEEPING_ON if place.exists() else KEEPING_OFF
    note = f'<p role="status"><b>{safe(said)}</b></p>' if said else ""
    return f"<p>{safe(words)}</p><p><code>{safe(place)}</code></p>{note}"


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
        self._on(here.forget_client.click, self.forget_client, [here.clients, here.sure], js=scripts.REALLY)
        self._on(here.forget_all.click, self.forget_all, [here.clients, here.sure], js=scripts.REALLY)

    def _on(self, event: Any, handler: Callable[..., Any], inputs: list[Any], js: str | None = None) -> None:
        event(self._told(handler), inputs, self.tab.outputs, api_visibility="private", show_progress="hidden", js=js)

    def _told(self, handler: Callable[..., tuple[str | None, str]]) -> Callable[..., dict[Any, Any]]:
        """What `handler` did, the client to look at and what to say, as the whole tab; what the user can mend is said."""

        def run(*given: Any) -> dict[Any, Any]:
            try:
                client, said = handler(*given)
                return self._shown(client, said)
            except RuptureError as error:
                return {self.tab.state: _state(self.tab.place, str(error))}

        return run

    def look(self, client: str | None) -> tuple[str | None, str]:
        """Another client."""
        return client, ""

    def turn_on(self) -> tuple[str | None, str]:
        """From now on sessions may be kept."""
        if self.tab.place is not None:
            Workspace.open(self.tab.place)
        return None, "Nothing is kept until you keep it."

    def keep(self, client: str, day: str, desk: Desk) -> tuple[str | None, str]:
        """The open session under a client's code, with what was corrected in it."""
        workspace = self._workspace()
        if workspace is None or desk.found is None:
            return client, "There is no session to keep: open one first."
        code, turns = client_code(client), desk.found.transcript.turns
        same = (k for k in workspace.sessions_of(code) if k.analysis and k.analysis.transcript.turns == turns)
        if kept := next(same, None):
            before = {row.turn: None for row in workspace.corrections_of(kept.id)}
            workspace.save_corrections(kept.id, {**before, **desk.corrections})
            return code, f"{desk.title} was kept already; what you corrected is kept with it."
        # A file's name may name somebody.
        nameless = replace(desk.found, transcript=replace(desk.found.transcript, id="session"))
        id = workspace.save_session(code, nameless, day.strip() or None, f"{len(turns)} turns")
        workspace.save_corrections(id, desk.corrections)
        return code, f"{desk.title} is kept."

    def add(self, client: str | None, scale: str, session: float | None, value: float | None) -> tuple[str | None, str]:
        """A score from a form."""
        workspace = self._workspace()
        if workspace is None or not client or session is None:
            return client, "Choose a client and say at which session the form was filled in."
        read_series([Point(int(session), value, "")], SCALES[scale])  # refuses what the scale does not have
        workspace.save_measure(client, scale, int(session), value)
        return client, "The score is kept."

    def forget_client(self, client: str | None, sure: str) -> tuple[str | None, str]:
        """All that is kept of one client."""
        workspace = self._workspace()
        if workspace is None or not client or sure != "true":
            return client, "Nothing was deleted."
        workspace.forget_client(client)
        return None, f"Nothing of {client} is kept any more."

    def forget_all(self, client: str | None, sure: str) -> tuple[str | None, str]:
        """The file itself."""
        workspace = self._workspace()
        if workspace is None or sure != "true":
            return client, "Nothing was deleted."
        workspace.forget_everything()
        return None, "The file is deleted. Backups, if this computer makes any, are not this program's to reach."

    def _workspace(self) -> Workspace | None:
        place = self.tab.place
        return Workspace.open(place) if place is not None and place.exists() else None

    def _shown(self, client: str | None, said: str) -> dict[Any, Any]:
        tab, workspace = self.tab, self._workspace()
        clients = workspace.clients() if workspace else ()
        chosen = client if client in clients else next(iter(clients), None)
        sessions = tuple(_as_read(workspace, kept) for kept in workspace.sessions_of(chosen)) if workspace and chosen else ()
        measures = workspace.measures_of(chosen) if workspace and chosen else ()
        readings = series_of(sessions, measures)
        figures = dict(zip((reading.scale.name for reading in readings), series_figure(readings), strict=True))
        told = series_html(readings, tab.place) if readings and tab.place else ""
        return {
            tab.state: _state(tab.place, said),
            tab.turn_on: gr.update(visible=tab.place is not None and workspace is None),
            tab.kept: gr.update(visible=workspace is not None),
            tab.clients: gr.update(choices=list(clients), value=chosen),
            tab.reading: f"{_listed(sessions)}{told}",
            **{
                plot: gr.update(value=figures.get(name), visible=name in figures)
                for name, plot in zip(SCALES, tab.figures, strict=True)
            },
        }


def _as_read(workspace: Workspace, kept: KeptSession) -> KeptSession:
    """The session as its reader left it, with what was corrected."""
    said = {row.turn: row.correction for row in workspace.corrections_of(kept.id) if row.correction}
    return replace(kept, analysis=corrected(kept.analysis, said)) if kept.analysis else kept


def _listed(sessions: tuple[KeptSession, ...]) -> str:
    """The kept sessions of a client in order."""
    rows = "".join(
        f'<li value="{kept.position}">{safe(kept.date or "no date")} · {safe(kept.title)}'
        f"{f' · {safe(kept.problem)}' if kept.problem else ''}</li>"
        for kept in sessions
    )
    return f'<ol class="kept">{rows}</ol>' if rows else ""
