"""Limits of a process, as far as the platform has them (Windows has none)."""

import contextlib
import math
import os


def limit(**limits: int) -> None:
    """Holds this process and those it starts to `limits`, by their names in `resource`: CORE=0 for no image of its memory, with
    the words in it, when it crashes."""
    try:
        import resource
    except ImportError:
        return
    for name, value in limits.items():
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (value, value))


def addresses() -> float:
    """How many bytes of memory this process may address."""
    try:
        import resource
    except ImportError:
        return math.inf
    most, _ = resource.getrlimit(resource.RLIMIT_AS)
    return math.inf if most == resource.RLIM_INFINITY else most


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
