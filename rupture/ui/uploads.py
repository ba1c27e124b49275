"""Uploads: a small ASGI layer around Gradio's application, inside guard and login. An upload is handed on once it has come in
whole, and what Gradio wrote for it without naming it in its answer is removed. Must not know what is in a file.

Gradio writes parts of a form to disk as they come in, and leaves them there when the visitor goes away, when the form is broken
off, for fields nobody asked for, and when a later file of the same form is refused.
"""

import asyncio
import json
import secrets
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from starlette.types import ASGIApp, Message, Receive, Scope, Send

UPLOAD = "/gradio_api/upload"


class Uploads:
    """Wraps the application `app`, which writes uploads, and nothing else, below `folder`, and answers with their paths. Each
    upload has a folder of its own there."""

    def __init__(self, app: ASGIApp, folder: Path) -> None:
        self.app = app
        self._folder = folder
        self._named: set[Path] = set()
        # While one alone is being written, what is not named belongs to nobody. Nobody waits for a slow visitor meanwhile: the
        # body is there already, and the answer goes out afterwards.
        self._one_by_one = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request. The body of an upload is held in memory; the guard has bounded it."""
        if scope["type"] != "http" or scope["path"] != UPLOAD:
            await self.app(scope, receive, send)
            return
        messages: list[Message] = []
        while not messages or messages[-1].get("more_body", False):
            messages.append(await receive())
            if messages[-1]["type"] == "http.disconnect":
                return
        waiting = iter(messages)
        answer: list[Message] = []

        async def receive_again() -> Message:
            return next(waiting, None) or await receive()

        async def hold(message: Message) -> None:
            answer.append(message)

        async with self._one_by_one:
            # Those that were read are gone.
            self._named = {path for path in self._named if path.exists()}
            # Gradio calls a file by what is in it: two visitors with the same one would share it, and it goes once it is read.
            scope["app"].uploaded_file_dir = str(self._folder / secrets.token_hex(8))
            try:
                await self.app(scope, receive_again, hold)
                self._named |= _paths(answer)
            finally:
                scope["app"].uploaded_file_dir = str(self._folder)
                self._sweep()
        for message in answer:
            await send(message)

    def _sweep(self) -> None:
        # Folders come after what is in them.
        for path in sorted(self._folder.rglob("*"), reverse=True):
            with suppress(OSError):  # a folder in which a named file lies; a file that is still open on Windows
                if path.is_dir():
                    path.rmdir()
                elif path not in self._named:
                    path.unlink()


def _paths(answer: Sequence[Message]) -> set[Path]:
    """What a successful answer names."""
    if not answer or answer[0]["status"] != 200:
        return set()
    return {Path(path) for path in json.loads(b"".join(message.get("body", b"") for message in answer))}
