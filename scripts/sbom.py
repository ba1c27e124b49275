"""Writes docs/sbom.json: the packages of requirements/base.txt, as they are installed here, and the model files that ship, as a
bill of materials after CycloneDX 1.6 (ECMA-424).

Run in an environment made from requirements/base.txt. Nothing of the day or the machine goes in, so the same lock and the same
models give the same file. Packages carry no hashes: the lock names none, and an installed package is no file that others have.
"""

import hashlib
import json
import re
import sys
from email.message import Message
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements" / "base.txt"
MODEL = ROOT / "rupture" / "model"
OUT = ROOT / "docs" / "sbom.json"
_EXPRESSION = re.compile(r"[A-Za-z0-9.+() -]{1,100}")


def bill(lock: Path = LOCK, model: Path = MODEL) -> dict[str, Any]:
    """The bill, ready for JSON."""
    pins = [line.split("==") for line in lock.read_text(encoding="utf-8").split()]
    files = sorted(path for path in model.rglob("*") if path.is_file())
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "bom-ref": "rupture", **_described("rupture", _own_version())}},
        "components": [_package(name, pinned) for name, pinned in pins] + [_file(path, model) for path in files],
    }


def _own_version() -> str:
    """As pyproject.toml says."""
    found = re.search(r'^version = "([^"]+)"$', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    if found is None:
        raise SystemExit("pyproject.toml names no version")
    return found[1]


def _package(name: str, pinned: str) -> dict[str, Any]:
    address = f"pkg:pypi/{name}@{pinned}"
    return {"type": "library", "bom-ref": address, **_described(name, pinned), "purl": address}


def _described(name: str, pinned: str) -> dict[str, Any]:
    """Name, version and, as the installed package says, what it is and its licence; a package that is not here has neither."""
    found: dict[str, Any] = {"name": name, "version": pinned}
    try:
        about: Message = distribution(name).metadata  # type: ignore[assignment]
    except PackageNotFoundError:
        return found
    if summary := about.get("Summary"):
        found["description"] = " ".join(str(summary).split())
    if licences := _licences(about):
        found["licenses"] = licences
    return found


def _licences(about: Message) -> list[dict[str, Any]]:
    """Its SPDX expression, else the names of its classifiers, else the short name it gives."""
    if expression := about.get("License-Expression"):
        return [{"expression": str(expression)}]
    lines = [str(line) for line in about.get_all("Classifier") or () if str(line).startswith("License ::")]
    named = sorted({line.rpartition(" :: ")[2] for line in lines} - {"OSI Approved"})
    short = str(about.get("License") or "")
    if not named and _EXPRESSION.fullmatch(short):
        named = [short]
    return [{"license": {"name": name}} for name in named]


def _file(path: Path, model: Path) -> dict[str, Any]:
    name = f"rupture/model/{path.relative_to(model).as_posix()}"
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    kind = "machine-learning-model" if path.suffix == ".onnx" else "data"
    return {"type": kind, "bom-ref": name, "name": name, "hashes": [{"alg": "SHA-256", "content": digest}]}


if __name__ == "__main__":
    made = bill()
    OUT.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    sys.stdout.write(f"{OUT.relative_to(ROOT)}: {len(made['components'])} components\n")
