"""The guidance for one moment: ways to respond with wordings, another reading, what to avoid. Pure but for the retriever."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rupture.analysis import Analysis, Suggestion
from rupture.assistant.caution import bias_at, fitting_guidance, no_coaching
from rupture.assistant.fitting import Words, register_in, stage_order, words_for
from rupture.codebook import Family, family_of
from rupture.guidance.query import codes_in, moment_query
from rupture.guidance.rank import rank
from rupture.guidance.topics import fits, topics_in
from rupture.guidance.values import Candidate, Guidance, Passage, PassageRole, Query
from rupture.guidance.vocabulary import ANY
from rupture.guidance.wording import first_sentence
from rupture.prompts import table
from rupture.protocols import Retriever
from rupture.transcript import Role

WAYS = 3
_STAGE = 3
"""Places in the ranking that each step away from the stage asked for costs."""

_NOW = "in_the_moment"
_PATTERNS = frozenset({"R7", "R8"})
"""Strategies that link what was said to a pattern of the client's."""
_BEGIN_WITH = {
    Family.WITHDRAWAL: ("R9", "R4", "R5", "R2", "R6", "R10", "R7", "R3", "R1", "R8"),
    Family.CONFRONTATION: ("R5", "R9", "R2", "R4", "R3", "R1", "R10", "R6", "R7", "R8"),
}
"""Of the ways chosen, which leads: as often as two judges would begin with it, on the development half of the suite
`guidance`."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to respond: its strategy, the advice as the passage puts it, and example words, if any fit."""

    strategy: str
    advice: Passage
    words: Words | None = None

    @property
    def passages(self) -> tuple[str, ...]:
        """Ids of the passages it rests on."""
        return (self.advice.id, self.words.passage) if self.words else (self.advice.id,)


