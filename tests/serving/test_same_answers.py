"""What the server answers is what `rupture analyze --json` prints, byte for byte, whoever else asks at the same time and however
many workers there are. With the shipped models."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from rupture.build import build_reading
from rupture.coding.sessions import read_sessions
from rupture.errors import UnreadableTranscript
from rupture.formats.reading import read, read_bytes
from rupture.resources import SAMPLES, SESSIONS
from rupture.serving.pool import COMMAND
from rupture.serving.schemas import Analysis
from tests.serving.conftest import Server

RUPTURE = Path(sys.executable).with_name("rupture")
# Words whose bytes were taken for those of another encoding are mended on the way in.
BROKEN = "T: You said \u00e2\u20ac\u0153fine\u00e2\u20ac\u009d.\nC: I don\u00e2\u20ac\u2122t know, it\u2019s pointless.\n" * 3
TEXTS = (
    (SAMPLES / "sleep-diary.txt").read_text(encoding="utf-8"),
    "Therapist: How was it?\nClient: Fine, whatever you think is best.\n",
    BROKEN,
    "A paragraph in which nobody is said to speak.",
    "<!doctype html><html><body><p>Therapist: How was it?</p><p>Client: You never listen to me.</p></body></html>",
)
ODD = [
    {"role": "therapist", "speaker": "Dr. A", "text": "How was the week?", "start": 3, "mood": "calm"},
    {"role": "client", "speaker": 2, "text": "Fine. Honestly this is pointless and you are not listening.", "start": "00:00:09"},
    {"speaker": "Dr. A", "text": None},
    {"role": "client", "speaker": 2, "text": "Caf\u00e9 \ud83d\ude00 \ud800 whatever you say.", "timestamp": 20.5},
]


def printed(file, text=None):
    """What the command prints of `file`, as one line of JSON."""
    done = subprocess.run([RUPTURE, "analyze", file, "--json"], input=text, capture_output=True, check=True, timeout=120)
    return done.stdout.rstrip(b"\n")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    started = Server(tmp_path_factory.mktemp("server"), command=COMMAND, workers=2).ready()
    started.counted("rupture_workers", 2)
    yield started
    started.stop()


def bodies():
    """Sessions as their requests: as it is usual to write JSON, and with all that is not ASCII escaped."""
    own = [
        [{"role": t.role, "speaker": t.speaker, "text": t.text} for t in session.transcript.turns[:30]]
        for session in read_sessions(sorted(SESSIONS.glob("*.txt")))[:2]
    ]
    broken = [{"role": line[0], "text": line[3:]} for line in BROKEN.splitlines()]
    turns = [json.dumps({"id": "s", "turns": said}).encode() for said in (*own, ODD, broken)]
    turns.append(json.dumps({"id": "s", "turns": broken}, ensure_ascii=False).encode())
    return turns, [json.dumps({"id": "stdin", "text": text}).encode() for text in TEXTS]


def test_everybody_is_answered_as_if_alone_whoever_else_asks(server):
    turns, texts = bodies()
    with ThreadPoolExecutor(8) as clients:
        answers = list(clients.map(lambda body: server.ask("/v1/analyses", body), (*turns, *texts, *turns)))
    analyse = build_reading()[0]
    readings = [read_bytes(body, id="s", name="s.json") for body in turns] + [read(text, id="stdin") for text in TEXTS]
    alone = [json.dumps(analyse(reading.transcript).to_dict(), ensure_ascii=False).encode() for reading in readings]
    assert [answer.status for answer in answers] == [200] * len(answers)
    assert [answer.body for answer in answers] == alone + alone[: len(turns)]
    for answer in answers:
        Analysis.model_validate_json(answer.body)
    assert {answer.data["state"] for answer in answers} == {"analysed", "partly", "not_analysed"}


def test_an_answer_is_what_the_command_line_prints(server, tmp_path):
    turns, texts = bodies()
    file = tmp_path / "s.json"
    file.write_bytes(turns[0])
    assert server.ask("/v1/analyses", turns[0]).body == printed(file)
    assert server.ask("/v1/analyses", texts[0]).body == printed("-", TEXTS[0].encode())


def test_what_cannot_be_read_is_refused_with_the_reader_s_reason(server):
    body = json.dumps({"turns": [{"text": "a"}]}).encode()
    refused = server.ask("/v1/analyses", body)
    with pytest.raises(UnreadableTranscript) as unreadable:
        read_bytes(body, id="s", name="s.json")
    assert (refused.status, refused.data["detail"]) == (422, str(unreadable.value))
