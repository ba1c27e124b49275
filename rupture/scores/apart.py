"""Analyses in a child process, so that a session that ends the process, or never ends, costs itself and nothing else.

The child loads the model once and answers one session after the other, as JSON over pipes; one that died is replaced. It ends by
itself when whoever started it is gone. Where the platform has no `resource` (Windows), memory is not limited.
"""

import contextlib
import importlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, BinaryIO

from rupture.analysis import Analysis
from rupture.errors import RunError, RuptureError
from rupture.limits import limit
from rupture.protocols import DetectorName
from rupture.scores.tables import SetAside
from rupture.transcript import Role, Transcript, Turn

BUILDER = "rupture.build:build_reading"
_START = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from rupture.scores.apart import main; "
    "main(sys.argv[2], sys.argv[3], int(sys.argv[4]))"
)


@dataclass(frozen=True, slots=True)
class Apart:
    """How the child is made: by whom (`module:function`, like `build_reading`), with which detector, and within which limits.
    `seconds` is for one session and for loading the model; `memory` is bytes of address space; `threads` is how many it keeps
    busy, 0 for all cores."""

    detector: DetectorName = DetectorName.TRAINED
    builder: str = BUILDER
    seconds: float = 600.0
    memory: int = 4_000_000_000
    threads: int = 0


class Child:
    """The child, from the first session on."""

    def __init__(self, how: Apart) -> None:
        self._how = how
        self._process: subprocess.Popen[bytes] | None = None

    def analyse(self, transcript: str) -> Analysis | SetAside:
        """The analysis of a transcript as `to_wire` wrote it, or why there is none. A child that died is replaced.
        RunError when the model cannot be loaded."""
        id = json.loads(transcript)["id"]
        if self._process is None or self._process.poll() is not None:
            self._process = self._started()
        answer, late = _exchange(self._process, transcript, self._how.seconds)
        if answer is None and late:
            return SetAside(id, "slow", f"The analysis took longer than {self._how.seconds:g} seconds. Split the session.")
        if answer is None:
            return SetAside(
                id, "crashed", "The analysis ended its process, perhaps for want of memory. Try this session by itself."
            )
        if "failed" in answer:
            return SetAside(id, "failed", answer["failed"])
        return Analysis.from_dict(answer["analysis"])

    def close(self) -> None:
        """Ends the child."""
        if self._process is not None:
            _end(self._process)

    def _started(self) -> "subprocess.Popen[bytes]":
        from rupture.encoder import THREADS

        how = self._how
        process = subprocess.Popen(
            # Without -P a file in the current directory could stand in for a module.
            [sys.executable, "-P", "-c", _START, json.dumps(sys.path), how.builder, how.detector.value, str(how.memory)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, THREADS: str(how.threads)} if how.threads else None,
        )
        answer, _ = _exchange(process, "", how.seconds)
        if answer is None or "ready" not in answer:
            _end(process)
            reason = answer["refused"] if answer else "its process ended while it was loaded, perhaps for want of memory."
            raise RunError(f"The model cannot be used: {reason}")
        return process


def to_wire(transcript: Transcript) -> str:
    """The transcript as one line of JSON."""
    return json.dumps(asdict(transcript))


def from_wire(line: str | bytes) -> Transcript:
    """The transcript `to_wire` wrote."""
    data = json.loads(line)
    turns = tuple(Turn(**{**t, "role": Role(t["role"])}) for t in data["turns"])
    return Transcript(data["id"], turns, tuple(data["notes"]), tuple((turn, kind) for turn, kind in data["harm"]))


def _exchange(process: "subprocess.Popen[bytes]", line: str, seconds: float) -> tuple[Mapping[str, Any] | None, bool]:
    """What the child answers, None when it died over it; and whether that was for its time."""
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("the child was started without pipes")
    late = threading.Event()

    def stop() -> None:
        late.set()
        process.kill()

    clock = threading.Timer(seconds, stop)
    clock.start()
    try:
        with contextlib.suppress(BrokenPipeError):
            if line:
                process.stdin.write(line.encode() + b"\n")
                process.stdin.flush()
        answer = process.stdout.readline()
    finally:
        clock.cancel()
    if answer.endswith(b"\n"):
        found: Mapping[str, Any] = json.loads(answer)
        return found, False
    _end(process)
    return None, late.is_set()


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(BrokenPipeError):
                pipe.close()


def main(builder: str, detector: str, memory: int) -> None:
    """The child: transcripts from standard input, a line each; answers on what was standard output, where nothing else writes."""
    from rupture.privacy.hardening import harden

    with os.fdopen(os.dup(1), "wb") as answers:
        os.dup2(2, 1)
        limit(AS=memory, CORE=0)
        harden()
        module, _, name = builder.partition(":")
        try:
            analyse, _ = getattr(importlib.import_module(module), name)(DetectorName(detector))
        except RuptureError as error:
            _answer(answers, {"refused": str(error)})
            return
        _answer(answers, {"ready": True})
        with contextlib.suppress(BrokenPipeError):
            for line in sys.stdin.buffer:
                _answer(answers, _answer_to(line, analyse))


def _answer_to(line: bytes, analyse: Callable[[Transcript], Analysis]) -> Mapping[str, Any]:
    try:
        return {"analysis": analyse(from_wire(line)).to_dict()}
    except RuptureError as error:
        return {"failed": str(error)}
    except MemoryError:
        return {"failed": "The analysis needs more memory than it may have. Split the session."}
    except Exception as error:  # one session must not stop a million; the kind of error quotes no words
        return {"failed": f"The analysis failed ({type(error).__name__}). Try this session by itself, and report it."}


def _answer(answers: BinaryIO, data: Mapping[str, Any]) -> None:
    answers.write(json.dumps(data).encode() + b"\n")
    answers.flush()
