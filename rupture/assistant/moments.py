"""The guidance for one moment: two or three ways to respond with wordings, another reading, what to avoid. Pure but for the
retriever."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rupture.analysis import Analysis, Suggestion
from rupture.guidance.query import moment_query
from rupture.guidance.rank import rank
from rupture.guidance.values import Candidate, Passage, PassageRole, Query
from rupture.guidance.wording import first_sentence, wordings
from rupture.privacy.risk import ends_joint_work
from rupture.protocols import Retriever

WAYS = 3
_JOINT = frozenset({"couples", "family"})
_BIAS = re.compile(
    r"\b(?:racis\w*|sexis\w*|homophob\w*|transphob\w*|islamophob\w*|antisemit\w*|ableis\w*|ageis\w*|xenophob\w*|prejudice\w*|bigot\w*|stereotyp\w*|"
    r"discriminat\w*|white (?:therapists?|people|person|woman|man|guy|lady)|(?:because|cause|cos) i(?:'m| am) (?:black|brown|asian|gay|trans|a woman|muslim|jewish|disabled|old|foreign|poor)|"
    r"people like me|(?:my|our) (?:accent|skin|race|religion|culture|hijab|turban)|you people|misgender\w*|pronouns)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Way:
    """One way to respond: its strategy, the advice as the passage puts it, and example words with their passage, if there are
    any."""

    strategy: str
    advice: Passage
    words: str = ""
    wording: Passage | None = None

    @property
    def passages(self) -> tuple[str, ...]:
        """Ids of the passages it rests on."""
        return (self.advice.id, self.wording.id) if self.wording else (self.advice.id,)


@dataclass(frozen=True, slots=True)
class Material:
    """What the guidance has for one moment; empty or None where it has nothing that fits."""

    ways: tuple[Way, ...]
    reading: Passage | None
    avoid: Passage | None


def complains_of_bias(text: str) -> bool:
    """Whether the words speak of unfair treatment for who the person is; such a complaint is never given another reading."""
    return bool(_BIAS.search(text.replace("’", "'")))


def material(analysis: Analysis, turn: int, retriever: Retriever, question: str = "", modality: str | None = None) -> Material:
    """Everything a reply about `turn` may rest on."""
    query = moment_query(analysis, turn, question, modality)
    found = retriever.candidates(replace(query, roles=()))
    if ends_joint_work(notice.kind for notice in analysis.risk):
        found = [candidate for candidate in found if _JOINT.isdisjoint(candidate.passage.modality)]
    return Material(
        ways=_ways(found, query, seed=turn),
        reading=_best(found, query, PassageRole.READING),
        avoid=_best(found, query, PassageRole.AVOID),
    )


def suggest(analysis: Analysis, retriever: Retriever) -> tuple[Suggestion, ...]:
    """Suggestions for every episode without risk language inside it, at most three an episode."""
    at_risk = {notice.turn for notice in analysis.risk}
    suggestions = []
    for position, episode in enumerate(analysis.episodes):
        if at_risk.isdisjoint(range(episode.onset, episode.end + 1)):
            for way in material(analysis, episode.peak, retriever).ways:
                suggestions.append(Suggestion(position, way.strategy, way.words or first_sentence(way.advice), way.passages))
    return tuple(suggestions)


def _ways(found: Sequence[Candidate], query: Query, seed: int) -> tuple[Way, ...]:
    """Ways with different strategies, best first; the words come from the same document where it has any for the strategy."""
    advice = [c for c in found if c.passage.role is PassageRole.DO and c.passage.strategies]
    says = rank(
        [c for c in found if c.passage.role is PassageRole.SAY], replace(query, roles=(PassageRole.SAY,)), limit=len(found)
    )
    ways: list[Way] = []
    for candidate in rank(advice, replace(query, roles=(PassageRole.DO,)), limit=len(advice)):
        fresh = [s for s in candidate.passage.strategies if s not in {way.strategy for way in ways}]
        if not fresh:
            continue
        used = {way.words for way in ways}
        ways.append(_with_words(candidate.passage, fresh[0], [c.passage for c in says], used, seed))
        if len(ways) == WAYS:
            break
    return tuple(ways)


def _with_words(advice: Passage, strategy: str, says: Sequence[Passage], used: set[str], seed: int) -> Way:
    fitting = [p for p in says if strategy in p.strategies]
    fitting.sort(key=lambda p: p.document != advice.document)
    for passage in fitting:
        options = [words for _, words in wordings(passage) if words not in used]
        if options:
            return Way(strategy, advice, options[seed % len(options)], passage)
    return Way(strategy, advice)


def _best(found: Sequence[Candidate], query: Query, role: PassageRole) -> Passage | None:
    ranked = rank([c for c in found if c.passage.role is role], replace(query, roles=(role,)), limit=1)
    return ranked[0].passage if ranked else None
