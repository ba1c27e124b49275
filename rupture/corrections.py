"""Corrections: a clinician's word on single turns of an analysis, and the analysis as it reads with them.

Takes the analysis as the tool made it and gives a new one. Corrections are always applied to the original, so that their order
does not matter and one that is taken back leaves no trace. Knows no screen, no file and no model.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from rupture.analysis import Analysis, Finding, State
from rupture.codebook import BY_CODE, MARKERS, STRATEGIES
from rupture.episodes import find_episodes
from rupture.errors import RuptureError
from rupture.transcript import Role, Transcript, whole_of

_BY_READER = re.compile(r"Turn \d+ was (confirmed|set aside|read as .+) by the reader\b.*")
"""The note of a correction, as `_note` writes it."""


class CorrectionError(RuptureError):
    """A correction that contradicts itself or does not fit its turn; names the turn."""


class Verdict(StrEnum):
    """What the reader says of a turn: as the tool has it, nothing to mark there, or other codes."""

    AGREE = "agree"
    NOT_A_RUPTURE = "not_a_rupture"
    OTHER_CODE = "other_code"


@dataclass(frozen=True, slots=True)
class Correction:
    """The reader's verdict on the turn with index `turn`. `codes`, the clearest first, are the turn's codes from then on; they
    come with OTHER_CODE and only with it. CorrectionError when they do not, or are not codes of the codebook, each once."""

    turn: int
    verdict: Verdict
    codes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if bool(self.codes) != (self.verdict is Verdict.OTHER_CODE):
            found = ", ".join(self.codes) or "none"
            raise CorrectionError(
                f"turn {self.turn}: found the verdict {self.verdict.value} with the codes {found}; codes come with other_code, "
                f"and only with it"
            )
        if len(set(self.codes) & BY_CODE.keys()) < len(self.codes):
            raise CorrectionError(
                f"turn {self.turn}: found the codes {', '.join(self.codes)}; give codes of the codebook, each once: "
                f"{', '.join(BY_CODE)}"
            )


def codes_for(role: Role) -> tuple[str, ...]:
    """The codes that can stand on a turn of `role`, in codebook order: markers on a client's, strategies on a therapist's,
    none on another's."""
    return {Role.CLIENT: MARKERS, Role.THERAPIST: STRATEGIES, Role.OTHER: ()}[role]


def corrected(analysis: Analysis, corrections: Mapping[int, Correction]) -> Analysis:
    """`analysis`, as the tool made it, with the corrections by turn; without any it is the same.

    Findings change as the reader says, and episodes follow by the one rule. A turn that is given codes keeps its evidence, or
    else all of it is evidence. Top moments lose the turns that were set aside and gain none. Scores and session ratings stay
    what they were; a note for each correction says so. Suggestions are left empty: they belong to the episodes from before.
    CorrectionError when the transcript was not analysed, has no such turn, or a code cannot stand on a turn of that role.
    """
    if not corrections:
        return analysis
    if analysis.state is State.NOT_ANALYSED:
        raise CorrectionError("this transcript was not analysed, so there is nothing to correct; analyse it first")
    ordered = [_checked(analysis.transcript, turn, corrections[turn]) for turn in sorted(corrections)]
    by_turn = {finding.turn: finding for finding in analysis.findings}
    for correction in ordered:
        if correction.verdict is Verdict.NOT_A_RUPTURE:
            by_turn.pop(correction.turn, None)
        elif correction.verdict is Verdict.OTHER_CODE:
            found = by_turn.get(correction.turn)
            evidence = (found.evidence if found else ()) or whole_of(analysis.transcript.turns[correction.turn].text)
            by_turn[correction.turn] = Finding(correction.turn, correction.codes, evidence=evidence)
    findings = tuple(by_turn[turn] for turn in sorted(by_turn))
    return replace(
        analysis,
        findings=findings,
        episodes=find_episodes(analysis.transcript, {finding.turn: finding.codes for finding in findings}),
        top_moments=tuple(turn for turn in analysis.top_moments if turn in by_turn),
        notes=(*analysis.notes, *map(_note, ordered)),
        suggestions=(),
    )


def verdict_in(note: str) -> Verdict | None:
    """What a reader said of a turn, where `note`, one of an analysis, is that of a correction; None for any other note."""
    found = _BY_READER.fullmatch(note)
    if found is None:
        return None
    return {"confirmed": Verdict.AGREE, "set aside": Verdict.NOT_A_RUPTURE}.get(found[1], Verdict.OTHER_CODE)


def limits(analysis: Analysis) -> str:
    """Why the session could be read only in part: the notes that are not of corrections, as sentences."""
    return " ".join(note for note in analysis.notes if verdict_in(note) is None)


def _checked(transcript: Transcript, turn: int, correction: Correction) -> Correction:
    if correction.turn != turn:
        raise CorrectionError(f"found a correction of turn {correction.turn} under turn {turn}; give each under its own turn")
    if not 0 <= turn < len(transcript.turns):
        raise CorrectionError(f"turn {turn} is corrected, but the session has {len(transcript.turns)} turns, from 0")
    fitting = codes_for(transcript.turns[turn].role)
    if strangers := [code for code in correction.codes if code not in fitting]:
        raise CorrectionError(
            f"turn {turn}: {', '.join(strangers)} cannot stand on a turn of role {transcript.turns[turn].role.value}; "
            f"expected {', '.join(fitting) or 'no code there'}"
        )
    return correction


def _note(correction: Correction) -> str:
    if correction.verdict is Verdict.AGREE:
        return f"Turn {correction.turn} was confirmed by the reader."
    if correction.verdict is Verdict.NOT_A_RUPTURE:
        done = "set aside"
    else:
        done = f"read as {' and '.join(f'“{BY_CODE[code].label}”' for code in correction.codes)}"
    return f"Turn {correction.turn} was {done} by the reader; session ratings are from before that."
