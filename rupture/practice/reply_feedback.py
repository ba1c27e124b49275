"""Feedback on a reply a trainee wrote: what the detector guesses it is, what the guidance proposes for the moment, an example,
and what to watch. Never a grade; language about harm ends it with the fixed notice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rupture.analysis import Analysis
from rupture.assistant.assistant import Assistant
from rupture.assistant.caution import explains_by_person, may_be_bias, no_coaching
from rupture.assistant.check import forbidden
from rupture.assistant.draft import phrase
from rupture.assistant.moments import material
from rupture.codebook import STRATEGIES, Family
from rupture.guidance.wording import first_sentence
from rupture.policy import find
from rupture.practice.explanations import ReplyTurn
from rupture.practice.reading import reference_analysis
from rupture.practice.sets import PracticeSession
from rupture.practice.wording import named, said
from rupture.privacy.risk import ends_joint_work
from rupture.transcript import Role, Transcript, Turn

Measured = Mapping[str, Mapping[str, float]]
"""The detector's quality by code, as its card has it: `n`, `positives`, `auroc`, `ap`."""

_ABOUT_RISK = "a word about risk"
"""How the check of written replies names words on risk or safety."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the guidance has for the moment: a strategy, the advice and, if any fit, example words, each verbatim with its
    passage."""

    strategy: str
    advice: str
    words: str
    passages: tuple[str, ...]

    @property
    def told(self) -> str:
        """The proposal in one or two sentences."""
        advice = said("reply.proposed", strategy=named([self.strategy]), advice=self.advice)
        return f"{advice} {said('reply.worded', words=self.words)}" if self.words else advice


@dataclass(frozen=True, slots=True)
class ReplyFeedback:
    """On the reply after `turn`. `stopped` says that language about harm ended it: then there is the notice and nothing else.

    `reads` says that the detector takes the words for an answer to a strain, `codes` for which ones; `proposals` are the
    guidance's, `also` those of `codes` among them; `example` is the explained one. `told` has all of it as sentences in order,
    without the proposals.
    """

    turn: int
    reply: str
    stopped: bool
    told: tuple[str, ...]
    reads: bool = False
    codes: tuple[str, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    also: tuple[str, ...] = ()
    example: str = ""


def reply_feedback(practice: PracticeSession, turn: int, reply: str, assistant: Assistant, measured: Measured) -> ReplyFeedback:
    """The feedback on `reply`, said after the client's `turn`; an empty one gets what there is beside it. `measured` is the
    quality of the assistant's detector."""
    analysis = reference_analysis(practice)
    explained = practice.explained.reply_at(turn) if practice.explained else None
    kinds = assistant.care([reply])[0].risk if reply.strip() else ()
    if kinds or no_coaching(analysis, turn):
        return ReplyFeedback(turn, reply, True, _stopped(analysis, turn, kinds))
    found = material(analysis, turn, assistant.guidance, assistant.retriever)
    proposals = tuple(
        Proposal(way.strategy, first_sentence(way.advice), way.words.text if way.words else "", way.passages)
        for way in found.ways
    )
    reads, codes = _read(practice.transcript, turn, reply, assistant) if reply.strip() else (False, ())
    also = tuple(code for code in codes if code in {proposal.strategy for proposal in proposals})
    told = [
        *(_guess(reads, codes, assistant, measured) if reply.strip() else ()),
        *_match(codes, also, proposals),
        *([example_words(explained)] if explained else []),
        *_to_watch(analysis, turn, reply),
        said("reply.no_grade"),
    ]
    return ReplyFeedback(turn, reply, False, tuple(told), reads, codes, proposals, also, explained.example if explained else "")


def example_words(explained: ReplyTurn) -> str:
    """The explained example as a sentence, for those who wrote a reply and for those who did not."""
    name = "reply.example" if explained.strategies else "reply.example_plain"
    return said(name, strategies=named(explained.strategies), example=explained.example, why=explained.why)


def _stopped(analysis: Analysis, turn: int, kinds: Sequence[str]) -> tuple[str, ...]:
    where = said("reply.where") if kinds else phrase("risk_where_turns", turns=turn)
    joint = ends_joint_work([*kinds, *(notice.kind for notice in analysis.risk)])
    told = (phrase("risk_notice", where=where), phrase("risk_joint") if joint else "", said("reply.stopped", turn=turn))
    return tuple(text for text in told if text)


def _read(transcript: Transcript, turn: int, reply: str, assistant: Assistant) -> tuple[bool, tuple[str, ...]]:
    """Whether the detector takes the reply for an answer to a strain, and the strategies over their own thresholds. It reads the
    session up to the reply and not what came then."""
    speaker = next(iter(transcript.speakers_in(Role.THERAPIST)), "Therapist")
    here = turn + 1
    cut = Transcript(transcript.id, (*transcript.turns[:here], Turn(here, speaker, Role.THERAPIST, reply)))
    (scores,) = assistant.detector.score([cut])
    policy = assistant.decisions.policy
    finding = next((finding for finding in find(cut, scores, policy) if finding.turn == here), None)
    # Without a strategy over its own threshold the policy names the likeliest, which is too little to hold up to somebody.
    over = (code for code in (finding.codes if finding else ()) if scores[here].get(code, 0.0) >= policy.threshold(code))
    return finding is not None, tuple(over)


def _guess(reads: bool, codes: Sequence[str], assistant: Assistant, measured: Measured) -> list[str]:
    if not reads:
        return [said("reply.reads_nothing")]
    told = [said("reply.reads", codes=named(codes)) if codes else said("reply.reads_strategy")]
    told += [_quality(name, measured[name]) for name in codes or (Family.STRATEGY.value,) if name in measured]
    model = assistant.decisions.model
    if known := [code for code in STRATEGIES if model and code in model.covers]:
        told.append(said("reply.alone", codes=named(known)))
    return told


def _quality(name: str, row: Mapping[str, float]) -> str:
    return said(
        "reply.measured",
        name=said("reply.any_strategy") if name == Family.STRATEGY else name,
        auroc=round(100 * row["auroc"]),
        ap=f"{row['ap']:.2f}".lstrip("0"),
        positives=round(row["positives"]),
        turns=f"{round(row['n']):,}",
    )


def _match(codes: Sequence[str], also: Sequence[str], proposals: Sequence[Proposal]) -> list[str]:
    if not codes or not proposals:
        return []
    return [said("reply.same", codes=named(also)) if also else said("reply.differs")]


def _to_watch(analysis: Analysis, turn: int, reply: str) -> list[str]:
    told = {
        "watch.risk": forbidden(reply) == _ABOUT_RISK,
        "watch.person": explains_by_person(reply),
        "watch.bias": may_be_bias(analysis, turn),
    }
    return [said(name) for name, holds in told.items() if holds]
