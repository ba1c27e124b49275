"""What a run was made of, comparable without being shown: SHA-256 digests and versions; no path, no host name."""

import hashlib
import json
import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from rupture.coding.values import CodedSession

_PACKAGES = ("rupture", "numpy", "onnxruntime")


def digest(value: Any) -> str:
    """Digest of JSON-ready data, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def digest_files(paths: Iterable[Path]) -> str:
    """Digest of files by name and content, whatever the folder they lie in and the order they come in."""
    return digest(sorted((path.name, hashlib.sha256(path.read_bytes()).hexdigest()) for path in paths))


def digest_sessions(sessions: Sequence[CodedSession]) -> str:
    """Digest of coded sessions: their words, roles and reference."""
    return digest(
        [
            {
                "id": s.transcript.id,
                "turns": [[turn.speaker, turn.role.value, turn.text] for turn in s.transcript.turns],
                "votes": [dict(votes) for votes in s.votes],
                "rating": asdict(s.rating) if s.rating else None,
            }
            for s in sessions
        ]
    )


def versions() -> Mapping[str, str]:
    """Python and the packages a score depends on."""
    found = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found
