"""What calls for care, beyond fixed patterns: what these notice, and what a model tuned on risk language, on complaints of
bias and on their harmless twins notices besides. Deterministic; it only ever adds to the patterns."""

import re
from collections.abc import Mapping, Sequence

from rupture.privacy.care import Care, by_patterns
from rupture.utterances import BIAS, NONE, RISKS, Utterances

_BIAS, _PERHAPS = 0.5, 0.1
"""Probabilities from which a text complains of bias, and may do so: of the development part of `corpus/bias.jsonl` .46
and .68 are noticed, of the turns of practice sessions .3 and 3.4 in a hundred. A complaint is often told only by what it
answers."""
_ASKED = 0.5
"""Probability from which a question put to the tool counts as risk language; of 445 that held none, one was above it."""
_FEWEST_WORDS = 3
"""Pieces with fewer words are left to the patterns."""
_MOST_WORDS = 90
"""Longer texts are read in pieces of whole sentences of about this length. In ordinary turns (25 practice sessions) pieces
of 12, 25, 40, 60 and 90 words brought 2.4, 2.1, 1.0, .4 and .3 notices in 100 turns: out of their turn, sentences mislead."""
_OVERLAP = 20
_SENTENCE = re.compile(r"(?:[^.!?…]+[.!?…]*|[.!?…]+)\s*")


class LearnedCare:
    """Implements `rupture.protocols.CareReader`."""

    def __init__(self, utterances: Utterances) -> None:
        self._utterances = utterances

    def __call__(self, texts: Sequence[str], *, asked: bool = False) -> list[Care]:
        """See `CareReader`; kinds of risk language that the patterns notice come first."""
        least = max(self._utterances.threshold, _ASKED) if asked else self._utterances.threshold
        found = by_patterns(texts)
        for place, risks, bias in self._pieces(texts):
            known = found[place]
            kinds = [_likeliest(risks)] if 1 - risks[NONE] >= least else []
            found[place] = Care(
                tuple(dict.fromkeys([*known.risk, *kinds])),
                known.bias or 1 - bias[NONE] >= _BIAS,
                known.perhaps_bias or 1 - bias[NONE] >= _PERHAPS,
            )
        return found

    def nearness(self, texts: Sequence[str]) -> list[tuple[float, float]]:
        """For each text how near it is to a notice of risk and of bias, 0 to 1: 1 where a pattern notices it, else the highest
        probability of its pieces."""
        near = [(float(bool(care.risk)), float(care.bias)) for care in by_patterns(texts)]
        for place, risks, bias in self._pieces(texts):
            near[place] = (max(near[place][0], 1 - risks[NONE]), max(near[place][1], 1 - bias[NONE]))
        return near

    def _pieces(self, texts: Sequence[str]) -> list[tuple[int, Mapping[str, float], Mapping[str, float]]]:
        """For each piece of a text the place of the text, and what the model makes of the piece."""
        pieces = [(place, piece) for place, text in enumerate(texts) for piece in pieces_of(text)]
        read = self._utterances.read([piece for _, piece in pieces], (RISKS, BIAS))
        return [(place, found[RISKS], found[BIAS]) for (place, _), found in zip(pieces, read, strict=True)]


def pieces_of(text: str) -> list[str]:
    """The text in runs of whole sentences of at most about ninety words; none for a text of one or two words."""
    pieces: list[str] = []
    run = ""
    for sentence in (part for found in _SENTENCE.findall(text) or [text] for part in _cut(found)):
        if run and len(f"{run}{sentence}".split()) > _MOST_WORDS:
            pieces.append(run)
            run = ""
        run += sentence
    return [piece.strip() for piece in (*pieces, run) if len(piece.split()) >= _FEWEST_WORDS]


def _cut(sentence: str) -> list[str]:
    """A sentence without end, as recognised speech is, in stretches of forty words, each beginning with the last ten of the
    one before."""
    starts = [match.start() for match in re.finditer(r"\S+", sentence)]
    if len(starts) <= _MOST_WORDS:
        return [sentence]
    step = _MOST_WORDS - _OVERLAP
    ends = [*starts, len(sentence)]
    return [sentence[starts[k] : ends[min(k + _MOST_WORDS, len(starts))]] for k in range(0, len(starts) - _OVERLAP, step)]


def _likeliest(risks: Mapping[str, float]) -> str:
    return max((kind for kind in risks if kind != NONE), key=lambda kind: risks[kind])
