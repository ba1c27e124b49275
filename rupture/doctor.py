"""What holds on this machine, for `rupture doctor`: one function a question, each giving checks, what they mean and what to do.

Reads settings, sizes, modes and digests; opens no session and repeats nothing that a user may have written, but for the host of a
language model elsewhere. Loads no model, no torch and no gradio.
"""

import hashlib
import json
import os
import platform
import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, metadata, requires, version
from pathlib import Path
from urllib.parse import urlsplit

from rupture.detection.card import digest_of, read_card
from rupture.errors import CorpusError, ModelError
from rupture.guidance.documents import load
from rupture.privacy.hardening import LOOPBACK, SET, differing_environment
from rupture.resources import ENCODER, ENCODER_FILES

_TALKS = re.compile(r"_PROXY$|TELEMETRY|TRACING|ANALYTICS|SENTRY|POSTHOG|^(OTEL|WANDB|COMET|MLFLOW|DD)_", re.IGNORECASE)
"""Names of settings by which programs are told to report to somebody."""
_READERS = {"guidance": "scope.json", "utterances": "heads.json"}
"""Folders of the model beside the detector, and what each holds beside an encoder."""
_SHOWN = 12
_LITTLE, _TOO_LITTLE = 1_000_000_000, 100_000_000
"""Bytes. An index of the guidance takes twenty million, and a copy while it is read."""
_NEEDED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_EXTRA = re.compile(r"extra == ['\"]([^'\"]+)")


class State(StrEnum):
    """How a check came out. Only a problem is a reason not to go on."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: what it is called, how it came out, what that means, and what to do (empty when nothing)."""

    name: str
    state: State
    means: str
    do: str = ""


@dataclass(frozen=True, slots=True)
class Places:
    """Where things lie: the shipped model and corpus, the index, what a user keeps, the file of users if one is named, and the
    locked versions if this is a checkout."""

    model: Path
    corpus: Path
    cache: Path
    data: Path
    users: Path | None = None
    lock: Path | None = None


def examine(places: Places, environment: Mapping[str, str]) -> tuple[Check, ...]:
    """Every check, in the order they are shown."""
    return (
        offline(environment),
        chat_model(environment),
        *models(places.model),
        guidance(places.corpus, places.model / "guidance" / ENCODER, places.cache),
        packages(places.lock),
        *extras(),
        kept(places.data, places.users),
        encryption(),
        room((places.data, places.cache)),
        Check("browser", State.OK, "Any browser of this machine shows the screen; Chromium is needed by the tests only."),
    )


def offline(environment: Mapping[str, str]) -> Check:
    """Whether a setting could make this process, as it now stands, speak to others. Names settings, never their values."""
    if wrong := differing_environment():
        return Check("offline", State.PROBLEM, f"Not in order: {'; '.join(wrong)}.", "Start it as `rupture` or `python app.py`.")
    if left := sorted(name for name in environment if _TALKS.search(name) and name not in SET):
        return Check(
            "offline",
            State.WARNING,
            f"Settings of other programs are left as they are: {', '.join(left)}. Nothing here is known to read them.",
            "Unset them where they are not needed.",
        )
    return Check("offline", State.OK, "Telemetry, tracing, sharing and proxies are off in this process, whatever the shell says.")


def chat_model(environment: Mapping[str, str]) -> Check:
    """Whether a language model is set, and where it runs."""
    provider, _, _ = environment.get("RUPTURE_CHAT_MODEL", "").strip().partition(":")
    try:
        host = urlsplit(environment.get("RUPTURE_CHAT_URL", "").strip()).hostname or ""
    except ValueError:
        host = "?"
    if not provider:
        return Check("language model", State.OK, "None is set: replies are composed from the guidance on this machine.")
    if provider == "remote":
        return Check(
            "language model",
            State.WARNING,
            f"One elsewhere is turned on, at {host or '(no address)'}. It gets a text once you have seen it and pressed Send.",
            "Unset RUPTURE_CHAT_MODEL if that is not meant, and ask for your client's consent if it is.",
        )
    if host and host not in LOOPBACK:
        return Check(
            "language model", State.PROBLEM, "Its address is not on this machine, so it is refused.", "Mend RUPTURE_CHAT_URL."
        )
    return Check("language model", State.OK, "One on this machine is set.")


def models(folder: Path) -> tuple[Check, ...]:
    """Whether the shipped models are there, and the detector is the one its card describes."""
    try:
        card, digest = read_card(folder), digest_of(folder)
    except (ModelError, OSError):
        detector = Check("detector", State.PROBLEM, "Files of the detector are missing or damaged.", "Install rupture again.")
    else:
        shown = f"{card.id}, digest {digest[:_SHOWN]}"
        same = Check("detector", State.OK, f"{shown}, as its card says.")
        other = Check("detector", State.PROBLEM, f"{shown}, which is not that of its card.", "Install rupture again.")
        detector = same if digest == card.digest else other
    return (detector, *(_encoder(folder / name) for name in _READERS))


def _encoder(folder: Path) -> Check:
    name = f"reader of {folder.name}"
    if missing := [file for file in (*ENCODER_FILES, _READERS[folder.name]) if not (folder / file).is_file()]:
        return Check(name, State.PROBLEM, f"Missing: {', '.join(missing)}.", "Install rupture again.")
    return Check(name, State.OK, f"Its files are there; digest {_sha256(folder / 'encoder.onnx')[:_SHOWN]}.")


