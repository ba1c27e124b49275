"""Finds sessions of different parts of the split that share wording, so that nothing is tested on what was trained on."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import combinations

from rupture.transcript import Transcript

_WORDS = 8
"""Words in a run: shorter ones recur in any talk ("how have you been since I last saw you")."""
_SHARED_RUNS = 3
"""Distinct runs two sessions may share by chance: a stock phrase of ten words makes three. One more and they are alike."""


def alike(parts: Mapping[str, Sequence[Transcript]]) -> list[tuple[str, str]]:
    """Pairs of session ids from different parts that have more than three runs of eight words in common, in order."""
    part_of = {transcript.id: part for part, transcripts in parts.items() for transcript in transcripts}
    holders: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for transcripts in parts.values():
        for transcript in transcripts:
            for turn in transcript.turns:
                words = re.findall(r"\w+", turn.text.lower())
                for start in range(len(words) - _WORDS + 1):
                    holders[tuple(words[start : start + _WORDS])].add(transcript.id)
    shared: dict[tuple[str, str], int] = defaultdict(int)
    for ids in holders.values():
        for pair in combinations(sorted(ids), 2):
            shared[pair] += part_of[pair[0]] != part_of[pair[1]]
    return sorted(pair for pair, runs in shared.items() if runs > _SHARED_RUNS)
