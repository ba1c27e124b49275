"""Nothing goes out: the programs as users start them, in four environments that want the opposite, under three watches. Each
watch has to see what a planted program does.

With `RUPTURE_ASSURANCE=1` every command runs in every environment and the first one builds its index; else the screen runs in
every environment and the other commands in one each.
"""

import os
import shutil
import sys
from pathlib import Path

import pytest

from rupture.build import cache_folder
from rupture.resources import SAMPLES
from tests.assurance.watched import OUTSIDE, PROXY, ROOT, Plan, own_network, run

pytestmark = pytest.mark.timeout(1200)
THOROUGH = os.environ.get("RUPTURE_ASSURANCE") == "1"
RUPTURE = str(Path(sys.executable).with_name("rupture"))
SAMPLE = SAMPLES / "sleep-diary.txt"
COMMANDS = {
    "analyze": [RUPTURE, "analyze", str(SAMPLE), "--suggest", "--json"],
    "batch": [RUPTURE, "batch", str(SAMPLE), "--out", "analyses.jsonl"],
    "ask": [RUPTURE, "ask", "what could I have said at turn 3?", "--transcript", str(SAMPLE)],
    "guidance": [RUPTURE, "guidance", "search", "a client agrees with everything I say"],
    "eval": [RUPTURE, "eval", "validate"],
    "doctor": [RUPTURE, "doctor"],
}
APP, CHAT = [sys.executable, str(ROOT / "app.py")], [RUPTURE, "chat"]
NOBODY = "http://canary.invalid"

