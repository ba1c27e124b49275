"""Limits a process sets itself, as far as the platform has them (Windows has none)."""

import contextlib


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