def guidance(corpus: Path, encoder: Path, cache: Path) -> Check:
    """Whether the guidance can be read, and an index of it is kept that was made of it and is whole."""
    try:
        found = load(corpus)
    except (CorpusError, OSError):
        return Check(
            "guidance", State.PROBLEM, "Documents of the guidance are missing or damaged.", "Run: rupture guidance check"
        )
    shown = f"{len({passage.document for passage in found.passages.values()})} documents, digest {found.digest[:_SHOWN]}"
    wanted = {
        "corpus": found.digest,
        "encoder": _sha256(encoder) if encoder.is_file() else "",
        "chroma": _version("chromadb"),
    }
    whole = [_whole(folder) for folder in cache.glob("guidance-*") if wanted.items() <= _manifest(folder).items()]
    if not whole:
        return Check("guidance", State.OK, f"{shown}. Its index is built at the first search, which takes up to a minute.")
    if not any(whole):
        return Check("guidance", State.WARNING, f"{shown}. Its index is damaged and will be built again at the next search.")
    return Check("guidance", State.OK, f"{shown}. Its index is there and whole.")


def _manifest(folder: Path) -> dict[str, object]:
    try:
        found = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _whole(folder: Path) -> bool:
    files = _manifest(folder).get("files")
    if not isinstance(files, dict):
        return False
    kept = folder / "chroma"
    return all((kept / name).is_file() and _sha256(kept / name) == digest for name, digest in files.items())


def packages(lock: Path | None) -> Check:
    """Whether the packages this tool needs are there, in the versions of `lock` where there is one."""
    needed = [_name(line) for line in requires("rupture") or () if "extra ==" not in line]
    if missing := [name for name in needed if not _version(name)]:
        return Check("packages", State.PROBLEM, f"Missing: {', '.join(missing)}.", "Install rupture again.")
    own = f"Python {platform.python_version()}, rupture {_version('rupture')}"
    if lock is None:
        return Check("packages", State.OK, f"{own}; {len(needed)} packages are there.")
    pins = dict(line.split("==") for line in lock.read_text(encoding="utf-8").split())
    differ = [f"{name} {_version(name)} (locked: {pinned})" for name, pinned in pins.items() if _version(name) != pinned]
    if differ:
        return Check(
            "packages",
            State.WARNING,
            f"{own}; of {len(pins)} locked packages {len(differ)} differ or are missing: {', '.join(differ)}.",
            "Run: pip install -r requirements/base.txt",
        )
    return Check("packages", State.OK, f"{own}; all {len(pins)} locked packages are as locked.")


def extras() -> tuple[Check, ...]:
    """Which optional parts are installed. None is needed."""
    checks = []
    for extra in metadata("rupture").get_all("Provides-Extra") or ():
        parts = [_name(line) for line in requires("rupture") or () if (at := _EXTRA.search(line)) and at[1] == extra]
        missing = [name for name in parts if not _version(name)]
        means = f"Not installed: {', '.join(missing)}." if missing else "Installed."
        checks.append(
            Check(f"optional: {extra}", State.OK, means, f"If wanted: pip install 'rupture[{extra}]'" if missing else "")
        )
    return tuple(checks)


def kept(data: Path, users: Path | None) -> Check:
    """Whether what is kept on this machine can be read by its owner alone."""
    if os.name != "posix":
        return Check(
            "what is kept", State.WARNING, "Who may read it cannot be told on this system.", "Look at the folder's sharing."
        )
    try:
        found = [*_below(data), *([users] if users and users.exists() else [])]
        open_to_others = [path for path in found if path.stat().st_mode & 0o077 and not _shut_above(path, data)]
    except OSError:
        return Check("what is kept", State.PROBLEM, "The folder of what is kept cannot be read.", f"Look at {data}.")
    if open_to_others:
        return Check(
            "what is kept",
            State.PROBLEM,
            f"Files and folders that other accounts of this machine may read: {len(open_to_others)} of {len(found)}.",
            "Run: chmod -R go-rwx on the folder that RUPTURE_DATA names, else your data folder, and on the file of users.",
        )
    if not found:
        return Check("what is kept", State.OK, "Nothing is kept: no session, no document of yours, no file of users.")
    return Check("what is kept", State.OK, f"Files and folders: {len(found)}, for your account alone.")


def _below(folder: Path) -> Iterable[Path]:
    return [folder, *folder.rglob("*")] if folder.exists() else []


def _shut_above(path: Path, data: Path) -> bool:
    """Whether `path` lies in a `data` folder that nobody else may enter."""
    return data in path.parents and not data.stat().st_mode & 0o077


def encryption() -> Check:
    """Says that the encryption of the disk cannot be told from here."""
    return Check(
        "disk encryption",
        State.WARNING,
        "Whether this disk is encrypted cannot be told from here. What you keep or save is not encrypted by this tool.",
        "See that BitLocker, FileVault or LUKS is on.",
    )


def room(places: Sequence[Path]) -> Check:
    """Whether the disks have room for what is kept and for the index."""
    free = min(shutil.disk_usage(next(path for path in (place, *place.parents) if path.exists())).free for place in places)
    state = State.PROBLEM if free < _TOO_LITTLE else State.WARNING if free < _LITTLE else State.OK
    return Check("disk", state, f"{free / 1e9:.1f} GB free.", "Make room." if state is not State.OK else "")


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _version(package: str) -> str:
    """Its installed version without a local build tag; empty when it is not installed."""
    try:
        return version(package).partition("+")[0]
    except PackageNotFoundError:
        return ""


def _name(requirement: str) -> str:
    found = _NEEDED.match(requirement)
    return found[0] if found else requirement
