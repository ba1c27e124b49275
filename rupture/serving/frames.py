"""Messages between the server and its workers: a kind, a length, bytes. No pickles: what comes out of a worker is only ever
passed on. Knows no session and no HTTP.
"""

import asyncio
import struct
from enum import IntEnum
from typing import BinaryIO

_HEAD = struct.Struct(">BI")


class Kind(IntEnum):
    """What a message is."""

    READY = 0
    """The worker's models are loaded; no bytes."""
    SESSION = 1
    """A session to be analysed: a request's body as it came, known to be what `schemas.Session` describes."""
    ANALYSIS = 2
    """The analysis as JSON of schema 1 in UTF-8."""
    UNREADABLE = 3
    """Why the session cannot be read, for its sender, in UTF-8."""
    BROKEN = 4
    """What went wrong in the worker, without a word of the session, in UTF-8."""


def framed(kind: Kind, data: bytes = b"") -> bytes:
    """The message as it is sent."""
    return _HEAD.pack(kind, len(data)) + data


async def receive(stream: asyncio.StreamReader) -> tuple[Kind, bytes]:
    """The next message; asyncio.IncompleteReadError when the sender has gone."""
    kind, length = _HEAD.unpack(await stream.readexactly(_HEAD.size))
    return Kind(kind), await stream.readexactly(length)


def read(stream: BinaryIO) -> bytes | None:
    """The bytes of the next message, waited for; None when the sender has gone."""
    head = stream.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return None
    _, length = _HEAD.unpack(head)
    data = stream.read(length)
    return data if len(data) == length else None
