"""Feedback on an attempt: turn by turn what the trainee and the raters marked, why, and how far they agree.

Pure: a practice session and an attempt give frozen values and sentences. No grade, no pass and no fail; the reference is said to
be what it is, every time.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import isnan
from typing import Any

from rupture.codebook import MARKER_FAMILIES, Family
from rupture.practice.agreement import counts_of, sample_of
from rupture.practice.attempt import CLEAR, LEANING, Attempt, fitting
from rupture.practice.comparison import HELD, Outcome, Pair, Seen, outcome, seen, taken_for
from rupture.practice.explanations import Contrast, ExplainedTurn
from rupture.practice.sets import PracticeSession
from rupture.practice.wording import counted, definitions, outcome_words, said
from rupture.transcript import Role, Turn


@dataclass(frozen=True, slots=True)
class TurnFeedback:
    """One turn: how `yours` lie to the `reference` (what most raters gave), and what is said about it.

    `pairs` are what was taken for what; `words` the (start, end) offsets of what shows it, None where nobody has explained the
    turn. `told` says what both sides marked, `counts` how many raters saw what where they differ, with `split`, what speaks for
    each; `why` and `contrast` are the explanation; `definitions` the codebook on the codes of the reference and then, with what
    they are mistaken for, on those given in their place.
    """

    turn: int
    outcome: Outcome
    yours: tuple[str, ...]
    reference: tuple[str, ...]
    sure: int | None
    pairs: tuple[Pair, ...]
    told: str
    counts: str = ""
    split: str = ""
    words: tuple[int, int] | None = None
    why: str = ""
    contrast: Contrast | None = None
    definitions: tuple[str, ...] = ()

    @property
    def contrast_words(self) -> str:
        """What the turn is not, and why; empty where nobody has explained it."""
        if self.contrast is None:
            return ""
        if self.contrast.code is None:
            return said("contrast.nothing", why=self.contrast.why)
        return said("contrast.code", code=self.contrast.code, why=self.contrast.why)


@dataclass(frozen=True, slots=True)
class FamilyAgreement:
    """Turns that were read, by who marked the family: `both` the trainee and most raters, one side alone, or `neither`. `kappa`
    is Cohen's over these turns of one session, None where it is undefined; far too few turns to go by alone."""

    family: Family
    both: int
    yours: int
    theirs: int
    neither: int
    kappa: float | None

    @property
    def told(self) -> str:
        """The counts as a sentence."""
        name = "agreement.strategy" if self.family is Family.STRATEGY else "agreement.counts"
        family = said(f"family.{self.family}").capitalize()
        return said(name, family=family, both=self.both, yours=self.yours, theirs=self.theirs, neither=self.neither)


@dataclass(frozen=True, slots=True)
class Sureness:
    """Of the turns coded with one sureness, how many agree with a reading of the raters."""

    sure: int
    turns: int
    held: int

    @property
    def told(self) -> str:
        """The counts as a sentence."""
        return said("sureness.clear" if self.sure == CLEAR else "sureness.leaning", turns=self.turns, held=self.held)


