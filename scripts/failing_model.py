"""A language model on this machine that answers with one sentence, and fails one question in five, in turn by an error, a broken
line, nonsense, and silence: `python scripts/failing_model.py PORT`. For `scripts/soak.py`. Standard library only."""

import json
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any

SENTENCE = "You could own your part in it [1]."
FAILS = 5
STALL = 20.0
"""Seconds of silence."""


def piece(text: str) -> bytes:
    """A piece of a streamed answer."""
    choices = [{"index": 0, "delta": {"content": text}}]
    return f"data: {json.dumps({'id': 'c', 'object': 'chat.completion.chunk', 'choices': choices})}\n\n".encode()


class Handler(BaseHTTPRequestHandler):
    """Answers each question, whatever it is."""

    asked = count(1)

    def do_POST(self) -> None:
        """One question."""
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        number = next(self.asked)
        way = number // FAILS % 4 if number % FAILS == 0 else -1
        if way == 0:
            self.send_error(500)
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        if way == 1:
            self.wfile.write(piece(SENTENCE)[:40])
            return
        if way == 3:
            time.sleep(STALL)
        self.wfile.write(b"\xff\x00{" if way == 2 else piece(SENTENCE) + b"data: [DONE]\n\n")

    def do_GET(self) -> None:
        """Which models there are."""
        body = b'{"object": "list", "data": [{"id": "soak"}]}'
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
