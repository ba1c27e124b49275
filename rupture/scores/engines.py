"""Who analyses a batch: one of these."""

from enum import StrEnum


class Engine(StrEnum):
    """`local` is this process, `ray` a Ray cluster."""

    LOCAL = "local"
    RAY = "ray"
