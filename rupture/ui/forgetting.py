"""Forgetting: all that Gradio holds of a tab goes an hour after it was closed, and when it was not used for four hours. By itself
Gradio lets go of states alone, and keeps what every component showed, the transcript too, as long as the server runs.
"""

from datetime import datetime, timedelta

from gradio.state_holder import StateHolder

from rupture.ui.page import FOUR_HOURS

CLOSED = timedelta(hours=1)
"""Long enough to come back after the connection was lost."""
UNUSED = timedelta(seconds=FOUR_HOURS)


def forget_tabs(holder: StateHolder) -> None:
    """From now on, whenever Gradio looks for expired states (each second), tabs go as a whole once their time is over."""

    def delete_all_expired_state() -> None:
        now = datetime.now()
        for tab in list(holder.session_data):
            # A tab that is just being opened has no time yet.
            over = now - holder.time_last_used.get(tab, now) > (CLOSED if holder.session_data[tab].is_closed else UNUSED)
            holder.delete_state(tab, expired_only=not over)
            if over:
                holder.session_data.pop(tab, None)
                holder.time_last_used.pop(tab, None)

    holder.delete_all_expired_state = delete_all_expired_state
