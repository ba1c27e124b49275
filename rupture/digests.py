"""What a run was made of, comparable without being shown: SHA-256 digests and versions; no path, no host name."""

import hashlib
import json
import platform
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from rupture.coding.values import CodedSession

_PACKAGES = ("rupture", "numpy", "onnxruntime")


def digest(value: Any) -> str:
    """Digest of JSON-ready data, whatever the order of its keys."""
    return hashlib.sha256(_canonical(value)).hexdigest()


def digest_files(paths: Iterable[Path]) -> str:
    """Digest of files by name and content, whatever the folder they lie in and the order they come in."""
    return digest(sorted((path.name, hashlib.sha256(path.read_bytes()).hexdigest()) for path in paths))


def digest_sessions(sessions: Iterable[CodedSession]) -> str:
    """Digest of coded sessions: their words, roles and reference. It is that of `digest` over the list of them, taken one by one
    so that none is held."""
    total = hashlib.sha256(b"[")
    for number, session in enumerate(sessions):
        total.update(b", " * (number > 0) + _canonical(_content(session)))
    total.update(b"]")
    return total.hexdigest()


def _content(session: CodedSession) -> dict[str, Any]:
    return {
        "id": session.transcript.id,
        "turns": [[turn.speaker, turn.role.value, turn.text] for turn in session.transcript.turns],
        "votes": [dict(votes) for votes in session.votes],
        "rating": asdict(session.rating) if session.rating else None,
    }


def _canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, ensure_ascii=False).encode()


def versions() -> Mapping[str, str]:
    """Python and the packages a score depends on."""
    found = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found
