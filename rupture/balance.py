"""Who spoke how much and who was answered, and which parts of the alliance may strain: counts over one analysis, as values.

Takes an Analysis, gives plain numbers and turn indices. Knows no wording and no screen, and grades nobody: a count is a place to
look again. Where the words may be about violence between partners nothing is weighed between them (`left_out`).

Questions are counted by their marks alone. Whether one was open or closed is left out on purpose: "Could you say more about
that?" is closed by its grammar and open in use, so that a rule over words would be wrong where it matters most.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from rupture.analysis import Analysis
from rupture.codebook import MARKER_FAMILIES, Component, Family, family_of
from rupture.privacy.risk import ends_joint_work
from rupture.transcript import Role, Transcript, Turn, word_count

LEAST_TURNS = 5
"""Turns a client needs before their strain is compared with another's."""
LEAST_STRAINED = 3
"""Coded turns below which one client is not said to be under more strain than another."""
LEAST_RATIO, LEAST_GAP = 2, Fraction(1, 5)
"""How many times the other's share of coded turns, and how much more of all turns, make it markedly more."""

# A run of end marks that has a question mark in it and ends its word; a bracketed (?) is a transcriber's doubt.
_END_MARKS = re.compile(r"(?<![?!.…(\[])[?!.…]++(?!\w)")


@dataclass(frozen=True, slots=True)
class Voice:
    """One speaker's part in the talk.

    `share` of all words is in [0, 1], to three places; `mean_words` and `longest_words` are words a turn, `longest_turn` the
    index of the first turn that long. `questions` are those with a question mark.
    """

    speaker: str
    role: Role
    share: float
    turns: int
    mean_words: float
    longest_words: int
    longest_turn: int
    questions: int


@dataclass(frozen=True, slots=True)
class ClientBalance:
    """One of several clients: of their `turns`, how many were given a marker (`strained`) and how many one of each family (a
    turn may have both); and after how many of them the therapist spoke next (`answered`), beside the number `expected` if
    the therapist had spoken after every client alike, whoever it was.
    """

    speaker: str
    turns: int
    strained: int
    by_family: Mapping[Family, int]
    answered: int
    expected: float

    @property
    def strained_share(self) -> Fraction:
        """The part of this client's turns that was given a marker, in [0, 1]."""
        return Fraction(self.strained, self.turns)


@dataclass(frozen=True, slots=True)
class Split:
    """Two clients of whom one was under markedly more strain than the other: a sign to ask about, and no more."""

    more: ClientBalance
    less: ClientBalance


@dataclass(frozen=True, slots=True)
class Balance:
    """Speakers in order of appearance; `clients` only where there are several; nothing at all where it is `left_out`."""

    voices: tuple[Voice, ...] = ()
    clients: tuple[ClientBalance, ...] = ()
    split: Split | None = None
    left_out: bool = False


def balance(analysis: Analysis) -> Balance:
    """The balance of one session; empty when it was not analysed or has no words.

    `split` looks for a split alliance (Friedlander, Escudero & Heatherington 2006; Muñiz de la Peña, Friedlander & Escudero
    2009), by a heuristic of this project and not by their scales, which are rated from behaviour on video: of the clients with
    at least LEAST_TURNS turns, the one with the greatest share of coded turns has LEAST_STRAINED of them or more, LEAST_RATIO
    times the smallest share or more, and LEAST_GAP more of all turns. It is not looked for where there is any risk language,
    since safety comes before evening things up.
    """
    if not analysis.talk_share:
        return Balance()
    if ends_joint_work(notice.kind for notice in analysis.risk):
        return Balance(left_out=True)
    voices = tuple(_voice(analysis, speaker) for speaker in analysis.transcript.speakers)
    clients = _clients(analysis)
    return Balance(voices, clients, None if analysis.risk else _split(clients))


def components(analysis: Analysis) -> dict[Component, tuple[int, ...]]:
    """For each part of the alliance (Bordin 1979), the client turns with a code that usually strains it, in order. A turn can
    count in several; which code strains which part is a table of the codebook."""
    return {part: tuple(finding.turn for finding in analysis.moments if part in finding.components) for part in Component}


def question_count(text: str) -> int:
    """Sentences of `text` that end in a question mark, alone or among other end marks ("What?!" is one).

    The transcriber decides: a question written without its mark is missed; one that is quoted counts for whoever quotes it.
    """
    return sum("?" in marks for marks in _END_MARKS.findall(text))


def _voice(analysis: Analysis, speaker: str) -> Voice:
    turns = [turn for turn in analysis.transcript.turns if turn.speaker == speaker]
    longest = max(turns, key=_words)
    return Voice(
        speaker=speaker,
        role=turns[0].role,
        share=analysis.talk_share[speaker],
        turns=len(turns),
        mean_words=word_count(turns) / len(turns),
        longest_words=_words(longest),
        longest_turn=longest.index,
        questions=sum(question_count(turn.text) for turn in turns),
    )


def _words(turn: Turn) -> int:
    return word_count([turn])


def _clients(analysis: Analysis) -> tuple[ClientBalance, ...]:
    speakers = analysis.transcript.speakers_in(Role.CLIENT)
    if len(speakers) < 2:
        return ()
    answered, expected = _answered(analysis.transcript)
    families = {finding.turn: {family_of(code) for code in finding.codes} for finding in analysis.findings}
    clients = []
    for speaker in speakers:
        own = [turn.index for turn in analysis.transcript.turns if turn.speaker == speaker]
        by_family = {family: sum(family in families.get(turn, ()) for turn in own) for family in MARKER_FAMILIES}
        strained = sum(bool(families.get(turn)) for turn in own)
        clients.append(ClientBalance(speaker, len(own), strained, by_family, answered[speaker], expected.get(speaker, 0.0)))
    return tuple(clients)


def _answered(transcript: Transcript) -> tuple[Counter[str], dict[str, float]]:
    """By client: turns with the therapist's right after, and how many of all such turns would fall to each by chance."""
    pairs = [(a, b) for a, b in pairwise(transcript.turns) if a.role is Role.CLIENT and b.speaker != a.speaker]
    followed = Counter(before.speaker for before, _ in pairs)
    answered = Counter(before.speaker for before, after in pairs if after.role is Role.THERAPIST)
    rate = answered.total() / max(1, followed.total())
    return answered, {speaker: count * rate for speaker, count in followed.items()}


def _split(clients: tuple[ClientBalance, ...]) -> Split | None:
    compared = [client for client in clients if client.turns >= LEAST_TURNS]
    if len(compared) < 2:
        return None
    more = max(compared, key=lambda client: client.strained_share)
    less = min(compared, key=lambda client: client.strained_share)
    enough = more.strained >= LEAST_STRAINED
    times = more.strained_share >= LEAST_RATIO * less.strained_share
    apart = more.strained_share - less.strained_share >= LEAST_GAP
    return Split(more, less) if enough and times and apart else None
