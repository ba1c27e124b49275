"""One open page as the server sees it: events by the name of their component, over plain HTTP. Standard library only."""

import json
import secrets
import socket
import subprocess
import threading
import time
import urllib.request
from typing import Any

# A proxy that the environment names is for the program under test, never for the test.
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Visitor:
    """Opens the page at `address`, `http://127.0.0.1:7860` for example."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._session = secrets.token_hex(6)
        self.page = _direct.open(f"{address}/", timeout=60).read().decode()
        config = json.load(_direct.open(f"{address}/config", timeout=60))
        names = {part["id"]: part["props"].get("elem_id") for part in config["components"]}
        calls = [call for call in config["dependencies"] if call["backend_fn"]]
        self._events = {(names.get(target), event): call for call in calls for target, event in call["targets"]}
        self._states = {part["id"] for part in config["components"] if part["type"] == "state"}

    def fire(self, component: str, event: str, *values: Any, data: dict[str, Any] | None = None) -> str:
        """All that the server sent until the event's handler was done, as JSON; its last message says whether it succeeded.
        `values` fill the inputs that are no state."""
        self.begin(component, event, *values, data=data)
        return self.hear()

    def begin(self, component: str, event: str, *values: Any, data: dict[str, Any] | None = None) -> dict[str, Any]:
        """Has the event put in the queue; what names it there: session, event and function."""
        call = self._events[component, event]
        given = iter(values)
        named = {"fn_index": call["id"], "session_hash": self._session}
        body = {**named, "data": [None if part in self._states else next(given) for part in call["inputs"]], "event_data": data}
        request = urllib.request.Request(  # noqa: S310 - the address is this machine's
            f"{self._address}/gradio_api/queue/join", json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        with _direct.open(request, timeout=60) as answer:
            return {**named, **json.load(answer)}

    def stop(self, begun: dict[str, Any]) -> None:
        """Presses Stop while the event `begun` waits or runs."""
        call = self._events["stop", "click"]
        pressed = {"fn_index": call["id"], "session_hash": self._session, "data": [None] * len(call["inputs"])}
        # As the page does: both at once, and it waits for neither.
        for route, body in (("run/predict", pressed), ("cancel", begun)):
            request = urllib.request.Request(  # noqa: S310 - the address is this machine's
                f"{self._address}/gradio_api/{route}", json.dumps(body).encode(), {"Content-Type": "application/json"}
            )
            threading.Thread(target=lambda asked=request: _direct.open(asked, timeout=240).close()).start()

    def hear(self) -> str:
        """All that the server sends until an event's handler is done."""
        said = []
        with self.listen() as lines:
            for line in lines:
                if line.startswith(b"data:"):
                    said.append(line[5:].decode())
                    if json.loads(said[-1])["msg"] in ("process_completed", "unexpected_error"):
                        break
        return "".join(said)

    def listen(self) -> Any:
        """The lines on which the server says how events go on; those of a tab that hangs up are not gone on with."""
        return _direct.open(f"{self._address}/gradio_api/queue/data?session_hash={self._session}", timeout=240)

    def stay(self) -> Any:
        """The line that an open tab holds; what the server keeps for the tab goes once it is closed."""
        return _direct.open(f"{self._address}/gradio_api/heartbeat/{self._session}", timeout=600)

    def read(self, session: str, question: str) -> str:
        """Pastes a session, has it analysed and asks a question; all that the server sent."""
        said = [self.fire("box", "submit", {"text": session, "files": []}), self.fire("analyse", "click", "[]", "")]
        return "".join([*said, self.fire("box", "submit", {"text": question, "files": []})])


def wait_until_open(process: subprocess.Popen, port: int, seconds: float = 90) -> bool:
    """Whether `process` came to listen at `port` of this machine."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return True
        time.sleep(0.1)
    return False


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
