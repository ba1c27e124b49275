"""Whether what a coder's file says can be: the codes against the turn they stand on, the numbers against their scales."""

import re

from rupture.codebook import BY_CODE
from rupture.coding.code_files.marks import RATINGS, Mark, Rated, shown
from rupture.coding.values import Rating
from rupture.corrections import codes_for
from rupture.transcript import Transcript


def mark_problems(transcript: Transcript, mark: Mark) -> list[str]:
    """What is wrong with `mark` on `transcript`, each with its place; nothing where all is well."""
    if mark.turn >= len(transcript.turns):
        return [f"{mark.where}: found turn {mark.turn}; session {transcript.id} has {len(transcript.turns)}, counted from 0"]
    problems = []
    role = transcript.turns[mark.turn].role
    for code in mark.codes:
        if code not in BY_CODE:
            problems.append(f"{mark.where}: found {shown(code)} for a code; known are {', '.join(BY_CODE)}")
        elif code not in codes_for(role):
            problems.append(f"{mark.where}: {code} cannot stand on turn {mark.turn}, which is of role {role.value}")
    if mark.confidence not in ("", "1", "2"):
        problems.append(
            f"{mark.where}: found {shown(mark.confidence)} for a confidence; expected 1 (leaning), 2 (clear) or nothing"
        )
    return problems


def rating_of(rated: Rated) -> tuple[Rating | None, list[str]]:
    """The four numbers, 1 to 5, `resolution` None where it is left out; or what is wrong with them."""
    values: list[float | None] = []
    problems = []
    for name, text in zip(RATINGS, rated.values, strict=True):
        if name == "resolution" and text in ("", "-"):
            values.append(None)
        elif re.fullmatch(r"[1-5](?:[.,]\d+)?", text) and (value := float(text.replace(",", "."))) <= 5:
            values.append(value)
        else:
            problems.append(f"{rated.where}: {name} is no number from 1 to 5")
    return (None, problems) if problems else (Rating(*values), [])  # type: ignore[arg-type]  # only resolution can be None
