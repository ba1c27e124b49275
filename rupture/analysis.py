"""Analysis and its parts: what was found in one transcript, as plain data that can be saved, reloaded and decided again.

`to_dict` and `from_dict` are the JSON of schema 1 (see ARCHITECTURE.md); nothing here knows how a score came about.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from rupture.codebook import Component, Family, components_of
from rupture.transcript import Role, Transcript, Turn

SCHEMA = 1
DECIMALS = 4
"""Places that probabilities are kept to, so that a saved analysis is decided like the one that was shown."""

Scores = Mapping[str, float]
"""Calibrated probabilities of one turn by code or family name, each in [0, 1]."""


class State(StrEnum):
    """How far a transcript could be analysed; anything but ANALYSED comes with a note that says why."""

    ANALYSED = "analysed"
    PARTLY = "partly"
    NOT_ANALYSED = "not_analysed"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a turn was given: codes a coder would give, quieter hints, and the words that show them.

    `evidence` holds (start, end) character offsets into the turn's text.
    """

    turn: int
    codes: tuple[str, ...]
    hints: tuple[str, ...] = ()
    evidence: tuple[tuple[int, int], ...] = ()

    @property
    def components(self) -> tuple[Component, ...]:
        """Parts of the alliance the codes strain."""
        return components_of(self.codes)


@dataclass(frozen=True, slots=True)
class StrategyUse:
    """A therapist turn that answers a rupture, and how."""

    turn: int
    code: str


@dataclass(frozen=True, slots=True)
class Episode:
    """From a rupture's onset to its resolution or fading; `severity` and `resolved` are 1 to 5 (rules in ARCHITECTURE.md)."""

    onset: int
    peak: int
    end: int
    speakers: tuple[str, ...]
    families: tuple[Family, ...]
    codes: tuple[str, ...]
    severity: int
    strategies: tuple[StrategyUse, ...]
    resolved: int

    @property
    def family(self) -> str:
        """`withdrawal`, `confrontation` or `mixed`."""
        return self.families[0].value if len(self.families) == 1 else "mixed"


@dataclass(frozen=True, slots=True)
class SessionRating:
    """3RS session ratings, 1 to 5; `resolution` is None when nothing was coded."""

    withdrawal: int
    confrontation: int
    resolution: int | None
    therapist_contribution: int


@dataclass(frozen=True, slots=True)
class RiskNotice:
    """A turn with language about harm; the notice is fixed and the tool assesses nothing."""

    turn: int
    kind: str


