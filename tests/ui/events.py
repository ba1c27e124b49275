"""The page and its handlers in this process, called as the page calls them but without a browser."""

import asyncio
import gc
import logging
import re
from concurrent.futures import ThreadPoolExecutor

from rupture.ui import desk as desks
from rupture.ui.desk import Desk
from rupture.ui.handlers import Wiring
from rupture.ui.page import build_page, new_blocks
from tests.ui.journey import SENTINEL
from tests.ui.standins import SESSION, assistant

MISHAP = re.compile(r"Something went wrong inside the tool \(error ([0-9a-f]{6})\)\.")


def built(parts, place=None):
    """The page and its handlers by name, with an assistant and a place to keep sessions."""

    async def build():
        blocks = new_blocks()
        page = build_page(blocks, [], workspace=place)
        with blocks:
            Wiring(page, parts).connect()
        return page, {fn.api_name: fn.fn for fn in blocks.fns.values()}

    # Inside a loop, or Gradio opens some of its own and never closes them; in a thread, since this one may have a loop already.
    with ThreadPoolExecutor(1) as thread:
        found = thread.submit(asyncio.run, build()).result()
    gc.collect()
    return found


def analysed(text=SESSION, parts=None):
    return desks.analysed(desks.receive(Desk(), text), parts or assistant())


def mark_in(said, caplog, name):
    """The message has a mark that stands in the log with the kind of error and the handler; neither has a word of a session."""
    (mark,) = MISHAP.findall(said)
    ((_, level, logged),) = caplog.record_tuples
    assert level == logging.ERROR
    assert re.fullmatch(rf"error {mark}: \w+ in {name}", logged)
    assert SENTINEL not in said + logged
