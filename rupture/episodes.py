"""Episodes: one deterministic rule from coded turns to stretches of rupture, the same for detected and for reference codes.

The rule is a heuristic of this project, stated in ARCHITECTURE.md; 3RS itself rates five-minute blocks and whole sessions.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from rupture.analysis import Episode, StrategyUse
from rupture.codebook import MARKER_FAMILIES, STRATEGIES, family_of
from rupture.transcript import Role, Transcript

REACH = 8
"""Coded turns of one speaker at most this many turns apart belong to one episode."""
TAIL = 4
"""An episode lasts this many turns past its last coded turn, so that a repair and its answer are inside it."""
_EXPLORATORY = frozenset({"R4", "R5", "R6", "R7", "R8", "R9"})


def find_episodes(transcript: Transcript, codes: Mapping[int, Sequence[str]]) -> tuple[Episode, ...]:
    """Episodes in order of onset. `codes` maps a turn index to its codes; turns without codes may be absent."""
    episodes = []
    for speaker in transcript.speakers_in(Role.CLIENT):
        coded = [t.index for t in transcript.turns if t.speaker == speaker and t.role is Role.CLIENT and codes.get(t.index)]
        for chain in _chains(coded):
            episodes.append(_episode(transcript, speaker, chain, codes))
    return tuple(sorted(episodes, key=lambda e: (e.onset, e.speakers)))


def episode_of_turn(episodes: Sequence[Episode], transcript: Transcript) -> dict[int, int]:
    """Turn index to position in `episodes`, for the turns of the episode's own speaker."""
    return {
        turn.index: position
        for position, episode in enumerate(episodes)
        for turn in transcript.turns[episode.onset : episode.end + 1]
        if turn.speaker in episode.speakers
    }


def _chains(coded: Sequence[int]) -> list[list[int]]:
    chains: list[list[int]] = []
    for index in coded:
        if chains and index - chains[-1][-1] <= REACH:
            chains[-1].append(index)
        else:
            chains.append([index])
    return chains


def _episode(transcript: Transcript, speaker: str, chain: Sequence[int], codes: Mapping[int, Sequence[str]]) -> Episode:
    end = min(chain[-1] + TAIL, len(transcript.turns) - 1)
    counts = Counter(code for index in chain for code in codes[index])
    families = tuple(family for family in MARKER_FAMILIES if any(family_of(code) is family for code in counts))
    uses = tuple(
        StrategyUse(turn.index, code)
        for turn in transcript.turns[chain[0] : end + 1]
        if turn.role is Role.THERAPIST
        for code in codes.get(turn.index, ())
        if code in STRATEGIES
    )
    return Episode(
        onset=chain[0],
        peak=max(chain, key=lambda index: (len(codes[index]), -index)),
        end=end,
        speakers=(speaker,),
        families=families,
        codes=tuple(sorted(counts, key=lambda code: (-counts[code], code))),
        severity=_severity(len(chain), len(families)),
        strategies=uses,
        resolved=_resolved(transcript, speaker, chain, end, uses),
    )


def _severity(coded_turns: int, families: int) -> int:
    """1 for one coded turn, 2 for two, 3 up to four, 4 up to seven, 5 beyond; one more when both families show; at most 5."""
    level = next(level for level, most in enumerate((1, 2, 4, 7, coded_turns), start=1) if coded_turns <= most)
    return min(5, level + (families - 1))


def _resolved(transcript: Transcript, speaker: str, chain: Sequence[int], end: int, uses: Sequence[StrategyUse]) -> int:
    """1 unanswered and still going when the record ends; 2 faded unanswered; 3 answered, but strain went on or the client's
    next words are not in the episode; 4 answered, then quiet; 5 answered with at least two strategies, one of them exploratory
    (R4 to R9), then quiet."""
    quiet_after = [t.index for t in transcript.turns[chain[-1] + 1 : end + 1] if t.speaker == speaker]
    if not uses:
        return 2 if quiet_after else 1
    answers = [use.turn for use in uses if use.turn > chain[-1]]
    if not answers or not any(index > answers[0] for index in quiet_after):
        return 3
    explored = any(use.code in _EXPLORATORY for use in uses)
    return 5 if explored and len({use.code for use in uses}) > 1 else 4
