"""Chat models through LangChain, on this machine, or elsewhere where the user turned one on: the one module that imports it
for that. `RUPTURE_CHAT_MODEL=provider:model`."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from rupture.errors import ChatModelError

if TYPE_CHECKING:
    import httpx
    from langchain_core.messages import BaseMessage

DEFAULT_URLS = {"ollama": "http://127.0.0.1:11434/v1", "llamacpp": "http://127.0.0.1:8080/v1", "openai": ""}
"""Providers that speak the OpenAI protocol on this machine, and where they usually listen; `openai` needs `RUPTURE_CHAT_URL`."""
REMOTE = "remote"
"""The provider that is not on this machine: any server of the OpenAI protocol at `RUPTURE_CHAT_URL`, with `RUPTURE_CHAT_KEY`."""
_MOST_TOKENS = 400
_MOST_CODED = 2000
"""Tokens of a reply, and of the codes of a part of a session."""


class LangChainChat:
    """Implements `rupture.protocols.ChatModel` and `StructuredModel` over a LangChain chat model: behind a loopback
    address, or with a `key`, behind https at a host that is then named in `host`."""

    def __init__(self, model: str, url: str, key: str = "") -> None:
        from rupture.assistant.model_http import SECONDS, local_client, loopback_url, remote_client, remote_url

        address = remote_url(url) if key else loopback_url(url)
        from langchain_openai import ChatOpenAI
        from pydantic import SecretStr

        self.name = model
        self.host = (urlsplit(address).hostname or "") if key else ""
        client = remote_client(self.host) if key else local_client()
        if not key:
            _refuse_cloud_model(client, model, address)
        self._model = ChatOpenAI(
            model=model,
            base_url=address,
            api_key=SecretStr(key or "not-needed"),
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
        with _private():
            for chunk in self._model.stream(_messages(system, user)):
                yield chunk.text

    def answer(self, system: str, user: str, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """See `StructuredModel.answer`."""
        form = {"name": schema["title"], "schema": schema, "strict": True}
        model = self._model.bind(max_completion_tokens=_MOST_CODED, response_format={"type": "json_schema", "json_schema": form})
        with _private():
            text = model.invoke(_messages(system, user)).text
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise ChatModelError("the local language model did not finish its answer in the form it was asked for")
        return found


def _messages(system: str, user: str) -> list["BaseMessage"]:
    from langchain_core.messages import HumanMessage, SystemMessage

    return [SystemMessage(system), HumanMessage(user)]


@contextmanager
def _private() -> Iterator[None]:
    """Around every call: no tracing service named in the environment is sent the session, and no error repeats it."""
    from langsmith import tracing_context

    try:
        with tracing_context(enabled=False):
            yield
    # Each server and client version raises its own; the text may hold the prompt, so only the type is told.
    except Exception as error:
        raise ChatModelError(f"the language model did not answer ({type(error).__name__})") from None


def chat_model_from_environment() -> LangChainChat | None:
    """The model that `RUPTURE_CHAT_MODEL` names, at `RUPTURE_CHAT_URL` or the provider's usual address; None when it is not
    set. Only the provider `remote` may be elsewhere, and only with a key."""
    name = os.environ.get("RUPTURE_CHAT_MODEL", "").strip()
    if not name:
        return None
    provider, separator, model = name.partition(":")
    if not separator or not model or provider not in (*DEFAULT_URLS, REMOTE):
        raise ChatModelError(
            f"RUPTURE_CHAT_MODEL={name!r} is not understood. Use provider:model with one of {', '.join(DEFAULT_URLS)}, "
            "for example ollama:llama3.2; or remote:model for one that is not on this machine (see README)."
        )
    url = os.environ.get("RUPTURE_CHAT_URL", "").strip() or DEFAULT_URLS.get(provider, "")
    if provider == REMOTE:
        key = os.environ.get("RUPTURE_CHAT_KEY", "").strip()
        if not url or not key:
            raise ChatModelError(
                "A remote model needs its address in RUPTURE_CHAT_URL (https://…/v1) and its key in RUPTURE_CHAT_KEY."
            )
        return LangChainChat(model, url, key)
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
