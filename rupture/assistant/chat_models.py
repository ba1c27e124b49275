"""Chat models through LangChain, on this machine only: the one module that imports it for that.
`RUPTURE_CHAT_MODEL=provider:model`."""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from rupture.errors import ChatModelError

if TYPE_CHECKING:
    import httpx

DEFAULT_URLS = {"ollama": "http://127.0.0.1:11434/v1", "llamacpp": "http://127.0.0.1:8080/v1", "openai": ""}
"""Providers that speak the OpenAI protocol on this machine, and where they usually listen; `openai` needs `RUPTURE_CHAT_URL`."""
_MOST_TOKENS = 400


class LangChainChat:
    """Implements `rupture.protocols.ChatModel` over a LangChain chat model behind a loopback address."""

    def __init__(self, model: str, url: str) -> None:
        from rupture.assistant.local_http import SECONDS, local_client, loopback_url

        address = loopback_url(url)
        from langchain_openai import ChatOpenAI
        from pydantic import SecretStr

        client = local_client()
        _refuse_cloud_model(client, model, address)
        self._model = ChatOpenAI(
            model=model,
            base_url=address,
            api_key=SecretStr("not-needed"),
            organization="",
            openai_proxy="",
            http_client=client,
            temperature=0,
            max_completion_tokens=_MOST_TOKENS,
            max_retries=0,
            timeout=SECONDS,
            use_responses_api=False,
            stream_usage=False,
        )

    def stream(self, system: str, user: str) -> Iterator[str]:
        """See `ChatModel.stream`."""
        from langchain_core.messages import HumanMessage, SystemMessage
        from langsmith import tracing_context

        try:
            # A tracing service named in the environment would be sent the session.
            with tracing_context(enabled=False):
                for chunk in self._model.stream([SystemMessage(system), HumanMessage(user)]):
                    yield chunk.text
        # Each server and client version raises its own; the text may hold the prompt, so only the type is told.
        except Exception as error:
            raise ChatModelError(f"the local language model did not answer ({type(error).__name__})") from None


def chat_model_from_environment() -> LangChainChat | None:
    """The model that `RUPTURE_CHAT_MODEL` names, at `RUPTURE_CHAT_URL` or the provider's usual address; None when it is not
    set."""
    name = os.environ.get("RUPTURE_CHAT_MODEL", "").strip()
    if not name:
        return None
    provider, separator, model = name.partition(":")
    if not separator or not model or provider not in DEFAULT_URLS:
        raise ChatModelError(
            f"RUPTURE_CHAT_MODEL={name!r} is not understood. Use provider:model with one of {', '.join(DEFAULT_URLS)}, "
            "for example ollama:llama3.2. Models outside this machine are refused."
        )
    url = os.environ.get("RUPTURE_CHAT_URL", "").strip() or DEFAULT_URLS[provider]
    if not url:
        raise ChatModelError(
            "Set RUPTURE_CHAT_URL to the server's address on this machine, for example http://127.0.0.1:8080/v1."
        )
    return LangChainChat(model, url)


def _refuse_cloud_model(client: "httpx.Client", model: str, url: str) -> None:
    """Ollama serves models that run on its maker's machines through the local port; they are listed with a remote host."""
    import httpx

    parts = urlsplit(url)
    try:
        listed = client.get(f"{parts.scheme}://{parts.netloc}/api/tags", timeout=2).json().get("models", [])
    except (httpx.HTTPError, ValueError, AttributeError, RecursionError):
        listed = []
    names = {model.lower(), f"{model.lower()}:latest"}
    remote = any(
        entry.get("remote_host") or entry.get("remote_model")
        for entry in (listed if isinstance(listed, list) else [])
        if isinstance(entry, dict) and names & {str(entry.get("name", "")).lower(), str(entry.get("model", "")).lower()}
    )
    if remote or model.lower().endswith(("-cloud", ":cloud")):
        raise ChatModelError(
            f"The model {model!r} runs on another machine although its port is local, so it is refused. "
            "Choose one that is on this machine."
        )
