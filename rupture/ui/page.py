"""The page: what stands where. No behaviour here; `handlers` wires it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from rupture.detection.card import read_card
from rupture.escape import safe
from rupture.formats.reading import FORMATS
from rupture.practice.store import FILE as PRACTICE_FILE
from rupture.privacy.hardening import DELETE_CACHE
from rupture.resources import CORPUS, MODEL
from rupture.ui import scripts
from rupture.ui.about_view import about_html
from rupture.ui.desk import Desk
from rupture.ui.fields import QUIET
from rupture.ui.login import LOG_OUT_LINK
from rupture.ui.over_time import OverTime, build_over_time
from rupture.ui.practice import Practice, build_practice
from rupture.ui.take_away import take_away_html
from rupture.ui.words import LOCAL, PLACEHOLDER, QUESTIONS, TAGLINE, WELCOME
from rupture.words import CONSENT, plain_name

FOUR_HOURS = 4 * 3600
_SYSTEM_FONTS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif")
_FIXED_FONTS = ("ui-monospace", "Consolas", "monospace")
# Long pastes stay text in the box; Gradio would otherwise turn them into a file on disk.
_LONGEST_PASTE = 10_000_000


@dataclass(frozen=True, slots=True)
class Page:
    """Everything on the screen that changes or is clicked."""

    desk: gr.State
    risk: gr.HTML
    clear: gr.Button
    consent: gr.Column
    understood: gr.Button
    chat: gr.Chatbot
    confirm: gr.Column
    speakers: gr.HTML
    hide: gr.Textbox
    analyse: gr.Button
    leave_out: gr.Button
    remote: gr.Column
    remote_words: gr.HTML
    remote_names: gr.Textbox
    remote_text: gr.Textbox
    remote_rest: gr.Textbox
    send: gr.Button
    keep_here: gr.Button
    stop: gr.Button
    questions: gr.Row
    question_buttons: tuple[tuple[str, gr.Button], ...]
    box: gr.MultimodalTextbox
    preview: gr.HTML
    shelf: gr.HTML
    samples: gr.Column
    sample_buttons: tuple[tuple[Path, gr.Button], ...]
    session: gr.Column
    outcome: gr.HTML
    moments: gr.HTML
    timeline: gr.Plot
    filters: gr.HTML
    transcript: gr.HTML
    evidence: gr.HTML
    facts: gr.HTML
    take_away: gr.HTML
    save_note: gr.HTML
    looking: gr.State
    download: gr.Textbox
    roles: gr.Textbox
    practice_tab: gr.Tab
    practice: Practice
    over_time_tab: gr.Tab
    over_time: OverTime


def build_page(
    blocks: gr.Blocks, samples: Sequence[Path], *, badge: str = LOCAL, workspace: Path | None = None, login: bool = False
) -> Page:
    """Lays everything out inside `blocks`. `badge` says where a session stays, `workspace` where sessions may be kept (a
    trainee's practice beside it), `login` whether one logs in here, and so out. The chat is first in reading order, so that it
    comes first on a phone."""
    parts: dict[str, Any] = {}
    with blocks:
        parts["desk"] = gr.State(Desk(), time_to_live=FOUR_HOURS)
        parts["looking"] = gr.State(None, time_to_live=FOUR_HOURS)
        parts["download"] = gr.Textbox(visible=False)
        parts["roles"] = gr.Textbox(visible=False)
        parts["risk"] = gr.HTML("", elem_id="risk", apply_default_css=False)
        with gr.Row(elem_id="top"):
            gr.HTML(_brand(badge), elem_id="brand", apply_default_css=False)
            if login:
                gr.HTML(LOG_OUT_LINK, elem_id="log-out", apply_default_css=False)
            parts["clear"] = gr.Button("Clear everything", elem_id="clear", size="sm", scale=0, visible=False)
        with gr.Tabs(elem_id="tabs"):
            with gr.Tab("Session"), gr.Row(elem_id="main"):
                with gr.Column(elem_id="talk", min_width=300):
                    parts |= _talk(samples)
                with gr.Column(elem_id="session", min_width=300, visible=False) as session:
                    parts |= _session()
            with gr.Tab("Practice") as parts["practice_tab"]:
                parts["practice"] = build_practice(workspace.with_name(PRACTICE_FILE) if workspace else None, FOUR_HOURS)
            with gr.Tab("Over time") as parts["over_time_tab"]:
                parts["over_time"] = build_over_time(workspace)
            with gr.Tab("About"):
                gr.HTML(about_html(read_card(MODEL), _documents()), elem_id="about", apply_default_css=False)
    return Page(session=session, **parts)


def new_blocks() -> gr.Blocks:
    """Empty blocks with the settings that the start-up check reads back."""
    return gr.Blocks(title="rupture", analytics_enabled=False, delete_cache=DELETE_CACHE, fill_width=True)


def theme() -> Any:
    """Gradio's plain theme with system fonts; colours and spacing are in `screen.css`."""
    return gr.themes.Base(font=list(_SYSTEM_FONTS), font_mono=list(_FIXED_FONTS))


def _documents() -> int:
    return sum(1 for _ in (CORPUS / "guidance").glob("*.md"))


def _brand(local: str) -> str:
    words = f'<span class="tagline">{safe(TAGLINE)}</span><span class="local">{safe(local)}</span>'
    return f'<div class="brand"><h1>rupture</h1>{words}</div>'


def _talk(samples: Sequence[Path]) -> dict[str, Any]:
    parts: dict[str, Any] = {}
    with gr.Column(elem_id="consent") as parts["consent"]:
        gr.HTML(f"<p>{safe(CONSENT)}</p>", apply_default_css=False)
        parts["understood"] = gr.Button("Understood", size="sm", elem_id="understood")
    parts["chat"] = gr.Chatbot(
        elem_id="chat",
        show_label=False,
        container=False,
        height=None,
        latex_delimiters=[],
        allow_tags=False,
        sanitize_html=True,
        buttons=["copy"],
        feedback_options=None,
        group_consecutive_messages=True,
        layout="bubble",
        placeholder=WELCOME,
        allow_file_downloads=False,
        autoscroll=False,
        label="Conversation",
    )
    with gr.Column(elem_id="confirm", visible=False) as parts["confirm"]:
        parts["speakers"] = gr.HTML("", elem_id="speakers", apply_default_css=False)
        parts["hide"] = gr.Textbox(
            label="Names to leave out, apart by commas; dates and numbers go with them",
            elem_id="hide",
            html_attributes=QUIET,
            max_lines=1,
        )
        with gr.Row(elem_id="confirm-buttons"):
            parts["leave_out"] = gr.Button("Leave it out", size="md", elem_id="leave-out")
            parts["analyse"] = gr.Button("Looks right, analyse", size="md", variant="primary", elem_id="analyse")
    parts |= _remote()
    parts["stop"] = gr.Button("Stop", size="sm", elem_id="stop", visible=False)
    with gr.Row(elem_id="questions", visible=False) as parts["questions"]:
        parts["question_buttons"] = tuple((words, gr.Button(words, size="sm", min_width=60)) for words in QUESTIONS)
    parts["box"] = gr.MultimodalTextbox(
        elem_id="box",
        show_label=False,
        label="Your question or a session",
        placeholder=PLACEHOLDER,
        lines=1,
        max_lines=8,
        file_count="multiple",
        file_types=[suffix for format in FORMATS for suffix in format.suffixes],
        sources=["upload"],
        max_plain_text_length=_LONGEST_PASTE,
        html_attributes=QUIET,
    )
    parts["preview"] = gr.HTML("", elem_id="preview", apply_default_css=False)
    parts["shelf"] = gr.HTML("", elem_id="shelf", js_on_load=scripts.SHELF, apply_default_css=False)
    with gr.Column(elem_id="samples", visible=bool(samples)) as parts["samples"]:
        gr.HTML("<p>Or look at an invented session first:</p>", apply_default_css=False)
        with gr.Row(elem_id="sample-row"):
            parts["sample_buttons"] = tuple((path, gr.Button(plain_name(path.stem), size="sm", min_width=80)) for path in samples)
    return parts


def _remote() -> dict[str, Any]:
    """What would leave this computer, to be read, changed and agreed to first."""
    parts: dict[str, Any] = {}
    with gr.Column(elem_id="remote", visible=False) as parts["remote"]:
        parts["remote_words"] = gr.HTML("", apply_default_css=False)
        parts["remote_names"] = gr.Textbox(
            label="Names and places to leave out, apart by commas", elem_id="remote-names", html_attributes=QUIET
        )
        parts["remote_text"] = gr.Textbox(
            label="This text would be sent. Change it as you like.",
            elem_id="remote-text",
            lines=8,
            max_lines=16,
            html_attributes=QUIET,
        )
        with gr.Accordion("And these instructions, with passages of the guidance", open=False):
            parts["remote_rest"] = gr.Textbox(show_label=False, label="Instructions", interactive=False, lines=6, max_lines=16)
        with gr.Row():
            parts["keep_here"] = gr.Button("No, nothing of this session", size="md", elem_id="keep-here")
            parts["send"] = gr.Button("Send this text", size="md", variant="primary", elem_id="send-out")
    return parts


def _session() -> dict[str, Any]:
    parts: dict[str, Any] = {}
    parts["outcome"] = gr.HTML("", elem_id="outcome", apply_default_css=False)
    parts["moments"] = gr.HTML("", elem_id="moments", js_on_load=scripts.PICK, apply_default_css=False)
    parts["timeline"] = gr.Plot(show_label=False, container=False, elem_id="timeline", label="The session over time")
    with gr.Row(elem_id="reading"):
        with gr.Column(elem_id="transcript-side", min_width=300, scale=5):
            parts["filters"] = gr.HTML("", elem_id="filters", js_on_load=scripts.FILTERS, apply_default_css=False)
            parts["transcript"] = gr.HTML("", elem_id="transcript", js_on_load=scripts.PICK, apply_default_css=False)
        with gr.Column(elem_id="evidence-side", min_width=280, scale=4):
            parts["evidence"] = gr.HTML(
                "", elem_id="evidence", js_on_load=scripts.PICK + scripts.VERDICT, apply_default_css=False
            )
    parts["facts"] = gr.HTML("", elem_id="facts", js_on_load=scripts.PICK, apply_default_css=False)
    parts["take_away"] = gr.HTML(take_away_html(), elem_id="take-away", js_on_load=scripts.SAVE, apply_default_css=False)
    parts["save_note"] = gr.HTML("", elem_id="save-note", apply_default_css=False)
    return parts