@dataclass(frozen=True, slots=True)
class Material:
    """What the guidance has for one moment; empty or None where it has nothing that fits. `modality` is the one it is about."""

    ways: tuple[Way, ...] = ()
    reading: Passage | None = None
    avoid: Passage | None = None
    modality: str | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked about a moment: the question, a modality that was named for it, claims that were `offered` before and
    are not to come again, whether the question speaks of a complaint of `bias`, and
    whether the words are to be taken `at_word`, without a link to patterns."""

    question: str = ""
    modality: str | None = None
    offered: tuple[str, ...] = ()
    bias: bool = False
    at_word: bool = False


NOTHING = Asked()


def material(analysis: Analysis, turn: int, guidance: Guidance, retriever: Retriever, asked: Asked = NOTHING) -> Material:
    """Everything a reply about `turn` may rest on; nothing where coaching stops or where no marker says what to look for."""
    if no_coaching(analysis, turn):
        return Material()
    question = asked.question
    if bias_at(analysis, turn) or asked.bias:
        return _about_bias(guidance, asked, turn)
    # The moment decides what is looked up; the question only when it names codes. Its other wishes are met below.
    query = moment_query(analysis, turn, question if codes_in(question) else "", asked.modality or _modality_of(analysis))
    if not query.markers:
        return Material()
    query = replace(query, topics=topics_in(question))
    guidance = fitting_guidance(analysis, guidance)
    usable = _Usable(guidance, query.modality, query.topics)
    found = usable.among(retriever.candidates(query))
    # What is about these markers alone, the modality or a topic that was named belongs here however near its words are to the query's.
    own = [Candidate(p, 0.0, 0.0) for p in guidance.passages.values() if _belongs(p, query) or _about(p, query)]
    found += [c for c in usable.among(own) if c.passage.id not in {other.passage.id for other in found}]
    return Material(
        ways=_ways(found, query, guidance, asked, seed=turn),
        reading=_best(found, query, PassageRole.READING),
        avoid=_best(found, query, PassageRole.AVOID),
        modality=query.modality,
    )


def suggest(analysis: Analysis, guidance: Guidance, retriever: Retriever) -> tuple[Suggestion, ...]:
    """Suggestions for every episode on which coaching may go on, at most three an episode."""
    return tuple(
        Suggestion(position, way.strategy, way.words.text if way.words else first_sentence(way.advice), way.passages)
        for position, episode in enumerate(analysis.episodes)
        for way in material(analysis, episode.peak, guidance, retriever).ways
    )


@dataclass(frozen=True, slots=True)
class _Usable:
    """Which passages may speak of a moment."""

    guidance: Guidance
    modality: str | None
    topics: tuple[str, ...]

    def among(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        return [candidate for candidate in candidates if self._fits(candidate.passage)]

    def _fits(self, passage: Passage) -> bool:
        modality = ANY in passage.modality or self.modality in passage.modality
        return modality and passage.id in self.guidance.passages and fits(passage.topics, self.topics)


def _modality_of(analysis: Analysis) -> str | None:
    """Two clients in the room are taken for a couple until the question says otherwise."""
    clients = len(analysis.transcript.speakers_in(Role.CLIENT))
    return {1: None, 2: "couples"}.get(clients, "family")


def _about_bias(guidance: Guidance, asked: Asked, seed: int) -> Material:
    documents = table("situations")["bias"]
    passages = [passage for passage in guidance.passages.values() if passage.document in documents]
    order = stage_order(asked.question)
    advice = sorted((p for p in passages if p.role is PassageRole.DO and p.strategies), key=lambda p: order.index(p.stage))
    avoid = next((p for p in passages if p.role is PassageRole.AVOID), None)
    return Material(ways=_different(advice, ("C1",), guidance, asked, seed), avoid=avoid)


def _ways(found: Sequence[Candidate], query: Query, guidance: Guidance, asked: Asked, seed: int) -> tuple[Way, ...]:
    """Ways with different strategies: those of the modality or topic asked for first, then those about these markers and
    the time asked about, then the others, best first."""
    advice = [c for c in found if c.passage.role is PassageRole.DO and c.passage.strategies]
    ranked = [c.passage for c in rank(advice, replace(query, roles=(PassageRole.DO,)), limit=len(advice))]
    order = stage_order(asked.question)
    # Pages for couples lead where couples were asked about; that two clients speak only helps them.
    wanted = replace(query, modality=asked.modality)

    def place(entry: tuple[int, Passage]) -> tuple[bool, bool, int]:
        position, passage = entry
        first = _about(passage, query) and passage.stage == order[0]
        return not _belongs(passage, wanted), not first, position + _STAGE * order.index(passage.stage)

    best = [passage for _, passage in sorted(enumerate(ranked), key=place)]
    ways = _different(best, query.markers, guidance, asked, seed)
    if order[0] != _NOW:
        return ways
    begin = _BEGIN_WITH[family_of(query.markers[0])]
    return tuple(sorted(ways, key=lambda way: (not _belongs(way.advice, wanted), begin.index(way.strategy))))


def _belongs(passage: Passage, query: Query) -> bool:
    """Whether it is about the modality or a topic of the query."""
    return query.modality in passage.modality or bool(set(passage.topics) & set(query.topics))


def _about(passage: Passage, query: Query) -> bool:
    return bool(passage.markers) and set(passage.markers) <= set(query.markers)


def _different(advice: Sequence[Passage], markers: Sequence[str], guidance: Guidance, asked: Asked, seed: int) -> tuple[Way, ...]:
    ways: list[Way] = []
    for passage in advice:
        told = first_sentence(passage)
        if asked.at_word and passage.strategies[0] in _PATTERNS:
            continue
        if passage.strategies[0] in {way.strategy for way in ways} or any(told in claim for claim in asked.offered):
            continue
        used = [*asked.offered, *(way.words.text for way in ways if way.words)]
        words = words_for(passage, markers, guidance, register=register_in(asked.question), used=used, seed=seed)
        ways.append(Way(passage.strategies[0], passage, words))
    return tuple(ways[:WAYS])


def _best(found: Sequence[Candidate], query: Query, role: PassageRole) -> Passage | None:
    """The passage of `role` that is most about these markers; none that is about others."""
    about = [c for c in found if c.passage.role is role and set(c.passage.markers) & set(query.markers)]
    own = [c for c in about if _about(c.passage, query)]
    ranked = rank(own or about, replace(query, roles=(role,)), limit=1)
    return ranked[0].passage if ranked else None
