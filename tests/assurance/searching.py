"""Looks for words where they must not be: in bytes and in every file below a folder, in each form a program may leave them."""

import base64
import json
from pathlib import Path


def forms(words: str) -> tuple[bytes, ...]:
    """`words` as text in three encodings, escaped as in JSON and as Python shows bytes, and in base64 at each of its offsets."""
    plain = words.encode()
    encoded = {
        # The ends depend on what stands beside them.
        base64.b64encode(b"x" * offset + plain)[4 if offset else 0 :].rstrip(b"=")[:-2]
        for offset in range(3)
    }
    others = (words.encode("utf-16-le"), words.encode("utf-16-be"), json.dumps(words)[1:-1].encode(), repr(plain)[2:-1].encode())
    return tuple({plain, *others, *encoded})


def holds(data: bytes, words: str) -> bool:
    """Whether `data` holds `words` in any form."""
    return any(form in data for form in forms(words))


def hits(folder: Path, words: str) -> list[str]:
    """The files below `folder` that hold `words`, or are named after them, by their path in it."""
    found = (file for file in sorted(folder.rglob("*")) if holds(str(file.name).encode(), words) or _file_holds(file, words))
    return [file.relative_to(folder).as_posix() for file in found]


def _file_holds(file: Path, words: str) -> bool:
    return file.is_file() and holds(file.read_bytes(), words)
