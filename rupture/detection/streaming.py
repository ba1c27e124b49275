"""Scores of a session under way, turn by turn: each turn is encoded once, when it comes, and the session network reads all turns
so far again. Earlier scores are revised as the session goes on; what comes after a turn is not known when it is first scored, so
its quality is measured apart (`rupture eval robustness`). Knows neither thresholds nor findings.
"""

import numpy as np

from rupture.analysis import Scores
from rupture.detection.detector import OnnxDetector
from rupture.detection.features import TextShape, shape_features, text_shape
from rupture.encoder import Vectors
from rupture.names import Words, neutral, words_of
from rupture.transcript import Transcript, Turn


class SessionStream:
    """A session under way, read by the shipped detector. Not to be shared by threads."""

    def __init__(self, detector: OnnxDetector) -> None:
        self._detector = detector
        self._turns: list[Turn] = []
        self._words = Words()
        self._encodings: list[Vectors] = []
        self._shapes: list[TextShape] = []

    def add(self, turn: Turn) -> list[Scores]:
        """The scores of all turns so far, `turn` being the latest; see `Detector.score`. Names are hidden from the encoder as far
        as the turns so far give them away."""
        turns = [*self._turns, turn]
        words = self._words | words_of([turn.text])
        names = words.names if len(turns) > 1 else frozenset[str]()
        encodings = [*self._encodings, *self._detector.encode([neutral(turn.text, names)])]
        shapes = [*self._shapes, text_shape(turn.text)]
        transcript = Transcript("", tuple(turns))
        scores = self._detector.score_encoded(transcript, np.stack(encodings), shape_features(transcript, shapes))
        # Only now, so that a turn that could not be read can be given again.
        self._turns, self._words, self._encodings, self._shapes = turns, words, encodings, shapes
        return scores
