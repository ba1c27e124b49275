"""Runs programs under three watches at once, and says what each saw: the hook of `guard/` in every Python process, a proxy on
this machine that nothing should ask, and, where the system lets us, a network of their own whose one way out counts packets.

`run` gives a plan to `python -m tests.assurance.watched` in that network; what runs there sees nothing of the tests.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path

from tests.assurance.visitor import Visitor, free_port, wait_until_open

ROOT = Path(__file__).parents[2]
GUARD = Path(__file__).parent / "guard"
OUTSIDE = "192.0.2.1"
"""An address of nobody's (RFC 5737), for controls."""
PROXY = "PROXY"
"""In the values of a plan's environment, stands for the address of the proxy that nothing should ask."""
_NETWORK = """
ip link set lo up
if [ -d /proc/sys/net/ipv6 ]; then echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6; fi
ip link add away type dummy || { ip link add away type veth peer name beyond && ip link set beyond up arp off; }
ip link set away up arp off
ip address add 198.51.100.1/24 dev away
ip route add default dev away
exec "$@"
"""


@dataclass(frozen=True, slots=True)
class Plan:
    """Programs by name, each a command line or, as `screen`, one that opens the screen and is used there; all with `variables` in
    their environment and nothing else of ours, since what runs on a build server is told to behave, started in `folder`; what the
    visitor pastes and asks."""

    commands: Mapping[str, Sequence[str]]
    variables: Mapping[str, str]
    folder: str
    session: str = ""
    question: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """What was said by each program (exit code, standard output, standard error), and what the watches saw: attempts as lines,
    requests at the proxy, packets that left (None where nothing could be counted), and what the visitor was sent."""

    said: Mapping[str, tuple[int, str, str]] = field(default_factory=dict)
    attempts: Sequence[str] = ()
    proxied: int = 0
    packets: int | None = None
    answered: str = ""


@cache
def own_network() -> tuple[str, ...]:
    """What to write before a command to give it a network of its own; empty where that is not allowed."""
    if not shutil.which("unshare") or not shutil.which("ip"):
        return ()
    for rights in (("--map-root-user", "--net"), ("--net",)):
        prefix = ("unshare", *rights, "sh", "-ec", _NETWORK, "sh")
        if not subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode:
            return prefix
    return ()


def run(plan: Plan, seconds: float = 280) -> Seen:
    """What the watches saw of `plan`."""
    command = [*own_network(), sys.executable, "-m", "tests.assurance.watched", *(["counted"] if own_network() else [])]
    done = subprocess.run(
        command, input=json.dumps(asdict(plan)), cwd=ROOT, capture_output=True, text=True, timeout=seconds, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return Seen(**json.loads(done.stdout))


def _watch(plan: Plan, counted: bool) -> Seen:
    proxy, asked = _canary()
    guarded = Path(plan.folder) / "guard.log"
    environment = {
        "PATH": os.environ["PATH"],
        # Looked up once and not waited for: there is nobody to answer.
        "RES_OPTIONS": "attempts:1 timeout:1",
        **{name: value.replace(PROXY, proxy) for name, value in plan.variables.items()},
        "PYTHONPATH": f"{GUARD}{os.pathsep}{ROOT}",
        "RUPTURE_GUARD": str(guarded),
    }
    before = _packets() if counted else 0
    said, answered = {}, ""
    for name, command in plan.commands.items():
        if name == "screen":
            said[name], answered = _use(command, environment, plan)
            continue
        done = subprocess.run(command, env=environment, cwd=plan.folder, capture_output=True, text=True, timeout=240, check=False)
        said[name] = (done.returncode, done.stdout, done.stderr)
    attempts = guarded.read_text().splitlines() if guarded.exists() else []
    return Seen(said, attempts, len(asked), _packets() - before if counted else None, answered)


def _use(command: Sequence[str], environment: Mapping[str, str], plan: Plan) -> tuple[tuple[int, str, str], str]:
    """What the screen said, and what it sent to a visitor who reads a session there; stopped as with Ctrl-C."""
    port = free_port()
    with subprocess.Popen(
        command,
        env={**environment, "PORT": str(port)},
        cwd=plan.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            answered = (
                Visitor(f"http://127.0.0.1:{port}").read(plan.session, plan.question) if wait_until_open(process, port) else ""
            )
        finally:
            process.terminate()
            out, error = process.communicate(timeout=30)
    return (process.returncode, out, error), answered


def _canary() -> tuple[str, list[bytes]]:
    """The address of a listener on this machine, and the beginnings of what it was asked."""
    listener = socket.create_server(("127.0.0.1", 0))
    asked: list[bytes] = []

    def listen() -> None:
        while True:
            visitor, _ = listener.accept()
            with visitor, suppress(OSError):
                asked.append(visitor.recv(200))
                visitor.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    threading.Thread(target=listen, daemon=True).start()
    return f"http://127.0.0.1:{listener.getsockname()[1]}", asked


def _packets() -> int:
    """Packets that left by anything but the loopback interface, and those of the newer protocol that found no way out."""
    cards = (line.split(":") for line in Path("/proc/net/dev").read_text().splitlines()[2:])
    left = sum(int(counts.split()[9]) for name, counts in cards if name.strip() != "lo")
    newer = Path("/proc/net/snmp6")
    lines = newer.read_text().splitlines() if newer.exists() else []
    return left + sum(int(line.split()[1]) for line in lines if line.startswith("Ip6OutNoRoutes"))


def main() -> None:
    """The plan on standard input, what was seen on standard output."""
    sys.stdout.write(json.dumps(asdict(_watch(Plan(**json.load(sys.stdin)), counted="counted" in sys.argv))))


if __name__ == "__main__":
    main()
