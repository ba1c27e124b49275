"""The shipped detector: encoder and session network by onnxruntime, calibrated by its card. Implements
`rupture.protocols.Detector`."""

from collections.abc import Sequence
from itertools import accumulate, pairwise
from pathlib import Path

from rupture.analysis import Scores
from rupture.detection.calibration import to_scores
from rupture.detection.card import SESSION_MODEL, digest_of, read_card
from rupture.detection.features import Features, shape_features
from rupture.detection.heads import HEADS
from rupture.encoder import Encoder, Vectors, session
from rupture.errors import ModelError
from rupture.names import without_names
from rupture.transcript import Transcript


class OnnxDetector:
    """Scores whole sessions; every distinct turn of a call is encoded once, however many transcripts it stands in."""

    def __init__(self, encoder: Encoder, folder: Path) -> None:
        """ModelError when the files in `folder` are missing, damaged, or made for other codes than this codebook's."""
        self._card = read_card(folder)
        if self._card.heads != HEADS:
            raise ModelError(f"{folder}: the model was trained for other codes than this version's codebook. Train it again.")
        try:
            digest = digest_of(folder)
        except OSError:
            digest = ""
        if digest != self._card.digest:
            raise ModelError(
                f"{folder}: the model's files are not those its card describes. Reinstall rupture, or train it again."
            )
        self._encoder = encoder
        self._session = session(folder / SESSION_MODEL)

    def score(self, transcripts: Sequence[Transcript]) -> list[list[Scores]]:
        """See `Detector.score`."""
        encoded = self.encode([text for transcript in transcripts for text in without_names(transcript.turns)])
        ends = list(accumulate(len(transcript.turns) for transcript in transcripts))
        parts = [encoded[start:end] for start, end in pairwise((0, *ends))]
        return self._encoder.side_by_side(self.score_encoded, transcripts, parts, map(shape_features, transcripts))

    def encode(self, texts: Sequence[str]) -> Vectors:
        """What the session network reads of each text, (len(texts), 1152)."""
        layers = self._encoder.layers(texts)
        return layers.reshape(len(texts), layers.shape[1] * layers.shape[2])

    def score_encoded(self, transcript: Transcript, encodings: Vectors, shape: Features) -> list[Scores]:
        """The scores of a session whose turns are encoded, with their `shape_features`."""
        if not transcript.turns:
            return []
        (probabilities,) = self._session.run(["probabilities"], {"encodings": encodings, "shape": shape})
        return to_scores(transcript, probabilities, self._card.calibration)
