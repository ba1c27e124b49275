"""The bounded line of sessions that wait for a worker: first come, first served; who comes when it is full is refused at
once, and who goes away meanwhile is forgotten. For one event loop; knows no worker and no HTTP."""

import asyncio
import time
from collections import deque
from dataclasses import dataclass, field

from rupture.serving.frames import Kind


class NotServed(Exception):
    """Raised to whoever waits for an answer that will not come."""


class LineFull(NotServed):
    """As many sessions wait as may."""


class Stopping(NotServed):
    """The server is being stopped."""


class WorkerLost(NotServed):
    """The worker ended while it had the session."""


class NoWorker(NotServed):
    """For too long no worker has been ready."""


class TooLong(NotServed):
    """The session took longer than any may."""


@dataclass(slots=True, eq=False)
class Job:
    """A session on its way, as the bytes of its request, and the answer to come; `came` is when, by `time.perf_counter`."""

    session: bytes
    came: float = field(default_factory=time.perf_counter)
    answer: asyncio.Future[tuple[Kind, bytes]] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    def give_up(self, why: NotServed) -> None:
        """Tells who waits that there will be no answer, if anybody still waits."""
        if not self.answer.done():
            self.answer.set_exception(why)


class Line:
    """At most `most` jobs that wait."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._jobs: deque[Job] = deque()
        self._some = asyncio.Event()
        self._closed = False

    def __len__(self) -> int:
        return len(self._jobs)

    def join(self, job: Job) -> None:
        """Puts `job` at the end; LineFull or Stopping when it is not taken."""
        if self._closed:
            raise Stopping
        if len(self._jobs) >= self.most:
            raise LineFull
        self._jobs.append(job)
        self._some.set()

    def leave(self, job: Job) -> None:
        """Forgets `job`, wherever it stands; nothing happens when a worker has it."""
        if job in self._jobs:
            self._jobs.remove(job)

    async def first(self) -> Job:
        """Takes out the job that has waited longest, as soon as there is one."""
        while not self._jobs:
            self._some.clear()
            await self._some.wait()
        return self._jobs.popleft()

    def back(self, job: Job) -> None:
        """Puts `job`, which a worker could not begin, where it was."""
        self._jobs.appendleft(job)
        self._some.set()

    def close(self) -> None:
        """From now on nobody is taken, and those who wait are told so."""
        self._closed = True
        self.give_up(Stopping)

    def give_up(self, why: type[NotServed]) -> None:
        """Tells those who wait that there will be no answer, and forgets them."""
        while self._jobs:
            self._jobs.popleft().give_up(why())
