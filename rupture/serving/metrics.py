"""What a server counts, for Prometheus. Numbers and fixed names only: no id, no word, no address, no path that a client made up.
The one module that imports prometheus_client.
"""

import os
from importlib.util import find_spec

from rupture.errors import MissingPackage

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 1.5, 2.5, 5.0, 10.0, 20.0, 40.0, 80.0)
"""Upper ends of the buckets: from a few turns to ten thousand."""


class Metrics:
    """Each server has its own. MissingPackage when prometheus_client is not installed."""

    def __init__(self) -> None:
        if find_spec("prometheus_client") is None:
            raise MissingPackage("rupture serve", "serve")
        # With these it would keep its numbers in files.
        for name in ("PROMETHEUS_MULTIPROC_DIR", "prometheus_multiproc_dir"):
            os.environ.pop(name, None)
        from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

        self._registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self.answers = Counter("rupture_answers", "Requests answered", ("route", "status"), registry=registry)
        self.answer_seconds = Histogram(
            "rupture_answer_seconds",
            "From the first byte of a request to its answer",
            ("route",),
            buckets=_SECONDS,
            registry=registry,
        )
        self.waited_seconds = Histogram(
            "rupture_waited_seconds", "From the whole request to a worker", buckets=_SECONDS, registry=registry
        )
        self.analysis_seconds = Histogram("rupture_analysis_seconds", "In the worker", buckets=_SECONDS, registry=registry)
        self.waiting = Gauge("rupture_waiting", "Sessions that wait for a worker", registry=registry)
        self.workers = Gauge("rupture_workers", "Workers with their models loaded", registry=registry)
        self.workers_lost = Counter("rupture_workers_lost", "Workers that ended and were started again", registry=registry)
        self.abandoned = Counter("rupture_abandoned", "Sessions whose sender went away before the answer", registry=registry)

    def text(self) -> bytes:
        """All of it in Prometheus' text format."""
        from prometheus_client import generate_latest

        return generate_latest(self._registry)
