"""What a coding kit holds, written down beside it, so that what comes back can be held against what went out.

Of each turn it keeps who speaks and a digest of the words, never the words. Plain values and JSON; knows no form of a sheet.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from rupture.errors import CorpusError
from rupture.transcript import Role, Transcript, Turn

NAME = "manifest.json"
SCHEMA = 1

_DIGITS = 12
_WORD = re.compile(r"[a-z0-9]+")


class Form(StrEnum):
    """How a kit is coded: in a table, in Label Studio, or in text with codes in braces."""

    CSV = "csv"
    LABEL_STUDIO = "label-studio"
    TXT = "txt"


@dataclass(frozen=True, slots=True)
class Manifest:
    """A kit: for whom (empty if not said), in which form, by which seed, and for each session its turns as role and digest."""

    rater: str
    form: Form
    seed: int
    sessions: Mapping[str, tuple[tuple[Role, str], ...]]

    def transcripts(self) -> dict[str, Transcript]:
        """The sessions without their words."""
        return {
            id: Transcript(id, tuple(Turn(i, role.value.capitalize(), role, "") for i, (role, _) in enumerate(turns)))
            for id, turns in self.sessions.items()
        }


def manifest_of(transcripts: Mapping[str, Transcript], rater: str, form: Form, seed: int) -> Manifest:
    """The manifest of a kit with these sessions."""
    turns = {id: tuple((turn.role, digest_of(turn.text)) for turn in t.turns) for id, t in transcripts.items()}
    return Manifest(rater, form, seed, turns)


def digest_of(text: str) -> str:
    """A digest of the letters a–z and digits of `text`: what an editor does to quotation marks, accents and spaces leaves it."""
    return hashlib.sha256(" ".join(_WORD.findall(text.lower())).encode()).hexdigest()[:_DIGITS]


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Writes it into the kit's folder."""
    data = {
        "schema": SCHEMA,
        "rater": manifest.rater,
        "form": manifest.form.value,
        "seed": manifest.seed,
        "sessions": {id: [f"{role.value} {digest}" for role, digest in turns] for id, turns in manifest.sessions.items()},
    }
    (folder / NAME).write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def read_manifest(folder: Path) -> Manifest:
    """The manifest of the kit in `folder`; CorpusError when it is none."""
    path = folder / NAME
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data["schema"] != SCHEMA:
            raise ValueError
        sessions = {id: tuple(map(_turn, turns)) for id, turns in data["sessions"].items()}
        return Manifest(str(data["rater"]), Form(data["form"]), int(data["seed"]), sessions)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise CorpusError(f"{path}: is not the manifest of a coding kit; copy it again from the kit that was sent out") from None


def _turn(text: str) -> tuple[Role, str]:
    role, digest = text.split(" ")
    return Role(role), digest
