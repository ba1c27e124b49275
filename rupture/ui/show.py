"""From a desk to what the components show. One function a part of the screen, so that a question does not send the transcript
again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr

from rupture.analysis import State
from rupture.assistant.assistant import Assistant
from rupture.escape import safe
from rupture.ui.chat import messages
from rupture.ui.desk import Desk, outgoing
from rupture.ui.evidence_view import evidence_html
from rupture.ui.intake_view import shelf_html, speakers_html
from rupture.ui.page import Page
from rupture.ui.practice_desk import PracticeDesk, cleared
from rupture.ui.session_view import outcome_html, risk_html, session_html
from rupture.ui.timeline import timeline
from rupture.ui.transcript_view import conversation_html, filters_html, moments_html
from rupture.ui.words import FOLLOW_UP, PLACEHOLDER, remote_words


@dataclass(frozen=True, slots=True)
class Shown:
    """The page and where the guidance comes from."""

    page: Page
    assistant: Callable[[], Assistant]

    @property
    def outputs(self) -> tuple[Any, ...]:
        """Every component a handler may change."""
        page = self.page
        return (
            *self.chat_outputs,
            page.risk,
            page.hide,
            page.stop,
            page.remote,
            page.remote_words,
            page.remote_names,
            page.remote_text,
            page.remote_rest,
            page.box,
            page.session,
            page.outcome,
            page.moments,
            page.timeline,
            page.filters,
            page.transcript,
            page.evidence,
            page.facts,
            page.looking,
        )

    @property
    def chat_outputs(self) -> tuple[Any, ...]:
        """The components of `chat_of`."""
        page = self.page
        return (
            page.desk,
            page.chat,
            page.confirm,
            page.speakers,
            page.shelf,
            page.preview,
            page.clear,
            page.questions,
            page.samples,
        )


def chat_of(shown: Shown, desk: Desk) -> Mapping[Any, Any]:
    """The chat column."""
    page = shown.page
    answered = any(entry.reply for entry in desk.said)
    speakers = speakers_html(desk.reading, desk.roles) if desk.reading else ""
    return {
        page.desk: desk,
        page.chat: messages(desk.said, shown.assistant().guidance if answered else None),
        page.confirm: gr.update(visible=desk.reading is not None),
        page.speakers: speakers,
        page.shelf: shelf_html([other.title for other in desk.shelf]),
        page.preview: "",
        page.clear: gr.update(visible=bool(desk.said)),
        page.questions: gr.update(visible=desk.analysis is not None and desk.reading is None),
        page.samples: gr.update(visible=not desk.said and bool(page.sample_buttons)),
    }


def remote_of(shown: Shown, desk: Desk) -> Mapping[Any, Any]:
    """What a remote model would be sent for the last answer, if there is such a model and the user has not said no."""
    page, assistant = shown.page, shown.assistant()
    told = outgoing(desk, assistant)
    if told is None or assistant.chat is None:
        return {page.desk: desk, **_nothing_to_send(page)}
    return {
        page.desk: desk,
        page.remote: gr.update(visible=True),
        page.remote_words: f"<p>{safe(remote_words(assistant.chat.host))}</p>",
        page.remote_names: ", ".join(desk.names),
        page.remote_text: told.user,
        page.remote_rest: told.system,
    }


def _nothing_to_send(page: Page) -> Mapping[Any, Any]:
    return {page.remote: gr.update(visible=False), page.remote_names: "", page.remote_text: "", page.remote_rest: ""}


def session_of(shown: Shown, desk: Desk) -> Mapping[Any, Any]:
    """The session column, and the risk notice over everything."""
    page, analysis = shown.page, desk.analysis
    if analysis is None:
        return {
            page.desk: desk,
            **_nothing_to_send(page),
            page.risk: "",
            page.session: gr.update(visible=False),
            page.box: gr.update(placeholder=PLACEHOLDER),
        }
    assistant = shown.assistant()
    figure = timeline(analysis)
    return {
        **evidence_of(shown, desk),
        **remote_of(shown, desk),
        page.risk: risk_html(analysis),
        page.session: gr.update(visible=True),
        page.outcome: outcome_html(analysis, assistant.decisions.miss_rate),
        page.moments: moments_html(analysis, desk.selected),
        page.timeline: gr.update(value=figure, visible=figure is not None),
        page.filters: filters_html(analysis),
        page.transcript: conversation_html(analysis, desk.selected, desk.corrections),
        page.facts: session_html(analysis, assistant.decisions.miss_rate) if analysis.state is not State.NOT_ANALYSED else "",
        page.box: gr.update(placeholder=FOLLOW_UP),
    }


def evidence_of(shown: Shown, desk: Desk) -> Mapping[Any, Any]:
    """The panel of the selected turn."""
    page, analysis = shown.page, desk.analysis
    if analysis is None:
        return {page.desk: desk}
    return {page.desk: desk, page.looking: desk.selected, page.evidence: panel(shown, desk, desk.selected)}


def panel(shown: Shown, desk: Desk, turn: int | None) -> str:
    """What is to be seen and said about one turn of the session on the desk."""
    if desk.analysis is None:
        return ""
    return evidence_html(desk.analysis, turn, shown.assistant().guidance, desk.corrections)


def everything(shown: Shown, desk: Desk) -> Mapping[Any, Any]:
    """The whole screen, emptied of what an earlier desk left."""
    page = shown.page
    emptied = {
        page.outcome: "",
        page.moments: "",
        page.filters: "",
        page.transcript: "",
        page.evidence: "",
        page.hide: "",
        page.looking: None,
        page.facts: "",
        page.timeline: None,
    }
    return {
        **emptied,
        **chat_of(shown, desk),
        **session_of(shown, desk),
        page.box: gr.update(value=None, placeholder=PLACEHOLDER),
    }


def practice_cleared(page: Page, desk: PracticeDesk) -> Mapping[Any, Any]:
    """The practice tab with nothing on it; what the trainee keeps on disk stays there."""
    tab = page.practice
    emptied = dict.fromkeys((tab.note, tab.coding, tab.feedback, tab.course), "")
    return {tab.desk: cleared(desk), tab.again: gr.update(visible=False), **emptied}
