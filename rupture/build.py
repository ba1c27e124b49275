"""Builds the Assistant from its real parts: the shipped detector, the index of the guidance, and a local chat model if one is
set."""

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from rupture.analyse import Decisions, analyse
from rupture.analysis import Analysis, ModelCard
from rupture.detection.card import read_decisions
from rupture.detection.detector import OnnxDetector
from rupture.detection.heads import HEADS
from rupture.encoder import GUIDANCE_FOLDER, Encoder
from rupture.errors import ChatModelError
from rupture.guidance.values import Guidance
from rupture.protocols import CareReader, ChatModel, DetectorName
from rupture.resources import CORPUS, MODEL
from rupture.transcript import Transcript
from rupture.utterances import Utterances

if TYPE_CHECKING:
    from rupture.assistant.assistant import Assistant
    from rupture.detection.llm import LlmDetector
    from rupture.guidance.retriever import HybridRetriever


def cache_folder() -> Path:
    """Where the index is kept: `RUPTURE_CACHE`, else the user's cache folder. It holds nothing but the shipped guidance."""
    from platformdirs import user_cache_path

    chosen = os.environ.get("RUPTURE_CACHE", "").strip()
    return Path(chosen) if chosen else user_cache_path("rupture", appauthor=False)


def own_guidance_folder() -> Path:
    """Where documents are kept that the user adds to the guidance."""
    return _data_folder() / "guidance"


def workspace_file() -> Path:
    """Where sessions are kept once the user turns that on."""
    return _data_folder() / "workspace.sqlite"


def _data_folder() -> Path:
    """`RUPTURE_DATA`, else the user's data folder."""
    from platformdirs import user_data_path

    chosen = os.environ.get("RUPTURE_DATA", "").strip()
    return Path(chosen) if chosen else user_data_path("rupture", appauthor=False)


def build_detector(encoder: Encoder | None = None) -> OnnxDetector:
    """The shipped detector."""
    return OnnxDetector(encoder or Encoder(), MODEL)


def build_reading(detector: DetectorName = DetectorName.TRAINED) -> tuple[Callable[[Transcript], Analysis], Decisions]:
    """How a transcript is analysed, by the shipped detector or by the local language model, and how that one decides.
    ChatModelError when the language model is asked for and none is set."""
    if detector is DetectorName.TRAINED:
        decisions = read_decisions(MODEL)
        return partial(analyse, detector=build_detector(), decisions=decisions, read_care=build_care()), decisions
    coder, decisions = build_llm_detector()
    return partial(analyse, detector=coder, decisions=decisions, locate=coder.locate, read_care=build_care()), decisions


def build_care(utterances: Utterances | None = None) -> CareReader:
    """Who notices what calls for care: fixed patterns, and the shipped model besides."""
    from rupture.privacy.learned_care import LearnedCare

    return LearnedCare(utterances or Utterances())


def build_llm_detector() -> "tuple[LlmDetector, Decisions]":
    """The detector behind `RUPTURE_CHAT_MODEL`, and its decisions; its digest is that of the prompt and the model's name."""
    from rupture.assistant.chat_models import chat_model_from_environment
    from rupture.detection.llm import POLICY, LlmDetector, prompt_digest

    model = chat_model_from_environment()
    if model is None:
        raise ChatModelError(
            "--detector llm needs a language model on this machine. Start one and name it, for example "
            "RUPTURE_CHAT_MODEL=ollama:llama3.2 (see README)."
        )
    if model.host:
        raise ChatModelError(
            "--detector llm reads whole sessions, so it uses a language model on this machine only, never a remote one."
        )
    card = ModelCard(f"llm:{model.name}", prompt_digest(model.name), tuple(HEADS))
    return LlmDetector(model), Decisions(POLICY, model=card)


def build_retriever(encoder: Encoder | None = None) -> "tuple[Guidance, HybridRetriever]":
    """The guidance and the retriever over it."""
    # Imported when used: an analysis without suggestions needs none of it.
    from rupture.guidance.documents import load
    from rupture.guidance.index import open_index
    from rupture.guidance.retriever import HybridRetriever
    from rupture.guidance.scope import read_scope

    encoder = encoder or Encoder(GUIDANCE_FOLDER)
    guidance = load(CORPUS)
    return guidance, HybridRetriever(
        guidance, encoder, open_index(guidance, encoder, cache_folder()), read_scope(GUIDANCE_FOLDER)
    )


def build_own_retriever(encoder: Encoder | None = None) -> "HybridRetriever | None":
    """The retriever over the documents the user added, held in memory; None when there are none."""
    from rupture.guidance.own import own_guidance
    from rupture.guidance.retriever import HybridRetriever
    from rupture.guidance.vectors import exact_index

    guidance = own_guidance(own_guidance_folder())
    if not guidance.passages:
        return None
    encoder = encoder or Encoder(GUIDANCE_FOLDER)
    return HybridRetriever(guidance, encoder, exact_index(guidance, encoder))


def build_assistant(chat: ChatModel | None = None) -> "Assistant":
    """Everything a user gets. `chat` is a local language model, or None for composed replies."""
    from rupture.assistant.assistant import Assistant
    from rupture.assistant.intents import Intents

    guidance, retriever = build_retriever()
    utterances = Utterances()
    intents, care = Intents(utterances), build_care(utterances)
    return Assistant(build_detector(), read_decisions(MODEL), guidance, retriever, intents, chat, care)