TELEMETRY = {
    "ANONYMIZED_TELEMETRY": "True",
    "CHROMA_OTEL_COLLECTION_ENDPOINT": NOBODY,
    "CHROMA_OTEL_GRANULARITY": "all",
    "DO_NOT_TRACK": "0",
    "GRADIO_ANALYTICS_ENABLED": "True",
    "GRADIO_HISTORY_BUCKET": "somebody/bucket",
    "GRADIO_MCP_SERVER": "True",
    "GRADIO_RUN_HISTORY": "True",
    "GRADIO_SERVER_NAME": "0.0.0.0",  # noqa: S104
    "GRADIO_SHARE": "True",
    "HF_HUB_DISABLE_TELEMETRY": "0",
    "LANGCHAIN_API_KEY": "x",
    "LANGCHAIN_ENDPOINT": NOBODY,
    "LANGCHAIN_TRACING_V2": "true",
    "LANGSMITH_API_KEY": "x",
    "LANGSMITH_ENDPOINT": NOBODY,
    "LANGSMITH_TRACING": "true",
    "ORT_DISABLE_TELEMETRY": "0",
    "OTEL_EXPORTER_OTLP_ENDPOINT": NOBODY,
    "OTEL_TRACES_EXPORTER": "otlp",
    "SENTRY_DSN": "http://x@canary.invalid/1",
}
PROXIES = {name: PROXY for upper in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY") for name in (upper, upper.lower())}
HUB = {
    "COLAB_RELEASE_TAG": "release",
    "HF_ENDPOINT": NOBODY,
    "HF_HUB_OFFLINE": "0",
    "HF_TOKEN": "hf_x",
    "HUGGING_FACE_HUB_TOKEN": "hf_x",
    "OPENAI_API_KEY": "x",
    "OPENAI_BASE_URL": NOBODY,
    "SPACE_ID": "somebody/space",
    "TRANSFORMERS_OFFLINE": "0",
}
# Below HOME and in the folder the programs are started in.
FILES = {
    ".aws/config": "[default]\nregion = canary\n",
    ".cache/huggingface/token": "hf_x",
    ".config/rupture/config.toml": 'share = true\nchat_model = "remote:x"\n',
    ".env": "".join(f"{name}={value}\n" for name, value in {**TELEMETRY, **HUB}.items()),
    ".netrc": "machine huggingface.co login x password y\n",
    ".plotly/.config": '{"plotly_domain": "http://canary.invalid"}',
}
ENVIRONMENTS = {
    "telemetry": (TELEMETRY, ["analyze", "doctor"], APP),
    "proxies": ({**PROXIES, "NO_PROXY": "", "no_proxy": ""}, ["ask"], CHAT),
    "hub": (HUB, ["guidance", "eval"], APP),
    "home": ({}, ["batch"], CHAT),
}
CONTROL = f"""
import contextlib, socket, urllib.request
with contextlib.suppress(OSError):
    socket.create_connection(("{OUTSIDE}", 443), 0.3)
with contextlib.suppress(OSError):
    socket.socket(type=socket.SOCK_DGRAM).sendto(b"words", ("{OUTSIDE}", 53))
with contextlib.suppress(OSError):
    urllib.request.urlopen("http://canary.invalid/", timeout=5)
socket.create_server(("", 0)).close()
import chromadb.server
"""


def prepared(folder, cache, variables):
    """The variables of a user whose home is `folder`."""
    (folder / "temp").mkdir()
    own = {"HOME": str(folder), "TMPDIR": str(folder / "temp"), "RUPTURE_CACHE": str(cache)}
    return {**variables, **own}


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    """The index of the guidance as this machine has it, or none, so that it is built under the watches."""
    folder = tmp_path_factory.mktemp("cache") / "rupture"
    if cache_folder().is_dir() and not THOROUGH:
        shutil.copytree(cache_folder(), folder)
    return folder


@pytest.fixture(scope="module", params=ENVIRONMENTS)
def seen(request, cache, tmp_path_factory):
    variables, few, screen = ENVIRONMENTS[request.param]
    folder = tmp_path_factory.mktemp(request.param)
    if request.param == "home":
        for name, text in FILES.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
    commands = {**COMMANDS, "screen": screen} if THOROUGH else {**{name: COMMANDS[name] for name in few}, "screen": screen}
    plan = Plan(commands, prepared(folder, cache, variables), str(folder), SAMPLE.read_text(encoding="utf-8"), "What now?")
    return run(plan, seconds=900 if THOROUGH else 280)


@pytest.fixture(scope="module")
def control(tmp_path_factory):
    """A program that does what none of ours may, and one without a line of Python that looks a name up."""
    folder = tmp_path_factory.mktemp("control")
    commands = {"python": [sys.executable, "-c", CONTROL], "native": ["getent", "hosts", "canary.invalid"]}
    return run(Plan(commands, prepared(folder, folder, {**PROXIES, "https_proxy": ""}), str(folder)))


def test_the_programs_did_what_they_are_for(seen):
    for name, (code, _, error) in seen.said.items():
        # The screen was stopped, and a problem that `doctor` reports is no failure of it.
        assert code in {"screen": (143,), "doctor": (0, 3)}.get(name, (0,)), f"{name}: {error[-1500:]}"
    assert '"success":true' in seen.answered
    assert '"success":false' not in seen.answered
    assert "What was seen" in seen.answered


def test_nothing_is_looked_up_connected_to_sent_or_opened_to_others(seen):
    assert seen.attempts == []


def test_no_proxy_is_asked(seen):
    assert seen.proxied == 0


def test_no_packet_leaves(seen):
    if seen.packets is None:
        pytest.skip("packets cannot be counted: no network of its own for a program (unshare, ip)")
    assert seen.packets == 0


def test_each_watch_sees_what_is_planted(control):
    kinds = {line.split()[0] for line in control.attempts}
    assert {"socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.bind", "import"} <= kinds
    assert any("chromadb.server" in line for line in control.attempts)
    assert control.proxied == 1


@pytest.mark.skipif(not own_network(), reason="packets cannot be counted: no network of its own for a program (unshare, ip)")
def test_packets_of_programs_without_python_are_counted_too(tmp_path):
    plan = Plan({"native": ["getent", "hosts", "canary.invalid"]}, {}, str(tmp_path))
    seen = run(plan)
    assert seen.attempts == []
    assert seen.packets > 0
