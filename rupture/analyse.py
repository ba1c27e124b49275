"""From a transcript to its Analysis: gate, score, decide, gather. `decide` alone can be run again on saved scores."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from rupture import evidence
from rupture.analysis import DECIMALS, Analysis, BiasNotice, Finding, ModelCard, RiskNotice, Scores, State
from rupture.episodes import episode_of_turn, find_episodes
from rupture.gates import gate, not_in_english, reads_as_english
from rupture.policy import Policy, find, top_moments
from rupture.privacy.care import Care, by_patterns
from rupture.protocols import CareReader, Detector
from rupture.session_rating import Weights, rate
from rupture.transcript import Role, Transcript, word_count


@dataclass(frozen=True, slots=True)
class Decisions:
    """All that is needed beside scores: thresholds, weights of the session ratings, and which model it was.

    `miss_rate` is the measured share of coded turns that the thresholds miss, in [0, 1].
    """

    policy: Policy = field(default_factory=Policy)
    session_weights: Weights = field(default_factory=dict)
    model: ModelCard | None = None
    miss_rate: float | None = None


Locate = Callable[[Transcript, Sequence[Finding]], tuple[Finding, ...]]
"""Fills in the evidence of findings."""


def analyse(
    transcript: Transcript,
    detector: Detector,
    decisions: Decisions,
    locate: Locate | None = None,
    read_care: CareReader = by_patterns,
) -> Analysis:
    """The whole analysis; `not_analysed` with its reason when the gate refuses. Risk language is looked for in either case.
    Evidence is what the detector scores highest clause by clause, or what `locate` says where a detector knows better."""
    state, notes = gate(transcript)
    cares = _read(transcript, state, read_care)
    risk, bias = notices(transcript, cares), complaints(transcript, cares)
    if state is State.NOT_ANALYSED:
        reasons = (*transcript.notes, *notes)
        return Analysis(replace(transcript, notes=(), harm=()), state, reasons, risk=risk, bias=bias, model=decisions.model)
    (scores,) = detector.score([transcript])
    analysis = decide(transcript, state, notes, scores, decisions)
    fill_in = locate or partial(evidence.locate, detector)
    return replace(analysis, findings=fill_in(transcript, analysis.findings), risk=risk, bias=bias)


def _read(transcript: Transcript, state: State, read_care: CareReader) -> list[Care]:
    """What was tuned on English finds risk where there is none in another language: there the patterns alone are asked."""
    texts = [turn.text for turn in transcript.turns]
    if state is State.NOT_ANALYSED and not reads_as_english(transcript):
        return by_patterns(texts)
    cares = read_care(texts)
    # Where the whole is analysed, the gate has found no such turns.
    for turn in not_in_english(transcript) if state is not State.ANALYSED else ():
        (cares[turn.index],) = by_patterns([turn.text])
    return cares


def notices(transcript: Transcript, cares: Sequence[Care]) -> tuple[RiskNotice, ...]:
    """One notice for each turn and kind, whoever speaks: a therapist's question counts, since the answer may be a nod. What
    stands in a line that is in no turn counts at the turn above it."""
    said = [(turn.index, kind) for turn, care in zip(transcript.turns, cares, strict=True) for kind in care.risk]
    found = dict.fromkeys((*said, *transcript.harm))
    return tuple(RiskNotice(turn, kind) for turn, kind in sorted(found, key=lambda one: one[0]))


def complaints(transcript: Transcript, cares: Sequence[Care]) -> tuple[BiasNotice, ...]:
    """The client turns that complain of bias, or may."""
    found = zip(transcript.turns, cares, strict=True)
    return tuple(BiasNotice(t.index, care.bias) for t, care in found if care.perhaps_bias and t.role is Role.CLIENT)


def decide(
    transcript: Transcript, state: State, notes: Sequence[str], scores: Sequence[Scores], decisions: Decisions
) -> Analysis:
    """The analysis without evidence and risk notices, from scores alone; pure. Decided again from what `to_dict` saved, it
    comes out the same: scores are kept to the places that are saved, and the transcript's notes become the analysis's."""
    scores = tuple({name: round(value, DECIMALS) for name, value in turn.items()} for turn in scores)
    findings = find(transcript, scores, decisions.policy)
    episodes = find_episodes(transcript, {f.turn: f.codes for f in findings})
    any_codes = bool(episodes)
    return Analysis(
        transcript=replace(transcript, notes=(), harm=()),
        state=state,
        notes=(*transcript.notes, *notes),
        scores=scores,
        findings=findings,
        episodes=episodes,
        top_moments=top_moments(findings, scores, episode_of_turn(episodes, transcript), decisions.policy),
        session=rate(transcript, scores, decisions.session_weights, any_codes),
        talk_share=talk_share(transcript),
        model=decisions.model,
    )


def talk_share(transcript: Transcript) -> Mapping[str, float]:
    """Each speaker's share of the words, in [0, 1], rounded to three places; empty for a session without words."""
    total = word_count(transcript.turns)
    if not total:
        return {}
    return {
        speaker: round(word_count(t for t in transcript.turns if t.speaker == speaker) / total, 3)
        for speaker in transcript.speakers
    }
