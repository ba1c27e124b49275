"""A shell that wants every setting the other way round."""

from rupture.privacy.hardening import SET

_FLIPPED = {"False": "True", "True": "False", "false": "true", "1": "0", "never": "auto"}
OPPOSITES = {
    **{name: _FLIPPED.get(value, "*") for name, value in SET.items() if name.lower() != "no_proxy"},
    "ALL_PROXY": "http://127.0.0.1:9",
    "CHROMA_OTEL_COLLECTION_ENDPOINT": "http://127.0.0.1:9",
    "GRADIO_ALLOWED_PATHS": "/",
    "GRADIO_HISTORY_BUCKET": "somebody/bucket",
    "GRADIO_NUM_WORKERS": "4",
    "GRADIO_ROOT_PATH": "/elsewhere",
    "GRADIO_SERVER_NAME": "0.0.0.0",  # noqa: S104
    "GRADIO_TEMP_DIR": "/somewhere/shared",
    "HF_TOKEN": "hf_x",
    "HTTPS_PROXY": "http://127.0.0.1:9",
    "HTTP_PROXY": "http://127.0.0.1:9",
    "LANGCHAIN_API_KEY": "x",
    "LANGCHAIN_VERBOSE": "true",
    "LANGSMITH_API_KEY": "x",
    "OPENAI_LOG": "debug",
    "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9",
}
