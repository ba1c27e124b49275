"""The shipped detector: encoder and session network by onnxruntime, calibrated by its card. Implements
`rupture.protocols.Detector`."""

from collections.abc import Sequence
from pathlib import Path

from rupture.analysis import Scores
from rupture.detection.calibration import to_scores
from rupture.detection.card import SESSION_MODEL, digest_of, read_card
from rupture.detection.features import shape_features
from rupture.detection.heads import HEADS
from rupture.encoder import Encoder, session
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
        if digest_of(folder) != self._card.digest:
            raise ModelError(
                f"{folder}: the model's files are not those its card describes. Reinstall rupture, or train it again."
            )
        self._encoder = encoder
        self._session = session(folder / SESSION_MODEL)

    def score(self, transcripts: Sequence[Transcript]) -> list[list[Scores]]:
        """See `Detector.score`."""
        encoded = self._encoder.layers([text for transcript in transcripts for text in without_names(transcript.turns)])
        scored: list[list[Scores]] = []
        start = 0
        for transcript in transcripts:
            if not transcript.turns:
                scored.append([])
                continue
            end = start + len(transcript.turns)
            encodings = encoded[start:end].reshape(end - start, -1)
            start = end
            inputs = {"encodings": encodings, "shape": shape_features(transcript)}
            (probabilities,) = self._session.run(["probabilities"], inputs)
            scored.append(to_scores(transcript, probabilities, self._card.calibration))
        return scored
