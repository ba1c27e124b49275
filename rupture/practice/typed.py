"""What a trainee types: codes with a sureness, and a turn before them. Pure; the command line and the screen's keyboard read
alike."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rupture.corrections import codes_for
from rupture.errors import RuptureError
from rupture.practice.attempt import CLEAR, LEANING
from rupture.practice.wording import said
from rupture.transcript import Role, Transcript

_TURN = re.compile(r"#?(\d{1,5})\b[:.]?\s*(.*)")


class TypedError(RuptureError):
    """What was typed is no code of that turn; says what is expected."""


@dataclass(frozen=True, slots=True)
class Typed:
    """Codes in the order typed, none for an empty line, and how sure."""

    codes: tuple[str, ...]
    sure: int


def typed_codes(text: str, role: Role) -> Typed:
    """The codes of `text` for a turn of `role`: `W5`, `c2 ?`, `w5, c2`. A question mark means leaning to all of them. TypedError
    when something else stands there, or a code twice."""
    allowed = codes_for(role)
    codes = tuple(word.upper() for word in re.split(r"[\s,;?]+", text) if word)
    if len(set(codes) & set(allowed)) < len(codes):
        raise TypedError(said("terminal.not_a_code", codes=said(f"terminal.codes.{role}")))
    return Typed(codes, LEANING if "?" in text else CLEAR)


def typed_turn(text: str, transcript: Transcript, roles: Sequence[Role]) -> tuple[int, Typed]:
    """The turn `text` begins with and its codes: `12 W5 ?`; a turn alone has none. TypedError when there is no such turn, nobody
    of `roles` speaks there, or the codes do not fit."""
    found = _TURN.fullmatch(text.strip())
    turn = int(found[1]) if found else -1
    if not found or turn >= len(transcript.turns) or transcript.turns[turn].role not in roles:
        whose = said("terminal.whose_all" if Role.THERAPIST in roles else "terminal.whose_client")
        raise TypedError(said("terminal.not_a_turn", whose=whose))
    return turn, typed_codes(found[2], transcript.turns[turn].role)
