"""The workers: starts them, hands each one session at a time from the line, starts those again that ended, and stops them.

One line for all, so that nobody waits behind a long session while a worker is idle. Knows no HTTP.
"""

import asyncio
import logging
import os
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from rupture.errors import ModelError
from rupture.limits import cores
from rupture.serving.frames import Kind, framed, receive
from rupture.serving.metrics import Metrics
from rupture.serving.waiting import Job, Line, NotServed, NoWorker, Stopping, TooLong, WorkerLost

# Without -P a file in the current directory could stand in for a module.
COMMAND = (sys.executable, "-P", "-m", "rupture.serving.worker")
MOST_SECONDS = 300.0
"""For one session. The longest that are read (10,000 turns) take half a minute on two cores."""
THREADS = "RUPTURE_THREADS"
"""As `rupture.encoder` reads it; importing that would bring its libraries into the server."""
START_SECONDS = 120.0
AGAIN_SECONDS = 2.0
"""Between tries to start a worker that did not come up."""
LOST_SECONDS = 60.0
"""That sessions wait for a worker to come up again when there is none; most load their models in a few seconds."""
END_SECONDS = 1.0
"""That a worker without work has to end by itself."""
_log = logging.getLogger("rupture.serving")


class Pool:
    """`workers` processes that share the cores. `failed` is called when the first one cannot be started at all; `reason` then
    says why, and what to do."""

    def __init__(
        self,
        workers: int,
        line: Line,
        metrics: Metrics,
        failed: Callable[[], None] = lambda: None,
        command: Sequence[str] = COMMAND,
    ) -> None:
        self.workers, self.reason = workers, ""
        self._line, self._metrics, self._failed, self._command = line, metrics, failed, command
        self._ready, self._came_up = 0, False
        self._lost: asyncio.TimerHandle | None = None
        self._mean = 1.0
        self._at_work: set[Job] = set()
        threads = str(max(1, cores() // workers))
        self._environment = {**os.environ, THREADS: threads}

    @property
    def ready(self) -> bool:
        """Whether a worker has its models loaded."""
        return self._ready > 0

    @property
    def seconds_to_come(self) -> float:
        """About how long until a session that came now would have its answer, from the last ones."""
        return self._mean * (1 + (len(self._line) + len(self._at_work)) / self.workers)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """The workers, started side by side, until the end of the block; then whoever still waits is told."""
        keeping = [asyncio.create_task(self._keep()) for _ in range(self.workers)]
        try:
            yield
        finally:
            self._line.close()
            self.give_up()
            for task in keeping:
                task.cancel()
            await asyncio.gather(*keeping, return_exceptions=True)

    def give_up(self) -> None:
        """Tells those whose sessions are being analysed that no answer will come."""
        for job in self._at_work:
            job.give_up(Stopping())

    async def _keep(self) -> None:
        """One worker, and the next when it ends."""
        while True:
            try:
                async with self._worker() as worker:
                    self._count(+1)
                    try:
                        await self._work(worker)
                    finally:
                        self._count(-1)
            except ModelError as error:
                _log.error("%s", error)
                if not self._came_up and not self.reason:
                    self.reason = str(error)
                    self._failed()
                await asyncio.sleep(AGAIN_SECONDS)
            except NotServed as error:
                self._metrics.workers_lost.inc()
                _log.error("a worker ended (%s) and is started again", type(error).__name__)

    def _count(self, change: int) -> None:
        self._ready += change
        self._came_up = True
        self._metrics.workers.set(self._ready)
        if self._lost is not None:
            self._lost.cancel()
        # Nobody new is taken meanwhile, so that this one time will do for all who wait.
        self._lost = None if self._ready else asyncio.get_running_loop().call_later(LOST_SECONDS, self._line.give_up, NoWorker)

    @asynccontextmanager
    async def _worker(self) -> AsyncIterator[Process]:
        """A worker with its models loaded, and its end. ModelError when it does not come up."""
        try:
            worker = await asyncio.create_subprocess_exec(*self._command, stdin=PIPE, stdout=PIPE, env=self._environment)
        except (OSError, RuntimeError) as error:  # no process, or no thread that would wait for its end
            raise ModelError(
                f"A worker cannot be started ({getattr(error, 'strerror', None) or error}). See that there is memory for it, and "
                "that this user may start further processes."
            ) from error
        try:
            try:
                async with asyncio.timeout(START_SECONDS):
                    kind, said = await receive(_pipes(worker)[1])
            except (asyncio.IncompleteReadError, TimeoutError):
                kind, said = (
                    Kind.BROKEN,
                    b"A worker ended while it loaded its models. See what it wrote before, or reinstall rupture.",
                )
            if kind is not Kind.READY:
                raise ModelError(said.decode())
            yield worker
        finally:
            ending = asyncio.create_task(_end(worker))
            # To the end also when the server is stopped meanwhile.
            try:
                await asyncio.shield(ending)
            finally:
                await ending

    async def _work(self, worker: Process) -> None:
        """Session after session; WorkerLost or TooLong when the worker can do no more."""
        ended = asyncio.create_task(worker.wait())
        try:
            while True:
                await self._do(worker, await self._next(ended))
        finally:
            ended.cancel()

    async def _next(self, ended: "asyncio.Task[int]") -> Job:
        """The next job; WorkerLost when the worker ends meanwhile."""
        coming = asyncio.create_task(self._line.first())
        try:
            await asyncio.wait((coming, ended), return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            coming.cancel()
            raise
        if not ended.done():
            return coming.result()
        if coming.done():
            self._line.back(coming.result())
        coming.cancel()
        raise WorkerLost

    async def _do(self, worker: Process, job: Job) -> None:
        into, out = _pipes(worker)
        began = time.perf_counter()
        self._metrics.waiting.set(len(self._line))
        self._metrics.waited_seconds.observe(began - job.came)
        self._at_work.add(job)
        try:
            async with asyncio.timeout(MOST_SECONDS):
                into.write(framed(Kind.SESSION, job.session))
                await into.drain()
                answer = await receive(out)
        except TimeoutError:
            worker.kill()
            job.give_up(TooLong())
            raise TooLong from None
        except (asyncio.IncompleteReadError, ConnectionError):
            job.give_up(WorkerLost())
            raise WorkerLost from None
        finally:
            self._at_work.discard(job)
        took = time.perf_counter() - began
        self._mean += (took - self._mean) / 8
        self._metrics.analysis_seconds.observe(took)
        if not job.answer.done():
            job.answer.set_result(answer)


def _pipes(worker: Process) -> tuple[asyncio.StreamWriter, asyncio.StreamReader]:
    if worker.stdin is None or worker.stdout is None:
        raise RuntimeError("the worker was started without pipes")
    return worker.stdin, worker.stdout


async def _end(worker: Process) -> None:
    """Lets `worker` end, or ends it."""
    into, out = _pipes(worker)
    into.close()
    # What it still says is read: of a worker whose pipe is full nobody hears that it has ended.
    rest = asyncio.create_task(out.read())
    try:
        await asyncio.wait_for(worker.wait(), END_SECONDS)
    except TimeoutError:
        worker.kill()
        await worker.wait()
    await rest