@dataclass(frozen=True, slots=True)
class BiasNotice:
    """A client turn that speaks of unfair treatment for who somebody is, plainly or perhaps; it is not given another reading."""

    turn: int
    plain: bool


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A strategy for an episode, its wording, and the passages it rests on (`document#n`)."""

    episode: int
    strategy: str
    text: str
    passages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ModelCard:
    """Which detector made the scores."""

    id: str
    digest: str
    covers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Analysis:
    """Everything found in one transcript. `scores` has one mapping a turn, empty for turns that were not scored."""

    transcript: Transcript
    state: State
    notes: tuple[str, ...] = ()
    scores: tuple[Scores, ...] = ()
    findings: tuple[Finding, ...] = ()
    episodes: tuple[Episode, ...] = ()
    top_moments: tuple[int, ...] = ()
    session: SessionRating | None = None
    talk_share: Mapping[str, float] = field(default_factory=dict)
    risk: tuple[RiskNotice, ...] = ()
    bias: tuple[BiasNotice, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    model: ModelCard | None = None

    @property
    def moments(self) -> tuple[Finding, ...]:
        """The findings on client turns that have a code, in order."""
        return tuple(f for f in self.findings if f.codes and self.transcript.turns[f.turn].role is Role.CLIENT)

    def finding(self, turn: int) -> Finding | None:
        """The finding at `turn`, if there is one."""
        return next((f for f in self.findings if f.turn == turn), None)

    def episode_at(self, turn: int) -> Episode | None:
        """The episode that covers `turn`; the one with a peak nearest to it when several do."""
        covering = [e for e in self.episodes if e.onset <= turn <= e.end]
        return min(covering, key=lambda e: (abs(e.peak - turn), e.onset), default=None)

    def answer_to(self, turn: int) -> StrategyUse | None:
        """The first strategy after `turn` within its episode, if there is one."""
        episode = self.episode_at(turn)
        return next((use for use in episode.strategies if use.turn > turn), None) if episode else None

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready data of schema 1."""
        by_turn = {finding.turn: finding for finding in self.findings}
        return {
            "schema": SCHEMA,
            "id": self.transcript.id,
            "state": self.state.value,
            "notes": list(self.notes),
            "turns": [self._turn_dict(turn, by_turn.get(turn.index, Finding(turn.index, ()))) for turn in self.transcript.turns],
            "episodes": [_episode_dict(episode) for episode in self.episodes],
            "top_moments": list(self.top_moments),
            "session": asdict(self.session) if self.session else None,
            "balance": {"talk_share": dict(self.talk_share)},
            "risk": [asdict(notice) for notice in self.risk],
            "bias": [asdict(notice) for notice in self.bias],
            "suggestions": [{**asdict(s), "passages": list(s.passages)} for s in self.suggestions],
            "model": {**asdict(self.model), "covers": list(self.model.covers)} if self.model else None,
        }

    def _turn_dict(self, turn: Turn, finding: Finding) -> dict[str, Any]:
        return {
            "index": turn.index,
            "line": turn.line,
            "speaker": turn.speaker,
            "role": turn.role.value,
            "text": turn.text,
            "start": turn.start,
            "scores": dict(self.scores[turn.index]) if self.scores else {},
            "codes": list(finding.codes),
            "hints": list(finding.hints),
            "components": list(finding.components),
            "evidence": [list(span) for span in finding.evidence],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Analysis":
        """The value `to_dict` wrote; KeyError or ValueError when `data` is not of schema 1."""
        if data.get("schema") != SCHEMA:
            raise ValueError(f"expected an analysis of schema {SCHEMA}, found {data.get('schema')!r}")
        turns = tuple(Turn(t["index"], t["speaker"], Role(t["role"]), t["text"], t["line"], t["start"]) for t in data["turns"])
        findings = tuple(
            Finding(t["index"], tuple(t["codes"]), tuple(t["hints"]), tuple((a, b) for a, b in t["evidence"]))
            for t in data["turns"]
            if t["codes"] or t["hints"]
        )
        state, model = State(data["state"]), data["model"]
        return cls(
            transcript=Transcript(data["id"], turns),
            state=state,
            notes=tuple(data["notes"]),
            scores=() if state is State.NOT_ANALYSED else tuple(t["scores"] for t in data["turns"]),
            findings=findings,
            episodes=tuple(_episode_from(e) for e in data["episodes"]),
            top_moments=tuple(data["top_moments"]),
            session=SessionRating(**data["session"]) if data["session"] else None,
            talk_share=data["balance"]["talk_share"],
            risk=tuple(RiskNotice(**r) for r in data["risk"]),
            bias=tuple(BiasNotice(**b) for b in data.get("bias", ())),
            suggestions=tuple(
                Suggestion(s["episode"], s["strategy"], s["text"], tuple(s["passages"])) for s in data["suggestions"]
            ),
            model=ModelCard(model["id"], model["digest"], tuple(model["covers"])) if model else None,
        )


def _episode_dict(episode: Episode) -> dict[str, Any]:
    return {
        "onset": episode.onset,
        "peak": episode.peak,
        "end": episode.end,
        "speakers": list(episode.speakers),
        "family": episode.family,
        "codes": list(episode.codes),
        "severity": episode.severity,
        "strategies": [asdict(use) for use in episode.strategies],
        "resolved": episode.resolved,
    }


def _episode_from(data: Mapping[str, Any]) -> Episode:
    family = data["family"]
    families = (Family.WITHDRAWAL, Family.CONFRONTATION) if family == "mixed" else (Family(family),)
    return Episode(
        data["onset"],
        data["peak"],
        data["end"],
        tuple(data["speakers"]),
        families,
        tuple(data["codes"]),
        data["severity"],
        tuple(StrategyUse(**use) for use in data["strategies"]),
        data["resolved"],
    )
