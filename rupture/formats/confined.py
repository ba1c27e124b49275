"""Reads a file that may be hostile in a child process: its time, memory and output are limited, it opens no connection, starts
nothing and writes nothing. What it gives comes back as JSON, never as objects.

The child is this interpreter, told only which function to call (`main`). Where the platform has no `resource` (Windows), the
limits on wall-clock time and output hold, and those on CPU time and memory do not.
"""

import contextlib
import importlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import BinaryIO

from rupture.errors import MissingPackage, UnreadableTranscript
from rupture.formats.blocks import Document, from_json, size, to_json
from rupture.formats.cleaning import MAX_BYTES, MAX_TEXT, check_bytes
from rupture.limits import limit

CPU_SECONDS = 20
WALL_SECONDS = 40.0
MEMORY = 1_500_000_000
"""Bytes of address space; lxml and a session in a large document take about 300 million."""
MAX_OUTPUT = 12 * MAX_TEXT + 1_000_000
"""Characters of JSON: a transcript of the greatest length, each character escaped."""

Extract = Callable[[bytes], Document]

_START = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from rupture.formats.confined import main; main(sys.argv[2])"
_REFUSED = (
    *("socket.", "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.startfile", "urllib."),
    *(
        "os.remove",
        "os.rename",
        "os.mkdir",
        "os.rmdir",
        "os.truncate",
        "os.link",
        "os.symlink",
        "os.chmod",
        "os.chown",
        "os.utime",
    ),
    *("shutil.", "tempfile."),
)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_WINDOWLESS = getattr(subprocess, "CREATE_NO_WINDOW", 0)


def extract(function: Extract, data: bytes, name: str) -> Document:
    """What `function`, which stands at the top of its module, makes of `data`; `name` is what to call the format.

    UnreadableTranscript when it is no such file, or takes more time, memory or room than a transcript needs; MissingPackage when
    what reads it is not installed.
    """
    check_bytes(data)
    child = subprocess.Popen(
        [sys.executable, "-B", "-P", "-c", _START, json.dumps(sys.path), f"{function.__module__}:{function.__name__}"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        creationflags=_WINDOWLESS,
    )
    clock = threading.Timer(WALL_SECONDS, child.kill)
    clock.start()
    try:
        output = _exchange(child, data)
    finally:
        clock.cancel()
        child.kill()
        child.wait()
    return _document(output, name)


def _exchange(child: "subprocess.Popen[bytes]", data: bytes) -> bytes:
    """Hands `data` to the child and gives what it answers, as far as the limit."""
    if child.stdin is None or child.stdout is None:
        raise RuntimeError("the child was started without pipes")
    with child.stdout as output:
        with contextlib.suppress(OSError), child.stdin as into:  # a child that ended reads no more
            into.write(data)
        return output.read(MAX_OUTPUT + 1)


def _document(output: bytes, name: str) -> Document:
    kind, _, rest = output.partition(b"\n")
    if len(output) > MAX_OUTPUT:
        raise UnreadableTranscript(f"the {name} file holds more text than any transcript. Split it into sessions.")
    if kind == b"document":
        return from_json(rest.decode("ascii", errors="replace"))
    if kind == b"refused":
        raise UnreadableTranscript(rest.decode("utf-8", errors="replace"))
    if kind == b"missing":
        raise MissingPackage(f"reading {name}", "files")
    if kind == b"broken":
        raise UnreadableTranscript(f"found a file that is no sound {name}. Save it again, or copy the conversation and paste it.")
    raise UnreadableTranscript(
        f"the {name} file takes more time or memory than a transcript needs. Open it, copy the conversation and paste it."
    )


def main(target: str) -> None:
    """The child: reads the file from standard input, answers on standard output."""
    answer, sys.stdout = sys.stdout.buffer, sys.stderr
    limit(CPU=CPU_SECONDS, AS=MEMORY, FSIZE=0, CORE=0)
    module, _, name = target.partition(":")
    function: Extract = getattr(importlib.import_module(module), name)
    data = sys.stdin.buffer.read(MAX_BYTES + 1)
    sys.addaudithook(_refuse)
    _answer(function, data, answer)


def _answer(function: Extract, data: bytes, answer: BinaryIO) -> None:
    try:
        document = function(data)
        if size(document) > MAX_TEXT:
            raise UnreadableTranscript(f"the text has {size(document):,} characters; at most {MAX_TEXT:,} are read. Split it.")
        reply = b"document\n" + to_json(document).encode("ascii")
    except UnreadableTranscript as error:
        reply = b"refused\n" + str(error).encode()
    except ImportError:
        reply = b"missing\n"
    except MemoryError:
        reply = b"large\n"
    except Exception:  # parsers let errors of zip, XML and their own through; which one it was helps nobody
        reply = b"broken\n"
    answer.write(reply)
    answer.flush()


def _refuse(event: str, arguments: tuple[object, ...]) -> None:
    """A parser needs no network, no other program and no file to write."""
    # `open` and `os.open` both tell flags; what is not told is refused.
    flags = arguments[2] if event == "open" else 0
    if not isinstance(flags, int) or flags & _WRITING or event.startswith(_REFUSED):
        raise PermissionError(event)