@dataclass(frozen=True, slots=True)
class Feedback:
    """On the first `read` of the session's turns: each turn that somebody marked or that tempts, in order, `families` and
    `sureness` in numbers, and sentences: `reference` on what it is compared with, `told` on the whole, `look_for` on what the
    session is good for."""

    session: str
    read: int
    turns: tuple[TurnFeedback, ...]
    families: tuple[FamilyAgreement, ...]
    sureness: tuple[Sureness, ...]
    reference: str
    told: tuple[str, ...]
    look_for: str = ""

    def at(self, turn: int) -> TurnFeedback | None:
        """What is said about `turn`, if anything is."""
        return next((found for found in self.turns if found.turn == turn), None)

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready; it holds no words of the session."""
        return asdict(self)


def feedback(practice: PracticeSession, attempt: Attempt) -> Feedback:
    """The feedback on what was read; AttemptError when the attempt is not one at this session."""
    fitting(attempt, practice.transcript)
    turns = tuple(found for turn in practice.transcript.turns[: attempt.read] if (found := _on(practice, attempt, turn)))
    explained = practice.explained
    return Feedback(
        practice.id,
        attempt.read,
        turns,
        tuple(_agreement(family, practice, attempt) for family in _asked_for(attempt)),
        tuple(_sureness(sure, turns) for sure in (CLEAR, LEANING) if any(turn.sure == sure for turn in turns)),
        reference_words(practice),
        _summary(practice, attempt, turns),
        explained.look_for if explained else "",
    )


def reference_words(practice: PracticeSession) -> str:
    """What a trainee is compared with in this session, said with every result."""
    return said("reference.human" if practice.human else "reference.model", raters=practice.raters)


def turn_feedback(
    practice: PracticeSession, turn: int, yours: Sequence[str], sure: int | None = None, *, asked: bool = True
) -> TurnFeedback:
    """The feedback on one turn that was given the codes `yours`; `asked` says that it was to be coded."""
    there = seen(practice, turn)
    explained = practice.explained.at(turn) if practice.explained else None
    found = outcome(there, yours) if asked else Outcome.NOT_ASKED
    told = outcome_words(found, there, yours)
    return TurnFeedback(
        turn,
        found,
        tuple(yours),
        there.reference,
        sure,
        taken_for(there, yours) if asked else (),
        f"{told} {said('clear')}" if sure == CLEAR and found not in HELD else told,
        counts=counted(there) if there.split else "",
        definitions=definitions(there.sought, (code for code in yours if code not in there.counts)),
        **_explanation(explained, there),
    )


def _on(practice: PracticeSession, attempt: Attempt, turn: Turn) -> TurnFeedback | None:
    """None where nobody marked anything and nothing tempts; of turns that were not asked about, what most raters marked and what
    is explained is told all the same."""
    yours, there = attempt.codes.get(turn.index, ()), seen(practice, turn.index)
    asked = turn.role is Role.CLIENT or attempt.strategies
    explained = practice.explained is not None and practice.explained.at(turn.index) is not None
    if turn.role is Role.OTHER or not (yours or explained or (there.counts if asked else there.sought)):
        return None
    return turn_feedback(practice, turn.index, yours, attempt.sure.get(turn.index), asked=asked)


def _explanation(explained: ExplainedTurn | None, there: Seen) -> dict[str, Any]:
    if explained is None:
        return {}
    split = explained.split if there.split else ""
    return {"split": split, "words": explained.words, "why": explained.why, "contrast": explained.contrast}


def _asked_for(attempt: Attempt) -> tuple[Family, ...]:
    return (*MARKER_FAMILIES, Family.STRATEGY) if attempt.strategies else MARKER_FAMILIES


def _agreement(family: Family, practice: PracticeSession, attempt: Attempt) -> FamilyAgreement:
    counts = counts_of(sample_of(family.value, [(practice, attempt)]))
    kappa = float(counts.kappa()[0])
    both, yours, theirs, neither = (int(cell[0]) for cell in (counts.tp, counts.fp, counts.fn, counts.tn))
    return FamilyAgreement(family, both, yours, theirs, neither, None if isnan(kappa) else kappa)


def _sureness(sure: int, turns: Sequence[TurnFeedback]) -> Sureness:
    coded = [turn for turn in turns if turn.sure == sure]
    return Sureness(sure, len(coded), sum(turn.outcome in HELD for turn in coded))


def _summary(practice: PracticeSession, attempt: Attempt, turns: Sequence[TurnFeedback]) -> tuple[str, ...]:
    asked = [turn for turn in turns if turn.outcome is not Outcome.NOT_ASKED]
    # What is sought, since most raters may have marked a turn without a code that prevails.
    marked = [turn for turn in asked if turn.yours or seen(practice, turn.turn).sought]
    held = sum(turn.outcome in HELD for turn in marked)
    told = [said("summary.alike", turns=len(marked), held=held) if marked else said("summary.none")]
    if attempt.read < len(practice.transcript.turns):
        told.insert(0, said("summary.part", read=attempt.read, turns=len(practice.transcript.turns)))
    return tuple(told)
