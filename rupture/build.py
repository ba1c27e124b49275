"""Builds the Assistant from its real parts: the shipped detector, the index of the guidance, and a local chat model if one is
set."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from rupture.detection.card import read_decisions
from rupture.detection.detector import OnnxDetector
from rupture.encoder import Encoder
from rupture.guidance.values import Guidance
from rupture.protocols import ChatModel
from rupture.resources import CORPUS, MODEL

if TYPE_CHECKING:
    from rupture.assistant.assistant import Assistant
    from rupture.guidance.retriever import HybridRetriever


def cache_folder() -> Path:
    """Where the index is kept: `RUPTURE_CACHE`, else the user's cache folder. It holds nothing but the shipped guidance."""
    from platformdirs import user_cache_path

    chosen = os.environ.get("RUPTURE_CACHE", "").strip()
    return Path(chosen) if chosen else user_cache_path("rupture", appauthor=False)


def build_detector(encoder: Encoder | None = None) -> OnnxDetector:
    """The shipped detector."""
    return OnnxDetector(encoder or Encoder(), MODEL)


def build_retriever(encoder: Encoder | None = None) -> "tuple[Guidance, HybridRetriever]":
    """The guidance and the retriever over it."""
    # Imported when used: an analysis without suggestions needs none of it.
    from rupture.guidance.documents import load
    from rupture.guidance.index import open_index
    from rupture.guidance.retriever import HybridRetriever

    encoder = encoder or Encoder()
    guidance = load(CORPUS)
    return guidance, HybridRetriever(guidance, encoder, open_index(guidance, encoder, cache_folder()))


def build_assistant(chat: ChatModel | None = None) -> "Assistant":
    """Everything a user gets. `chat` is a local language model, or None for composed replies."""
    from rupture.assistant.assistant import Assistant
    from rupture.assistant.intents import Intents

    encoder = Encoder()
    guidance, retriever = build_retriever(encoder)
    return Assistant(build_detector(encoder), read_decisions(MODEL), guidance, retriever, Intents(encoder), chat)
