"""What the server holds of a tab that was closed. (That tabs closed at work are forgotten: `tests/assurance/test_tabs.py`.)"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import gradio as gr
import pytest
from gradio.state_holder import StateHolder

from rupture.ui.forgetting import CLOSED, UNUSED, forget_tabs
from tests.ui.journey import SENTINEL


@pytest.fixture
def holder():
    """Tabs in which the same words were shown: open, closed just now, closed longer ago than CLOSED, and open but not used for
    UNUSED; one of the open ones was not used for CLOSED either."""

    async def build():
        with gr.Blocks() as blocks:
            shown = gr.HTML()
        return blocks, shown

    with ThreadPoolExecutor(1) as thread:
        blocks, shown = thread.submit(asyncio.run, build()).result()
    found = StateHolder()
    found.set_blocks(blocks)
    for tab in ("open", "closed", "gone", "left"):
        found[tab]._update_value_in_config(shown._id, SENTINEL)
    found["closed"].is_closed = found["gone"].is_closed = True
    for tab in ("open", "gone"):
        found.time_last_used[tab] -= CLOSED + timedelta(seconds=1)
    found.time_last_used["left"] -= UNUSED + timedelta(seconds=1)
    return found


def words_of(holder, tab):
    return str(holder.session_data[tab].config_values) if tab in holder.session_data else ""


def test_by_itself_gradio_keeps_what_a_closed_tab_showed(holder):
    holder.delete_state("gone")
    assert SENTINEL in words_of(holder, "gone")


def test_tabs_closed_or_left_long_ago_go_as_a_whole_and_others_stay(holder):
    forget_tabs(holder)
    holder.delete_all_expired_state()
    assert set(holder.session_data) == {"open", "closed"}
    assert set(holder.time_last_used) == {"open", "closed"}
    assert all(SENTINEL in words_of(holder, tab) for tab in ("open", "closed"))
